"""What a disposition teaches: a label on the signal that brought the prospect."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import WarmthSettings
from models import Assignment, Label, Touch
from prospects.corrections import revoke_label, settle

# Silence and a polite refusal say nothing about whether there was a need; these do.
_JUDGEMENTS = {
    "replied": 1, "meeting": 1, "proposal": 1, "won": 1, "not_relevant": 0, "wrong_person": 0,
}  # fmt: skip


def judge(
    session: Session,
    assignment: Assignment,
    touch: Touch,
    *,
    now: datetime,
    weights: WarmthSettings,
) -> None:
    """Label the assignment's signal if the disposition judges it; its evidence moves at once.

    ``weights``: points per kind of engagement.
    """
    value = _JUDGEMENTS.get(touch.disposition)
    if value is not None and assignment.signal_id is not None:
        # Not refused for a signal that was deleted meanwhile: the touch did happen.
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
        session.flush()
        settle(session, assignment.topic_id, [assignment.signal_id], weights=weights)


def withdraw(session: Session, touch: Touch, *, now: datetime, weights: WarmthSettings) -> None:
    """Revoke the labels of a touch that was undone; the evidence is what it was before."""
    for label_id in session.scalars(
        select(Label.id).where(Label.touch_id == touch.id, Label.revokes_id.is_(None))
    ).all():
        revoke_label(session, label_id, now, weights=weights)
