"""The suppression list as people keep it: handles, e-mails, phones, domains, in and out as CSV.

Only salted hashes are kept. An export therefore holds hashes; it can be read in again by the same
workspace, where it says what it said before.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from models import Account, Person, Signal, Suppression
from prospects.suppress import is_a_reps_word, suppress_person
from signals.contact_points import (
    KINDS,
    Point,
    guess_kind,
    normalise,
    points_in,
    points_of_profile,
    shared_host,
)
from signals.derived import drop_derived
from signals.tombstones import LINKED_TO, SITE, Hashes

COLUMNS = ("kind", "network", "value", "hash", "reason", "created_at", "workspace")
_NAMING = ("handle", "email", "phone", "domain")
_HASH_LENGTH = 64
_BY_THE_PERSON = frozenset({"objection", "erased"})
_CHUNK = 2000
_NAMED = 20  # rows


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of an imported list: a name, or a hash this workspace made."""

    point: Point | None
    kind: str
    value_hash: str | None
    reason: str
    workspace: str = ""  # whose salt made the hash; "" of a list from before it was written


@dataclass(slots=True)
class Imported:
    """What became of an imported list, in rows, and how many known people it concerns.

    ``refused_rows`` are the first of those that name nobody, by number, the header not counted;
    ``shared`` the hosts among them where many people have a page or a mailbox.
    """

    read: int = 0
    added: int = 0
    known: int = 0
    refused: int = 0
    people: int = 0
    refused_rows: list[int] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SharedHost:
    """A row that names a host of many people, which would close the list to all of them."""

    host: str


def read_rows(text: str, *, kind: str | None = None) -> Iterator[ListedRow | SharedHost | None]:
    """Rows of a CSV text, with or without a header; ``None`` for one that names nobody.

    With a header the columns ``value`` (or ``name``), ``kind``, ``network``, ``reason`` and
    ``hash`` count; a name without a kind is taken for what it looks like.
    """
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    except csv.Error as error:  # a field of over 128 KB, a lone carriage return
        raise Refused(
            "The list cannot be read: %(error)s.", "Use CSV, or one name a line.", error=error
        ) from error
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return
    header = [cell.strip().lower() for cell in rows[0]]
    has_header = bool({"value", "hash", "name", *_NAMING} & set(header))
    for row in rows[1:] if has_header else rows:
        cells = dict(zip(header, row, strict=False)) if has_header else {"value": row[0]}
        yield _read_row({name: cell.strip() for name, cell in cells.items()}, kind)


def _read_row(cells: dict[str, str], kind: str | None) -> ListedRow | SharedHost | None:
    reason = f"list:{cells.get('reason', '').removeprefix('list:')[:30] or 'import'}"
    named = cells.get("kind", "").lower()
    value_hash = cells.get("hash", "").lower()
    if value_hash:
        usable = named in KINDS and len(value_hash) == _HASH_LENGTH and value_hash.isalnum()
        # an objection stays one when a list is brought back: nobody takes it off by hand
        given = cells.get("reason", "")
        kept = given if given in _BY_THE_PERSON else reason
        made_by = cells.get("workspace", "").lower()
        return ListedRow(None, named, value_hash, kept, made_by) if usable else None
    value = cells.get("value", "")
    if not value and not cells.keys() & set(_NAMING):  # beside an address it is a person's name
        value = cells.get("name", "")
    for column in _NAMING:
        if not value and cells.get(column):
            value, named = cells[column], column
    chosen = kind or named or (guess_kind(value) if value else "")
    if chosen not in KINDS:
        return None
    point = normalise(chosen, value, cells.get("network", "").lower())
    if point is None:
        host = shared_host(value) if chosen == "domain" else None
        return SharedHost(host) if host else None
    return ListedRow(point, point.kind, None, reason)


def import_list(
    session: Session, rows: Iterable[ListedRow | SharedHost | None], *, now: datetime
) -> Imported:
    """Add names to the list and close it to everybody known by one of them.

    Refuses hashes of another workspace: its salt is not ours, so they would keep nobody out.
    """
    hashes, result = Hashes(session), Imported()
    ours = _fingerprint(hashes)
    for row in rows:
        result.read += 1
        if row is None or isinstance(row, SharedHost):
            result.refused += 1
            if row is not None and row.host not in result.shared[:_NAMED]:
                result.shared = [*result.shared, row.host][:_NAMED]
            if len(result.refused_rows) < _NAMED:
                result.refused_rows.append(result.read)
            continue
        if row.workspace not in {"", ours}:
            raise Refused(
                "This list was exported by another workspace: its hashes keep nobody out here.",
                "Import the names themselves, or restore that workspace's backup.",
            )
        if row.point is not None and row.value_hash is None:
            added = hashes.add(row.point, reason=row.reason, now=now)
        else:
            added = hashes.add_hash(row.kind, row.value_hash or "", reason=row.reason, now=now)
        result.added += added
        result.known += not added
    # a name that a rep's word kept out before is taken over by the list
    result.people = sweep(session, now=now) if result.added or result.known else 0
    return result


def add_name(
    session: Session, value: str, *, kind: str | None, network: str, reason: str, now: datetime
) -> int:
    """Put one name on the list; returns how many known people it concerns."""
    point = _spell(value, kind, network)
    Hashes(session).add(point, reason=f"list:{reason[:30]}", now=now)
    return sweep(session, now=now)


def remove_name(session: Session, value: str, *, kind: str | None, network: str) -> int:
    """Take one name off the list; people who objected or were erased stay suppressed.

    Returns how many people may be shown again.
    """
    point = _spell(value, kind, network)
    hashes = Hashes(session)
    row = session.scalar(
        select(Suppression).where(
            Suppression.kind == point.kind, Suppression.value_hash == hashes.of(*point.parts)
        )
    )
    if row is None:
        raise NotFound(
            "%(value)s is not on the suppression list.",
            "See: warmlist suppress list",
            value=repr(value),
        )
    if not row.reason.startswith("list:"):
        raise Refused(
            "%(value)s was not put there by hand (%(reason)s).",
            "Only the person concerned can take that back.",
            value=repr(value),
            reason=row.reason.partition(":")[0],
        )
    session.delete(row)
    session.flush()
    return _release(session, point)


def _spell(value: str, kind: str | None, network: str) -> Point:
    chosen = kind or guess_kind(value)
    if chosen not in KINDS:
        raise Refused(
            "Kind %(chosen)s is not known.",
            "Use one of: %(known)s.",
            2,
            chosen=repr(chosen),
            known=", ".join(KINDS),
        )
    point = normalise(chosen, value, network.lower())
    host = shared_host(value) if point is None and chosen == "domain" else None
    if host is not None:
        raise Refused(
            "Many people have a page or a mailbox at %(host)s: it would keep out all of them.",
            "Give a handle, an e-mail or the address of a profile.",
            2,
            host=host,
        )
    if point is None:
        raise Refused(
            "%(value)s is no usable %(chosen)s.",
            "Check its spelling.",
            2,
            value=repr(value[:60]),
            chosen=chosen,
        )
    return point


def sweep(session: Session, *, now: datetime) -> int:
    """Suppress everybody known who goes by a listed name; returns how many were new.

    What was derived of them goes at once.
    """
    hashes = Hashes(session)
    found: set[int] = set()
    # a rep's word may be taken back, and shows the person as contacted: the list takes over from it
    shown = or_(Person.suppressed_at.is_(None), is_a_reps_word())
    accounts = select(
        Account.person_id,
        Account.network,
        Account.external_id,
        Account.handle,
        Account.url,
        Account.profile_codes,
    ).join(Person, Person.id == Account.person_id)
    for row in session.execute(accounts.where(shown)).yield_per(_CHUNK):
        points = points_of_profile(row.network, row.external_id, row.handle, row.url)
        if any(map(hashes.has_point, points)) or any(map(hashes.has_code, row.profile_codes or ())):
            found.add(row.person_id)
    if hashes.looks_into_text:
        words = (
            select(Account.person_id, Signal.text)
            .join(Account, Account.id == Signal.account_id)
            .join(Person, Person.id == Account.person_id)
            .where(Signal.text.is_not(None), shown)
        )
        for person_id, text in session.execute(words).yield_per(_CHUNK):
            if person_id not in found and any(map(hashes.has_point, points_in(text or ""))):
                found.add(person_id)
    new = 0
    for person_id in sorted(found):
        person = session.get_one(Person, person_id)
        new += person.suppressed_at is None
        suppress_person(session, person, reason="list:found", now=now)
    session.flush()
    if found:
        drop_derived(session, found)
    return new


def _release(session: Session, point: Point) -> int:
    """Show again those whom this name alone kept out, once their signals are scored anew."""
    people = session.scalars(
        select(Person).where(Person.suppressed_for.in_(("list:found", "list:seen_again")))
    )
    released = 0
    for person in people.all():
        accounts = session.scalars(select(Account).where(Account.person_id == person.id)).all()
        names = [
            one
            for account in accounts
            for one in points_of_profile(
                account.network, account.external_id, account.handle, account.url
            )
        ]
        hashes = Hashes(session)
        sites = [str(one) for account in accounts for one in account.profile_codes or ()]
        if point not in names and f"{SITE}{hashes.of(*point.parts)}" not in sites:
            continue
        session.execute(
            delete(Suppression).where(
                Suppression.reason.in_(("list:found", "list:seen_again", f"{LINKED_TO}list:found")),
                Suppression.value_hash.in_([hashes.of(*one.parts) for one in names]),
            )
        )
        session.flush()
        hashes = Hashes(session)
        if not any(map(hashes.has_point, names)) and not any(map(hashes.has_code, sites)):
            person.suppressed_at = person.suppressed_for = None
            released += 1
    session.flush()
    return released


def _fingerprint(hashes: Hashes) -> str:
    """By which a workspace knows its own hashes; it tells nothing of the salt."""
    return hashes.of("workspace")[:16]


def export_list(session: Session) -> str:
    """The list as CSV: hashes, why and since when; ``import_list`` of this workspace reads it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    ours = _fingerprint(Hashes(session, reading=True))
    for row in session.scalars(select(Suppression).order_by(Suppression.id)):
        at = row.created_at.isoformat(timespec="seconds")
        writer.writerow((row.kind, "", "", row.value_hash, row.reason, at, ours))
    return out.getvalue()


def count_list(session: Session) -> dict[str, int]:
    """How many names stand on the list, by kind."""
    rows = session.execute(
        select(Suppression.kind, func.count()).group_by(Suppression.kind).order_by(Suppression.kind)
    )
    return dict(rows.all())
