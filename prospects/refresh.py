"""New signals in, ranks out: scores become evidence, evidence moves a prospect's key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

import msgspec
from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from config.settings import WarmthSettings
from models import (
    Account,
    Evidence,
    Keyword,
    Match,
    Person,
    Prospect,
    Signal,
    StoredScore,
    Topic,
)
from models.bulk import among_named, fetch_plain, insert_values, pack, update_values
from models.signal import is_by_others
from prospects.duplicates import Marked, find_copies, record_marks
from prospects.evidence import Judged, Made, insert_evidence, load_topics, make_evidence
from prospects.fit import band_of, judge_fit
from prospects.identity import standing_verdicts
from prospects.place import find_place
from prospects.similarity import Mark, mark
from prospects.warmth import add_keys, key_of
from signals.collectors.contract import WORDLESS_KINDS, Own
from signals.policy import terms_of
from signals.scoring.contract import Reason, Score, ScorerInput, TopicContext
from signals.tombstones import chunks

#: Stored digits of a probability; evidence is made from these, so that it can be made again.
DECIMALS = 6
_SHARE_DECIMALS = 4
# What may stand as the reason for a person: things they did or said that point to a need. Whatever
# weight a trained scorer gives the other cues, "tells a joke" is no reason to call anybody.
TELLING_CODES = frozenset(
    {
        "cue.asks_which", "cue.asks_recommendation", "cue.asks_advice", "cue.looking_for",
        "cue.plans_to_buy", "cue.switching", "cue.leaves_employer", "cue.retires", "cue.moves",
        "cue.family_event", "cue.complains", "cue.reports_problem", "cue.names_budget",
    }
)  # fmt: skip
# True, but said only where nothing better is known.
_WEAK_CODES = frozenset({"cue.question", "cue.speaks_of_self"})


@dataclass(frozen=True, slots=True)
class Pending:
    """A signal that waits for its score on one topic."""

    signal_id: int
    person_id: int
    topic_id: int
    kind: str
    occurred_at: datetime
    input: ScorerInput
    account_id: int = 0

    @property
    def words(self) -> str:
        """Their own words; none where the input has those of what they liked or followed."""
        return "" if self.kind in WORDLESS_KINDS else self.input.text


def load_pending(session: Session, *, limit: int) -> list[Pending]:
    """The oldest unscored signals, one entry per topic; for likes, with their target's text.

    Who must not be shown is not judged either.
    """
    rows = session.execute(
        select(
            Signal.id, Signal.kind, Signal.text, Signal.language, Signal.occurred_at,
            Signal.network, Signal.target_external_id, Account.person_id, Signal.account_id,
            Signal.own,
        )
        .join(Account, Account.id == Signal.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            Signal.scored_at.is_(None),
            Signal.deleted_at.is_(None),
            Person.suppressed_at.is_(None),
            is_by_others(),
        )
        .order_by(Signal.id)
        .limit(limit)
    ).all()  # fmt: skip
    if not rows:
        return []
    topics_of: dict[int, dict[int, int]] = {}  # by topic the first place of a keyword
    # nothing is derived where a network's terms forbid it: such a signal has no topic here
    derivable = [row.id for row in rows if terms_of(row.network).derive]
    for chunk in chunks(derivable):
        for signal_id, topic_id, start in session.execute(
            select(Match.signal_id, Match.topic_id, Match.start).where(Match.signal_id.in_(chunk))
        ):
            places = topics_of.setdefault(signal_id, {})
            places[topic_id] = min(start, places.get(topic_id, start))
    contexts = load_contexts(session)
    targets = _target_texts(
        session,
        {(r.network, r.target_external_id) for r in rows if r.kind in WORDLESS_KINDS},
    )
    pending = []
    for row in rows:
        words = row.text
        if row.kind in WORDLESS_KINDS:
            words = targets.get((row.network, row.target_external_id))
        for topic_id, start in sorted(topics_of.get(row.id, {}).items()):
            own = how_own(row.own, row.kind) if start < 0 else ""
            pending.append(
                Pending(
                    row.id, row.person_id, topic_id, row.kind, row.occurred_at,
                    ScorerInput(words or "", row.language, row.kind, contexts[topic_id], own),
                    row.account_id,
                )
            )  # fmt: skip
        if row.id not in topics_of:  # its match went away meanwhile: nothing to score
            pending.append(
                Pending(
                    row.id, row.person_id, 0, row.kind, row.occurred_at,
                    ScorerInput("", None, row.kind, TopicContext("")), row.account_id,
                )
            )  # fmt: skip
    return pending


def how_own(own: str | None, kind: str) -> str:
    """How a signal engages with the team itself: mention, or its kind; empty if it does not."""
    return "" if own is None else "mention" if own == Own.MENTION else kind


def load_contexts(session: Session) -> dict[int, TopicContext]:
    """What a scorer may know of each topic."""
    phrases: dict[int, list[str]] = {}
    for topic_id, phrase in session.execute(
        select(Keyword.topic_id, Keyword.phrase)
        .where(Keyword.role == "keyword", Keyword.active)
        .order_by(Keyword.id)
    ):
        phrases.setdefault(topic_id, []).append(phrase)
    return {
        topic_id: TopicContext(name, tuple(phrases.get(topic_id, ())), description)
        for topic_id, name, description in session.execute(
            select(Topic.id, Topic.name, Topic.description)
        )
    }


def _target_texts(
    session: Session, targets: set[tuple[str, str | None]]
) -> dict[tuple[str, str | None], str]:
    texts: dict[tuple[str, str | None], str] = {}
    for network in sorted({network for network, _ in targets}):
        ids = sorted(target for name, target in targets if name == network and target)
        for chunk in chunks(ids):
            for external_id, text in session.execute(
                select(Signal.external_id, Signal.text).where(
                    Signal.network == network,
                    Signal.external_id.in_(chunk),
                    Signal.text.is_not(None),
                )
            ):
                texts[network, external_id] = text or ""
    return texts


def store_scores(
    session: Session,
    scored: Sequence[tuple[Pending, Score]],
    *,
    scorer_version: str,
    weights: WarmthSettings,
    now: datetime,
    marks: Mapping[int, Mark] | None = None,
    places: Mapping[int, str] | None = None,
) -> None:
    """Append scores, add their evidence and move the keys of the prospects concerned.

    ``marks``: of each signal with words of its own, to find what it copies; a copy of what the same
    account said on the topic before adds nothing. ``places``: of each signal that says where its
    author lives.
    """
    judged = [(pending, score) for pending, score in scored if pending.topic_id]
    alive = _take(session, {pending.signal_id for pending, _ in scored}, now)
    judged = [(pending, score) for pending, score in judged if pending.signal_id in alive]
    insert_scores(session, judged, scorer_version=scorer_version, now=now)
    marked = {
        pending.signal_id: Marked(
            pending.signal_id, pending.account_id, pending.occurred_at, pending.input.text,
            marks[pending.signal_id],
        )
        for pending, _ in judged
        if marks and pending.signal_id in marks
    }  # fmt: skip
    groups = record_marks(session, list(marked.values()))
    # one that founded its group copies nothing
    copies = find_copies(session, [one for one, group in groups.items() if one != group])
    _add_evidence(session, judged, weights, copies, places or {})


def mark_pending(pending: Iterable[Pending]) -> dict[int, Mark]:
    """Marks of the signals that have words of their own; made before any transaction."""
    worded = {one.signal_id: one.input.text for one in pending if one.kind not in WORDLESS_KINDS}
    return dict(zip(worded, mark(list(worded.values())), strict=True))


def place_pending(pending: Iterable[Pending]) -> dict[int, str]:
    """Where authors say they live, by signal; of those that say so. Read before any transaction."""
    said = {one.signal_id: one.words for one in pending}
    found = ((signal_id, find_place(words)) for signal_id, words in said.items())
    return {signal_id: place for signal_id, place in found if place is not None}


def insert_scores(
    session: Session,
    scored: Sequence[tuple[Pending, Score]],
    *,
    scorer_version: str,
    now: datetime,
) -> None:
    """Append scores; a version that judged a signal for a topic before keeps its first word."""
    insert_values(
        session,
        StoredScore,
        (
            "signal_id", "topic_id", "scorer_version", "intents", "relevance", "prospect",
            "reasons", "scored_at",
        ),
        [
            (
                pending.signal_id,
                pending.topic_id,
                scorer_version,
                _write({str(k): round(v, _SHARE_DECIMALS) for k, v in score.intents.items()}),
                round(score.relevance, _SHARE_DECIMALS),
                round(score.prospect, DECIMALS),
                # without the phrase: a place in the text goes when the text goes
                _write(
                    [
                        [one.code, round(one.log_odds, _SHARE_DECIMALS), one.start, one.end]
                        for one in score.reasons
                    ]
                ),
                now,
            )
            for pending, score in scored
        ],
        written=("intents", "reasons"),
    )  # fmt: skip


def _write(value: object) -> str:
    return msgspec.json.encode(value).decode()  # a tenth of what the library's own way costs


def _take(session: Session, signal_ids: set[int], now: datetime) -> set[int]:
    """Mark as scored those neither deleted nor scored by another process while ours scored."""
    dialect, numbers = pack(session, sorted(signal_ids))
    return {
        signal_id
        for (signal_id,) in fetch_plain(
            session, _update_taken(dialect), {"rows": numbers, "at": now}
        )
    }


@cache
def _update_taken(dialect: str) -> ReturningUpdate[tuple[int]]:
    table = cast("Table", Signal.__table__)
    return (
        update(table)
        .where(
            among_named(dialect, table.c.id, "rows"),
            table.c.deleted_at.is_(None),
            table.c.scored_at.is_(None),
        )
        .values(scored_at=bindparam("at"))
        .returning(table.c.id)
    )


def _add_evidence(
    session: Session,
    scored: Sequence[tuple[Pending, Score]],
    weights: WarmthSettings,
    copies: Collection[tuple[int, int]],
    places: Mapping[int, str],
) -> None:
    topics = load_topics(session)
    made, known = make_evidence(
        session,
        (
            Judged(
                pending.signal_id, pending.person_id, pending.account_id, pending.topic_id,
                pending.kind, pending.occurred_at, pending.input.language,
                round(score.prospect, DECIMALS), round(score.relevance, _SHARE_DECIMALS),
                headline(score.reasons, pending.kind), places.get(pending.signal_id),
            )
            for pending, score in scored
        ),
        weights=weights,
        topics=topics,
        copies=copies,
    )  # fmt: skip
    moved: dict[tuple[int, int], list[Made]] = {}
    for one in made:
        moved.setdefault((one.judged.person_id, one.judged.topic_id), []).append(one)
    rows = []
    for name, added in moved.items():
        before, half_life = known[name], topics[name[1]].half_life
        fit, newest_at, keys = before.fit, before.newest_at, [before.warmth_key]
        for one in added:
            at = one.judged.occurred_at
            keys.append(key_of(one.points, at, half_life))
            fit, newest_at = max(fit, one.fit), max(newest_at, at)
        rows.append((add_keys(keys), newest_at, fit, band_of(fit), before.id))
    rows.sort(key=lambda row: row[-1])  # neighbours share a page
    update_values(session, Prospect, ("warmth_key", "newest_at", "fit", "fit_band"), rows)
    insert_evidence(session, made)
    # a person says it once in hundreds of posts: then all they gave is judged by it,
    # unless it is what they said before
    told = {
        one.prospect_id
        for one in made
        if one.judged.place not in {None, known[one.judged.person_id, one.judged.topic_id].place}
    }
    recompute(session, sorted(told))


def headline(reasons: Iterable[Reason], kind: str) -> str:
    """The code that says best why this engagement counts: its strongest telling cue, else its kind.

    A telling cue is named whatever its weight: a trained scorer shares it with other columns. Of an
    engagement with the team itself its kind says so.
    """
    reasons = list(reasons)
    named = next((one.code for one in reasons if one.code.startswith("own.")), f"kind.{kind}")
    if kind in WORDLESS_KINDS:
        return named
    telling: Reason | None = None
    weak: Reason | None = None
    for one in reasons:
        if one.code in TELLING_CODES:
            if telling is None or one.log_odds > telling.log_odds:
                telling = one
        elif one.code in _WEAK_CODES and one.log_odds > (weak.log_odds if weak else 0):
            weak = one
    best = telling or (weak if named.startswith("kind.") else None)
    return best.code if best is not None else named


def recompute(session: Session, prospect_ids: Sequence[int]) -> None:
    """Rank again from the evidence that is left; a prospect without any is no prospect."""
    topics = load_topics(session)
    for chunk in chunks(prospect_ids):
        terms: dict[int, list[tuple[float, datetime, int, str | None, float]]] = {}
        told: dict[int, tuple[datetime, int, str]] = {}
        for (
            prospect_id, points, at, account_id, language, relevance, place, signal_id,
        ) in session.execute(
            select(
                Evidence.prospect_id, Evidence.points, Evidence.occurred_at, Signal.account_id,
                Signal.language, Evidence.relevance, Evidence.place, Evidence.signal_id,
            )
            .join(Signal, Signal.id == Evidence.signal_id)
            .where(Evidence.prospect_id.in_(chunk))
            .order_by(Evidence.prospect_id, Evidence.signal_id)
        ):  # fmt: skip
            terms.setdefault(prospect_id, []).append((points, at, account_id, language, relevance))
            if place is not None:
                said = (at, signal_id, place)
                told[prospect_id] = max(told.get(prospect_id, said), said)
        verdicts = standing_verdicts(
            session, {account_id for found in terms.values() for _, _, account_id, _, _ in found}
        )
        rows = session.execute(
            select(Prospect.id, Prospect.topic_id).where(Prospect.id.in_(chunk)).with_for_update()
        ).all()
        gone = [prospect_id for prospect_id, _ in rows if prospect_id not in terms]
        if gone:
            session.execute(delete(Prospect).where(Prospect.id.in_(gone)))
        for prospect_id, topic_id in rows:
            if prospect_id in terms:
                facts = topics[topic_id]
                place = told[prospect_id][2] if prospect_id in told else None
                fit = max(
                    judge_fit(
                        language=language,
                        languages=facts.languages,
                        relevance=relevance,
                        identity=verdicts.get(account_id, "unknown"),
                        place=place,
                        places=facts.places,
                    ).value
                    for _, _, account_id, language, relevance in terms[prospect_id]
                )
                session.execute(
                    update(Prospect)
                    .where(Prospect.id == prospect_id)
                    .values(
                        warmth_key=add_keys(
                            key_of(points, at, facts.half_life)
                            for points, at, _, _, _ in terms[prospect_id]
                        ),
                        newest_at=max(at for _, at, _, _, _ in terms[prospect_id]),
                        fit=fit,
                        fit_band=band_of(fit),
                        place=place,
                    )
                )
