"""Signals that were scored before, for a scorer that changed: read them, append its scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from config.settings import WarmthSettings
from models import Account, Match, Person, Signal, StoredScore
from models.signal import is_by_others
from prospects.corrections import settle
from prospects.refresh import Pending, how_own, insert_scores, load_contexts
from signals.collectors.contract import WORDLESS_KINDS
from signals.scoring.contract import Score, ScorerInput
from signals.tombstones import chunks


def load_scored(
    session: Session, topic_id: int, *, since: datetime, after_id: int, limit: int
) -> list[Pending]:
    """The topic's scored signals since an instant, by id from ``after_id`` on, to score again.

    Who must not be shown is not judged either.
    """
    of_topic = select(Match.signal_id).where(Match.topic_id == topic_id)
    statement = (
        _select_signals(topic_id)
        .where(
            Signal.id.in_(of_topic),
            Signal.id > after_id,
            Signal.occurred_at > since,
            Signal.scored_at.is_not(None),
        )
        .limit(limit)
    )
    return _read(session, statement, topic_id)


def load_named(session: Session, topic_id: int, signal_ids: Sequence[int]) -> list[Pending]:
    """These signals as a scorer reads them for the topic; those with no words left are missing."""
    return [
        pending
        for chunk in chunks(sorted(signal_ids))
        for pending in _read(
            session, _select_signals(topic_id).where(Signal.id.in_(chunk)), topic_id
        )
        if pending.input.text.strip()
    ]


def append_scores(
    session: Session,
    topic_id: int,
    scored: Sequence[tuple[Pending, Score]],
    *,
    scorer_version: str,
    weights: WarmthSettings,
    now: datetime,
) -> None:
    """Append the scores of a changed scorer and settle the evidence of their signals anew."""
    ids = [pending.signal_id for pending, _ in scored]
    alive: set[int] = set()
    for chunk in chunks(sorted(ids)):  # some may have been deleted while we scored
        alive.update(
            session.scalars(
                select(Signal.id)
                .where(Signal.id.in_(chunk), Signal.deleted_at.is_(None))
                .with_for_update()
            )
        )
    insert_scores(
        session,
        [(pending, score) for pending, score in scored if pending.signal_id in alive],
        scorer_version=scorer_version,
        now=now,
    )
    settle(session, topic_id, sorted(alive), weights=weights)


_Row = tuple[int, int, str, datetime, str | None, str | None, str | None, str | None, int | None]


def _select_signals(topic_id: int) -> Select[*_Row]:
    target = aliased(Signal)
    # One of several rows of that name; any has the same words.
    words = (
        select(func.max(target.text))
        .where(target.network == Signal.network, target.external_id == Signal.target_external_id)
        .correlate(Signal)
        .scalar_subquery()
    )
    place = (
        select(func.min(Match.start))
        .where(Match.signal_id == Signal.id, Match.topic_id == topic_id)
        .correlate(Signal)
        .scalar_subquery()
    )
    return (
        select(
            Signal.id, Account.person_id, Signal.kind, Signal.occurred_at, Signal.text,
            Signal.language, words.label("target_text"), Signal.own, place.label("place"),
        )
        .join(Account, Account.id == Signal.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(Signal.deleted_at.is_(None), Person.suppressed_at.is_(None), is_by_others())
        .order_by(Signal.id)
    )  # fmt: skip


def _read(
    session: Session,
    statement: Select[*_Row],
    topic_id: int,
) -> list[Pending]:
    context = load_contexts(session)[topic_id]
    return [
        Pending(
            signal_id,
            person_id,
            topic_id,
            kind,
            occurred_at,
            ScorerInput(
                (target_text if kind in WORDLESS_KINDS else text) or "",
                language,
                kind,
                context,
                how_own(own, kind) if place is None or place < 0 else "",
            ),
        )
        for signal_id, person_id, kind, occurred_at, text, language, target_text, own, place in (
            session.execute(statement)
        )
    ]


def find_scored(session: Session, topic_id: int, *, after_id: int, limit: int) -> list[int]:
    """Numbers of the topic's scored signals that still stand, from ``after_id`` on."""
    return list(
        session.scalars(
            select(Signal.id)
            .join(StoredScore, StoredScore.signal_id == Signal.id)
            .where(
                StoredScore.topic_id == topic_id,
                Signal.id > after_id,
                Signal.deleted_at.is_(None),
                Signal.scored_at.is_not(None),
            )
            .distinct()
            .order_by(Signal.id)
            .limit(limit)
        )
    )
