"""What people say of a signal stands above what the scorer says: labels move evidence at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from config.errors import NotFound, Refused
from config.settings import WarmthSettings
from models import Account, Evidence, Fingerprint, Label, Match, Prospect, Signal, StoredScore
from prospects.duplicates import find_copies
from prospects.evidence import Judged, insert_evidence, load_topics, make_evidence
from prospects.place import find_place
from prospects.refresh import headline, recompute
from signals.scoring.contract import Reason
from signals.tombstones import chunks


@dataclass(frozen=True, slots=True)
class StandingLabel:
    """The judgement that counts for a signal: the latest that nobody took back."""

    label_id: int
    signal_id: int
    value: int
    source: str
    created_at: datetime


def standing_labels(
    session: Session, topic_id: int, signal_ids: Sequence[int] | None = None
) -> list[StandingLabel]:
    """The latest unrevoked judgement per signal of a topic, by signal; of all if none are named."""
    revoking = aliased(Label)
    statement = (
        select(Label.id, Label.signal_id, Label.value, Label.source, Label.created_at)
        .where(
            Label.topic_id == topic_id,
            Label.revokes_id.is_(None),
            ~select(revoking.id).where(revoking.revokes_id == Label.id).exists(),
        )
        .order_by(Label.id)
    )
    latest: dict[int, StandingLabel] = {}
    parts = [None] if signal_ids is None else list(chunks(sorted(signal_ids)))
    for part in parts:
        rows = session.execute(
            statement if part is None else statement.where(Label.signal_id.in_(part))
        )
        for row in rows:
            latest[row[1]] = StandingLabel(*row)
    return [latest[signal_id] for signal_id in sorted(latest)]


def apply_label(
    session: Session,
    signal_id: int,
    topic_id: int,
    value: int,
    source: str,
    now: datetime,
    *,
    weights: WarmthSettings,
    touch_id: int | None = None,
    author: str = "",
) -> Label:
    """Write a judgement and move the signal's evidence by it: 0 takes it away, 1 makes it certain.

    Refuses a signal that is deleted, not scored yet or not of the topic.
    """
    if value not in {0, 1}:
        raise Refused(
            "A label is 0 or 1, not %(value)s.",
            "Use 1 for a prospect, 0 for none.",
            2,
            value=value,
        )
    _check_scored(session, signal_id, topic_id)
    label = Label(
        signal_id=signal_id,
        topic_id=topic_id,
        value=value,
        source=source,
        touch_id=touch_id,
        author=author[:200] or None,
        created_at=now,
    )
    session.add(label)
    session.flush()
    settle(session, topic_id, [signal_id], weights=weights)
    return label


def revoke_label(
    session: Session, label_id: int, now: datetime, *, weights: WarmthSettings, author: str = ""
) -> Label:
    """Take a judgement back; what stood before it counts again, else the stored score.

    Taking back twice returns the first revocation.
    """
    label = session.get(Label, label_id, with_for_update=True)
    if label is None or label.revokes_id is not None:
        raise NotFound(
            "There is no label %(label_id)s.",
            "See: warmlist scorer history",
            label_id=label_id,
        )
    earlier = session.scalar(select(Label).where(Label.revokes_id == label_id))
    if earlier is not None:
        return earlier
    revocation = Label(
        signal_id=label.signal_id,
        topic_id=label.topic_id,
        value=label.value,
        source=label.source,
        touch_id=label.touch_id,
        revokes_id=label.id,
        author=author[:200] or None,
        created_at=now,
    )
    session.add(revocation)
    session.flush()
    settle(session, label.topic_id, [label.signal_id], weights=weights)
    return revocation


def settle(
    session: Session, topic_id: int, signal_ids: Sequence[int], *, weights: WarmthSettings
) -> None:
    """Make the evidence of these signals what labels say, else what the latest score says.

    The latest score is the one in force: whatever changes the scorer scores anew. Keys are
    computed again from all evidence. A signal with neither label nor score keeps none.
    """
    for chunk in chunks(sorted(set(signal_ids))):
        _settle(session, topic_id, chunk, weights)


def revive(session: Session, prospect_ids: Sequence[int], *, weights: WarmthSettings) -> None:
    """Rank anew who lost evidence: a copy of what is gone now counts in its place."""
    waiting: dict[int, set[int]] = {}
    for chunk in chunks(prospect_ids):
        counted = select(Evidence.signal_id).where(
            Evidence.prospect_id == Prospect.id, Evidence.signal_id == Fingerprint.signal_id
        )
        for topic_id, signal_id in session.execute(
            select(Prospect.topic_id, Fingerprint.signal_id)
            .join(Account, Account.person_id == Prospect.person_id)
            .join(Fingerprint, Fingerprint.account_id == Account.id)
            .join(
                Match,
                (Match.signal_id == Fingerprint.signal_id) & (Match.topic_id == Prospect.topic_id),
            )
            .where(
                Prospect.id.in_(chunk),
                Fingerprint.signal_id != Fingerprint.group_id,  # a copy, once or still
                ~counted.exists(),
            )
        ):
            waiting.setdefault(topic_id, set()).add(signal_id)
    for topic_id, signal_ids in sorted(waiting.items()):
        settle(session, topic_id, sorted(signal_ids), weights=weights)
    recompute(session, prospect_ids)


def _settle(
    session: Session, topic_id: int, signal_ids: Sequence[int], weights: WarmthSettings
) -> None:
    rows = session.execute(
        select(
            Signal.id, Signal.kind, Signal.occurred_at, Signal.language, Signal.account_id,
            Account.person_id, Signal.text,
        )
        .join(Account, Account.id == Signal.account_id)
        .where(
            Signal.id.in_(signal_ids),
            Signal.deleted_at.is_(None),
            Signal.scored_at.is_not(None),  # what waits for a score counts once it has one
        )
        .order_by(Signal.id)
        .with_for_update(of=Signal)
    ).all()  # fmt: skip
    scores = latest_scores(session, topic_id, signal_ids)
    said = {one.signal_id: one.value for one in standing_labels(session, topic_id, signal_ids)}
    affected, before = _drop_evidence(session, topic_id, signal_ids)
    judged = []
    for row in rows:
        prospect, relevance, reasons = scores.get(row.id, (0.0, 0.0, []))
        # words that may not be kept any longer still said it
        kept = before[row.id].place if row.id in before else None
        judged.append(
            Judged(
                row.id, row.person_id, row.account_id, topic_id, row.kind, row.occurred_at,
                row.language, float(said.get(row.id, prospect)), relevance,
                headline(reasons, row.kind), find_place(row.text) if row.text else kept,
            )
        )  # fmt: skip
    made, known = make_evidence(
        session,
        judged,
        weights=weights,
        topics=load_topics(session),
        copies=find_copies(session, signal_ids),
        ordinals={(signal_id, topic_id): one.ordinal for signal_id, one in before.items()},
    )
    insert_evidence(session, made)
    of_topic = {one.id for (_, of), one in known.items() if of == topic_id}
    recompute(session, sorted(affected | of_topic))


def _drop_evidence(
    session: Session, topic_id: int, signal_ids: Sequence[int]
) -> tuple[set[int], dict[int, Any]]:
    """Take away what these signals gave to the topic's prospects.

    Returns those prospects, and the ``ordinal`` and ``place`` each signal's evidence had.
    """
    rows = session.execute(
        select(Evidence.prospect_id, Evidence.signal_id, Evidence.ordinal, Evidence.place)
        .join(Prospect, Prospect.id == Evidence.prospect_id)
        .where(Prospect.topic_id == topic_id, Evidence.signal_id.in_(signal_ids))
    ).all()
    affected = {row.prospect_id for row in rows}
    session.execute(
        delete(Evidence).where(
            Evidence.prospect_id.in_(affected),
            Evidence.signal_id.in_({row.signal_id for row in rows}),
        )
    )
    return affected, {row.signal_id: row for row in rows}


def latest_scores(
    session: Session, topic_id: int, signal_ids: Sequence[int]
) -> dict[int, tuple[float, float, list[Reason]]]:
    latest = (
        select(func.max(StoredScore.id))
        .where(StoredScore.topic_id == topic_id, StoredScore.signal_id.in_(signal_ids))
        .group_by(StoredScore.signal_id)
    )
    return {
        signal_id: (
            prospect,
            relevance,
            [Reason(code, points, "", start, end) for code, points, start, end in reasons],
        )
        for signal_id, prospect, relevance, reasons in session.execute(
            select(
                StoredScore.signal_id,
                StoredScore.prospect,
                StoredScore.relevance,
                StoredScore.reasons,
            ).where(StoredScore.id.in_(latest))
        )
    }


def _check_scored(session: Session, signal_id: int, topic_id: int) -> None:
    signal = session.get(Signal, signal_id)
    if signal is None or signal.deleted_at is not None:
        raise NotFound(
            "There is no signal %(signal_id)s.",
            "See: warmlist list show --rep NAME",
            signal_id=signal_id,
        )
    if signal.scored_at is None:
        raise Refused(
            "Signal %(signal_id)s is not scored yet.",
            "Run: warmlist score",
            signal_id=signal_id,
        )
    if signal_id not in latest_scores(session, topic_id, [signal_id]):
        raise Refused(
            "Signal %(signal_id)s does not belong to that topic.",
            "Name the topic that stands beside it on the list.",
            signal_id=signal_id,
        )
