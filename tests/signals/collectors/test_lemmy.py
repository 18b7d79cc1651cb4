"""Lemmy against local servers that speak either version of its API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from signals.collectors.contract import (
    Budget,
    Kind,
    Query,
    RateLimited,
    Rechecks,
    Ref,
    Rereads,
    Target,
    Unavailable,
)
from signals.collectors.lemmy import LemmyCollector
from tests.fakes.clients import NOW, client_of
from tests.fakes.lemmy import Lemmy, view
from tests.fakes.sweeps import assert_resumes_anywhere, names, sweep
from tests.fakes.web_server import HTML, RESET, Reply, WebServer

WHEN = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def network() -> Lemmy:
    return Lemmy()


@pytest.fixture
def server(network: Lemmy) -> Iterator[WebServer]:
    with WebServer(network) as made:
        network.posts = [view(n, NOW - n, site=made.url) for n in range(1, 121)]
        network.comments = [
            view(n, NOW - n, site=made.url, what="comment") for n in range(200, 311)
        ]
        yield made


def collector(server: WebServer, **more: Any) -> LemmyCollector:
    return LemmyCollector(client_of(server), clock=lambda: NOW, max_seconds=60, **more)


@pytest.mark.parametrize("versions", [(3,), (4,), (3, 4)])
@pytest.mark.parametrize(
    "query", [Query(scope="!money"), Query(keywords=("pension",)), Query()],
    ids=["community", "search", "all"],
)  # fmt: skip
def test_everything_once_wherever_it_is_broken_off(
    server: WebServer, network: Lemmy, versions: tuple[int, ...], query: Query
) -> None:
    network.versions = versions
    assert len(assert_resumes_anywhere(lambda: collector(server), query)) == 120 + 111


def test_the_newest_version_is_spoken_and_remembered(server: WebServer, network: Lemmy) -> None:
    network.versions = (3, 4)
    done = sweep(collector(server), Query())[-1].cursor
    server.asked.clear()
    sweep(collector(server), Query(), done)
    assert {asked.path.split("/")[2] for asked in server.asked} == {"v4"}
    assert not any(asked.path.endswith("site") for asked in server.asked)


def test_later_sweeps_stop_at_what_was_read(server: WebServer, network: Lemmy) -> None:
    done = sweep(collector(server), Query())[-1].cursor
    network.posts = [view(900, NOW + 50, site=server.url), *network.posts]
    server.asked.clear()
    later = LemmyCollector(
        client_of(server), clock=lambda: NOW + 60, max_seconds=60, overlap_seconds=0
    )
    assert names(sweep(later, Query(), done)) == [f"{server.url}/post/900"]
    assert len(server.asked) == 2


def test_what_is_pinned_to_the_top_does_not_end_a_sweep(server: WebServer, network: Lemmy) -> None:
    network.pinned = [view(999, NOW - 9e7, site=server.url, featured_community=True)]
    found = names(sweep(collector(server), Query()))
    assert len(found) == 231
    assert f"{server.url}/post/999" not in found


def test_what_was_removed_is_a_deletion(server: WebServer, network: Lemmy) -> None:
    network.posts = [view(1, NOW, site=server.url, removed=True)]
    pages = sweep(collector(server), Query())
    assert pages[0].deletions == (Ref("lemmy", Kind.POST, f"{server.url}/post/1"),)


def test_the_limit_is_kept(server: WebServer) -> None:
    pages = list(collector(server).collect(Query(), None, limit=60))
    assert len(names(pages)) == 100


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(429, headers={"Retry-After": "9"}), RateLimited),
        (Reply(400, {"error": "rate_limit_error"}), RateLimited),
        (Reply(500), Unavailable),
        (HTML, Unavailable),
        (RESET, Unavailable),
    ],
)
def test_what_goes_wrong_is_said_in_our_words(
    server: WebServer, reply: Reply, error: type[Exception]
) -> None:
    server.faults.append(reply)
    server.fail_after = 1
    with pytest.raises(error):
        sweep(collector(server), Query())


@pytest.mark.parametrize("versions", [(3,), (4,)])
def test_comments_below_a_post_are_read_again(
    server: WebServer, network: Lemmy, versions: tuple[int, ...]
) -> None:
    network.versions = versions
    target = Target(Ref("lemmy", Kind.POST, f"{server.url}/post/1"), "x", WHEN)
    elsewhere = Target(Ref("lemmy", Kind.POST, "https://far.example/post/1"), "x", WHEN)
    one = collector(server)
    assert isinstance(one, Rereads)
    first, second = one.reread([target, elsewhere], Query(), limit=1_000)
    assert len(first.engagements) == 111
    assert server.asked[-1].query["post_id"] == ["1"]
    assert (second.engagements, second.reread) == ((), (elsewhere.ref,))


@pytest.mark.parametrize("versions", [(3,), (4,)])
def test_what_is_gone_is_found(
    server: WebServer, network: Lemmy, versions: tuple[int, ...]
) -> None:
    network.versions = versions
    network.missing = {"post/1": ""}
    network.posts = [
        view(2, NOW, site=server.url, deleted=True),
        view(3, NOW, site=server.url, updated_at="2026-05-01T00:00:00Z"),
    ]
    refs = [Ref("lemmy", Kind.POST, f"{server.url}/post/{number}") for number in (1, 2, 3)]
    odd = Ref("lemmy", Kind.POST, f"{server.url}/m/money/t/5")
    one = collector(server)
    assert isinstance(one, Rechecks)
    (found,) = one.recheck([*refs, odd], budget=Budget())
    assert (found.checked, found.deletions) == (tuple(refs), tuple(refs[:2]))
    assert [each.external_id for each in found.edited] == [refs[2].external_id]


@pytest.mark.parametrize(
    "fault",
    [RESET, Reply(503), HTML, Reply(301, headers={"Location": "https://parked.example/"}),
     Reply(429)],
    ids=["dead", "503", "html", "parked", "429"],
)  # fmt: skip
def test_a_server_of_others_that_fails_is_asked_no_more_and_holds_up_nothing(
    server: WebServer, fault: Reply
) -> None:
    with WebServer(lambda _: fault) as other:
        far = [Ref("lemmy", Kind.POST, f"{other.url}/post/{number}") for number in (1, 2)]
        ours = [Ref("lemmy", Kind.POST, f"{server.url}/post/{number}") for number in (1, 2)]
        refs = [far[0], ours[0], far[1], ours[1]]
        (found,) = collector(server).recheck(refs, budget=Budget())
        assert len({asked.query["id"][0] for asked in other.asked}) == 1
    assert (found.checked, found.deletions) == (tuple(ours), ())


def test_what_was_answered_before_ones_own_server_failed_is_kept(
    server: WebServer, network: Lemmy
) -> None:
    network.versions = (4,)
    refs = [Ref("lemmy", Kind.POST, f"{server.url}/post/{number}") for number in (1, 2, 3)]
    server.speak = lambda asked: Reply(503) if asked.one("id") == "3" else network(asked)
    checks = collector(server).recheck(refs, budget=Budget())
    assert next(checks).checked == tuple(refs[:2])
    with pytest.raises(Unavailable):
        next(checks)


def test_a_server_that_gives_the_same_page_for_ever_is_left_with_a_gap(
    server: WebServer, network: Lemmy
) -> None:
    first = [view(number, NOW - number, site=server.url) for number in range(1, 51)]
    server.speak = lambda asked: (
        Reply(404, body=b"")
        if "/v4/" in asked.path
        else Reply(document={"posts": first, "comments": []})
    )
    pages = sweep(collector(server), Query())
    assert len(names(pages)) == 50
    assert any(page.gap is not None for page in pages)
    assert len(server.asked) < 20
