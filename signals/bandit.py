"""How a budget is best spent over keywords and networks: Thompson sampling with context. Pure.

What an arm, one keyword on one network, brings for a unit of budget is a rate. What was found so
far is Poisson of it, and the belief about the rate a Gamma distribution. The context of an arm is
its keyword and its network: what either brought elsewhere makes the belief an arm begins with, so
that a keyword new on a network is tried by what both are known for. A part of the budget is a
floor, spread evenly, so that no arm is ever given up unseen; the rest goes slice by slice to
whichever arm looks best in a draw from the beliefs: arms are tried as often as they may be best.

Source: Chapelle and Li, "An empirical evaluation of Thompson sampling", 2011.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_SLICES: Final = 200  # parts of the budget that are given away one by one
_PRIOR: Final = 2.0  # prospects that the context of an arm is worth as evidence
_FEWEST: Final = 0.5  # prospects added where nothing was found: nothing found is not never


@dataclass(frozen=True, slots=True)
class Arm:
    """A keyword on a network: ``spent`` units of budget so far, and new prospects they brought.

    ``most``: units beyond which nothing more can be asked; ``None``: no bound.
    """

    keyword: str
    network: str
    spent: float
    found: float
    most: float | None = None

    @property
    def key(self) -> tuple[str, str]:
        """By what it is told apart."""
        return self.keyword, self.network


@dataclass(frozen=True, slots=True)
class Share:
    """What an arm is given of the budget, in its units, and why.

    ``floor`` of it is for exploring. ``rate``: prospects a unit is believed to bring, with the
    5th and 95th of a hundred draws. ``why``: floor, best, promising or capped.
    """

    arm: Arm
    amount: float
    floor: float
    rate: float
    low: float
    high: float
    why: str


def propose(
    arms: Sequence[Arm],
    budget: float,
    *,
    seed: int,
    floor: float = 0.2,
    limits: Mapping[str, float] | None = None,
) -> list[Share]:
    """Spend ``budget`` units over the arms; never more, and the same for the same seed.

    ``floor`` 0..1: the part that is spread evenly. ``limits``: the most a network may be given.
    What no arm can take is left unspent.
    """
    ordered = sorted(arms, key=lambda arm: arm.key)
    if not ordered or budget <= 0:
        return []
    rng = random.Random(seed)  # noqa: S311 - the same proposal every time, nothing secret
    beliefs = believe(ordered)
    limits = limits or {}
    on = Counter(arm.network for arm in ordered)
    least = {
        arm.key: min(
            _bound(arm, floor * budget / len(ordered)),
            limits.get(arm.network, math.inf) / on[arm.network],
        )
        for arm in ordered
    }
    given = dict(least)
    spent = {n: sum(least[arm.key] for arm in ordered if arm.network == n) for n in on}
    piece = max(0.0, budget - sum(least.values())) / _SLICES
    for _ in range(_SLICES):
        drawn = [
            (rng.gammavariate(*beliefs[arm.key]), arm)
            for arm in ordered
            if (arm.most is None or given[arm.key] + piece <= arm.most)
            and spent[arm.network] + piece <= limits.get(arm.network, math.inf)
        ]
        if not drawn or not piece:
            break
        _, best = max(drawn, key=lambda pair: (pair[0], pair[1].key))
        given[best.key] += piece
        spent[best.network] += piece
    return [_share(arm, given[arm.key], least[arm.key], beliefs[arm.key], rng) for arm in ordered]


def believe(arms: Sequence[Arm]) -> dict[tuple[str, str], tuple[float, float]]:
    """Shape and scale of the Gamma belief about each arm's rate, in prospects a unit."""
    spent = sum(arm.spent for arm in arms)
    overall = (sum(arm.found for arm in arms) + _FEWEST) / max(spent, 1.0)
    keywords = _rates(arms, [arm.keyword for arm in arms], overall)
    networks = _rates(arms, [arm.network for arm in arms], overall)
    beliefs = {}
    for arm in arms:
        before = keywords[arm.keyword] * networks[arm.network] / overall
        shape = _PRIOR + arm.found
        beliefs[arm.key] = shape, 1 / (_PRIOR / before + arm.spent)
    return beliefs


def _rates(arms: Sequence[Arm], names: Sequence[str], overall: float) -> Mapping[str, float]:
    """What those of one name bring together, drawn to the whole where little is known."""
    found: dict[str, float] = {}
    spent: dict[str, float] = {}
    for arm, name in zip(arms, names, strict=True):
        found[name] = found.get(name, 0.0) + arm.found
        spent[name] = spent.get(name, 0.0) + arm.spent
    return {name: (_PRIOR + found[name]) / (_PRIOR / overall + spent[name]) for name in found}


def _bound(arm: Arm, amount: float) -> float:
    return amount if arm.most is None else max(0.0, min(amount, arm.most))


def _share(
    arm: Arm, amount: float, floor: float, belief: tuple[float, float], rng: random.Random
) -> Share:
    shape, scale = belief
    draws = sorted(rng.gammavariate(shape, scale) for _ in range(100))
    if arm.most is not None and amount >= 0.99 * arm.most > 0:
        why = "capped"
    elif amount <= floor * 1.001:
        why = "floor"
    else:
        # little seen of it: given for what it may bring, not for what it brought
        why = "best" if arm.found >= _PRIOR else "promising"
    return Share(arm, amount, floor, shape * scale, draws[4], draws[94], why)
