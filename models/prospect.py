"""Prospects: people ranked for a topic."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Code, Id, Instant, JsonDict, LongText, Name, UtcDateTime


class Prospect(Base):
    """A person ranked for a topic by a key that time does not change (DESIGN section 4).

    ``warmth_key`` is log2 of the sum of evidence, each term moved forward to the common instant
    zero: ``log2(sum(points * 2**(t / half_life)))``. ``fit`` is the best of what they did; its
    band comes first in the order. ``place`` is where their newest evidence that says so puts them.
    """

    __tablename__ = "prospects"
    __table_args__ = (
        UniqueConstraint("person_id", "topic_id"),
        # the daily list is a scan of this index from its warm end
        Index("ix_prospects_rank", "topic_id", "fit_band", "warmth_key", "person_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    warmth_key: Mapped[float]
    newest_at: Mapped[Instant]
    fit: Mapped[float] = mapped_column(default=1.0)
    fit_band: Mapped[int] = mapped_column(SmallInteger, default=2)
    place: Mapped[str | None] = mapped_column(String(2))


class Evidence(Base):
    """What one signal adds to one prospect before it fades; a reason is one such term.

    ``points`` is ``weight`` (of its ``kind``) × ``intent`` × ``relevance`` × ``identity`` × what
    the ``ordinal`` leaves of a repeat. The ordinal is given once, when the row is written:
    deleting an earlier one lowers the sum by exactly its own points. ``place`` is where its author
    says they live (ISO 3166), if this signal says so.

    SQLite keeps the rows in the order of their key: a prospect's evidence stands on one page and
    not on as many as it has signals.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_signal_id", "signal_id"),
        {"sqlite_with_rowid": False},
    )

    prospect_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("prospects.id", ondelete="CASCADE"), primary_key=True
    )
    signal_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("signals.id", ondelete="CASCADE"), primary_key=True
    )
    points: Mapped[float]
    code: Mapped[Code]  # why, as a translatable code: cue.asks_which, kind.like
    occurred_at: Mapped[Instant]
    kind: Mapped[Code] = mapped_column(default="post")
    weight: Mapped[float] = mapped_column(default=0.0)
    intent: Mapped[float] = mapped_column(default=1.0)  # a need, if it is about the topic at all
    relevance: Mapped[float] = mapped_column(default=1.0)
    identity: Mapped[float] = mapped_column(default=1.0)
    ordinal: Mapped[int] = mapped_column(SmallInteger, default=1)
    place: Mapped[str | None] = mapped_column(String(2))


class WarmthVersion(Base):
    """Weights that were in force from one moment on: who set them, when and why. Append-only.

    ``applied_at`` is set once all evidence was made again by them.
    """

    __tablename__ = "warmth_versions"
    __table_args__ = (UniqueConstraint("number"),)

    id: Mapped[Id]
    number: Mapped[int]
    settings: Mapped[JsonDict]
    author: Mapped[Name]
    why: Mapped[LongText]
    created_at: Mapped[Instant]
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
