"""RSS and Atom feeds of any site."""

from signals.collectors.rss.collector import RssCollector

__all__ = ["RssCollector"]
