"""What a count may come to: a negative binomial from what was counted before. Pure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

#: Days or periods that the expectation one starts from weighs as much as.
PRIOR_WEIGHT: Final = 2.0
_LEAST = 1e-12  # a smaller mean is none
_LONGEST = 1_000_000  # counts beyond this end the search for a quantile


@dataclass(frozen=True, slots=True)
class Spread:
    """A count to come: its mean and variance, at least a Poisson's."""

    mean: float
    variance: float

    def at_least(self, count: int) -> float:
        """Probability that it comes to ``count`` or more, 0..1."""
        if count <= 0:
            return 1.0
        if self.mean < _LEAST:
            return 0.0
        left = 1.0
        for number, chance in enumerate(_chances(self)):
            if number >= count:
                break
            left -= chance
        return min(1.0, max(0.0, left))

    def quantile(self, share: float) -> int:
        """The least count that it does not exceed with probability ``share``."""
        if not 0 < share < 1:
            raise ValueError("a share lies between 0 and 1")
        if self.mean < _LEAST:
            return 0
        passed = 0.0
        for number, chance in enumerate(_chances(self)):
            passed += chance
            if passed >= share or number >= _LONGEST:
                return number
            # past the mean the terms only shrink: below this the rest is rounding
            if number > self.mean and chance < 1e-15:
                return number
        return _LONGEST

    def interval(self, share: float) -> tuple[int, int]:
        """Bounds that hold it with probability ``share``, as much outside on either side."""
        outside = (1.0 - share) / 2
        return self.quantile(outside), self.quantile(1.0 - outside)


def predict(
    history: Sequence[float],
    ahead: float,
    *,
    expected: float | None = None,
    weights: Sequence[float] | None = None,
) -> Spread:
    """The sum of ``ahead`` more days like those of ``history``; ``ahead`` may be a part of one.

    A Gamma over the daily rate (starting from ``expected``, which weighs like two days) makes the
    sum a negative binomial; days that vary more than a Poisson's widen it by the same factor. With
    neither history nor expectation nothing is predicted: mean 0.
    """
    if ahead <= 0:
        return Spread(0.0, 0.0)
    weighed = weights if weights is not None else [1.0] * len(history)
    if len(weighed) != len(history):
        raise ValueError("one weight for each of the history")
    size = math.fsum(weighed)
    total = math.fsum(weight * count for weight, count in zip(weighed, history, strict=True))
    prior = PRIOR_WEIGHT if expected is not None else 0.0
    if size + prior <= 0:
        return Spread(0.0, 0.0)
    rate = (total + prior * (expected or 0.0)) / (size + prior)
    excess = _excess(history, weighed, total / size if size else 0.0)
    # Of days ahead there are as many as asked; of the rate we know as much as the days seen.
    variance = excess * (ahead * rate + ahead * ahead * rate / (size + prior))
    mean = ahead * rate
    return Spread(mean, max(mean, variance))


def _excess(history: Sequence[float], weights: Sequence[float], mean: float) -> float:
    """How much more the history varies than a Poisson's; 1 where it does not or cannot be told."""
    if len(history) < 3 or mean <= 0:
        return 1.0
    size = math.fsum(weights)
    squared = math.fsum(weight * weight for weight in weights)
    free = size - squared / size
    if free <= 0:
        return 1.0
    around = math.fsum(
        weight * (count - mean) ** 2 for weight, count in zip(weights, history, strict=True)
    )
    return max(1.0, around / free / mean)


def _chances(spread: Spread) -> Iterator[float]:
    """Probabilities of 0, 1, 2, … by recurrence, in logarithms so that large means do not fade."""
    mean, variance = spread.mean, spread.variance
    if variance <= mean * (1 + 1e-9):
        log = -mean
        for number in itertools.count(1):
            yield math.exp(log)
            log += math.log(mean / number)
    size = mean * mean / (variance - mean)
    stay = size * math.log(mean / variance)
    step = math.log1p(-mean / variance)
    for number in itertools.count(1):
        yield math.exp(stay)
        stay += step + math.log((size + number - 1) / number)
