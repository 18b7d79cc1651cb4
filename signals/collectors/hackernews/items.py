"""Items of Hacker News, from Algolia's search or from Firebase, as engagements. Pure mapping.

Source: hn.algolia.com/api; github.com/HackerNews/API; NETWORKS.md section 1.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from signals.collectors.contract import Author, Engagement, Kind, Malformed, Ref
from signals.collectors.instants import read_iso, read_unix
from signals.collectors.markup import to_text

NETWORK: Final = "hackernews"
SITE: Final = "https://news.ycombinator.com"
KEPT_PAYLOAD: Final = 2_000

_POSTS: Final = frozenset({"story", "ask_hn", "show_hn", "launch_hn", "job", "poll", "front_page"})
_UNREADABLE: Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError, TypeError)
_Id = str | int


class _Hit(msgspec.Struct, gc=False):
    """One hit of ``search_by_date``, or one item of ``/items``, whose names differ a little."""

    author: str | None
    object_id: str | None = msgspec.field(default=None, name="objectID")
    id: _Id | None = None
    type: str | None = None
    created_at_i: int | None = None
    created_at: str | None = None
    title: str | None = None
    url: str | None = None
    text: str | None = None
    story_text: str | None = None
    comment_text: str | None = None
    story_title: str | None = None
    story_id: _Id | None = None
    parent_id: _Id | None = None
    points: int | None = None
    num_comments: int | None = None
    tags: list[str] = msgspec.field(default_factory=list, name="_tags")


class _Item(msgspec.Struct, gc=False):
    """One item of Firebase."""

    id: _Id
    type: str | None = None
    by: str | None = None
    time: int | None = None
    title: str | None = None
    url: str | None = None
    text: str | None = None
    parent: _Id | None = None
    score: int | None = None
    descendants: int | None = None
    deleted: bool = False
    dead: bool = False


def to_engagement(item: object) -> Engagement | Ref:
    """A story, job or poll as a POST, a comment as a COMMENT, or a ``Ref`` to what is gone.

    Gone is what Firebase marks ``deleted`` or ``dead``. Text has a story's title first. A comment
    targets what it answers; ``parent_external_id`` is its story where the answer names it. An
    option of a poll has no author's words worth keeping and is malformed, like a user. Raises
    ``Malformed``.
    """
    try:
        if not isinstance(item, Mapping):
            raise Malformed("not an object")
        if "objectID" in item or "created_at_i" in item:
            return _from_hit(msgspec.convert(item, _Hit))
        return _from_item(msgspec.convert(item, _Item))
    except Malformed as error:
        raise _malformed(error.reason, item) from None
    except _UNREADABLE as error:
        raise _malformed(str(error), item) from None


def _from_hit(hit: _Hit) -> Engagement:
    number = hit.object_id or hit.id
    if number is None:
        raise Malformed("it has no id")
    is_comment = hit.type == "comment" or "comment" in hit.tags
    if not is_comment and not (hit.type in _POSTS or _POSTS & set(hit.tags)):
        raise Malformed(f"{hit.type or hit.tags[:1]} is neither a story nor a comment")
    words = hit.comment_text if is_comment else hit.story_text
    if not hit.author:
        raise Malformed("it has no author")
    when = read_iso(hit.created_at) if hit.created_at_i is None else read_unix(hit.created_at_i)
    return _build(
        number,
        hit.author,
        when,
        title=None if is_comment else hit.title,
        words=words if words is not None else hit.text,
        link=hit.url,
        target=hit.parent_id if is_comment else None,
        root=hit.story_id if is_comment else None,
        metrics={"score": hit.points, "comments": hit.num_comments},
    )


def _from_item(item: _Item) -> Engagement | Ref:
    if item.deleted or item.dead:
        return Ref(NETWORK, None, str(item.id))
    if item.type not in _POSTS and item.type != "comment":
        raise Malformed(f"{item.type} is neither a story nor a comment")
    if not item.by:
        raise Malformed("it has no author")
    return _build(
        item.id,
        item.by,
        read_unix(item.time),
        title=item.title,
        words=item.text,
        link=item.url,
        target=item.parent if item.type == "comment" else None,
        root=None,
        metrics={"score": item.score, "comments": item.descendants},
    )


def _build(
    number: _Id,
    author: str,
    when: Any,
    *,
    title: str | None,
    words: str | None,
    link: str | None,
    target: _Id | None,
    root: _Id | None,
    metrics: Mapping[str, int | None],
) -> Engagement:
    parts = [to_text(title or ""), to_text(words or "")]
    if not any(parts) and not link:
        raise Malformed("it has no words")
    return Engagement(
        network=NETWORK,
        external_id=str(number),
        kind=Kind.POST if target is None else Kind.COMMENT,
        author=Author(author, author, url=f"{SITE}/user?id={author}"),
        text="\n\n".join(part for part in parts if part) or None,
        url=f"{SITE}/item?id={number}",
        occurred_at=when,
        target_external_id=None if target is None else str(target),
        parent_external_id=None if root is None else str(root),
        metrics=MappingProxyType(dict(metrics)),
    )


def _malformed(reason: str, payload: object) -> Malformed:
    return Malformed(f"not an item of Hacker News: {reason}", repr(payload)[:KEPT_PAYLOAD])
