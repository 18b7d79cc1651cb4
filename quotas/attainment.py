"""How far a rep has come: derived from touches, never stored, in the team's time zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session, aliased

from models import ENGAGED_CONTACT, Assignment, Quota, Rep, Touch
from models.honesty import is_voided
from models.touch import is_attempt
from quotas.activities import activities_of
from quotas.calendars import Calendar
from quotas.history import QuotaSpan, load_spans, period_parts, period_target
from quotas.history import find_quota as find_quota  # noqa: PLC0414 - kept where others find it
from quotas.periods import Period
from quotas.standards import Standards
from quotas.targets import Parts, due_on, pace_at, whole_pace
from quotas.working_time import calendar_of as calendar_of  # noqa: PLC0414 - see find_quota

_LONGEST_PERIOD = 92  # days of a quarter


@dataclass(frozen=True, slots=True)
class DayCount:
    """Contacts counted on one day of the period."""

    on: date
    counted: int
    working: bool


@dataclass(frozen=True, slots=True)
class Attainment:
    """A rep's standing on one quota at one instant.

    Engaged contacts are distinct people; of other activities every touch counts. ``subjects`` are
    the people, or those touches. ``threshold`` is the quota's.
    """

    rep_id: int
    rep: str
    team: str
    activity: str
    period: Period
    start: date
    end: date  # exclusive
    target: int
    counted: int
    today: int
    pace: float
    due_today: int
    days: tuple[DayCount, ...]
    weight: float = 1.0  # in the scorecard
    threshold: float = 0.0
    subjects: frozenset[int] = frozenset()

    @property
    def ahead(self) -> int:
        """Whole contacts ahead of pace; negative when behind."""
        return self.counted - whole_pace(self.pace)


@cache  # putting a statement together costs more than running it
def standing_touches() -> Select[Touch]:
    """Touches that were not undone; an undoing row is not a touch of its own."""
    undoing = aliased(Touch)
    return select(Touch).where(
        is_attempt(),
        ~select(undoing.id).where(undoing.undoes_id == Touch.id).exists(),
    )


@cache
def counted_touches() -> Select[Touch]:
    """Standing touches that no manager voided; of several verdicts the last one holds."""
    return standing_touches().where(~is_voided())


@cache
def _select_engaged() -> Select[*tuple[Any, ...]]:
    rep_id: BindParameter[int] = bindparam("rep_id")
    return (
        counted_touches()
        .join(Assignment, Assignment.id == Touch.assignment_id)
        .with_only_columns(
            Touch.person_id,
            Touch.occurred_at,
            Assignment.warmth,
            Assignment.evidence_at,
            Assignment.assigned_at,
        )
        .where(
            Touch.rep_id == rep_id,
            Assignment.rep_id == rep_id,
            Touch.occurred_at >= bindparam("since"),
            Touch.occurred_at < bindparam("until"),
            Assignment.warmth >= bindparam("threshold"),
        )
        .order_by(Touch.occurred_at, Touch.id)
    )


def list_counted(
    session: Session,
    rep_id: int,
    activity: str,
    standards: Standards,
    since: datetime,
    until: datetime,
) -> list[tuple[int, datetime]]:
    """What may count for a rep's quotas in [since, until), oldest first: whom (or which) and when.

    Of engaged contacts it is people of the rep's lists, warm and fresh enough when assigned for the
    quota of the day they were touched on; a person stands there as often as touched and counts once
    a period. Of other activities every touch counts, by its number.
    """
    asked = {"rep_id": rep_id, "since": since, "until": until}
    if activity == ENGAGED_CONTACT:
        rows = session.execute(_select_engaged(), asked | {"threshold": standards.lowest})
        return [
            (person_id or 0, at)
            for person_id, at, warmth, evidence_at, assigned_at in rows
            if standards.admits(at, warmth, evidence_at, assigned_at)
        ]
    rows = session.execute(_select_all(), asked)
    return [
        (touch_id, at)
        for touch_id, at, channel, disposition, of_touch in rows
        if activity in activities_of(channel, disposition, of_touch)
    ]


@cache
def _select_all() -> Select[*tuple[Any, ...]]:
    return (
        counted_touches()
        .with_only_columns(
            Touch.id, Touch.occurred_at, Touch.channel, Touch.disposition, Touch.activity
        )
        .where(
            Touch.rep_id == bindparam("rep_id"),
            Touch.occurred_at >= bindparam("since"),
            Touch.occurred_at < bindparam("until"),
        )
        .order_by(Touch.occurred_at, Touch.id)
    )


def load_attainment(
    session: Session, rep: Rep, now: datetime, activity: str = ENGAGED_CONTACT
) -> Attainment | None:
    """Where a rep stands at ``now`` on the quota of one activity; ``None`` without one."""
    quota = find_quota(session, rep.id, calendar_of(rep).today(now), activity)
    return None if quota is None else measure_quota(session, rep, quota, now)


def load_attainments(session: Session, rep: Rep, now: datetime) -> list[Attainment]:
    """Where a rep stands at ``now`` on every quota in force; engaged contacts first."""
    calendar = calendar_of(rep)
    today = calendar.today(now)
    reach = timedelta(days=_LONGEST_PERIOD)
    found = load_spans(session, [rep], today - reach, today + reach)[rep.id]
    return [
        _measure(session, rep, quota, found[quota.activity], calendar, now)
        for quota in (
            span.quota
            for spans in found.values()
            for span in spans
            if span.starts_on <= today < span.ends_on
        )
    ]


def measure_quota(session: Session, rep: Rep, quota: Quota, now: datetime) -> Attainment:
    """Where a rep stands at ``now`` on one quota."""
    calendar = calendar_of(rep)
    start, end = calendar.bounds(Period(quota.period), calendar.today(now))
    spans = load_spans(session, [rep], start, end)[rep.id].get(quota.activity, [])
    return _measure(session, rep, quota, spans, calendar, now)


def _measure(
    session: Session,
    rep: Rep,
    quota: Quota,
    spans: Sequence[QuotaSpan],
    calendar: Calendar,
    now: datetime,
) -> Attainment:
    """``spans`` of the quota's activity; they cover its period, and may reach beyond it."""
    start, end = calendar.bounds(Period(quota.period), calendar.today(now))
    target = period_target(spans, start, end, calendar)
    counted = list_counted(
        session, rep.id, quota.activity, Standards(spans, calendar), calendar.start_of(start),
        calendar.start_of(end),
    )  # fmt: skip
    parts = period_parts(spans, start, end, calendar)
    return measure(rep, quota, (start, end, target), counted, now, calendar, parts)


def measure(
    rep: Rep,
    quota: Quota,
    period: tuple[date, date, int],
    counted: Iterable[tuple[int, datetime]],
    now: datetime,
    calendar: Calendar,
    parts: Parts | None,
) -> Attainment:
    """Where a rep stands, from what counts in the period (its start, its end, what is owed).

    ``parts``: what each day owes of it, as ``period_parts`` says.
    """
    today = calendar.today(now)
    start, end, target = period
    first: dict[int, datetime] = {}
    for subject, at in counted:
        first.setdefault(subject, at)
    per_day: dict[date, int] = {}
    for at in first.values():
        day = calendar.today(at)
        per_day[day] = per_day.get(day, 0) + 1
    counted_before = sum(count for day, count in per_day.items() if day < today)
    days = tuple(
        DayCount(day, per_day.get(day, 0), calendar.is_working(day))
        for day in (start + timedelta(days=offset) for offset in range((end - start).days))
    )
    return Attainment(
        rep_id=rep.id,
        rep=rep.name,
        team=rep.team.name,
        activity=quota.activity,
        period=Period(quota.period),
        start=start,
        end=end,
        target=target,
        counted=len(first),
        today=per_day.get(today, 0),
        pace=pace_at(target, now, start, end, calendar, parts),
        due_today=due_on(target, counted_before, today, start, end, calendar, quota.missed, parts),
        days=days,
        weight=quota.weight,
        threshold=quota.threshold,
        subjects=frozenset(first),
    )
