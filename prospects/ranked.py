"""A ranked prospect as it is explained: warmth with its reasons, fit, who it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, Table, bindparam, select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Evidence, Signal
from models.bulk import among_named, fetch_plain, instant_reader, pack
from prospects.fit import Fit, band_of, judge_fit
from prospects.identity import standing_verdicts
from prospects.positive import Curve
from prospects.warmth import Factors, Missing, Term, Warmth, explain, fade, find_missing

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
    ``unknown``), ``place`` where they last said they live (a country's code), ``None`` if they did
    not.
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
    places: tuple[str, ...] = ()


class Said(NamedTuple):
    """One piece of a prospect's evidence with what its signal tells."""

    term: Term
    worded: bool
    language: str | None
    network: str
    account_id: int
    place: str | None


#: A prospect's row and its person's.
Row = tuple[int, int]


def select_evidence() -> Select[*tuple[Any, ...]]:
    """Evidence of up to the parameter ``as_of`` beside its signal."""
    said, signals = _EVIDENCE.c, _SIGNALS.c
    return (
        select(
            said.prospect_id, said.signal_id, said.points, said.occurred_at, said.code,
            said.weight, said.intent, said.relevance, said.identity, signals.text.is_not(None),
            signals.language, signals.network, signals.account_id, said.place,
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
    read = instant_reader(session)
    before, some = 0, list[Said]()  # rows come ordered: most belong to the one before
    for (
        prospect_id, signal_id, points, occurred_at, code, weight, intent, relevance, identity,
        worded, language, network, account_id, place,
    ) in fetch_plain(session, statement, parameters):  # fmt: skip
        plain = weight * intent * relevance * identity
        repeat = points / plain if points < plain else 1.0
        term = Term(
            signal_id, points, read(occurred_at), code, Factors(intent, relevance, identity, repeat)
        )
        if prospect_id != before:
            before, some = prospect_id, []
            found[prospect_id] = some
        some.append(Said(term, bool(worded), language, network, account_id, place))
    return found


@cache  # building a statement costs a tenth of what all of ranking does
def _select_told(dialect: str) -> Select[*tuple[Any, ...]]:
    return select_evidence().where(among_named(dialect, _EVIDENCE.c.prospect_id, "rows"))


def load_verdicts(session: Session, found: Iterable[Sequence[Said]]) -> dict[int, str]:
    """Who the accounts behind this evidence are."""
    return standing_verdicts(session, {one.account_id for said in found for one in said})


def last_place(said: Iterable[Said]) -> str | None:
    """Where the newest evidence that says so puts its author."""
    told = [(one.term.occurred_at, one.term.signal_id, one.place) for one in said if one.place]
    return max(told)[2] if told else None


def best_fit(
    topic: TopicRank, said: Sequence[Said], verdicts: Mapping[int, str]
) -> tuple[Fit, str]:
    """The best fit any of the evidence speaks for, and who gave it."""
    place = last_place(said)
    nearest: dict[tuple[str | None, int], float] = {}
    for term, _, language, _, account_id, _ in said:
        # of what differs in relevance alone, the most relevant fits best
        key, relevance = (language, account_id), term.factors.relevance
        if nearest.get(key, -1.0) < relevance:
            nearest[key] = relevance
    best: tuple[Fit, str] | None = None
    for (language, account_id), relevance in nearest.items():
        verdict = verdicts.get(account_id, "unknown")
        fit = judge_fit(
            language=language, languages=topic.languages, relevance=relevance,
            identity=verdict, place=place, places=topic.places,
        )  # fmt: skip
        if best is None or fit.value > best[0].value:
            best = fit, verdict
    assert best is not None  # nobody is a prospect without evidence
    return best


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
    """The same for prospects of several topics: two queries, however many."""
    dialect, numbers = pack(session, [prospect_id for _, (prospect_id, _) in places])
    found = read_evidence(session, _select_told(dialect), {"as_of": as_of, "rows": numbers})
    verdicts = load_verdicts(session, found.values())
    return [
        _explain(topic, row, found[row[0]], verdicts, as_of, settings)
        for topic, row in places
        if row[0] in found
    ]


def _choose_quoted(said: Sequence[Said], worths: Sequence[float]) -> Said:
    """The warmest with words, else the warmest; of equals, the first."""
    best, most = said[0], worths[0]
    for one, points in zip(said, worths, strict=True):
        if (one.worded, points) > (best.worded, most):
            best, most = one, points
    return best


def _explain(
    topic: TopicRank,
    row: Row,
    said: Sequence[Said],
    verdicts: Mapping[int, str],
    as_of: datetime,
    settings: ListSettings,
) -> RankedProspect:
    terms = [one.term for one in said]
    fit, identity = best_fit(topic, said, verdicts)
    worths = fade(terms, as_of, topic.half_life)
    quoted = _choose_quoted(said, worths)
    warmth = explain(terms, as_of, topic.half_life, shown=settings.reasons_shown, worths=worths)
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
        place=last_place(said),
        positive=None if chance is None else chance.probability,
        positive_interval=None if chance is None else (chance.low, chance.high),
        missing=find_missing(terms, as_of, topic.half_life, worths=worths),
        newest_at=max([term.occurred_at for term in terms]),
    )
