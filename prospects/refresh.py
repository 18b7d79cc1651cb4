"""New signals in, ranks out: scores become evidence, evidence moves a prospect's key."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from config.settings import WarmthSettings
from models import (
    Account,
    Evidence,
    Keyword,
    Match,
    Prospect,
    Signal,
    StoredScore,
    Topic,
)
from models.upsert import insert_ignore, upsert
from prospects.warmth import add_keys, evidence, key_of
from signals.collectors.contract import WORDLESS_KINDS
from signals.scoring.contract import Reason, Score, ScorerInput, TopicContext
from signals.tombstones import chunks

#: Stored digits of a probability; evidence is made from these, so that it can be made again.
DECIMALS = 6
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


def load_pending(session: Session, *, limit: int) -> list[Pending]:
    """The oldest unscored signals, one entry per topic; for likes, with their target's text."""
    rows = session.execute(
        select(
            Signal.id, Signal.kind, Signal.text, Signal.language, Signal.occurred_at,
            Signal.network, Signal.target_external_id, Account.person_id,
        )
        .join(Account, Account.id == Signal.account_id)
        .where(Signal.scored_at.is_(None), Signal.deleted_at.is_(None))
        .order_by(Signal.id)
        .limit(limit)
    ).all()  # fmt: skip
    if not rows:
        return []
    topics_of: dict[int, set[int]] = {}
    for chunk in chunks([row.id for row in rows]):
        for signal_id, topic_id in session.execute(
            select(Match.signal_id, Match.topic_id).where(Match.signal_id.in_(chunk))
        ):
            topics_of.setdefault(signal_id, set()).add(topic_id)
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
        for topic_id in sorted(topics_of.get(row.id, ())):
            pending.append(
                Pending(
                    row.id, row.person_id, topic_id, row.kind, row.occurred_at,
                    ScorerInput(words or "", row.language, row.kind, contexts[topic_id]),
                )
            )  # fmt: skip
        if row.id not in topics_of:  # its match went away meanwhile: nothing to score
            pending.append(
                Pending(
                    row.id, row.person_id, 0, row.kind, row.occurred_at,
                    ScorerInput("", None, row.kind, TopicContext("")),
                )
            )  # fmt: skip
    return pending


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
) -> None:
    """Append scores, add their evidence and move the keys of the prospects concerned."""
    judged = [(pending, score) for pending, score in scored if pending.topic_id]
    alive = _alive(session, {pending.signal_id for pending, _ in scored})
    judged = [(pending, score) for pending, score in judged if pending.signal_id in alive]
    insert_scores(session, judged, scorer_version=scorer_version, now=now)
    _add_evidence(session, judged, weights)
    for chunk in chunks(sorted({pending.signal_id for pending, _ in scored})):
        session.execute(update(Signal).where(Signal.id.in_(chunk)).values(scored_at=now))


def insert_scores(
    session: Session,
    scored: Sequence[tuple[Pending, Score]],
    *,
    scorer_version: str,
    now: datetime,
) -> None:
    """Append scores; a version that judged a signal for a topic before keeps its first word."""
    insert_ignore(
        session,
        StoredScore,
        [
            {
                "signal_id": pending.signal_id,
                "topic_id": pending.topic_id,
                "scorer_version": scorer_version,
                "intents": {str(k): round(v, 4) for k, v in score.intents.items()},
                "relevance": round(score.relevance, 4),
                "prospect": round(score.prospect, DECIMALS),
                # without the phrase: a place in the text goes when the text goes
                "reasons": [
                    [reason.code, round(reason.log_odds, 4), reason.start, reason.end]
                    for reason in score.reasons
                ],
                "scored_at": now,
            }
            for pending, score in scored
        ],
    )


def _alive(session: Session, signal_ids: set[int]) -> set[int]:
    """Those neither deleted nor scored by another process while ours scored in no transaction."""
    alive: set[int] = set()
    for chunk in chunks(sorted(signal_ids)):
        alive.update(
            session.scalars(
                select(Signal.id)
                .where(
                    Signal.id.in_(chunk),
                    Signal.deleted_at.is_(None),
                    Signal.scored_at.is_(None),
                )
                .with_for_update()
            )
        )
    return alive


def _add_evidence(
    session: Session, judged: Sequence[tuple[Pending, Score]], weights: WarmthSettings
) -> None:
    points_of = [
        (pending, score, evidence(weights.weight(pending.kind), round(score.prospect, DECIMALS)))
        for pending, score in judged
    ]
    points_of = [one for one in points_of if one[2] >= weights.floor]
    if not points_of:
        return
    half_lives = load_half_lives(session)
    # A row that does not exist cannot be locked: make it first, so that two scorers at once wait
    # for each other instead of losing one's evidence.
    insert_ignore(
        session,
        Prospect,
        [
            {
                "person_id": person_id,
                "topic_id": topic_id,
                "warmth_key": -math.inf,
                "newest_at": occurred_at,
            }
            for (person_id, topic_id), occurred_at in {
                (pending.person_id, pending.topic_id): pending.occurred_at
                for pending, _, _ in points_of
            }.items()
        ],
    )
    known = _load_keys(session, {pending.person_id for pending, _, _ in points_of})
    keys: dict[tuple[int, int], list[float]] = {}
    newest: dict[tuple[int, int], datetime] = {}
    for pending, _, points in points_of:
        name = (pending.person_id, pending.topic_id)
        if name not in keys:
            _, key, at = known[name]
            keys[name] = [key]
            newest[name] = at
        keys[name].append(key_of(points, pending.occurred_at, half_lives[pending.topic_id]))
        newest[name] = max(newest[name], pending.occurred_at)
    upsert(
        session,
        Prospect,
        [
            {
                "person_id": person_id,
                "topic_id": topic_id,
                "warmth_key": add_keys(keys[person_id, topic_id]),
                "newest_at": newest[person_id, topic_id],
            }
            for person_id, topic_id in keys
        ],
        key=("person_id", "topic_id"),
        update=("warmth_key", "newest_at"),
    )
    insert_ignore(
        session,
        Evidence,
        [
            {
                "prospect_id": known[pending.person_id, pending.topic_id][0],
                "signal_id": pending.signal_id,
                "points": points,
                "code": headline(score.reasons, pending.kind),
                "occurred_at": pending.occurred_at,
            }
            for pending, score, points in points_of
        ],
    )


def headline(reasons: Iterable[Reason], kind: str) -> str:
    """The code that says best why this engagement counts: its strongest telling cue, else its kind.

    A telling cue is named whatever its weight: a trained scorer shares it with other columns.
    """
    if kind in WORDLESS_KINDS:
        return f"kind.{kind}"
    said = list(reasons)
    named = [reason for reason in said if reason.code in TELLING_CODES]
    named = named or [r for r in said if r.code in _WEAK_CODES and r.log_odds > 0]
    return max(named, key=lambda reason: reason.log_odds).code if named else f"kind.{kind}"


def load_half_lives(session: Session) -> dict[int, timedelta]:
    """Half-life of evidence per topic."""
    return {
        topic_id: timedelta(hours=hours)
        for topic_id, hours in session.execute(select(Topic.id, Topic.half_life_hours))
    }


def _load_keys(
    session: Session, person_ids: set[int]
) -> Mapping[tuple[int, int], tuple[int, float, datetime]]:
    known: dict[tuple[int, int], tuple[int, float, datetime]] = {}
    for chunk in chunks(sorted(person_ids)):
        for row in session.execute(
            select(
                Prospect.person_id,
                Prospect.topic_id,
                Prospect.id,
                Prospect.warmth_key,
                Prospect.newest_at,
            )
            .where(Prospect.person_id.in_(chunk))
            .with_for_update()
        ):
            known[row.person_id, row.topic_id] = (row.id, row.warmth_key, row.newest_at)
    return known


def recompute(session: Session, prospect_ids: Sequence[int]) -> None:
    """Rank again from the evidence that is left; a prospect without any is no prospect."""
    half_lives = load_half_lives(session)
    for chunk in chunks(prospect_ids):
        terms: dict[int, list[tuple[float, datetime]]] = {}
        for prospect_id, points, occurred_at in session.execute(
            select(Evidence.prospect_id, Evidence.points, Evidence.occurred_at)
            .where(Evidence.prospect_id.in_(chunk))
            .order_by(Evidence.prospect_id, Evidence.signal_id)
        ):
            terms.setdefault(prospect_id, []).append((points, occurred_at))
        rows = session.execute(
            select(Prospect.id, Prospect.topic_id).where(Prospect.id.in_(chunk)).with_for_update()
        ).all()
        gone = [prospect_id for prospect_id, _ in rows if prospect_id not in terms]
        if gone:
            session.execute(delete(Prospect).where(Prospect.id.in_(gone)))
        for prospect_id, topic_id in rows:
            if prospect_id in terms:
                half_life = half_lives[topic_id]
                session.execute(
                    update(Prospect)
                    .where(Prospect.id == prospect_id)
                    .values(
                        warmth_key=add_keys(key_of(p, t, half_life) for p, t in terms[prospect_id]),
                        newest_at=max(t for _, t in terms[prospect_id]),
                    )
                )
