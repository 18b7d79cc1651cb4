"""Recorded feeds, read for the check of payloads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from signals.collectors.recorded import NOT_AN_ENGAGEMENT, Reading, Recorded
from signals.collectors.rss.entries import to_engagements
from signals.collectors.shapes import count_entries

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
    if feed.repeated:
        reading.refuse("another copy of the same entry", feed.repeated)
    hidden = count_entries(recorded.body) - reading.items
    if hidden > 0 and (feed.is_broken or not feed.understood):
        reading.refuse("malformed: an entry of a document that is not well-formed", hidden)
    if reading.items == 0 and feed.understood:
        reading.refuse(f"{NOT_AN_ENGAGEMENT}: a feed without entries")
    return reading
