"""Pages of the X API v2 as engagements. Pure mapping.

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


class _User(msgspec.Struct, gc=False):
    id: str
    username: str | None = None
    name: str | None = None
    description: str | None = None
    protected: bool | None = None


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


_UNREADABLE: Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError, TypeError)


def to_engagements(page: object) -> tuple[list[Engagement], list[Malformed]]:
    """The posts of a page with their authors joined, and the items that could not be read.

    A page is an answer of a lookup, search or timeline, one object of a stream, or a bare post. The
    order is kept; versions of an edited post are collapsed into the newest, under the id of the
    first. ``target_external_id`` is the post replied to, quoted or reposted,
    ``parent_external_id`` the conversation. A repost has no words of its own and is named
    ``target:actor``. Without ``created_at`` the time is read from the id. An author missing from
    ``includes`` keeps the id alone; a post without ``author_id`` is malformed (ask for
    ``expansions=author_id``). A page of errors only gives nothing. Never raises.
    """
    if not isinstance(page, Mapping):
        return [], [_malformed("not a page", page)]
    data = page.get("data", page if "id" in page and "text" in page else None)
    if data is None:
        return [], []
    items = data if isinstance(data, list) else [data]
    users = _users(page.get("includes"))
    newest: dict[str, tuple[int, Engagement]] = {}
    malformed: list[Malformed] = []
    for item in items:
        try:
            post = msgspec.convert(item, _Post)
            version = int(post.id)
            engagement = _to_engagement(post, users)
        except Malformed as error:
            malformed.append(_malformed(error.reason, item))
        except _UNREADABLE as error:
            malformed.append(_malformed(str(error), item))
        else:
            known = newest.get(engagement.external_id)
            if known is None or version > known[0]:
                newest[engagement.external_id] = (version, engagement)
    return [engagement for _, engagement in newest.values()], malformed


def _users(includes: object) -> dict[str, _User]:
    """The users of a page by id; one that cannot be read is as good as missing."""
    listed = includes.get("users") if isinstance(includes, Mapping) else None
    users: dict[str, _User] = {}
    for item in listed if isinstance(listed, list) else ():
        try:
            user = msgspec.convert(item, _User)
        except _UNREADABLE:
            continue
        users[user.id] = user
    return users


def _to_engagement(post: _Post, users: Mapping[str, _User]) -> Engagement:
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
        author=_author(post.author_id, user),
        text=None if is_repost else _unescape(long_text or post.text),
        url=f"{SITE}/{handle or 'i/web'}/status/{post.id}",
        # created_at of an edited post is that of the edit; its first id still knows the beginning.
        occurred_at=(_from_id(first_id) or written_at) if edited else written_at,
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


def _author(author_id: str, user: _User | None) -> Author:
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
    written = _from_id(post.id)
    if written is None:
        raise Malformed("no created_at")
    return written


def _from_id(post_id: str) -> datetime | None:
    number = int(post_id)
    if number < _FIRST_SNOWFLAKE:
        return None
    return _EPOCH + timedelta(milliseconds=(number >> 22) + _SNOWFLAKE_EPOCH_MS)


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


def _flags(post: _Post, user: _User | None) -> frozenset[Flag]:
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


def _malformed(reason: str, payload: object) -> Malformed:
    return Malformed(f"not a post of X: {reason}", repr(payload)[:KEPT_PAYLOAD])
