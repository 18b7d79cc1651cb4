"""A Jetstream event as an engagement, a deletion, or nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from signals.collectors.contract import Author, Engagement, Flag, Kind, Malformed, Ref, Watch

NETWORK: Final = "bluesky"
POST: Final = "app.bsky.feed.post"
LIKE: Final = "app.bsky.feed.like"
REPOST: Final = "app.bsky.feed.repost"
COLLECTIONS: Final = (POST, LIKE, REPOST)

#: ``createdAt`` is whatever the client wrote. It is believed when it lies at most this long before
#: the server saw the record (a personal server that was offline delivers late); a post "from 2015"
#: or from tomorrow is dated by the server.
BELIEVED_DELAY: Final = timedelta(days=1)
#: How much of a malformed event is kept for inspection, in bytes.
KEPT_PAYLOAD: Final = 2_000

_GONE: Final = frozenset({"deleted", "takendown", "suspended"})
_KIND_OF: Final[Mapping[str, Kind | None]] = {POST: None, LIKE: Kind.LIKE, REPOST: Kind.REPOST}
#: What labels mean here, put on by authors or by Bluesky's moderators.
FLAG_OF: Final[Mapping[str, Flag]] = {
    "porn": Flag.SENSITIVE,
    "sexual": Flag.SENSITIVE,
    "nudity": Flag.SENSITIVE,
    "graphic-media": Flag.SENSITIVE,
    "bot": Flag.BOT,
    "!no-unauthenticated": Flag.NO_UNAUTHENTICATED,
}
_NO_FLAGS: Final[frozenset[Flag]] = frozenset()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: What reading somebody's JSON may raise.
UNREADABLE: Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)


class Commit(msgspec.Struct, gc=False):
    """What was done to one record; the record itself is left undecoded until it is wanted."""

    operation: str
    collection: str
    rkey: str
    record: msgspec.Raw = msgspec.Raw(b"")


class Account(msgspec.Struct, gc=False):
    """What became of an account."""

    active: bool
    status: str | None = None


class Event(msgspec.Struct, gc=False):
    """One Jetstream event, its record still undecoded: seven of ten are likes nobody asked for."""

    did: str
    time_us: int
    kind: str
    commit: Commit | None = None
    account: Account | None = None


class _Strong(msgspec.Struct, gc=False):
    uri: str


class _Edge(msgspec.Struct, gc=False):
    subject: _Strong
    created_at: Any = msgspec.field(default=None, name="createdAt")


class _Reply(msgspec.Struct, gc=False):
    parent: _Strong
    root: _Strong | None = None


class _Post(msgspec.Struct, gc=False):
    text: str
    created_at: Any = msgspec.field(default=None, name="createdAt")
    langs: Any = None
    reply: _Reply | None = None
    embed: msgspec.Raw = msgspec.Raw(b"")
    labels: msgspec.Raw = msgspec.Raw(b"")


class _Label(msgspec.Struct, gc=False):
    val: str


class _SelfLabels(msgspec.Struct, gc=False):
    values: list[_Label]


class _InnerEmbed(msgspec.Struct, gc=False):
    uri: str | None = None
    record: _Strong | None = None


class _Embed(msgspec.Struct, gc=False):
    record: _InnerEmbed | None = None


_event = msgspec.json.Decoder(Event).decode
_edge = msgspec.json.Decoder(_Edge).decode
_post = msgspec.json.Decoder(_Post).decode
_self_labels = msgspec.json.Decoder(_SelfLabels).decode
_embed = msgspec.json.Decoder(_Embed).decode


def decode_event(message: bytes | str) -> Event:
    """One message as an event. Raises ``Malformed`` for anything that is not one."""
    try:
        return _event(message)
    except UNREADABLE as error:
        raise malformed(error, message) from None


def to_engagement(event: Event | Mapping[str, object], watch: Watch) -> Engagement | Ref | None:
    """What an event means here: an engagement, a deletion, or nothing.

    Every post, reply and quote is an engagement, because matching happens at ingest; a like or
    repost only when its subject is in ``watch``. A deleted post is a ``Ref`` of unknown kind (its
    record is gone, so nobody can tell a reply from a post); a deleted like or repost names the
    at-uri of its own record, which ``record_ref`` carried. A reply that also quotes is a reply: the
    kind is part of the identity and must not depend on what is watched. ``parent_external_id`` is
    the root of the thread. Raises ``Malformed``.
    """
    if not isinstance(event, Event):
        event = decode_event(msgspec.json.encode(event))
    try:
        if not event.did.startswith("did:"):
            raise ValueError(f"{event.did[:20]!r} is not a did")
        if event.commit is not None:
            return _from_commit(event, event.commit, watch)
    except UNREADABLE as error:
        raise malformed(error, msgspec.json.encode(event)) from None
    account = event.account
    if account is not None and not account.active and account.status in _GONE:
        return Ref(NETWORK, None, event.did, account=True)
    return None


def _from_commit(event: Event, commit: Commit, watch: Watch) -> Engagement | Ref | None:
    collection = commit.collection
    if collection not in _KIND_OF:
        return None
    if not commit.rkey:
        raise ValueError("the record has no key")
    if commit.operation == "delete":
        uri = f"at://{event.did}/{collection}/{commit.rkey}"
        return Ref(NETWORK, _KIND_OF[collection], uri)
    if collection == POST:
        return _from_post(event, commit)
    edge = _edge(commit.record)
    target = edge.subject.uri
    if target not in watch:
        return None
    seen_at = to_instant(event.time_us)
    return Engagement(
        network=NETWORK,
        external_id=f"{target}:{event.did}",
        kind=Kind.LIKE if collection == LIKE else Kind.REPOST,
        author=_author(event.did),
        text=None,
        url=web_url(target),
        occurred_at=date_record(edge.created_at, seen_at),
        target_external_id=target,
        record_ref=f"at://{event.did}/{collection}/{commit.rkey}",
    )


def _from_post(event: Event, commit: Commit) -> Engagement:
    post = _post(commit.record)
    did = event.did
    kind, target, root = Kind.POST, None, None
    if post.reply is not None:
        kind, target = Kind.COMMENT, post.reply.parent.uri
        root = post.reply.root.uri if post.reply.root is not None else None
    elif post.embed and (target := _quoted(post.embed)) is not None:
        kind = Kind.QUOTE
    seen_at = to_instant(event.time_us)
    edited = commit.operation == "update"
    uri = f"at://{did}/{POST}/{commit.rkey}"
    return Engagement(
        network=NETWORK,
        external_id=uri,
        kind=kind,
        author=_author(did),
        text=post.text,
        url=f"https://bsky.app/profile/{did}/post/{commit.rkey}",
        occurred_at=date_record(post.created_at, seen_at),
        target_external_id=target,
        parent_external_id=root,
        language=_language(post.langs),
        edited_at=seen_at if edited else None,
        record_ref=uri,
        flags=_flags(post.labels) if post.labels else _NO_FLAGS,
    )


def _author(did: str) -> Author:
    # The stream carries no handles: the profile page finds the account by its did.
    return Author(external_id=did, url=f"https://bsky.app/profile/{did}")


def _quoted(embed: msgspec.Raw) -> str | None:
    """The quoted post; ``None`` for pictures, links, lists, feeds and shapes not known yet."""
    try:
        inner = _embed(embed).record
    except UNREADABLE:
        return None
    if inner is None:
        return None
    uri = inner.uri or (inner.record.uri if inner.record is not None else "")
    return uri if f"/{POST}/" in uri else None


def _flags(labels: msgspec.Raw) -> frozenset[Flag]:
    try:
        values = _self_labels(labels).values
    except UNREADABLE:
        return _NO_FLAGS
    return frozenset(FLAG_OF[label.val] for label in values if label.val in FLAG_OF)


def _language(langs: object) -> str | None:
    """The one language a post claims, as a primary subtag; two claims are as good as none."""
    if isinstance(langs, list) and len(langs) == 1 and isinstance(langs[0], str):
        return langs[0].partition("-")[0].lower() or None
    return None


def to_instant(time_us: int) -> datetime:
    """Microseconds since 1970 as aware UTC."""
    return _EPOCH + timedelta(microseconds=time_us)


def date_record(claimed: object, seen_at: datetime) -> datetime:
    """The time its author claims, where that can be believed; else when the network saw it."""
    if isinstance(claimed, str):
        try:
            claimed_at = datetime.fromisoformat(claimed)
        except ValueError:
            return seen_at
        if claimed_at.tzinfo is not None and seen_at - BELIEVED_DELAY <= claimed_at <= seen_at:
            return claimed_at.astimezone(UTC)
    return seen_at


def web_url(uri: str) -> str | None:
    """The page of a post."""
    parts = uri.split("/")  # at: // did / collection / rkey
    if len(parts) != 5 or parts[3] != POST:
        return None
    return f"https://bsky.app/profile/{parts[2]}/post/{parts[4]}"


def malformed(reason: object, payload: bytes | str) -> Malformed:
    """The error for one event, with the head of what arrived."""
    head = payload[:KEPT_PAYLOAD]
    text = head if isinstance(head, str) else head.decode("utf-8", "replace")
    return Malformed(f"not a Jetstream event: {reason}", text)
