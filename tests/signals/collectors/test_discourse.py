"""A forum against a local server that speaks its paths."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signals.collectors.contract import (
    Budget,
    Forbidden,
    Kind,
    Query,
    RateLimited,
    Rechecks,
    Ref,
    Rereads,
    Target,
    Unavailable,
)
from signals.collectors.discourse import DiscourseCollector
from tests.fakes.clients import NOW, client_of
from tests.fakes.discourse import Discourse, post
from tests.fakes.sweeps import assert_resumes_anywhere, brought, names, sweep
from tests.fakes.web_server import HTML, RESET, Reply, WebServer

QUERY = Query(topic="pensions", keywords=("pension",))
WHEN = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def network() -> Discourse:
    # ids 201 to 420 are nobody's business: private messages
    ids = [*range(1, 201), *range(421, 481)]
    return Discourse([post(number, NOW - 5_000 + number, place=number) for number in ids])


@pytest.fixture
def server(network: Discourse) -> Iterator[WebServer]:
    with WebServer(network) as made:
        yield made


def collector(server: WebServer, **more: Any) -> DiscourseCollector:
    return DiscourseCollector(client_of(server), clock=lambda: NOW, max_seconds=60, **more)


@pytest.mark.parametrize("windowed", [False, True])
def test_every_post_once_wherever_it_is_broken_off(
    server: WebServer, network: Discourse, windowed: bool
) -> None:
    network.windowed = windowed
    assert len(assert_resumes_anywhere(lambda: collector(server), QUERY)) == 260


def test_every_post_a_search_finds_once_wherever_it_is_broken_off(
    server: WebServer, network: Discourse
) -> None:
    network.posts = network.posts[:55]
    found = assert_resumes_anywhere(lambda: collector(server, by_search=True), QUERY)
    assert len(found) == 55


def test_later_sweeps_stop_where_the_last_began(server: WebServer, network: Discourse) -> None:
    done = sweep(collector(server), QUERY)[-1].cursor
    network.posts = [*network.posts, post(481, NOW, place=481), post(490, NOW, place=490)]
    server.asked.clear()
    assert len(names(sweep(collector(server), QUERY, done))) == 2
    assert len(server.asked) == 1


def test_posts_that_come_during_a_sweep_are_not_lost(server: WebServer, network: Discourse) -> None:
    first = next(iter(collector(server).collect(QUERY, None, limit=1_000)))
    network.posts = [*network.posts, post(481, NOW, place=481)]
    rest = sweep(collector(server), QUERY, first.cursor)
    later = sweep(collector(server), QUERY, rest[-1].cursor)
    assert len(set(names([first]) + names(rest))) == 260
    assert names(later) == [f"{server.url}/t/1/481"]


def test_a_hole_too_wide_is_a_gap(server: WebServer, network: Discourse) -> None:
    network.windowed = True
    network.posts = [post(1, NOW), post(9_000, NOW)]
    pages = sweep(collector(server), QUERY)
    assert pages[-1].gap is not None
    assert len(names(pages)) == 1


def test_the_first_sweep_ends_at_its_horizon(server: WebServer) -> None:
    found = names(sweep(collector(server, start_seconds=4_575), QUERY))
    assert len(found) == 100  # posts 421 to 480 and the page that holds the horizon


def test_a_hidden_post_is_a_deletion(server: WebServer, network: Discourse) -> None:
    network.posts = [post(1, NOW, hidden=True)]
    (page,) = sweep(collector(server), QUERY)
    assert page.deletions == (Ref("discourse", None, f"{server.url}/t/1/2"),)


def test_a_searched_post_comes_whole_with_its_title(server: WebServer, network: Discourse) -> None:
    network.posts = [post(1, NOW, place=1)]
    (one,) = brought(sweep(collector(server, by_search=True), QUERY))
    assert one.text == "Topic 1\n\npension 1"
    query = server.asked[0].one("q") or ""
    assert query.startswith('"pension" after:')
    assert query.endswith(" order:latest")


def test_a_rate_limit_in_the_body_is_obeyed(server: WebServer) -> None:
    body = {"errors": ["slow"], "error_type": "rate_limit", "extras": {"wait_seconds": 42}}
    server.faults.append(Reply(429, body))
    with pytest.raises(RateLimited) as caught:
        sweep(collector(server), QUERY)
    assert caught.value.retry_at == datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=42)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(403, {"errors": ["log in"], "error_type": "not_logged_in"}), Forbidden),
        (Reply(502), Unavailable),
        (HTML, Unavailable),
        (RESET, Unavailable),
    ],
)
def test_what_goes_wrong_is_said_in_our_words(
    server: WebServer, reply: Reply, error: type[Exception]
) -> None:
    server.faults.append(reply)
    with pytest.raises(error):
        sweep(collector(server), QUERY)


def target_of(server: WebServer, number: int) -> Target:
    return Target(Ref("discourse", Kind.COMMENT, f"{server.url}/t/1/{number}"), "x", WHEN)


def test_replies_and_likes_are_read_again(server: WebServer, network: Discourse) -> None:
    network.posts = [
        post(1, NOW, place=1), post(2, NOW, place=2), post(3, NOW, place=3, reply_to_post_number=2),
        *(post(number, NOW, place=number) for number in range(4, 60)),
    ]  # fmt: skip
    network.likes = {2: [{"id": number, "username": f"l{number}"} for number in (7, 8, 9)]}
    one = collector(server)
    assert isinstance(one, Rereads)
    first, second = one.reread([target_of(server, 1), target_of(server, 2)], QUERY, limit=1_000)
    assert len(first.engagements) == 58
    kinds = [engagement.kind for engagement in second.engagements]
    assert kinds == [Kind.COMMENT, Kind.LIKE, Kind.LIKE, Kind.LIKE]
    assert {e.target_external_id for e in second.engagements} == {f"{server.url}/t/1/2"}


def test_what_is_gone_is_found(server: WebServer, network: Discourse) -> None:
    network.gone = {"1/5": 404, "1/6": 410, "1/7": 403}
    network.posts = [
        *network.posts,
        post(900, NOW, place=900, user_deleted=True),
        post(901, NOW, place=901, version=2, updated_at="2026-05-01T00:00:00Z"),
    ]
    refs = [target_of(server, number).ref for number in (5, 6, 7, 8, 900, 901)]
    former = Ref("discourse", Kind.POST, "https://former.example/t/1/5")
    one = collector(server)
    assert isinstance(one, Rechecks)
    (found,) = one.recheck([former, *refs], budget=Budget())
    assert former not in found.checked
    assert found.deletions == (refs[0], refs[1], refs[4])
    assert refs[2] not in found.checked
    assert [each.external_id for each in found.edited] == [refs[5].external_id]
    (page,) = one.reread([target_of(server, 5)], QUERY, limit=9)
    assert page.deletions == (refs[0],)
    elsewhere = Target(former, "x", WHEN)
    (page,) = one.reread([elsewhere], QUERY, limit=9)
    assert (page.deletions, page.engagements) == ((), ())
