"""Evidence from scored signals: its factors, its place among repeats, and its rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, Table, bindparam, select
from sqlalchemy.orm import Session

from config.settings import WarmthSettings
from models import Evidence, Prospect, Topic
from models.bulk import among_named, fetch_plain, insert_values, instant_reader, pack
from models.upsert import insert_ignore
from prospects.fit import judge_fit
from prospects.identity import standing_verdicts
from prospects.warmth import evidence, repeat_factor, split


class Judged(NamedTuple):  # made by the million: a tuple costs a third of a dataclass
    """One signal as it was judged for one topic; ``code`` says why it counts."""

    signal_id: int
    person_id: int
    account_id: int
    topic_id: int
    kind: str
    occurred_at: datetime
    language: str | None
    prospect: float
    relevance: float
    code: str
    place: str | None = None  # where they say they live, if this says so


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """What evidence needs to know of a topic."""

    half_life: timedelta
    languages: tuple[str, ...]
    places: tuple[str, ...] = ()


class Known(NamedTuple):
    """A prospect's row as it stands."""

    id: int
    warmth_key: float
    newest_at: datetime
    fit: float
    place: str | None = None


class Made(NamedTuple):
    """One piece of evidence, ready to be written, and the fit it speaks for."""

    judged: Judged
    prospect_id: int
    points: float
    weight: float
    intent: float
    relevance: float
    identity: float
    ordinal: int
    fit: float


def load_topics(session: Session) -> dict[int, TopicFacts]:
    """Half-life, languages and places per topic."""
    return {
        topic_id: TopicFacts(timedelta(hours=hours), tuple(languages), tuple(places))
        for topic_id, hours, languages, places in session.execute(_select_topics()).all()
    }


@cache
def _select_topics() -> Select[*tuple[Any, ...]]:
    of = cast("Table", Topic.__table__).c
    return select(of.id, of.half_life_hours, of.languages, of.places)


def make_evidence(
    session: Session,
    judged: Iterable[Judged],
    *,
    weights: WarmthSettings,
    topics: Mapping[int, TopicFacts],
    copies: Collection[tuple[int, int]] = (),
    ordinals: Mapping[tuple[int, int], int] | None = None,
) -> tuple[list[Made], Mapping[tuple[int, int], Known]]:
    """Evidence worth keeping, and the rows of the prospects (person, topic) it is for.

    ``copies`` are (signal, topic) that repeat what their account said before: they count nothing.
    ``ordinals`` are those that (signal, topic) had before; the others get the next one among the
    same person's engagements of that kind within one half-life. Makes missing prospects.
    """
    named = list(judged)
    verdicts = standing_verdicts(session, {one.account_id for one in named})
    worthy: list[tuple[Judged, str]] = []
    rates = _Rates(weights)
    for one in named:
        verdict = verdicts.get(one.account_id, "unknown")
        most = evidence(rates.weight[one.kind], one.prospect, rates.factor[verdict])
        if most >= weights.floor and most > 0 and (one.signal_id, one.topic_id) not in copies:
            worthy.append((one, verdict))
    if not worthy:
        return [], {}
    known = _load_or_make(session, {(o.person_id, o.topic_id): o.occurred_at for o, _ in worthy})
    seats = _Seats(session, known, [one for one, _ in worthy], topics)
    made = []
    for one, verdict in worthy:
        facts = topics[one.topic_id]
        row = known[one.person_id, one.topic_id]
        prospect_id = row.id
        ordinal = (ordinals or {}).get((one.signal_id, one.topic_id))
        if ordinal is None:
            ordinal = seats.next(prospect_id, one.kind, one.occurred_at, facts.half_life)
        factor, weight = rates.factor[verdict], rates.weight[one.kind]
        points = evidence(weight, one.prospect, factor, repeat_factor(weights.repeat, ordinal))
        if points < weights.floor:
            continue
        seats.take(prospect_id, one.kind, one.occurred_at)
        intent, relevance = split(one.prospect, one.relevance)
        fit = judge_fit(
            language=one.language, languages=facts.languages, relevance=relevance, identity=verdict,
            place=row.place, places=facts.places,
        )  # fmt: skip
        made.append(
            Made(one, prospect_id, points, weight, intent, relevance, factor, ordinal, fit.value)
        )
    return made, known


class _Rates:
    """What kinds and identities weigh, looked up once each."""

    def __init__(self, weights: WarmthSettings) -> None:
        self.weight = _Once(weights.weight)
        self.factor = _Once(weights.factor)


class _Once(dict[str, float]):
    def __init__(self, ask: Callable[[str], float]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, name: str) -> float:
        found = self[name] = self._ask(name)
        return found


def insert_evidence(session: Session, made: Sequence[Made]) -> None:
    """Write evidence; what stands already stays."""
    insert_values(
        session,
        Evidence,
        (
            "prospect_id", "signal_id", "points", "code", "occurred_at", "kind", "weight",
            "intent", "relevance", "identity", "ordinal", "place",
        ),
        [
            (
                one.prospect_id, one.judged.signal_id, one.points, one.judged.code,
                one.judged.occurred_at, one.judged.kind, one.weight, one.intent, one.relevance,
                one.identity, one.ordinal, one.judged.place,
            )
            for one in sorted(made, key=_by_prospect)  # neighbours share a page
        ],
    )  # fmt: skip


def _by_prospect(one: Made) -> tuple[int, int]:
    return one.prospect_id, one.judged.signal_id


def _load_or_make(
    session: Session, wanted: Mapping[tuple[int, int], datetime]
) -> dict[tuple[int, int], Known]:
    known = load_known(session, {person_id for person_id, _ in wanted})
    missing = [name for name in wanted if name not in known]
    if missing:
        # A row that does not exist cannot be locked: make it, so that two scorers at once wait for
        # each other instead of losing one's evidence.
        insert_ignore(
            session,
            Prospect,
            [
                {
                    "person_id": person_id,
                    "topic_id": topic_id,
                    "warmth_key": -math.inf,
                    "newest_at": wanted[person_id, topic_id],
                    "fit": 0.0,
                    "fit_band": 0,
                }
                for person_id, topic_id in missing
            ],
        )
        known |= load_known(session, {person_id for person_id, _ in missing})
    return known


def load_known(session: Session, person_ids: Collection[int]) -> dict[tuple[int, int], Known]:
    """The prospects (person, topic) of these people, locked."""
    known: dict[tuple[int, int], Known] = {}
    dialect, numbers = pack(session, person_ids)
    read = instant_reader(session)
    for person_id, topic_id, number, key, newest_at, fit, place in fetch_plain(
        session, _select_known(dialect), {"people": numbers}
    ):
        known[person_id, topic_id] = Known(number, key, read(newest_at), fit, place)
    return known


@cache
def _select_known(dialect: str) -> Select[*tuple[Any, ...]]:
    rank = cast("Table", Prospect.__table__).c
    return (
        select(
            rank.person_id, rank.topic_id, rank.id, rank.warmth_key, rank.newest_at, rank.fit,
            rank.place,
        )
        .where(among_named(dialect, rank.person_id, "people"))
        .order_by(rank.id)
        .with_for_update()  # a scorer adding evidence now waits until the key is computed
    )  # fmt: skip


@cache
def _select_seats(dialect: str) -> Select[int, str, datetime]:
    said = cast("Table", Evidence.__table__).c
    return select(said.prospect_id, said.kind, said.occurred_at).where(
        among_named(dialect, said.prospect_id, "rows"),
        among_named(dialect, said.kind, "kinds"),
        said.occurred_at > bindparam("first"),
        said.occurred_at < bindparam("last"),
    )


class _Seats:
    """When each prospect's kept engagements happened, per kind: what repeats are counted by.

    The floor keeps only a dozen repeats within a half-life, so reading them costs the same however
    much somebody posts.
    """

    def __init__(
        self,
        session: Session,
        known: Mapping[tuple[int, int], Known],
        judged: Sequence[Judged],
        topics: Mapping[int, TopicFacts],
    ) -> None:
        self._taken: dict[tuple[int, str], list[datetime]] = {}
        wanted = sorted({known[one.person_id, one.topic_id].id for one in judged})
        reach = max(topics[one.topic_id].half_life for one in judged)
        first = _shifted(min(one.occurred_at for one in judged), -reach)
        last = _shifted(max(one.occurred_at for one in judged), reach)
        dialect, numbers = pack(session, wanted)
        _, kinds = pack(session, sorted({one.kind for one in judged}))
        read, taken = instant_reader(session), self._taken
        asked = {"rows": numbers, "kinds": kinds, "first": first, "last": last}
        for prospect_id, kind, at in fetch_plain(session, _select_seats(dialect), asked):
            taken.setdefault((prospect_id, kind), []).append(read(at))

    def next(self, prospect_id: int, kind: str, at: datetime, half_life: timedelta) -> int:
        """One more than those within a half-life."""
        near = self._taken.get((prospect_id, kind))
        return 1 + sum([abs(other - at) < half_life for other in near]) if near else 1

    def take(self, prospect_id: int, kind: str, at: datetime) -> None:
        self._taken.setdefault((prospect_id, kind), []).append(at)


def _shifted(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:  # a half-life of centuries reaches beyond the calendar
        return datetime(1 if by < timedelta() else 9999, 1, 1, tzinfo=at.tzinfo)
