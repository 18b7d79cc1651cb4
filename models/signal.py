"""Signals: stored engagements that matched a topic, and what was made of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Code, Id, Instant, JsonDict, JsonList, UtcDateTime


class Signal(Base):
    """An engagement that matched, by its own words or through its target.

    Identity is (network, kind, external_id). ``record_ref`` is what a network's deletion will name
    where that differs. A deleted signal keeps its row without text, so that it is not stored again.
    ``own`` says what it has to do with the team itself: ``post`` is by the team, which others
    engage with and which is nobody's signal; ``engaged`` is with such a post, ``mention`` names the
    team.
    """

    __tablename__ = "signals"
    __table_args__ = (
        UniqueConstraint("network", "kind", "external_id"),
        Index("ix_signals_account_id", "account_id"),
        # the watch set and a like's way to its target
        Index("ix_signals_network_external_id", "network", "external_id"),
        Index(
            "ix_signals_network_record_ref",
            "network",
            "record_ref",
            sqlite_where=text("record_ref IS NOT NULL"),
            postgresql_where=text("record_ref IS NOT NULL"),
        ),
        Index(
            "ix_signals_unscored",
            "id",
            sqlite_where=text("scored_at IS NULL AND deleted_at IS NULL"),
            postgresql_where=text("scored_at IS NULL AND deleted_at IS NULL"),
        ),
        Index("ix_signals_target", "network", "target_external_id"),
    )

    id: Mapped[Id]
    network: Mapped[Code]
    kind: Mapped[Code]
    external_id: Mapped[str] = mapped_column(String(600))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    text: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    community: Mapped[str | None] = mapped_column(String(300))
    target_external_id: Mapped[str | None] = mapped_column(String(600))
    parent_external_id: Mapped[str | None] = mapped_column(String(600))
    record_ref: Mapped[str | None] = mapped_column(String(600))
    own: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str | None] = mapped_column(String(16))
    metrics: Mapped[JsonDict]
    occurred_at: Mapped[Instant]
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    observed_at: Mapped[Instant]
    scored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Match(Base):
    """Where a keyword was found; ``start``/``end`` are places in the signal's text.

    A signal that counts through its target has ``keyword_id`` of the target's match and no place.
    What engages with the team itself is of the topic without any keyword: ``keyword_id`` is null.
    """

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("signal_id", "keyword_id"),
        Index("ix_matches_topic_id_signal_id", "topic_id", "signal_id"),
        Index(
            "uq_matches_own",
            "signal_id",
            "topic_id",
            unique=True,
            sqlite_where=text("keyword_id IS NULL"),
            postgresql_where=text("keyword_id IS NULL"),
        ),
    )

    id: Mapped[Id]
    signal_id: Mapped[int] = mapped_column(BigId, ForeignKey("signals.id", ondelete="CASCADE"))
    keyword_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("keywords.id"))
    topic_id: Mapped[int] = mapped_column(BigId, ForeignKey("topics.id"))
    start: Mapped[int] = mapped_column(default=-1)
    end: Mapped[int] = mapped_column(default=-1)


def is_by_others() -> ColumnElement[bool]:
    """Whether a signal is not the team's own post."""
    return or_(Signal.own.is_(None), Signal.own != "post")


class StoredScore(Base):
    """What one scorer version said of one signal for one topic. Append-only."""

    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("signal_id", "topic_id", "scorer_version"),
        CheckConstraint("prospect >= 0 AND prospect <= 1", name="prospect_is_probability"),
        CheckConstraint("relevance >= 0 AND relevance <= 1", name="relevance_is_probability"),
    )

    id: Mapped[Id]
    signal_id: Mapped[int] = mapped_column(ForeignKey("signals.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    scorer_version: Mapped[str] = mapped_column(String(80))
    intents: Mapped[JsonDict]
    relevance: Mapped[float]
    prospect: Mapped[float]
    reasons: Mapped[JsonList]
    scored_at: Mapped[Instant]


class ArchivedPost(Base):
    """A passing post that matched nothing, kept for a few days to replay keyword changes.

    ``share``: of so many like it one was kept, above 0 to 1, so it stands for 1/share; ``None`` of
    rows from before it was written down, which were kept by the setting.
    """

    __tablename__ = "archive"
    __table_args__ = (
        UniqueConstraint("network", "external_id"),
        Index("ix_archive_occurred_at", "occurred_at"),
        Index("ix_archive_share", "share"),
        Index("ix_archive_author_hash", "author_hash"),
    )

    id: Mapped[Id]
    network: Mapped[Code]
    kind: Mapped[Code] = mapped_column(default="post", server_default="post")
    external_id: Mapped[str] = mapped_column(String(600))
    author_hash: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(16))
    share: Mapped[float | None] = mapped_column(default=1.0)
    occurred_at: Mapped[Instant]
