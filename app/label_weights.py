"""How many posts a judgement stands for: lists show the warm, and chance shows some others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assignment, Label, Touch
from signals.tombstones import chunks

#: One judgement of somebody hardly ever drawn must not outweigh ten others.
_MOST: Final = 10.0


def weigh_labels(session: Session, label_ids: Sequence[int]) -> dict[int, float]:
    """Weight by label of those on people whom chance listed as a try; any other stands for one.

    The weight is the inverse of the odds of being drawn (Horvitz and Thompson 1952), at most ten:
    people the scorer thinks little of are judged only as tries, and would be learned from as if
    there were as few of them as reps saw.
    """
    found: dict[int, float] = {}
    for chunk in chunks(sorted(label_ids)):
        rows = session.execute(
            select(Label.id, Assignment.propensity)
            .join(Touch, Touch.id == Label.touch_id)
            .join(Assignment, Assignment.id == Touch.assignment_id)
            .where(Label.id.in_(chunk), Assignment.source == "explore")
        )
        for label_id, odds in rows:
            found[label_id] = min(1.0 / odds, _MOST) if odds > 0 else _MOST
    return found
