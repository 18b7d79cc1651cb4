"""The best people who may be given today: an index scan from the warm end, in chunks."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any, Final, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from config.settings import ListSettings
from models import Assignment, Evidence, Person, Prospect, Topic, Touch
from models.bulk import fetch_plain
from models.honesty import is_voided
from models.touch import is_attempt
from prospects.fit import BANDS
from prospects.outcomes import load_curves
from prospects.ranked import (
    RankedProspect,
    Row,
    TopicRank,
    best_fit,
    explain_all,
    explain_people,
    load_verdicts,
    read_evidence,
    select_evidence,
)
from prospects.warmth import add_keys, key_of, value_of

__all__ = ["RankedProspect", "available", "explain_person", "rank_supply"]

_SPARE = 4  # rows read beyond what is wanted, for those a list cannot take
_WARMEST: Final = 1e308  # no key is above it
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
    # with several topics, all of the best are rarely of one: the rest of it is read if they are
    first = wanted if len(topics) < 2 else -(-2 * wanted // len(topics))
    order = heapq.merge(*(read(session, topic, first, as_of, settings) for topic in topics))
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
) -> list[RankedProspect]:
    of = {topic.id: topic for topic in topics}
    return explain_all(session, [(of[one.topic_id], one.row) for one in places], as_of, settings)


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
    rests = _rests(as_of, settings)
    return _available(rests["touched_since"], rests["tried_since"])


def _rests(as_of: datetime, settings: ListSettings) -> dict[str, datetime]:
    """From when on a touch, and a try that nobody answered, still leaves a person alone."""
    return {
        "touched_since": as_of - timedelta(days=settings.cool_down_days),
        "tried_since": as_of - timedelta(days=settings.no_answer_days),
    }


def _available(touched_since: Any, tried_since: Any) -> ColumnElement[bool]:
    undoing = aliased(Touch)
    cooling = select(Touch.id).where(
        Touch.person_id == Prospect.person_id,
        is_attempt(),
        ~select(undoing.id).where(undoing.undoes_id == Touch.id).exists(),
        # who said no is suppressed, until an admin takes that back; a voided one was no contact
        Touch.occurred_at > touched_since,
        ~is_voided(),
        or_(Touch.disposition != "no_answer", Touch.occurred_at > tried_since),
    )
    return and_(_may_be_shown(), ~cooling.exists())


@cache  # building it costs more than reading fifty rows does
def _select_best() -> Select[int, int, float]:
    """One stretch of a topic's order in one band, from the place ``key``, ``person`` downwards."""
    rank = cast("Table", Prospect.__table__).c
    key, person = bindparam("key", type_=Float()), bindparam("person", type_=BigInteger())
    return (
        select(rank.id, rank.person_id, rank.warmth_key)
        .where(
            rank.topic_id == bindparam("topic"),
            rank.fit_band == bindparam("band"),
            rank.warmth_key >= bindparam("floor"),
            rank.newest_at > bindparam("newest_since"),
            # the first half is what an index can start from
            rank.warmth_key <= key,
            or_(rank.warmth_key < key, rank.person_id < person),
            _available(bindparam("touched_since"), bindparam("tried_since")),
        )
        .order_by(rank.warmth_key.desc(), rank.person_id.desc())
        .limit(bindparam("size", type_=Integer()))
    )


def _place(topic: TopicRank, as_of: datetime, band: int, key: float, row: Row) -> _Place:
    # Of one topic the key alone decides; warmth compares between topics.
    warmth = value_of(key, as_of, topic.half_life)
    return _Place((-band, -warmth, topic.id, -row[1]), topic.id, row)


def _scan_index(
    session: Session, topic: TopicRank, wanted: int, as_of: datetime, settings: ListSettings
) -> Iterator[_Place]:
    asked: dict[str, Any] = {
        "topic": topic.id,
        "floor": _key_floor(topic, as_of, settings),
        "newest_since": as_of - topic.window,
        "size": wanted + _SPARE,
        **_rests(as_of, settings),
    }
    for band in BANDS:
        key, person = _WARMEST, 0
        while True:
            asked |= {"band": band, "key": key, "person": person}
            rows = fetch_plain(session, _select_best(), asked)
            for prospect_id, person_id, found in rows:
                yield _place(topic, as_of, band, found, (prospect_id, person_id))
            if len(rows) < asked["size"]:
                break
            key, person = rows[-1][2], rows[-1][1]


def _read_past(
    session: Session,
    topic: TopicRank,
    wanted: int,  # noqa: ARG001 - a past day's order needs all of its evidence anyway
    as_of: datetime,
    settings: ListSettings,
) -> Iterator[_Place]:
    rows = dict(
        session.execute(
            select(Prospect.id, Prospect.person_id).where(
                Prospect.topic_id == topic.id, available(as_of, settings)
            )
        ).all()
    )
    ofs = select(Prospect.id).where(Prospect.topic_id == topic.id)
    terms = read_evidence(
        session, select_evidence().where(Evidence.prospect_id.in_(ofs)), {"as_of": as_of}
    )
    terms = {number: found for number, found in terms.items() if number in rows}
    verdicts = load_verdicts(session, terms.values())
    floor = _key_floor(topic, as_of, settings)
    ranked = []
    for prospect_id, found in terms.items():
        if max(one.term.occurred_at for one in found) <= as_of - topic.window:
            continue
        key = add_keys(
            key_of(one.term.points, one.term.occurred_at, topic.half_life) for one in found
        )
        if key >= floor:
            band = best_fit(topic, found, verdicts)[0].band
            ranked.append(_place(topic, as_of, band, key, (prospect_id, rows[prospect_id])))
    yield from sorted(ranked)
