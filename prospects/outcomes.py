"""What came of touches, read for the curve of positive outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Final, TypeVar

from sqlalchemy import Integer, Select, bindparam, select, union_all
from sqlalchemy.orm import Session, aliased

from config.settings import ListSettings
from models import Assignment, Touch
from models.honesty import is_voided
from models.touch import is_attempt
from prospects.positive import POSITIVE, Curve, Outcome, fit_curve

T = TypeVar("T")

_TOGETHER: Final = 100  # topics asked at once; SQLite joins 500 queries at most


def load_curves(
    session: Session, topic_ids: Sequence[int], *, as_of: datetime, settings: ListSettings
) -> dict[int, Curve]:
    """Each topic's chances of a positive outcome as touches up to ``as_of`` tell; none if few.

    Derived from the latest touches each time, so that an undone or voided one no longer counts.
    """
    said: dict[int, list[Outcome]] = {}
    for chunk in batched(topic_ids, _TOGETHER):
        asked: dict[str, object] = {f"topic_{n}": one for n, one in enumerate(chunk)}
        asked |= {"as_of": as_of, "latest": settings.outcome_latest}
        for topic_id, warmth, disposition in session.execute(_select_latest(len(chunk)), asked):
            said.setdefault(topic_id, []).append(Outcome(warmth, disposition in POSITIVE))
    curves = {
        topic_id: fit_curve(
            outcomes,
            least_touches=settings.outcome_touches,
            least_positive=settings.outcome_positive,
        )
        for topic_id, outcomes in said.items()
    }
    return {topic_id: curve for topic_id, curve in curves.items() if curve is not None}


def batched(numbers: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Stretches of up to ``size``."""
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]


@cache  # building it costs more than asking it
def _select_latest(count: int) -> Select[int, float, str]:
    """The latest touches of each of ``count`` topics, in one question."""
    parts = [_select_of(f"topic_{number}").subquery() for number in range(count)]
    together = union_all(*(select(part) for part in parts)).subquery()
    return select(together.c.topic_id, together.c.warmth, together.c.disposition)


def _select_of(topic: str) -> Select[int, float, str]:
    undoing = aliased(Touch)
    return (
        select(Assignment.topic_id, Assignment.warmth, Touch.disposition)
        .join(Touch, Touch.assignment_id == Assignment.id)
        .where(
            Assignment.topic_id == bindparam(topic),
            is_attempt(),
            Touch.occurred_at <= bindparam("as_of"),
            ~select(undoing.id).where(undoing.undoes_id == Touch.id).exists(),
            ~is_voided(),
        )
        .order_by(Touch.id.desc())
        .limit(bindparam("latest", type_=Integer()))
    )
