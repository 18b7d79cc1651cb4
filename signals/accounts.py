"""Accounts behind what is stored: made, renamed, and known for the team's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models import Account, Person
from models.upsert import insert_ignore
from signals.collectors.contract import Author, Engagement
from signals.profile import read_profile
from signals.text import cut, storable
from signals.tombstones import chunks, site_codes

#: An account by its network and its id there.
AccountKey = tuple[str, str]


def name_accounts(session: Session, again: Sequence[Engagement]) -> None:
    """Give names to accounts that had none, where a post comes again with its author's.

    Some networks charge for a name, so it is only asked for once a post has matched.
    """
    authors = {(e.network, e.author.external_id): e.author for e in again if e.author.handle}
    for network in sorted({network for network, _ in authors}):
        ids = sorted(external_id for at, external_id in authors if at == network)
        for chunk in chunks(ids):
            nameless = session.scalars(
                select(Account.external_id).where(
                    Account.network == network,
                    Account.external_id.in_(chunk),
                    Account.handle.is_(None),
                )
            ).all()
            for external_id in nameless:
                author = authors[network, external_id]
                session.execute(
                    update(Account)
                    .where(Account.network == network, Account.external_id == external_id)
                    .values(
                        handle=cut(author.handle, 300),
                        display_name=cut(author.display_name, 300),
                        url=storable(author.url),
                    )
                )


def store_accounts(
    session: Session, engagements: Sequence[Engagement], now: datetime
) -> dict[AccountKey, int]:
    """Ids of the authors' accounts; a new account starts as its own person."""
    authors = {(e.network, e.author.external_id): e.author for e in engagements}
    ids = _account_ids(session, authors)
    _rename(session, ids, authors)
    missing = [key for key in authors if key not in ids]
    if not missing:
        return ids
    persons = session.scalars(
        insert(Person).returning(Person.id), [{"created_at": now} for _ in missing]
    ).all()
    rows = [
        {
            "person_id": person_id,
            "network": network,
            "external_id": external_id,
            "handle": cut(authors[network, external_id].handle, 300),
            "display_name": cut(authors[network, external_id].display_name, 300),
            "url": storable(authors[network, external_id].url),
            "profile_codes": read_profile(authors[network, external_id])
            + site_codes(session, authors[network, external_id]),
            "first_seen_at": now,
        }
        for person_id, (network, external_id) in zip(sorted(persons), missing, strict=True)
    ]
    insert_ignore(session, Account, rows)
    return ids | _account_ids(session, missing)


def _rename(
    session: Session,
    ids: Mapping[AccountKey, int],
    authors: Mapping[AccountKey, Author],
) -> None:
    """People change their handle: rights and lists must find them by the one they have now."""
    handles = {
        id_: cut(authors[key].handle, 300) for key, id_ in ids.items() if authors[key].handle
    }
    given = {id_: authors[key] for key, id_ in ids.items()}
    for chunk in chunks(sorted(handles)):
        for id_, handle in session.execute(
            select(Account.id, Account.handle).where(Account.id.in_(chunk))
        ).all():
            if handle != handles[id_]:
                session.execute(
                    update(Account).where(Account.id == id_).values(handle=handles[id_])
                )
            if handle is None:  # gone with a deletion, and back: known again by all it says
                codes = read_profile(given[id_]) + site_codes(session, given[id_])
                session.execute(
                    update(Account)
                    .where(Account.id == id_, Account.url.is_(None))
                    .values(url=storable(given[id_].url), profile_codes=codes)
                )


def _account_ids(session: Session, keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    wanted: dict[str, list[str]] = {}
    for network, external_id in keys:
        wanted.setdefault(network, []).append(external_id)
    ids: dict[AccountKey, int] = {}
    for network, external_ids in wanted.items():
        for chunk in chunks(external_ids):
            rows = session.execute(
                select(Account.external_id, Account.id).where(
                    Account.network == network, Account.external_id.in_(chunk)
                )
            )
            ids.update(((network, external_id), id_) for external_id, id_ in rows)
    return ids


def load_own_accounts(session: Session, networks: Iterable[str]) -> set[AccountKey]:
    """The team's own accounts on these networks, as their posts showed."""
    rows = session.execute(
        select(Account.network, Account.external_id).where(
            Account.own, Account.network.in_(sorted(set(networks)))
        )
    )
    return {(network, external_id) for network, external_id in rows}


def take_as_own(session: Session, keys: Iterable[AccountKey]) -> set[int]:
    """Know these accounts for the team's own; returns the row numbers of those that were not."""
    taken: set[int] = set()
    for network, external_id in sorted(set(keys)):
        taken.update(
            session.scalars(
                update(Account)
                .where(
                    Account.network == network,
                    Account.external_id == external_id,
                    Account.own.is_(False),
                )
                .values(own=True)
                .returning(Account.id)
            )
        )
    return taken
