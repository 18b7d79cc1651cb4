"""The best people who may be given today, as many as their lists are long."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any, cast

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Prospect, Topic
from prospects.order import SPARE, Place, available, read_all_past, scan_all
from prospects.outcomes import load_curves
from prospects.ranked import RankedProspect, TopicRank, explain_all, explain_people

__all__ = ["RankedProspect", "available", "explain_person", "rank_supply"]

_CHUNK = 200  # rows read at a time, where a first scan was not enough


def rank_supply(
    session: Session,
    *,
    wanted: int,
    suits: Sequence[Callable[[RankedProspect], bool]],
    as_of: datetime,
    is_past: bool,
    settings: ListSettings,
) -> list[RankedProspect]:
    """Enough of the best available people to fill ``wanted`` places of every territory.

    Best: those who fit before those of whom it is not known before those who do not, and the
    warmest first inside each band. Available: warm enough, with evidence inside the topic's
    window, on nobody's list, not in a cool-down, not suppressed. Reads as much of the index as the
    lists are long, except for a past day, whose order has to be computed from the evidence of up to
    then.
    """
    if wanted <= 0 or not suits:
        return []
    topics = _load_topics(session, as_of, settings)
    read = read_all_past if is_past else scan_all
    # with several topics, all of the best are rarely of one: the rest of it is read if they are
    first = wanted if len(topics) < 2 else -(-2 * wanted // len(topics))
    order = heapq.merge(*read(session, topics, first, as_of, settings))
    supply: list[RankedProspect] = []
    found: list[set[int]] = [set() for _ in suits]
    size = wanted + SPARE
    while chunk := list(islice(order, size)):
        for ranked in _explain_in_order(session, topics, chunk, as_of, settings):
            if ranked.warmth.value < settings.threshold:
                continue
            supply.append(ranked)
            for people, suit in zip(found, suits, strict=True):
                if suit(ranked):
                    people.add(ranked.person_id)
        if min(map(len, found)) >= wanted:
            break
        size = min(2 * size, wanted + _CHUNK)
    return supply


def explain_person(
    session: Session, person_id: int, *, as_of: datetime, settings: ListSettings
) -> list[RankedProspect]:
    """How one person stands for each topic, the best first, whether or not they may be given."""
    found = []
    for topic in _load_topics(session, as_of, settings):
        rows = session.execute(
            select(Prospect.id, Prospect.person_id).where(
                Prospect.person_id == person_id, Prospect.topic_id == topic.id
            )
        ).all()
        found += explain_people(session, topic, [(row[0], row[1]) for row in rows], as_of, settings)
    return sorted(found, key=_standing, reverse=True)


def _standing(ranked: RankedProspect) -> tuple[int, float, int]:
    return ranked.fit_band, ranked.engagement, ranked.person_id


def _load_topics(session: Session, as_of: datetime, settings: ListSettings) -> list[TopicRank]:
    rows = session.execute(_select_topics()).all()
    curves = load_curves(session, [row[0] for row in rows], as_of=as_of, settings=settings)
    return [
        TopicRank(
            topic_id,
            timedelta(hours=half_life),
            timedelta(days=window),
            tuple(languages),
            curves.get(topic_id),
            tuple(places),
        )
        for topic_id, half_life, window, languages, places in rows
    ]


@cache
def _select_topics() -> Select[*tuple[Any, ...]]:
    of = cast("Table", Topic.__table__).c
    return (
        select(of.id, of.half_life_hours, of.window_days, of.languages, of.places)
        .where(of.active)
        .order_by(of.id)
    )


def _explain_in_order(
    session: Session,
    topics: Sequence[TopicRank],
    places: Sequence[Place],
    as_of: datetime,
    settings: ListSettings,
) -> list[RankedProspect]:
    of = {topic.id: topic for topic in topics}
    return explain_all(session, [(of[one.topic_id], one.row) for one in places], as_of, settings)
