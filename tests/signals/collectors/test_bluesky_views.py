"""What Bluesky's AppView answers, and both versions of its stream."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from signals.collectors.bluesky.events import Event, decode_event, to_engagement
from signals.collectors.bluesky.frames import Notice, read_frame
from signals.collectors.bluesky.views import EVERYTHING, to_views
from signals.collectors.contract import Flag, Kind, Malformed, Ref

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ADA = {"did": "did:plc:ada", "handle": "ada.example", "displayName": "Ada", "labels": []}
URI = "at://did:plc:ada/app.bsky.feed.post/3k"


def view(**over: Any) -> dict[str, Any]:
    return {
        "uri": URI, "cid": "c", "author": ADA, "indexedAt": "2026-04-30T10:00:05.000Z",
        "record": {"text": "Pension?", "createdAt": "2026-04-30T10:00:00Z", "langs": ["en"]},
        "likeCount": 4, "repostCount": 1, "replyCount": 0, "quoteCount": 0, "labels": [],
    } | over  # fmt: skip


def test_a_post_view_is_a_post_with_its_author_and_counts() -> None:
    (post,) = to_views({"posts": [view()]}, seen_at=NOW).engagements
    assert (post.kind, post.external_id, post.text) == (Kind.POST, URI, "Pension?")
    assert post.author.handle == "ada.example"
    assert post.metrics["likes"] == 4
    assert post.metrics["bookmarks"] is None
    assert post.occurred_at == datetime(2026, 4, 30, 10, tzinfo=UTC)


def test_a_thread_gives_replies_and_says_what_is_gone() -> None:
    reply = {
        "uri": "at://did:plc:bo/app.bsky.feed.post/r", "author": {"did": "did:plc:bo"},
        "indexedAt": "2026-04-30T11:00:00Z",
        "record": {"text": "me too", "reply": {"parent": {"uri": URI}, "root": {"uri": URI}}},
    }  # fmt: skip
    thread = {
        "post": view(),
        "replies": [
            {"post": reply, "replies": []},
            {"$type": "app.bsky.feed.defs#notFoundPost", "uri": URI + "x", "notFound": True},
            {"uri": URI + "y", "blocked": True, "author": {"did": "did:plc:c"}},
        ],
    }
    views = to_views({"thread": thread}, seen_at=NOW)
    assert [e.kind for e in views.engagements] == [Kind.POST, Kind.COMMENT]
    assert views.deletions == [Ref("bluesky", None, URI + "x")]
    assert "blocked" in views.malformed[0].reason


def test_likes_have_times_and_reposts_are_dated_when_seen() -> None:
    likes = {
        "uri": URI,
        "likes": [{"actor": ADA, "createdAt": "2026-04-30T12:00:00Z",
                   "indexedAt": "2026-04-30T12:00:01Z"}, {"actor": {}}],
    }  # fmt: skip
    views = to_views(likes, seen_at=NOW)
    assert views.engagements[0].external_id == f"{URI}:did:plc:ada"
    assert views.engagements[0].occurred_at == datetime(2026, 4, 30, 12, tzinfo=UTC)
    assert len(views.malformed) == 1
    (repost,) = to_views({"uri": URI, "repostedBy": [ADA]}, seen_at=NOW).engagements
    assert (repost.kind, repost.occurred_at) == (Kind.REPOST, NOW)


def test_labels_of_author_and_post_are_flags() -> None:
    author = ADA | {"labels": [{"val": "!no-unauthenticated"}, {"val": "porn", "neg": True}]}
    (post,) = to_views({"posts": [view(author=author, labels=[{"val": "nudity"}])]}, seen_at=NOW
                       ).engagements  # fmt: skip
    assert post.flags == {Flag.NO_UNAUTHENTICATED, Flag.SENSITIVE}


def test_a_handle_that_points_nowhere_is_not_known() -> None:
    broken = view(author=ADA | {"handle": "handle.invalid"})
    (post,) = to_views({"posts": [broken]}, seen_at=NOW).engagements
    assert post.author.handle is None


def test_a_quoted_post_is_read_too_and_once() -> None:
    inner = {
        "$type": "app.bsky.embed.record#viewRecord", "uri": URI, "author": ADA,
        "value": {"text": "Pension?", "createdAt": "2026-04-30T10:00:00Z"},
        "indexedAt": "2026-04-30T10:00:05Z",
    }  # fmt: skip
    quote = view(
        uri="at://did:plc:bo/app.bsky.feed.post/q",
        record={"text": "this", "embed": {"record": {"uri": URI}}},
        embed={"$type": "app.bsky.embed.recordWithMedia#view", "record": {"record": inner}},
    )
    views = to_views({"posts": [quote, quote]}, seen_at=NOW)
    assert [e.kind for e in views.engagements] == [Kind.QUOTE, Kind.POST]
    assert views.repeated == 2


def frame(fragment: str, **payload: Any) -> str:
    kind = f"network.bsky.jetstream.subscribeEvents#{fragment}"
    head = {"$type": kind, "seq": 5, "did": "did:plc:ada", "time": "2026-04-30T10:00:00.000001Z"}
    return json.dumps({"$type": "message", "payload": head | payload})


def test_a_commit_of_version_2_means_what_it_means_in_version_1() -> None:
    record = {"text": "Pension?", "createdAt": "2026-04-30T09:59:59Z"}
    path = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "3k"}
    second = read_frame(frame("commit", **path, record=record))
    first = decode_event(
        json.dumps(
            {"did": "did:plc:ada", "time_us": 1_777_543_200_000_001, "kind": "commit",
             "commit": path | {"record": record}}
        )
    )  # fmt: skip
    assert isinstance(second, Event)
    assert second.time_us == first.time_us
    assert to_engagement(second, EVERYTHING) == to_engagement(first, EVERYTHING)


def test_the_witnessed_time_is_the_position() -> None:
    event = read_frame(frame("identity", witnessedAt="2026-04-30T10:00:00.000009Z"))
    assert isinstance(event, Event)
    assert event.time_us == 1_777_543_200_000_009


def test_an_account_of_version_2_is_a_deletion() -> None:
    gone = read_frame(frame("account", account={"active": False, "status": "takendown"}))
    assert isinstance(gone, Event)
    assert to_engagement(gone, EVERYTHING) == Ref("bluesky", None, "did:plc:ada", account=True)


def test_notices_and_errors() -> None:
    info = read_frame(frame("info", name="OutdatedCursor", message="from 7"))
    assert info == Notice("OutdatedCursor", "from 7", is_error=False)
    error = read_frame('{"$type":"error","error":"ConsumerTooSlow","message":"m"}')
    assert error == Notice("ConsumerTooSlow", "m", is_error=True)


@pytest.mark.parametrize("message", ["{}", "[]", "nonsense", frame("commit", time="soon"), "null"])
def test_anything_else_is_malformed(message: str) -> None:
    with pytest.raises(Malformed):
        read_frame(message)


@pytest.mark.parametrize(
    "answer",
    [
        {"uri": URI, "value": {"$type": "x", "text": "\ud800"}},
        {"posts": [view(labels=[{"val": []}], author={"did": 5, "labels": {"values": None}})]},
        {"thread": {"post": view(record=None), "replies": "none"}},
        {"likes": [None, {"actor": []}], "uri": URI},
        [],
        None,
    ],
)
def test_odd_answers_never_raise(answer: Any) -> None:
    to_views(answer, seen_at=NOW)
