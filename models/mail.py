"""Mails that wait to be sent: links by which users of this workspace come in, and nothing else.

No link stands here, nor any other secret: a link is made at the moment its mail is sent.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, UtcDateTime


class OutgoingMail(Base):
    """One mail to a user or to somebody invited.

    ``email`` is what was asked for; whether a user has it is looked up when it is due, so that who
    asks learns nothing. ``outcome``: sent, failed, or dropped where nobody is to get it.
    """

    __tablename__ = "outgoing_mails"
    __table_args__ = (
        CheckConstraint("purpose IN ('invitation', 'reset')", name="purpose"),
        CheckConstraint(
            "outcome IS NULL OR outcome IN ('sent', 'failed', 'dropped')", name="outcome"
        ),
        Index("ix_outgoing_mails_due_at", "ended_at", "due_at"),
    )

    id: Mapped[Id]
    purpose: Mapped[Code]
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[Code]  # of whoever asked; a user's team goes before
    link_id: Mapped[int | None] = mapped_column(ForeignKey("one_time_links.id"))
    created_at: Mapped[Instant]
    due_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(40))
