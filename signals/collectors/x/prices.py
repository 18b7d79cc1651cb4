"""What X charges for what it returns, in US dollars. Pure.

Source: docs.x.com, getting started, pricing (pay per use, August 2026). An operator's own prices
come from the settings under the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from signals.collectors.contract import Cost

PRICES: Final[Mapping[str, float]] = MappingProxyType(
    {"post": 0.005, "user": 0.010, "like": 0.001, "counts": 0.005, "owned": 0.001}
)


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices by resource."""

    prices: Mapping[str, float]

    def cost(self, *, requests: int = 1, **resources: int) -> Cost:
        """What requests cost that return so many of each resource.

        X bills a resource once within a UTC day; that is a soft promise, so nothing is taken off.
        """
        counted = {name: count for name, count in resources.items() if count}
        money = sum(self.prices[name] * count for name, count in counted.items())
        return Cost(requests, sum(counted.values()), money, MappingProxyType(counted))

    def page_cost(self, page: Mapping[str, Any], resource: str = "post") -> Cost:
        """What an answer cost: its items, and the people and posts that came along."""
        counts = {resource: _count(page.get("data"))}
        includes = page.get("includes")
        if isinstance(includes, Mapping):
            counts["user"] = counts.get("user", 0) + _count(includes.get("users"))
            counts["post"] = counts.get("post", 0) + _count(includes.get("tweets"))
        return self.cost(**counts)


def _count(items: object) -> int:
    if items is None:
        return 0
    return len(items) if isinstance(items, list) else 1
