"""Do-not-contact: the person is marked, and hashes keep every account of theirs out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from config.errors import Refused
from models import Account, AccountIdentity, Assignment, Person, Prospect, Signal, Suppression
from models.signal import is_by_others
from models.upsert import insert_ignore, upsert
from signals.contact_points import Point, normal_handle, points_of_profile
from signals.derived import drop_derived
from signals.tombstones import LINKED_TO, SITE, SUPPRESSED, Hashes, drop_archived


def suppress_person(session: Session, person: Person, *, reason: str, now: datetime) -> None:
    """Never show or contact this person again; open assignments of theirs are closed.

    Their accounts are remembered by id and by handle: a new handle does not bring them back.
    """
    if person.suppressed_at is None:
        person.suppressed_at = now
    is_touch = reason.startswith("touch:")
    if not is_touch or person.suppressed_for is None:
        person.suppressed_for = reason
    rows = _rows(session, [person.id], reason, now)
    if is_touch:
        insert_ignore(session, Suppression, rows)
    else:  # takes over from a touch, whose undoing must not lift it
        upsert(session, Suppression, rows, key=("kind", "value_hash"), update=("reason",))
    for assignment in session.scalars(
        select(Assignment).where(Assignment.person_id == person.id, Assignment.closed_at.is_(None))
    ):
        assignment.closed_at, assignment.closed_reason = now, SUPPRESSED


def drop_suppressed(session: Session, *, now: datetime, undo: timedelta, limit: int = 500) -> int:
    """Drop what is still derived of people left alone, of ``limit`` at a time; returns how many.

    Whom a list names lost it at once, who objected or was erased as well. This is for the others:
    whom a rep's touch suppressed, which may be undone exactly for as long as ``undo``, and who was
    joined to somebody left alone.
    """
    ranked = select(Prospect.id).where(Prospect.person_id == Person.id)
    scored = (
        select(Signal.id)
        .join(Account, Account.id == Signal.account_id)
        .where(
            Account.person_id == Person.id,
            Signal.scored_at.is_not(None),
            Signal.deleted_at.is_(None),
            is_by_others(),
        )
    )
    judged = (
        select(AccountIdentity.id)
        .join(Account, Account.id == AccountIdentity.account_id)
        .where(Account.person_id == Person.id, AccountIdentity.source == "derived")
    )
    people = session.scalars(
        select(Person.id)
        .where(
            Person.suppressed_at.is_not(None),
            or_(~is_a_reps_word(), Person.suppressed_at < now - undo),
            or_(ranked.exists(), scored.exists(), judged.exists()),
        )
        .order_by(Person.id)
        .limit(limit)
    ).all()
    if people:
        drop_derived(session, people)
    return len(people)


def _rows(session: Session, persons: list[int], reason: str, now: datetime) -> list[dict[str, Any]]:
    """What keeps these people's accounts out, by id and by handle; their archived posts go."""
    hashes = Hashes(session)
    rows = []
    for account in session.scalars(select(Account).where(Account.person_id.in_(persons))):
        points = [Point("account", account.external_id, account.network)]
        author = hashes.of(account.network, account.external_id)
        drop_archived(session, account.network, [author])
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
    return rows


def share_suppression(
    session: Session, keeper: Person, joined: Person, *, now: datetime
) -> dict[str, Any]:
    """Whoever is joined to somebody left alone is left alone too.

    Called when ``keeper`` has the accounts of both. Returns what ``part_suppression`` takes back;
    nothing if neither is suppressed.
    """
    both = (keeper, joined)
    reasons = [one.suppressed_for or "objection" for one in both if one.suppressed_at is not None]
    if not reasons:
        return {}
    why = next((one for one in reasons if not is_said_here(one)), reasons[0])
    freed = [one.id for one in both if one.suppressed_at is None]
    for one in both:
        if one.id in freed:
            one.suppressed_at, one.suppressed_for = now, why
    rows = _rows(session, [one.id for one in both], f"{LINKED_TO}{why}"[:40], now)
    names = [row["value_hash"] for row in rows]
    known = set(
        session.scalars(select(Suppression.value_hash).where(Suppression.value_hash.in_(names)))
    )
    insert_ignore(session, Suppression, rows)
    dropped = session.scalars(
        select(Assignment).where(
            Assignment.person_id.in_([one.id for one in both]), Assignment.closed_at.is_(None)
        )
    ).all()
    for row in dropped:
        row.closed_at, row.closed_reason = now, SUPPRESSED
    session.flush()
    return {
        "freed": freed,
        "kept_out": sorted(set(names) - known),
        "dropped": [row.id for row in dropped],
    }


def part_suppression(
    session: Session, keeper: Person, joined: Person, moved: Mapping[str, Any], *, now: datetime
) -> None:
    """Take back what ``share_suppression`` did, when the accounts are two people's again.

    What was said of the joined person since stands for both: nobody can say which half was meant.
    """
    if "freed" not in moved:
        if keeper.suppressed_at is not None:
            for person in (keeper, joined):
                suppress_person(
                    session, person, reason=keeper.suppressed_for or "objection", now=now
                )
        session.flush()
        return
    session.execute(
        delete(Suppression).where(
            Suppression.value_hash.in_(moved.get("kept_out", [])),
            Suppression.reason.startswith(LINKED_TO),  # other grounds have taken over the rest
        )
    )
    session.flush()
    was_lifted = keeper.suppressed_at is None
    for person in (keeper, joined):
        if person.suppressed_at is None:
            continue
        grounds = _grounds(session, person)
        if not grounds:
            if person.id in moved["freed"] or was_lifted:
                person.suppressed_at = person.suppressed_for = None
        elif person.id in moved["freed"] or person.suppressed_for not in grounds:
            person.suppressed_for = None
            suppress_person(session, person, reason=_strongest(grounds), now=now)
    session.flush()


def _grounds(session: Session, person: Person) -> set[str]:
    """Why a person's names are kept out, each once; empty if none is."""
    hashes = Hashes(session)
    points = [
        point
        for account in session.scalars(select(Account).where(Account.person_id == person.id))
        for point in points_of_profile(
            account.network, account.external_id, account.handle, account.url
        )
    ]
    names = [hashes.of(*point.parts) for point in points]
    codes = session.scalars(select(Account.profile_codes).where(Account.person_id == person.id))
    names += [str(one).removeprefix(SITE) for some in codes for one in some or ()]
    found = session.scalars(select(Suppression.reason).where(Suppression.value_hash.in_(names)))
    return {reason.removeprefix(LINKED_TO) for reason in found}


def _strongest(grounds: set[str]) -> str:
    """What the person said counts more than a list, and a list more than a rep's word."""
    own = sorted(grounds & {"objection", "erased"}, reverse=True)
    listed = ["list:found"] if any(one.startswith("list:") for one in grounds) else []
    return [*own, *listed, *sorted(grounds)][0]


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
            or_(
                Suppression.reason.in_((_ASKED, f"{LINKED_TO}{_ASKED}")),
                Suppression.reason.startswith("touch:"),
                Suppression.reason.startswith(f"{LINKED_TO}touch:"),
            ),
        )
    )
    session.flush()
    codes = session.scalars(select(Account.profile_codes).where(Account.person_id == person.id))
    hashes = Hashes(session)
    if any(map(hashes.has_point, points)) or any(
        hashes.has_code(one) for some in codes for one in some or ()
    ):
        raise Refused(
            "A name of theirs stands on the suppression list.",
            "Take it off there first: Privacy.",
            fault="on_list",
        )
    person.suppressed_at = person.suppressed_for = None
    session.flush()


def is_said_here(suppressed_for: str | None) -> bool:
    """Whether it was a rep or manager who said so, and not the person or the list."""
    return suppressed_for == _ASKED or (suppressed_for or "").startswith("touch:")


def is_a_reps_word() -> ColumnElement[bool]:
    """The same of people in a query; one without a reason was suppressed by a touch of before."""
    return or_(
        Person.suppressed_for.is_(None),
        Person.suppressed_for == _ASKED,
        Person.suppressed_for.startswith("touch:"),
    )


def lift_suppression(session: Session, person: Person, *, reason: str) -> None:
    """Take back one suppression, for example a mis-click; others of the person stay."""
    session.execute(
        delete(Suppression).where(Suppression.reason.in_((reason, f"{LINKED_TO}{reason}")))
    )
    session.flush()
    same = session.scalars(  # the halves of a link that was undone share the word
        select(Person).where(Person.suppressed_at.is_not(None), Person.suppressed_for == reason)
    ).all()
    unnamed = [person] if person.suppressed_for is None and person not in same else []
    for one in (*same, *unnamed):  # of others another word stands: an objection, the list
        grounds = _grounds(session, one)
        if not grounds:
            one.suppressed_at = one.suppressed_for = None
        elif one.suppressed_at is not None:
            at, one.suppressed_for = one.suppressed_at, None
            suppress_person(session, one, reason=_strongest(grounds), now=at)
