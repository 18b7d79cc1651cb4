"""A prospect given back to the pool, or by a manager to another rep."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound, Reasonless
from models import COVER, Assignment, Person, Reassignment, Rep
from quotas.touches import clean_words, undo_limit
from quotas.working_time import calendar_of

_ROWS = 2**63


class NotOpen(Conflict):
    """An assignment was closed meanwhile: nothing of it is left to decide."""


def hand_back(session: Session, assignment_id: int, *, now: datetime) -> Assignment:
    """Give an untouched prospect back to the pool; doing so twice changes nothing."""
    assignment = find_assignment(session, assignment_id)
    if assignment.closed_reason == "handed_back":
        return assignment
    check_open(assignment)
    assignment.closed_at, assignment.closed_reason = now, "handed_back"
    session.flush()
    return assignment


def take_back(
    session: Session, assignment_id: int, *, now: datetime, limit: timedelta
) -> Assignment:
    """Take a hand-back back: the prospect is the rep's again, as if nothing had been.

    Refuses after the team's own limit, else ``limit``, when somebody else has them by now, and when
    they may not be contacted any more. Twice changes nothing.
    """
    assignment = find_assignment(session, assignment_id)
    if assignment.closed_at is None:
        return assignment
    if assignment.closed_reason != "handed_back":
        check_open(assignment)
    limit = undo_limit(session.get_one(Rep, assignment.rep_id).team, limit)
    if now - assignment.closed_at > limit:
        hours = round(limit.total_seconds() / 3600)
        raise Conflict(
            "Assignment %(assignment_id)s was handed back more than %(hours)s hours ago.",
            "The next list may bring them again.",
            assignment_id=assignment_id,
            hours=hours,
        )
    if session.get_one(Person, assignment.person_id).suppressed_at is not None:
        raise Conflict(
            "The person of assignment %(assignment_id)s must not be contacted.",
            "They asked to be left alone.",
            assignment_id=assignment_id,
        )
    assignment.closed_at = assignment.closed_reason = None
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(
            "Assignment %(assignment_id)s cannot be taken back: somebody else has the person.",
            "Pick another prospect.",
            assignment_id=assignment_id,
        ) from error
    return assignment


def reassign(
    session: Session, assignment_id: int, to: Rep, *, reason: str, by: str, now: datetime
) -> Assignment:
    """Close an open assignment and open it anew for ``to``, with a row that says why and by whom.

    What the first rep was shown goes along: quote, warmth, reasons. Refuses without a reason, for
    an inactive rep, and when ``to`` was given this person earlier the same day.
    """
    why, who = clean_words(reason), clean_words(by)
    if why is None or who is None:
        raise Reasonless("A handover needs a reason and a name.", "Say why, and who decided.")
    assignment = find_assignment(session, assignment_id)
    check_open(assignment)
    if not to.active:
        raise Conflict("%(to)s is not active.", "Choose another rep.", to=to.name)
    if to.id == assignment.rep_id:
        raise Conflict("%(to)s has this prospect already.", "Choose another rep.", to=to.name)
    if session.get_one(Person, assignment.person_id).suppressed_at is not None:
        raise Conflict(
            "The person of assignment %(assignment_id)s must not be contacted.",
            "They asked to be left alone.",
            assignment_id=assignment_id,
        )
    today = calendar_of(to.team).today(now)
    same_day = select(Assignment).where(Assignment.rep_id == to.id, Assignment.listed_on == today)
    if session.scalar(same_day.where(Assignment.person_id == assignment.person_id)) is not None:
        raise Conflict(
            "%(to)s was given this person today already.", "Choose another rep or day.", to=to.name
        )
    last = session.scalar(
        select(func.max(Assignment.rank)).where(
            Assignment.rep_id == to.id, Assignment.listed_on == today
        )
    )
    assignment.closed_at, assignment.closed_reason = now, "reassigned"
    session.flush()  # the person is free before somebody else has them
    given = Assignment(
        rep_id=to.id,
        person_id=assignment.person_id,
        topic_id=assignment.topic_id,
        signal_id=assignment.signal_id,
        listed_on=today,
        rank=(last or 0) + 1,
        warmth=assignment.warmth,
        reasons=assignment.reasons,
        # given for good, they are no longer looked after for somebody who is away
        source="relationship" if assignment.source == COVER else assignment.source,
        propensity=assignment.propensity,
        evidence_at=assignment.evidence_at,
        assigned_at=now,
    )
    session.add(given)
    session.flush()
    session.add(
        Reassignment(
            from_id=assignment.id, to_id=given.id, reason=why, decided_by=who[:200], decided_at=now
        )
    )
    session.flush()
    return given


def reassign_all(
    session: Session, rep: Rep, to: Rep, *, reason: str, by: str, now: datetime
) -> tuple[int, int]:
    """Give everybody a rep has open to another; returns how many went and how many could not.

    Somebody stays who must not be contacted, or whom the other rep was given earlier the same day.
    """
    if clean_words(reason) is None:
        raise Reasonless("A handover needs a reason and a name.", "Say why, and who decided.")
    if not to.active or to.id == rep.id:
        raise Conflict("%(to)s cannot take this person.", "Choose another rep.", to=to.name)
    given = kept = 0
    for assignment_id in session.scalars(
        select(Assignment.id)
        .where(Assignment.rep_id == rep.id, Assignment.closed_at.is_(None))
        .order_by(Assignment.listed_on, Assignment.rank)
    ).all():
        try:
            reassign(session, assignment_id, to, reason=reason, by=by, now=now)
        except Conflict:  # raised before anything is written
            kept += 1
        else:
            given += 1
    return given, kept


def find_assignment(session: Session, assignment_id: int) -> Assignment:
    """The assignment, held until the transaction ends."""
    found = None
    if 0 < assignment_id < _ROWS:
        found = session.get(Assignment, assignment_id, with_for_update=True)
    if found is None:
        raise NotFound(
            "There is no assignment %(assignment_id)s.",
            "See: warmlist list show --rep NAME",
            assignment_id=assignment_id,
        )
    return found


def check_open(assignment: Assignment) -> None:
    """Refuse one that is closed."""
    if assignment.closed_at is not None:
        at = assignment.closed_at.strftime("%Y-%m-%d %H:%M UTC")
        raise NotOpen(
            "Assignment %(id)s was closed at %(at)s (%(closed_reason)s).",
            "Nothing is left to hand over.",
            id=assignment.id,
            at=at,
            closed_reason=assignment.closed_reason,
        )
