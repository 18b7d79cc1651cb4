"""Takes off the lists whom nobody is to call any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from models import Assignment, Person, Prospect, Rep, Team, Topic
from quotas.working_time import calendar_of
from signals.tombstones import chunks


def release_gone(session: Session, people: Collection[int], *, as_of: datetime) -> None:
    """Take those of these persons off their rep's list of whom nothing counts any more."""
    for chunk in chunks(sorted(people)):
        still_open = Assignment.closed_at.is_(None) & Assignment.person_id.in_(chunk)
        _release_gone(session, still_open, as_of)


def _release_gone(session: Session, chosen: ColumnElement[bool], as_of: datetime) -> None:
    """What they said was deleted since: there is nothing left to call them about."""
    ranked = select(Prospect.id).where(
        Prospect.person_id == Assignment.person_id, Prospect.topic_id == Assignment.topic_id
    )
    session.execute(
        update(Assignment)
        .where(chosen, ~ranked.exists())
        .values(closed_at=as_of, closed_reason="evidence_gone")
        .execution_options(synchronize_session=False)
    )


def release_stale(session: Session, team: Team, *, as_of: datetime, hold: timedelta) -> None:
    """Give back untouched prospects held too long, and those who may not be contacted any more."""
    mine = select(Rep.id).where(Rep.team_id == team.id)
    still_open = Assignment.closed_at.is_(None) & Assignment.rep_id.in_(mine)
    session.execute(
        update(Assignment)
        .where(
            still_open,
            Assignment.assigned_at < as_of - hold,
            # put off: theirs until the day they named is over
            or_(
                Assignment.put_off_until.is_(None),
                Assignment.put_off_until < calendar_of(team).today(as_of),
            ),
        )
        .values(closed_at=as_of, closed_reason="expired")
    )
    gone = select(Person.id).where(Person.suppressed_at.is_not(None))
    session.execute(
        update(Assignment)
        .where(still_open, Assignment.person_id.in_(gone))
        .values(closed_at=as_of, closed_reason="suppressed")
    )
    _release_gone(session, still_open, as_of)
    # All they said is older than the topic looks back: it is no longer news to anybody.
    for topic_id, days in session.execute(select(Topic.id, Topic.window_days)).all():
        old = select(Prospect.id).where(
            Prospect.person_id == Assignment.person_id,
            Prospect.topic_id == topic_id,
            Prospect.newest_at <= as_of - timedelta(days=days),
        )
        session.execute(
            update(Assignment)
            .where(still_open, Assignment.topic_id == topic_id, old.exists())
            .values(closed_at=as_of, closed_reason="evidence_old")
            .execution_options(synchronize_session=False)
        )
