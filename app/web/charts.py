"""Small charts as numbers for inline SVG. Pure; right to left is a computed x."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

_MOST_TICKS: Final = 100
_WIDEST_GAP: Final = 0.26  # per cent at either side of a tick, so that few are no islands
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
        gap = min(step * 0.13, _WIDEST_GAP)
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


@dataclass(frozen=True, slots=True)
class Bar:
    """A rep against pace, in per cent of the width: earlier, today, unfilled, and pace."""

    track: float
    earlier: Tick
    today: Tick
    unfilled: Tick | None
    pace_x: float


def draw_standing(
    *, target: int, counted: int, today: int, pace: float, unfilled: int, rtl: bool
) -> Bar | None:
    """One bar a rep; places the supply could not fill are drawn apart at the end."""
    if not target:
        return None
    counted = min(counted, target)
    before = max(0, counted - today)
    missing = min(unfilled, target - counted)
    scale = 100 / target

    def stretch(start: float, size: float, kind: str) -> Tick:
        width = size * scale
        return Tick(_turn(start * scale, width, rtl=rtl), round(width, 2), kind)

    return Bar(
        track=round(100 - missing * scale, 2),
        earlier=stretch(0, before, "soft"),
        today=stretch(before, counted - before, "fill"),
        unfilled=stretch(target - missing, missing, "miss") if missing > 0 else None,
        pace_x=_turn(100 * min(pace, target) / target, 0, rtl=rtl),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a funnel: its count, its share of the step before, and that share's bar."""

    name: str
    count: int
    share: float | None
    bar: Tick | None


def draw_steps(steps: Iterable[tuple[str, int]], *, rtl: bool) -> list[Step]:
    """Each step as a share of the one before: true lengths would hide the end."""
    drawn: list[Step] = []
    before: int | None = None
    for name, count in steps:
        share = None if not before else min(1.0, count / before)
        bar = None
        if share is not None:
            width = round(100 * share, 1)
            bar = Tick(_turn(0, width, rtl=rtl), width, "soft")
        drawn.append(Step(name, count, share, bar))
        before = count
    return drawn


@dataclass(frozen=True, slots=True)
class Range:
    """An uncertain number as a dot in its interval, in per cent of the width."""

    low_x: float
    dot_x: float
    high_x: float


def draw_range(low: float, expected: float, high: float, most: float, *, rtl: bool) -> Range:
    """``most`` is the right edge."""
    low_x, dot_x, high_x = (
        _turn(100 * min(value, most) / most, 0, rtl=rtl) for value in (low, expected, high)
    )
    return Range(low_x, dot_x, high_x)


def draw_warmth(warmth: float, warmest: float, *, rtl: bool) -> Tick:
    """The line under a row's warmth, against the warmest of the list or 5 points."""
    width = 100 * min(1.0, max(0.0, warmth) / max(warmest, 5.0))
    return Tick(_turn(0, width, rtl=rtl), round(width, 1), "fill")


def _turn(x: float, width: float, *, rtl: bool) -> float:
    return round(100 - x - width if rtl else x, 2)
