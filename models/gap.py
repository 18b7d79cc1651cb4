"""Stretches of time that could not be collected."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Id, Instant, UtcDateTime


class CollectionGap(Base):
    """What one collection missed, from when to when as far as that is known, and why."""

    __tablename__ = "collection_gaps"
    __table_args__ = (Index("ix_collection_gaps_collection_id", "collection_id", "recorded_at"),)

    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("collections.id", ondelete="CASCADE")
    )
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[Instant]
