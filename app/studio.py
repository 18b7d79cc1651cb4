"""What a draft of a topic would change: replayed, scored, and put beside capacity and cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from models import ArchiveLabel, DailyList, PostWords, Rep, Spend, StoredScore, Topic
from models.bulk import among
from prospects.corrections import standing_labels
from signals.estimates import Estimate, Stratum, estimate_share
from signals.scoring.contract import Intent, Score, Scorer, ScorerInput, TopicContext
from signals.studio import Heard, Replay, StoredPost, days_before, hear_all, replay
from signals.versions import Definition

#: Posts scored for one preview at most: the scorer reads some hundreds a second.
_SCORED: Final = 16
_REMEMBERED: Final = 8  # saved definitions whose replay is kept for the next keystroke

Key = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Judged:
    """A post with the probability that its author is a prospect; a person's word is 0 or 1."""

    heard: Heard
    prospect: float | None
    intent: tuple[Intent, float] | None
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """What the saved or the drafted definition comes to in the days replayed."""

    posts: float
    prospects: float
    precision: Estimate | None
    per_rep_day: float | None
    cost: float


@dataclass(frozen=True, slots=True)
class Preview:
    """Before and after a change, and samples of what it gains and loses. ``exact``: no estimate.

    ``places``: prospects a rep is given a day at present; ``None`` before the first list.
    """

    days: float
    saved: Side
    draft: Side
    gained: tuple[Judged, ...]
    lost: tuple[Judged, ...]
    gained_posts: float
    lost_posts: float
    gained_prospects: float
    lost_prospects: float
    per_phrase: dict[str, float]
    places: float | None
    exact: bool
    searched: int


class Studio:
    """Previews for one process; remembers what the saved definitions heard."""

    def __init__(self, workspace: Workspace, load_scorer: Callable[[], Scorer]) -> None:
        self.workspace = workspace
        self._load_scorer = load_scorer
        self._heard: dict[tuple[object, ...], tuple[list[Heard], float]] = {}
        self._scorer: Scorer | None = None
        self._lock = Lock()

    def preview(self, topic_id: int, draft: Definition, *, days: float, now: datetime) -> Preview:
        """Replay a draft on what was kept of the last days. Writes nothing."""
        from signals.language import detect

        since = days_before(now, days)
        with self.workspace.db.read() as session:
            topic = session.get_one(Topic, topic_id)
            saved = Definition.of(topic)
            change = replay(session, saved, draft, since=since, detect=detect)
            heard, scale = self._hear_saved(session, topic, saved, since, days)
            named = [one.post for one in (*heard, *change.gained, *change.lost)]
            known = _load_judgements(session, topic_id, named)
            facts = _load_facts(session, topic_id, since)
        context = TopicContext(draft.name, draft.keywords, draft.description)
        gained = self._judge(change.gained, known, context, _SCORED)
        lost = self._judge(change.lost, known, context, _SCORED // 2)
        before = self._judge(heard, known, context, 0)
        if not any(one.prospect is not None for one in before):
            before = self._judge(heard, known, context, _SCORED // 2)
        return _put_together(
            self.workspace, change, before, scale, gained, lost, facts, days
        )  # fmt: skip

    def _hear_saved(
        self, session: Session, topic: Topic, saved: Definition, since: datetime, days: float
    ) -> tuple[list[Heard], float]:
        from signals.language import detect

        newest = session.scalar(select(func.max(PostWords.id))) or 0
        name = (topic.id, topic.version, newest, days, since.date())
        with self._lock:
            known = self._heard.get(name)
        if known is None:
            known = hear_all(session, saved, since=since, detect=detect)
            with self._lock:
                while len(self._heard) >= _REMEMBERED:
                    self._heard.pop(next(iter(self._heard)))
                self._heard[name] = known
        return known

    def _judge(
        self, heard: Sequence[Heard], known: dict[Key, Judged], context: TopicContext, most: int
    ) -> list[Judged]:
        """Each post as it was judged before; of the others the first ``most`` are scored now."""
        found = [known.get(_key(one.post)) for one in heard]
        new = [place for place, one in enumerate(found) if one is None][:most]
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


def _key(post: StoredPost) -> Key:
    return post.archive_id, post.signal_id


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
        known[_key(post)] = Judged(
            Heard(post, frozenset(), ()), prospect, (Intent(best[0]), best[1]) if best else None
        )
    for label in standing_labels(session, topic_id, list(by_signal)):
        post = by_signal[label.signal_id]
        before = known.get(_key(post))
        known[_key(post)] = Judged(
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
        known[_key(post)] = Judged(
            Heard(post, frozenset(), ()), float(value), None, by_person=True
        )  # fmt: skip
    return known


@dataclass(frozen=True, slots=True)
class _Facts:
    reps: int
    places: float | None
    cost: float
    searched: int


def _load_facts(session: Session, topic_id: int, since: datetime) -> _Facts:
    reps = session.scalar(select(func.count()).select_from(Rep).where(Rep.active)) or 0
    newest = session.scalar(select(func.max(DailyList.listed_on)))
    places = session.scalar(select(func.avg(DailyList.wanted)).where(DailyList.listed_on == newest))
    cost = session.scalar(
        select(func.sum(Spend.money)).where(
            Spend.topic_id == topic_id, Spend.spent_on >= since.date()
        )
    )
    searched = session.scalar(
        select(func.count()).select_from(PostWords).where(PostWords.occurred_at >= since)
    )
    return _Facts(reps, None if places is None else float(places), cost or 0.0, searched or 0)


def _put_together(
    workspace: Workspace,
    change: Replay,
    before: Sequence[Judged],
    scale: float,
    gained: Sequence[Judged],
    lost: Sequence[Judged],
    facts: _Facts,
    days: float,
) -> Preview:
    gone = {_key(one.heard.post) for one in lost}
    kept = [one for one in before if _key(one.heard.post) not in gone]
    posts = len(before) * scale
    more, fewer = len(gained) * change.scale, len(lost) * change.scale
    after = max(0.0, posts - fewer) + more
    bar = _Bar(workspace)
    warm_before, warm_kept = bar.authors(before), bar.authors(kept)
    new = bar.share(gained, without=warm_before) * change.scale
    less = bar.share(lost, without=warm_kept | bar.authors(gained)) * change.scale
    prospects = bar.share(before) * scale
    then = max(0.0, prospects - less) + new
    saved_precision = estimate_share([Stratum(posts, _said(before))])
    draft_precision = estimate_share(
        [Stratum(max(0.0, posts - fewer), _said(kept)), Stratum(more, _said(gained))]
    )
    counts: dict[str, float] = {}
    for one in kept:
        for phrase in one.heard.phrases:
            counts[phrase] = counts.get(phrase, 0) + scale
    counts |= {phrase: count * change.scale for phrase, count in change.per_phrase.items()
               if phrase not in counts}  # fmt: skip

    def side(posts: float, prospects: float, precision: Estimate | None, ratio: float) -> Side:
        load = prospects / days / facts.reps if facts.reps else None
        return Side(posts, prospects, precision, load, facts.cost * ratio)

    return Preview(
        days=days,
        saved=side(posts, prospects, saved_precision, 1.0),
        draft=side(after, then, draft_precision, after / posts if posts else 1.0),
        gained=tuple(gained),
        lost=tuple(lost),
        gained_posts=more,
        lost_posts=fewer,
        gained_prospects=new,
        lost_prospects=less,
        per_phrase=counts,
        places=facts.places,
        exact=scale == 1.0 and change.scale == 1.0,
        searched=facts.searched,
    )


def _said(judged: Sequence[Judged]) -> list[float]:
    return [one.prospect for one in judged if one.prospect is not None]


class _Bar:
    """Whose posts would bring them onto a list: warm enough by one post of theirs."""

    def __init__(self, workspace: Workspace) -> None:
        self._weights = workspace.settings.warmth
        self._threshold = workspace.settings.lists.threshold

    def _reaches(self, one: Judged) -> bool:
        weight = self._weights.weight(one.heard.post.kind)
        return one.prospect is not None and one.prospect * weight >= self._threshold

    def authors(self, judged: Sequence[Judged]) -> set[str]:
        return {one.heard.post.author for one in judged if self._reaches(one)}

    def share(self, judged: Sequence[Judged], without: set[str] | None = None) -> float:
        """Authors that reach it, those of posts not judged in proportion."""
        known = [one for one in judged if one.prospect is not None]
        if not known:
            return 0.0
        return len(self.authors(known) - (without or set())) * len(judged) / len(known)
