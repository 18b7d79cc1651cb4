"""Feeds against a local site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from signals.collectors.contract import Gone, Misconfigured, Query, RateLimited, Unavailable
from signals.collectors.rss import RssCollector
from tests.fakes.clients import NOW, client_of
from tests.fakes.feeds import Feed
from tests.fakes.sweeps import assert_resumes_anywhere, names, sweep
from tests.fakes.web_server import HTML, RESET, Reply, WebServer


@pytest.fixture
def site() -> Feed:
    return Feed([(str(number), NOW - 5_000 + number) for number in range(250)])


@pytest.fixture
def server(site: Feed) -> Iterator[WebServer]:
    with WebServer(site) as made:
        yield made


def collector(server: WebServer) -> RssCollector:
    return RssCollector(client_of(server, cross_host=True), clock=lambda: NOW)


def query_of(server: WebServer, path: str = "/feed") -> Query:
    return Query(scope=server.url + path)


def test_every_entry_once_wherever_it_is_broken_off(server: WebServer) -> None:
    found = assert_resumes_anywhere(lambda: collector(server), query_of(server))
    assert len(found) == 250
    assert found[0].endswith("/feed#0")


def test_what_did_not_change_is_not_sent_again(server: WebServer) -> None:
    done = sweep(collector(server), query_of(server))[-1].cursor
    (page,) = sweep(collector(server), query_of(server), done)
    assert (page.engagements, page.exhausted) == ((), True)
    assert server.asked[-1].headers["if-modified-since"] == "Wed, 25 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize("conditional", [True, False])
def test_only_new_entries_come_next(server: WebServer, site: Feed, conditional: bool) -> None:
    site.conditional = conditional
    done = sweep(collector(server), query_of(server))[-1].cursor
    site.entries = [*site.entries[10:], ("new", NOW)]
    assert names(sweep(collector(server), query_of(server), done)) == [f"{server.url}/feed#new"]


def test_the_limit_is_kept_and_the_rest_comes_next(server: WebServer) -> None:
    first = list(collector(server).collect(query_of(server), None, limit=30))
    assert len(names(first)) == 30
    assert not first[-1].exhausted
    assert len(names(sweep(collector(server), query_of(server), first[-1].cursor))) == 220


def test_a_feed_that_moved_for_good_is_asked_there_and_keeps_its_names(
    server: WebServer, site: Feed
) -> None:
    pages = sweep(collector(server), query_of(server, "/older"))
    assert names(pages)[0] == f"{server.url}/older#0"
    site.entries.append(("new", NOW))
    server.asked.clear()
    again = sweep(collector(server), query_of(server, "/older"), pages[-1].cursor)
    assert [asked.path for asked in server.asked] == ["/feed"]
    assert names(again) == [f"{server.url}/older#new"]


def test_a_feed_that_moved_for_now_is_asked_where_it_was(server: WebServer, site: Feed) -> None:
    site.moves = (302,)
    done = sweep(collector(server), query_of(server, "/old"))[-1].cursor
    server.asked.clear()
    sweep(collector(server), query_of(server, "/old"), done)
    assert server.asked[0].path == "/old"


@pytest.mark.parametrize("status", [404, 410])
def test_a_feed_that_is_gone_is_switched_off(server: WebServer, site: Feed, status: int) -> None:
    site.status = status
    with pytest.raises(Gone):
        sweep(collector(server), query_of(server))


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(429, body=b""), RateLimited),
        (Reply(502, body=b"<html>"), Unavailable),
        (HTML, Unavailable),
        (Reply(body=b""), Unavailable),
        (RESET, Unavailable),
        (Reply(body=b"<rss>" * 100, truncate=40), Unavailable),
    ],
)
def test_what_goes_wrong_is_said_in_our_words(
    server: WebServer, reply: Reply, error: type[Exception]
) -> None:
    server.faults.append(reply)
    with pytest.raises(error):
        sweep(collector(server), query_of(server))


def test_a_scope_that_is_no_address_falls_back_to_the_sources_own(server: WebServer) -> None:
    client = client_of(server, cross_host=True)
    one = RssCollector(client, clock=lambda: NOW, url=f"{server.url}/feed")
    assert len(names(sweep(one, Query(scope="news")))) == 250


def test_without_an_address_a_person_must_act(server: WebServer) -> None:
    with pytest.raises(Misconfigured, match="address"):
        sweep(collector(server), Query())


def test_a_private_address_is_refused(server: WebServer) -> None:
    with pytest.raises(Misconfigured):
        sweep(collector(server), Query(scope="http://10.0.0.1/feed"))
