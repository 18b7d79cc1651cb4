"""Posts of a Discourse forum as engagements. Pure mapping.

Source: docs.discourse.org; meta.discourse.org/t/296032 (limits); NETWORKS.md section 1.9.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from signals.collectors.contract import Author, Engagement, Flag, Kind, Malformed, Ref
from signals.collectors.instants import read_iso
from signals.collectors.markup import to_text

NETWORK: Final = "discourse"
KEPT_PAYLOAD: Final = 2_000

#: post_type of what somebody wrote; the others are moderators' notices, small actions, whispers.
_WRITTEN: Final = 1
#: A quote repeats somebody else's words, a meta line counts a picture's pixels.
_SKIPPED: Final = frozenset({"quote", "meta", "onebox", "discobot-certificate"})
_UNREADABLE: Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError, TypeError)


class _Post(msgspec.Struct, gc=False):
    username: str | None
    created_at: str
    topic_id: int
    id: int | None = None
    post_id: int | None = None  # what a user's activity calls it
    post_number: int = 1
    cooked: str | None = None
    raw: str | None = None
    blurb: str | None = None
    excerpt: str | None = None
    name: str | None = None
    user_id: int | None = None
    post_type: int | None = None
    topic_slug: str | None = None
    topic_title: str | None = None
    title: str | None = None
    category_id: int | None = None
    reply_to_post_number: int | None = None
    updated_at: str | None = None
    version: int | None = None
    hidden: bool | None = None
    user_deleted: bool | None = None
    deleted_at: str | None = None
    deleted: bool | None = None
    reply_count: int | None = None
    like_count: int | None = None
    quote_count: int | None = None
    reads: int | None = None
    actions_summary: Any = None
    link_counts: Any = None


def name_post(site: str, topic_id: int, number: int) -> str:
    """The address of a post: the one name that a reply can form of what it answers."""
    return f"{site}/t/{topic_id}/{number}"


def to_engagement(
    payload: object, *, site: str, title: str | None = None, likes: int | None = None
) -> Engagement | Ref:
    """The first post of a topic as a POST, another as a COMMENT, or a ``Ref`` to what is gone.

    ``site`` is the forum, ``https://host``; ``title`` that of the topic where the post does not
    carry it, ``likes`` a count from beside it. Text leaves quoted posts out. A reply without a
    post of its own to answer targets the topic's first post, which is ``parent_external_id``.
    Gone is what is deleted or hidden by moderators. Raises ``Malformed``.
    """
    try:
        if not isinstance(payload, Mapping):
            raise Malformed("not an object")
        post = msgspec.convert(payload, _Post)
        return _map(post, site.rstrip("/"), title or post.topic_title or post.title, likes)
    except Malformed as error:
        raise malformed(error.reason, payload) from None
    except _UNREADABLE as error:
        raise malformed(str(error), payload) from None


def to_likes(payload: object, *, site: str, target: str, seen_at: datetime) -> list[Engagement]:
    """Who liked a post, from ``post_action_users.json``; dated when first seen.

    Raises ``Malformed``.
    """
    listed = payload.get("post_action_users") if isinstance(payload, Mapping) else None
    if not isinstance(listed, list):
        raise malformed("no post_action_users", payload)
    likes = []
    for user in listed:
        if not isinstance(user, Mapping) or not isinstance(user.get("username"), str):
            raise malformed("a user without a name", user)
        author = _author(site, user["username"], user.get("id"), user.get("name"))
        likes.append(
            Engagement(
                network=NETWORK,
                external_id=f"{target}:{author.external_id}",
                kind=Kind.LIKE,
                author=author,
                text=None,
                url=target,
                occurred_at=seen_at,
                target_external_id=target,
            )
        )
    return likes


def malformed(reason: str, payload: object) -> Malformed:
    """The error for one item, with the head of what arrived."""
    return Malformed(f"not a post of Discourse: {reason}", repr(payload)[:KEPT_PAYLOAD])


def _map(post: _Post, site: str, title: str | None, likes: int | None) -> Engagement | Ref:
    name = name_post(site, post.topic_id, post.post_number)
    if post.post_type not in {None, _WRITTEN}:
        raise Malformed("a notice of the forum, nobody's words")
    if post.deleted_at or post.deleted or post.user_deleted or post.hidden:
        return Ref(NETWORK, None, name)
    if not post.username:
        raise Malformed("it has no author")
    is_first = post.post_number == 1
    words = _words(post)
    if is_first and title:
        words = f"{title}\n\n{words}".strip()
    first = name_post(site, post.topic_id, 1)
    answered = post.reply_to_post_number
    target = None
    if not is_first:
        target = name_post(site, post.topic_id, answered) if answered else first
    edited = (post.version or 1) > 1 and post.updated_at
    number = post.id or post.post_id
    return Engagement(
        network=NETWORK,
        external_id=name,
        kind=Kind.POST if is_first else Kind.COMMENT,
        author=_author(site, post.username, post.user_id, post.name),
        text=words or None,
        url=name,
        occurred_at=read_iso(post.created_at),
        target_external_id=target,
        parent_external_id=None if is_first else first,
        community=urlsplit(site).netloc or None,
        edited_at=read_iso(post.updated_at) if edited else None,
        record_ref=None if number is None else f"{site}/posts/{number}.json",
        metrics=MappingProxyType(
            {
                "likes": _likes(post) if likes is None else likes,
                "comments": post.reply_count,
                "quotes": post.quote_count,
                "impressions": post.reads,
                "clicks": _clicks(post.link_counts),
            }
        ),
        # user -1 is "system", -2 the tutorial's robot
        flags=frozenset({Flag.BOT}) if post.user_id is not None and post.user_id < 0 else _NONE,
    )


_NONE: Final[frozenset[Flag]] = frozenset()


def _words(post: _Post) -> str:
    if post.cooked is not None:
        return to_text(post.cooked, skip_classes=_SKIPPED)
    return to_text(post.raw or post.blurb or post.excerpt or "")


def _author(site: str, username: str, number: object, name: object) -> Author:
    # A user may be renamed; the number stays. Where an answer lacks it the name must do.
    known = isinstance(number, int) and not isinstance(number, bool)
    return Author(
        external_id=f"{site}/users/{number}" if known else f"{site}/u/{username.lower()}",
        handle=username,
        display_name=name if isinstance(name, str) and name else None,
        url=f"{site}/u/{username}",
    )


def _likes(post: _Post) -> int | None:
    if post.like_count is not None:
        return post.like_count
    for action in post.actions_summary if isinstance(post.actions_summary, list) else ():
        if isinstance(action, Mapping) and action.get("id") == 2:  # 2 is a like
            count = action.get("count", 0)
            return count if isinstance(count, int) else None
    return None


def _clicks(links: object) -> int | None:
    """Clicks on the post's links; the network counts them and never says whose."""
    if not isinstance(links, list):
        return None
    counts = [link.get("clicks") for link in links if isinstance(link, Mapping)]
    return sum(count for count in counts if isinstance(count, int))
