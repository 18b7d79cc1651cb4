"""A network's silence is no deletion: every re-check and re-read under every fault.

What is left out of an answer without a word is told apart: it is gone only hours later
(``test_retention``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from signals.collectors.contract import (
    Budget,
    Collector,
    CollectorError,
    Kind,
    Query,
    Rechecks,
    Ref,
    Rereads,
    Target,
)
from signals.collectors.registry import COLLECTORS
from tests.fakes.appview import AppView
from tests.fakes.cases import build, query_of, serve
from tests.fakes.web_server import HTML, Reply, WebServer

#: What is stored of each network; ``{url}`` is its server's address.
STORED: Mapping[str, tuple[tuple[Kind, str], ...]] = {
    "bluesky": tuple(
        (Kind.POST, f"at://did:plc:ada/app.bsky.feed.post/p{number}") for number in range(3)
    ),
    "x": ((Kind.POST, "1001"), (Kind.POST, "1002")),
    "reddit": ((Kind.POST, "t3_s1"), (Kind.COMMENT, "t1_c1")),
    "mastodon": ((Kind.POST, "{url}/users/ada/statuses/1"),),
    "hackernews": ((Kind.POST, "1"), (Kind.COMMENT, "2")),
    "stackexchange": (
        (Kind.POST, "money:1"), (Kind.COMMENT, "money:1001"), (Kind.COMMENT, "money:c5001"),
    ),
    "lemmy": ((Kind.POST, "{url}/post/1"), (Kind.COMMENT, "{url}/comment/2")),
    "discourse": ((Kind.POST, "{url}/t/4/1"),),
    "youtube": ((Kind.POST, "v1"), (Kind.COMMENT, "Ug1")),
}  # fmt: skip
#: What waits or breaks off raises before anything is read: the contract suite shows that.
FAULTS = [
    ("502", Reply(502, body=b"<html>oops</html>")),
    ("a web page", HTML),
    ("a web page for a 404", Reply(404, body=b"<html>This server moved</html>")),
    ("an empty object", Reply(200, {})),
    ("an empty list", Reply(200, [])),
    ("empty lists", Reply(200, {"posts": [], "items": [], "data": []})),
    ("lists of another shape", Reply(200, {"posts": {}, "items": {}, "data": {}})),
    ("what has no name", Reply(200, {"posts": [7], "items": [7], "data": [7]})),
]


def test_every_network_that_is_asked_again_is_here() -> None:
    assert set(STORED) | {"rss"} == set(COLLECTORS), "say what is stored of the network"


@contextlib.contextmanager
def asking(network: str, fault: Reply) -> Iterator[tuple[Collector, Query, list[Ref]]]:
    """The collector of a network that answers with this fault alone, and what is stored of it."""
    with contextlib.ExitStack() as stack:
        served = stack.enter_context(serve(network, full=False))
        server = served
        changes = {}
        if network == "bluesky":  # the stream is not asked again: the AppView is
            server = stack.enter_context(WebServer(AppView()))
            changes = {"options": {"appview_url": server.url}}
        server.faults = [fault] * 40
        refs = [
            Ref(network, kind, name.replace("{url}", server.url)) for kind, name in STORED[network]
        ]
        yield build(network, served, **changes), query_of(network, served), refs
        assert server.asked, "nobody was asked: the fault proves nothing"


@pytest.mark.parametrize("network", sorted(STORED))
@pytest.mark.parametrize("fault", [fault for _, fault in FAULTS], ids=[name for name, _ in FAULTS])
def test_a_fault_is_never_a_deletion(network: str, fault: Reply) -> None:
    gone: list[Ref] = []
    with asking(network, fault) as (collector, query, refs):
        if isinstance(collector, Rechecks):
            with contextlib.suppress(CollectorError):
                for found in collector.recheck(refs, budget=Budget()):
                    gone += found.deletions
        if isinstance(collector, Rereads):
            when = datetime(2026, 11, 24, tzinfo=UTC)
            targets = [Target(ref, "ada", when) for ref in refs]
            with contextlib.suppress(CollectorError):
                for page in collector.reread(targets, query, limit=100):
                    gone += page.deletions
    assert gone == []
