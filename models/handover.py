"""Prospects that a manager gave to another rep, and control groups. Append-only."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant, LongText, Name


class Reassignment(Base):
    """One assignment closed and another opened for somebody else, by whom and why."""

    __tablename__ = "reassignments"
    __table_args__ = (Index("ix_reassignments_from_id", "from_id"),)

    id: Mapped[Id]
    from_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), unique=True)
    reason: Mapped[LongText]
    decided_by: Mapped[Name]
    decided_at: Mapped[Instant]


class ControlShare(Base):
    """The share of cold contacts that are called for comparison, from then on; 0 is off."""

    __tablename__ = "control_shares"
    __table_args__ = (
        CheckConstraint("share >= 0 AND share <= 1", name="share"),
        Index("ix_control_shares_team_id", "team_id"),
    )

    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    share: Mapped[float]
    seed: Mapped[int]
    decided_at: Mapped[Instant]
