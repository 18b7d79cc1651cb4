"""Every network that can be collected: one explicit line each, its client imported when built.

Adding a network: a factory here and its line in ``COLLECTORS``, its terms in ``signals.policy``,
its module, its payloads. A factory builds the collector from ``CollectorSettings`` alone; it reads
no environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from config.errors import NotFound
from signals.collectors.contract import Collector, Misconfigured
from signals.collectors.settings import CollectorSettings


def _bluesky(settings: CollectorSettings) -> Collector:
    from dataclasses import replace

    from signals.collectors.bluesky import (
        AppViewReads,
        BlueskyCollector,
        JetstreamCollector,
        ProfileReads,
    )
    from signals.collectors.http import open_http

    appview = replace(settings, url=str(settings.options.get("appview_url") or ""))
    client = open_http(appview, name="Bluesky", base_url="https://public.api.bsky.app")
    stream = JetstreamCollector(
        [url.strip() for url in settings.url.split(",") if url.strip()],
        clock=settings.clock,
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
        max_seconds=settings.max_seconds,
        user_agent=settings.user_agent,
        allow_hosts=settings.allow_hosts,
    )
    return BlueskyCollector(
        stream,
        AppViewReads(client, clock=settings.clock),
        ProfileReads(client, clock=settings.clock),
    )


def _start_seconds(settings: CollectorSettings, hours: float) -> float:
    """How far back a first sweep goes: the option ``first_hours``, else ``hours``."""
    given = settings.options.get("first_hours")
    try:
        return float(hours if given is None else given) * 3600
    except (TypeError, ValueError):
        raise Misconfigured(
            f"An administrator must correct the source's option first_hours: {given!r} is no "
            "number of hours."
        ) from None


def _discourse(settings: CollectorSettings) -> Collector:
    from signals.collectors.discourse import DiscourseCollector
    from signals.collectors.http import open_http

    keys = {"Api-Key": "api_key", "Api-Username": "api_username"}
    client = open_http(
        settings,
        name="Discourse",
        base_url="https://meta.discourse.org",
        secret_headers={
            header: settings.secrets[name]
            for header, name in keys.items()
            if name in settings.secrets
        },
    )
    return DiscourseCollector(
        client,
        clock=settings.clock,
        max_seconds=settings.max_seconds,
        by_search=settings.options.get("by") == "search",
        start_seconds=_start_seconds(settings, 7 * 24),
    )


def _hackernews(settings: CollectorSettings) -> Collector:
    from dataclasses import replace

    from signals.collectors.hackernews import HackerNewsCollector
    from signals.collectors.http import open_http

    firebase = replace(settings, url=str(settings.options.get("items_url") or ""))
    return HackerNewsCollector(
        open_http(settings, name="Hacker News search", base_url="https://hn.algolia.com"),
        open_http(firebase, name="Hacker News", base_url="https://hacker-news.firebaseio.com"),
        clock=settings.clock,
        max_seconds=settings.max_seconds,
        start_seconds=_start_seconds(settings, 24),
    )


def _lemmy(settings: CollectorSettings) -> Collector:
    from signals.collectors.http import open_http
    from signals.collectors.lemmy import LemmyCollector

    client = open_http(settings, name="Lemmy", base_url="https://lemmy.world")
    return LemmyCollector(
        client,
        clock=settings.clock,
        max_seconds=settings.max_seconds,
        start_seconds=_start_seconds(settings, 7 * 24),
    )


def _mastodon(settings: CollectorSettings) -> Collector:
    from pydantic import SecretStr

    from signals.collectors.http import open_http
    from signals.collectors.mastodon import MastodonCollector

    token = settings.secrets.get("token")
    bearer = None if token is None else SecretStr(f"Bearer {token.get_secret_value()}")
    client = open_http(
        settings,
        name="Mastodon",
        base_url="https://mastodon.social",
        secret_headers={} if bearer is None else {"Authorization": bearer},
    )
    return MastodonCollector(
        client,
        clock=settings.clock,
        max_seconds=settings.max_seconds,
        has_token=bearer is not None,
        start_seconds=_start_seconds(settings, 7 * 24),
    )


def _rss(settings: CollectorSettings) -> Collector:
    from signals.collectors.http import open_http
    from signals.collectors.rss import RssCollector

    # The feed is the scope as a rule; a base address must be one all the same.
    client = open_http(settings, name="The feed", base_url="https://feed.invalid", cross_host=True)
    return RssCollector(client, clock=settings.clock, url=settings.url)


def _reddit(settings: CollectorSettings) -> Collector:
    from signals.collectors.reddit.collector import RedditCollector

    return RedditCollector(settings)


def _stackexchange(settings: CollectorSettings) -> Collector:
    from signals.collectors.http import open_http
    from signals.collectors.stackexchange import StackExchangeCollector

    key = settings.secrets.get("key")
    client = open_http(
        settings,
        name="Stack Exchange",
        base_url="https://api.stackexchange.com",
        secret_params={} if key is None else {"key": key},
    )
    return StackExchangeCollector(
        client,
        clock=settings.clock,
        max_seconds=settings.max_seconds,
        by_search=settings.options.get("by") == "search",
    )


def _x(settings: CollectorSettings) -> Collector:
    from signals.collectors.x.collector import XCollector

    return XCollector(settings)


def _youtube(settings: CollectorSettings) -> Collector:
    from signals.collectors.http import open_http
    from signals.collectors.youtube.api import SEARCHES_A_DAY, UNITS_A_DAY, YouTubeApi
    from signals.collectors.youtube.collector import YouTubeCollector

    client = open_http(
        settings,
        name="YouTube",
        base_url="https://www.googleapis.com",
        secret_params={"key": settings.secret("youtube", "key")},
    )
    api = YouTubeApi(
        client,
        settings.clock,
        settings.whole("searches_a_day", SEARCHES_A_DAY),
        settings.whole("units_a_day", UNITS_A_DAY),
    )
    return YouTubeCollector(api, max_seconds=settings.max_seconds)


COLLECTORS: Final[Mapping[str, Callable[[CollectorSettings], Collector]]] = {
    "bluesky": _bluesky,
    "discourse": _discourse,
    "hackernews": _hackernews,
    "lemmy": _lemmy,
    "mastodon": _mastodon,
    "rss": _rss,
    "reddit": _reddit,
    "stackexchange": _stackexchange,
    "x": _x,
    "youtube": _youtube,
}


def build_collector(network: str, settings: CollectorSettings) -> Collector:
    """The collector of a network."""
    factory = COLLECTORS.get(network)
    if factory is None:
        raise NotFound(
            "Network %(network)s cannot be collected.",
            "Known: %(COLLECTORS)s.",
            network=repr(network),
            COLLECTORS=", ".join(COLLECTORS),
        )
    return factory(settings)


__all__ = ["COLLECTORS", "CollectorSettings", "build_collector"]
