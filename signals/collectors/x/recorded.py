"""Recorded answers of the X API v2, read for the check of payloads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from signals.collectors.contract import Engagement, Malformed
from signals.collectors.recorded import Reading, Recorded
from signals.collectors.x.people import to_follows, to_likes, to_reposts
from signals.collectors.x.posts import is_post, posts_of, to_engagements
from signals.collectors.x.statuses import find_statuses, to_favorite, to_status

#: What an answer that lists people means, and of whom or what, by the path of its request.
_PEOPLE: Final = re.compile(
    r"(?:tweets|users)/(?P<id>\d+)/(?P<what>liking_users|retweeted_by|followers|following)\b"
)
_LIKED: Final = re.compile(r"users/(?P<id>\d+)/liked_tweets\b")
_TIMELINE: Final = re.compile(r"users/(?P<id>\d+)/tweets\b")
#: The same where only the name of the file tells: the post itself is not known then.
_NAMED_PEOPLE: Final = re.compile(r"liking_users|retweeted_by|retwee[dt]\w*_users")


def read_x(recorded: Recorded) -> Reading:
    """Posts, likes, reposts and follows of one answer."""
    reading = Reading()
    body = recorded.body
    for status in find_statuses(body):
        _read_one(reading, to_status, status)
    if reading.items:
        favorites = body.get("favorite_events") if isinstance(body, Mapping) else None
        for event in favorites if isinstance(favorites, list) else ():
            _read_one(reading, to_favorite, event)
        return reading
    if isinstance(body, bytes):
        reading.refuse("malformed: not JSON")
        return reading
    for page in body if isinstance(body, list) else [body]:
        if isinstance(page, Mapping):
            _read_page(reading, recorded, page)
        elif isinstance(page, bytes):
            reading.refuse("malformed: not JSON")
    return reading


def _read_one(
    reading: Reading, to_engagement: Callable[[Mapping[str, Any]], Engagement], item: Any
) -> None:
    try:
        reading.take(to_engagement(item))
    except Malformed as error:
        reading.take(error)


def _read_page(reading: Reading, recorded: Recorded, page: Mapping[str, Any]) -> None:
    asked_at = datetime.fromtimestamp(recorded.received_at or 0, UTC)
    timeline = _TIMELINE.search(recorded.path)
    posts = posts_of(page, with_included=True)
    engagements, malformed = to_engagements(
        page, written_by=timeline["id"] if timeline else None, with_included=True
    )
    _take(reading, engagements, malformed)
    repeats = len(posts) - len(engagements) - len(malformed)
    if repeats:
        reading.refuse("another version or another copy of the same post", repeats)
    _read_people(reading, recorded, page, asked_at)
    _read_others(reading, recorded, page, asked_at)


def _read_people(
    reading: Reading, recorded: Recorded, page: Mapping[str, Any], asked_at: datetime
) -> None:
    people = [item for item in _items(page) if isinstance(item, Mapping) and "username" in item]
    if not people:
        return
    shown = {"data": people}
    match = _PEOPLE.search(recorded.path)
    what = match["what"] if match else None
    if match and what == "liking_users":
        _take(reading, *to_likes(shown, match["id"], asked_at))
    elif match and what == "retweeted_by":
        _take(reading, *to_reposts(shown, match["id"], asked_at))
    elif match:
        follows = to_follows(shown, match["id"], asked_at, is_follower=what == "following")
        _take(reading, *follows)
    elif _NAMED_PEOPLE.search(recorded.path):
        reading.refuse("a like or repost whose post was not recorded", len(people))
    else:
        reading.refuse_other("profiles, settings, counts", len(people))


def _read_others(
    reading: Reading, recorded: Recorded, page: Mapping[str, Any], asked_at: datetime
) -> None:
    """Likes that are told by the liked post, messages, and everything nobody did in public."""
    liked = _LIKED.search(recorded.path)
    for item in _items(page):
        if not isinstance(item, Mapping):
            continue
        if is_post(item):
            if liked:
                like = {"data": [{"id": liked["id"]}]}
                _take(reading, *to_likes(like, str(item["id"]), asked_at))
        elif "event_type" in item or "dm_conversation_id" in item:
            reading.refuse("a private message")
        elif item.get("action") == "delete" and "reason" in item:
            reading.refuse_other("a notice of deletion")
        elif "username" not in item and recorded.method in {None, "GET"}:
            reading.refuse_other("profiles, settings, counts")
    errors = page.get("errors")
    for error in errors if isinstance(errors, list) else ():
        kind = str(error.get("type", "")).rpartition("/")[2] if isinstance(error, Mapping) else ""
        reading.refuse_other(f"a partial error ({kind or 'unnamed'})")


def _items(page: Mapping[str, Any]) -> list[Any]:
    data = page.get("data")
    if data is None:
        is_bare = "id" in page or {"action", "reason"} <= page.keys()
        return [page] if is_bare else []
    return data if isinstance(data, list) else [data]


def _take(reading: Reading, engagements: list[Engagement], malformed: list[Malformed]) -> None:
    for engagement in engagements:
        reading.take(engagement)
    for error in malformed:
        reading.take(error)
