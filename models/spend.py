"""What collecting cost, as rows that are only added."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Code, Id, Instant, JsonValue


class Spend(Base):
    """The share of one page's cost that one keyword bears; all of it where none is named.

    Parts of one request may be fractions. ``by_resource`` says how much of which of the network's
    own buckets, where it has several. ``spent_on`` is the day in UTC.
    """

    __tablename__ = "spends"
    __table_args__ = (
        Index("ix_spends_source_id_spent_on", "source_id", "spent_on"),
        Index("ix_spends_spent_on", "spent_on"),
    )

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"))
    network: Mapped[Code]
    collection_id: Mapped[int | None] = mapped_column(BigInteger)  # no key: it may go, this stays
    topic_id: Mapped[int | None] = mapped_column(BigInteger)
    keyword_id: Mapped[int | None] = mapped_column(BigInteger)
    requests: Mapped[float]
    resources: Mapped[float]
    money: Mapped[float]
    by_resource: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)
    spent_on: Mapped[date] = mapped_column(Date)
    spent_at: Mapped[Instant]
