"""A warmth over time as numbers for inline SVG. Pure; right to left is a computed x."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from math import ceil
from typing import Final

HEIGHT: Final = 180.0
_WIDE: Final = 1000.0  # of the inner picture, which is stretched to what room there is
_STEPS: Final = 72
_MOST_DAYS: Final = 7  # named below the line


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the line: in per cent of the width and pixels from the top."""

    x: float
    y: float
    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Line:
    """A number on the left edge, or a day below."""

    place: float
    value: float = 0.0
    on: date | None = None
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Curve:
    """The line and the surface under it as paths, with what is marked on it."""

    path: str
    area: str
    signals: tuple[Dot, ...]
    touches: tuple[Dot, ...]
    now: Dot
    levels: tuple[Line, ...]
    days: tuple[Line, ...]
    threshold_y: float | None


def warmth_at(terms: Sequence[tuple[datetime, float]], at: datetime, half_life: timedelta) -> float:
    """The sum of what had happened by then, each faded since; in points."""
    life = half_life.total_seconds()
    return sum(
        points * float(2.0 ** -min(500.0, (at - then).total_seconds() / life))
        for then, points in terms
        if then <= at
    )


def draw_curve(
    terms: Sequence[tuple[datetime, float]],
    touches: Sequence[datetime],
    *,
    now: datetime,
    half_life: timedelta,
    longest: timedelta,
    zone: tzinfo,
    threshold: float | None,
    rtl: bool,
) -> Curve | None:
    """The last ``longest`` of a warmth, from its first evidence on; ``None`` without any.

    ``terms`` are when each piece of evidence happened and its points then.
    """
    known = sorted(term for term in terms if term[0] <= now)
    if not known:
        return None
    start = max(known[0][0], now - longest)
    span = max((now - start).total_seconds(), 3600.0)
    start = now - timedelta(seconds=span)
    jumps = [at for at, _ in known if at >= start]
    times = sorted({start + timedelta(seconds=span * i / _STEPS) for i in range(_STEPS + 1)})
    points: list[tuple[datetime, float]] = [(at, warmth_at(known, at, half_life)) for at in times]
    for at in jumps:
        just_before = warmth_at([term for term in known if term[0] < at], at, half_life)
        points += [(at, just_before), (at, warmth_at(known, at, half_life))]
    points.sort(key=lambda point: (point[0], point[1]))
    top = max(1.0, *(value for _, value in points), threshold or 0.0)
    step = next(size for size in (0.5, 1, 2, 5, 10, 20, 50, 100, 1e6) if top / size <= 5.5)
    top = step * ceil(1.15 * top / step)  # room for what is written above the line

    def x_of(at: datetime) -> float:
        share = (at - start).total_seconds() / span
        return 1 - share if rtl else share

    def y_of(value: float) -> float:
        return round(HEIGHT * (1 - min(value, top) / top), 1)

    def dot(at: datetime) -> Dot:
        value = warmth_at(known, at, half_life)
        return Dot(round(100 * x_of(at), 2), y_of(value), at, value)

    path = " L".join(f"{_WIDE * x_of(at):.1f} {y_of(value)}" for at, value in points)
    first, last = _WIDE * x_of(start), _WIDE * x_of(now)
    return Curve(
        path=f"M{path}",
        area=f"M{path} L{last:.1f} {HEIGHT} L{first:.1f} {HEIGHT} Z",
        signals=tuple(dot(at) for at in jumps),
        touches=tuple(dot(at) for at in touches if start <= at <= now),
        now=dot(now),
        levels=tuple(Line(y_of(step * i), step * i) for i in range(round(top / step) + 1)),
        days=_days(start, now, zone, x_of),
        threshold_y=None if threshold is None else y_of(threshold),
    )


def _days(
    start: datetime, now: datetime, zone: tzinfo, x_of: Callable[[datetime], float]
) -> tuple[Line, ...]:
    first, last = start.astimezone(zone).date(), now.astimezone(zone).date()
    count = (last - first).days
    every = max(1, ceil(count / _MOST_DAYS))
    lines = []
    for offset in range(every, count, every):
        on = first + timedelta(days=offset)
        at = datetime(on.year, on.month, on.day, tzinfo=zone)
        x = 100 * x_of(at)
        if 6 < x < 92:
            lines.append(Line(round(x, 2), on=on))
    return tuple(lines)
