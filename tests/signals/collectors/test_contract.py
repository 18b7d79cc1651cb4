"""The contract, over every network of the registry, against local servers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta

import pytest

from signals.collectors.contract import (
    Collector,
    CollectorError,
    Cursor,
    Engagement,
    Kind,
    Misconfigured,
    Page,
    RateLimited,
    Rechecks,
    Rereads,
    Unavailable,
)
from signals.collectors.registry import COLLECTORS
from signals.collectors.traits import traits_of
from signals.policy import terms_of
from tests.fakes.cases import CASES, NOW, SECRET, Served, build, query_of, serve
from tests.fakes.web_server import HTML, RESET, Asked, Reply

NETWORKS = sorted(CASES)
LIMIT = 100_000


def test_every_network_has_a_case() -> None:
    assert set(CASES) == set(COLLECTORS), "add the network to tests/fakes/cases.py"


def run(
    network: str, server: Served, cursor: Cursor | None = None, *, limit: int = LIMIT,
    collector: Collector | None = None,
) -> tuple[list[Page], CollectorError | None]:  # fmt: skip
    """The pages of one run, and the error it ended with."""
    pages: list[Page] = []
    start = CASES[network].start
    asking = collector or build(network, server)
    try:
        # one by one: what came before an error is kept
        pages.extend(asking.collect(query_of(network, server), cursor or start, limit=limit))
    except CollectorError as error:
        return pages, error
    return pages, None


def finish(network: str, server: Served, cursor: Cursor | None, limit: int = LIMIT) -> list[Page]:
    """Runs until a page says that all was read."""
    pages: list[Page] = []
    for _ in range(400):
        more, error = run(network, server, cursor, limit=limit)
        assert error is None
        pages += more
        if more:
            cursor = more[-1].cursor
            if more[-1].exhausted:
                return pages
    raise AssertionError("it never came to an end")


def found(pages: list[Page]) -> list[Engagement]:
    return [engagement for page in pages for engagement in page.engagements]


def keys(pages: list[Page]) -> set[tuple[Kind, str]]:
    return {(engagement.kind, engagement.external_id) for engagement in found(pages)}


def repeated(before: list[Page], after: list[Page]) -> int:
    """How many came in both."""
    return len(keys(before) & keys(after))


def allowed(network: str, before: list[Page]) -> int:
    """How many may come again behind these pages: a collector without a cursor brings them all."""
    case = CASES[network]
    return case.overlap if before and before[-1].exhausted else case.seam


@pytest.mark.parametrize("network", NETWORKS)
def test_what_it_brings_is_as_the_contract_says(network: str) -> None:
    with serve(network) as server:
        pages = finish(network, server, None)
    brought, name = found(pages), build_network(network)
    assert len(keys(pages)) == CASES[network].count
    assert not any(page.malformed for page in pages)
    for one in brought:
        assert one.network == network == name
        assert one.external_id
        assert isinstance(one.external_id, str)
        assert isinstance(one.author.external_id, str)
        assert one.author.external_id
        assert one.occurred_at.tzinfo is UTC
        assert one.occurred_at <= NOW + timedelta(hours=1)
        assert one.text is None or one.text.strip()
        assert all(count is None or isinstance(count, int) for count in one.metrics.values())
    assert sum(page.cost.requests for page in pages) >= 1
    assert all(len(page.cursor.value) < 100_000 for page in pages)


def build_network(network: str) -> str:
    """The name the collector itself goes by."""
    with serve(network, full=False) as server:
        return build(network, server).network


@pytest.mark.parametrize("network", NETWORKS)
def test_ids_are_stable_and_a_second_sweep_brings_nothing_new(network: str) -> None:
    with serve(network) as server:
        first = finish(network, server, None)
        again = finish(network, server, None)
        later = finish(network, server, first[-1].cursor)
    assert keys(again) == keys(first)
    assert keys(later) <= keys(first)  # an overlap is dropped at ingest by its key
    assert len(keys(later)) <= CASES[network].overlap


@pytest.mark.parametrize("network", NETWORKS)
def test_it_resumes_after_any_page_without_loss(network: str) -> None:
    with serve(network) as server:
        whole, _ = run(network, server)
        expected = keys(finish(network, server, None))
        for kept in range(1, len(whole) + 1):
            rest = finish(network, server, whole[kept - 1].cursor)
            assert keys(whole[:kept]) | keys(rest) == expected, f"after page {kept}"
            assert repeated(whole[:kept], rest) <= allowed(network, whole[:kept]), kept


@pytest.mark.parametrize("network", NETWORKS)
def test_a_limit_is_honoured_and_loses_nothing(network: str) -> None:
    with serve(network) as server:
        pages, error = run(network, server, limit=20)
        assert error is None
        assert 0 < len(found(pages)) <= 20 + CASES[network].page
        assert not any(page.exhausted for page in pages)
        assert len(server.asked) <= 12
        expected = keys(finish(network, server, None))
        part = max(60, CASES[network].count // 8)
        assert keys(finish(network, server, None, limit=part)) == expected


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_with_nothing_is_read_to_its_end(network: str) -> None:
    with serve(network, full=False) as server:
        pages = finish(network, server, None)
    assert len(found(pages)) <= 1
    assert pages[-1].exhausted


LATER: list[tuple[str, Reply]] = [
    ("500", Reply(500, body=b"<html>oops</html>")),
    ("502", Reply(502, {"error": "UpstreamFailure"})),
    ("503", Reply(503, body=b"")),
    ("520", Reply(520, body=b"<html>unknown</html>")),
    ("522", Reply(522, body=b"<html>timed out</html>")),
    ("a web page", HTML),
    ("a reset", RESET),
    ("half an answer", Reply(200, {"items": ["x" * 200]}, truncate=30)),
    ("broken JSON", Reply(200, body=b'{"data": [{"id": "1", "te')),
    ("nothing for too long", Reply(200, {}, wait=0.9)),
    ("headers that drip", Reply(drip=0.2)),
]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("fault", [fault for _, fault in LATER], ids=[name for name, _ in LATER])
def test_a_server_s_fault_is_tried_later(network: str, fault: Reply) -> None:
    with serve(network) as server:
        server.faults = [fault] * 40  # a client library may try again by itself
        pages, error = run(network, server)
    if network == "rss" and fault.status == 200 and not (fault.reset or fault.wait):
        assert error is None or isinstance(error, (Unavailable, Misconfigured))
        return  # a feed is no JSON: what it is, its own tests say
    assert isinstance(error, Unavailable), error
    assert found(pages) == []
    assert SECRET not in str(error)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("status", [401, 402, 403, 410, 451])
def test_what_a_person_must_mend_says_who_and_what(network: str, status: int) -> None:
    with serve(network) as server:
        server.faults = [Reply(status, {"error": "no", "reason": SECRET})] * 40
        _, error = run(network, server)
    assert isinstance(error, Misconfigured), error
    assert "must" in error.who_must_do_what
    assert SECRET not in str(error)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Retry-After": "120"}, 120),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 300),
          "ratelimit-reset": str(int(NOW.timestamp()) + 300),
          "x-ratelimit-reset": "300"}, 300),
        ({}, None),
        ({"Retry-After": "nonsense"}, None),
    ],
)  # fmt: skip
def test_too_many_requests(network: str, headers: dict[str, str], said: int | None) -> None:
    body = b'{"error": "slow down"}' if said == 300 else b"<html>slow down</html>"
    with serve(network) as server:
        server.faults = [Reply(429, body=body, headers=headers)] * 40
        _, error = run(network, server)
        assert len(server.asked) <= 6  # nobody goes on knocking
    assert isinstance(error, RateLimited), error
    if said is None:
        assert error.retry_at is None
    else:
        assert error.retry_at is not None
        assert abs((error.retry_at - NOW).total_seconds() - said) <= 2


@pytest.mark.parametrize("network", NETWORKS)
def test_a_fault_in_the_middle_keeps_what_came_and_resumes(network: str) -> None:
    with serve(network) as server:
        expected = keys(finish(network, server, None))
        asked = len(server.asked)
        for good in range(1, min(asked, 8)):
            server.fail_after, server.faults = good, [Reply(503, body=b"")] * 40
            before, error = run(network, server)
            server.fail_after, server.faults = 0, []
            if error is not None:
                assert isinstance(error, Unavailable)
            cursor = before[-1].cursor if before else None
            rest = finish(network, server, cursor)
            assert keys(before) | keys(rest) == expected, good
            assert repeated(before, rest) <= allowed(network, before), good


def repeat(speak: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
    """A server that goes round in circles: whatever is asked of a path, its first answer."""
    said: dict[str, Reply] = {}

    def answer(asked: Asked) -> Reply:
        if asked.path not in said:
            said[asked.path] = speak(asked)
        return said[asked.path]

    return answer


@pytest.mark.parametrize("network", NETWORKS)
def test_a_server_that_goes_round_in_circles_is_left(network: str) -> None:
    with serve(network) as server:
        server.speak = repeat(server.speak)
        pages, error = run(network, server)
        assert len(server.asked) <= 250
    if CASES[network].tokens:  # what lies behind the circle is not passed over in silence
        assert error is not None or any(page.gap is not None for page in pages)


@pytest.mark.parametrize("network", NETWORKS)
def test_what_is_scheduled_is_what_it_can_do(network: str) -> None:
    with serve(network, full=False) as server:
        collector = build(network, server)
        rereads, rechecks = isinstance(collector, Rereads), isinstance(collector, Rechecks)
        asked = len(server.asked)
    assert asked == 0  # building asks nobody
    assert rereads == (traits_of(network).reread_every > 0)
    assert rechecks or terms_of(network).recheck_hours is None
