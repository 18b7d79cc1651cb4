"""Activity quotas: a minimum number of sales actions in a period."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant


class Quota(Base):
    """What a rep owes per period. Changing one ends the old row and adds a new one."""

    __tablename__ = "quotas"
    __table_args__ = (
        CheckConstraint("target >= 0", name="target_not_negative"),
        CheckConstraint("period IN ('day', 'week', 'month', 'quarter')", name="period"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ends_after_start"),
        Index("ix_quotas_rep_id_starts_on", "rep_id", "starts_on"),
    )

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"))
    activity: Mapped[Code]  # engaged_contact; other activities later
    target: Mapped[int]
    period: Mapped[Code]
    threshold: Mapped[float]  # warmth that makes a contact an engaged one
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # exclusive
    created_at: Mapped[Instant]
