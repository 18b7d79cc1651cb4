"""The best people who may be given today: an index scan from the warm end, in chunks."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from config.settings import ListSettings
from models import Assignment, Person, Prospect, Topic, Touch
from prospects.fit import BANDS
from prospects.outcomes import load_curve
from prospects.ranked import (
    RankedProspect,
    Row,
    TopicRank,
    best_fit,
    explain_people,
    load_verdicts,
    read_evidence,
    select_evidence,
)
from prospects.warmth import add_keys, key_of, value_of

__all__ = ["RankedProspect", "available", "explain_person", "rank_supply"]

_SPARE = 4  # rows read beyond what is wanted, for those a list cannot take
_CHUNK = 200  # and the most of them, where a first scan was not enough


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
    read = _read_past if is_past else _scan_index
    order = heapq.merge(*(read(session, topic, wanted, as_of, settings) for topic in topics))
    supply: list[RankedProspect] = []
    found: list[set[int]] = [set() for _ in suits]
    size = wanted + _SPARE
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
    rows = session.execute(
        select(Topic.id, Topic.half_life_hours, Topic.window_days, Topic.languages)
        .where(Topic.active)
        .order_by(Topic.id)
    ).all()
    return [
        TopicRank(
            topic_id,
            timedelta(hours=half_life),
            timedelta(days=window),
            tuple(languages),
            load_curve(session, topic_id, as_of=as_of, settings=settings),
        )
        for topic_id, half_life, window, languages in rows
    ]


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Where somebody stands: compares by band of fit, then warmth, best first."""

    order: tuple[int, float, int, int]
    topic_id: int
    row: Row


def _explain_in_order(
    session: Session,
    topics: Sequence[TopicRank],
    places: Sequence[_Place],
    as_of: datetime,
    settings: ListSettings,
) -> Iterator[RankedProspect]:
    explained: dict[int, RankedProspect] = {}
    for topic in topics:
        rows = [one.row for one in places if one.topic_id == topic.id]
        if rows:
            for ranked in explain_people(session, topic, rows, as_of, settings):
                explained[ranked.prospect_id] = ranked
    for place in places:
        if place.row[0] in explained:
            yield explained[place.row[0]]


def _key_floor(topic: TopicRank, as_of: datetime, settings: ListSettings) -> float:
    # Half a hundredth under the threshold: rounding may still lift it onto the list.
    least = max(settings.threshold - 0.005, 1e-9)
    return key_of(least, as_of, topic.half_life)


def _may_be_shown() -> ColumnElement[bool]:
    """On nobody's list and not suppressed."""
    held = select(Assignment.id).where(
        Assignment.person_id == Prospect.person_id, Assignment.closed_at.is_(None)
    )
    suppressed = select(Person.id).where(
        Person.id == Prospect.person_id, Person.suppressed_at.is_not(None)
    )
    return and_(~held.exists(), ~suppressed.exists())


def available(as_of: datetime, settings: ListSettings) -> ColumnElement[bool]:
    """Prospects whose person is on nobody's list, rested since the last touch, not suppressed."""
    undoing = aliased(Touch)
    cooling = select(Touch.id).where(
        Touch.person_id == Prospect.person_id,
        Touch.undoes_id.is_(None),
        ~select(undoing.id).where(undoing.undoes_id == Touch.id).exists(),
        or_(
            Touch.occurred_at > as_of - timedelta(days=settings.cool_down_days),
            Touch.disposition == "do_not_contact",
        ),
        or_(
            Touch.disposition != "no_answer",
            Touch.occurred_at > as_of - timedelta(days=settings.no_answer_days),
        ),
    )
    return and_(_may_be_shown(), ~cooling.exists())


def _place(topic: TopicRank, as_of: datetime, band: int, key: float, row: Row) -> _Place:
    # Of one topic the key alone decides; warmth compares between topics.
    warmth = value_of(key, as_of, topic.half_life)
    return _Place((-band, -warmth, topic.id, -row[1]), topic.id, row)


def _scan_index(
    session: Session, topic: TopicRank, wanted: int, as_of: datetime, settings: ListSettings
) -> Iterator[_Place]:
    for band in BANDS:
        last: tuple[float, int] | None = None
        size = wanted + _SPARE
        while True:
            statement: Select[int, int, float] = (
                select(Prospect.id, Prospect.person_id, Prospect.warmth_key)
                .where(
                    Prospect.topic_id == topic.id,
                    Prospect.fit_band == band,
                    Prospect.warmth_key >= _key_floor(topic, as_of, settings),
                    Prospect.newest_at > as_of - topic.window,
                    available(as_of, settings),
                )
                .order_by(Prospect.warmth_key.desc(), Prospect.person_id.desc())
                .limit(size)
            )
            if last is not None:
                key, person_id = last
                statement = statement.where(
                    or_(
                        Prospect.warmth_key < key,
                        and_(Prospect.warmth_key == key, Prospect.person_id < person_id),
                    )
                )
            rows = session.execute(statement).all()
            for prospect_id, person_id, key in rows:
                yield _place(topic, as_of, band, key, (prospect_id, person_id))
            if len(rows) < size:
                break
            last = (rows[-1][2], rows[-1][1])


def _read_past(
    session: Session,
    topic: TopicRank,
    wanted: int,  # noqa: ARG001 - a past day's order needs all of its evidence anyway
    as_of: datetime,
    settings: ListSettings,
) -> Iterator[_Place]:
    terms = read_evidence(
        session,
        select_evidence(as_of).where(Prospect.topic_id == topic.id, available(as_of, settings)),
    )
    verdicts = load_verdicts(session, terms.values())
    floor = _key_floor(topic, as_of, settings)
    ranked = []
    for row, found in terms.items():
        if max(one.term.occurred_at for one in found) <= as_of - topic.window:
            continue
        key = add_keys(
            key_of(one.term.points, one.term.occurred_at, topic.half_life) for one in found
        )
        if key >= floor:
            band = best_fit(topic, found, verdicts)[0].band
            ranked.append(_place(topic, as_of, band, key, row))
    yield from sorted(ranked)
