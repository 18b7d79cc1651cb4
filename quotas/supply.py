"""Whether there will be enough people for a quota, and what a fair quota is. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from quotas.counts import Spread, predict

FEASIBLE: Final = "feasible"
TIGHT: Final = "tight"
INFEASIBLE: Final = "infeasible"
UNKNOWN: Final = "unknown"
#: Of a fix: people of whom anything was ever heard.
ANY_AGE: Final = "any"
_Step = TypeVar("_Step")
_SHARE = 0.8
_FADE = 4.0  # periods in which a period's say halves
#: Reps' periods that a proposed target needs at least.
LEAST_REACHED: Final = 5


def crossings(
    terms: Sequence[tuple[float, datetime]],
    *,
    half_life: timedelta,
    threshold: float,
    rest: timedelta,
    fresh: timedelta | None = None,
) -> list[tuple[int, float]]:
    """Which of a person's engagements (points, when; oldest first) made them contactable, how warm.

    One does that lifts the faded sum to ``threshold``, unless the person was already over it or
    became contactable less than ``rest`` ago. Whose last engagement is older than ``fresh`` was not
    contactable any more, however warm.
    """
    total, last_at = 0.0, None
    made: list[tuple[int, float]] = []
    for index, (points, at) in enumerate(terms):
        if last_at is not None:
            total *= 2.0 ** -((at - last_at) / half_life)
        is_fresh = fresh is None or (last_at is not None and at - last_at <= fresh)
        was_over = total >= threshold and is_fresh
        total += points
        last_at = at
        rested = not made or at - terms[made[-1][0]][1] >= rest
        if total >= threshold and rested and (not was_over or made):
            made.append((index, total))
    return made


@dataclass(frozen=True, slots=True)
class Forecast:
    """People to come in one period; ``low`` and ``high`` hold it with probability 0.8."""

    low: int
    expected: float
    high: int


def forecast(history: Sequence[float], periods: int) -> list[Forecast]:
    """New people in each of the next periods, from counts per past period, oldest first.

    Recent periods weigh more (half after four). The further ahead, the less the level is known:
    each period widens by what the level may have moved. Without history nothing is promised.
    """
    weights = [0.5 ** (age / _FADE) for age in range(len(history) - 1, -1, -1)]
    told = []
    for ahead in range(1, periods + 1):
        spread = predict(history, 1.0, weights=weights)
        moved = spread.mean * (ahead - 1) * _FADE / 10
        wider = Spread(spread.mean, spread.variance + moved)
        low, high = wider.interval(_SHARE)
        told.append(Forecast(low, round(spread.mean, 1), high))
    return told


@dataclass(frozen=True, slots=True)
class Fix:
    """One change and what it brings: people more per period, or for a target what it becomes."""

    kind: str  # threshold, freshness, networks, keywords, target
    to: str
    brings: int


@dataclass(frozen=True, slots=True)
class Feasibility:
    """Whether supply meets a target. ``chance`` is the probability; ``gap`` people missing."""

    verdict: str
    chance: float
    target: int
    supply: Forecast
    gap: int
    fixes: tuple[Fix, ...]


def judge(
    target: int,
    *,
    stock: int,
    arrivals: Sequence[float],
    claimed: int = 0,
    threshold: float = 0.0,
    at_threshold: Mapping[float, int] | None = None,
    at_fresh: Mapping[int | None, int] | None = None,
    outside: Mapping[str, int] | None = None,
    per_keyword: float = 0.0,
) -> Feasibility:
    """Hold a period's target against who is there and who will come.

    ``stock``: people contactable now; ``arrivals``: new ones per past period, oldest first;
    ``claimed``: what other reps' quotas take of both. ``at_threshold`` counts people more per
    period at a lower warmth threshold, ``at_fresh`` those who said something up to that many days
    ago (``None``: at any time), mildest first, ``outside`` those beyond the territory per network
    or language, ``per_keyword`` what one keyword brings per period. A target is infeasible if
    supply falls short of it more often than not, tight if in more than one of ten cases.
    """
    available = stock - claimed
    spread = predict(arrivals, 1.0, weights=[0.5 ** (a / _FADE) for a in _ages(arrivals)])
    low, high = spread.interval(_SHARE)
    supply = Forecast(
        max(0, available + low),
        round(max(0.0, available + spread.mean), 1),
        max(0, available + high),
    )
    chance = spread.at_least(target - available)
    if not arrivals and target > max(0, available):
        return Feasibility(UNKNOWN, 0.0, target, supply, target - max(0, available), ())
    verdict = FEASIBLE if chance >= 0.9 else TIGHT if chance >= 0.5 else INFEASIBLE
    gap = max(0, target - supply.low) if verdict != FEASIBLE else 0
    fixes: tuple[Fix, ...] = ()
    if gap:
        fixes = tuple(
            _fixes(
                gap,
                supply,
                threshold,
                at_threshold or {},
                at_fresh or {},
                outside or {},
                per_keyword,
            )
        )
    return Feasibility(verdict, round(chance, 3), target, supply, gap, fixes)


def _ages(history: Sequence[float]) -> list[int]:
    return list(range(len(history) - 1, -1, -1))


def _fixes(
    gap: int,
    supply: Forecast,
    threshold: float,
    at_threshold: Mapping[float, int],
    at_fresh: Mapping[int | None, int],
    outside: Mapping[str, int],
    per_keyword: float,
) -> list[Fix]:
    """What would close the gap, the least intrusive first; what brings nobody is not proposed."""
    fixes = []
    lower = sorted((value for value in at_threshold if value < threshold), reverse=True)
    if lower:
        chosen = _mildest(lower, at_threshold, gap)
        if at_threshold[chosen] > 0:
            fixes.append(Fix("threshold", f"{chosen:g}", at_threshold[chosen]))
    if at_fresh:
        days = _mildest(list(at_fresh), at_fresh, gap)
        if at_fresh[days] > 0:
            fixes.append(Fix("freshness", ANY_AGE if days is None else str(days), at_fresh[days]))
    for name, number in sorted(outside.items(), key=lambda item: (-item[1], item[0]))[:3]:
        if number > 0:
            fixes.append(Fix("networks", name, number))
    if per_keyword > 0:
        count = math.ceil(gap / per_keyword)
        fixes.append(Fix("keywords", str(count), math.floor(count * per_keyword)))
    fixes.append(Fix("target", str(max(0, supply.low)), 0))
    return fixes


def _mildest(steps: Sequence[_Step], brings: Mapping[_Step, int], gap: int) -> _Step:
    """The first step that closes the gap, or the first of those that bring most."""
    return next((one for one in steps if brings[one] >= gap), max(steps, key=brings.__getitem__))


@dataclass(frozen=True, slots=True)
class Reached:
    """What a comparable rep reached in one finished period; ``load`` is the share of a full one.

    ``load`` holds ramp, leave and part time: 20 contacts at half a load compare with 40.
    """

    rep_id: int
    counted: int
    load: float = 1.0


def propose_target(reached: Sequence[Reached], *, load: float = 1.0) -> int | None:
    """The 80th percentile of what comparable reps reached, for a rep with that load.

    ``None`` with fewer than five periods to compare with: a proposal from less is a guess. Periods
    under a tenth of a full load say nothing and are left out.
    """
    whole = sorted(one.counted / one.load for one in reached if one.load >= 0.1)
    if len(whole) < LEAST_REACHED:
        return None
    place = 0.8 * (len(whole) - 1)
    below = math.floor(place)
    above = min(below + 1, len(whole) - 1)
    value = whole[below] + (whole[above] - whole[below]) * (place - below)
    return max(0, round(value * load))
