"""Content hashes of lists: the same people for the same reasons give the same hash anywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Assignment, Signal, Topic
from signals.tombstones import chunks


@dataclass(frozen=True, slots=True)
class HashedItem:
    """What a list says of one person. ``reasons``: hundredths of a point, and a code."""

    rank: int
    person_id: int
    topic_id: int
    signal_id: int | None
    hundredths: int
    source: str
    reasons: tuple[tuple[int, str], ...]


def read_items(session: Session, rep_id: int, on: date) -> list[HashedItem]:
    """What a rep's list of a day says, as it is stored."""
    return [
        HashedItem(
            row.rank, row.person_id, row.topic_id, row.signal_id, round(row.warmth * 100),
            row.source, tuple((r["hundredths"], r["code"]) for r in row.reasons),
        )
        for row in session.scalars(
            select(Assignment)
            .where(Assignment.rep_id == rep_id, Assignment.listed_on == on)
            .order_by(Assignment.rank, Assignment.id)
        )
    ]  # fmt: skip


def hash_list(session: Session, rep_id: int, on: date) -> str:
    """SHA-256 over what a list says, in names that do not depend on this database's row numbers."""
    return hash_items(session, read_items(session, rep_id, on), on)


def hash_items(session: Session, items: Sequence[HashedItem], on: date) -> str:
    """SHA-256 over items in the order given; see ``hash_list``."""
    accounts: dict[int, list[str]] = {}
    for chunk in chunks(sorted({item.person_id for item in items})):
        for person_id, network, external_id in session.execute(
            select(Account.person_id, Account.network, Account.external_id)
            .where(Account.person_id.in_(chunk))
            .order_by(Account.network, Account.external_id)
        ):
            accounts.setdefault(person_id, []).append(f"{network}:{external_id}")
    signals: dict[int | None, list[str | None]] = {}
    for chunk in chunks(sorted({item.signal_id for item in items if item.signal_id is not None})):
        for number, network, kind, external_id in session.execute(
            select(Signal.id, Signal.network, Signal.kind, Signal.external_id).where(
                Signal.id.in_(chunk)
            )
        ):
            signals[number] = [network, kind, external_id]
    topics = dict(session.execute(select(Topic.id, Topic.name)).all())
    document = {
        "date": on.isoformat(),
        "items": [
            {
                "rank": item.rank,
                "accounts": accounts.get(item.person_id, []),
                "topic": topics.get(item.topic_id),
                "signal": signals.get(item.signal_id, [None, None, None]),
                "warmth": item.hundredths,
                "source": item.source,
                "reasons": [list(reason) for reason in item.reasons],
            }
            for item in items
        ],
    }
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
