"""Discourse forums. Public ones need no key; others an API key and its user's name."""

from signals.collectors.discourse.collector import DiscourseCollector

__all__ = ["DiscourseCollector"]
