"""Which role a rep had when: a change begins on a day, and what went before is written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Refused
from models import DailyList, Rep
from quotas.history import load_spans
from quotas.role_days import role_changes, role_on
from quotas.setting import ALWAYS
from quotas.working_time import calendar_of

_LONGEST = 40


def read_role(text: str) -> str | None:
    """A role as it is kept: lower case, single spaces; nothing for no role."""
    return " ".join(text.split()).lower()[:_LONGEST] or None


def set_role(
    session: Session, rep: Rep, role: str | None, *, now: datetime, starts_on: date | None = None
) -> date:
    """Give a rep a role from a day on; returns that day, ``ALWAYS`` for one held from the start.

    Without ``starts_on`` it begins today, or always where the rep had none, nothing was owed and no
    list was built yet. A day gone by is refused where that would change what was owed or which role
    was written down. A change that was to come is taken back by one that begins before it.
    """
    today = calendar_of(rep).today(now)
    if starts_on is None:
        starts_on = ALWAYS if _is_new(session, rep, role, today) else today
    changes = list(rep.earlier_roles or ())
    if starts_on < today and any(date.fromisoformat(until) > starts_on for until, _ in changes):
        raise _rewrites(rep, starts_on, today)
    before = rep.role
    while changes and date.fromisoformat(changes[-1][0]) >= starts_on:
        before = changes.pop()[1]  # what was to begin by then never did
    if before != role and starts_on > ALWAYS:
        changes.append([starts_on.isoformat(), before])
    had = _owed(session, rep, today)
    kept = rep.role, rep.earlier_roles
    rep.role, rep.earlier_roles = role, changes or None
    if _owed(session, rep, today) != had:
        rep.role, rep.earlier_roles = kept
        raise _rewrites(rep, starts_on, today)
    session.flush()
    return starts_on


def list_roles(rep: Rep) -> Iterator[tuple[date, str | None]]:
    """The rep's roles with the day each began, oldest first; the first began ``ALWAYS``."""
    changes = role_changes(rep)
    begins = ALWAYS
    for until, role in changes:
        yield begins, role
        begins = until
    yield begins, rep.role


def _is_new(session: Session, rep: Rep, role: str | None, today: date) -> bool:
    """Whether a role may hold from the start: there was none, and nothing came of having none."""
    if rep.role is not None or rep.earlier_roles or role is None:
        return False
    listed = select(DailyList.id).where(DailyList.rep_id == rep.id, DailyList.listed_on < today)
    if session.scalar(listed.limit(1)) is not None:
        return False
    spans = load_spans(session, [rep], ALWAYS, today)[rep.id]
    return not any(span.quota.target for of_one in spans.values() for span in of_one)


def _owed(session: Session, rep: Rep, today: date) -> list[tuple[int, date, date]]:
    """Which quota counted for the rep on which days before today."""
    spans = load_spans(session, [rep], ALWAYS - timedelta(days=1), today)[rep.id]
    return [
        (span.quota.id, span.starts_on, span.ends_on)
        for of_one in spans.values()
        for span in of_one
    ]


def _rewrites(rep: Rep, starts_on: date, today: date) -> Refused:
    return Refused(
        "Another role of %(rep)s from %(day)s on would rewrite the past.",
        "Let it begin on %(today)s or later.",
        rep=rep.name,
        day=starts_on,
        today=today,
    )


__all__ = ["list_roles", "read_role", "role_on", "set_role"]
