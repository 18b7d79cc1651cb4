"""From signal to won: how many people came how far, derived from what is stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Assignment, Evidence, Match, Prospect, Signal
from quotas.attainment import counted_touches

#: How far an outcome says somebody came; further ones include nearer ones.
_FURTHER: Final = {
    "replied": ("replied", "meeting", "proposal", "won"),
    "meeting": ("meeting", "proposal", "won"),
    "won": ("won",),
}


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step and how many reached it; signals are counted as such, all others as people."""

    name: str
    count: int


def count_funnel(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    rep_ids: Collection[int],
    topic_id: int | None = None,
    network: str | None = None,
) -> list[FunnelStep]:
    """Signals and prospects of everybody; contacted and beyond of these reps, in [since, until).

    A voided or undone touch counts for nothing. ``topic_id`` and ``network`` narrow every step.
    """
    signals = (
        select(func.count(Match.signal_id.distinct()))
        .join(Signal, Signal.id == Match.signal_id)
        .where(Signal.occurred_at >= since, Signal.occurred_at < until, Signal.deleted_at.is_(None))
    )
    prospects = (
        select(func.count(Prospect.person_id.distinct()))
        .join(Evidence, Evidence.prospect_id == Prospect.id)
        .where(Evidence.occurred_at >= since, Evidence.occurred_at < until)
    )
    touches = counted_touches().subquery()
    contacted = (
        select(func.count(touches.c.person_id.distinct()))
        .join(Assignment, Assignment.id == touches.c.assignment_id)
        .where(
            touches.c.rep_id.in_(rep_ids),
            touches.c.occurred_at >= since,
            touches.c.occurred_at < until,
        )
    )
    if topic_id is not None:
        signals = signals.where(Match.topic_id == topic_id)
        prospects = prospects.where(Prospect.topic_id == topic_id)
        contacted = contacted.where(Assignment.topic_id == topic_id)
    if network is not None:
        signals = signals.where(Signal.network == network)
        prospects = prospects.join(Signal, Signal.id == Evidence.signal_id).where(
            Signal.network == network
        )
        contacted = contacted.join(Signal, Signal.id == Assignment.signal_id).where(
            Signal.network == network
        )
    steps = [
        FunnelStep("signals", session.scalar(signals) or 0),
        FunnelStep("prospects", session.scalar(prospects) or 0),
        FunnelStep("contacted", session.scalar(contacted) or 0),
    ]
    for name, outcomes in _FURTHER.items():
        reached = contacted.where(touches.c.disposition.in_(outcomes))
        steps.append(FunnelStep(name, session.scalar(reached) or 0))
    return steps
