"""Who accounts are, as it stands: the latest derived verdict, or a person's word above it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AccountIdentity
from models.bulk import among


def standing_verdicts(session: Session, account_ids: Collection[int]) -> dict[int, str]:
    """The verdict that counts per account; one without any is missing, which means unknown."""
    derived: dict[int, str] = {}
    corrected: dict[int, str] = {}
    for account_id, verdict, source in session.execute(
        select(AccountIdentity.account_id, AccountIdentity.verdict, AccountIdentity.source)
        .where(among(session, AccountIdentity.account_id, account_ids))
        .order_by(AccountIdentity.id)
    ):
        if source == "derived":
            derived[account_id] = verdict
        elif source == "person":
            corrected[account_id] = verdict
        else:
            corrected.pop(account_id, None)
    return derived | corrected
