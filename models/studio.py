"""What the topic studio keeps: words to search by, judged samples, decided suggestions, pairs."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Code, Id, Instant, Name


class PostWords(Base):
    """The folded words of one archived post or one signal, for the full-text index over them.

    The index itself is the database's own: a virtual table kept by triggers on SQLite, an index of
    the ``words`` on PostgreSQL. Rows are made after storing, so that storing stays cheap, and go
    with what they are of.
    """

    __tablename__ = "post_words"
    __table_args__ = (
        CheckConstraint("(archive_id IS NULL) <> (signal_id IS NULL)", name="one_post"),
        Index("ix_post_words_occurred_at", "occurred_at"),
    )

    id: Mapped[Id]
    archive_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("archive.id", ondelete="CASCADE"), unique=True
    )
    signal_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("signals.id", ondelete="CASCADE"), unique=True
    )
    occurred_at: Mapped[Instant]
    words: Mapped[str] = mapped_column(Text)  # last: whoever reads the rest does not read it


class ArchiveLabel(Base):
    """A manager's judgement of an archived post for a topic; goes with the post. Append-only.

    A post that was judged is kept longer than others, so that a topic can learn from it.
    """

    __tablename__ = "archive_labels"
    __table_args__ = (
        CheckConstraint("value IN (0, 1)", name="value"),
        Index("ix_archive_labels_topic_id_archive_id", "topic_id", "archive_id"),
        Index("ix_archive_labels_archive_id", "archive_id"),
    )

    id: Mapped[Id]
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"))
    archive_id: Mapped[int] = mapped_column(BigId, ForeignKey("archive.id", ondelete="CASCADE"))
    value: Mapped[int]
    author: Mapped[Name]
    created_at: Mapped[Instant]


class SuggestionDecision(Base):
    """A suggested phrase that was accepted or dismissed, for good."""

    __tablename__ = "suggestion_decisions"
    __table_args__ = (
        UniqueConstraint("topic_id", "role", "folded"),
        CheckConstraint("decision IN ('accepted', 'dismissed')", name="decision"),
        CheckConstraint("role IN ('keyword', 'exclusion')", name="role"),
    )

    id: Mapped[Id]
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"))
    role: Mapped[Code]
    phrase: Mapped[Name]
    folded: Mapped[Name]
    decision: Mapped[str] = mapped_column(String(40))
    author: Mapped[Name]
    created_at: Mapped[Instant]


class PhrasePair(Base):
    """The same idea in two languages, as somebody entered it."""

    __tablename__ = "phrase_pairs"
    __table_args__ = (UniqueConstraint("folded", "other_folded"),)

    id: Mapped[Id]
    phrase: Mapped[Name]
    folded: Mapped[Name]
    other: Mapped[Name]
    other_folded: Mapped[Name]
    reason: Mapped[str | None] = mapped_column(Text)  # rows of before have none
    author: Mapped[Name]
    created_at: Mapped[Instant]
