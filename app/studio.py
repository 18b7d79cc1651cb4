"""What a draft of a topic would change: replayed, scored, and put beside capacity and cost."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final, TypeVar, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.previews import Facts, Judged, Key, Preview, key_of, put_together
from app.topic_load import count_places, count_working, find_receivers, load_homes
from app.turns import Turns
from models import ArchiveLabel, PostWords, Spend, StoredScore, Topic
from models.bulk import among
from prospects.corrections import standing_labels
from prospects.judging import PostKey, judgements, may_judge
from signals.coverage import find_later, load_coverage
from signals.scoring.contract import Intent, Score, Scorer, ScorerInput, TopicContext
from signals.studio import (
    Heard,
    StoredPost,
    days_before,
    hear_all,
    load_tokenisers,
    may_gain,
    replay,
)
from signals.versions import Definition

#: Posts scored for one preview at most: the scorer reads some hundreds a second.
_SCORED: Final = 16
_REMEMBERED: Final = 16  # replays of saved definitions, and totals, kept for the next keystroke
#: Of so many posts some surely hold an address; in fewer, loading what tells may never be needed.
_MANY: Final = 20_000
_LEAST_DAYS: Final = 1 / 24  # an hour: of less no day can be told
_FRESH: Final = timedelta(minutes=5)  # so long; nothing of them is shown but counts

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Span:
    """The days looked at; spans of one ``key`` are taken for one another."""

    since: datetime
    days: float
    key: tuple[object, ...]

    @classmethod
    def of(cls, oldest: datetime | None, days: float, now: datetime) -> _Span:
        since = days_before(now, days)
        if oldest is not None and oldest > since:
            covered = max((now - oldest) / timedelta(days=1), _LEAST_DAYS)
            return cls(oldest, min(covered, days), (oldest, days))
        return cls(since, days, (days, (now - datetime.min.replace(tzinfo=UTC)) // _FRESH))


class Studio:
    """Previews for one process; remembers what the saved definitions heard."""

    def __init__(self, workspace: Workspace, load_scorer: Callable[[], Scorer]) -> None:
        self.workspace = workspace
        self._load_scorer = load_scorer
        self._old_share = workspace.settings.collect.archive_share
        self._kept: dict[tuple[object, ...], object] = {}
        self._scorer: Scorer | None = None
        self._lock = Lock()
        self._is_ready = False
        self.turns = Turns()

    def prepare(self, topic_id: int, *, days: float, now: datetime) -> None:
        """Load what previews need and hear the saved topic, before the first key is pressed."""
        with self.workspace.db.read() as session:
            saved = Definition.of(session.get_one(Topic, topic_id))
        if self.preview(topic_id, saved, days=days, now=now).searched > _MANY:
            load_tokenisers()
        with self.workspace.db.read() as session:  # what a draft that gains will be put beside
            topic = session.get_one(Topic, topic_id)
            self._recall(session, topic, _Span.of(load_coverage(session).since, days, now))
        with self._lock:
            if not self._is_ready:
                self._is_ready = True
                # Scorer and vocabulary stay as long as the process: that a collection of garbage
                # need not walk them spares one preview in thirty 0.2 s.
                gc.collect()
                gc.freeze()

    def preview(
        self, topic_id: int, draft: Definition, *, days: float, now: datetime,
        check: Callable[[], None] = lambda: None,
    ) -> Preview:  # fmt: skip
        """Replay a draft on what was kept of the last days. Writes nothing.

        ``check`` is asked between the steps and may raise: nobody waits any more.
        """
        with self.workspace.db.read() as session:
            topic = session.get_one(Topic, topic_id)
            saved = Definition.of(topic)
            gains = may_gain(saved, draft)
            coverage = load_coverage(session)
            # gains are known for what the archive covers; losses beside them of the same days
            span = _Span.of(coverage.since if gains else None, days, now)
            change = replay(
                session, saved, draft, since=span.since, old_share=self._old_share,
                check=check,
            )  # fmt: skip
            check()
            heard, searched = self._recall(session, topic, span)
            named = [one.post for one in (*heard, *change.gained, *change.lost)]
            known = _load_judgements(session, topic_id, named)
            facts = replace(
                _load_facts(session, topic, span.since, searched, now),
                kept=coverage.since is not None, unkept=coverage.unkept, may_gain=gains,
                later=self._find_later(session, coverage.since, span) if gains else (),
                homes=load_homes(session, topic_id, named) if saved.places or draft.places else {},
            )  # fmt: skip
        context = TopicContext(draft.name, draft.keywords, draft.description)
        check()
        gained = self._judge(change.gained, known, context, _SCORED)
        check()
        lost = self._judge(change.lost, known, context, _SCORED // 2)
        before = self._judge(heard, known, context, 0)
        if not any(one.prospect is not None for one in before):
            before = self._judge(heard, known, context, _SCORED // 2)
        return put_together(
            change, before, gained, lost, facts=facts, days=span.days, reaches=self._reaches,
            places=(saved.places, draft.places),
        )  # fmt: skip

    def _recall(self, session: Session, topic: Topic, span: _Span) -> tuple[list[Heard], int]:
        """What the saved topic heard in these days, and among how many posts."""
        heard = self._remember(
            (topic.id, topic.version, span.key),
            lambda: hear_all(
                session, Definition.of(topic), since=span.since,
                old_share=self._old_share,
            ),
        )  # fmt: skip
        return heard, self._remember((span.key,), lambda: _count_searched(session, span.since))

    def _find_later(
        self, session: Session, since: datetime | None, span: _Span
    ) -> tuple[tuple[str, datetime | None], ...]:
        return self._remember(("later", span.key), lambda: find_later(session, since))

    def choose(
        self, topic_id: int, draft: Definition, *, days: float, now: datetime, most: int, seed: int
    ) -> list[PostKey]:
        """Posts to judge, drawn evenly from what the draft gains, else from all that it hears.

        Only such as can be judged and were not yet; the same for the same seed and posts.
        """
        since = days_before(now, days)
        rng = random.Random(seed)  # noqa: S311 - a sample, nothing secret
        with self.workspace.db.read() as session:
            saved = Definition.of(session.get_one(Topic, topic_id))
            gained = replay(session, saved, draft, since=since).gained
            pools: list[Sequence[Heard]] = [gained]
            if len(gained) < most:
                pools.append(hear_all(session, draft, since=since))
            chosen: list[PostKey] = []
            for pool in pools:
                keys = [PostKey(one.post.archive_id, one.post.signal_id) for one in pool]
                done = {*judgements(session, topic_id, keys), *chosen}
                open_ = [one for one in may_judge(session, topic_id, keys) if one not in done]
                chosen += rng.sample(open_, min(most - len(chosen), len(open_)))
        return chosen

    def _reaches(self, one: Judged) -> bool:
        settings = self.workspace.settings
        weight = settings.warmth.weight(one.heard.post.kind)
        return one.prospect is not None and one.prospect * weight >= settings.lists.threshold

    def _remember(self, name: tuple[object, ...], make: Callable[[], _T]) -> _T:
        """What was made under this name before, else made now."""
        with self._lock:
            if name in self._kept:
                return cast("_T", self._kept[name])
        made = make()
        with self._lock:
            while len(self._kept) >= _REMEMBERED:
                self._kept.pop(next(iter(self._kept)))
            self._kept[name] = made
        return made

    def _judge(
        self, heard: Sequence[Heard], known: dict[Key, Judged], context: TopicContext, most: int
    ) -> list[Judged]:
        """Each post as it was judged before; of the others ``most``, evenly spread, are scored."""
        found = [known.get(key_of(one.post)) for one in heard]
        new = [place for place, one in enumerate(found) if one is None]
        new = new[:: -(-len(new) // most)] if most and new else []
        scores: Sequence[Score] = ()
        if new:
            with self._lock:
                if self._scorer is None:
                    self._scorer = self._load_scorer()
            scores = self._scorer.score(
                [
                    ScorerInput(post.text, post.language, post.kind, context)
                    for post in (heard[place].post for place in new)
                ]
            )
        by_place = dict(zip(new, scores, strict=True))
        judged = []
        for place, (one, before) in enumerate(zip(heard, found, strict=True)):
            score = by_place.get(place)
            if before is not None:
                judged.append(Judged(one, before.prospect, before.intent, before.by_person))
            elif score is not None:
                judged.append(Judged(one, score.prospect, score.strongest))
            else:
                judged.append(Judged(one, None, None))
        return judged


def _load_judgements(
    session: Session, topic_id: int, posts: Sequence[StoredPost]
) -> dict[Key, Judged]:
    """What people and the scorer said of these posts for the topic already."""
    by_signal = {post.signal_id: post for post in posts if post.signal_id is not None}
    by_archive = {post.archive_id: post for post in posts if post.archive_id is not None}
    known: dict[Key, Judged] = {}
    for signal_id, prospect, intents in session.execute(
        select(StoredScore.signal_id, StoredScore.prospect, StoredScore.intents)
        .where(StoredScore.topic_id == topic_id, among(session, StoredScore.signal_id, by_signal))
        .order_by(StoredScore.id)
    ):
        post = by_signal[signal_id]
        best = max(intents.items(), key=lambda pair: pair[1]) if intents else None
        known[key_of(post)] = Judged(
            Heard(post, frozenset(), ()), prospect, (Intent(best[0]), best[1]) if best else None
        )
    for label in standing_labels(session, topic_id, list(by_signal)):
        post = by_signal[label.signal_id]
        before = known.get(key_of(post))
        known[key_of(post)] = Judged(
            Heard(post, frozenset(), ()),
            float(label.value),
            before.intent if before else None,
            by_person=True,
        )
    for archive_id, value in session.execute(
        select(ArchiveLabel.archive_id, ArchiveLabel.value)
        .where(
            ArchiveLabel.topic_id == topic_id, among(session, ArchiveLabel.archive_id, by_archive)
        )
        .order_by(ArchiveLabel.id)
    ):
        post = by_archive[archive_id]
        known[key_of(post)] = Judged(
            Heard(post, frozenset(), ()), float(value), None, by_person=True
        )  # fmt: skip
    return known


def _count_searched(session: Session, since: datetime) -> int:
    statement = select(func.count()).select_from(PostWords).where(PostWords.occurred_at >= since)
    return session.scalar(statement) or 0


def _load_facts(
    session: Session, topic: Topic, since: datetime, searched: int, now: datetime
) -> Facts:
    reps = find_receivers(session, topic)
    cost = session.scalar(
        select(func.sum(Spend.money)).where(
            Spend.topic_id == topic.id, Spend.spent_on >= since.date()
        )
    )
    return Facts(
        count_working(reps, now), count_places(session, topic, reps), cost or 0.0, searched
    )
