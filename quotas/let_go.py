"""Whom reps let go of not long ago: they do not come straight back to the same rep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Assignment, Touch
from quotas.attainment import standing_touches
from quotas.needs import TeamNeeds

#: By person, the reps who let them go.
HandedBack = Mapping[int, frozenset[int]]


def find_handed_back(
    session: Session, day: TeamNeeds, as_of: datetime, settings: ListSettings
) -> HandedBack:
    """Whom these reps handed back not long ago: they do not come back to the same rep."""
    return handed_back_by(session, [need.rep.id for need in day.needs], as_of, settings)


def find_let_lie(
    session: Session, day: TeamNeeds, as_of: datetime, settings: ListSettings
) -> HandedBack:
    """Whose lists people left untouched, for as long again as they may be held."""
    found: dict[int, frozenset[int]] = {}
    for person_id, rep_id in session.execute(
        select(Assignment.person_id, Assignment.rep_id).where(
            Assignment.rep_id.in_([need.rep.id for need in day.needs]),
            Assignment.closed_at > as_of - timedelta(days=settings.hold_days),
            Assignment.closed_at <= as_of,
            Assignment.closed_reason == "expired",
        )
    ):
        found[person_id] = found.get(person_id, frozenset()) | {rep_id}
    return found


def handed_back_by(
    session: Session, rep_ids: Sequence[int], as_of: datetime, settings: ListSettings
) -> HandedBack:
    """By person, the reps; whoever the rep contacted since is theirs again."""
    since = (
        standing_touches()
        .with_only_columns(Touch.id)
        .where(
            Touch.person_id == Assignment.person_id,
            Touch.rep_id == Assignment.rep_id,
            Touch.occurred_at > Assignment.closed_at,
        )
        .correlate(Assignment)
    )
    found: dict[int, frozenset[int]] = {}
    for person_id, rep_id in session.execute(
        select(Assignment.person_id, Assignment.rep_id).where(
            Assignment.rep_id.in_(rep_ids),
            Assignment.closed_at > as_of - timedelta(days=settings.handed_back_days),
            Assignment.closed_at <= as_of,
            Assignment.closed_reason == "handed_back",
            ~since.exists(),
        )
    ):
        found[person_id] = found.get(person_id, frozenset()) | {rep_id}
    return found
