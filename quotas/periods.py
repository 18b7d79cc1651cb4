"""Bounds of quota periods as calendar dates. Pure."""

from __future__ import annotations

import enum
from datetime import date, timedelta


class Period(enum.StrEnum):
    """How often a quota starts anew."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


def bounds(period: Period, on: date, first_weekday: int) -> tuple[date, date]:
    """First day and the day after the last of the period that holds ``on``.

    ``first_weekday`` counts from Monday = 0 and matters to weeks alone.
    """
    if period is Period.DAY:
        return on, on + timedelta(days=1)
    if period is Period.WEEK:
        start = on - timedelta(days=(on.weekday() - first_weekday) % 7)
        return start, start + timedelta(days=7)
    months = 1 if period is Period.MONTH else 3
    first = on.month - (on.month - 1) % months
    start = date(on.year, first, 1)
    after = first + months
    return start, date(on.year + (after > 12), (after - 1) % 12 + 1, 1)
