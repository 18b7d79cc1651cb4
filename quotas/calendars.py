"""A team's working days and the part of today that has passed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.errors import Refused

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Time zone, first weekday, weekend and holidays of a team; weekdays from Monday = 0.

    ``opens`` and ``closes`` bound the working day, against which pace within a day is measured.
    """

    zone: ZoneInfo
    first_weekday: int = 0
    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()
    opens: time = time(9)
    closes: time = time(17)

    def is_working(self, on: date) -> bool:
        """Whether reps work that day."""
        return on.weekday() not in self.weekend and on not in self.holidays

    def working_days(self, start: date, end: date) -> list[date]:
        """Working days from ``start`` to the day before ``end``."""
        days = (start + timedelta(days=offset) for offset in range((end - start).days))
        return [day for day in days if self.is_working(day)]

    def today(self, now: datetime) -> date:
        """The team's date at ``now``."""
        return now.astimezone(self.zone).date()

    def start_of(self, on: date) -> datetime:
        """The instant a date begins, in UTC; where clocks skip midnight, the first instant."""
        return datetime.combine(on, time(), self.zone).astimezone(UTC)

    def end_of(self, on: date) -> datetime:
        """The instant a date is over, in UTC."""
        return self.start_of(on + timedelta(days=1))

    def share_passed(self, now: datetime) -> float:
        """How much of the working day of ``now`` has passed, 0..1; 0 on a day off."""
        local = now.astimezone(self.zone)
        if not self.is_working(local.date()):
            return 0.0
        opens = datetime.combine(local.date(), self.opens, self.zone)
        closes = datetime.combine(local.date(), self.closes, self.zone)
        return min(1.0, max(0.0, (now - opens) / (closes - opens)))


def read_zone(name: str) -> ZoneInfo:
    """The time zone of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(
            f"{name!r} is not a time zone.", "Use a name such as Europe/Paris or Asia/Riyadh."
        ) from error


def read_weekday(name: str) -> int:
    """Monday = 0 … Sunday = 6, from an English name or its first three letters."""
    low = name.strip().lower()
    for index, weekday in enumerate(WEEKDAYS):
        if len(low) >= 3 and weekday.startswith(low):
            return index
    raise Refused(f"{name!r} is not a day of the week.", "Use a name such as sunday.")


def read_weekend(names: Iterable[str]) -> frozenset[int]:
    """A weekend from day names; at least one working day must remain."""
    days = frozenset(read_weekday(name) for name in names)
    if len(days) == 7:
        raise Refused("A weekend of seven days leaves no working day.", "Name fewer days.")
    return days
