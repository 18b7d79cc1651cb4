"""What a closed statement, or work done, no longer lets anybody change of days gone by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.errors import Refused
from models import DailyList, Rep, Statement, Touch
from quotas.calendars import Calendar


def closed_until(session: Session, reps: Sequence[Rep], start: date, end: date) -> date | None:
    """The first day after the latest statement closed for one of these reps in [start, end)."""
    return session.scalar(
        select(func.max(Statement.ends_on)).where(
            Statement.rep_id.in_([rep.id for rep in reps]),
            Statement.corrects_id.is_(None),
            Statement.starts_on < end,
            Statement.ends_on > start,
        )
    )


def refuse_closed(session: Session, reps: Sequence[Rep], start: date, end: date) -> None:
    """Refuse to change what was owed in [start, end) where a statement of it is closed."""
    day = closed_until(session, reps, start, end)
    if day is not None:
        raise Refused(
            "A statement is closed for days before %(day)s.",
            "Let it begin on %(day2)s or later, or correct what was paid: "
            "warmlist rewards correct STATEMENT",
            day=day,
            day2=day,
            fault="closed",
        )


def refuse_past(session: Session, rep: Rep, since: date, today: date, calendar: Calendar) -> None:
    """Refuse a plan from a day gone by on, where the rep has worked or was given a list since."""
    if since >= today:
        return
    worked = (
        select(DailyList.id).where(
            DailyList.rep_id == rep.id, DailyList.listed_on >= since, DailyList.listed_on < today
        ),
        select(Touch.id).where(
            Touch.rep_id == rep.id,
            Touch.occurred_at >= calendar.start_of(since),
            Touch.occurred_at < calendar.start_of(today),
        ),
    )
    if any(session.scalar(one.limit(1)) is not None for one in worked):
        raise Refused(
            "What %(rep)s owes from %(day)s on would rewrite the past.",
            "Let it begin on %(today)s or later.",
            rep=rep.name,
            day=since,
            today=today,
            fault="rewrites_past",
        )
