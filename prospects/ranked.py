"""A ranked prospect as it is explained: warmth with its reasons, fit, who it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Evidence, Signal
from models.bulk import among_named, pack
from prospects.fit import Fit, band_of, judge_fit
from prospects.identity import standing_verdicts
from prospects.place import find_place
from prospects.positive import Curve
from prospects.warmth import Factors, Missing, Term, Warmth, explain, find_missing, key_of

# Plain tables: the mapper's part of a query costs more than its rows do.
_EVIDENCE = cast("Table", Evidence.__table__)
_SIGNALS = cast("Table", Signal.__table__)


@dataclass(frozen=True, slots=True)
class RankedProspect:
    """A prospect with warmth and reasons at one instant.

    ``quoted_signal_id`` is the signal to quote: the warmest one with words, else the warmest.
    ``fit`` (0..1, codes in ``fit_reasons``) and ``engagement`` (the warmth) are two values; ranks
    go by ``fit_band`` first, the higher the better, and by engagement inside a band. ``positive``
    is the calibrated probability of a positive disposition beside its 95 % interval, ``None`` while
    there are too few touches to tell. ``identity`` says who it is (``person``, ``seller``,
    ``unknown``), ``place`` where they say they live (a country's code), ``None`` if they do not.
    ``newest_at`` is when their newest evidence happened.
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
    positive_interval: tuple[float, float] | None = None
    missing: Missing | None = None
    newest_at: datetime | None = None

    @property
    def engagement(self) -> float:
        """How warm they are, in points: what they did, whoever they are."""
        return self.warmth.value

    @property
    def fit_band(self) -> int:
        """2 they fit, 1 not known, 0 they do not."""
        return band_of(self.fit)


@dataclass(frozen=True, slots=True)
class TopicRank:
    """What ranking needs to know of a topic."""

    id: int
    half_life: timedelta
    window: timedelta
    languages: tuple[str, ...]
    curve: Curve | None = None  # chances of a positive outcome, once there are touches enough


@dataclass(frozen=True, slots=True)
class Said:
    """One piece of a prospect's evidence with what its signal tells."""

    term: Term
    worded: bool
    language: str | None
    network: str
    account_id: int


#: A prospect's row and its person's.
Row = tuple[int, int]


def select_evidence() -> Select[*tuple[Any, ...]]:
    """Evidence of up to the parameter ``as_of`` beside its signal."""
    said, signals = _EVIDENCE.c, _SIGNALS.c
    return (
        select(
            said.prospect_id, said.signal_id, said.points, said.occurred_at, said.code,
            said.weight, said.intent, said.relevance, said.identity, signals.text.is_not(None),
            signals.language, signals.network, signals.account_id,
        )
        .join_from(_EVIDENCE, _SIGNALS, signals.id == said.signal_id)
        .where(said.occurred_at <= bindparam("as_of"))
        .order_by(said.prospect_id, said.signal_id)
    )  # fmt: skip


def read_evidence(
    session: Session, statement: Select[*tuple[Any, ...]], parameters: Mapping[str, Any]
) -> dict[int, list[Said]]:
    """What each prospect's evidence is made of, by the prospect's row."""
    found: dict[int, list[Said]] = {}
    for (
        prospect_id, signal_id, points, occurred_at, code, weight, intent, relevance, identity,
        worded, language, network, account_id,
    ) in session.execute(statement, parameters):  # fmt: skip
        plain = weight * intent * relevance * identity
        repeat = min(1.0, points / plain) if plain > 0 else 1.0
        term = Term(
            signal_id, points, occurred_at, code, Factors(intent, relevance, identity, repeat)
        )
        found.setdefault(prospect_id, []).append(
            Said(term, bool(worded), language, network, account_id)
        )
    return found


@cache  # building a statement costs a tenth of what all of ranking does
def _select_told(dialect: str) -> Select[*tuple[Any, ...]]:
    return select_evidence().where(among_named(dialect, _EVIDENCE.c.prospect_id, "rows"))


@cache
def _select_words(dialect: str) -> Select[int, str | None]:
    signals = _SIGNALS.c
    return select(signals.id, signals.text).where(
        among_named(dialect, signals.id, "rows"), signals.text.is_not(None)
    )


def load_verdicts(session: Session, found: Iterable[Sequence[Said]]) -> dict[int, str]:
    """Who the accounts behind this evidence are."""
    return standing_verdicts(session, {one.account_id for said in found for one in said})


def best_fit(
    topic: TopicRank, said: Sequence[Said], verdicts: Mapping[int, str]
) -> tuple[Fit, str]:
    """The best fit any of the evidence speaks for, and who gave it."""
    nearest: dict[tuple[str | None, str], float] = {}
    for one in said:  # of what differs in relevance alone, the most relevant fits best
        key = (one.language, verdicts.get(one.account_id, "unknown"))
        nearest[key] = max(nearest.get(key, 0.0), one.term.factors.relevance)
    return max(
        (
            (
                judge_fit(
                    language=language, languages=topic.languages, relevance=relevance,
                    identity=verdict,
                ),
                verdict,
            )
            for (language, verdict), relevance in nearest.items()
        ),
        key=lambda pair: pair[0].value,
    )  # fmt: skip


def explain_people(
    session: Session,
    topic: TopicRank,
    rows: Sequence[Row],
    as_of: datetime,
    settings: ListSettings,
) -> list[RankedProspect]:
    """These prospects as they stand at ``as_of``, in the order given; without evidence, nobody."""
    return explain_all(session, [(topic, row) for row in rows], as_of, settings)


def explain_all(
    session: Session,
    places: Sequence[tuple[TopicRank, Row]],
    as_of: datetime,
    settings: ListSettings,
) -> list[RankedProspect]:
    """The same for prospects of several topics: three queries, however many."""
    dialect, numbers = pack(session, [prospect_id for _, (prospect_id, _) in places])
    found = read_evidence(session, _select_told(dialect), {"as_of": as_of, "rows": numbers})
    verdicts = load_verdicts(session, found.values())
    told = [(topic, row, found[row[0]]) for topic, row in places if row[0] in found]
    quoted = [_choose_quoted(topic, said) for topic, _, said in told]
    stated = _find_places(session, [one.term.signal_id for one in quoted])
    return [
        _explain(topic, row, said, one, verdicts, stated, as_of, settings)
        for (topic, row, said), one in zip(told, quoted, strict=True)
    ]


def _choose_quoted(topic: TopicRank, said: Sequence[Said]) -> Said:
    """The warmest with words, else the warmest."""
    return max(
        said,
        key=lambda one: (
            one.worded,
            key_of(one.term.points, one.term.occurred_at, topic.half_life),
            -one.term.signal_id,
        ),
    )


def _find_places(session: Session, signal_ids: Sequence[int]) -> dict[int, str]:
    """Where the authors of these signals say they live, by signal; of those who say so."""
    dialect, numbers = pack(session, signal_ids)
    rows = session.execute(_select_words(dialect), {"rows": numbers})
    places = ((signal_id, find_place(text or "")) for signal_id, text in rows)
    return {signal_id: place for signal_id, place in places if place is not None}


def _explain(
    topic: TopicRank,
    row: Row,
    said: Sequence[Said],
    quoted: Said,
    verdicts: Mapping[int, str],
    places: Mapping[int, str],
    as_of: datetime,
    settings: ListSettings,
) -> RankedProspect:
    terms = [one.term for one in said]
    fit, identity = best_fit(topic, said, verdicts)
    warmth = explain(terms, as_of, topic.half_life, shown=settings.reasons_shown)
    chance = topic.curve.read(warmth.value) if topic.curve is not None else None
    return RankedProspect(
        prospect_id=row[0],
        person_id=row[1],
        topic_id=topic.id,
        warmth=warmth,
        language=quoted.language,
        network=quoted.network,
        quoted_signal_id=quoted.term.signal_id,
        fit=fit.value,
        fit_reasons=fit.reasons,
        identity=identity,
        place=places.get(quoted.term.signal_id),
        positive=None if chance is None else chance.probability,
        positive_interval=None if chance is None else (chance.low, chance.high),
        missing=find_missing(terms, as_of, topic.half_life),
        newest_at=max(term.occurred_at for term in terms),
    )
