"""How likely a touch ends well at a given warmth, learned from touches, never invented. Pure."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: Dispositions that count as success; every other touch is a trial without one.
POSITIVE: Final = frozenset({"replied", "meeting", "proposal", "won"})
_BINS: Final = 10
_LEAST_IN_BIN: Final = 25
_Z: Final = 1.959964  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Outcome:
    """One touch: the warmth with which the person was assigned, and whether it ended well."""

    warmth: float
    is_positive: bool


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability with its 95 % interval (Wilson) and the touches it rests on."""

    probability: float
    low: float
    high: float
    touches: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Chances by warmth: ``chances[i]`` from ``edges[i]`` on; a warmer bin is never less likely."""

    edges: tuple[float, ...]
    chances: tuple[Chance, ...]

    def read(self, warmth: float) -> Chance:
        """The chance at a warmth; under the first edge, that of the first bin."""
        return self.chances[max(0, bisect_right(self.edges, warmth) - 1)]


def fit_curve(
    outcomes: Sequence[Outcome], *, least_touches: int, least_positive: int
) -> Curve | None:
    """A curve once there are enough touches, of both kinds; ``None`` before: not yet calibrated.

    Bins of equal size, pooled where a warmer one did worse (isotonic), so that the chance rises
    with warmth or stays. Between bins nothing is interpolated.
    """
    good = sum(one.is_positive for one in outcomes)
    if len(outcomes) < least_touches or min(good, len(outcomes) - good) < least_positive:
        return None
    ordered = sorted(outcomes, key=lambda one: one.warmth)
    bins = max(1, min(_BINS, len(ordered) // _LEAST_IN_BIN))
    blocks: list[list[float]] = []  # first warmth, positives, touches
    for number in range(bins):
        part = ordered[number * len(ordered) // bins : (number + 1) * len(ordered) // bins]
        found = [part[0].warmth, float(sum(one.is_positive for one in part)), float(len(part))]
        if blocks and blocks[-1][0] == found[0]:  # one warmth cannot have two chances
            blocks[-1] = [blocks[-1][0], blocks[-1][1] + found[1], blocks[-1][2] + found[2]]
        else:
            blocks.append(found)
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]:
            _, positives, touches = blocks.pop()
            blocks[-1] = [blocks[-1][0], blocks[-1][1] + positives, blocks[-1][2] + touches]
    return Curve(
        tuple(block[0] for block in blocks),
        tuple(_chance(int(positives), int(touches)) for _, positives, touches in blocks),
    )


def _chance(positives: int, touches: int) -> Chance:
    share = positives / touches
    square = _Z * _Z / touches
    middle = (share + square / 2) / (1 + square)
    spread = _Z * math.sqrt(share * (1 - share) / touches + square / touches / 4) / (1 + square)
    return Chance(share, max(0.0, middle - spread), min(1.0, middle + spread), touches)
