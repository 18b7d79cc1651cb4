"""How far a rep has come: derived from touches, never stored, in the team's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from models import Assignment, Rep, Touch
from quotas.history import find_quota as find_quota  # noqa: PLC0414 - kept where others find it
from quotas.history import load_target
from quotas.periods import Period
from quotas.targets import due_on, pace_at
from quotas.working_time import calendar_of as calendar_of  # noqa: PLC0414 - see find_quota


@dataclass(frozen=True, slots=True)
class DayCount:
    """Contacts counted on one day of the period."""

    on: date
    counted: int
    working: bool


@dataclass(frozen=True, slots=True)
class Attainment:
    """A rep's standing on one quota at one instant; counts are distinct people."""

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

    @property
    def ahead(self) -> int:
        """Whole contacts ahead of pace; negative when behind."""
        return self.counted - round(self.pace)


def standing_touches() -> Select[Touch]:
    """Touches that were not undone; an undoing row is not a touch of its own."""
    undoing = aliased(Touch)
    return select(Touch).where(
        Touch.undoes_id.is_(None),
        ~select(undoing.id).where(undoing.undoes_id == Touch.id).exists(),
    )


def count_engaged(
    session: Session, rep_id: int, since: datetime, until: datetime, threshold: float
) -> dict[int, datetime]:
    """People the rep touched in [since, until) who were warm enough when assigned.

    Maps each person to the first such touch: a person counts once, on that day.
    """
    touches = standing_touches().subquery()
    rows = session.execute(
        select(touches.c.person_id, func.min(touches.c.occurred_at))
        .join(Assignment, Assignment.id == touches.c.assignment_id)
        .where(
            and_(
                touches.c.rep_id == rep_id,
                touches.c.occurred_at >= since,
                touches.c.occurred_at < until,
                Assignment.warmth >= threshold,
            )
        )
        .group_by(touches.c.person_id)
    )
    return {person_id: at if at.tzinfo else at.replace(tzinfo=UTC) for person_id, at in rows}


def load_attainment(session: Session, rep: Rep, now: datetime) -> Attainment | None:
    """Where a rep stands at ``now``; ``None`` without a quota."""
    calendar = calendar_of(rep)
    today = calendar.today(now)
    quota = find_quota(session, rep.id, today)
    if quota is None:
        return None
    period = Period(quota.period)
    start, end, target = load_target(session, rep, quota, today)
    first = count_engaged(
        session, rep.id, calendar.start_of(start), calendar.start_of(end), quota.threshold
    )
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
        period=period,
        start=start,
        end=end,
        target=target,
        counted=len(first),
        today=per_day.get(today, 0),
        pace=pace_at(target, now, start, end, calendar),
        due_today=due_on(target, counted_before, today, start, end, calendar, quota.missed),
        days=days,
    )
