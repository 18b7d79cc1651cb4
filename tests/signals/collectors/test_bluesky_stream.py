"""The Jetstream collector against a local replay server that misbehaves."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signals.collectors.bluesky import JetstreamCollector
from signals.collectors.contract import (
    CollectorError,
    Cursor,
    Engagement,
    Kind,
    Malformed,
    Misconfigured,
    Page,
    Query,
    RateLimited,
    Ref,
    Unavailable,
    Watch,
)
from tests.fakes.jetstream_server import JetstreamServer, Raw, Refusal

NOW = 1_780_003_600.0
#: An hour before the clock of the tests, in microseconds.
START_US = 1_780_000_000_000_000
POST, LIKE = "app.bsky.feed.post", "app.bsky.feed.like"
START = Cursor(str(START_US))


def _event(number: int, collection: str, operation: str, record: dict[str, Any]) -> dict[str, Any]:
    """One event every 100 ms, by one of seven accounts."""
    commit = {"operation": operation, "collection": collection, "rkey": f"r{number}"}
    return {
        "did": f"did:plc:author{number % 7}",
        "time_us": START_US + number * 100_000,
        "kind": "commit",
        "commit": {**commit, "record": record} if operation != "delete" else commit,
    }


def _post(number: int) -> dict[str, Any]:
    return _event(number, POST, "create", {"text": f"post {number}"})


def _like(number: int, target: str) -> dict[str, Any]:
    return _event(number, LIKE, "create", {"subject": {"uri": target}})


POSTS = [_post(number) for number in range(300)]
TEXTS = [f"post {number}" for number in range(300)]


def _collector(*servers: JetstreamServer | str, **settings: Any) -> JetstreamCollector:
    urls = [server if isinstance(server, str) else server.url for server in servers]
    settings.setdefault("clock", lambda: NOW)
    settings.setdefault("caught_up_seconds", 0.3)
    settings.setdefault("page_events", 50)
    settings.setdefault("allow_hosts", ("127.0.0.1",))
    return JetstreamCollector(urls, **settings)


def _collect(
    collector: JetstreamCollector,
    cursor: Cursor | None = START,
    *,
    limit: int = 1_000_000,
    watch: Watch = frozenset(),
) -> tuple[list[Page], CollectorError | None]:
    """All pages, and the error they ended with; anything but the contract's errors fails."""
    pages: list[Page] = []
    try:
        pages.extend(collector.collect(Query(watch=watch), cursor, limit=limit))
    except (RateLimited, Unavailable, Misconfigured) as error:
        return pages, error
    return pages, None


def _engagements(pages: list[Page]) -> Iterator[Engagement]:
    return (engagement for page in pages for engagement in page.engagements)


def _first_seen(pages: list[Page]) -> list[str | None]:
    return list(dict.fromkeys(engagement.text for engagement in _engagements(pages)))


def _malformed(pages: list[Page]) -> list[Malformed]:
    return [error for page in pages for error in page.malformed]


@pytest.mark.parametrize("live", [True, False])
def test_a_quiet_end_is_caught_up(live: bool) -> None:
    with JetstreamServer(POSTS, live=live) as server:
        pages, error = _collect(_collector(server))
    assert error is None
    assert _first_seen(pages) == TEXTS
    assert [page.exhausted for page in pages] == [False] * (len(pages) - 1) + [True]
    assert pages[-1].cursor == Cursor(str(START_US + 299 * 100_000))


def test_pages_are_small_and_each_resumes_behind_itself() -> None:
    with JetstreamServer(POSTS, live=True) as server:
        pages, _ = _collect(_collector(server))
    assert [len(page.engagements) for page in pages] == [50] * 6 + [0]
    for page in pages[:-1]:
        last = page.engagements[-1].external_id.rpartition("/r")[2]
        assert page.cursor == Cursor(str(START_US + int(last) * 100_000))
    assert sum(page.seen for page in pages) == 300
    assert sum(page.cost.requests for page in pages) == 1


def test_the_subscription_asks_for_posts_likes_and_reposts_a_little_earlier() -> None:
    with JetstreamServer(POSTS, live=True) as server:
        _collect(_collector(server))
    assert server.cursors == [START_US - 5_000_000]
    assert server.requests[0].startswith("/subscribe?")
    for name in (POST, LIKE, "app.bsky.feed.repost"):
        assert f"wantedCollections={name}" in server.requests[0]


@pytest.mark.parametrize("drop_after", [7, 40, 60, 120, 299])
@pytest.mark.parametrize("live", [True, False])
def test_nothing_is_lost_or_reordered_when_the_line_breaks(drop_after: int, live: bool) -> None:
    with JetstreamServer(POSTS, drop_after=drop_after, live=live) as server:
        pages, error = _collect(_collector(server))
    assert error is None
    assert _first_seen(pages) == TEXTS
    assert pages[-1].exhausted
    assert len(server.requests) > 1


def test_a_later_run_goes_on_where_the_last_stored_page_ended() -> None:
    with JetstreamServer(POSTS, live=True) as server:
        read = _collector(server).collect(Query(), START, limit=1_000_000)
        stored = [next(read), next(read)]  # the process dies before the third is stored
        assert isinstance(read, Generator)
        read.close()
        rest, _ = _collect(_collector(server), stored[-1].cursor)
    assert _first_seen([*stored, *rest]) == TEXTS
    assert _first_seen(rest)[0] == "post 49"  # the overlap of five seconds


def test_a_line_that_always_breaks_is_unavailable_after_a_few_tries() -> None:
    with JetstreamServer(POSTS, drop_after=0) as server:
        pages, error = _collect(_collector(server, max_tries=4))
    assert isinstance(error, Unavailable)
    assert pages == []
    assert len(server.requests) == 4


def test_what_was_read_is_handed_over_before_giving_up() -> None:
    with JetstreamServer(POSTS, close_code=1011) as server:
        pages, error = _collect(_collector(server))
    assert isinstance(error, Unavailable)
    assert _first_seen(pages) == TEXTS
    assert not any(page.exhausted for page in pages)


def test_the_next_address_takes_over() -> None:
    with (
        JetstreamServer(POSTS, drop_after=120) as first,
        JetstreamServer(POSTS, live=True) as second,
    ):
        pages, error = _collect(_collector(first, second))
    assert error is None
    assert _first_seen(pages) == TEXTS
    assert len(first.requests) == 1
    # Cursors belong to one server: the other one is asked for five seconds more.
    assert second.cursors[0] == START_US + 119 * 100_000 - 5_000_000


def test_an_address_that_is_down_is_passed_over() -> None:
    refusal = Refusal(503)
    down = JetstreamServer(refusals=[refusal], refuse_always=True)
    with down, JetstreamServer(POSTS) as up:
        pages, error = _collect(_collector(down, _closed_port(), up))
    assert error is None
    assert _first_seen(pages) == TEXTS


def test_without_a_cursor_it_listens_to_what_comes() -> None:
    recent = int(NOW * 1_000_000)
    with JetstreamServer(POSTS, live=True) as server:
        read = _collector(server, page_events=1, caught_up_seconds=5.0).collect(
            Query(), None, limit=2
        )
        server.push({**_post(1000), "time_us": recent}, {**_post(1001), "time_us": recent + 5})
        texts = [engagement.text for page in read for engagement in page.engagements]
    assert texts == ["post 1000", "post 1001"]
    assert server.cursors == [None]


def test_a_first_run_that_hears_nothing_remembers_when_it_listened() -> None:
    with JetstreamServer(POSTS, live=True) as server:
        pages, error = _collect(_collector(server), None)
    assert error is None
    assert [page.cursor for page in pages] == [Cursor(str(int(NOW * 1_000_000)))]
    assert pages[0].exhausted


def test_it_ends_at_the_first_event_from_after_its_own_start() -> None:
    recent = {**_post(1000), "time_us": int(NOW * 1_000_000) + 1}
    later = {**_post(1001), "time_us": int(NOW * 1_000_000) + 2}
    with JetstreamServer([*POSTS, recent, later], live=True) as server:
        pages, _ = _collect(_collector(server, caught_up_seconds=60.0))
    assert _first_seen(pages) == [*TEXTS, "post 1000"]
    assert pages[-1].exhausted


def test_the_limit_is_honoured_and_says_that_more_is_waiting() -> None:
    with JetstreamServer(POSTS, live=True) as server:
        pages, error = _collect(_collector(server), limit=120)
    assert error is None
    assert _first_seen(pages) == TEXTS[:120]
    assert not pages[-1].exhausted
    assert pages[-1].cursor == Cursor(str(START_US + 119 * 100_000))


def test_a_run_ends_in_time_even_when_events_never_do() -> None:
    with JetstreamServer(POSTS, live=True) as server:
        started = time.monotonic()
        collector = _collector(
            server, clock=time.time, max_seconds=0.4, caught_up_seconds=60.0, page_seconds=0.1
        )
        pages, error = _collect(collector, Cursor(str(START_US)))
    assert error is None
    assert time.monotonic() - started < 3
    assert _first_seen(pages) == TEXTS
    assert not pages[-1].exhausted


def test_likes_count_for_watched_posts_only() -> None:
    watched = "at://did:plc:author0/app.bsky.feed.post/r0"
    likes = [_like(number, watched if number % 10 == 0 else f"{watched}x") for number in range(100)]
    with JetstreamServer(likes, live=True) as server:
        pages, _ = _collect(_collector(server), watch=frozenset({watched}))
    found = list(_engagements(pages))
    assert [like.kind for like in found] == [Kind.LIKE] * 10
    assert {like.target_external_id for like in found} == {watched}
    assert sum(page.seen for page in pages) == 100
    assert pages[-1].cursor == Cursor(str(START_US + 99 * 100_000))


def test_a_like_right_after_its_post_comes_with_it() -> None:
    post = _post(0)
    uri = "at://did:plc:author0/app.bsky.feed.post/r0"
    script = [_like(1, f"{uri}x"), post, _like(2, uri), _like(3, f"{uri}x")]
    script[1]["time_us"] = START_US + 150_000
    with JetstreamServer(script, live=True) as server:
        pages, _ = _collect(_collector(server))
    found = list(_engagements(pages))
    assert [(one.kind, one.target_external_id) for one in found] == [
        (Kind.POST, None),
        (Kind.LIKE, uri),
    ]


def test_deletions_come_with_their_page() -> None:
    account = {
        "did": "did:plc:gone",
        "time_us": START_US + 900_000,
        "kind": "account",
        "account": {"active": False, "status": "takendown"},
    }
    script = [_post(0), _event(7, POST, "delete", {}), _event(8, LIKE, "delete", {}), account]
    with JetstreamServer(script, live=True) as server:
        pages, _ = _collect(_collector(server))
    assert [ref for page in pages for ref in page.deletions] == [
        Ref("bluesky", None, "at://did:plc:author0/app.bsky.feed.post/r7"),
        Ref("bluesky", Kind.LIKE, "at://did:plc:author1/app.bsky.feed.like/r8"),
        Ref("bluesky", None, "did:plc:gone", account=True),
    ]


def test_garbage_is_counted_kept_and_passed_over() -> None:
    at = POSTS[100]["time_us"]
    garbage = [
        Raw(at, b"\xff\xfe\x00"),
        Raw(at, "{"),
        Raw(at, "[" * 50_000),
        Raw(at, json.dumps({**POSTS[100], "time_us": 0})),
        Raw(at, json.dumps({**POSTS[100], "commit": {"operation": "create"}})),
        Raw(at, json.dumps({**POSTS[100], "time_us": int((NOW + 10 * 86_400) * 1_000_000)})),
    ]
    with JetstreamServer([*POSTS[:100], *garbage, *POSTS[100:]], live=True) as server:
        pages, error = _collect(_collector(server))
    assert error is None
    assert _first_seen(pages) == TEXTS
    assert len(_malformed(pages)) == len(garbage)
    assert all(len(bad.payload) <= 2_000 for bad in _malformed(pages))
    assert int(pages[-1].cursor.value) == POSTS[-1]["time_us"]  # not the one from next week


def test_a_large_event_is_malformed_and_costs_nothing_else() -> None:
    large = Raw(POSTS[100]["time_us"], "x" * 20_000)
    with JetstreamServer([*POSTS[:100], large, *POSTS[100:]], live=True) as server:
        pages, error = _collect(_collector(server, max_message_bytes=10_000))
    assert error is None
    assert _first_seen(pages) == TEXTS
    assert len(_malformed(pages)) == 1
    assert len(server.requests) == 1


def test_an_event_too_large_to_receive_is_jumped_over_and_leaves_a_gap() -> None:
    huge = Raw(POSTS[100]["time_us"] - 50_000, "x" * 400_000)
    with JetstreamServer([*POSTS[:100], huge, *POSTS[100:]], live=True) as server:
        pages, error = _collect(_collector(server, max_message_bytes=10_000))
    assert error is None
    assert _first_seen(pages) == TEXTS
    gaps = [page.gap for page in pages if page.gap is not None]
    assert gaps
    assert all("too large" in gap.reason for gap in gaps)
    assert _malformed(pages)


def test_a_memory_of_36_hours_leaves_a_gap_after_a_longer_absence() -> None:
    before = Cursor(str(START_US - 40 * 3_600_000_000))
    with JetstreamServer(POSTS, live=True) as server:
        pages, _ = _collect(_collector(server), before)
    gap = pages[0].gap
    assert gap is not None
    assert gap.started_at == datetime.fromtimestamp(START_US / 1e6, UTC) - timedelta(hours=40)
    assert gap.ended_at == datetime.fromtimestamp(START_US / 1e6, UTC)


def _closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"ws://127.0.0.1:{probe.getsockname()[1]}"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Misconfigured),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, Misconfigured),
        (302, Misconfigured),
        (200, Unavailable),
        (408, Unavailable),
        (429, RateLimited),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_a_refused_handshake_says_who_can_help(status: int, error: type[CollectorError]) -> None:
    refusal = Refusal(status, body=b"because")
    with JetstreamServer(refusals=[refusal], refuse_always=True) as server:
        pages, raised = _collect(_collector(server))
    assert pages == []
    assert type(raised) is error
    # The scheduler waits, not we. A server that does not know version 1 is asked in version 2.
    assert len(server.requests) == (2 if status == 404 else 1)
    if isinstance(raised, Misconfigured):
        assert raised.who_must_do_what.startswith("An administrator must")
        assert "because" in raised.who_must_do_what


@pytest.mark.parametrize(
    ("headers", "retry_at"),
    [
        ({"Retry-After": "30"}, datetime.fromtimestamp(NOW + 30, UTC)),
        ({"Retry-After": "Fri, 29 May 2026 00:00:00 GMT"}, datetime(2026, 5, 29, tzinfo=UTC)),
        ({"ratelimit-reset": str(NOW + 60)}, datetime.fromtimestamp(NOW + 60, UTC)),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_a_rate_limit_says_until_when(headers: dict[str, str], retry_at: datetime | None) -> None:
    with JetstreamServer(refusals=[Refusal(429, headers)]) as server:
        _, error = _collect(_collector(server))
    assert isinstance(error, RateLimited)
    assert error.retry_at == retry_at


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bluesky",
        "http://127.0.0.1:1",
        "ws://",
        "ws://127.0.0.1:99999",
        "ws://[::1",
        "ws://\x00",
    ],
)
def test_an_address_that_cannot_be_is_misconfigured(url: str) -> None:
    _, error = _collect(_collector(url))
    assert isinstance(error, Misconfigured | Unavailable)


def test_no_secret_of_an_address_is_shown() -> None:
    with JetstreamServer(refusals=[Refusal(403)]) as server:
        secret = server.url.replace("ws://", "ws://user:hunter2@")
        _, error = _collect(_collector(secret))
    assert isinstance(error, Misconfigured)
    assert "hunter2" not in str(error)


def test_no_address_a_dead_port_or_an_odd_cursor_ends_in_our_words() -> None:
    assert isinstance(_collect(_collector())[1], Misconfigured)
    assert isinstance(_collect(_collector(_closed_port()))[1], Unavailable)
    assert isinstance(_collect(_collector("ws://127.0.0.1:1"), Cursor("soon"))[1], Misconfigured)


def test_a_server_that_speaks_something_else_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        url = f"ws://127.0.0.1:{listener.getsockname()[1]}"
        _, error = _collect(_collector(url, connect_timeout=0.3))  # accepted, never answered
    assert isinstance(error, Unavailable)


V2 = "/xrpc/network.bsky.jetstream.subscribeEvents"


@pytest.mark.parametrize("path", ["", V2])
def test_version_2_brings_the_same(path: str) -> None:
    with JetstreamServer(POSTS, versions=(2,), live=True) as server:
        pages, raised = _collect(_collector(server.url + path))
    assert raised is None
    assert [e.text for page in pages for e in page.engagements] == TEXTS
    assert pages[-1].cursor == Cursor(str(POSTS[-1]["time_us"]))


def test_a_base_address_is_asked_in_version_1_where_both_are_spoken() -> None:
    with JetstreamServer(POSTS) as server:
        _collect(_collector(server))
    assert server.requests[0].startswith("/subscribe?")
    assert "maxMessageSizeBytes=" in server.requests[0]


@pytest.mark.parametrize("floor", [7, None])
def test_a_cursor_that_is_too_old_is_a_gap_and_reading_goes_on(floor: int | None) -> None:
    oldest = POSTS[100]["time_us"]
    server = JetstreamServer(
        POSTS, versions=(2,), strict=True, oldest_us=oldest, floor=floor, live=True
    )
    with server:
        pages, raised = _collect(_collector(server))
    assert raised is None
    gap = next(page.gap for page in pages if page.gap is not None)
    assert "no longer has" in gap.reason
    assert gap.started_at == datetime.fromtimestamp(START_US / 1e6, UTC)
    texts = [e.text for page in pages for e in page.engagements]
    # With a floor the rest is replayed; without one the server begins live and nothing came.
    assert texts == (TEXTS[100:] if floor is not None else [])
    later = int(pages[-1].cursor.value)
    assert later >= (POSTS[-1]["time_us"] if floor is not None else int(NOW * 1e6))


def test_a_cursor_that_version_2_clamps_is_a_gap() -> None:
    with JetstreamServer(
        POSTS, versions=(2,), oldest_us=POSTS[100]["time_us"], live=True
    ) as server:
        pages, raised = _collect(_collector(server))
    assert raised is None
    assert [page.gap is not None for page in pages].count(True) == 1
    assert [e.text for page in pages for e in page.engagements] == TEXTS[100:]


def test_too_slow_a_consumer_goes_on_where_it_was() -> None:
    server = JetstreamServer(
        POSTS, versions=(2,), drop_after=150, drops=1, goodbye="ConsumerTooSlow"
    )
    with server:
        pages, raised = _collect(_collector(server))
    assert raised is None
    assert {e.text for page in pages for e in page.engagements} == set(TEXTS)
    assert len(server.requests) >= 2


def test_fail_over_rewinds_on_the_other_server() -> None:
    with (
        JetstreamServer(POSTS[:150], drop_after=120) as first,
        JetstreamServer(POSTS, versions=(2,)) as second,
    ):
        pages, raised = _collect(_collector(first, second))
    assert raised is None
    assert {e.text for page in pages for e in page.engagements} == set(TEXTS)
    assert second.cursors[-1] == POSTS[119]["time_us"] - 5_000_000


def test_a_page_never_holds_more_than_its_bytes() -> None:
    large = [_event(number, POST, "create", {"text": "x" * 900_000}) for number in range(30)]
    with JetstreamServer(large, live=True) as server:
        pages, raised = _collect(_collector(server, page_events=1_000, page_seconds=60))
    assert raised is None
    assert max(len(page.engagements) for page in pages) <= 9
    assert sum(len(page.engagements) for page in pages) == 30
