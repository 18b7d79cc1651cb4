"""From a period's target to today's list: proration, spread, pace, what is due. Pure.

Rounding is done twice and nowhere else. A period's target, prorated by working time, is rounded
once, half up. It is spread over the days by rounding its running sum up, so that the odd ones come
early and the days add up to exactly the target.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final

from quotas.calendars import FULL_DAY, Calendar, days_of
from quotas.periods import Period

ROLL: Final = "roll"  # what is missed is asked for again on the days left of the period
FORFEIT: Final = "forfeit"  # what is missed is not asked for again

#: What each day of a period weighs against the others.
Parts = Mapping[date, Fraction | int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A target in force from ``starts_on`` to the day before ``ends_on``; per period, full time."""

    starts_on: date
    ends_on: date
    target: int
    period: Period


def prorate(stretches: Sequence[Stretch], start: date, end: date, calendar: Calendar) -> int:
    """What is owed from ``start`` to the day before ``end``: per day worked its part of the target.

    A whole period's target is for all the days the team usually works in it. Holidays, absences,
    part-time, joining and leaving and the ramp take off their part; a target that changes within
    the period counts for its own days. Rounded once, half up.
    """
    owed: dict[int, int] = {}  # by what they are parts of: adding fractions is slow
    regular: dict[tuple[Period, date], int] = {}
    for stretch in stretches:
        for day in days_of(max(start, stretch.starts_on), min(end, stretch.ends_on)):
            load = calendar.load(day)
            if load:
                within = (stretch.period, calendar.bounds(stretch.period, day)[0])
                if within not in regular:
                    regular[within] = count_regular_days(stretch.period, day, calendar)
                full = FULL_DAY * regular[within]
                owed[full] = owed.get(full, 0) + load * stretch.target
    whole = sum((Fraction(part, full) for full, part in owed.items()), Fraction(0))
    return math.floor(whole + Fraction(1, 2))


def count_regular_days(period: Period, on: date, calendar: Calendar) -> int:
    """Days the team usually works in the period that holds ``on``: holidays count among them."""
    if period is Period.DAY:
        return 1  # a day's target is that of a full day, also of one usually off
    start, end = calendar.bounds(period, on)
    if period is Period.WEEK:  # one cut short owes its part of a whole one
        end = start + timedelta(days=7)
    return sum(calendar.is_regular(day) for day in days_of(start, end))


def own_parts(
    stretches: Sequence[Stretch], start: date, end: date, calendar: Calendar
) -> Parts | None:
    """Each day's own part of what is owed, where the target changes or begins within the period.

    ``None`` where one target holds throughout: then working time alone decides.
    """
    if any(one.starts_on <= start and end <= one.ends_on for one in stretches):
        return None
    return {
        day: sum((day_part(one, day, calendar) for one in stretches), Fraction(0))
        for day in days_of(start, end)
    }


def day_part(stretch: Stretch, on: date, calendar: Calendar) -> Fraction:
    """What a target owes for one day, if it is in force then, by working time and ramp."""
    load = calendar.load(on) if stretch.starts_on <= on < stretch.ends_on else 0
    if not load:
        return Fraction(0)
    regular = count_regular_days(stretch.period, on, calendar)
    return Fraction(load * stretch.target, FULL_DAY * regular)


def _weigh(start: date, end: date, calendar: Calendar, parts: Parts | None) -> Parts:
    """What each day weighs: its own part of the target, or what is worked on it."""
    if parts is not None and any(parts.get(day) for day in days_of(start, end)):
        return {day: parts.get(day, Fraction(0)) for day in days_of(start, end)}
    return {day: calendar.load(day) for day in days_of(start, end)}


def spread(
    target: int, start: date, end: date, calendar: Calendar, parts: Parts | None = None
) -> dict[date, int]:
    """The target over the days of a period by what is worked on each; days off get nothing.

    With ``parts`` (``own_parts``) by what each day owes. Adds up to ``target``, unless nobody works
    at all. Odd ones come early.
    """
    loads = _weigh(start, end, calendar, parts)
    whole = sum(loads.values())
    days: dict[date, int] = {}
    passed, given = Fraction(0), 0
    for day, load in loads.items():
        passed += load
        until_now = math.ceil(target * passed / whole) if whole else 0
        days[day] = until_now - given
        given = until_now
    return days


def due_on(
    target: int,
    counted_before: int,
    on: date,
    start: date,
    end: date,
    calendar: Calendar,
    missed: str = ROLL,
    parts: Parts | None = None,
) -> int:
    """What a rep owes on ``on``, of a prorated ``target``; nothing on a day off.

    ``counted_before`` was counted in the period before ``on``. What was missed rolls into the days
    left by what is worked on each, rounded up so that nothing is left over on the last day; or with
    ``FORFEIT`` each day keeps what it was planned to have. Never more than the target still lacks.
    """
    if not start <= on < end or not calendar.load(on):
        return 0
    rest = max(0, target - counted_before)
    if missed == FORFEIT:
        return min(rest, spread(target, start, end, calendar, parts)[on])
    loads = _weigh(on, end, calendar, parts)
    return math.ceil(Fraction(rest * loads[on], sum(loads.values())))


def pace_at(
    target: int,
    now: datetime,
    start: date,
    end: date,
    calendar: Calendar,
    parts: Parts | None = None,
) -> float:
    """Where attainment should stand at ``now``: the target × the share of working time passed.

    With ``parts`` (``own_parts``) the share of what was owed so far: a quota that begins on a
    Wednesday is not behind that morning.
    """
    loads = _weigh(start, end, calendar, parts)
    whole = sum(loads.values())
    if not whole:
        return 0.0
    today = calendar.today(now)
    passed = float(sum(load for day, load in loads.items() if day < today))
    within = calendar.share_passed(now) * float(loads.get(today, 0))
    return target * (passed + within) / float(whole)


def whole_pace(pace: float) -> int:
    """The contacts that pace comes to: what "ahead", "behind" and its causes are counted from."""
    return round(pace)
