"""Plots of a manager's page as numbers for inline SVG. Pure; right to left is a computed x."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf
from typing import Final

from app.web.charts import Range, draw_range

_BARS: Final = 16
_TICKS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class Column:
    """So many with at least ``low`` and less than ``high``; bounds of the bar as drawn."""

    low: float
    high: float
    count: int
    enough: bool
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How something is spread, against a threshold: bars from zero, and marks below them."""

    columns: tuple[Column, ...]
    threshold_x: float
    anchor: str
    marks: tuple[tuple[float, float], ...]  # x in per cent, value
    count: int
    enough: int
    height: int


def draw_spread(
    values: Sequence[float], threshold: float, *, height: int, rtl: bool, each: int = 1
) -> Spread | None:
    """Sixteen bars, of which a whole number lies under the threshold; the last holds all beyond.

    ``each`` value stands for so many. ``None`` without values or threshold.
    """
    if not values or threshold <= 0:
        return None
    # the threshold a quarter to half of the way, so that both sides can be read
    wide = max(*values, 2 * threshold)
    under = max(4, min(8, ceil(_BARS * threshold / wide)))
    step = threshold / under
    counts = [0] * _BARS
    for value in values:
        # a hair under the threshold is under it, whatever the division says
        place = int(value / step) if value < threshold else max(under, int(value / step))
        place = min(place, under - 1) if value < threshold else place
        counts[min(_BARS - 1, place)] += each
    most = max(counts)
    width = 100 / _BARS

    def turned(x: float, wide: float = 0.0) -> float:
        return round(100 - x - wide if rtl else x, 2)

    columns = tuple(
        Column(
            low=step * index,
            high=step * (index + 1) if index + 1 < _BARS else inf,
            count=count,
            enough=index >= under,
            x=turned(index * width + 0.1 * width, 0.8 * width),
            width=round(0.8 * width, 2),
            y=round(height * (1 - count / most), 1),
            height=round(height * count / most, 1),
        )
        for index, count in enumerate(counts)
    )
    share = 100 * under / _BARS
    enough = each * sum(value >= threshold for value in values)
    marks = tuple((turned(100 * i / 4), step * _BARS * i / 4) for i in range(4))
    return Spread(columns, turned(share), "start", marks, each * len(values), enough, height)


@dataclass(frozen=True, slots=True)
class Rate:
    """An uncertain rate on an axis from zero, with what was assumed of it before."""

    range: Range
    assumed_x: float
    marks: tuple[tuple[float, int], ...]  # x in per cent, value


def draw_rate(low: float, middle: float, high: float, assumed: float, *, rtl: bool) -> Rate:
    """The axis ends at a round number beyond everything shown."""
    beyond = max(high, assumed) * 1.05
    step = next((size for size in _TICKS if beyond / size <= 6), 1000)
    most = step * ceil(beyond / step)
    marks = tuple(
        (draw_range(value, value, value, most, rtl=rtl).dot_x, value)
        for value in range(0, most + 1, step)
    )
    return Rate(
        draw_range(low, middle, high, most, rtl=rtl),
        draw_range(assumed, assumed, assumed, most, rtl=rtl).dot_x,
        marks,
    )
