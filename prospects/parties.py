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
from signals.contact_points import Point, normal_domain, shared_host
from signals.tombstones import SITE, Hashes

_NAMED = (Account.id, Account.network, Account.handle, Account.url, Account.profile_codes)


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
    if domain is not None and shared_host(value):
        raise Refused(
            "Many people have a page or a mailbox at %(host)s: it would keep out all of them.",
            "Give a handle, an e-mail or the address of a profile.",
            2,
            host=value,
        )
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
    sites = _sites(session, parties)
    for account_id, network, handle, url, codes, own in session.execute(
        select(*_NAMED, Account.own).where(among(session, Account.id, account_ids))
    ):
        verdicts = {
            one.verdict
            for one in parties
            if sites.get(one.value) in (codes or ()) or _names(one, network, handle, url)
        }
        verdicts |= {"staff"} if own else set()
        if verdicts:
            found[account_id] = max(verdicts)  # "staff" > "competitor"
    return found


def _named_by(session: Session, party: KnownParty) -> list[int]:
    site = _sites(session, [party]).get(party.value)
    return [
        account_id
        for account_id, network, handle, url, codes in session.execute(select(*_NAMED))
        if site in (codes or ()) or _names(party, network, handle, url)
    ]


def _sites(session: Session, parties: Collection[KnownParty]) -> dict[str, str]:
    """What a profile that names one of these domains has among its codes, by domain."""
    domains = [one.value for one in parties if one.scope == "domain"]
    if not domains:
        return {}
    hashes = Hashes(session, reading=True)
    return {one: f"{SITE}{hashes.of(*Point('domain', one).parts)}" for one in domains}


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
    return normal_domain(domain) or ""


def _host(url: str) -> str:
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:  # «http://[»: not an address
        return ""
    return host.lower().removeprefix("www.")
