"""Every network that can be collected: one explicit line each, its client imported when built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from config.errors import NotFound
from signals.collectors.contract import Collector


@dataclass(frozen=True, slots=True)
class CollectorSettings:
    """What a collector is built from. ``url`` may name several, with commas, for fail-over."""

    url: str
    clock: Callable[[], float]  # seconds since 1970
    max_seconds: float


def _bluesky(settings: CollectorSettings) -> Collector:
    from signals.collectors.bluesky import JetstreamCollector

    return JetstreamCollector(
        [url.strip() for url in settings.url.split(",") if url.strip()],
        clock=settings.clock,
        max_seconds=settings.max_seconds,
    )


COLLECTORS: Final[Mapping[str, Callable[[CollectorSettings], Collector]]] = {
    "bluesky": _bluesky,
}


def build_collector(network: str, settings: CollectorSettings) -> Collector:
    """The collector of a network."""
    factory = COLLECTORS.get(network)
    if factory is None:
        raise NotFound(
            f"Network {network!r} cannot be collected.", f"Known: {', '.join(COLLECTORS)}."
        )
    return factory(settings)
