"""Mastodon and every server of the fediverse that speaks its API.

A token is needed where a server shows its tag timelines to members only.
"""

from signals.collectors.mastodon.collector import MastodonCollector

__all__ = ["MastodonCollector"]
