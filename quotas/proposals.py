"""A week's target for each rep, from what comparable reps reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ENGAGED_CONTACT, Rep
from quotas.attainment import list_counted
from quotas.calendars import FULL_DAY, Calendar, days_of
from quotas.history import find_quota, load_spans
from quotas.periods import Period
from quotas.role_days import role_on
from quotas.standards import Standards
from quotas.supply import Reached, propose_target
from quotas.working_time import calendar_of

_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a rep's week may ask for: ``target`` is ``None`` where too little is known.

    Like any quota ``target`` is that of a full week; ``next_week`` is what the rep's own next one
    would come to by working time and ramp.
    """

    rep_id: int
    rep: str
    role: str | None
    current: int | None
    target: int | None
    based_on: int  # comparable weeks
    next_week: int | None = None


def propose_targets(session: Session, reps: list[Rep], *, now: datetime) -> list[Proposal]:
    """For each rep the 80th percentile of finished weeks of reps with the same role.

    Weeks are made comparable by working time, leave and ramp. A week belongs to the role the rep
    had then. A rep's weeks before the first counted contact say nothing.
    """
    by_role: dict[str | None, list[Reached]] = {}
    for rep in session.scalars(select(Rep).order_by(Rep.id)):
        for role, week in _weeks(session, rep, now):
            by_role.setdefault(role, []).append(week)
    proposals = []
    for rep in reps:
        calendar = calendar_of(rep)
        today = calendar.today(now)
        start = calendar.bounds(Period.WEEK, today)[1]
        role = role_on(rep, start)
        reached = by_role.get(role, [])
        load = _load(calendar, start)
        quota = find_quota(session, rep.id, today)
        proposals.append(
            Proposal(
                rep.id, rep.name, role,
                quota.target if quota is not None and quota.period == "week" else None,
                propose_target(reached), len(reached), propose_target(reached, load=load),
            )
        )  # fmt: skip
    return proposals


def _weeks(session: Session, rep: Rep, now: datetime) -> Iterator[tuple[str | None, Reached]]:
    """Finished weeks, each with the role the rep had when it began."""
    calendar = calendar_of(rep)
    today = calendar.today(now)
    week = calendar.bounds(Period.WEEK, today)[0]
    spans = load_spans(session, [rep], week - timedelta(weeks=_WEEKS), today + timedelta(days=1))[
        rep.id
    ].get(ENGAGED_CONTACT, [])
    if not spans or spans[-1].ends_on <= today:
        return
    standards = Standards(spans, calendar)
    started = False
    for back in range(_WEEKS, 0, -1):
        start = week - timedelta(weeks=back)
        counted = _count(session, rep, standards, start)
        started = started or counted > 0
        load = _load(calendar, start)
        if started and load > 0:
            yield role_on(rep, start), Reached(rep.id, counted, load)


def _count(session: Session, rep: Rep, standards: Standards, start: date) -> int:
    since = standards.calendar.start_of(start)
    until = standards.calendar.start_of(start + timedelta(days=7))
    counted = list_counted(session, rep.id, ENGAGED_CONTACT, standards, since, until)
    return len({subject for subject, _ in counted})


def _load(calendar: Calendar, start: date) -> float:
    """The share of a full week, ramp included, that is worked in the week from ``start``."""
    days = days_of(start, start + timedelta(days=7))
    regular = sum(calendar.is_regular(day) for day in days)
    return sum(calendar.load(day) for day in days) / (FULL_DAY * regular) if regular else 0.0
