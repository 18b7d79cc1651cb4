"""What a collector is built from. Apart from the registry, so that no collector sees another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from signals.collectors.contract import Misconfigured, Unauthorised

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
    ``meters`` say how many requests each client of a collector has sent, also those that failed.
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
    closers: list[Callable[[], None]] = field(default_factory=list, repr=False, compare=False)
    meters: list[Callable[[], int]] = field(default_factory=list, repr=False, compare=False)

    def number(self, name: str, otherwise: float) -> float:
        """An option that is a number from 0 on; ``Misconfigured`` where it is none."""
        try:
            found = float(self.options.get(name, otherwise))
        except (TypeError, ValueError):
            found = -1.0
        if not 0 <= found < float("inf"):
            raise Misconfigured(f"An administrator must set the option {name} to a number.")
        return found

    def whole(self, name: str, otherwise: int) -> int:
        """The same, cut to a whole number."""
        return int(self.number(name, otherwise))

    @property
    def sent(self) -> int:
        """Requests sent so far, answered or not: networks count those that fail as well."""
        return sum(meter() for meter in self.meters)

    def close(self) -> None:
        """Close what was opened for a collector of these settings; it is of no use afterwards."""
        while self.closers:
            self.closers.pop()()

    def secret(self, network: str, name: str) -> SecretStr:
        """The secret of that name; ``Unauthorised`` names the variable that must be set."""
        found = self.secrets.get(name)
        if found is None or not found.get_secret_value().strip():
            variable = f"WARMLIST_SECRETS__{network.upper()}__{name.upper()}"
            raise Unauthorised(f"An administrator must set {variable} for {network}.")
        return found
