"""Record what came of a contact, and take it back. Append-only and idempotent."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound, Refused
from config.settings import WarmthSettings
from models import CHANNELS, DISPOSITIONS, ENGAGED_CONTACT, Assignment, Person, Rep, Team, Touch
from prospects.suppress import lift_suppression, suppress_person
from quotas.feedback import judge, withdraw
from quotas.needs import PAST
from quotas.setting import read_activity
from quotas.working_time import calendar_of
from signals.text import is_storable
from signals.tombstones import SUPPRESSED

_ROWS = 2**63  # row numbers end here; a larger one is nobody's
_FARTHEST = 731  # days ahead
_LONGEST = 4000  # characters of a note
_LONGEST_UNDO = 30 * 24 * 60  # minutes


def _is_free(session: Session, assignment: Assignment) -> bool:
    """Whether it is of a list made for a day gone by, and nobody holds the person meanwhile.

    Such an item never held anybody; what was done that day may still be written down.
    """
    holder = select(Assignment.id).where(
        Assignment.person_id == assignment.person_id, Assignment.closed_at.is_(None)
    )
    return assignment.closed_reason == PAST and session.scalar(holder) is None


def record_touch(
    session: Session,
    assignment_id: int,
    *,
    channel: str,
    disposition: str,
    idempotency_key: str,
    now: datetime,
    weights: WarmthSettings,
    note: str | None = None,
    next_step: str | None = None,
    next_on: date | None = None,
    activity: str | None = None,
) -> Touch:
    """Record one attempt on an assignment and close it.

    The same ``idempotency_key`` again returns the first touch: a double click is one touch.
    ``next_on`` is the day the rep wants to see this person again, ``next_step`` what for.
    ``activity`` names what else it counts for, such as a custom activity of a quota.
    Refuses unknown channels and dispositions, a closed assignment and a suppressed person.
    """
    check_touch(channel, disposition, idempotency_key)
    code = read_extra(activity)
    assignment = None
    if 0 < assignment_id < _ROWS:
        assignment = session.get(Assignment, assignment_id, with_for_update=True)
    if assignment is None:
        raise NotFound(
            "There is no assignment %(assignment_id)s.",
            "See: warmlist list show --rep NAME",
            assignment_id=assignment_id,
        )
    earlier = session.scalar(select(Touch).where(Touch.idempotency_key == idempotency_key))
    if earlier is not None:
        if earlier.assignment_id != assignment_id or earlier.undoes_id is not None:
            raise Conflict("This form was used for another contact.", "Load the page again.")
        return earlier
    if assignment.closed_at is not None and not _is_free(session, assignment):
        at = assignment.closed_at.strftime("%Y-%m-%d %H:%M UTC")
        raise Conflict(
            "Assignment %(assignment_id)s was closed at %(at)s (%(closed_reason)s).",
            "Undo that touch first, or pick another prospect.",
            assignment_id=assignment_id,
            at=at,
            closed_reason=assignment.closed_reason,
        )
    person = session.get_one(Person, assignment.person_id)
    if person.suppressed_at is not None:
        raise Conflict(
            "The person of assignment %(assignment_id)s must not be contacted.",
            "They asked to be left alone; the list will drop them.",
            assignment_id=assignment_id,
        )
    touch = Touch(
        assignment_id=assignment.id,
        rep_id=assignment.rep_id,
        person_id=assignment.person_id,
        activity=code,
        channel=channel,
        disposition=disposition,
        note=clean_words(note),
        next_step=clean_words(next_step),
        next_on=check_next(next_on, disposition, now),
        occurred_at=now,
        recorded_at=now,
        idempotency_key=idempotency_key,
    )
    session.add(touch)
    session.flush()
    assignment.closed_at, assignment.closed_reason = now, "touched"
    judge(session, assignment, touch, now=now, weights=weights)
    if disposition == "do_not_contact":
        suppress_person(session, person, reason=f"touch:{touch.id}", now=now)
    session.flush()
    return touch


def read_extra(activity: str | None) -> str | None:
    """The code of what else a touch counts for; an engaged contact is never something else."""
    code = read_activity(activity) if activity else None
    if code == ENGAGED_CONTACT:
        raise Conflict(
            "An engaged contact is one from a list.", "Record it on its assignment: warmlist touch"
        )
    return code


def check_touch(channel: str, disposition: str, idempotency_key: str) -> None:
    """Refuse what no touch can have."""
    if channel not in CHANNELS:
        raise Refused(
            "Channel %(channel)s is not known.",
            "Use one of: %(known)s.",
            channel=repr(channel),
            known=", ".join(CHANNELS),
        )
    if disposition not in DISPOSITIONS:
        raise Refused(
            "Disposition %(disposition)s is not known.",
            "Use one of: %(known)s.",
            disposition=repr(disposition),
            known=", ".join(DISPOSITIONS),
        )
    if not idempotency_key or len(idempotency_key) > 100 or not is_storable(idempotency_key):
        raise Refused("The form's key is not usable.", "Load the page again.")


def check_next(on: date | None, disposition: str, now: datetime) -> date | None:
    """The day of a next step; refuses one that is past, far off, or with somebody who said no."""
    if on is None:
        return None
    if disposition == "do_not_contact":
        raise Refused("Somebody who must not be contacted has no next step.", "Leave the date out.")
    # A day's grace either way: the team's date may be behind or ahead of UTC's.
    if not now.date() - timedelta(days=1) <= on <= now.date() + timedelta(days=_FARTHEST):
        raise Refused(
            "A next step on %(on)s is not usable.",
            "Give a day from today on, within two years.",
            on=on,
        )
    return on


def clean_words(text: str | None) -> str | None:
    """What a rep wrote, as any database can hold it; ``None`` if nothing is left."""
    kept = (text or "").replace("\x00", "").encode("utf-8", "replace").decode().strip()
    return kept[:_LONGEST] or None


def undo_limit(team: Team, usual: timedelta) -> timedelta:
    """How long a team's touches may be undone: what its manager set, else the workspace's."""
    return usual if team.undo_minutes is None else timedelta(minutes=team.undo_minutes)


def set_undo_limit(session: Session, team: Team, minutes: int | None) -> None:
    """How many minutes a team's touches may be undone; ``None``: as the workspace says."""
    if minutes is not None and not 0 <= minutes <= _LONGEST_UNDO:
        raise Refused(
            "%(minutes)s minutes are not usable.",
            "Use 0 to %(most)s.",
            minutes=minutes,
            most=_LONGEST_UNDO,
            fault="bad_minutes",
        )
    team.undo_minutes = minutes
    session.flush()


def undo_touch(
    session: Session, touch_id: int, *, now: datetime, limit: timedelta, weights: WarmthSettings
) -> Touch:
    """Withdraw a touch: a new row says so, and its assignment, if it had one, is as it was before.

    That is open, or closed from the start where its list was built for a day gone by.
    Undoing twice returns the first undo. Refuses after the team's own limit, else ``limit``, and
    when somebody else holds the person by now.
    """
    touch = session.get(Touch, touch_id) if 0 < touch_id < _ROWS else None
    if touch is None or touch.undoes_id is not None:
        raise NotFound(
            "There is no touch %(touch_id)s.",
            "See: warmlist list show --rep NAME",
            touch_id=touch_id,
        )
    assignment = None
    if touch.assignment_id is not None:
        assignment = session.get_one(Assignment, touch.assignment_id, with_for_update=True)
    undone = session.scalar(select(Touch).where(Touch.undoes_id == touch_id))
    if undone is not None:
        return undone
    limit = undo_limit(session.get_one(Rep, touch.rep_id).team, limit)
    if now - touch.recorded_at > limit:
        minutes = round(limit.total_seconds() / 60)
        raise Conflict(
            "Touch %(touch_id)s is older than %(minutes)s minutes.",
            "Ask a manager to correct it.",
            touch_id=touch_id,
            minutes=minutes,
        )
    undo = Touch(
        assignment_id=touch.assignment_id,
        rep_id=touch.rep_id,
        person_id=touch.person_id,
        reference=touch.reference,
        control=touch.control,
        activity=touch.activity,
        channel=touch.channel,
        disposition=touch.disposition,
        occurred_at=touch.occurred_at,
        recorded_at=now,
        idempotency_key=f"undo:{touch_id}",
        undoes_id=touch_id,
    )
    session.add(undo)
    if assignment is not None:
        _restore(session, assignment)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(
            "Touch %(touch_id)s cannot be undone: the person is on somebody's list again.",
            "Record the correction there.",
            touch_id=touch_id,
        ) from error
    withdraw(session, touch, now=now, weights=weights)
    if touch.disposition == "do_not_contact" and touch.person_id is not None:
        lift_suppression(
            session, session.get_one(Person, touch.person_id), reason=f"touch:{touch.id}"
        )
    if assignment is not None and assignment.closed_at is None:
        person = session.get_one(Person, assignment.person_id)
        if person.suppressed_at is not None:  # they said so since: nothing opens again
            assignment.closed_at, assignment.closed_reason = now, SUPPRESSED
    session.flush()
    return undo


def _restore(session: Session, assignment: Assignment) -> None:
    """As it was before it was touched."""
    calendar = calendar_of(session.get_one(Rep, assignment.rep_id).team)
    assignment.closed_at = assignment.closed_reason = None
    if assignment.listed_on < calendar.today(assignment.assigned_at):
        ended = calendar.end_of(assignment.listed_on) - timedelta(microseconds=1)
        assignment.closed_at, assignment.closed_reason = ended, PAST
