"""From a period's target to today's list: spread, pace, shortfall. Pure."""

from __future__ import annotations

import math
from datetime import date, datetime

from quotas.calendars import Calendar


def due_on(
    target: int, counted_before: int, on: date, start: date, end: date, calendar: Calendar
) -> int:
    """What a rep owes on ``on``: the rest of the target over the working days left, rounded up.

    ``counted_before`` was counted in the period before ``on``. Rounding up puts the odd ones
    early, so that nothing is left over on the last day. Nothing is due on a day off.
    """
    if not calendar.is_working(on):
        return 0
    days_left = len(calendar.working_days(on, end))
    return math.ceil(max(0, target - counted_before) / days_left) if start <= on < end else 0


def pace_at(target: int, now: datetime, start: date, end: date, calendar: Calendar) -> float:
    """Where attainment should stand at ``now``: the target × the share of working time passed."""
    days = calendar.working_days(start, end)
    if not days:
        return 0.0
    today = calendar.today(now)
    passed = sum(day < today for day in days)
    within = calendar.share_passed(now) if start <= today < end else 0.0
    return target * (passed + within) / len(days)
