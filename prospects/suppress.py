"""Do-not-contact: the person is marked, and hashes keep every account of theirs out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Account, Assignment, Person, Suppression
from models.upsert import insert_ignore, upsert
from signals.tombstones import Hashes


def suppress_person(session: Session, person: Person, *, reason: str, now: datetime) -> None:
    """Never show or contact this person again; open assignments of theirs are closed."""
    person.suppressed_at = now
    hashes = Hashes(session)
    rows = []
    for account in session.scalars(select(Account).where(Account.person_id == person.id)):
        names = [("account", hashes.of("account", account.network, account.external_id))]
        if account.handle:
            names.append(("handle", hashes.of("handle", account.network, account.handle.lower())))
        rows += [
            {"kind": kind, "value_hash": value, "reason": reason, "created_at": now}
            for kind, value in names
        ]
    if reason.startswith("touch:"):
        insert_ignore(session, Suppression, rows)
    else:  # takes over from a touch, whose undoing must not lift it
        upsert(session, Suppression, rows, key=("kind", "value_hash"), update=("reason",))
    for assignment in session.scalars(
        select(Assignment).where(Assignment.person_id == person.id, Assignment.closed_at.is_(None))
    ):
        assignment.closed_at, assignment.closed_reason = now, "suppressed"


def lift_suppression(session: Session, person: Person, *, reason: str) -> None:
    """Take back one suppression, for example a mis-click; others of the person stay."""
    session.execute(delete(Suppression).where(Suppression.reason == reason))
    hashes = Hashes(session)
    still = any(
        hashes.has("account", account.network, account.external_id)
        for account in session.scalars(select(Account).where(Account.person_id == person.id))
    )
    if not still:
        person.suppressed_at = None
