"""Checks that two accounts declare each other, by reading both profile pages."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from config.errors import Refused
from config.settings import Settings
from models import Account
from prospects.resolve import points_to
from signals.collectors.contract import CollectorError
from signals.collectors.http import HttpClient
from signals.collectors.profiles import ProfileLinks, read_profile


def check_profiles(
    first: str,
    second: str,
    *,
    proof: str,
    settings: Settings,
    now: datetime,
    allow_hosts: Sequence[str] = (),
) -> dict[str, Any]:
    """What both pages say of each other, as evidence for ``propose_link``.

    ``first_seen_at`` is there if the first page links to the second, ``second_seen_at`` the other
    way; for ``rel_me`` only links marked so count. Refuses an address that cannot be read. Opens no
    session.
    """
    evidence: dict[str, Any] = {"first": first, "second": second}
    for name, page, other in (("first", first, second), ("second", second, first)):
        links = _read(page, settings, allow_hosts)
        if points_to(links.mine if proof == "rel_me" else links.links, other):
            evidence[f"{name}_seen_at"] = now.isoformat(timespec="seconds")
    return evidence


def _read(address: str, settings: Settings, allow_hosts: Sequence[str]) -> ProfileLinks:
    try:
        with HttpClient(
            address, name="Profile", clock=time.time, user_agent=settings.user_agent,
            allow_hosts=allow_hosts,
        ) as client:  # fmt: skip
            return read_profile(client, address)
    except CollectorError as error:
        raise Refused(
            "%(address)s cannot be read: %(why)s.", "Check the address.",
            address=address, why=error,
        ) from error  # fmt: skip


def profile_address(account: Account) -> str:
    """The page of an account as it was collected; refuses one that no network told."""
    if not account.url:
        name = account.handle or account.external_id
        raise Refused(
            "No network told the page of %(account)s, so it proves nothing.",
            "Record their consent instead: when, how, and where it is kept.", 2,
            account=f"{account.network}:{name}",
        )  # fmt: skip
    return account.url
