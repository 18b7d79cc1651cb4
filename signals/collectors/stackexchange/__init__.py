"""Stack Exchange by its API 2.3: ``posts`` maps, ``collector`` reads, ``recorded`` checks."""

from signals.collectors.stackexchange.collector import StackExchangeCollector
from signals.collectors.stackexchange.posts import NETWORK, to_engagement

__all__ = ["NETWORK", "StackExchangeCollector", "to_engagement"]
