"""In what order people stand: an index scan from the warm end, or the evidence of a past day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Float,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from config.settings import ListSettings
from models import Assignment, Evidence, Person, Prospect, Touch
from models.bulk import fetch_plain
from models.honesty import is_voided
from models.touch import is_attempt
from prospects.fit import BANDS
from prospects.outcomes import batched
from prospects.ranked import (
    Row,
    TopicRank,
    best_fit,
    load_verdicts,
    read_evidence,
    select_evidence,
)
from prospects.warmth import add_keys, key_of, value_of

_TOGETHER: Final = 100  # topics asked at once; SQLite joins 500 queries at most
_WARMEST: Final = 1e308  # no key is above it
SPARE: Final = 4  # rows read beyond what is wanted, for those a list cannot take

#: A row of a topic's order: topic, prospect, person, key.
_Found = tuple[int, int, int, float]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where somebody stands: compares by band of fit, then warmth, best first."""

    order: tuple[int, float, int, int]
    topic_id: int
    row: Row


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


def _build_stretch(of: str = "") -> Select[int, int, int, float]:
    """One stretch of a topic's order in one band, from the place ``key``, ``person`` downwards.

    ``of`` ends the names of the parameters that differ between topics.
    """
    rank = cast("Table", Prospect.__table__).c
    key, person = bindparam("key", type_=Float()), bindparam("person", type_=BigInteger())
    return (
        select(rank.topic_id, rank.id, rank.person_id, rank.warmth_key)
        .where(
            rank.topic_id == bindparam(f"topic{of}"),
            rank.fit_band == bindparam("band"),
            rank.warmth_key >= bindparam(f"floor{of}"),
            rank.newest_at > bindparam(f"newest_since{of}"),
            # the first half is what an index can start from
            rank.warmth_key <= key,
            or_(rank.warmth_key < key, rank.person_id < person),
            _available(bindparam("touched_since"), bindparam("tried_since")),
        )
        .order_by(rank.warmth_key.desc(), rank.person_id.desc())
        .limit(bindparam("size", type_=Integer()))
    )


_select_stretch = cache(_build_stretch)  # building it costs more than reading fifty rows does


@cache
def _select_firsts(count: int) -> CompoundSelect[int, int, int, float]:
    """The first stretch of each of ``count`` topics, in one question."""
    parts = [_build_stretch(f"_{number}").subquery() for number in range(count)]
    return union_all(*(select(part) for part in parts))


def _place(topic: TopicRank, as_of: datetime, band: int, key: float, row: Row) -> Place:
    # Of one topic the key alone decides; warmth compares between topics.
    warmth = value_of(key, as_of, topic.half_life)
    return Place((-band, -warmth, topic.id, -row[1]), topic.id, row)


def scan_all(
    session: Session,
    topics: Sequence[TopicRank],
    wanted: int,
    as_of: datetime,
    settings: ListSettings,
) -> list[Iterator[Place]]:
    """The order of each topic: all first stretches at once, the others as they are needed."""
    start: dict[str, Any] = {
        "band": BANDS[0],
        "key": _WARMEST,
        "person": 0,
        "size": wanted + SPARE,
    }
    start |= _rests(as_of, settings)
    asked: dict[int, dict[str, Any]] = {
        topic.id: {
            "topic": topic.id,
            "floor": _key_floor(topic, as_of, settings),
            "newest_since": as_of - topic.window,
        }
        for topic in topics
    }
    firsts: dict[int, list[_Found]] = {topic.id: [] for topic in topics}
    for some in batched(list(asked.values()), _TOGETHER):
        of_each = {
            f"{name}_{number}": value
            for number, one in enumerate(some)
            for name, value in one.items()
        }
        for row in fetch_plain(session, _select_firsts(len(some)), start | of_each):
            firsts[row[0]].append(cast("_Found", row))
    return [
        _scan_index(
            session, topic, sorted(firsts[topic.id], key=_from_warm, reverse=True),
            start | asked[topic.id], as_of,
        )
        for topic in topics
    ]  # fmt: skip


def _from_warm(row: _Found) -> tuple[float, int]:
    return row[3], row[2]


def _scan_index(
    session: Session, topic: TopicRank, rows: list[_Found], asked: dict[str, Any], as_of: datetime
) -> Iterator[Place]:
    """The topic's order from the warm end; ``rows`` are its first stretch."""
    for band in BANDS:
        if band != BANDS[0]:
            asked |= {"band": band, "key": _WARMEST, "person": 0}
            rows = cast("list[_Found]", fetch_plain(session, _select_stretch(), asked))
        while True:
            for _, prospect_id, person_id, key in rows:
                yield _place(topic, as_of, band, key, (prospect_id, person_id))
            if len(rows) < asked["size"]:
                break
            asked |= {"key": rows[-1][3], "person": rows[-1][2]}
            rows = cast("list[_Found]", fetch_plain(session, _select_stretch(), asked))


def read_all_past(
    session: Session,
    topics: Sequence[TopicRank],
    wanted: int,  # noqa: ARG001 - a past day's order needs all of its evidence anyway
    as_of: datetime,
    settings: ListSettings,
) -> list[Iterator[Place]]:
    return [_read_past(session, topic, as_of, settings) for topic in topics]


def _read_past(
    session: Session,
    topic: TopicRank,
    as_of: datetime,
    settings: ListSettings,
) -> Iterator[Place]:
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
