"""Recorded answers and events of Bluesky, read for the check of payloads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from signals.collectors.bluesky.events import Event, to_engagement
from signals.collectors.bluesky.frames import read_frame
from signals.collectors.bluesky.profiles import to_profiles
from signals.collectors.bluesky.views import EVERYTHING, to_views
from signals.collectors.contract import Malformed
from signals.collectors.recorded import Reading, Recorded
from signals.collectors.trees import find_items

_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)


def read_bluesky(recorded: Recorded) -> Reading:
    """Posts, likes, reposts, follows and profiles of one answer, or what an event means."""
    reading = Reading()
    received = recorded.received_at
    seen_at = _LATEST if received is None else datetime.fromtimestamp(received, UTC)
    body = recorded.body
    for item in body if isinstance(body, list) else [body]:
        if isinstance(item, Mapping) and _is_event(item):
            _read_event(reading, item)
            continue
        profiles = to_profiles(item, seen_at=seen_at)
        reading.take_all(profiles.found, profiles.malformed)
        views = to_views(item, seen_at=seen_at)
        reading.take_all(views.engagements, views.deletions, views.malformed)
        if views.repeated:
            reading.refuse("another version or another copy of the same post", views.repeated)
        waiting = list(find_items(item, _is_other_format))
        while waiting:
            waiting += find_items(list(waiting.pop().values()), _is_other_format)
            reading.refuse("another network's form of a post (ActivityStreams)")
    return reading


def _read_event(reading: Reading, item: Mapping[str, Any]) -> None:
    try:
        event = read_frame(msgspec.json.encode(item))
        found = to_engagement(event, EVERYTHING) if isinstance(event, Event) else None
    except Malformed as error:
        reading.take(error)
        return
    except (ValueError, TypeError) as error:  # nothing that a stream could have sent
        reading.take(Malformed(f"not an event of Bluesky: {error}"))
        return
    if found is None:
        reading.refuse_other("events about accounts, identities and other records")
    else:
        reading.take(found)


def _is_event(item: Mapping[str, Any]) -> bool:
    return ("did" in item and ("time_us" in item or "commit" in item)) or "payload" in item


def _is_other_format(node: Mapping[str, Any]) -> bool:
    if "content" not in node:
        return False
    return str(node.get("objectType")) in {"note", "comment"} or (
        "$type" not in node and "author" in node and "id" in node
    )
