"""From signal to won: how many people came how far, derived from what is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Assignment, Evidence, Match, Prospect, Signal
from models.signal import is_by_others
from quotas.attainment import counted_touches

#: How far an outcome says somebody came; further ones include nearer ones.
_FURTHER: Final = {
    "replied": frozenset({"replied", "meeting", "proposal", "won"}),
    "meeting": frozenset({"meeting", "proposal", "won"}),
    "won": frozenset({"won"}),
}
STEPS: Final = ("signals", "prospects", "contacted", *_FURTHER)


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step and how many reached it; signals are counted as such, all others as people."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Funnels:
    """The way from signal to won as a whole, by topic (its number) and by network."""

    whole: tuple[FunnelStep, ...]
    by_topic: Mapping[int, tuple[FunnelStep, ...]]
    by_network: Mapping[str, tuple[FunnelStep, ...]]


def count_funnels(
    session: Session, *, since: datetime, until: datetime, rep_ids: Collection[int]
) -> Funnels:
    """Signals and prospects of everybody; contacted and beyond of these reps, in [since, until).

    A voided or undone touch counts for nothing. Somebody known for two topics counts in both and
    once in the whole; the same number of statements whatever there is.
    """
    told_of = (
        Signal.occurred_at >= since, Signal.occurred_at < until, Signal.deleted_at.is_(None),
        is_by_others(),
    )  # fmt: skip
    signals = select(func.count(Match.signal_id.distinct())).select_from(Match)
    signals = signals.join(Signal, Signal.id == Match.signal_id).where(*told_of)
    people = select(func.count(Prospect.person_id.distinct())).join(
        Evidence, Evidence.prospect_id == Prospect.id
    )
    people = people.where(Evidence.occurred_at >= since, Evidence.occurred_at < until)
    of_network = people.join(Signal, Signal.id == Evidence.signal_id)
    by_topic: dict[int, dict[str, int]] = {}
    by_network: dict[str, dict[str, int]] = {}
    whole = {"signals": 0, "prospects": session.scalar(people) or 0}
    for topic_id, number in session.execute(
        signals.with_only_columns(Match.topic_id, func.count(Match.signal_id.distinct())).group_by(
            Match.topic_id
        )
    ):
        by_topic.setdefault(topic_id, {})["signals"] = number
    for network, number in session.execute(
        signals.with_only_columns(Signal.network, func.count(Match.signal_id.distinct())).group_by(
            Signal.network
        )
    ):
        by_network.setdefault(network, {})["signals"] = number
        whole["signals"] += number  # a signal is of one network
    for topic_id, number in session.execute(
        people.with_only_columns(
            Prospect.topic_id, func.count(Prospect.person_id.distinct())
        ).group_by(Prospect.topic_id)
    ):
        by_topic.setdefault(topic_id, {})["prospects"] = number
    for network, number in session.execute(
        of_network.with_only_columns(
            Signal.network, func.count(Prospect.person_id.distinct())
        ).group_by(Signal.network)
    ):
        by_network.setdefault(network, {})["prospects"] = number
    reached = _load_reached(session, since, until, rep_ids)
    _add_reached(whole, ((person, how) for person, _, _, how in reached))
    for topic_id in {topic_id for _, topic_id, _, _ in reached}:
        _add_reached(
            by_topic.setdefault(topic_id, {}),
            ((person, how) for person, of, _, how in reached if of == topic_id),
        )
    for network in {network for _, _, network, _ in reached if network}:
        _add_reached(
            by_network.setdefault(network, {}),
            ((person, how) for person, _, on, how in reached if on == network),
        )
    return Funnels(
        _as_steps(whole),
        {topic_id: _as_steps(counts) for topic_id, counts in by_topic.items()},
        {network: _as_steps(counts) for network, counts in by_network.items()},
    )


def _load_reached(
    session: Session, since: datetime, until: datetime, rep_ids: Collection[int]
) -> list[tuple[int, int, str | None, str]]:
    """Whom these reps contacted, for which topic, heard on which network, and what came of it."""
    touches = counted_touches().subquery()
    rows = session.execute(
        select(touches.c.person_id, Assignment.topic_id, Signal.network, touches.c.disposition)
        .join(Assignment, Assignment.id == touches.c.assignment_id)
        .outerjoin(Signal, Signal.id == Assignment.signal_id)
        .where(
            touches.c.rep_id.in_(rep_ids),
            touches.c.occurred_at >= since,
            touches.c.occurred_at < until,
        )
        .distinct()
    )
    return [(person, topic_id, network, how) for person, topic_id, network, how in rows]


def _add_reached(counts: dict[str, int], reached: Iterable[tuple[int, str]]) -> None:
    rows = list(reached)
    counts["contacted"] = len({person for person, _ in rows})
    for name, outcomes in _FURTHER.items():
        counts[name] = len({person for person, how in rows if how in outcomes})


def _as_steps(counts: Mapping[str, int]) -> tuple[FunnelStep, ...]:
    return tuple(FunnelStep(name, counts.get(name, 0)) for name in STEPS)
