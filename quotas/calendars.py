"""Working days of a team or a rep, how much of each is worked, and the part of today that passed.

Pure. Shares are whole percents, so that what is added up stays exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.errors import Refused
from quotas.periods import Period, bounds

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: A day worked in full by somebody past every ramp: percent of a day × percent of the target.
FULL_DAY = 100 * 100


@dataclass(frozen=True, slots=True)
class WorkingWeek:
    """How a rep works from a day on: on which weekdays (``None``: the team's) and how much of each.

    ``percent`` of a full day, 0..100.
    """

    starts_on: date
    weekdays: frozenset[int] | None = None
    percent: int = 100


@dataclass(frozen=True, slots=True)
class Absence:
    """Days away, ``ends_on`` exclusive; ``percent`` of each day."""

    starts_on: date
    ends_on: date
    percent: int = 100


@dataclass(frozen=True, slots=True)
class RampUp:
    """Percents of the target owed by a newcomer, one for every seven days from ``starts_on``.

    Afterwards, or without any, the whole target is owed.
    """

    starts_on: date
    percents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EarlierTime:
    """The time zone and week of a team before ``until``: days gone by stay as they were."""

    until: date
    zone: ZoneInfo
    weekend: frozenset[int]
    first_weekday: int = 0


@dataclass(frozen=True, slots=True)
class EarlierHours:
    """When a team's working day began and ended before ``until``."""

    until: date
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Calendar:
    """Time zone, first weekday, weekend and holidays of a team; weekdays from Monday = 0.

    ``opens`` and ``closes`` bound the working day, against which pace within a day is measured.
    The rest is a rep's own: working weeks and ramps (of each the one that starts last counts, and
    of those the last given), absences, and the days of joining and leaving.
    """

    zone: ZoneInfo
    first_weekday: int = 0
    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()
    opens: time = time(9)
    closes: time = time(17)
    weeks: tuple[WorkingWeek, ...] = ()
    ramps: tuple[RampUp, ...] = ()
    absences: tuple[Absence, ...] = ()
    joins_on: date | None = None
    leaves_on: date | None = None  # exclusive
    earlier: tuple[EarlierTime, ...] = ()  # oldest first
    earlier_hours: tuple[EarlierHours, ...] = ()  # likewise

    def zone_on(self, on: date) -> ZoneInfo:
        """The time zone in which that day was or is lived."""
        return next((one.zone for one in self.earlier if on < one.until), self.zone)

    def hours_on(self, on: date) -> tuple[datetime, datetime]:
        """When the working day of that date began or begins, and when it ends."""
        found = next((one for one in self.earlier_hours if on < one.until), self)
        zone = self.zone_on(on)
        return datetime.combine(on, found.opens, zone), datetime.combine(on, found.closes, zone)

    def weekend_on(self, on: date) -> frozenset[int]:
        """The weekdays off in the week of that day."""
        return next((one.weekend for one in self.earlier if on < one.until), self.weekend)

    def bounds(self, period: Period, on: date) -> tuple[date, date]:
        """First day and the day after the last of the period that holds ``on``.

        Where a team's weeks begin on another day from some day on, the week before ends there: the
        one between is shorter, and weeks gone by stay as they were counted.
        """
        since, first, until = date.min, self.first_weekday, date.max
        if period is Period.WEEK and any(one.first_weekday != first for one in self.earlier):
            for one in reversed(self.earlier):
                if one.first_weekday == first:
                    continue
                if on >= one.until:
                    since = one.until
                    break
                first, until = one.first_weekday, one.until
        start, end = bounds(period, on, first)
        return max(start, since), min(end, until)

    def is_regular(self, on: date) -> bool:
        """Whether the team usually works that weekday, holidays and absences aside."""
        return on.weekday() not in self.weekend_on(on)

    def is_working(self, on: date) -> bool:
        """Whether the team, or the rep whose calendar this is, works that day."""
        return self.worked_percent(on) > 0

    def is_away(self, on: date) -> bool:
        """Whether the rep is on leave all that day, or not with the team yet or any more."""
        if (self.joins_on and on < self.joins_on) or (self.leaves_on and on >= self.leaves_on):
            return True
        return any(a.percent == 100 and a.starts_on <= on < a.ends_on for a in self.absences)

    def worked_percent(self, on: date) -> int:
        """How much of a full day is worked, 0..100; of overlapping absences the longest counts."""
        if on in self.holidays:
            return 0
        if (self.joins_on and on < self.joins_on) or (self.leaves_on and on >= self.leaves_on):
            return 0
        week = _latest(self.weeks, on)
        weekdays = week.weekdays if week is not None else None
        if (
            on.weekday() in self.weekend_on(on)
            if weekdays is None
            else on.weekday() not in weekdays
        ):
            return 0
        away = max(
            (a.percent for a in self.absences if a.starts_on <= on < a.ends_on),
            default=0,
        )
        return min(100 if week is None else week.percent, 100 - away)

    def ramp_percent(self, on: date) -> int:
        """What part of the target a newcomer owes on that day; 100 past the ramp."""
        ramp = _latest(self.ramps, on)
        if ramp is None:
            return 100
        week = (on - ramp.starts_on).days // 7
        return ramp.percents[week] if week < len(ramp.percents) else 100

    def load(self, on: date) -> int:
        """Working time × ramp of a day, 0..``FULL_DAY`` (more if a ramp asks for over 100 %)."""
        return self.worked_percent(on) * self.ramp_percent(on)

    def working_days(self, start: date, end: date) -> list[date]:
        """Working days from ``start`` to the day before ``end``."""
        return [day for day in days_of(start, end) if self.is_working(day)]

    def today(self, now: datetime) -> date:
        """The team's date at ``now``."""
        for one in self.earlier:
            if now < self.start_of(one.until):  # the day before lasts until the new zone's midnight
                return min(now.astimezone(one.zone).date(), one.until - timedelta(days=1))
        return now.astimezone(self.zone).date()

    def start_of(self, on: date) -> datetime:
        """The instant a date begins, in UTC; where clocks skip midnight, the first instant."""
        return datetime.combine(on, time(), self.zone_on(on)).astimezone(UTC)

    def end_of(self, on: date) -> datetime:
        """The instant a date is over, in UTC."""
        return self.start_of(on + timedelta(days=1))

    def changes_on(self, now: datetime) -> date | None:
        """The day on which another zone or week begins, while that is still to come."""
        coming = self.earlier[-1].until if self.earlier else None
        return coming if coming and now < self.start_of(coming) else None

    def share_passed(self, now: datetime) -> float:
        """How much of the working day of ``now`` has passed, 0..1; 0 on a day off."""
        day = self.today(now)
        if not self.is_working(day):
            return 0.0
        opens, closes = (at.astimezone(UTC) for at in self.hours_on(day))
        return min(1.0, max(0.0, (now - opens) / (closes - opens)))


def days_of(start: date, end: date) -> list[date]:
    """Every date from ``start`` to the day before ``end``."""
    return [start + timedelta(days=offset) for offset in range((end - start).days)]


_Row = TypeVar("_Row", WorkingWeek, RampUp)


def _latest(rows: tuple[_Row, ...], on: date) -> _Row | None:
    found: _Row | None = None
    for row in rows:
        if row.starts_on <= on and (found is None or row.starts_on >= found.starts_on):
            found = row
    return found


def read_zone(name: str) -> ZoneInfo:
    """The time zone of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(
            "%(name)s is not a time zone.",
            "Use a name such as Europe/Paris or Asia/Riyadh.",
            name=repr(name),
            fault="bad_zone",
        ) from error


def read_weekday(name: str) -> int:
    """Monday = 0 … Sunday = 6, from an English name or its first three letters."""
    low = name.strip().lower()
    for index, weekday in enumerate(WEEKDAYS):
        if len(low) >= 3 and weekday.startswith(low):
            return index
    raise Refused(
        "%(name)s is not a day of the week.",
        "Use a name such as sunday.",
        name=repr(name),
        fault="bad_weekday",
    )


def read_weekend(names: Iterable[str]) -> frozenset[int]:
    """A weekend from day names; at least one working day must remain."""
    days = frozenset(read_weekday(name) for name in names)
    if len(days) == 7:
        raise Refused(
            "A weekend of seven days leaves no working day.",
            "Name fewer days.",
            fault="no_working_day",
        )
    return days
