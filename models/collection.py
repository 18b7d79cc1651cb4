"""Collections: standing orders to listen, their runs, and file imports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Code, Id, Instant, JsonValue, Name, UtcDateTime


class Collection(Base):
    """A standing order for source × topic × scope; a stream has no topic and serves them all.

    ``task`` is what a run does: collect, reread (who engaged with stored posts), recheck (which of
    them are gone) or profiles (who their authors are). ``active`` is false once a topic no longer
    asks for it; its cursor stays. ``next_due_at`` says when; ``lease_until`` who may run it
    meanwhile; ``paused_reason`` is one sentence that says who must do what. Until ``rest_until``
    the network asked not to be asked at all, whatever is due.
    """

    __tablename__ = "collections"
    __table_args__ = (
        # "-" where a stream has no topic: NULLs would not collide in a unique key
        UniqueConstraint("source_id", "task", "topic_key", "scope"),
        CheckConstraint("task IN ('collect', 'reread', 'recheck', 'profiles')", name="task"),
        Index("ix_collections_next_due_at", "next_due_at"),
    )

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("sources.id"))
    network: Mapped[Code]
    task: Mapped[Code] = mapped_column(default="collect")
    topic_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("topics.id", ondelete="CASCADE"))
    topic_key: Mapped[Code]
    scope: Mapped[str] = mapped_column(String(500), default="")
    active: Mapped[bool] = mapped_column(default=True)
    interval_seconds: Mapped[float]
    cursor: Mapped[str | None] = mapped_column(Text)
    next_due_at: Mapped[Instant]
    rest_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    failures: Mapped[int] = mapped_column(default=0)
    paused_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Instant]


class CollectionRun(Base):
    """One execution of a collection. Append-only but for its end."""

    __tablename__ = "collection_runs"
    __table_args__ = (Index("ix_collection_runs_collection_id", "collection_id", "started_at"),)

    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("collections.id", ondelete="CASCADE")
    )
    started_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[Code] = mapped_column(default="running")
    read: Mapped[int] = mapped_column(default=0)
    stored: Mapped[int] = mapped_column(default=0)
    matched: Mapped[int] = mapped_column(default=0)
    malformed: Mapped[int] = mapped_column(default=0)
    deleted: Mapped[int] = mapped_column(default=0)
    requests: Mapped[int] = mapped_column(default=0)
    money: Mapped[float] = mapped_column(default=0.0)
    gap: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)


class FileImport(Base):
    """One import of a file, known by its content's hash; ``shift_seconds`` moved its dates.

    ``lawful_basis`` is why it may be processed, as whoever imported it said, ``networks`` those it
    brought something of; a hook has a row for what it states of new networks. Both are ``None`` for
    files read before they were asked for.
    """

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("read >= 0", name="read_not_negative"),
        Index("ix_imports_content_hash", "content_hash"),
    )

    id: Mapped[Id]
    name: Mapped[Name]
    content_hash: Mapped[str | None] = mapped_column(String(64))
    shift_seconds: Mapped[int | None] = mapped_column(BigInteger)
    lawful_basis: Mapped[str | None] = mapped_column(String(200))
    networks: Mapped[list[Any] | None] = mapped_column(JsonValue)
    started_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read: Mapped[int] = mapped_column(default=0)
    matched: Mapped[int] = mapped_column(default=0)
    stored: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    suppressed: Mapped[int] = mapped_column(default=0)
    malformed: Mapped[int] = mapped_column(default=0)
