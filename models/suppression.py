"""Who must never be shown or contacted, and what must never be collected again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, UtcDateTime


class Suppression(Base):
    """Only a salted hash of the id or handle is kept, so the list survives an erasure."""

    __tablename__ = "suppressions"
    __table_args__ = (
        UniqueConstraint("kind", "value_hash"),
        CheckConstraint("kind IN ('account', 'handle', 'email', 'phone', 'domain')", name="kind"),
    )

    id: Mapped[Id]
    kind: Mapped[Code]
    value_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[Code]
    created_at: Mapped[Instant]


class Tombstone(Base):
    """A deleted engagement: its hash stands in the way of collecting it again.

    One that was never stored only has to outlive what a network may send again: ``expires_at``.
    """

    __tablename__ = "tombstones"
    __table_args__ = (
        Index(
            "ix_tombstones_expires_at",
            "expires_at",
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
    )

    value_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[Instant]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WorkspaceValue(Base):
    """Small facts of the workspace itself, such as the salt of its hashes."""

    __tablename__ = "workspace"

    key: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(400))
