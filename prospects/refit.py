"""Prospects whose topic changed: who they are, and what their words say of where they live."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Evidence, Prospect, Signal
from models.bulk import among


def next_prospects(session: Session, topic_id: int, *, after_id: int, limit: int) -> list[int]:
    """The topic's prospects by number, from ``after_id`` on."""
    return list(
        session.scalars(
            select(Prospect.id)
            .where(Prospect.topic_id == topic_id, Prospect.id > after_id)
            .order_by(Prospect.id)
            .limit(limit)
        )
    )


def load_unplaced(
    session: Session, prospect_ids: Sequence[int]
) -> list[tuple[tuple[int, int], str]]:
    """Words of their evidence (prospect, signal) that tells no place: read by nobody, or none."""
    return [
        ((prospect_id, signal_id), text or "")
        for prospect_id, signal_id, text in session.execute(
            select(Evidence.prospect_id, Evidence.signal_id, Signal.text)
            .join(Signal, Signal.id == Evidence.signal_id)
            .where(
                among(session, Evidence.prospect_id, prospect_ids),
                Evidence.place.is_(None),
                Signal.text.is_not(None),
            )
        )
    ]


def store_places(session: Session, places: Sequence[tuple[int, int, str | None]]) -> None:
    """Keep where each piece of evidence (prospect, signal) puts its author."""
    for prospect_id, signal_id, place in places:
        session.execute(
            update(Evidence)
            .where(Evidence.prospect_id == prospect_id, Evidence.signal_id == signal_id)
            .values(place=place)
        )
