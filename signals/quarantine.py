"""Items that could not be read: kept, bounded in size, number and age."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import QuarantinedItem
from signals.collectors.contract import Malformed
from signals.policy import TERMS, terms_of
from signals.text import storable

_NAMED: Final = re.compile(r'"network"\s*:\s*"([^"\\]{1,40})"')


def find_strictest(payload: str) -> str:
    """Of the networks that the JSON of a payload names, broken or not, the one kept shortest.

    Empty where it names none that has terms.
    """
    named = {name.strip().lower() for name in _NAMED.findall(payload)} & TERMS.keys()
    return min(sorted(named), key=lambda name: terms_of(name).payload_days, default="")


def keep_malformed(
    session: Session,
    network: str,
    items: Sequence[Malformed],
    *,
    collection_id: int | None,
    characters: int,
    now: datetime,
) -> None:
    """Keep the payloads, each cut to a number of characters."""
    session.add_all(
        QuarantinedItem(
            network=network,
            collection_id=collection_id,
            reason=(storable(item.reason) or "")[:300],
            payload=(storable(item.payload) or "")[:characters],
            seen_at=now,
        )
        for item in items
    )


def purge_quarantine(session: Session, *, now: datetime, rows: int) -> int:
    """Drop payloads over the age their network allows, and beyond the number kept."""
    gone = 0
    for network in session.scalars(select(QuarantinedItem.network).distinct()).all():
        before = now - timedelta(days=terms_of(network).payload_days)
        done = session.execute(
            delete(QuarantinedItem).where(
                QuarantinedItem.network == network, QuarantinedItem.seen_at < before
            )
        )
        gone += int(getattr(done, "rowcount", 0) or 0)
    edge = session.scalar(
        select(QuarantinedItem.id).order_by(QuarantinedItem.id.desc()).offset(rows).limit(1)
    )
    if edge is not None:
        done = session.execute(delete(QuarantinedItem).where(QuarantinedItem.id <= edge))
        gone += int(getattr(done, "rowcount", 0) or 0)
    return gone
