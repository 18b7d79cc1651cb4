"""What topics heard lately: counts and the newest posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from models import Account, Keyword, Match, Person, Prospect, Signal, StoredScore, Topic
from signals.quoting import Passage, choose_passage

_WEEK: Final = timedelta(days=7)
_NEWEST: Final = 8


@dataclass(frozen=True)
class Heard:
    """A topic's last seven days: posts in its own words, per keyword and in all, and people."""

    posts: int
    people: int
    per_keyword: Mapping[int, int]


@dataclass(frozen=True)
class NewestPost:
    """A matched post as a manager reads it; ``prospect`` is the newest score, if there is one."""

    handle: str
    network: str
    language: str | None
    url: str | None
    occurred_at: datetime
    passage: Passage
    prospect: float | None


def count_heard(session: Session, topic_id: int, now: datetime) -> Heard:
    """Posts of the last seven days whose own words matched."""
    rows = session.execute(
        _matched(now)
        .where(Match.topic_id == topic_id)
        .with_only_columns(Match.keyword_id, func.count(Match.signal_id.distinct()))
        .group_by(Match.keyword_id)
    )
    posts, people = session.execute(
        _matched(now)
        .where(Match.topic_id == topic_id)
        .with_only_columns(
            func.count(Match.signal_id.distinct()), func.count(Signal.account_id.distinct())
        )
    ).one()
    return Heard(posts, people, {keyword or 0: count for keyword, count in rows})


def list_topics(session: Session, now: datetime) -> Sequence[tuple[Topic, int, int, int]]:
    """Every topic with its number of keywords, its posts of seven days and its prospects."""
    posts = dict(
        session.execute(
            _matched(now)
            .with_only_columns(Match.topic_id, func.count(Match.signal_id.distinct()))
            .group_by(Match.topic_id)
        ).all()
    )
    prospects = dict(
        session.execute(select(Prospect.topic_id, func.count()).group_by(Prospect.topic_id)).all()
    )
    topics = session.scalars(
        select(Topic)
        .options(selectinload(Topic.keywords))
        .order_by(Topic.active.desc(), Topic.name)
    )
    return [
        (
            topic,
            sum(k.active and k.role == "keyword" for k in topic.keywords),
            posts.get(topic.id, 0),
            prospects.get(topic.id, 0),
        )
        for topic in topics
    ]


def load_newest(session: Session, topic_id: int) -> list[NewestPost]:
    """The newest matched posts, highlighted where a keyword stands."""
    rows = session.execute(
        select(Signal, Account.handle, Account.external_id)
        .join(Account, Account.id == Signal.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            Person.suppressed_at.is_(None),
            Signal.id.in_(
                select(Match.signal_id)
                .join(Keyword, Keyword.id == Match.keyword_id)
                .where(Match.topic_id == topic_id, Match.start >= 0, Keyword.active)
            ),
            Signal.deleted_at.is_(None),
            Signal.text.is_not(None),
        )
        .order_by(Signal.occurred_at.desc(), Signal.id.desc())
        .limit(_NEWEST)
    ).all()
    ids = [signal.id for signal, _, _ in rows]
    marks: dict[int, list[tuple[int, int]]] = {}
    for signal_id, start, end in session.execute(
        select(Match.signal_id, Match.start, Match.end).where(
            Match.signal_id.in_(ids), Match.topic_id == topic_id, Match.start >= 0
        )
    ):
        marks.setdefault(signal_id, []).append((start, end))
    scores = dict(
        session.execute(
            select(StoredScore.signal_id, StoredScore.prospect)
            .where(StoredScore.signal_id.in_(ids), StoredScore.topic_id == topic_id)
            .order_by(StoredScore.id)
        ).all()
    )
    return [
        NewestPost(
            handle=f"@{handle}" if handle else external_id,
            network=signal.network,
            language=signal.language,
            url=signal.url,
            occurred_at=signal.occurred_at,
            passage=choose_passage(signal.text or "", marks.get(signal.id, ()), limit=220),
            prospect=scores.get(signal.id),
        )
        for signal, handle, external_id in rows
    ]


def _matched(now: datetime) -> Select[int]:
    return (
        select(Match.signal_id)
        .join(Signal, Signal.id == Match.signal_id)
        .where(Match.start >= 0, Signal.occurred_at >= now - _WEEK, Signal.deleted_at.is_(None))
    )
