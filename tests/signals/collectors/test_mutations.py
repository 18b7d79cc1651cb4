"""Answers no network should give: whatever is broken in them is mapped or refused, never fatal.

The answers are those of the local servers, with fields missing, of another type, or out of all
bounds. What a mutation broke is drawn from a seed, so that a failure comes back.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from signals.collectors.payloads import READERS, check_payloads
from tests.fakes import (
    appview,
    discourse,
    feeds,
    hackernews,
    lemmy,
    mastodon,
    reddit_api,
    stack_api,
    web_server,
    x_api,
    youtube_api,
)
from tests.fakes.cases import NOW, T

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, -(10**400), 1.5, 1e308, float("nan"), float("inf"), "", "x",
    "\ud800", "\x00", "2026-99-99T00:00:00Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "9" * 500, [], {}, [[]], [None], ["x"], {"a": None}, "<p>" * 50, "at://", "did:plc:q",
    {"$type": "app.bsky.new#kind"},
)  # fmt: skip
URI = "at://did:plc:ada/app.bsky.feed.post/p1"
PERSON = {"did": "did:plc:ada", "handle": "ada.example", "displayName": "Ada", "labels": []}
POST = {
    "uri": URI, "cid": "c", "author": PERSON, "indexedAt": "2026-04-30T10:00:05.000Z",
    "record": {"text": "Pension?", "createdAt": "2026-04-30T10:00:00Z", "langs": ["en"]},
    "embed": {"record": {"uri": URI + "q", "author": PERSON, "value": {"text": "No."},
                         "indexedAt": "2026-04-30T10:00:05.000Z", "embeds": []}},
    "likeCount": 4, "labels": [{"val": "bot", "src": "did:plc:l"}],
}  # fmt: skip
EVENT = {
    "did": "did:plc:ada", "time_us": 1_780_000_000_000_000, "kind": "commit",
    "commit": {"operation": "create", "collection": "app.bsky.feed.like", "rkey": "r",
               "record": {"subject": {"uri": URI}, "createdAt": "2026-04-30T10:00:00Z"}},
}  # fmt: skip


def said(speak: Callable[[web_server.Asked], web_server.Reply], path: str, **query: str) -> Any:
    """What a local server answers."""
    given = {name: [value] for name, value in query.items()}
    reply = speak(web_server.Asked("GET", path, given, {}))
    return reply.document if reply.body is None else reply.body


def answers() -> Iterator[tuple[str, str, Any]]:
    """One answer of every kind there is: network, path, body."""
    shown = appview.AppView(
        posts={URI: POST}, profiles={"did:plc:ada": PERSON}, threads={URI: {"post": POST}},
        lists={("likes", URI): [{"actor": PERSON, "createdAt": "2026-04-30T10:00:00Z"}]},
    )  # fmt: skip
    for method, name in (("feed.getPosts", "uris"), ("feed.getPostThread", "uri"),
                         ("feed.getLikes", "uri"), ("actor.getProfiles", "actors")):  # fmt: skip
        path = f"/xrpc/app.bsky.{method}"
        yield "bluesky", path, said(shown, path, **{name: URI if "uri" in name else PERSON["did"]})
    yield "bluesky", "/subscribe", EVENT
    submissions = [reddit_api.make_submission(n, at=T - n) for n in range(1, 3)]
    comments = [reddit_api.make_comment(n, at=T - n) for n in range(1, 3)]
    reddit = reddit_api.RedditApi(submissions, comments)
    for path in ("/r/pensions/new", "/r/pensions/comments", "/comments/s1"):
        yield "reddit", path, said(reddit, path)
    posts = [x_api.make_post(n, at=NOW) for n in range(1, 3)]
    people = [{"id": "9", "username": "ada", "name": "Ada"}]
    yield "x", "/2/tweets/search/recent", {"data": posts, "includes": {"users": people}}
    yield "x", "/2/tweets/1/liking_users", {"data": people}
    statuses = [mastodon.status(n, T - n) for n in range(1, 3)]
    yield "mastodon", "/api/v1/timelines/tag/pension", statuses
    yield "hackernews", "/api/v1/search_by_date", {"hits": [hackernews.hit(1, int(T), "pension")]}
    yield "lemmy", "/api/v3/post/list", {"posts": [lemmy.view(1, T, site="https://lemmy.example")]}
    yield "discourse", "/posts.json", {"latest_posts": [discourse.post(n, T) for n in (1, 2)]}
    yield "stackexchange", "/2.3/questions", {"items": [stack_api.make_question(1, at=int(T))]}
    video = youtube_api.make_video(1, at=T)
    youtube = youtube_api.YouTubeFake([video], [youtube_api.make_comment("Ug1", at=T)])
    for what, name, value in (("commentThreads", "videoId", "v1"), ("videos", "id", "v1")):
        path = f"/youtube/v3/{what}"
        yield "youtube", path, said(youtube, path, **{name: value, "part": "snippet", "key": "k"})
    comment = {"owner": "urn:li:person:a", "text": "Which plan?"}
    told = {
        "action": "COMMENT", "generatedActivity": "urn:li:comment:(urn:li:activity:1,2)",
        "sourcePost": "urn:li:share:1", "organizationalEntity": "urn:li:organization:1",
        "decoratedGeneratedActivity": {"comment": comment}, "lastModifiedAt": T * 1000,
    }  # fmt: skip
    yield "linkedin", "/hooks/page", {"notifications": [told]}
    about = {"item": "comment", "post_id": "1_2", "comment_id": "2_3", "created_time": T,
             "message": "Which plan?", "from": {"id": "9", "name": "Ada"}}  # fmt: skip
    beside = {"id": "4", "text": "Which plan?", "from": {"id": "9", "username": "ada"},
              "media": {"id": "5"}}  # fmt: skip
    for network, field, value in (
        ("facebook", "feed", about), ("meta", "feed", about), ("instagram", "comments", beside),
    ):  # fmt: skip
        kind = "instagram" if network == "instagram" else "page"
        entry = {"id": "1", "time": T, "changes": [{"field": field, "value": value}]}
        yield network, "/hooks/fans", {"object": kind, "entry": [entry]}
    yield "rss", "/feed", said(feeds.Feed([("1", T), ("2", T - 9)]), "/feed")


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything below a node."""
    if path:
        yield path
    inner = node.items() if isinstance(node, dict) else []
    inner = enumerate(node) if isinstance(node, list) else inner
    for key, value in inner:
        yield from places(value, (*path, key))


def break_something(body: Any, rng: random.Random) -> Any:
    """A copy in which one to four places are gone or odd."""
    if isinstance(body, bytes):
        broken = bytearray(body)
        for _ in range(rng.randint(1, 12)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        return bytes(broken[: rng.randrange(len(broken)) if rng.random() < 0.3 else None])
    broken = copy.deepcopy(body)
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        ways = list(places(broken))
        if not ways:
            return broken
        *way, last = rng.choice(ways)
        node = broken
        for key in way:
            node = node[key]
        if rng.random() < 0.4:
            del node[last]
        else:
            node[last] = copy.deepcopy(rng.choice(ODD))
    return broken


ANSWERS = list(answers())


def test_every_network_has_an_answer_to_break() -> None:
    assert {network for network, _, _ in ANSWERS} == set(READERS)
    for network, path, body in ANSWERS:
        check = checked(network, path, body)
        assert (check.mapped > 0, check.unmapped, check.exceptions) == (True, [], []), path


def checked(network: str, path: str, body: Any) -> Any:
    if isinstance(body, bytes):
        return check_payloads([(f"{network}{path}", body)])
    recorded = {
        "request": {"method": "GET", "url": f"https://n.example{path}"},
        "response": {"status": 200, "body": body},
    }
    return check_payloads([(f"{network}/answer.json", json.dumps(recorded).encode())])


@pytest.mark.parametrize(
    ("number", "answer"), list(enumerate(ANSWERS)), ids=[f"{a[0]}{a[1]}" for a in ANSWERS]
)
def test_a_broken_answer_is_mapped_or_refused_with_a_reason(
    number: int, answer: tuple[str, str, Any]
) -> None:
    network, path, body = answer
    rng = random.Random(number)
    for _ in range(150):
        broken = break_something(body, rng)
        check = checked(network, path, broken)
        assert check.exceptions == [], broken
        assert check.unmapped == [], broken
        assert check.items == check.mapped + sum(check.refused.values())
