"""Posts of the X API v2 as engagements. Pure mapping.

Source: docs.x.com, data dictionary (post object) and expansions; NETWORKS.md section 1.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec

from signals.collectors.contract import Author, Engagement, Flag, Kind, Malformed

NETWORK: Final = "x"
SITE: Final = "https://x.com"
#: How much of a malformed post is kept for inspection, in characters.
KEPT_PAYLOAD: Final = 2_000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: Ids since November 2010 carry their time: milliseconds after this instant, shifted by 22 bits.
_SNOWFLAKE_EPOCH_MS: Final = 1_288_834_974_657
_FIRST_SNOWFLAKE: Final = 29_700_859_247
#: What X answers instead of a language: undetermined, only mentions, hashtags, media, links, emoji.
_NO_LANGUAGE: Final = frozenset(
    {"und", "qam", "qct", "qht", "qme", "qst", "zxx", "art", "mis", "mul", ""}
)
#: X still writes three languages with codes that were withdrawn in 1989.
_RENAMED_LANGUAGE: Final[Mapping[str, str]] = {"in": "id", "iw": "he", "ji": "yi"}
#: A post that refers in several ways is the first of these.
_REFERENCES: Final = (
    ("retweeted", Kind.REPOST),
    ("replied_to", Kind.COMMENT),
    ("quoted", Kind.QUOTE),
)
#: Our name of a count -> theirs.
_METRICS: Final[Mapping[str, str]] = {
    "likes": "like_count",
    "reposts": "retweet_count",
    "comments": "reply_count",
    "quotes": "quote_count",
    "bookmarks": "bookmark_count",
    "impressions": "impression_count",
}


class User(msgspec.Struct, gc=False):
    """Whoever posted, liked or follows."""

    id: str
    username: str | None = None
    name: str | None = None
    description: str | None = None
    protected: bool | None = None
    pinned_tweet_id: str | None = None


class _Reference(msgspec.Struct, gc=False):
    type: str
    id: str


class _LongText(msgspec.Struct, gc=False):
    text: str


class _Post(msgspec.Struct, gc=False):
    id: str
    text: str
    author_id: str | None = None
    created_at: str | None = None
    conversation_id: str | None = None
    community_id: str | None = None
    edit_history_tweet_ids: list[str] | None = None
    lang: str | None = None
    note_tweet: _LongText | None = None
    possibly_sensitive: bool | None = None
    public_metrics: dict[str, Any] | None = None
    referenced_tweets: list[_Reference] | None = None


UNREADABLE: Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError, TypeError)


def to_engagements(
    page: object, *, written_by: str | None = None, with_included: bool = False
) -> tuple[list[Engagement], list[Malformed]]:
    """The posts of a page with their authors joined, and the items that could not be read.

    A page is an answer of a lookup, search or timeline, one object of a stream, or a bare post. The
    order is kept; versions of an edited post are collapsed into the newest, under the id of the
    first. ``target_external_id`` is the post replied to, quoted or reposted,
    ``parent_external_id`` the conversation. A repost has no words of its own and is named
    ``target:actor``. Without ``created_at`` the time is read from the id. An author missing from
    ``includes`` keeps the id alone; a post without ``author_id`` is malformed (ask for
    ``tweet.fields=author_id``) unless it is known otherwise: ``written_by`` is whose timeline was
    asked for, and a pinned post is by whoever pinned it. ``with_included`` adds the posts that
    others of the page refer to. A page of errors only gives nothing. Never raises.
    """
    if not isinstance(page, Mapping):
        return [], [to_malformed("not a page", page)]
    items = posts_of(page, with_included=with_included)
    if not items:
        return [], []
    users = users_of(page)
    pinned = {user.pinned_tweet_id: user.id for user in users.values() if user.pinned_tweet_id}
    newest: dict[str, tuple[int, Engagement]] = {}
    malformed: list[Malformed] = []
    for item in items:
        try:
            post = msgspec.convert(item, _Post)
            version = int(post.id)
            post.author_id = post.author_id or pinned.get(post.id) or written_by
            engagement = _to_engagement(post, users)
        except Malformed as error:
            malformed.append(to_malformed(error.reason, item))
        except UNREADABLE as error:
            malformed.append(to_malformed(str(error), item))
        else:
            known = newest.get(engagement.external_id)
            if known is None or version > known[0]:
                newest[engagement.external_id] = (version, engagement)
    return [engagement for _, engagement in newest.values()], malformed


def posts_of(page: Mapping[str, Any], *, with_included: bool = False) -> list[Any]:
    """The items of a page that are to be posts, those of ``includes.tweets`` last.

    What a page of people, lists or counts holds is left out: it has neither text nor author.
    """
    data = page.get("data", page if "id" in page and "text" in page else None)
    items = data if isinstance(data, list) else [] if data is None else [data]
    if not with_included:
        return items
    includes = page.get("includes")
    included = includes.get("tweets") if isinstance(includes, Mapping) else None
    listed = included if isinstance(included, list) else []
    return [item for item in (*items, *listed) if is_post(item)]


def is_post(item: object) -> bool:
    """Whether an object of X is a post: people, lists and messages are not."""
    if not isinstance(item, Mapping) or "text" not in item or "id" not in item:
        return False
    return not {"event_type", "username", "dm_conversation_id"} & item.keys()


def users_of(page: Mapping[str, Any]) -> dict[str, User]:
    """The users of a page by id; one that cannot be read is as good as missing."""
    includes = page.get("includes")
    listed = includes.get("users") if isinstance(includes, Mapping) else None
    data = page.get("data")
    users: dict[str, User] = {}
    for items in (data if isinstance(data, list) else [data], listed):
        for item in items if isinstance(items, list) else ():
            if not isinstance(item, Mapping) or "username" not in item:
                continue
            try:
                user = msgspec.convert(item, User)
            except UNREADABLE:
                continue
            users[user.id] = user
    return users


def _to_engagement(post: _Post, users: Mapping[str, User]) -> Engagement:
    if not post.author_id:
        raise Malformed("no author_id: the request must ask for expansions=author_id")
    user = users.get(post.author_id)
    handle = user.username if user is not None else None
    first_id = post.edit_history_tweet_ids[0] if post.edit_history_tweet_ids else post.id
    kind, target = _reference(post)
    is_repost = kind is Kind.REPOST
    long_text = post.note_tweet.text if post.note_tweet is not None else None
    written_at = _written_at(post)
    edited = first_id != post.id
    return Engagement(
        network=NETWORK,
        external_id=f"{target}:{post.author_id}" if is_repost else first_id,
        kind=kind,
        author=author_of(post.author_id, user),
        text=None if is_repost else _unescape(long_text or post.text),
        url=f"{SITE}/{handle or 'i/web'}/status/{post.id}",
        # created_at of an edited post is that of the edit; its first id still knows the beginning.
        occurred_at=(time_of_id(first_id) or written_at) if edited else written_at,
        target_external_id=target,
        parent_external_id=post.conversation_id,
        community=post.community_id,
        language=_language(post.lang),
        edited_at=written_at if edited else None,
        record_ref=post.id,
        metrics=_metrics(post.public_metrics),
        flags=_flags(post, user),
    )


def _reference(post: _Post) -> tuple[Kind, str | None]:
    references = {reference.type: reference.id for reference in post.referenced_tweets or ()}
    for name, kind in _REFERENCES:
        if name in references:
            return kind, references[name]
    return Kind.POST, None


def author_of(author_id: str, user: User | None = None) -> Author:
    """An author as far as the page says who it is."""
    if user is None:
        return Author(external_id=author_id, url=f"{SITE}/i/user/{author_id}")
    handle = user.username
    return Author(
        external_id=author_id,
        handle=handle,
        display_name=user.name,
        url=f"{SITE}/{handle}" if handle else f"{SITE}/i/user/{author_id}",
        description=user.description or None,
    )


def _written_at(post: _Post) -> datetime:
    if post.created_at is not None:
        written_at = datetime.fromisoformat(post.created_at)
        if written_at.tzinfo is None:
            raise Malformed("created_at has no time zone")
        return written_at.astimezone(UTC)
    written = time_of_id(post.id)
    if written is None:
        raise Malformed("no created_at")
    return written


def time_of_id(post_id: str) -> datetime | None:
    """When a post was made, as its id tells; ``None`` for ids from before November 2010."""
    number = int(post_id)
    if number < _FIRST_SNOWFLAKE:
        return None
    return _EPOCH + timedelta(milliseconds=(number >> 22) + _SNOWFLAKE_EPOCH_MS)


def id_of_time(moment: datetime) -> str:
    """The smallest id a post of that moment can have."""
    milliseconds = int(moment.timestamp() * 1000) - _SNOWFLAKE_EPOCH_MS
    return str(max(1, milliseconds << 22))


def _language(code: str | None) -> str | None:
    if code is None or code in _NO_LANGUAGE:
        return None
    primary = code.partition("-")[0].lower()
    return _RENAMED_LANGUAGE.get(primary, primary)


def _metrics(counts: Mapping[str, Any] | None) -> Mapping[str, int | None]:
    found: dict[str, int | None] = {}
    for ours, theirs in _METRICS.items():
        count = counts.get(theirs) if counts is not None else None
        found[ours] = count if isinstance(count, int) and not isinstance(count, bool) else None
    return MappingProxyType(found)


def _flags(post: _Post, user: User | None) -> frozenset[Flag]:
    flags = set()
    if post.possibly_sensitive:
        flags.add(Flag.SENSITIVE)
    if user is not None and user.protected:
        flags.add(Flag.PROTECTED)
    return frozenset(flags)


def _unescape(text: str) -> str:
    if "&" not in text:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def to_malformed(reason: str, payload: object) -> Malformed:
    """One item that could not be read, kept for inspection."""
    return Malformed(f"not a post of X: {reason}", repr(payload)[:KEPT_PAYLOAD])
