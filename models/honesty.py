"""Implausible touches, what managers said of them, and samples drawn by chance. Append-only."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base import Base, Code, Id, Instant, LongText, Name
from models.touch import Touch

VERDICTS = ("accept", "void")


class TouchFlag(Base):
    """A touch that broke a rule; it counts until a manager voids it. Names nobody."""

    __tablename__ = "touch_flags"
    __table_args__ = (UniqueConstraint("touch_id", "rule"),)

    id: Mapped[Id]
    touch_id: Mapped[int] = mapped_column(ForeignKey("touches.id"))
    rule: Mapped[Code]
    why: Mapped[LongText]
    flagged_at: Mapped[Instant]


class TouchVerdict(Base):
    """What a manager decided of a touch and why; of several the last one counts."""

    __tablename__ = "touch_verdicts"
    __table_args__ = (
        CheckConstraint("verdict IN ('accept', 'void')", name="verdict"),
        Index("ix_touch_verdicts_touch_id", "touch_id"),
    )

    id: Mapped[Id]
    touch_id: Mapped[int] = mapped_column(ForeignKey("touches.id"))
    verdict: Mapped[Code]
    reason: Mapped[LongText]
    decided_by: Mapped[Name]
    decided_at: Mapped[Instant]


def is_voided() -> ColumnElement[bool]:
    """Whether a manager voided the touch; of several verdicts the last one holds."""
    later = aliased(TouchVerdict)
    return (
        select(TouchVerdict.id)
        .where(
            TouchVerdict.touch_id == Touch.id,
            TouchVerdict.verdict == "void",
            ~select(later.id)
            .where(later.touch_id == TouchVerdict.touch_id, later.id > TouchVerdict.id)
            .exists(),
        )
        .exists()
    )


class AuditDraw(Base):
    """A touch drawn for a look in the quarter that begins on ``starts_on``, and out of how many."""

    __tablename__ = "audit_draws"
    __table_args__ = (
        UniqueConstraint("touch_id", "starts_on"),
        Index("ix_audit_draws_rep_id_starts_on", "rep_id", "starts_on"),
    )

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"))
    touch_id: Mapped[int] = mapped_column(ForeignKey("touches.id"))
    starts_on: Mapped[date]
    population: Mapped[int]
    size: Mapped[int]
    seed: Mapped[int]
    drawn_at: Mapped[Instant]
