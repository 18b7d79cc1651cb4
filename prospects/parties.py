"""Competitors and our own staff, as a workspace names them: by handle or by domain."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from models import Account, KnownParty
from models.bulk import among


def add_party(
    session: Session,
    verdict: str,
    *,
    handle: str | None = None,
    domain: str | None = None,
    network: str | None = None,
    author: str,
    now: datetime,
) -> tuple[KnownParty, list[int]]:
    """Put a handle (on one network or all) or a domain on the list of competitors or staff.

    Returns the entry and the accounts it names, to be judged anew.
    """
    if verdict not in {"competitor", "staff"}:
        raise Refused(
            "%(verdict)s is no list.",
            "Use competitor or staff.",
            2,
            verdict=repr(verdict),
        )
    if (handle is None) == (domain is None):
        raise Refused("Name either a handle or a domain.", "For example: --handle @acme", 2)
    value = _clean_handle(handle) if handle is not None else _clean_domain(domain or "")
    if not value or len(value) > 300:
        raise Refused("That names nobody.", "Give a handle or a domain such as acme.example.", 2)
    party = KnownParty(
        verdict=verdict,
        scope="handle" if handle is not None else "domain",
        network=network if handle is not None else None,
        value=value,
        author=author,
        created_at=now,
    )
    session.add(party)
    session.flush()
    return party, _named_by(session, party)


def remove_party(session: Session, party_id: int, *, now: datetime) -> list[int]:
    """Take an entry off its list; returns the accounts it named, to be judged anew."""
    party = session.get(KnownParty, party_id)
    if party is None or party.removed_at is not None:
        raise NotFound(
            "There is no entry %(party_id)s.",
            "See: warmlist identity parties",
            party_id=party_id,
        )
    party.removed_at = now
    session.flush()
    return _named_by(session, party)


def list_parties(session: Session) -> list[KnownParty]:
    """Who stands on the lists."""
    return list(
        session.scalars(
            select(KnownParty).where(KnownParty.removed_at.is_(None)).order_by(KnownParty.id)
        )
    )


def find_parties(session: Session, account_ids: Collection[int]) -> dict[int, str]:
    """Which list each of these accounts stands on; staff before competitors.

    The team's own accounts, whose posts are collected as such, are staff without being listed.
    """
    parties = list_parties(session)
    found = {}
    for account_id, network, handle, url, own in session.execute(
        select(Account.id, Account.network, Account.handle, Account.url, Account.own).where(
            among(session, Account.id, account_ids)
        )
    ):
        verdicts = {one.verdict for one in parties if _names(one, network, handle, url)}
        verdicts |= {"staff"} if own else set()
        if verdicts:
            found[account_id] = max(verdicts)  # "staff" > "competitor"
    return found


def _named_by(session: Session, party: KnownParty) -> list[int]:
    rows = session.execute(select(Account.id, Account.network, Account.handle, Account.url))
    return [
        account_id
        for account_id, network, handle, url in rows
        if _names(party, network, handle, url)
    ]


def _names(party: KnownParty, network: str, handle: str | None, url: str | None) -> bool:
    name = (handle or "").lower()
    if party.scope == "handle":
        return name == party.value and party.network in {None, network}
    # where handles are domains or addresses (Bluesky, Mastodon), they tell it too
    hosts = (_host(url or ""), name.rpartition("@")[2] if "." in name else "")
    return any(host == party.value or host.endswith(f".{party.value}") for host in hosts)


def _clean_handle(handle: str) -> str:
    return handle.strip().removeprefix("@").lower()


def _clean_domain(domain: str) -> str:
    text = domain.strip().lower()
    host = _host(text if "//" in text else f"//{text}")
    return host if "." in host else ""


def _host(url: str) -> str:
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:  # «http://[»: not an address
        return ""
    return host.lower().removeprefix("www.")
