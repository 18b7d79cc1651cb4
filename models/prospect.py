"""Prospects: people ranked for a topic."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Code, Id, Instant


class Prospect(Base):
    """A person ranked for a topic by a key that time does not change (DESIGN section 4).

    ``warmth_key`` is log2 of the sum of evidence, each term moved forward to the common instant
    zero: ``log2(sum(points * 2**(t / half_life)))``.
    """

    __tablename__ = "prospects"
    __table_args__ = (
        UniqueConstraint("person_id", "topic_id"),
        # the daily list is a scan of this index from its warm end
        Index("ix_prospects_topic_id_warmth_key", "topic_id", "warmth_key", "person_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    warmth_key: Mapped[float]
    newest_at: Mapped[Instant]


class Evidence(Base):
    """What one signal adds to one prospect before it fades; a reason is one such term."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_signal_id", "signal_id"),)

    prospect_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("prospects.id", ondelete="CASCADE"), primary_key=True
    )
    signal_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("signals.id", ondelete="CASCADE"), primary_key=True
    )
    points: Mapped[float]
    code: Mapped[Code]  # why, as a translatable code: cue.asks_which, kind.like
    occurred_at: Mapped[Instant]
