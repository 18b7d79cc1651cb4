"""Recorded feeds, read for the check of payloads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from signals.collectors.recorded import NOT_AN_ENGAGEMENT, Reading, Recorded
from signals.collectors.rss.entries import to_engagements

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_rss(recorded: Recorded) -> Reading:
    """The entries of one feed."""
    reading = Reading()
    if not isinstance(recorded.body, bytes):
        return reading
    feed = to_engagements(
        recorded.body,
        feed_url=recorded.url or f"https://rss.invalid/{recorded.file}",
        seen_at=_EPOCH,
        content_type=recorded.headers.get("content-type", ""),
    )
    reading.take_all(feed.engagements, feed.malformed)
    if reading.items == 0 and feed.understood:
        reading.refuse(f"{NOT_AN_ENGAGEMENT}: a feed without entries")
    return reading
