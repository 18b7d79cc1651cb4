"""Small charts as numbers for inline SVG. Pure; right to left is a computed x."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

_MOST_TICKS: Final = 100
_BAR_FOOT: Final = 64.0  # the floor of the bars, in pixels from the top
_BAR_ROOM: Final = 53.0  # the tallest bar


@dataclass(frozen=True, slots=True)
class Tick:
    """A stretch of the quota in per cent of the width, and what it stands for."""

    x: float
    width: float
    kind: str  # before, today, none


@dataclass(frozen=True, slots=True)
class Ticks:
    """The quota as a row of ticks with the place where pace stands."""

    ticks: tuple[Tick, ...]
    pace_x: float
    anchor: str


def draw_ticks(target: int, counted: int, today: int, pace: float, *, rtl: bool) -> Ticks:
    """One tick a person; over a hundred people three stretches tell the same."""
    counted = min(counted, target)
    before = max(0, counted - today)
    runs = (("before", 0, before), ("today", before, counted), ("none", counted, target))
    spans: list[tuple[str, float, float]] = []
    if 0 < target <= _MOST_TICKS:
        step = 100 / target
        gap = step * 0.13
        for kind, start, end in runs:
            spans += [(kind, i * step + gap, step - 2 * gap) for i in range(start, end)]
    elif target:
        spans = [
            (kind, 100 * start / target, 100 * (end - start) / target)
            for kind, start, end in runs
            if end > start
        ]
    share = 100 * min(pace, target) / target if target else 0.0
    return Ticks(
        tuple(Tick(_turn(x, width, rtl=rtl), round(width, 2), kind) for kind, x, width in spans),
        _turn(share, 0, rtl=rtl),
        # at an edge the label leans inwards; "start" is the right edge when reading leftwards
        "start" if share < 8 else "end" if share > 92 else "middle",
    )


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day: its bar and the line of the plan, in pixels from the top."""

    on: date
    counted: int
    top: float
    height: float
    plan: float
    is_today: bool
    is_due: bool


def draw_days(days: Iterable[tuple[date, int]], today: date, plan: float) -> tuple[DayBar, ...]:
    """Bars from zero; the plan's line lies at the same height for every day."""
    listed = list(days)
    most = max([plan, 1, *(count for _, count in listed)])
    scale = _BAR_ROOM / most
    return tuple(
        DayBar(
            on=on,
            counted=count,
            top=round(_BAR_FOOT - count * scale, 1),
            height=round(count * scale, 1),
            plan=round(_BAR_FOOT - plan * scale, 1),
            is_today=on == today,
            is_due=on > today,
        )
        for on, count in listed
    )


def draw_warmth(warmth: float, warmest: float, *, rtl: bool) -> Tick:
    """The line under a row's warmth, against the warmest of the list or 5 points."""
    width = 100 * min(1.0, max(0.0, warmth) / max(warmest, 5.0))
    return Tick(_turn(0, width, rtl=rtl), round(width, 1), "fill")


def _turn(x: float, width: float, *, rtl: bool) -> float:
    return round(100 - x - width if rtl else x, 2)
