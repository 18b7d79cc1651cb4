"""A quota's course as numbers for inline SVG. Pure; right to left is a computed x."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Final

from quotas.attainment import Attainment
from quotas.calendars import Calendar
from quotas.projection import Ending, Projection, add_up
from quotas.targets import Parts

_WIDE: Final = 1000.0  # of the inner picture, which is stretched to what room there is
_MOST_DAYS: Final = 7  # named below the line
_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PaceDay:
    """One day of a period: what counted, and what should have."""

    on: date
    counted: int
    due: float


@dataclass(frozen=True, slots=True)
class Course:
    """A period's days up to its end, how many have passed (a part of today included), its end."""

    days: tuple[PaceDay, ...]
    passed: float
    counted: int
    target: int
    ahead: Ending | Projection

    @property
    def due(self) -> float:
        """What should have been counted by now."""
        whole = sum(day.due for day in self.days[: int(self.passed)])
        rest = self.passed - int(self.passed)
        return whole + (rest * self.days[int(self.passed)].due if rest else 0.0)


def course_of(
    one: Attainment,
    ahead: Projection,
    calendar: Calendar,
    now: datetime,
    parts: Parts | None = None,
) -> Course:
    """The course of one standing; days off are left out, so that pace is a straight line.

    ``parts``: what each day owes of it, as ``period_parts`` says; a day before the quota nothing.
    """
    loads = {day.on: calendar.load(day.on) for day in one.days}
    weighs: Parts = parts if parts is not None and any(parts.values()) else loads
    whole = sum(weighs.values())
    days = tuple(
        PaceDay(
            day.on, day.counted, float(one.target * weighs.get(day.on, 0) / whole) if whole else 0.0
        )
        for day in one.days
        if loads[day.on] or day.counted
    )
    return Course(days, _passed(days, calendar, now), one.counted, one.target, ahead)


def course_of_all(courses: Sequence[Course], calendar: Calendar, now: datetime) -> Course:
    """Courses of one period together, by the calendar they share."""
    counted: dict[date, int] = {}
    due: dict[date, float] = {}
    for day in (day for course in courses for day in course.days):
        counted[day.on] = counted.get(day.on, 0) + day.counted
        due[day.on] = due.get(day.on, 0.0) + day.due
    days = tuple(PaceDay(on, counted[on], due[on]) for on in sorted(counted))
    return Course(
        days,
        _passed(days, calendar, now),
        sum(course.counted for course in courses),
        sum(course.target for course in courses),
        add_up([course.ahead for course in courses]),
    )


def _passed(days: Sequence[PaceDay], calendar: Calendar, now: datetime) -> float:
    today = calendar.today(now)
    before = sum(day.on < today for day in days)
    return before + (calendar.share_passed(now) if any(day.on == today for day in days) else 0.0)


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day named below the plot, in per cent of the width."""

    x: float
    on: date


@dataclass(frozen=True, slots=True)
class Pace:
    """Paths of a picture 1000 wide; y in pixels from the top, x of single things in per cent."""

    height: int
    done: str
    area: str
    due: str
    fan: str
    likely: str
    now_x: float
    now_y: float
    target_y: float
    low_y: float
    high_y: float
    days: tuple[DayMark, ...]


def draw_pace(course: Course, *, height: int, rtl: bool) -> Pace | None:
    """Done, due and the likely end; ``None`` where nothing is owed and nothing was done."""
    if not course.days or not (course.target or course.counted):
        return None
    number, ahead = len(course.days), course.ahead
    top = 1.06 * max(course.target, ahead.high, course.counted, 1)

    def x_of(place: float) -> float:
        share = min(1.0, place / number)
        return _WIDE * (1 - share if rtl else share)

    def y_of(value: float) -> float:
        return round(height * (1 - min(value, top) / top), 1)

    def path(points: Iterable[_Point]) -> str:
        return "M" + " L".join(f"{x_of(x):.1f} {y_of(y)}" for x, y in points)

    done: list[_Point] = [(0.0, 0.0)]
    due: list[_Point] = [(0.0, 0.0)]
    for index, day in enumerate(course.days, start=1):
        due.append((index, due[-1][1] + day.due))
        if index <= course.passed:
            done.append((index, done[-1][1] + day.counted))
    here = (course.passed, float(course.counted))
    done.append(here)
    return Pace(
        height=height,
        done=path(done),
        area=f"{path([*done, (here[0], 0.0)])} Z",
        due=path(due),
        fan=f"{path([here, (number, ahead.high), (number, ahead.low)])} Z",
        likely=path([here, (number, ahead.expected)]),
        now_x=round(x_of(here[0]) / 10, 2),
        now_y=y_of(here[1]),
        target_y=y_of(course.target),
        low_y=y_of(ahead.low),
        high_y=y_of(ahead.high),
        days=_name_days(course.days, x_of),
    )


def _name_days(days: Sequence[PaceDay], x_of: Callable[[float], float]) -> tuple[DayMark, ...]:
    every = max(1, ceil(len(days) / _MOST_DAYS))
    return tuple(
        DayMark(round(x_of(index + 0.5) / 10, 2), day.on)
        for index, day in enumerate(days)
        if index % every == 0
    )
