"""How sure a share is that was judged in part: by people, and by a scorer's probabilities. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_NINETY: Final = 1.6449  # standard errors either side of 90 % of a normal distribution
_NONE_OF_IT: Final = 3.0  # what is met in no sample at all, in 95 of 100, is fewer, in samples
_LEAST: Final = 0.005  # a share is never taken as surer than this
_OFTEN: Final = 3  # posts in a sample by which somebody is no chance find


@dataclass(frozen=True, slots=True)
class Stratum:
    """``count`` posts, of which some were judged: probabilities 0..1, a person's word 0 or 1.

    ``variance``: of the count, where it was estimated from a sample.
    """

    count: float
    judged: Sequence[float]
    variance: float = 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share 0..1 with its 90 % interval, and on how many judgements it rests."""

    value: float
    low: float
    high: float
    judged: int


def estimate_share(strata: Sequence[Stratum]) -> Estimate | None:
    """The share of prospects over all strata together; ``None`` where nothing was judged.

    Two things are unknown: whether those judged by probability are prospects, and what those not
    judged are. The interval is normal on the scale of log-odds, so that it stays within 0..1.
    """
    known = [stratum for stratum in strata if stratum.judged and stratum.count > 0]
    total = sum(stratum.count for stratum in known)
    if not total:
        return None
    value = variance = 0.0
    for stratum in known:
        n = len(stratum.judged)
        mean = sum(stratum.judged) / n
        outcome = sum(p * (1 - p) for p in stratum.judged) / n**2
        # one more judgement at one half keeps a sample of equals from looking certain
        spread = (sum((p - mean) ** 2 for p in stratum.judged) + 0.25) / n
        left_out = max(0.0, 1 - n / stratum.count)
        share = stratum.count / total
        value += share * mean
        variance += share**2 * (outcome + spread / n * left_out)
    for stratum in known:  # how much each counts is an estimate, too
        apart = sum(stratum.judged) / len(stratum.judged) - value
        variance += stratum.variance / total / total * apart**2
    inside = min(1 - _LEAST, max(_LEAST, value))
    width = _NINETY * math.sqrt(variance) / (inside * (1 - inside))
    middle = math.log(inside / (1 - inside))
    return Estimate(
        value,
        min(value, _expit(middle - width)),
        max(value, _expit(middle + width)),
        sum(len(stratum.judged) for stratum in known),
    )


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, with a 90 % interval; both ends are the value where all were counted."""

    value: float
    low: float
    high: float

    @property
    def exact(self) -> bool:
        """Whether nothing was estimated."""
        return self.low == self.high


def estimate_count(found: Mapping[float, int], steps: Collection[float] = ()) -> Count:
    """How many there are, from an even sample: ``found`` by the step each one was found with.

    Of every ``step`` one was looked at. ``steps``: those that were used, found with or not: where
    nothing was found there may still be some.
    """
    value = sum(step * n for step, n in found.items())
    least = sum(found.values())
    used = {step: found.get(step, 0) for step in {*steps, *found}}
    # of a sample in which n were found, n + 1 more would not surprise: nothing found is not none
    above = sum(step * (step - 1) * (n + 1) for step, n in used.items())
    below = sum(step * (step - 1) * n for step, n in used.items())
    rare = max((step - 1 for step, n in used.items() if not n), default=0.0)
    return Count(
        value,
        max(least, value - _NINETY * math.sqrt(below)),
        max(value + _NINETY * math.sqrt(above), rare * _NONE_OF_IT),
    )


def add(*counts: Count, less: Sequence[Count] = ()) -> Count:
    """Counts of different samples together, without ``less``; nothing is fewer than none."""
    value = sum(one.value for one in counts) - sum(one.value for one in less)
    down = [one.value - one.low for one in counts] + [one.high - one.value for one in less]
    up = [one.high - one.value for one in counts] + [one.value - one.low for one in less]
    return Count(
        max(0.0, value), max(0.0, value - math.hypot(*down)), max(0.0, value + math.hypot(*up))
    )


def estimate_part(whole: Count, judged: int, reaching: int) -> Count:
    """How many of ``whole`` reach something, where ``judged`` of them were looked at.

    Wilson's interval for the share, narrowed by what was looked at of all; with that of the whole.
    """
    if not judged or not whole.high:
        return Count(0.0, 0.0, whole.high)
    share = reaching / judged
    left_out = max(0.0, 1 - judged / max(whole.value, 1.0))
    z2 = _NINETY**2 * left_out
    middle = (share + z2 / (2 * judged)) / (1 + z2 / judged)
    spread = share * (1 - share) / judged + z2 / (4 * judged**2)
    width = math.sqrt(z2 * spread) / (1 + z2 / judged)
    value = share * whole.value
    return Count(
        value,
        max(0.0, value - math.hypot(value - (middle - width) * whole.value,
                                    share * (whole.value - whole.low))),
        value + math.hypot((middle + width) * whole.value - value,
                           share * (whole.high - whole.value)),
    )  # fmt: skip


def estimate_people(posts: Collection[int], step: float) -> Count:
    """How many people are behind all posts, from an even sample: of each in it, how many posts.

    Of every ``step`` posts one was looked at. Whoever has three in the sample is counted once, and
    their posts with them. The posts of all others are shared out: pairs by one person in the sample
    say how many more there are in all. So many pairs can be had by no fewer people than if all had
    equally many posts, and by no more than there are posts; the estimate lies midway between the
    two in proportion, and the interval reaches from one to the other, whether or not anybody is
    counted apart, wider by what the sample leaves open. All are known where ``step`` is 1.
    """
    if step <= 1:
        return Count(*3 * (float(len(posts)),))
    often = sum(n >= _OFTEN for n in posts)
    rest = sum(n for n in posts if n < _OFTEN)
    pairs = sum(n == _OFTEN - 1 for n in posts)
    written = estimate_count({step: rest}, (step,))
    if not rest:
        return Count(often, often, often + written.high)
    # posts that somebody has besides, for each of theirs
    more = step * 2 * pairs / rest
    most = step * 2 * (pairs + _NINETY * math.sqrt(pairs + 1) + 1) / rest
    value = often + written.value / math.sqrt(1 + more)
    every = sum(posts)
    alike = estimate_count({step: every}, (step,)).low / (
        1 + step * sum(n * (n - 1) for n in posts) / every
    )
    return Count(
        max(value, len(posts)),
        max(len(posts), min(alike, often + written.low / (1 + most))),
        max(often + written.high, len(posts)),
    )


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0
