"""What a disposition teaches: a label on the signal that brought the prospect."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assignment, Label, Touch

# Silence and a polite refusal say nothing about whether there was a need; these do.
_JUDGEMENTS = {
    "replied": 1, "meeting": 1, "proposal": 1, "won": 1, "not_relevant": 0, "wrong_person": 0,
}  # fmt: skip


def judge(session: Session, assignment: Assignment, touch: Touch, *, now: datetime) -> None:
    """Label the assignment's signal if the disposition judges it."""
    value = _JUDGEMENTS.get(touch.disposition)
    if value is not None and assignment.signal_id is not None:
        session.add(
            Label(
                signal_id=assignment.signal_id,
                topic_id=assignment.topic_id,
                value=value,
                source="disposition",
                touch_id=touch.id,
                created_at=now,
            )
        )


def withdraw(session: Session, touch: Touch, *, now: datetime) -> None:
    """Revoke the labels of a touch that was undone."""
    for label in session.scalars(
        select(Label).where(Label.touch_id == touch.id, Label.revokes_id.is_(None))
    ):
        session.add(
            Label(
                signal_id=label.signal_id,
                topic_id=label.topic_id,
                value=label.value,
                source=label.source,
                touch_id=touch.id,
                revokes_id=label.id,
                created_at=now,
            )
        )
