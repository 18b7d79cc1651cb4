"""The warmest people who may be given today: an index scan from the warm end, in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from config.settings import ListSettings
from models import Assignment, Evidence, Person, Prospect, Signal, Topic, Touch
from prospects.fit import band_of, judge_fit
from prospects.warmth import Term, Warmth, add_keys, explain, key_of
from signals.tombstones import chunks

_CHUNK = 200  # rows per scan beyond what is wanted; most lists need one chunk


@dataclass(frozen=True, slots=True)
class RankedProspect:
    """A prospect with warmth and reasons at one instant.

    ``quoted_signal_id`` is the signal to quote: the warmest one with words, else the warmest.
    ``fit`` (0..1, codes in ``fit_reasons``) and ``engagement`` (the warmth) are two values; ranks
    go by ``fit_band`` first, the higher the better, and by engagement inside a band. ``positive``
    is the calibrated probability of a positive disposition, ``None`` while there are too few
    touches to tell. ``identity`` says who it is (``person``, ``seller``, ``unknown``), ``place``
    where they say they live (a country's code), ``None`` if they do not.
    """

    prospect_id: int
    person_id: int
    topic_id: int
    warmth: Warmth
    language: str | None
    network: str
    quoted_signal_id: int
    fit: float
    fit_reasons: tuple[str, ...]
    identity: str = "unknown"
    place: str | None = None
    positive: float | None = None

    @property
    def engagement(self) -> float:
        """How warm they are, in points: what they did, whoever they are."""
        return self.warmth.value

    @property
    def fit_band(self) -> int:
        """2 they fit, 1 not known, 0 they do not."""
        return band_of(self.fit)


@dataclass(frozen=True, slots=True)
class _TopicRank:
    id: int
    half_life: timedelta
    window: timedelta
    languages: tuple[str, ...]


def rank_supply(
    session: Session,
    *,
    wanted: int,
    suits: Sequence[Callable[[RankedProspect], bool]],
    as_of: datetime,
    is_past: bool,
    settings: ListSettings,
) -> list[RankedProspect]:
    """Enough of the warmest available people to fill ``wanted`` places of every territory.

    Available: warm enough, with evidence inside the topic's window, on nobody's list, not in a
    cool-down, not suppressed. Reads as much of the index as the lists are long, except for a past
    day, whose order has to be computed from the evidence of up to then.
    """
    if wanted <= 0 or not suits:
        return []
    topics = [
        _TopicRank(topic_id, timedelta(hours=half_life), timedelta(days=window), tuple(languages))
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
            for ranked in _explain_all(session, topic, rows, as_of, settings):
                if ranked.warmth.value < settings.threshold:
                    continue
                supply.append(ranked)
                for index, suit in enumerate(suits):
                    found[index] += suit(ranked)
            if min(found) >= wanted:
                break
    return supply


def _key_floor(topic: _TopicRank, as_of: datetime, settings: ListSettings) -> float:
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


_Row = tuple[int, int, float]  # prospect, person, key


def _chunks_from_index(
    session: Session, topic: _TopicRank, wanted: int, as_of: datetime, settings: ListSettings
) -> Iterator[Sequence[_Row]]:
    last: tuple[float, int] | None = None
    size = wanted + _CHUNK
    while True:
        statement: Select[int, int, float] = (
            select(Prospect.id, Prospect.person_id, Prospect.warmth_key)
            .where(
                Prospect.topic_id == topic.id,
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
            yield [(row[0], row[1], row[2]) for row in rows]
        if len(rows) < size:
            return
        last = (rows[-1][2], rows[-1][1])


def _past_chunks(
    session: Session, topic: _TopicRank, wanted: int, as_of: datetime, settings: ListSettings
) -> Iterator[Sequence[_Row]]:
    rows = session.execute(
        select(Prospect.id, Prospect.person_id, Evidence.points, Evidence.occurred_at)
        .join(Evidence, Evidence.prospect_id == Prospect.id)
        .where(
            Prospect.topic_id == topic.id,
            Evidence.occurred_at <= as_of,
            _available(as_of, settings),
        )
    )
    terms: dict[tuple[int, int], list[tuple[float, datetime]]] = {}
    for prospect_id, person_id, points, occurred_at in rows:
        terms.setdefault((prospect_id, person_id), []).append((points, occurred_at))
    floor = _key_floor(topic, as_of, settings)
    ranked = [
        (prospect_id, person_id, key)
        for (prospect_id, person_id), evidence in terms.items()
        if max(at for _, at in evidence) > as_of - topic.window
        and (key := add_keys(key_of(points, at, topic.half_life) for points, at in evidence))
        >= floor
    ]
    ranked.sort(key=lambda row: (-row[2], -row[1]))
    for start in range(0, len(ranked), wanted + _CHUNK):
        yield ranked[start : start + wanted + _CHUNK]


def _explain_all(
    session: Session,
    topic: _TopicRank,
    rows: Sequence[_Row],
    as_of: datetime,
    settings: ListSettings,
) -> Iterator[RankedProspect]:
    evidence: dict[int, list[tuple[Term, bool, str | None, str]]] = {}
    for chunk in chunks([prospect_id for prospect_id, _, _ in rows]):
        for row in session.execute(
            select(
                Evidence.prospect_id, Evidence.signal_id, Evidence.points, Evidence.occurred_at,
                Evidence.code, Signal.text.is_not(None).label("worded"), Signal.language,
                Signal.network,
            )
            .join(Signal, Signal.id == Evidence.signal_id)
            .where(Evidence.prospect_id.in_(chunk), Evidence.occurred_at <= as_of)
            .order_by(Evidence.prospect_id, Evidence.signal_id)
        ):  # fmt: skip
            term = Term(row.signal_id, row.points, row.occurred_at, row.code)
            evidence.setdefault(row.prospect_id, []).append(
                (term, bool(row.worded), row.language, row.network)
            )
    for prospect_id, person_id, _ in rows:
        found = evidence.get(prospect_id)
        if not found:
            continue
        now_worth = max(
            found,
            key=lambda one: (
                one[1],
                key_of(one[0].points, one[0].occurred_at, topic.half_life),
                -one[0].signal_id,
            ),
        )
        fit = judge_fit(
            language=now_worth[2], languages=topic.languages, relevance=None, identity="unknown"
        )
        yield RankedProspect(
            prospect_id=prospect_id,
            person_id=person_id,
            topic_id=topic.id,
            warmth=explain(
                [term for term, _, _, _ in found], as_of, topic.half_life,
                shown=settings.reasons_shown,
            ),
            language=now_worth[2],
            network=now_worth[3],
            quoted_signal_id=now_worth[0].signal_id,
            fit=fit.value,
            fit_reasons=fit.reasons,
        )  # fmt: skip
