"""The best people who may be given today: an index scan from the warm end, in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from config.settings import ListSettings
from models import Assignment, Person, Prospect, Topic, Touch
from prospects.fit import BANDS
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
from prospects.warmth import add_keys, key_of

__all__ = ["RankedProspect", "rank_supply"]

_SPARE = 16  # rows read beyond what is wanted, for those a list cannot take
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
    topics = [
        TopicRank(topic_id, timedelta(hours=half_life), timedelta(days=window), tuple(languages))
        for topic_id, half_life, window, languages in session.execute(
            select(Topic.id, Topic.half_life_hours, Topic.window_days, Topic.languages)
            .where(Topic.active)
            .order_by(Topic.id)
        )
    ]
    supply: list[RankedProspect] = []
    for topic in topics:
        read = _past_chunks if is_past else _chunks_from_index
        found = [0] * len(suits)
        for rows in read(session, topic, wanted, as_of, settings):
            for ranked in explain_people(session, topic, rows, as_of, settings):
                if ranked.warmth.value < settings.threshold:
                    continue
                supply.append(ranked)
                for index, suit in enumerate(suits):
                    found[index] += suit(ranked)
            if min(found) >= wanted:
                break
    return supply


def _key_floor(topic: TopicRank, as_of: datetime, settings: ListSettings) -> float:
    # Half a hundredth under the threshold: rounding may still lift it onto the list.
    least = max(settings.threshold - 0.005, 1e-9)
    return key_of(least, as_of, topic.half_life)


def _available(as_of: datetime, settings: ListSettings) -> ColumnElement[bool]:
    held = select(Assignment.id).where(
        Assignment.person_id == Prospect.person_id, Assignment.closed_at.is_(None)
    )
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
    suppressed = select(Person.id).where(
        Person.id == Prospect.person_id, Person.suppressed_at.is_not(None)
    )
    return and_(~held.exists(), ~cooling.exists(), ~suppressed.exists())


def _chunks_from_index(
    session: Session, topic: TopicRank, wanted: int, as_of: datetime, settings: ListSettings
) -> Iterator[Sequence[Row]]:
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
                    _available(as_of, settings),
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
            if rows:
                yield [(row[0], row[1]) for row in rows]
            if len(rows) < size:
                break
            last = (rows[-1][2], rows[-1][1])
            size = min(2 * size, wanted + _CHUNK)


def _past_chunks(
    session: Session, topic: TopicRank, wanted: int, as_of: datetime, settings: ListSettings
) -> Iterator[Sequence[Row]]:
    terms = read_evidence(
        session,
        select_evidence(as_of).where(Prospect.topic_id == topic.id, _available(as_of, settings)),
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
            ranked.append((best_fit(topic, found, verdicts)[0].band, key, row))
    ranked.sort(key=lambda one: (-one[0], -one[1], -one[2][1]))
    for start in range(0, len(ranked), wanted + _CHUNK):
        yield [row for _, _, row in ranked[start : start + wanted + _CHUNK]]
