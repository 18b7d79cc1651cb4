"""Replay: what a draft of a topic would have heard in the last days, beside what is saved.

Only posts that hold a changed phrase can be gained or lost. The index names them, and each is then
held against the very ``Listener`` of ingest: matcher, exclusions, languages and policy are its own.
Of what matched nothing a share was kept: each such post stands for as many as its share says.
Communities say where to ask and hold nothing back: what was heard in one that is dropped is lost,
and what one that is added would bring is told as not replayed. Countries hold no post back either:
whom they put last on lists is counted elsewhere (``app.previews``). What answers a post and counts
through it alone is not replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Account, ArchivedPost, Person, Signal
from models.bulk import among
from models.signal import is_by_others
from signals.collectors.contract import WORDLESS_KINDS, Author, Engagement, Kind
from signals.listening import Listener
from signals.search import Named, find_posts
from signals.text import fold
from signals.tombstones import Hashes
from signals.topics import Matcher, TopicPhrases, check_phrase
from signals.versions import Definition, compare

#: Candidates held against the matcher at most, about; of more, an even sample stands for all.
MOST: Final = 400
_SAVED, _DRAFT, _HELD = 1, 2, 3  # as the matcher's topics: kept, tried, and the exclusions tried
_TOKENISERS: Final[dict[bool, Any]] = {}
_LOCK: Final = Lock()  # matchers made here share tokenisers
_WORDLESS: Final = tuple(kind.value for kind in WORDLESS_KINDS)


@dataclass(frozen=True, slots=True)
class StoredPost:
    """An archived post or a signal. ``author`` is a salted hash, the same for both."""

    archive_id: int | None
    signal_id: int | None
    network: str
    external_id: str
    kind: str
    author: str
    handle: str | None
    text: str
    language: str | None
    url: str | None
    community: str | None
    occurred_at: datetime
    share: float = 1.0  # of so many like it one was kept


@dataclass(frozen=True, slots=True)
class Heard:
    """A post a definition hears: the folded phrases found in it and their places in the text.

    ``step``: for how many posts it stands; 1 where all were kept and looked at.
    """

    post: StoredPost
    phrases: frozenset[str]
    marks: tuple[tuple[int, int], ...]
    step: float = 1


@dataclass(frozen=True, slots=True)
class Replay:
    """What a change would have done.

    ``per_phrase``: posts of each folded phrase that was added, also those that were heard before,
    in all. ``steps``: of every so many posts one was kept and looked at, only 1 where all were;
    ``lost_steps``: the same of what is heard as it is saved, of which all were kept since.
    ``unreplayed``: what of the change was not tried: community.
    """

    gained: tuple[Heard, ...] = ()
    lost: tuple[Heard, ...] = ()
    per_phrase: Mapping[str, float] = field(default_factory=dict)
    steps: frozenset[float] = frozenset({1})
    lost_steps: frozenset[float] = frozenset({1})
    unreplayed: tuple[str, ...] = ()


def replay(
    session: Session,
    saved: Definition,
    draft: Definition,
    *,
    since: datetime,
    most: int = MOST,
    old_share: float = 1.0,
    check: Callable[[], None] = lambda: None,
) -> Replay:
    """Posts since then that ``draft`` would have heard and ``saved`` not, and the other way.

    ``old_share``: with which posts were archived before the share was written beside each.
    ``check`` is asked between the steps and may raise.
    """
    left, left_steps, unreplayed = _leave(
        session, saved, draft, since=since, most=most, old_share=old_share
    )
    phrases = _changed(saved, draft)
    if not phrases:
        return Replay(lost=tuple(left), lost_steps=left_steps, unreplayed=unreplayed)
    named = find_posts(session, phrases, since=since, most=most)
    check()
    posts = load_posts(session, named, old_share=old_share)
    check()
    steps = _steps(named)
    gained, lost = [], []
    counts: dict[str, float] = {}
    for post, before, after, held in _hear(posts, saved, draft):
        step = steps[post.archive_id, post.signal_id] / post.share
        for phrase in after.phrases if after else ():
            counts[phrase] = counts.get(phrase, 0) + step
        if after is not None and before is None:
            gained.append(replace(after, step=step))
        elif before is not None and after is None:
            lost.append(Heard(post, before.phrases, held or before.marks, step))
    gone = {one.post.signal_id for one in lost}
    lost += [one for one in left if one.post.signal_id not in gone]
    looked = frozenset(steps.values()) or frozenset({1})
    least = _least_share(session, old_share) if may_gain(saved, draft) else 1.0
    missed = frozenset(step / least for step in looked)  # none found is not none that passed
    return Replay(
        tuple(gained), tuple(lost), counts, looked | missed, looked | left_steps, unreplayed
    )


def _leave(
    session: Session, saved: Definition, draft: Definition, **how: Any
) -> tuple[list[Heard], frozenset[float], tuple[str, ...]]:
    """Signals heard in communities that are dropped, their steps, and what cannot be replayed.

    Where no community is left all are listened to, and what is then heard is not known.
    """
    changes = compare(saved, draft)
    unreplayed: set[str] = set()
    dropped = [place for place in saved.communities if place not in draft.communities]
    if any(change.field == "community" and change.added is not None for change in changes):
        unreplayed.add("community")
    if not dropped:
        return [], frozenset({1}), tuple(sorted(unreplayed))
    heard = hear_all(session, saved, **how) if draft.communities else []
    left = [
        one
        for one in heard
        if one.post.signal_id is not None and any(_stands_in(one.post, place) for place in dropped)
    ]
    if not left:  # it may be written another way with the posts
        unreplayed.add("community")
    return left, frozenset(one.step for one in heard) or frozenset({1}), tuple(sorted(unreplayed))


def _stands_in(post: StoredPost, place: tuple[str, str]) -> bool:
    network, name = place
    return network in {"any", post.network} and _tidy(name) == _tidy(post.community or "")


def _tidy(community: str) -> str:
    return fold(community).strip("/").removeprefix("r/").removeprefix("#")


def may_gain(saved: Definition, draft: Definition) -> bool:
    """Whether the change can bring any post: dropping keywords cannot."""
    return any(
        change.field == "language"
        or (change.field == "keyword" and change.added is not None)
        or (change.field == "exclusion" and change.removed is not None)
        for change in compare(saved, draft)
    )


def _least_share(session: Session, old_share: float) -> float:
    """The smallest share any archived post was kept with; 1 where none was."""
    least = session.scalar(select(func.min(ArchivedPost.share)))
    unknown = session.scalar(select(ArchivedPost.id).where(ArchivedPost.share.is_(None)).limit(1))
    shares = [1.0 if least is None else least, 1.0 if unknown is None else _known(None, old_share)]
    return min(shares)


def _known(share: float | None, old_share: float) -> float:
    """A share above zero: what was kept was kept with some."""
    written = old_share if share is None else share
    return written if written > 0 else 1.0


def hear_all(
    session: Session,
    definition: Definition,
    *,
    since: datetime,
    most: int = MOST,
    old_share: float = 1.0,
) -> list[Heard]:
    """What a definition hears in posts since then, newest first; of very many a sample."""
    named = find_posts(session, definition.keywords, since=since, most=most)
    posts = load_posts(session, named, old_share=old_share)
    steps = _steps(named)
    nothing = Definition(definition.name)
    return [
        replace(after, step=steps[post.archive_id, post.signal_id] / post.share)
        for post, _, after, _ in _hear(posts, nothing, definition)
        if after
    ]


def mark_posts(posts: Sequence[StoredPost], definition: Definition) -> list[Heard]:
    """Each post with the places of the definition's phrases; those without any, too."""
    heard = {
        (post.archive_id, post.signal_id): after
        for post, _, after, _ in _hear(posts, Definition(definition.name), definition)
        if after
    }
    return [
        heard.get((post.archive_id, post.signal_id), Heard(post, frozenset(), ())) for post in posts
    ]


def _steps(named: Sequence[Named]) -> dict[tuple[int | None, int | None], int]:
    return {(one.archive_id, one.signal_id): one.step for one in named}


def _changed(saved: Definition, draft: Definition) -> list[str]:
    """Phrases one of which stands in every post that the change concerns."""
    changes = compare(saved, draft)
    if any(change.field == "language" for change in changes):
        return [*dict.fromkeys((*saved.keywords, *draft.keywords))]
    return [
        phrase
        for change in changes
        if change.field in {"keyword", "exclusion"}
        for phrase in (change.added, change.removed)
        if phrase is not None
    ]


def _hear(
    posts: Sequence[StoredPost], saved: Definition, draft: Definition
) -> Iterable[tuple[StoredPost, Heard | None, Heard | None, tuple[tuple[int, int], ...]]]:
    """Each post with what either hears in it, and where an exclusion of the draft stands."""
    names: dict[int, str] = {}
    topics = [
        TopicPhrases(_SAVED, _number(saved.keywords, names), _number(saved.exclusions, names)),
        TopicPhrases(_DRAFT, _number(draft.keywords, names), _number(draft.exclusions, names)),
        TopicPhrases(_HELD, _number(draft.exclusions, names)),
    ]
    languages = {
        number: frozenset(one.languages)
        for number, one in ((_SAVED, saved), (_DRAFT, draft))
        if one.languages
    }
    with _LOCK:
        # no post is asked for its language: it was told when it was stored, the same way
        listener = Listener(Matcher(topics, _TOKENISERS), languages)
        by_engagement = [(_engage(post), post) for post in posts]
        selection = listener.select([engagement for engagement, _ in by_engagement])
    by_name = {(e.network, e.kind, e.external_id): post for e, post in by_engagement}
    for engagement, hits in selection.matched:
        post = by_name[engagement.network, engagement.kind, engagement.external_id]
        sides: dict[int, Heard | None] = {}
        for side in (_SAVED, _DRAFT):
            own = [hit for hit in hits if hit.topic_id == side]
            sides[side] = (
                Heard(
                    post,
                    frozenset(names[hit.keyword_id] for hit in own),
                    tuple((hit.start, hit.end) for hit in own),
                )
                if own
                else None
            )
        held = tuple((hit.start, hit.end) for hit in hits if hit.topic_id == _HELD)
        yield post, sides[_SAVED], sides[_DRAFT], held


def _number(phrases: Sequence[str], names: dict[int, str]) -> tuple[tuple[int, str], ...]:
    numbered = []
    for phrase in phrases:
        number = len(names) + 1
        names[number] = fold(phrase)
        numbered.append((number, phrase))
    return tuple(numbered)


def _engage(post: StoredPost) -> Engagement:
    return Engagement(
        network=post.network,
        kind=Kind(post.kind),
        external_id=post.external_id,
        author=Author(post.author, None),
        text=post.text,
        url=post.url,
        occurred_at=post.occurred_at,
        language=post.language,
    )


def load_posts(
    session: Session, named: Sequence[Named], *, old_share: float = 1.0
) -> list[StoredPost]:
    """Those found that may be read, newest first: kept words, by nobody left alone or of the team.

    A post that was archived and is a signal by now is that alone.
    """
    archive_ids = [one.archive_id for one in named if one.archive_id is not None]
    signal_ids = [one.signal_id for one in named if one.signal_id is not None]
    posts = [
        StoredPost(
            row.id, None, row.network, row.external_id, row.kind, row.author_hash, None,
            row.text, row.language, None, None, row.occurred_at, _known(row.share, old_share),
        )
        for row in session.execute(
            select(
                ArchivedPost.id, ArchivedPost.network, ArchivedPost.external_id,
                ArchivedPost.author_hash, ArchivedPost.text, ArchivedPost.language,
                ArchivedPost.occurred_at, ArchivedPost.kind, ArchivedPost.share,
            ).where(among(session, ArchivedPost.id, archive_ids))
        )
    ]  # fmt: skip
    if signal_ids:
        hashes = Hashes(session, reading=True)
        signals = [
            StoredPost(
                None, row.id, row.network, row.external_id, row.kind,
                hashes.of(row.network, row.author), row.handle, row.text, row.language, row.url,
                row.community, row.occurred_at,
            )
            for row in session.execute(
                select(
                    Signal.id, Signal.network, Signal.external_id, Signal.kind, Signal.text,
                    Signal.language, Signal.url, Signal.community, Signal.occurred_at,
                    Account.handle, Account.external_id.label("author"),
                )
                .join(Account, Account.id == Signal.account_id)
                .join(Person, Person.id == Account.person_id)
                .where(
                    among(session, Signal.id, signal_ids),
                    Signal.text.is_not(None),
                    Signal.deleted_at.is_(None),
                    Signal.kind.not_in(_WORDLESS),
                    Person.suppressed_at.is_(None),
                    is_by_others(),
                )
            )
        ]  # fmt: skip
        names = {(post.network, post.kind, post.external_id) for post in signals}
        posts = [p for p in posts if (p.network, p.kind, p.external_id) not in names] + signals
    posts.sort(key=lambda post: (post.occurred_at, post.external_id), reverse=True)
    return posts


def load_tokenisers() -> None:
    """Load what a replay of many posts will need, so that none waits a second for it."""
    with _LOCK:
        Matcher([], _TOKENISERS).load_tokenisers()


def check_draft(draft: Definition) -> None:
    """Refuse a draft with a phrase that could not match or would match nearly everything."""
    for phrase in (*draft.keywords, *draft.exclusions):
        check_phrase(phrase)


def days_before(now: datetime, days: float) -> datetime:
    """The instant a replay of so many days begins with."""
    return now - timedelta(days=days)
