"""Accounts that belong to one human: each proposal with its proof, and what was decided of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, JsonDict, Name, UtcDateTime


class AccountLink(Base):
    """Two accounts said to be one person's. Only ``accepted`` ones join, until ``undone_at``.

    ``evidence`` holds what was found where and when; ``moved`` the row numbers that joining moved,
    so that undoing puts everything back where it was.
    """

    __tablename__ = "account_links"
    __table_args__ = (
        Index("ix_account_links_first_id", "first_id"),
        Index("ix_account_links_second_id", "second_id"),
        CheckConstraint("first_id <> second_id", name="two_accounts"),
        CheckConstraint("proof IN ('profile_links', 'rel_me', 'consent')", name="proof"),
        CheckConstraint(
            "decision IS NULL OR decision IN ('accepted', 'rejected')", name="decision"
        ),
    )

    id: Mapped[Id]
    first_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    proof: Mapped[Code]
    evidence: Mapped[JsonDict]
    proposed_by: Mapped[Name]
    proposed_at: Mapped[Instant]
    decision: Mapped[Code | None]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)
    moved: Mapped[JsonDict]
    undone_by: Mapped[Name | None]
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
