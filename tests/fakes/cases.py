"""One case per network of the registry for the contract suite: a local server and what it holds.

A new network adds its function here; the suite fails for one that has none.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from signals.collectors.contract import Collector, Cursor, Query
from signals.collectors.registry import CollectorSettings, build_collector
from tests.fakes.discourse import Discourse, post
from tests.fakes.feeds import Feed
from tests.fakes.hackernews import HackerNews, hit
from tests.fakes.jetstream_server import JetstreamServer
from tests.fakes.lemmy import Lemmy, view
from tests.fakes.mastodon import Mastodon, status
from tests.fakes.reddit_api import RedditApi, make_comment, make_submission
from tests.fakes.stack_api import StackApi, make_question
from tests.fakes.stream_server import StreamServer
from tests.fakes.web_server import Reply, Speaker, WebServer
from tests.fakes.x_api import XApi, make_post
from tests.fakes.youtube_api import CHANNEL, YouTubeFake, make_video
from tests.fakes.youtube_api import make_comment as make_reply

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
T = NOW.timestamp()
SECRET = "never-shown-anywhere"


@dataclass(frozen=True, kw_only=True)
class Case:
    """``speak(url, full)`` is the server's side, with ``count`` items on it or none.

    ``options`` and ``scope`` may hold ``{url}``. ``secrets`` are names. A stream is no web server:
    its events stand in ``script``, and nobody speaks. ``page`` is the most one page of the network
    holds. ``seam`` is how many come again where a run goes on in the middle of a sweep, ``overlap``
    how many the sweep after a whole one brings again, both as the collector documents. ``tokens``:
    whether the network says, page by page, where to go on.
    """

    speak: Callable[[str, bool], Speaker] | None = None
    script: Sequence[Mapping[str, Any]] = ()
    count: int
    page: int = 100
    seam: int = 0
    overlap: int = 0
    tokens: bool = True
    keywords: tuple[str, ...] = ("pension",)
    scope: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    approval_ref: str | None = None
    url: str = "{url}"
    start: Cursor | None = None  # where a sweep of everything begins, if not with no cursor at all


def _x(_: str, full: bool) -> Speaker:
    posts = [make_post(n, at=NOW - timedelta(minutes=3 * n)) for n in range(1, 251)]
    return XApi(NOW, posts if full else [])


def _reddit(_: str, full: bool) -> Speaker:
    if not full:
        return RedditApi()
    return RedditApi(
        [make_submission(n, at=T - 60 * n) for n in range(1, 231)],
        [make_comment(n, at=T - 60 * n) for n in range(1, 121)],
    )


def _mastodon(_: str, full: bool) -> Speaker:
    return Mastodon([status(n, T - 5_000 + n) for n in range(1, 131)] if full else [])


def _hackernews(_: str, full: bool) -> Speaker:
    hits = [hit(n, int(T) - 60 * n, f"which pension {n}") for n in range(1, 1_301)]
    return HackerNews(hits if full else [])


def _stackexchange(_: str, full: bool) -> Speaker:
    questions = [make_question(n, at=int(T) - 60 * n) for n in range(1, 251)]
    return StackApi(questions if full else [])


def _lemmy(url: str, full: bool) -> Speaker:
    return Lemmy([view(n, T - 60 * n, site=url) for n in range(1, 121)] if full else [])


def _discourse(_: str, full: bool) -> Speaker:
    # an empty forum still has its first post, from long ago and by the system
    old = post(1, T - 90_000_000, cooked="<p>Welcome</p>")
    return Discourse([post(n, T - 5_000 + n, place=n) for n in range(1, 201)] if full else [old])


def _rss(_: str, full: bool) -> Speaker:
    return Feed([(str(n), T - 5_000 + n) for n in range(250)] if full else [])


def _youtube(_: str, full: bool) -> Speaker:
    if not full:
        return YouTubeFake()
    comments = [make_reply(f"Ug{n}", at=T - 60 * n) for n in range(1, 231)]
    return YouTubeFake([make_video(1, at=T - 20_000)], comments)


def _happening(number: int) -> Mapping[str, Any]:
    """A post every twenty seconds, within what a Jetstream remembers."""
    record = {"text": f"which pension, {number}?", "createdAt": "2026-11-25T00:00:00Z"}
    return {
        "did": f"did:plc:author{number % 7}",
        "time_us": int((T - 50_100 + 20 * number) * 1_000_000),
        "kind": "commit",
        "commit": {
            "operation": "create", "collection": "app.bsky.feed.post", "rkey": f"r{number}",
            "record": record,
        },
    }  # fmt: skip


CASES: Mapping[str, Case] = {
    "bluesky": Case(
        script=[_happening(number) for number in range(2_500)], count=2_500, tokens=False,
        seam=1, overlap=1,  # it goes five seconds back, to what stands at the seam
        start=Cursor(str(int((T - 50_200) * 1_000_000))),
    ),
    "x": Case(
        speak=_x, count=250, secrets=("bearer_token",), options={"first_hours": "144"},
        keywords=("pension plan",),
    ),
    "reddit": Case(
        speak=_reddit, count=350, overlap=32,  # a quarter of an hour, in both listings
        secrets=("client_id", "client_secret"), approval_ref="RDT-1",
        options={"first_hours": "24", "search_hours": "6"}, scope="pensions",
        keywords=("pension plan",),
    ),
    "mastodon": Case(speak=_mastodon, count=130, page=40, secrets=("token",), scope="#pension"),
    "hackernews": Case(
        speak=_hackernews, count=1_300, overlap=14,  # a quarter of an hour
        options={"items_url": "{url}"},
    ),
    "stackexchange": Case(
        speak=_stackexchange, count=250, overlap=6,  # five minutes
        secrets=("key",), scope="money.stackexchange.com",
        keywords=("roth",), options={"first_hours": "24", "by": "search"},
    ),
    "lemmy": Case(speak=_lemmy, count=120, page=50, overlap=15),
    "discourse": Case(speak=_discourse, count=200, page=50),
    "youtube": Case(
        speak=_youtube, count=231, overlap=61,  # an hour
        secrets=("key",), scope=CHANNEL, options={"first_hours": "24"},
    ),
    "rss": Case(speak=_rss, count=250, tokens=False, scope="{url}/feed", url=""),
}  # fmt: skip
Served = WebServer | StreamServer
_BUILT: list[CollectorSettings] = []


@contextlib.contextmanager
def serve(network: str, *, full: bool = True) -> Iterator[Served]:
    """The server of a network, running. A stream's line breaks twice in the middle."""
    case = CASES[network]
    made: Served
    if case.speak is None:
        made = StreamServer(case.script if full else (), drop_after=900, drops=2)
    else:
        made = WebServer(lambda asked: Reply(500))
    with made as server:
        if isinstance(server, WebServer) and case.speak is not None:
            server.speak = case.speak(server.url, full)
        try:
            yield server
        finally:
            while _BUILT:
                _BUILT.pop().close()


def build(network: str, server: Served | JetstreamServer, **changes: Any) -> Collector:
    """The collector of the registry, pointed at a server, with secrets of its own."""
    case = CASES.get(network)
    given = {
        "url": (case.url if case else "{url}").replace("{url}", server.url),
        "clock": NOW.timestamp,
        "max_seconds": 60,
        "user_agent": "warmlist tests",
        "secrets": {name: SecretStr(SECRET) for name in (case.secrets if case else ())},
        "options": {
            name: value.replace("{url}", server.url)
            for name, value in (case.options if case else {}).items()
        },
        "allow_hosts": ("127.0.0.1",),
        "approval_ref": case.approval_ref if case else None,
        "connect_timeout": 2,
        "read_timeout": 0.5,
    }
    settings = CollectorSettings(**(given | changes))
    _BUILT.append(settings)
    return build_collector(network, settings)


def query_of(network: str, server: Served) -> Query:
    """What the suite asks a network for."""
    case = CASES[network]
    return Query(
        topic="Pensions", keywords=case.keywords, scope=case.scope.replace("{url}", server.url)
    )
