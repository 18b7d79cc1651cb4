"""What a topic learned, in force or not: load, promote, roll back, list, score anew.

A topic's rows are its history. What is in force is promoted and not retired; bringing an earlier
one back is a new row, so that each scoring has a version of its own and the latest score counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from config.errors import Conflict, NotFound, Refused
from models import Topic, TopicScorer
from prospects.corrections import latest_scores, standing_labels
from prospects.judging import load_archive_lessons
from prospects.rescore import append_scores, load_named, load_scored
from prospects.tuning import load_weights
from signals.catalog import find_topic
from signals.policy import terms_of
from signals.scoring.contract import Scorer, ScorerInput
from signals.scoring.own import judge
from signals.scoring.rules import WORDLESS
from signals.scoring.topic_stack import Stack, StackedScorer

_MOVED = 0.01  # in probability; less changes no list
_REMEMBERED = 300  # judgements of a topic that others may be like: bounds time
_BATCH = 2000  # signals read, scored and stored at a time: bounds memory, not speed
#: The last one made over each scorer that lives.
_KEPT: WeakKeyDictionary[Scorer, Scorer] = WeakKeyDictionary()
#: The one row of a topic that counts.
IN_FORCE = (TopicScorer.promoted_at.is_not(None), TopicScorer.retired_at.is_(None))


def load_prior(workspace: Workspace) -> Scorer:
    """The scorer the settings name, before anything a topic learned.

    Refused where an encoder is named that cannot be loaded: scores of two kinds would mix.
    """
    chosen = workspace.settings.scoring
    if chosen.scorer == "rules":
        from signals.scoring.rules import RuleScorer

        return RuleScorer()
    from signals.scoring.load import load_neural, load_scorer

    if chosen.encoder:
        return load_neural(chosen.encoder, threshold=chosen.encoder_threshold)
    return load_scorer()


def load_topic_scorer(workspace: Workspace, prior: Scorer | None = None) -> Scorer:
    """The scorer of the pipeline: the prior with what each topic learned over that very prior.

    Posts like those that were judged follow what was said of them. ``prior``: the shipped one if
    not given; itself when no topic has anything in force.
    """
    from signals.scoring.similar import Placing, SimilarScorer  # needs numpy

    if prior is None:
        prior = load_prior(workspace)
    with workspace.db.read() as session:
        rows = session.execute(
            select(Topic.name, TopicScorer)
            .join(Topic, Topic.id == TopicScorer.topic_id)
            .where(*IN_FORCE, TopicScorer.prior_version == prior.version)
            .order_by(Topic.id)
        ).all()
        judged = _load_judged(session) if isinstance(prior, Placing) else {}
    stacks = {name: stack_of(row) for name, row in rows}
    scorer: Scorer = StackedScorer(prior, stacks) if stacks else prior
    if not isinstance(prior, Placing) or not judged:
        return scorer
    made = SimilarScorer(scorer, prior, judged)
    kept = _KEPT.get(prior)
    if kept is not None and kept.version == made.version:
        return kept  # asked at every tick; what it knows of the judged posts took time
    _KEPT[prior] = made
    return made


def _load_judged(session: Session) -> dict[str, list[tuple[ScorerInput, int]]]:
    """Per topic with judgements its latest ones, with the posts they are of."""
    found: dict[str, list[tuple[ScorerInput, int]]] = {}
    for topic in session.scalars(select(Topic).where(Topic.active).order_by(Topic.id)):
        labels = sorted(standing_labels(session, topic.id), key=lambda one: one.label_id)
        value_of = {one.signal_id: one.value for one in labels[-_REMEMBERED:]}
        sampled = load_archive_lessons(session, topic.id)[-_REMEMBERED:]
        found[topic.name] = [
            (post, one.value) for one, post, network in sampled if terms_of(network).train
        ]
        found[topic.name] += [
            (pending.input, value_of[pending.signal_id])
            for pending in load_named(session, topic.id, sorted(value_of))
            if pending.input.kind not in WORDLESS
        ]
    return {name: pairs for name, pairs in found.items() if pairs}


def promote(
    workspace: Workspace, topic: str, number: int, prior: Scorer, clock: Callable[[], datetime]
) -> TopicScorer:
    """Put a number of the topic's history in force and score its recent signals by it.

    One that was in force before comes back under a new number.
    """
    with workspace.db.write() as session:
        found = find_topic(session, topic)
        row = session.scalar(
            select(TopicScorer).where(
                TopicScorer.topic_id == found.id, TopicScorer.number == number
            )
        )
        if row is None:
            raise NotFound(
                "%(name)s has no number %(number)s.",
                "See: warmlist scorer history",
                name=found.name,
                number=number,
            )
        if row.promoted_at is not None and row.retired_at is None:
            raise Conflict(
                "Number %(number)s of %(name)s is in force already.",
                "",
                number=number,
                name=found.name,
            )
        if row.prior_version != prior.version:
            raise Refused(
                "Number %(number)s was fitted over %(prior_version)s, not %(version)s.",
                "Run: warmlist scorer learn",
                number=number,
                prior_version=row.prior_version,
                version=prior.version,
            )
        promoted = put_in_force(session, row, clock())
    rescore(workspace, found.name, prior, clock)
    return promoted


def rollback(
    workspace: Workspace, topic: str, prior: Scorer, clock: Callable[[], datetime]
) -> TopicScorer:
    """Retire what is in force and bring back what was before it, at last the prior alone."""
    with workspace.db.write() as session:
        found = find_topic(session, topic)
        current = _in_force(session, found.id)
        origin = 0 if current is None else _origin(current)
        if current is None or origin == 0:
            raise Refused(
                "%(name)s is scored by the shipped scorer alone.",
                "There is nothing to go back to.",
                name=found.name,
            )
        earlier = session.scalar(
            select(TopicScorer)
            .where(
                TopicScorer.topic_id == found.id,
                TopicScorer.number < origin,
                TopicScorer.repeats.is_(None),
                TopicScorer.promoted_at.is_not(None),
                TopicScorer.prior_version == prior.version,
            )
            .order_by(TopicScorer.number.desc())
            .limit(1)
        )
        if earlier is None:
            earlier = TopicScorer(
                topic_id=found.id, kind="prior", prior_version=prior.version, labels={},
                candidate={}, incumbent={}, number=0, parameters=Stack().as_json(),
            )  # fmt: skip
        promoted = put_in_force(session, earlier, clock())
    rescore(workspace, found.name, prior, clock)
    return promoted


def history(workspace: Workspace, topic: str | None = None) -> list[tuple[str, TopicScorer]]:
    """Every attempt of a topic, or of all, in order, with the topic's name."""
    with workspace.db.read() as session:
        statement = (
            select(Topic.name, TopicScorer)
            .join(Topic, Topic.id == TopicScorer.topic_id)
            .order_by(Topic.id, TopicScorer.number)
        )
        if topic is not None:
            statement = statement.where(Topic.id == find_topic(session, topic).id)
        return [(name, row) for name, row in session.execute(statement)]


def rescore(
    workspace: Workspace,
    topic: str,
    prior: Scorer,
    clock: Callable[[], datetime],
    *,
    only_moved: bool = False,
) -> int:
    """Score the topic's signals within its window by what is in force now; returns how many.

    Scores are appended, evidence and keys follow, a batch at a time. With ``only_moved`` those
    whose probability stays nearly the same get no new row and do not count.
    """
    scorer = load_topic_scorer(workspace, prior)
    now = clock()
    with workspace.db.read() as session:
        found = find_topic(session, topic)
    since = now - timedelta(days=found.window_days)
    total = last = 0
    while True:
        with workspace.db.read() as session:
            batch = load_scored(session, found.id, since=since, after_id=last, limit=_BATCH)
            ids = [pending.signal_id for pending in batch]
            before = latest_scores(session, found.id, ids) if only_moved else {}
        if not batch:
            return total
        last = batch[-1].signal_id
        interest = workspace.settings.scoring.own_interest
        scores = judge(scorer, [pending.input for pending in batch], interest=interest)
        scored = [
            (pending, score)
            for pending, score in zip(batch, scores, strict=True)
            if pending.signal_id not in before
            or abs(before[pending.signal_id][0] - score.prospect) >= _MOVED
        ]
        if not scored:
            continue
        with workspace.db.write() as session:
            append_scores(
                session,
                found.id,
                scored,
                scorer_version=scorer.version,
                weights=load_weights(session, workspace.settings.warmth),
                now=now,
            )
        total += len(scored)


def _in_force(session: Session, topic_id: int) -> TopicScorer | None:
    return session.scalar(
        select(TopicScorer).where(TopicScorer.topic_id == topic_id, *IN_FORCE).with_for_update()
    )


def stack_of(row: TopicScorer) -> Stack:
    """What the row holds, with its number: each number has a version of its own."""
    return replace(Stack.from_json(row.parameters), number=row.number)


def _origin(row: TopicScorer) -> int:
    return row.number if row.repeats is None else row.repeats


def put_in_force(session: Session, row: TopicScorer, now: datetime) -> TopicScorer:
    """Retire what is in force; promote ``row``, or its copy where it was promoted before."""
    current = _in_force(session, row.topic_id)
    if current is not None:
        current.retired_at = now
        session.flush()  # before the next is promoted: the index allows one
    if row.number == 0 or row.promoted_at is not None:
        origin = _origin(row)
        row = TopicScorer(
            topic_id=row.topic_id, number=next_number(session, row.topic_id), kind=row.kind,
            parameters=row.parameters, prior_version=row.prior_version, labels=row.labels,
            candidate=row.candidate, incumbent=row.incumbent, repeats=origin, created_at=now,
            note=f"Number {origin} again." if origin else "The shipped scorer alone again.",
        )  # fmt: skip
        session.add(row)
    row.promoted_at = now
    session.flush()
    return row


def next_number(session: Session, topic_id: int) -> int:
    """The number of the topic's next row."""
    # The topic's row is the lock: two trainings at once get two numbers.
    session.get_one(Topic, topic_id, with_for_update=True)
    last = session.scalar(
        select(func.max(TopicScorer.number)).where(TopicScorer.topic_id == topic_id)
    )
    return (last or 0) + 1
