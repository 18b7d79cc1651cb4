"""The fediverse against local servers that speak its API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from signals.collectors.contract import (
    Budget,
    Forbidden,
    Kind,
    Misconfigured,
    Query,
    RateLimited,
    Rechecks,
    Ref,
    Rereads,
    Target,
    Unavailable,
)
from signals.collectors.mastodon import MastodonCollector
from signals.collectors.mastodon.links import find_home, read_links
from tests.fakes.clients import NOW, client_of
from tests.fakes.mastodon import Mastodon, account, status
from tests.fakes.sweeps import assert_resumes_anywhere, brought, names, sweep
from tests.fakes.web_server import HTML, RESET, Reply, WebServer

QUERY = Query(topic="pensions", keywords=("pension",))
WHEN = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def network() -> Mastodon:
    return Mastodon([status(number, NOW - 5_000 + number) for number in range(1, 131)])


@pytest.fixture
def server(network: Mastodon) -> Iterator[WebServer]:
    with WebServer(network) as made:
        yield made


def collector(server: WebServer, **more: Any) -> MastodonCollector:
    return MastodonCollector(client_of(server), clock=lambda: NOW, max_seconds=60, **more)


@pytest.mark.parametrize("shape", ["{:018d}", "01HV7T2Z0YQ4N4F9{:010d}", "AqGz9Lr{:011d}"])
def test_every_status_once_wherever_it_is_broken_off(
    server: WebServer, network: Mastodon, shape: str
) -> None:
    network.statuses = [
        status(number, NOW - 5_000 + number, shape=shape) for number in range(1, 131)
    ]
    assert len(assert_resumes_anywhere(lambda: collector(server), QUERY)) == 130


def test_later_sweeps_go_forward_and_skip_nothing(server: WebServer, network: Mastodon) -> None:
    done = sweep(collector(server), QUERY)[-1].cursor
    network.statuses += [status(number, NOW + number) for number in range(200, 300)]
    later = sweep(collector(server), QUERY, done)
    assert len(names(later)) == 100
    assert all("min_id" in asked.query for asked in server.asked[-3:])
    assert names(sweep(collector(server), QUERY, later[-1].cursor)) == []


def test_a_resumed_forward_sweep_loses_nothing(server: WebServer, network: Mastodon) -> None:
    cursor = sweep(collector(server), QUERY)[-1].cursor
    network.statuses += [status(number, NOW + number) for number in range(200, 300)]
    first = next(iter(collector(server).collect(QUERY, cursor, limit=1_000)))
    rest = sweep(collector(server), QUERY, first.cursor)
    assert len({*names([first]), *names(rest)}) == 100


def test_the_first_sweep_ends_at_its_horizon(server: WebServer, network: Mastodon) -> None:
    network.statuses = [status(number, NOW - 200_000 + number * 1_000) for number in range(1, 131)]
    found = sweep(collector(server, start_seconds=90_000), QUERY)
    assert 20 <= len(names(found)) < 90


def test_at_most_four_tags_are_asked_for_at_once(server: WebServer, network: Mastodon) -> None:
    tags = ("one", "two", "three", "four", "five")
    network.statuses = [
        status(number, NOW - 500 + number, tags=(tags[number % 5],)) for number in range(1, 11)
    ]
    query = Query(scope=",".join(f"#{tag}" for tag in tags))
    assert len(names(sweep(collector(server), query))) == 10
    assert all(len(asked.query.get("any[]", [])) <= 3 for asked in server.asked)
    assert server.asked[0].path.endswith("/tag/one")


def test_a_tag_of_another_server_is_asked_there_without_our_token(server: WebServer) -> None:
    other = Mastodon([status(number, NOW - 500 + number) for number in range(1, 4)])
    with WebServer(other) as there:
        query = Query(scope=f"#Pension@{there.url.removeprefix('http://')}")
        pages = sweep(collector(server, has_token=True), query)
        assert len(names(pages)) == 3
        assert str(brought(pages)[0].record_ref).startswith(there.url)
        other.members_only = 401
        with pytest.raises(Forbidden, match="another server"):
            sweep(collector(server, has_token=True), query)
    assert server.asked == []


def test_keywords_become_tags(server: WebServer) -> None:
    sweep(collector(server), Query(keywords=("Index fund!", "401(k)")))
    assert server.asked[0].path.endswith("/tag/indexfund")
    assert server.asked[0].query["any[]"] == ["401k"]


def test_without_any_tag_a_person_must_act(server: WebServer) -> None:
    with pytest.raises(Misconfigured, match="name a tag"):
        sweep(collector(server), Query())


def test_the_limit_is_kept(server: WebServer) -> None:
    pages = list(collector(server).collect(QUERY, None, limit=50))
    assert 50 <= len(names(pages)) <= 50 + 40


@pytest.mark.parametrize(
    ("refused", "feeds", "words"),
    [
        (401, "public", "create an access token"),
        (422, "public", "create an access token"),
        (0, "disabled", "choose another server"),
    ],
)
def test_what_is_not_shown_names_who_must_do_what(
    server: WebServer, network: Mastodon, refused: int, feeds: str, words: str
) -> None:
    network.members_only, network.hashtag_feeds = refused, feeds
    with pytest.raises(Misconfigured, match=words):
        sweep(collector(server), QUERY)


def test_a_refused_token_must_be_renewed(server: WebServer, network: Mastodon) -> None:
    network.members_only = 401
    with pytest.raises(Misconfigured, match="renew WARMLIST_SECRETS__MASTODON__TOKEN"):
        sweep(collector(server, has_token=True), QUERY)


def test_a_quiet_tag_is_no_fault(server: WebServer, network: Mastodon) -> None:
    network.statuses = []
    (page,) = sweep(collector(server), QUERY)
    network.statuses = [status(1, NOW)]
    assert len(names(sweep(collector(server), QUERY, page.cursor))) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(429, headers={"X-RateLimit-Reset": "2026-05-28T20:30:00.0Z"}), RateLimited),
        (Reply(503), Unavailable),
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


def target_of(home: WebServer, number: int, record_ref: str | None = None) -> Target:
    name = f"{home.url}/users/u0/statuses/{number}"
    return Target(Ref("mastodon", Kind.POST, name), "x", WHEN, record_ref=record_ref)


def test_reactions_come_from_the_authors_own_server(server: WebServer) -> None:
    home = Mastodon(
        [status(5, NOW, favourites_count=3, reblogs_count=1)],
        contexts={
            "5": {"ancestors": [], "descendants": [status(6, NOW, in_reply_to_id="5")]},
        },
        lists={
            "5/favourited_by": [account(name, "x.example") for name in ("a", "b", "c")],
            "5/reblogged_by": [account("d", "x.example", bot=True)],
        },
    )
    with WebServer(home) as other:
        target = target_of(other, 5)
        one = collector(server)
        assert isinstance(one, Rereads)
        (page,) = one.reread([target], QUERY, limit=100)
    kinds = [engagement.kind for engagement in page.engagements]
    assert kinds == [Kind.COMMENT, Kind.LIKE, Kind.LIKE, Kind.LIKE, Kind.REPOST]
    assert {e.target_external_id for e in page.engagements} == {target.ref.external_id}
    assert page.reread == (target.ref,)
    assert server.asked == []


def test_a_server_that_is_down_is_asked_once_and_ours_must_do(
    server: WebServer, network: Mastodon
) -> None:
    network.lists = {"7/favourited_by": [account("a", "x.example")]}
    network.statuses = [status(7, NOW, favourites_count=1)]
    with WebServer(network) as other:
        other.faults = [Reply(503)] * 9
        ours = f"{server.url}/api/v1/statuses/7"
        targets = [target_of(other, 7, ours), target_of(other, 8, ours)]
        pages = list(collector(server).reread(targets, QUERY, limit=100))
        assert len(other.asked) == 1
    assert [e.kind for e in brought(pages)] == [Kind.LIKE, Kind.LIKE]
    assert pages[0].deletions == ()


def test_a_status_that_is_gone_is_a_deletion(server: WebServer, network: Mastodon) -> None:
    network.gone = {"5": 404, "6": 410}
    network.statuses = [
        status(7, NOW),
        status(8, NOW, host=server.url.removeprefix("http://"), edited_at="2026-05-02T00:00:00Z"),
    ]
    refs = [target_of(server, number).ref for number in (5, 6, 7)]
    unknown = Ref("mastodon", Kind.POST, f"{server.url}/objects/uuid")
    one = collector(server)
    assert isinstance(one, Rechecks)
    (found,) = one.recheck([*refs, unknown, Ref("mastodon", Kind.LIKE, "a:b")], budget=Budget())
    assert found.checked == (*refs, unknown)
    assert found.deletions == (*refs[:2], unknown)
    (page,) = one.reread([target_of(server, 5)], QUERY, limit=9)
    assert page.deletions == (refs[0],)


def test_a_refusal_is_no_answer(server: WebServer) -> None:
    server.faults = [Reply(401), Reply(403)]
    refs = [target_of(server, number).ref for number in (1, 2)]
    (found,) = collector(server).recheck(refs, budget=Budget())
    assert (found.checked, found.deletions) == ((), ())


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("https://m.example/users/a/statuses/11", "https://m.example/api/v1/statuses/11"),
        ("https://m.example/ap/users/1/statuses/11", "https://m.example/api/v1/statuses/11"),
        ("https://m.example/@a/11", "https://m.example/api/v1/statuses/11"),
        ("https://g.example/@a/statuses/01HV", "https://g.example/api/v1/statuses/01HV"),
        ("https://p.example/notice/AqGz9", "https://p.example/api/v1/statuses/AqGz9"),
        ("https://p.example/objects/2f1c-uuid", None),
    ],
)
def test_where_a_status_lives(name: str, home: str | None) -> None:
    assert find_home(name) == home


def test_links_are_read_not_computed() -> None:
    header = '<https://m.example/x?max_id=7&limit=2>; rel="next", <https://m.example/x?min_id=9>; rel="prev"'  # noqa: E501 - one header
    assert read_links({"link": header}) == {
        "next": {"max_id": "7", "limit": "2"},
        "prev": {"min_id": "9"},
    }
