"""What came of touches, read for the curve of positive outcomes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from config.settings import ListSettings
from models import Assignment, Touch
from prospects.positive import POSITIVE, Curve, Outcome, fit_curve


def load_curve(
    session: Session, topic_id: int, *, as_of: datetime, settings: ListSettings
) -> Curve | None:
    """The topic's chances of a positive outcome as touches up to ``as_of`` tell; ``None`` if few.

    Derived from the latest touches each time, so that an undone one no longer counts.
    """
    undoing = aliased(Touch)
    rows = session.execute(
        select(Assignment.warmth, Touch.disposition)
        .join(Touch, Touch.assignment_id == Assignment.id)
        .where(
            Assignment.topic_id == topic_id,
            Touch.undoes_id.is_(None),
            Touch.occurred_at <= as_of,
            ~select(undoing.id).where(undoing.undoes_id == Touch.id).exists(),
        )
        .order_by(Touch.id.desc())
        .limit(settings.outcome_latest)
    )
    return fit_curve(
        [Outcome(warmth, disposition in POSITIVE) for warmth, disposition in rows],
        least_touches=settings.outcome_touches,
        least_positive=settings.outcome_positive,
    )
