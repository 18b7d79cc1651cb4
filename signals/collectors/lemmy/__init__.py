"""Lemmy servers, versions 3 and 4 of their API. Public ones need no key."""

from signals.collectors.lemmy.collector import LemmyCollector

__all__ = ["LemmyCollector"]
