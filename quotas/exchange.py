"""How many engaged contacts are worth so many cold calls, from what came of both. Pure."""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: Jeffreys' prior: half a success and half a failure before anything was seen.
_PRIOR = 0.5
_DRAWS = 10_000
_SHARE: Final = 0.9
#: Enough is known once the interval's upper end is at most this many times its lower end.
WIDEST: Final = 2.5
_SCALE = 2**64


@dataclass(frozen=True, slots=True)
class Outcomes:
    """People contacted one way, and how many of them came to a meeting, a proposal or a sale."""

    tried: int
    succeeded: int

    def __post_init__(self) -> None:
        if not 0 <= self.succeeded <= self.tried:
            raise ValueError("as many succeed as were tried, at most")

    @property
    def rate(self) -> float:
        """The posterior mean of the share that succeeds."""
        return (self.succeeded + _PRIOR) / (self.tried + 2 * _PRIOR)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What ``calls`` cold calls are worth in engaged contacts, with a 90 % credible interval.

    ``times`` says how many cold contacts one engaged contact replaces. Where ``enough`` is false,
    only ``more_engaged`` and ``more_cold`` may be shown: people still to be contacted each way.
    """

    calls: int
    engaged: Outcomes
    cold: Outcomes
    worth: float
    low: float
    high: float
    times: float
    enough: bool
    more_engaged: int
    more_cold: int

    @property
    def target(self) -> int:
        """The quota in engaged contacts, rounded up: nobody is owed a part of a contact."""
        return max(1, math.ceil(self.worth - 1e-9))


@lru_cache(maxsize=256)  # pages ask for the same again and again, and drawing costs 30 ms
def estimate(engaged: Outcomes, cold: Outcomes, *, calls: int, seed: int = 0) -> Exchange:
    """Compare both ways of contact by what comes of them.

    The share that succeeds is a Beta given the outcomes (beta-binomial); so many engaged contacts
    are worth ``calls`` calls as bring the same number of successes. Median and interval come from
    10,000 draws under ``seed``. Both ways need successes before anything is said.
    """
    rng = random.Random(seed)  # noqa: S311 - repeatable draws, nothing secret
    ratios = sorted(
        rng.betavariate(cold.succeeded + _PRIOR, cold.tried - cold.succeeded + _PRIOR)
        / max(
            1e-12,
            rng.betavariate(engaged.succeeded + _PRIOR, engaged.tried - engaged.succeeded + _PRIOR),
        )
        for _ in range(_DRAWS)
    )

    def at(share: float) -> float:
        return ratios[min(_DRAWS - 1, int(share * _DRAWS))]

    outside = (1 - _SHARE) / 2
    low, middle, high = at(outside), at(0.5), at(1 - outside)
    enough = engaged.succeeded > 0 and cold.succeeded > 0 and low > 0 and high / low <= WIDEST
    more_engaged, more_cold = (0, 0) if enough else _still_needed(engaged, cold)
    return Exchange(
        calls=calls,
        engaged=engaged,
        cold=cold,
        worth=calls * middle,
        low=calls * low,
        high=calls * high,
        times=1 / middle if middle > 0 else math.inf,
        enough=enough,
        more_engaged=more_engaged,
        more_cold=more_cold,
    )


def _still_needed(engaged: Outcomes, cold: Outcomes) -> tuple[int, int]:
    """People still to be contacted each way at the rates seen so far; at least one in all.

    The variance of the logarithm of a rate is about 1 / successes; both together may have what
    makes the interval as narrow as asked.
    """
    allowed = (math.log(WIDEST) / (2 * 1.645)) ** 2
    each = 2 / allowed  # successes, if both bear the same
    have = (engaged.succeeded + _PRIOR, cold.succeeded + _PRIOR)
    if have[0] >= each:
        wanted = (have[0], 1 / (allowed - 1 / have[0]))
    elif have[1] >= each:
        wanted = (1 / (allowed - 1 / have[1]), have[1])
    else:
        wanted = (each, each)
    more = [
        max(0, math.ceil((want - got) / outcomes.rate))
        for want, got, outcomes in zip(wanted, have, (engaged, cold), strict=True)
    ]
    if more == [0, 0]:
        more[1] = 1
    return more[0], more[1]


def is_control(reference: str, *, share: float, seed: int) -> bool:
    """Whether a cold contact belongs to the control group: by chance, the same every time.

    ``reference`` is the hashed reference. Chance alone decides, so those called cold differ from
    nobody; no list of them is stored.
    """
    return _place(reference, seed) < share


def draw_control(
    references: list[str], rep_ids: list[int], *, share: float, seed: int
) -> dict[str, int]:
    """The control group among hashed references, each dealt to one rep by chance, evenly."""
    if not rep_ids:
        return {}
    drawn = sorted(
        {reference for reference in references if is_control(reference, share=share, seed=seed)},
        key=lambda reference: (_place(reference, seed + 1), reference),
    )
    return {ref: rep_ids[index % len(rep_ids)] for index, ref in enumerate(drawn)}


def _place(reference: str, seed: int) -> float:
    digest = hashlib.blake2b(f"{seed}:{reference}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / _SCALE


def hash_reference(reference: str, key: bytes) -> str:
    """The name under which a contact from elsewhere is kept: not readable, the same every time.

    Letters and digits alone count: +1 (555) 010-99 and 155501099 are one number. ``key`` is the
    workspace's own; without it the few telephone numbers there are could all be tried.
    """
    plain = "".join(letter for letter in reference.casefold() if letter.isalnum())
    return hashlib.blake2b(plain.encode(), digest_size=16, key=key).hexdigest()
