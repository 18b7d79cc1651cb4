"""Do-not-contact: the person is marked, and hashes keep every account of theirs out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from config.errors import Refused
from models import Account, Assignment, Person, Suppression
from models.upsert import insert_ignore, upsert
from signals.contact_points import Point, normal_handle, points_of_profile
from signals.tombstones import Hashes


def suppress_person(session: Session, person: Person, *, reason: str, now: datetime) -> None:
    """Never show or contact this person again; open assignments of theirs are closed.

    Their accounts are remembered by id and by handle: a new handle does not bring them back.
    """
    if person.suppressed_at is None:
        person.suppressed_at = now
    is_touch = reason.startswith("touch:")
    if not is_touch or person.suppressed_for is None:
        person.suppressed_for = reason
    hashes = Hashes(session)
    rows = []
    for account in session.scalars(select(Account).where(Account.person_id == person.id)):
        points = [Point("account", account.external_id, account.network)]
        if account.handle:
            points.append(Point("handle", normal_handle(account.handle), account.network))
        rows += [
            {
                "kind": point.kind,
                "value_hash": hashes.of(*point.parts),
                "reason": reason,
                "created_at": now,
            }
            for point in points
        ]
    if is_touch:
        insert_ignore(session, Suppression, rows)
    else:  # takes over from a touch, whose undoing must not lift it
        upsert(session, Suppression, rows, key=("kind", "value_hash"), update=("reason",))
    for assignment in session.scalars(
        select(Assignment).where(Assignment.person_id == person.id, Assignment.closed_at.is_(None))
    ):
        assignment.closed_at, assignment.closed_reason = now, "suppressed"


#: Why somebody may be contacted again; nothing that could hold their data is kept.
LIFTS = ("mistake", "consent")
_ASKED = "asked"  # on their page, without a contact


def lift_person(session: Session, person: Person) -> None:
    """Somebody marked here by hand may be contacted again, under every name they are known by.

    Refuses who objected themselves, was erased, or stands on the suppression list: that is not a
    rep's word to take back.
    """
    if not is_said_here(person.suppressed_for):
        raise Refused(
            "That they are left alone was not said here.", "See the suppression list: Privacy."
        )
    hashes = Hashes(session)
    points = [
        point
        for account in session.scalars(select(Account).where(Account.person_id == person.id))
        for point in points_of_profile(
            account.network, account.external_id, account.handle, account.url
        )
    ]
    session.execute(
        delete(Suppression).where(
            Suppression.value_hash.in_([hashes.of(*point.parts) for point in points]),
            or_(Suppression.reason == _ASKED, Suppression.reason.startswith("touch:")),
        )
    )
    session.flush()
    if any(map(Hashes(session).has_point, points)):
        raise Refused(
            "A name of theirs stands on the suppression list.", "Take it off there first: Privacy."
        )
    person.suppressed_at = person.suppressed_for = None
    session.flush()


def is_said_here(suppressed_for: str | None) -> bool:
    """Whether it was a rep or manager who said so, and not the person or the list."""
    return suppressed_for == _ASKED or (suppressed_for or "").startswith("touch:")


def lift_suppression(session: Session, person: Person, *, reason: str) -> None:
    """Take back one suppression, for example a mis-click; others of the person stay."""
    session.execute(delete(Suppression).where(Suppression.reason == reason))
    if person.suppressed_for is not None and person.suppressed_for != reason:
        return  # another word stands: an objection, the list, an earlier touch
    hashes = Hashes(session)
    still = any(
        hashes.has("account", account.network, account.external_id)
        for account in session.scalars(select(Account).where(Account.person_id == person.id))
    )
    if not still:
        person.suppressed_at = person.suppressed_for = None
