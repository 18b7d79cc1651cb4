"""Everything stored about a person, found by walking the foreign keys of the schema.

A new table that refers to people, accounts or signals is found without a word here; what an erasure
does with it has to be said in ``prospects.erase``, and a test asks for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, select
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from models import (
    Account,
    AccountLink,
    ArchivedPost,
    Base,
    KnownParty,
    Person,
    QuarantinedItem,
)
from signals.contact_points import ANY_NETWORK, normal_handle, point_of_address
from signals.profile_urls import is_address
from signals.text import is_storable
from signals.tombstones import Hashes, chunks

_ROOT = "persons"


@dataclass(frozen=True, slots=True)
class Found:
    """One person's rows by table, each a mapping of columns; what they are called in ``names``."""

    person_id: int
    suppressed_at: datetime | None
    suppressed_for: str | None
    names: tuple[str, ...]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def counts(self) -> dict[str, int]:
        """Rows per table that has any."""
        return {table: len(rows) for table, rows in self.rows.items() if rows}


def reachable_tables() -> dict[str, list[tuple[str, str]]]:
    """Every table that refers to a person, directly or through others: its (column, table) ways."""
    reached: dict[str, list[tuple[str, str]]] = {_ROOT: []}
    is_growing = True
    while is_growing:
        is_growing = False
        for table in Base.metadata.sorted_tables:
            ways = [
                (key.parent.name, key.column.table.name)
                for key in table.foreign_keys
                if key.column.table.name in reached and key.column.table.name != table.name
            ]
            if ways and reached.get(table.name) != ways and table.name != _ROOT:
                reached[table.name] = ways
                is_growing = True
    return reached


def find_people(session: Session, handle: str, network: str | None = None) -> list[Person]:
    """Everybody who goes by that handle, account id or profile's address, on one network or any."""
    statement = (
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(
            or_(*_goes_by(handle)),
            *([Account.network == network] if network else []),
        )
        .order_by(Person.id)
    )
    return list(session.scalars(statement).unique())


def _goes_by(handle: str) -> list[ColumnElement[bool]]:
    named = point_of_address(handle)
    if named is None and not is_address(handle):
        spelled = normal_handle(handle)
        return [
            func.lower(Account.handle).in_((spelled, f"@{spelled}")),  # YouTube gives the «@»
            Account.external_id == handle.strip(),
        ]
    bare = handle.strip().lower().rpartition("//")[2].removeprefix("www.").rstrip("/")
    spellings = [
        f"{scheme}{front}{bare}{end}"
        for scheme in ("https://", "http://")
        for front in ("", "www.")
        for end in ("", "/")
    ]
    ways: list[ColumnElement[bool]] = [
        func.lower(Account.url).in_(spellings),
        Account.external_id == handle.strip(),
    ]
    if named is not None:
        name: ColumnElement[bool] = Account.external_id == named.value
        if named.kind == "handle":
            name = func.lower(Account.handle).in_((named.value, f"@{named.value}"))
        is_any = named.network == ANY_NETWORK
        ways.append(name if is_any else and_(Account.network == named.network, name))
    return ways


def find_one(
    session: Session, handle: str, network: str | None = None, *, or_number: bool = False
) -> Person:
    """The one person of that handle; refuses an unknown one and one that several people have.

    With ``or_number``, also of that row number, as pages show it; a handle of digits goes first.
    """
    people = find_people(session, handle, network) if is_storable(handle) else []
    digits = handle.strip()
    if not people and or_number and digits.isascii() and digits.isdigit() and len(digits) < 19:
        person = session.get(Person, int(digits))
        people = [person] if person is not None else []
    if not people:
        where = f" on {network}" if network else ""
        raise NotFound(
            "Nothing is stored about %(handle)s%(where)s.",
            "Check the spelling.",
            handle=repr(handle),
            where=where,
        )
    if len(people) > 1:
        networks = session.scalars(
            select(Account.network)
            .where(Account.person_id.in_([person.id for person in people]))
            .distinct()
            .order_by(Account.network)
        ).all()
        raise Refused(
            "%(n)s people go by %(handle)s.",
            "Say which, with --network: %(known)s; or give the account's id.",
            n=len(people),
            handle=repr(handle),
            known=", ".join(networks),
        )
    return people[0]


def collect(session: Session, person: Person) -> Found:
    """Every row about a person, in every table; whom they were joined from among them."""
    tables = Base.metadata.tables
    numbers = {person.id, *_joined_to(session, person.id)}
    rows: dict[str, list[Mapping[str, Any]]] = {_ROOT: _read(session, tables[_ROOT], "id", numbers)}
    keys: dict[str, set[Any]] = {_ROOT: numbers}
    ways = reachable_tables()
    is_growing = True
    while is_growing:
        is_growing = False
        for name, columns in ways.items():
            for column, target in columns:
                found = _read(session, tables[name], column, keys.get(target, set()))
                known = rows.setdefault(name, [])
                fresh = [row for row in found if row not in known]
                if fresh:
                    known.extend(fresh)
                    keys.setdefault(name, set()).update(row["id"] for row in fresh if "id" in row)
                    is_growing = True
    accounts = rows.get("accounts", [])
    rows["archive"] = _archived(session, accounts)
    rows["quarantine"] = _quarantined(session, accounts)
    rows["known_parties"] = _parties(session, accounts)
    return Found(
        person.id,
        person.suppressed_at,
        person.suppressed_for,
        tuple(f"{row['network']}:{row['handle'] or row['external_id']}" for row in accounts),
        rows,
    )


def _joined_to(session: Session, person_id: int) -> set[int]:
    """Who has become this person by links that stand: a list of theirs may keep the old number."""
    standing = session.scalars(
        select(AccountLink.moved).where(
            AccountLink.decision == "accepted", AccountLink.undone_at.is_(None)
        )
    ).all()
    found: set[int] = set()
    fresh = {person_id}
    while fresh:
        fresh = {one["joined"] for one in standing if one["keeper"] in fresh} - found
        found |= fresh
    return found


def _read(session: Session, table: Table, column: str, keys: set[Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for chunk in chunks(sorted(keys)):
        result = session.execute(select(table).where(table.c[column].in_(chunk)))
        found += [dict(row) for row in result.mappings()]
    return found


def _archived(session: Session, accounts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    hashes = Hashes(session)
    authors = [hashes.of(row["network"], row["external_id"]) for row in accounts]
    table = Base.metadata.tables[ArchivedPost.__tablename__]
    return _read(session, table, "author_hash", set(authors))


def _quarantined(
    session: Session, accounts: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    table = Base.metadata.tables[QuarantinedItem.__tablename__]
    found: list[Mapping[str, Any]] = []
    for row in accounts:
        names = [name for name in (row["external_id"], row["handle"]) if name and len(name) > 2]
        if not names:
            continue
        holds = or_(*(table.c.payload.contains(name, autoescape=True) for name in names))
        result = session.execute(select(table).where(table.c.network == row["network"], holds))
        found += [dict(one) for one in result.mappings() if dict(one) not in found]
    return found


def _parties(session: Session, accounts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    table = Base.metadata.tables[KnownParty.__tablename__]
    handles = {normal_handle(row["handle"]) for row in accounts if row["handle"]}
    result = session.execute(select(table).where(table.c.scope == "handle"))
    return [dict(row) for row in result.mappings() if normal_handle(row["value"]) in handles]
