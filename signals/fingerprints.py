"""Fingerprints go where their signals go: what is derived from a text never outlives it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from models import Fingerprint, FingerprintBand

_PURGED_AT_ONCE = 2000  # signals


def pack_keys(keys: Sequence[int]) -> bytes:
    """Band keys as one value."""
    return struct.pack(f"<{len(keys)}q", *keys)


def unpack_keys(packed: bytes | None) -> tuple[int, ...]:
    """The band keys of a packed value; none for none."""
    return struct.unpack(f"<{len(packed) // 8}q", packed) if packed else ()


def drop_fingerprints(session: Session, signal_ids: Sequence[int]) -> None:
    """Remove the fingerprints of these signals (at most some thousands) and their bands."""
    rows = session.execute(
        select(Fingerprint.signal_id, Fingerprint.keys).where(Fingerprint.signal_id.in_(signal_ids))
    ).all()
    if not rows:
        return
    bands = [
        {"key": key, "signal_id": signal_id}
        for signal_id, keys in rows
        for key in unpack_keys(keys)
    ]
    if bands:
        table = FingerprintBand.__table__
        session.connection().execute(
            delete(FingerprintBand).where(
                table.c.key == bindparam("key"), table.c.signal_id == bindparam("signal_id")
            ),
            bands,
        )
    session.execute(
        delete(Fingerprint).where(Fingerprint.signal_id.in_([signal_id for signal_id, _ in rows]))
    )


def purge_fingerprints(session: Session, *, now: datetime, days: float) -> int:
    """Drop fingerprints of signals older than ``days``; returns how many went."""
    gone = 0
    while True:
        old = session.scalars(
            select(Fingerprint.signal_id)
            .where(Fingerprint.occurred_at < now - timedelta(days=days))
            .limit(_PURGED_AT_ONCE)
        ).all()
        drop_fingerprints(session, old)
        gone += len(old)
        if len(old) < _PURGED_AT_ONCE:
            return gone
