"""Notices: that somebody was told what is held about them and why (GDPR article 14)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, Name


class Notice(Base):
    """A notice given. When one is due is derived, never stored."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_person_id", "person_id"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    channel: Mapped[Code]
    given_by: Mapped[Name]
    given_at: Mapped[Instant]
