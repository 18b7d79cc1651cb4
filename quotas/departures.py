"""A rep who stops working here, and comes back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Conflict
from models import Assignment, Rep
from quotas.handover import reassign_all

#: Why an assignment ended whose rep was deactivated; the person may be anybody's next.
REP_LEFT = "rep_left"


def deactivate(
    session: Session, rep: Rep, *, to: Rep | None = None, reason: str = "", by: str, now: datetime
) -> tuple[int, int]:
    """A rep gets no lists any more; returns how many prospects went to ``to`` and to the pool.

    Who cannot go to ``to`` (given to them today already, or not to be contacted) goes to the pool
    too. Quotas, contacts and statements stay as they are. Twice changes nothing. Refuses a handover
    without a reason.
    """
    if not rep.active:
        return 0, 0
    if to is not None and to.team_id != rep.team_id:
        raise Conflict("%(to)s is of another team.", "Choose a rep of the same team.", to=to.name)
    given = 0
    if to is not None:
        given, _ = reassign_all(session, rep, to, reason=reason, by=by, now=now)
    rep.active = False
    left = session.scalars(
        select(Assignment)
        .where(Assignment.rep_id == rep.id, Assignment.closed_at.is_(None))
        .with_for_update()
    ).all()
    for one in left:
        one.closed_at, one.closed_reason = now, REP_LEFT
    session.flush()
    return given, len(left)


def bring_back(session: Session, rep: Rep) -> None:
    """A rep gets lists again from the next one on, by the quotas that stand."""
    rep.active = True
    session.flush()
