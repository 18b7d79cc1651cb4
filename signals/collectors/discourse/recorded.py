"""Recorded answers of Discourse, read for the check of payloads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from signals.collectors.contract import Malformed
from signals.collectors.discourse.posts import to_engagement, to_likes
from signals.collectors.recorded import Reading, Recorded
from signals.collectors.trees import find_items, find_site

_WORDS: Final = ("cooked", "raw", "blurb", "excerpt")
#: Whoever wrote it, by one name or another: the mapper says which it needs.
_NAMES: Final = frozenset({"username", "user_id", "name", "display_username"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_discourse(recorded: Recorded) -> Reading:
    """Posts and likes of one answer."""
    reading = Reading()
    site = find_site(recorded.url, default="https://discourse.invalid")
    body = recorded.body
    if isinstance(body, Mapping) and "post_action_users" in body:
        try:
            for like in to_likes(body, site=site, target=f"{site}/t/0/1", seen_at=_EPOCH):
                reading.take(like)
        except Malformed as error:
            reading.take(error)
        return reading
    in_topic = isinstance(body, Mapping) and "post_stream" in body
    title = body.get("title") if in_topic else None
    for post in find_items(body, _is_post):
        try:
            reading.take(to_engagement(post, site=site, title=title))
        except Malformed as error:
            reading.take(error)
    return reading


def _is_post(node: Mapping[str, Any]) -> bool:
    placed = "topic_id" in node or "post_number" in node
    named = not _NAMES.isdisjoint(node)
    return placed and named and any(key in node for key in _WORDS)
