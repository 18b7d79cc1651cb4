"""Hacker News, from Algolia's search and Firebase's items. Needs no key."""

from signals.collectors.hackernews.collector import HackerNewsCollector

__all__ = ["HackerNewsCollector"]
