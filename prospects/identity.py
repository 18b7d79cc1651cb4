"""Who accounts are, as it stands: the latest derived verdict, or a person's word above it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, cast

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session

from models import AccountIdentity
from models.bulk import among_named, fetch_plain, pack


def standing_verdicts(session: Session, account_ids: Collection[int]) -> dict[int, str]:
    """The verdict that counts per account; one without any is missing, which means unknown."""
    derived: dict[int, str] = {}
    corrected: dict[int, str] = {}
    dialect, numbers = pack(session, account_ids)
    for account_id, verdict, source in fetch_plain(
        session, _select_verdicts(dialect), {"accounts": numbers}
    ):
        if source == "derived":
            derived[account_id] = verdict
        elif source == "person":
            corrected[account_id] = verdict
        else:
            corrected.pop(account_id, None)
    return derived | corrected


@cache
def _select_verdicts(dialect: str) -> Select[*tuple[Any, ...]]:
    said = cast("Table", AccountIdentity.__table__).c
    return (
        select(said.account_id, said.verdict, said.source)
        .where(among_named(dialect, said.account_id, "accounts"))
        .order_by(said.id)
    )
