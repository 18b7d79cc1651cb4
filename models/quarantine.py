"""Items that could not be read, kept for a few days to find out why."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant


class QuarantinedItem(Base):
    """The payload of one malformed item, cut to a bound; purged by age and by number."""

    __tablename__ = "quarantine"
    __table_args__ = (Index("ix_quarantine_seen_at", "seen_at"),)

    id: Mapped[Id]
    network: Mapped[Code]
    collection_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[Instant]
