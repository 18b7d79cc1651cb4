"""Posts and comments of Lemmy, API versions 3 and 4, as engagements. Pure mapping.

Source: github.com/LemmyNet/lemmy, crates/api; NETWORKS.md section 1.9. Version 4 counts within the
post itself where version 3 has ``counts`` beside it, and names times ``published_at``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from signals.collectors.contract import Author, Engagement, Flag, Kind, Malformed, Ref
from signals.collectors.instants import read_iso, read_optional_iso

NETWORK: Final = "lemmy"
KEPT_PAYLOAD: Final = 2_000

_UNREADABLE: Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError, TypeError)


class _Person(msgspec.Struct, gc=False):
    id: int
    name: str
    actor_id: str | None = None  # version 3
    ap_id: str | None = None  # version 4
    display_name: str | None = None
    bio: str | None = None
    bot_account: bool = False
    banned: bool = False
    deleted: bool = False


class _Post(msgspec.Struct, gc=False):
    id: int
    name: str
    ap_id: str | None = None
    body: str | None = None
    url: str | None = None
    published: str | None = None
    published_at: str | None = None
    updated: str | None = None
    updated_at: str | None = None
    deleted: bool = False
    removed: bool = False
    nsfw: bool = False
    score: int | None = None
    comments: int | None = None


class _Comment(msgspec.Struct, gc=False):
    id: int
    content: str
    ap_id: str | None = None
    path: str | None = None
    published: str | None = None
    published_at: str | None = None
    updated: str | None = None
    updated_at: str | None = None
    deleted: bool = False
    removed: bool = False
    score: int | None = None
    child_count: int | None = None


class _Community(msgspec.Struct, gc=False):
    name: str
    actor_id: str | None = None
    ap_id: str | None = None
    visibility: str | None = None
    removed: bool = False
    deleted: bool = False


class _Counts(msgspec.Struct, gc=False):
    score: int | None = None
    comments: int | None = None
    child_count: int | None = None


class _View(msgspec.Struct, gc=False):
    creator: _Person
    post: _Post
    community: _Community | None = None
    comment: _Comment | None = None
    counts: _Counts | None = None


def to_engagement(view: object, *, site: str) -> Engagement | Ref:
    """A ``PostView`` as a POST, a ``CommentView`` as a COMMENT, or a ``Ref`` to what is gone.

    ``site`` is the server asked, ``https://host``. The name of either is its ActivityPub ``ap_id``,
    the same at every server. A comment targets its post, or, below another comment, that comment's
    address at ``site``; ``parent_external_id`` is the post. Gone is what is deleted or removed.
    Raises ``Malformed``.
    """
    try:
        if not isinstance(view, Mapping):
            raise Malformed("not an object")
        return _map(msgspec.convert(view, _View), site)
    except Malformed as error:
        raise _malformed(error.reason, view) from None
    except _UNREADABLE as error:
        raise _malformed(str(error), view) from None


def _map(view: _View, site: str) -> Engagement | Ref:
    post, comment = view.post, view.comment
    post_name = post.ap_id or f"{site}/post/{post.id}"
    counts = view.counts or _Counts()
    author = _author(view.creator, site)
    community = _community(view.community)
    flags = _flags(view)
    if comment is None:
        if post.deleted or post.removed:
            return Ref(NETWORK, Kind.POST, post_name)
        return Engagement(
            network=NETWORK,
            external_id=post_name,
            kind=Kind.POST,
            author=author,
            text=f"{post.name}\n\n{post.body}" if post.body else post.name,
            url=post_name,
            occurred_at=read_iso(post.published_at or post.published),
            community=community,
            edited_at=read_optional_iso(post.updated_at or post.updated),
            record_ref=f"{site}/post/{post.id}",
            metrics=_metrics(_either(post.score, counts.score), post.comments, counts.comments),
            flags=flags,
        )
    name = comment.ap_id or f"{site}/comment/{comment.id}"
    if comment.deleted or comment.removed:
        return Ref(NETWORK, Kind.COMMENT, name)
    # "0.12.34": the ids from the root down to the comment itself, at this server.
    above = (comment.path or "0").split(".")[1:-1]
    return Engagement(
        network=NETWORK,
        external_id=name,
        kind=Kind.COMMENT,
        author=author,
        text=comment.content,
        url=name,
        occurred_at=read_iso(comment.published_at or comment.published),
        target_external_id=f"{site}/comment/{above[-1]}" if above else post_name,
        parent_external_id=post_name,
        community=community,
        edited_at=read_optional_iso(comment.updated_at or comment.updated),
        record_ref=f"{site}/comment/{comment.id}",
        metrics=_metrics(
            _either(comment.score, counts.score), comment.child_count, counts.child_count
        ),
        flags=flags,
    )


def _author(person: _Person, site: str) -> Author:
    name = person.ap_id or person.actor_id or f"{site}/u/{person.name}"
    return Author(
        external_id=name,
        handle=f"{person.name}@{urlsplit(name).netloc}",
        display_name=person.display_name or None,
        url=name,
        description=person.bio or None,
    )


def _community(community: _Community | None) -> str | None:
    if community is None:
        return None
    host = urlsplit(community.ap_id or community.actor_id or "").netloc
    return f"!{community.name}@{host}" if host else f"!{community.name}"


def _flags(view: _View) -> frozenset[Flag]:
    flags: set[Flag] = set()
    if view.creator.bot_account:
        flags.add(Flag.BOT)
    if view.creator.deleted or view.creator.banned:
        flags.add(Flag.PROTECTED)
    if view.post.nsfw:
        flags.add(Flag.SENSITIVE)
    visibility = view.community.visibility if view.community else None
    if visibility is not None and visibility.lower() in {"private", "local_only_private"}:
        flags.add(Flag.PROTECTED)
    bio = (view.creator.bio or "").lower()
    if "#nobot" in bio or "#nobridge" in bio:
        flags.add(Flag.NO_BOT)
    if "#noindex" in bio:
        flags.add(Flag.NO_INDEX)
    return frozenset(flags)


def _either(first: int | None, second: int | None) -> int | None:
    return second if first is None else first


def _metrics(score: int | None, own: int | None, beside: int | None) -> Mapping[str, Any]:
    return MappingProxyType({"score": score, "comments": _either(own, beside)})


def _malformed(reason: str, payload: object) -> Malformed:
    return Malformed(f"not a post or comment of Lemmy: {reason}", repr(payload)[:KEPT_PAYLOAD])
