"""What Bluesky's AppView answers, as engagements. Pure mapping.

Source: docs.bsky.app, lexicons ``app.bsky.feed.defs`` and ``app.bsky.actor.defs``; NETWORKS.md
section 1.4. New embeds and fields appear often: only what is needed is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec

from signals.collectors.bluesky.events import (
    COLLECTIONS,
    FLAG_OF,
    KEPT_PAYLOAD,
    NETWORK,
    POST,
    UNREADABLE,
    Commit,
    Event,
    date_record,
    to_engagement,
    web_url,
)
from signals.collectors.contract import Author, Engagement, Flag, Kind, Malformed, Ref
from signals.collectors.instants import read_optional_iso

#: What a view of a post has beside its author; one may be missing.
_VIEWED: Final = frozenset({"uri", "record", "embed"})
_METRICS: Final[Mapping[str, str]] = {
    "likes": "likeCount",
    "reposts": "repostCount",
    "comments": "replyCount",
    "quotes": "quoteCount",
    "bookmarks": "bookmarkCount",
}
_NO_HANDLES: Final = frozenset({"", "handle.invalid"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
#: What a list of actors means, by the key it stands under.
_ACTORS: Final[Mapping[str, Kind]] = {
    "likes": Kind.LIKE,
    "repostedBy": Kind.REPOST,
    "followers": Kind.FOLLOW,
}


class _Everything:
    def __contains__(self, external_id: object, /) -> bool:
        return True


#: A watch of everything: a single answer is about what was asked for.
EVERYTHING: Final = _Everything()


@dataclass(slots=True)
class Views:
    """What an answer held: engagements, posts that are gone, and what could not be read."""

    engagements: list[Engagement] = field(default_factory=list)
    deletions: list[Ref] = field(default_factory=list)
    malformed: list[Malformed] = field(default_factory=list)
    repeated: int = 0  # further copies of an engagement, left out


def to_views(answer: object, *, seen_at: datetime) -> Views:
    """The engagements of an answer of any ``app.bsky`` or ``com.atproto.repo`` read.

    Post views wherever they stand (lists, feeds, threads with their parents and replies), who
    liked, reposted or follows the answer's subject, and records with their address. A repost or
    follow carries no time and is dated ``seen_at``. A post that a thread says was not found is a
    deletion; a blocked one is malformed, since nothing of it may be read. Never raises.
    """
    views = Views()
    if not isinstance(answer, Mapping):
        return views
    for key, kind in _ACTORS.items():
        if isinstance(answer.get(key), list):
            _add_actors(views, answer, key, kind, seen_at)
    for item in _posts(answer):
        _add_post(views, item, seen_at)
    if isinstance(answer.get("value"), Mapping):
        _add_record(views, answer.get("uri"), answer["value"], seen_at)
    elif answer.get("$type") in COLLECTIONS:
        views.malformed.append(_malformed("a record without an address is nobody's", answer))
    # A thread's root stands in every item of a feed that belongs to it: once is enough.
    found = len(views.engagements)
    views.engagements = list({one.ref: one for one in views.engagements}.values())
    views.repeated = found - len(views.engagements)
    return views


def to_labels(profile: object) -> frozenset[Flag]:
    """What a profile's labels and words ask of machines."""
    if not isinstance(profile, Mapping):
        return frozenset()
    flags = _labels(profile.get("labels"))
    about = str(profile.get("description") or "").lower()
    if "#nobot" in about or "#nobridge" in about:
        flags |= {Flag.NO_BOT}
    if "#noindex" in about:
        flags |= {Flag.NO_INDEX}
    return frozenset(flags)


def to_author(profile: Mapping[str, Any]) -> Author | None:
    """The account of a profile view; ``None`` without a did."""
    did = profile.get("did")
    if not isinstance(did, str) or not did.startswith("did:"):
        return None
    handle = profile.get("handle")
    return Author(
        external_id=did,
        # a handle that no longer points back to its account
        handle=handle if isinstance(handle, str) and handle not in _NO_HANDLES else None,
        display_name=_words(profile.get("displayName")),
        url=f"https://bsky.app/profile/{did}",
        description=_words(profile.get("description")),
    )


def _posts(node: Any) -> Iterator[Mapping[str, Any]]:
    """Post views, quoted ones too, reposts in feeds and the holes of threads below ``node``."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, Mapping):
            if _is_hole(one):
                yield one
                continue
            if "value" not in one and _is_view(one):
                yield one
                waiting.extend(_quoted(one.get("embed")))
                continue
            if isinstance(one.get("reason"), Mapping) and isinstance(one.get("post"), Mapping):
                yield {"repost": one["reason"], "post": one["post"]}
            for key in ("replies", "reply", "posts", "feed", "parent", "root", "post", "thread"):
                if key in one:
                    waiting.append(one[key])


def _is_view(node: Mapping[str, Any]) -> bool:
    """A view of a record, of which the record itself or its address may be missing."""
    if "author" in node:
        return not _VIEWED.isdisjoint(node)
    return {"uri", "record"} <= node.keys()


def _quoted(embed: Any) -> Iterator[Mapping[str, Any]]:
    """The post shown inside another, in the shape of one that stands alone."""
    inner = embed.get("record") if isinstance(embed, Mapping) else None
    if isinstance(inner, Mapping) and isinstance(inner.get("record"), Mapping):
        inner = inner["record"]  # beside pictures the quoted post stands one deeper
    if not isinstance(inner, Mapping) or not isinstance(inner.get("value"), Mapping):
        return
    if "author" in inner or f"/{POST}/" in str(inner.get("uri")):
        shown = {key: value for key, value in inner.items() if key != "value"}
        yield shown | {"record": inner["value"], "embed": None}
        embeds = inner.get("embeds")
        for embed_inside in embeds if isinstance(embeds, list) else ():
            yield from _quoted(embed_inside)


def _is_hole(node: Mapping[str, Any]) -> bool:
    return node.get("notFound") is True or node.get("blocked") is True


def _add_post(views: Views, view: Mapping[str, Any], seen_at: datetime) -> None:
    try:
        if view.get("notFound") is True:
            views.deletions.append(Ref(NETWORK, None, _uri(view.get("uri"))))
        elif view.get("blocked") is True:
            raise Malformed("its author and the one it answers blocked each other")
        elif "repost" in view:
            _add_repost(views, view["repost"], view["post"], seen_at)
        else:
            views.engagements.append(_from_view(view, seen_at))
    except Malformed as error:
        views.malformed.append(_malformed(error.reason, view))
    except (*UNREADABLE, TypeError) as error:
        views.malformed.append(_malformed(str(error), view))


def _from_view(view: Mapping[str, Any], seen_at: datetime) -> Engagement:
    record = view.get("record")
    indexed_at = read_optional_iso(view.get("indexedAt")) or seen_at
    post = _from_record(_uri(view.get("uri")), record, indexed_at)
    profile = view.get("author")
    author = to_author(profile) if isinstance(profile, Mapping) else None
    return replace(
        post,
        author=author or post.author,
        metrics=MappingProxyType({ours: _count(view.get(key)) for ours, key in _METRICS.items()}),
        flags=post.flags | _labels(view.get("labels")) | to_labels(profile),
    )


def _from_record(uri: str, record: Any, seen_at: datetime) -> Engagement:
    """A record as the stream would have brought it."""
    parts = uri.split("/")  # at: // did / collection / rkey
    if len(parts) != 5 or not parts[4]:
        raise Malformed(f"{uri[:60]!r} is no address of a record")
    if not isinstance(record, Mapping):
        raise Malformed("the record is not an object")
    raw = msgspec.Raw(msgspec.json.encode(record))
    time_us = (seen_at - _EPOCH) // _MICROSECOND
    event = Event(parts[2], time_us, "commit", Commit("create", parts[3], parts[4], raw))
    found = to_engagement(event, EVERYTHING)
    if not isinstance(found, Engagement):
        raise Malformed(f"{parts[3][:60]} is no engagement")
    return found


def _add_record(views: Views, uri: Any, record: Any, seen_at: datetime) -> None:
    try:
        # Read from its own store a record carries no time but its own: it is believed.
        claimed = read_optional_iso(record.get("createdAt")) or seen_at
        views.engagements.append(_from_record(_uri(uri), record, min(claimed, seen_at)))
    except Malformed as error:
        views.malformed.append(_malformed(error.reason, record))
    except UNREADABLE as error:
        views.malformed.append(_malformed(str(error), record))


def _add_actors(
    views: Views, answer: Mapping[str, Any], key: str, kind: Kind, seen_at: datetime
) -> None:
    subject = answer.get("subject")
    target = answer.get("uri") or (subject.get("did") if isinstance(subject, Mapping) else None)
    for item in answer[key]:
        try:
            views.engagements.append(_from_actor(item, kind, target, seen_at))
        except Malformed as error:
            views.malformed.append(_malformed(error.reason, item))


def _from_actor(item: Any, kind: Kind, target: Any, seen_at: datetime) -> Engagement:
    if not isinstance(item, Mapping) or not isinstance(target, str) or not target:
        raise Malformed("nobody knows whom it is about")
    profile = item.get("actor", item)
    author = to_author(profile) if isinstance(profile, Mapping) else None
    if author is None:
        raise Malformed("the actor has no did")
    when = seen_at
    if kind is Kind.LIKE:
        when = date_record(item.get("createdAt"), read_optional_iso(item.get("indexedAt")) or when)
    return Engagement(
        network=NETWORK,
        external_id=f"{target}:{author.external_id}",
        kind=kind,
        author=author,
        text=None,
        url=web_url(target),
        occurred_at=when,
        target_external_id=target,
        flags=to_labels(profile),
    )


def _add_repost(views: Views, reason: Any, post: Any, seen_at: datetime) -> None:
    if "by" not in reason:
        return  # pinned to a profile: nobody did anything
    views.engagements.append(
        replace(
            _from_actor(reason["by"], Kind.REPOST, post.get("uri"), seen_at),
            occurred_at=read_optional_iso(reason.get("indexedAt")) or seen_at,
            record_ref=reason.get("uri") if isinstance(reason.get("uri"), str) else None,
        )
    )


def _labels(labels: Any) -> frozenset[Flag]:
    values = labels.get("values") if isinstance(labels, Mapping) else labels
    if not isinstance(values, list):
        return frozenset()
    return frozenset(
        FLAG_OF[label["val"]]
        for label in values
        if isinstance(label, Mapping)
        and isinstance(label.get("val"), str)
        and label["val"] in FLAG_OF
        and not label.get("neg")
    )


def _words(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _uri(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("at://"):
        raise Malformed("it has no address")
    return value


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _malformed(reason: str, payload: object) -> Malformed:
    return Malformed(f"not an answer of Bluesky: {reason}", repr(payload)[:KEPT_PAYLOAD])
