"""Where YouTube's lists stand. Pure."""

from __future__ import annotations

import msgspec

from signals.collectors.youtube.api import Spent

#: Videos whose new comments are read; the ones found last stay.
MAX_VIDEOS = 200
#: A comment may appear in a list so many seconds after it was written.
LATE = 3600.0


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """What each list was read to (seconds since 1970), and the one under way.

    ``newest`` is the time of the first page's newest item, ``token`` the next page, ``videos`` what
    the searches found, in that order, ``searched`` when they were last begun.
    """

    since: dict[str, float] = {}
    stream: str | None = None
    token: str | None = None
    newest: float = 0.0
    videos: list[str] = []
    searched: float = 0.0
    spent: Spent = Spent()


def enter(place: Place, stream: str) -> Place:
    """In front of a list, or within it where it is the one under way."""
    if place.stream == stream:
        return place
    return msgspec.structs.replace(place, stream=stream, token=None, newest=0.0)


def turn(place: Place, token: str, newest: float) -> Place:
    """Behind a page that is not the last; ``newest`` counts from the first page only."""
    first = place.newest if place.token else newest
    return msgspec.structs.replace(place, token=token, newest=first)


def finish(place: Place, newest: float) -> Place:
    """Behind the last page of a list."""
    assert place.stream is not None
    found = place.newest if place.token else newest
    since = {**place.since, place.stream: max(found, place.since.get(place.stream, 0.0))}
    return msgspec.structs.replace(place, since=since, stream=None, token=None, newest=0.0)


def watch(place: Place, videos: list[str]) -> Place:
    """With more videos; the oldest of too many are let go, and what was known of them."""
    known = dict.fromkeys([*place.videos, *videos])
    kept = list(known)[-MAX_VIDEOS:]
    return _keep(place, kept)


def drop(place: Place, video: str) -> Place:
    """Without a video: it is gone, or nobody may comment there."""
    return _keep(place, [one for one in place.videos if one != video])


def _keep(place: Place, videos: list[str]) -> Place:
    wanted = {f"video:{video}" for video in videos}
    since = {
        key: value
        for key, value in place.since.items()
        if not key.startswith("video:") or key in wanted
    }
    return msgspec.structs.replace(place, videos=videos, since=since)
