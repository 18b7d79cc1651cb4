"""What other systems delivered and no tick has read yet."""

from __future__ import annotations

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant, JsonList, Name


class Inbox(Base):
    """One delivery's engagements, kept for seconds: the web process does not match or score.

    The row goes in the transaction that stores what matched, so nothing is lost or kept twice.
    """

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_hook", "hook"),)

    id: Mapped[Id]
    hook: Mapped[Name]
    engagements: Mapped[str] = mapped_column(Text)
    deletions: Mapped[JsonList]
    received_at: Mapped[Instant]
