"""What a rep's standing means: streaks, the likely finish, and why something is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from models import ENGAGED_CONTACT, Rep
from quotas.attainment import Attainment, find_quota, list_counted
from quotas.calendars import Calendar, days_of
from quotas.history import QuotaSpan, day_plan, load_spans, period_target
from quotas.offers import Offers, load_offers
from quotas.periods import Period
from quotas.projection import (
    LOOK_BACK,
    Finished,
    Missing,
    Projection,
    explain_missing,
    project,
    streak_of_days,
    streak_of_periods,
)
from quotas.standards import Standards
from quotas.working_time import calendar_of

_PERIODS = {Period.DAY: 60, Period.WEEK: 26, Period.MONTH: 12, Period.QUARTER: 4}


@dataclass(frozen=True, slots=True)
class Outlook:
    """Beside an attainment: periods and working days met in a row, the finish, what is missing."""

    periods_met: int
    days_met: int
    projection: Projection
    missing: Missing


def load_outlook(session: Session, rep: Rep, standing: Attainment, now: datetime) -> Outlook:
    """The outlook on one quota at ``now``, derived from touches and lists alone."""
    calendar = calendar_of(rep)
    today = calendar.today(now)
    quota = find_quota(session, rep.id, today, standing.activity)
    assert quota is not None  # the standing was measured on it
    start = starts_of(standing.period, standing.start, calendar)[0]
    spans = load_spans(session, [rep], start, standing.end)[rep.id].get(standing.activity, [])
    counted = list_counted(
        session, rep.id, standing.activity, Standards(spans, calendar), calendar.start_of(start),
        calendar.start_of(standing.end),
    )  # fmt: skip
    offers = None
    if standing.activity == ENGAGED_CONTACT:
        asked = [(rep.id, quota, standing.start)]
        offers = load_offers(session, asked, {rep.id: calendar}, {rep.id: today})[rep.id]
    return look_out(standing, spans, counted, offers, now, calendar)


def look_out(
    standing: Attainment,
    spans: Sequence[QuotaSpan],
    touched: Iterable[tuple[int, datetime]],
    offers: Offers | None,
    now: datetime,
    calendar: Calendar,
) -> Outlook:
    """The outlook from what counted, oldest first, since the first of ``starts_of``.

    ``offers``: what lists offered for it; ``None`` for an activity no list is made for.
    """
    today = calendar.today(now)
    starts = starts_of(standing.period, standing.start, calendar)
    ends = [*starts[1:], standing.end]
    counted: dict[date, set[int]] = {start: set() for start in starts}
    began: dict[date, date] = {}  # asked for every touch, answered for every day
    per_day: dict[date, int] = {}
    for subject, at in touched:
        day = calendar.today(at)
        if day not in began:
            began[day] = calendar.bounds(standing.period, day)[0]
        of_period = counted[began[day]]
        if subject not in of_period:
            of_period.add(subject)
            per_day[day] = per_day.get(day, 0) + 1
    periods = [
        Finished(
            start, period_target(spans, start, end, calendar), len(counted[start]), end <= today
        )
        for start, end in zip(starts, ends, strict=True)
    ]
    # Before the rep had this quota nothing tells how they work on it.
    since = max(starts[0], min((span.starts_on for span in spans), default=starts[0]))
    days = [(d, per_day.get(d, 0), calendar.is_working(d)) for d in days_of(since, standing.end)]
    working = [day for day in standing.days if day.working]
    plan = standing.target / len(working) if working else 0.0
    first_on = _first_day(days)
    history = [n for on, n, works in days if works and first_on <= on < today][-LOOK_BACK:]
    today_left = 1 - calendar.share_passed(now) if calendar.is_working(today) else 0.0
    left = sum(day.working for day in standing.days if day.on > today) + today_left
    ahead = None
    if offers is None:
        missing = explain_missing(standing.counted, standing.pace, None, {})
    else:
        missing = offers.explain(standing.subjects, standing.pace)
        ahead = offers.look_ahead(standing.subjects, today, standing.end, calendar)
    return Outlook(
        periods_met=streak_of_periods(periods),
        days_met=streak_of_days(days, today, lambda on: day_plan(spans, on, calendar)),
        projection=project(standing.counted, standing.target, left, history, plan, ahead),
        missing=missing,
    )


def starts_of(period: Period, start: date, calendar: Calendar) -> list[date]:
    """First days of the period that begins on ``start`` and of those before it, oldest first."""
    starts = [start]
    for _ in range(_PERIODS[period]):
        before = starts[0] - timedelta(days=1)
        starts.insert(0, calendar.bounds(period, before)[0])
    return starts


def _first_day(days: Sequence[tuple[date, int, bool]]) -> date:
    """The first day on which something counted: before it nobody was asked to work."""
    return next((on for on, counted, _ in days if counted), date.max)
