"""What a network is not asked for any more counts no more: its words go with all made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, literal, update
from sqlalchemy.orm import Session

from models import Signal
from models.base import UtcDateTime
from signals.archive import drop_words
from signals.edits import drop_derived
from signals.fingerprints import drop_fingerprints
from signals.tombstones import chunks, find_reactions


def lapse(session: Session, signal_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Take words, scores and evidence of these; returns the prospects that lost any.

    Whether they were deleted since nobody will hear, so neither they nor the likes and reposts
    that count through them may speak for anybody. The rows stay, with the address of each: it was
    not deleted, and whoever holds the person can still look.
    """
    affected = drop_derived(session, [*signal_ids, *find_reactions(session, signal_ids)])
    for chunk in chunks(signal_ids):
        drop_fingerprints(session, chunk)
        drop_words(session, chunk)
        session.execute(
            update(Signal)
            .where(Signal.id.in_(chunk))
            # one that waits for its score must not be judged by words it has no more
            .values(
                text=None, scored_at=func.coalesce(Signal.scored_at, literal(now, UtcDateTime()))
            )
        )
    return affected
