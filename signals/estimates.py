"""How sure a share is that was judged in part: by people, and by a scorer's probabilities. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_NINETY: Final = 1.6449  # standard errors either side of 90 % of a normal distribution
_LEAST: Final = 0.005  # a share is never taken as surer than this


@dataclass(frozen=True, slots=True)
class Stratum:
    """``count`` posts, of which some were judged: probabilities 0..1, a person's word 0 or 1."""

    count: float
    judged: Sequence[float]


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
    inside = min(1 - _LEAST, max(_LEAST, value))
    width = _NINETY * math.sqrt(variance) / (inside * (1 - inside))
    middle = math.log(inside / (1 - inside))
    return Estimate(
        value,
        min(value, _expit(middle - width)),
        max(value, _expit(middle + width)),
        sum(len(stratum.judged) for stratum in known),
    )


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0
