"""Touches: recorded attempts to contact. Append-only; undo is a new row."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant

CHANNELS = ("call", "email", "message", "meeting")
DISPOSITIONS = (
    "contacted",
    "replied",
    "meeting",
    "proposal",
    "won",
    "no_answer",
    "not_interested",
    "not_relevant",
    "wrong_person",
    "do_not_contact",
)


class Touch(Base):
    """One attempt and its outcome, or with ``undoes_id`` the withdrawal of an earlier one."""

    __tablename__ = "touches"
    __table_args__ = (
        CheckConstraint(
            "channel IN ({})".format(", ".join(f"'{name}'" for name in CHANNELS)), name="channel"
        ),
        CheckConstraint(
            "disposition IN ({})".format(", ".join(f"'{name}'" for name in DISPOSITIONS)),
            name="disposition",
        ),
        Index("ix_touches_rep_id_occurred_at", "rep_id", "occurred_at"),
        Index("ix_touches_person_id_occurred_at", "person_id", "occurred_at"),
        Index("ix_touches_assignment_id", "assignment_id"),
    )

    id: Mapped[Id]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    channel: Mapped[Code]
    disposition: Mapped[Code]
    note: Mapped[str | None] = mapped_column(Text)
    occurred_at: Mapped[Instant]
    recorded_at: Mapped[Instant]
    idempotency_key: Mapped[str] = mapped_column(String(100), unique=True)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("touches.id"), unique=True)
