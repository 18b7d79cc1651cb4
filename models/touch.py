"""Touches: recorded attempts to contact. Append-only; undo is a new row."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, func
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
    """One attempt and its outcome, or with ``undoes_id`` the withdrawal of an earlier one.

    Without ``assignment_id`` it is one beside the list: a follow-up on a ``person_id``, or with
    somebody known elsewhere, of whom a keyed hash is kept or nothing at all. ``control``: drawn by
    chance, to compare cold calls with. ``activity`` names what else it was (proposal, one's own).
    """

    __tablename__ = "touches"
    __table_args__ = (
        CheckConstraint(
            "channel IN ({})".format(", ".join(f"'{name}'" for name in CHANNELS)), name="channel"
        ),
        CheckConstraint(
            "disposition IN ({})".format(", ".join(f"'{name}'" for name in DISPOSITIONS)),
            name="disposition",
        ),
        CheckConstraint("assignment_id IS NULL OR person_id IS NOT NULL", name="listed_person"),
        Index("ix_touches_rep_id_occurred_at", "rep_id", "occurred_at"),
        Index("ix_touches_person_id_occurred_at", "person_id", "occurred_at"),
        Index("ix_touches_assignment_id", "assignment_id"),
        Index("ix_touches_rep_id_next_on", "rep_id", "next_on"),
    )

    id: Mapped[Id]
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    reference: Mapped[str | None] = mapped_column(String(64))
    control: Mapped[bool] = mapped_column(default=False)
    activity: Mapped[Code | None]
    channel: Mapped[Code]
    disposition: Mapped[Code]
    note: Mapped[str | None] = mapped_column(Text)
    next_step: Mapped[str | None] = mapped_column(Text)
    next_on: Mapped[date | None]  # when the rep wants to see this person again
    occurred_at: Mapped[Instant]
    recorded_at: Mapped[Instant]
    idempotency_key: Mapped[str] = mapped_column(String(100), unique=True)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("touches.id"), unique=True)


def is_attempt(touch: type[Touch] = Touch) -> ColumnElement[bool]:
    """A touch, not the withdrawal of one.

    Not ``IS NULL``: SQLite would look it up in the unique index of withdrawals, under whose NULL
    stand all touches there are, and so read them all for every person asked about.
    """
    return func.coalesce(touch.undoes_id, 0) == 0
