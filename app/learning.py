"""Learning from reps: per topic, a small stage over the shipped scorer, fitted and tried."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.label_weights import weigh_labels
from app.topic_scorers import IN_FORCE, next_number, put_in_force, rescore, stack_of
from models import ArchiveLabel, Label, Signal, Topic, TopicScorer, WorkspaceValue
from models.upsert import upsert
from prospects.corrections import StandingLabel, standing_labels
from prospects.judging import ARCHIVE, load_archive_lessons
from prospects.rescore import load_named
from signals.catalog import find_topic
from signals.policy import TERMS, terms_of
from signals.scoring.contract import Scorer
from signals.scoring.rules import WORDLESS
from signals.tombstones import chunks

if TYPE_CHECKING:
    from signals.scoring.fit_topic import FitResult, Labelled

_FRESH = 20  # judged since the one in force was fitted; fewer cannot tell which is better
_EVERY = timedelta(days=7)
_DUE = "learned_at"
_DAILY = timedelta(days=1)
_FOLLOWED = "followed_at"


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What training came to for one topic; ``number`` is ``None`` where nothing was tried."""

    topic: str
    labels: int
    texts: int
    positives: int
    kind: str
    number: int | None
    promoted: bool
    why: str
    candidate: dict[str, Any]
    incumbent: dict[str, Any]
    rescored: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def train_topics(
    workspace: Workspace,
    scorer: Scorer,
    clock: Callable[[], datetime],
    *,
    topic: str | None = None,
    seed: int = 0,
) -> list[TrainingReport]:
    """Fit every topic's labels over the prior ``scorer``; promote what is better on held-back ones.

    A label on somebody listed as a try counts for the inverse of its odds. The same labels again
    write no second row.
    """
    with workspace.db.read() as session:
        topics = (
            [find_topic(session, topic)]
            if topic
            else list(session.scalars(select(Topic).where(Topic.active).order_by(Topic.id)))
        )
    return [_train(workspace, scorer, clock, one, seed) for one in topics]


def learn_when_due(
    workspace: Workspace, load: Callable[[], Scorer], clock: Callable[[], datetime]
) -> bool:
    """Train all topics if nobody did for a week, or for a day with archived posts judged since.

    Whether it was done. One process does it.

    ``load`` gives the prior; it takes long and is asked only where something is due.
    """
    now = clock()
    with workspace.db.write() as session:
        last = session.get(WorkspaceValue, _DUE, with_for_update=True)
        if last is not None:
            learned = datetime.fromisoformat(last.value)
            # archived posts are gone within days: what was said of them is learned from meanwhile
            every = _DAILY if _was_sampled(session, learned) else _EVERY
            if now - learned < every:
                return False
        row = {"key": _DUE, "value": now.isoformat()}
        upsert(session, WorkspaceValue, [row], key=("key",), update=("value",))
    try:
        train_topics(workspace, load(), clock)
    except BaseException:  # stopped or failed: due again at the next tick, not in a week
        with workspace.db.write() as session:
            session.execute(delete(WorkspaceValue).where(WorkspaceValue.key == _DUE))
        raise
    return True


def _was_sampled(session: Session, since: datetime) -> bool:
    found = session.scalar(select(ArchiveLabel.id).where(ArchiveLabel.created_at > since).limit(1))
    return found is not None


def follow_when_due(
    workspace: Workspace, load: Callable[[], Scorer], clock: Callable[[], datetime]
) -> int:
    """Once a day, let signals like those judged since follow; returns how many moved.

    Only topics with a judgement, or one taken back, since the last time are looked at. One process
    does it. ``load`` gives the prior and is asked only where something is to do.
    """
    now = clock()
    with workspace.db.write() as session:
        last = session.get(WorkspaceValue, _FOLLOWED, with_for_update=True)
        since = None if last is None else datetime.fromisoformat(last.value)
        if since is not None and now - since < _DAILY:
            return 0
        row = {"key": _FOLLOWED, "value": now.isoformat()}
        upsert(session, WorkspaceValue, [row], key=("key",), update=("value",))
        judged = select(Label.topic_id)
        sampled = select(ArchiveLabel.topic_id)
        if since is not None:
            judged = judged.where(Label.created_at > since)
            sampled = sampled.where(ArchiveLabel.created_at > since)
        topics = session.scalars(
            select(Topic.name)
            .where(Topic.active, Topic.id.in_(judged) | Topic.id.in_(sampled))
            .order_by(Topic.id)
        ).all()
    try:
        return sum(rescore(workspace, name, load(), clock, only_moved=True) for name in topics)
    except BaseException:  # stopped or failed: due again at the next tick, for the same judgements
        with workspace.db.write() as session:
            if since is None:
                session.execute(delete(WorkspaceValue).where(WorkspaceValue.key == _FOLLOWED))
            else:
                row = {"key": _FOLLOWED, "value": since.isoformat()}
                upsert(session, WorkspaceValue, [row], key=("key",), update=("value",))
        raise


def _train(
    workspace: Workspace,
    scorer: Scorer,
    clock: Callable[[], datetime],
    topic: Topic,
    seed: int,
) -> TrainingReport:
    from signals.scoring.fit_topic import Labelled, fit_stack

    with workspace.db.read() as session:
        labels = _may_teach(session, standing_labels(session, topic.id))
        weights = weigh_labels(session, [one.label_id for one in labels])
        read = {
            pending.signal_id: pending.input
            for pending in load_named(session, topic.id, [one.signal_id for one in labels])
            # the words of the team's own post are not those of whoever liked it
            if not (pending.input.own and pending.input.kind in WORDLESS)
        }
        current = session.scalar(
            select(TopicScorer).where(TopicScorer.topic_id == topic.id, *IN_FORCE)
        )
        latest = session.scalar(
            select(TopicScorer)
            .where(TopicScorer.topic_id == topic.id, TopicScorer.repeats.is_(None))
            .order_by(TopicScorer.number.desc())
            .limit(1)
        )
        for lesson, post, network in load_archive_lessons(session, topic.id):
            if terms_of(network).train:
                labels.append(lesson)
                read[lesson.signal_id] = post
    labels = [one for one in labels if one.signal_id in read]
    scores = scorer.score([read[one.signal_id] for one in labels])
    labelled = [
        Labelled(
            read[one.signal_id].text,
            score,
            one.value,
            1.0 if one.source == ARCHIVE else weights.get(one.label_id, 1.0),
        )
        for one, score in zip(labels, scores, strict=True)
    ]
    fit = fit_stack(labelled, seed=seed)
    told = TrainingReport(
        topic.name, len(labels), fit.texts, fit.positives, fit.stack.kind, None,
        promoted=False, why=fit.why, candidate={}, incumbent={},
    )  # fmt: skip
    if not fit.held_back:
        return told
    digest = _digest(labels, scorer.version)
    if latest is not None and latest.labels.get("digest") == digest:
        return replace(told, why=f"Nothing was judged since number {latest.number}.")
    applied = current if current and current.prior_version == scorer.version else None
    better, why, candidate, incumbent = _compare(fit, labels, labelled, applied)
    with workspace.db.write() as session:
        row = TopicScorer(
            topic_id=topic.id,
            number=next_number(session, topic.id),
            kind=fit.stack.kind,
            parameters=fit.stack.as_json(),
            prior_version=scorer.version,
            labels={
                "texts": fit.texts,
                "positives": fit.positives,
                "sources": dict(sorted(Counter(one.source for one in labels).items())),
                "newest": _newest(labels, archived=False),
                "newest_archived": _newest(labels, archived=True),
                "digest": digest,
            },
            candidate=candidate,
            incumbent=incumbent,
            note=why,
            created_at=clock(),
        )
        session.add(row)
        session.flush()
        number = row.number
        if better:
            put_in_force(session, row, clock())
    rescored = rescore(workspace, topic.name, scorer, clock) if better else 0
    return replace(
        told, number=number, promoted=better, why=why, candidate=candidate, incumbent=incumbent,
        rescored=rescored,
    )  # fmt: skip


def _compare(
    fit: FitResult,
    labels: Sequence[StandingLabel],
    labelled: Sequence[Labelled],
    current: TopicScorer | None,
) -> tuple[bool, str, dict[str, Any], dict[str, Any]]:
    """Whether the candidate is better than what is in force, on labels neither was fitted on."""
    from signals.scoring.judge_topic import measure, saves

    candidate = measure(fit.logits, labelled) | {
        "gain": round(fit.gain, 6),
        "margin": round(fit.margin, 6),
        "tried": {name: round(loss, 6) for name, loss in fit.held_back.items()},
    }
    if current is None or current.kind == "prior":
        incumbent = measure(None, labelled)
        return fit.stack.kind != "prior", fit.why, candidate, incumbent
    seen = {
        True: int(current.labels.get("newest_archived", 0)),
        False: int(current.labels.get("newest", 0)),
    }
    fresh = [i for i, one in enumerate(labels) if one.label_id > seen[one.source == ARCHIVE]]
    unseen = [labelled[index] for index in fresh]
    if len(fresh) < _FRESH:
        why = f"{len(fresh)} judged since number {current.number}; {_FRESH} are needed to compare."
        return False, why, candidate, {}
    logits = [fit.logits[index] for index in fresh]
    stack = stack_of(current)
    incumbent = measure(stack, unseen)
    candidate["fresh"] = measure(logits, unseen)
    if saves(logits, stack, unseen):
        return True, fit.why, candidate, incumbent
    why = f"Not clearly better than number {current.number} on {len(fresh)} judged since."
    return False, why, candidate, incumbent


def _newest(labels: Sequence[StandingLabel], *, archived: bool) -> int:
    """The last number of either kind of label: they are counted apart."""
    numbers = (one.label_id for one in labels if (one.source == ARCHIVE) is archived)
    return max(numbers, default=0)


def _may_teach(session: Session, labels: Sequence[StandingLabel]) -> list[StandingLabel]:
    """Without those on signals of networks whose terms forbid training by them."""
    forbidden: set[int] = set()
    closed = [network for network, terms in TERMS.items() if not terms.train]
    for chunk in chunks([label.signal_id for label in labels]):
        forbidden.update(
            session.scalars(
                select(Signal.id).where(Signal.id.in_(chunk), Signal.network.in_(closed))
            )
        )
    return [label for label in labels if label.signal_id not in forbidden]


def _digest(labels: Sequence[StandingLabel], version: str) -> str:
    written = repr((version, [(one.label_id, one.value) for one in labels]))
    return hashlib.sha256(written.encode()).hexdigest()[:16]
