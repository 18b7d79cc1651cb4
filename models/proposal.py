"""Targets proposed week by week, and what a manager said to them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, JsonValue, Name

PROPOSAL_VERDICTS = ("accepted", "dismissed")


class TargetProposal(Base):
    """What a rep's week might ask for from ``week_on`` on; by itself it changes nothing."""

    __tablename__ = "target_proposals"
    __table_args__ = (UniqueConstraint("rep_id", "week_on"),)

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"))
    week_on: Mapped[date]  # first day of the rep's week it is meant for
    role: Mapped[Code | None]  # whose weeks it was compared with
    current: Mapped[int | None]  # the weekly quota in force then
    target: Mapped[int]  # engaged contacts of a full week
    based_on: Mapped[int]  # comparable weeks
    details: Mapped[dict[str, Any]] = mapped_column(JsonValue)  # whether supply meets it
    proposed_at: Mapped[Instant]


class ProposalVerdict(Base):
    """What a manager said to a proposal; one each, and accepted it names the quota it became."""

    __tablename__ = "proposal_verdicts"
    __table_args__ = (
        UniqueConstraint("proposal_id"),
        CheckConstraint("verdict IN ('accepted', 'dismissed')", name="verdict"),
        CheckConstraint("(verdict = 'accepted') = (quota_id IS NOT NULL)", name="quota"),
    )

    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("target_proposals.id"))
    verdict: Mapped[Code]
    quota_id: Mapped[int | None] = mapped_column(ForeignKey("quotas.id"))
    decided_by: Mapped[Name]
    decided_at: Mapped[Instant]
