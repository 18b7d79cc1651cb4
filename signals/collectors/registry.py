"""Every network that can be collected: one explicit line each, its client imported when built.

Adding a network: a factory here and its line in ``COLLECTORS``, its terms in ``signals.policy``,
its module, its payloads. A factory builds the collector from ``CollectorSettings`` alone; it reads
no environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from config.errors import NotFound
from signals.collectors.contract import Collector, Misconfigured

if TYPE_CHECKING:
    from pydantic import SecretStr

_NO_SECRETS: Mapping[str, SecretStr] = MappingProxyType({})
_NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})
_NO_PRICES: Mapping[str, float] = MappingProxyType({})
USER_AGENT: Final = "warmlist (no contact set)"


@dataclass(frozen=True, slots=True)
class CollectorSettings:
    """What a collector is built from.

    ``url`` is the base address, empty for the network's own; it may name several, with commas, for
    fail-over. ``max_seconds`` bounds one run. ``secrets`` are those of this network, by name
    (``WARMLIST_SECRETS__X__BEARER_TOKEN`` is ``secrets["bearer_token"]`` of ``x``): take them by
    ``secret``. ``options`` are the source's other settings, as given by ``warmlist source add
    --option name=value`` (strings). ``prices`` are US dollars per resource, by name.
    ``allow_hosts`` are hosts the guard against private addresses lets through (``127.0.0.1``).
    """

    url: str
    clock: Callable[[], float]  # seconds since 1970
    max_seconds: float
    user_agent: str = USER_AGENT
    secrets: Mapping[str, SecretStr] = field(default_factory=lambda: _NO_SECRETS)
    options: Mapping[str, Any] = field(default_factory=lambda: _NO_OPTIONS)
    prices: Mapping[str, float] = field(default_factory=lambda: _NO_PRICES)
    allow_hosts: tuple[str, ...] = ()
    approval_ref: str | None = None
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    max_response_bytes: int = 16_000_000

    def secret(self, network: str, name: str) -> SecretStr:
        """The secret of that name; ``Misconfigured`` names the variable that must be set."""
        found = self.secrets.get(name)
        if found is None or not found.get_secret_value().strip():
            variable = f"WARMLIST_SECRETS__{network.upper()}__{name.upper()}"
            raise Misconfigured(f"An administrator must set {variable} for {network}.")
        return found


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
