"""Every network that can be collected: one explicit line each, its client imported when built.

Adding a network: a factory here and its line in ``COLLECTORS``, its terms in ``signals.policy``,
its module, its payloads. A factory builds the collector from ``CollectorSettings`` alone; it reads
no environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from config.errors import NotFound
from signals.collectors.contract import Collector
from signals.collectors.settings import CollectorSettings


def _bluesky(settings: CollectorSettings) -> Collector:
    from signals.collectors.bluesky import JetstreamCollector

    return JetstreamCollector(
        [url.strip() for url in settings.url.split(",") if url.strip()],
        clock=settings.clock,
        max_seconds=settings.max_seconds,
    )


def _x(settings: CollectorSettings) -> Collector:
    from signals.collectors.x.collector import XCollector

    return XCollector(settings)


COLLECTORS: Final[Mapping[str, Callable[[CollectorSettings], Collector]]] = {
    "bluesky": _bluesky,
    "x": _x,
}


def build_collector(network: str, settings: CollectorSettings) -> Collector:
    """The collector of a network."""
    factory = COLLECTORS.get(network)
    if factory is None:
        raise NotFound(
            f"Network {network!r} cannot be collected.", f"Known: {', '.join(COLLECTORS)}."
        )
    return factory(settings)


__all__ = ["COLLECTORS", "CollectorSettings", "build_collector"]
