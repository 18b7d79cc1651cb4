"""Hacker News against a local server that speaks its paths."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from signals.collectors.contract import (
    Budget,
    Cursor,
    Kind,
    Misconfigured,
    OverBudget,
    Query,
    RateLimited,
    Rechecks,
    Ref,
    Rereads,
    Target,
    Unavailable,
)
from signals.collectors.hackernews import HackerNewsCollector
from tests.fakes.clients import NOW, client_of
from tests.fakes.hackernews import HackerNews, hit
from tests.fakes.sweeps import assert_resumes_anywhere, brought, names, sweep
from tests.fakes.web_server import HTML, RESET, Reply, WebServer

START = int(NOW) - 3_600
QUERY = Query(topic="pensions", keywords=("pension", "index fund"))
HITS = [
    hit(number, START + number // 40, "my pension" if number % 3 else "an index fund")
    for number in range(600)
] + [hit(9_001, START + 5, "a pension of index fund"), hit(9_002, START + 5, "the weather")]


@pytest.fixture
def network() -> HackerNews:
    return HackerNews(HITS)


@pytest.fixture
def server(network: HackerNews) -> Iterator[WebServer]:
    with WebServer(network) as made:
        yield made


def collector(server: WebServer, **more: Any) -> HackerNewsCollector:
    client = client_of(server)
    return HackerNewsCollector(client, client, clock=lambda: NOW, max_seconds=60, **more)


def test_everything_that_holds_a_keyword_once_wherever_it_is_broken_off(
    server: WebServer, network: HackerNews
) -> None:
    network.hits = [one for one in HITS if one["objectID"] != "9001"]
    found = assert_resumes_anywhere(lambda: collector(server), QUERY)
    assert len(found) == 600
    assert "9002" not in found


def test_a_comment_with_two_keywords_comes_once(server: WebServer) -> None:
    assert names(sweep(collector(server), QUERY)).count("9001") == 1


def test_many_of_one_second_are_all_read(server: WebServer, network: HackerNews) -> None:
    network.hits = [hit(number, START, "pension") for number in range(250)]
    assert len(names(sweep(collector(server), QUERY))) == 250


def test_the_next_sweep_begins_where_the_last_began(server: WebServer, network: HackerNews) -> None:
    done = sweep(collector(server, overlap_seconds=0), QUERY)[-1].cursor
    network.hits = [*HITS, hit(10_000, int(NOW) + 5, "pension")]
    later = HackerNewsCollector(
        client_of(server), client_of(server), clock=lambda: NOW + 60, max_seconds=60,
        overlap_seconds=0,
    )  # fmt: skip
    assert names(sweep(later, QUERY, done)) == ["10000"]


def test_phrases_are_quoted_and_nothing_is_guessed(server: WebServer) -> None:
    sweep(collector(server), Query(keywords=('say "index  fund"',)))
    asked = server.asked[0]
    assert asked.one("query") == '"say index fund"'
    assert (asked.one("typoTolerance"), asked.one("advancedSyntax")) == ("false", "true")


def test_the_limit_is_kept_and_the_rest_comes_next(server: WebServer) -> None:
    first = list(collector(server).collect(QUERY, None, limit=30))
    assert len(names(first)) == 30
    assert not first[-1].exhausted
    rest = sweep(collector(server), QUERY, first[-1].cursor)
    assert len(set(names(first) + names(rest))) == 601


def test_what_is_known_already_is_left_out(server: WebServer) -> None:
    stored = frozenset(Ref("hackernews", kind, name) for kind in Kind for name in ("1", "2"))
    known = Query(keywords=("pension",), known=stored)
    assert not {"1", "2"} & set(names(sweep(collector(server), known)))


def test_times_are_utc(server: WebServer) -> None:
    assert all(one.occurred_at.tzinfo is UTC for one in brought(sweep(collector(server), QUERY)))


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(429, headers={"Retry-After": "30"}), RateLimited),
        (Reply(500), Unavailable),
        (HTML, Unavailable),
        (RESET, Unavailable),
        (Reply(document={"hits": []}, truncate=4), Unavailable),
        (Reply(400, {"message": "invalid filter"}), Misconfigured),
    ],
)
def test_what_goes_wrong_is_said_in_our_words(
    server: WebServer, reply: Reply, error: type[Exception]
) -> None:
    server.faults.append(reply)
    with pytest.raises(error):
        sweep(collector(server), QUERY)


def test_a_budget_stops_it_before_it_asks(server: WebServer) -> None:
    with pytest.raises(OverBudget):
        list(collector(server).collect(Query(budget=Budget(requests=0)), None, limit=9))
    assert server.asked == []


def test_a_cursor_of_somebody_else_needs_a_person(server: WebServer) -> None:
    with pytest.raises(Misconfigured, match="reset"):
        list(collector(server).collect(QUERY, Cursor("t3_x"), limit=9))


def test_a_thread_is_read_again_without_deleted_comments(
    server: WebServer, network: HackerNews
) -> None:
    network.trees = {
        "7": {
            "id": 7, "type": "story", "author": "a", "children": [
                {"id": 8, "type": "comment", "author": "b", "text": "yes", "parent_id": 7,
                 "story_id": 7, "created_at_i": START, "children": [
                     {"id": 9, "type": "comment", "author": None, "text": None, "children": []},
                     {"id": 10, "type": "comment", "author": "c", "text": "no", "parent_id": 8,
                      "story_id": 7, "created_at_i": START, "children": []}]}]},
    }  # fmt: skip
    target = Target(Ref("hackernews", Kind.POST, "7"), "a", datetime(2026, 5, 1, tzinfo=UTC))
    missing = Target(Ref("hackernews", Kind.POST, "6"), "a", datetime(2026, 5, 1, tzinfo=UTC))
    one = collector(server)
    assert isinstance(one, Rereads)
    pages = list(one.reread([target, missing], Query(), limit=100))
    assert [(e.external_id, e.target_external_id) for e in brought(pages)] == [
        ("8", "7"), ("10", "8"),
    ]  # fmt: skip
    assert [page.reread for page in pages] == [(target.ref,), (missing.ref,)]


def test_firebase_tells_what_is_gone(server: WebServer, network: HackerNews) -> None:
    network.gone = {"1": {"deleted": True}, "2": {"dead": True, "type": "comment"}, "3": None}
    item = {"type": "comment", "by": "a", "parent": 1, "time": START, "text": "now an annuity"}
    network.gone |= {"4": item, "5": item | {"time": START - 200_000}}
    refs = [Ref("hackernews", Kind.COMMENT, str(number)) for number in (1, 2, 3, 4, 5)]
    one = collector(server)
    assert isinstance(one, Rechecks)
    (found,) = one.recheck(refs, budget=Budget())
    assert found.checked == (*refs[:2], *refs[3:])
    assert [(one.ref, one.text) for one in found.edited] == [(refs[3], "now an annuity")]
    assert (found.deletions, found.missing) == (tuple(refs[:2]), (refs[2],))
    assert found.cost.requests == 5
