"""How many touches to look at by chance, and which. Pure.

A quarter's sample is drawn while the quarter goes on, so that a manager looks at some every week.
Each touch has a place between 0 and 1 that only the seed and its number settle, and a sample is
those with the lowest places. While a quarter runs only those join that will likely be among the
lowest of the whole quarter; once it is over the lowest of all join that are still missing. So the
sample holds an even one of the whole quarter however the nights went, and is hardly larger.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection
from collections.abc import Set as AbstractSet

_PLACES = 2**64


def audit_size(
    population: int,
    *,
    cheating_share: float,
    confidence: float,
    recognised: float = 1.0,
) -> int:
    """How many of ``population`` touches to look at so that cheating of that share is found.

    The least n with P(at least one of the invented ones is in a sample of n and recognised as
    such) >= ``confidence``; drawn without replacement, so hypergeometric. At least one touch is
    taken as invented. All are looked at where even that is not enough.
    """
    if population <= 0:
        return 0
    invented = min(population, max(1, math.ceil(cheating_share * population - 1e-9)))
    low, high = 1, population
    while low < high:
        middle = (low + high) // 2
        if finding_chance(population, invented, middle, recognised) >= confidence:
            high = middle
        else:
            low = middle + 1
    return low


def finding_chance(population: int, invented: int, size: int, recognised: float = 1.0) -> float:
    """Probability that a sample of ``size`` shows at least one of ``invented`` touches."""
    if not 0 <= invented <= population or not 0 <= size <= population:
        raise ValueError("a sample and what is looked for fit into the population")
    whole = _log_choose(population, size)
    missed = 0.0
    for hit in range(max(0, size - (population - invented)), min(invented, size) + 1):
        if hit and recognised >= 1:
            break
        ways = _log_choose(invented, hit) + _log_choose(population - invented, size - hit)
        missed += math.exp(ways - whole) * (1.0 - recognised) ** hit
    return min(1.0, max(0.0, 1.0 - missed))


def _log_choose(of: int, some: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)


def draw_sample(touch_ids: Collection[int], size: int, *, seed: int) -> list[int]:
    """That many touches by chance: those with the lowest places; the same for the same seed."""

    def place(touch_id: int) -> tuple[int, int]:
        return _place(touch_id, seed), touch_id

    return sorted(sorted(touch_ids, key=place)[: max(0, size)])


def expect_touches(count: int, passed: float) -> int:
    """How many touches a quarter will come to if it goes on as in the share that has passed."""
    return count if passed >= 1 else math.ceil(count / passed)


def draw_more(
    touch_ids: Collection[int],
    drawn: AbstractSet[int],
    *,
    passed: float,
    size: int,
    seed: int,
) -> list[int]:
    """Which touches join those already ``drawn`` of a quarter of which ``passed`` (0..1) is over.

    ``size`` is what the whole quarter will need. Before its end at most the same share of it is
    drawn, from places under that share of the rate: should more touches come than expected, what
    was drawn early would not belong to the sample, and nothing that was drawn is given up again.
    Once it is over, what is drawn holds the ``size`` lowest places. Never twice ``size`` in all.
    """
    if passed >= 1:
        return [one for one in draw_sample(touch_ids, size, seed=seed) if one not in drawn]
    expected = expect_touches(len(touch_ids), passed)
    if not expected:
        return []
    limit = int(passed * size / expected * _PLACES)
    low = [one for one in touch_ids if one not in drawn and _place(one, seed) < limit]
    return draw_sample(low, math.floor(passed * size) - len(drawn), seed=seed)


def _place(touch_id: int, seed: int) -> int:
    digest = hashlib.blake2b(f"{seed}:{touch_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")
