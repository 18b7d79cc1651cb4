"""Stored posts read again at a local AppView."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from signals.collectors.bluesky import (
    AppViewReads,
    BlueskyCollector,
    JetstreamCollector,
    ProfileReads,
)
from signals.collectors.contract import (
    Budget,
    Kind,
    OverBudget,
    Query,
    RateLimited,
    Rechecks,
    Ref,
    Rereads,
    Target,
    Unavailable,
)
from tests.fakes.appview import AppView
from tests.fakes.clients import NOW, client_of
from tests.fakes.web_server import RESET, Reply, WebServer

WHEN = datetime(2026, 5, 1, tzinfo=UTC)
URI = "at://did:plc:ada/app.bsky.feed.post/p1"


def person(name: str, **over: Any) -> dict[str, Any]:
    return {"did": f"did:plc:{name}", "handle": f"{name}.example", "labels": []} | over


def post(uri: str = URI, **over: Any) -> dict[str, Any]:
    return {
        "uri": uri, "author": person(uri[13:16]), "labels": [],
        "record": {"text": "pension?", "createdAt": "2026-04-30T10:00:00Z"},
        "indexedAt": "2026-04-30T10:00:01Z", "likeCount": 0, "repostCount": 0, "quoteCount": 0,
        "replyCount": 0,
    } | over  # fmt: skip


@pytest.fixture
def network() -> AppView:
    return AppView({URI: post()})


@pytest.fixture
def server(network: AppView) -> Iterator[WebServer]:
    with WebServer(network) as made:
        yield made


def collector(server: WebServer) -> BlueskyCollector:
    stream = JetstreamCollector("ws://127.0.0.1:1", clock=lambda: NOW)
    client = client_of(server)
    return BlueskyCollector(
        stream,
        AppViewReads(client, clock=lambda: NOW),
        ProfileReads(client, clock=lambda: NOW),
    )


def target(uri: str = URI) -> Target:
    return Target(Ref("bluesky", Kind.POST, uri), "did:plc:ada", WHEN)


def test_everybody_who_engaged_is_read_once(server: WebServer, network: AppView) -> None:
    reply = post("at://did:plc:eve/app.bsky.feed.post/r1")
    reply["record"] |= {"reply": {"parent": {"uri": URI}, "root": {"uri": URI}}}
    quote = post("at://did:plc:bob/app.bsky.feed.post/q1")
    quote["record"] |= {"embed": {"record": {"uri": URI}}}
    network.posts = {URI: post(likeCount=5, repostCount=1, quoteCount=1, replyCount=1)}
    network.lists = {
        ("likes", URI): [
            {"actor": person(f"l{n}"), "createdAt": "2026-04-30T11:00:00Z",
             "indexedAt": "2026-04-30T11:00:00Z"} for n in range(5)
        ],
        ("repostedBy", URI): [person("rep")],
        ("posts", URI): [quote],
    }  # fmt: skip
    network.threads = {URI: {"post": network.posts[URI], "replies": [{"post": reply}]}}
    one = collector(server)
    assert isinstance(one, Rereads)
    (page,) = one.reread([target()], Query(), limit=1_000)
    kinds = [engagement.kind for engagement in page.engagements]
    assert kinds == [Kind.POST] + [Kind.LIKE] * 5 + [Kind.REPOST, Kind.QUOTE, Kind.COMMENT]
    assert {engagement.target_external_id for engagement in page.engagements[1:]} == {URI}
    assert page.engagements[0].author.handle == "ada.example"  # the stream has no names
    assert page.reread == (target().ref,)


def test_a_list_is_read_until_what_is_known(server: WebServer, network: AppView) -> None:
    network.posts = {URI: post(likeCount=9)}
    likes = [{"actor": person(f"l{n}"), "indexedAt": "2026-04-30T11:00:00Z"} for n in range(9)]
    network.lists = {("likes", URI): likes}
    known = frozenset(Ref("bluesky", Kind.LIKE, f"{URI}:did:plc:l{n}") for n in range(1, 9))
    (page,) = collector(server).reread([target()], Query(known=known), limit=1_000)
    likers = [each.author.external_id for each in page.engagements if each.kind is Kind.LIKE]
    assert likers == ["did:plc:l0"]
    assert len(server.asked) == 3  # getPosts, the page with the new one, the first without any


def test_nobody_is_asked_about_a_post_without_engagement(server: WebServer) -> None:
    list(collector(server).reread([target()], Query(), limit=1_000))
    assert [asked.path.rpartition(".")[2] for asked in server.asked] == ["getPosts"]


def test_what_is_missing_is_a_deletion(server: WebServer, network: AppView) -> None:
    gone = target("at://did:plc:ada/app.bsky.feed.post/gone")
    first, second = collector(server).reread([gone, target()], Query(), limit=9)
    assert (first.deletions, second.deletions) == ((gone.ref,), ())
    network.posts = {URI: post(replyCount=1)}
    (page,) = collector(server).reread([target()], Query(), limit=9)
    assert page.deletions == (Ref("bluesky", None, URI),)


def test_an_author_who_opted_out_is_forgotten(server: WebServer, network: AppView) -> None:
    hidden = person("ada", labels=[{"val": "!no-unauthenticated"}])
    network.posts = {URI: post(author=hidden)}
    account = Ref("bluesky", None, "did:plc:ada", account=True, opted_out=True)
    (page,) = collector(server).reread([target()], Query(), limit=9)
    assert page.deletions == (account,)
    (found,) = collector(server).recheck([target().ref], budget=Budget())
    assert found.deletions == (account,)


def test_an_empty_list_while_the_posts_stand_is_no_deletion(
    server: WebServer, network: AppView
) -> None:
    refs = [Ref("bluesky", Kind.POST, f"{URI[:-2]}x{n}") for n in range(3)]
    network.threads = {ref.external_id: {"post": post(ref.external_id)} for ref in refs}
    (found,) = collector(server).recheck(refs, budget=Budget())
    assert (found.checked, found.deletions) == ((refs[0],), ())
    assert len(server.asked) == 2  # the list is at fault: nobody is asked for each of them
    targets = [target(ref.external_id) for ref in refs]
    (page,) = collector(server).reread(targets, Query(), limit=9)
    assert (page.reread, page.deletions) == ((refs[0],), ())


def test_posts_are_checked_25_at_a_time(server: WebServer) -> None:
    refs = [Ref("bluesky", Kind.POST, f"{URI[:-2]}x{n}") for n in range(30)]
    one = collector(server)
    assert isinstance(one, Rechecks)
    like = Ref("bluesky", Kind.LIKE, f"{URI}:did:plc:x")
    found = list(one.recheck([*refs, target().ref, like], budget=Budget()))
    assert [len(each.checked) for each in found] == [25, 6]
    assert [ref for each in found for ref in each.deletions] == refs
    with pytest.raises(OverBudget):
        list(one.recheck(refs, budget=Budget(requests=1)))


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(429, headers={"ratelimit-reset": str(int(NOW) + 60)}), RateLimited),
        (Reply(502, {"error": "UpstreamFailure"}), Unavailable),
        (RESET, Unavailable),
    ],
)
def test_what_goes_wrong_is_said_in_our_words(
    server: WebServer, reply: Reply, error: type[Exception]
) -> None:
    server.faults.append(reply)
    with pytest.raises(error):
        list(collector(server).reread([target()], Query(), limit=9))
