"""Where X's sweeps stand. Pure.

A sweep is one query read newest first. ``newest`` is taken from its first page only and becomes the
query's ``since_id`` once the last page is stored; until then every page is asked for with the same
beginning. Source: docs.x.com, search, paginate.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from signals.collectors.contract import Cursor, Gap
from signals.collectors.x.posts import id_of_time, time_of_id

#: Recent search looks back seven days; a minute less, because the request takes time to arrive.
REACH: Final = timedelta(days=7) - timedelta(minutes=1)
#: A post may appear in search this long after it was written.
_LATE: Final = timedelta(hours=1)
TOO_OLD: Final = "X's recent search looks back seven days only"


class _Stored(msgspec.Struct, omit_defaults=True):
    since: dict[str, str] = {}
    sweep: str | None = None
    token: str | None = None
    newest: str | None = None
    since_id: str | None = None
    start: str | None = None
    began: float = 0.0
    floor: str | None = None
    users: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sweep stands: ``since`` maps a finished query to its newest post.

    ``sweep`` names the query under way, which began at ``began`` (seconds since 1970) to ask for
    what is newer than ``since_id`` or ``start``; ``token`` is its next page. ``floor`` is where the
    last round over all queries ended: a query that is new begins there. ``users`` maps handles to
    ids.
    """

    since: dict[str, str] = field(default_factory=dict)
    sweep: str | None = None
    token: str | None = None
    newest: str | None = None
    since_id: str | None = None
    start: str | None = None
    began: float = 0.0
    floor: str | None = None
    users: dict[str, str] = field(default_factory=dict)

    def save(self) -> Cursor:
        """As an opaque cursor."""
        stored = _Stored(
            self.since, self.sweep, self.token, self.newest, self.since_id, self.start,
            self.began, self.floor, self.users,
        )  # fmt: skip
        return Cursor(msgspec.json.encode(stored).decode())

    def turn(self, token: str, newest: str | None) -> Place:
        """Behind a page that is not the last; ``newest`` counts from the first page only."""
        return replace(self, token=token, newest=self.newest if self.token else newest)

    def finish(self, newest: str | None, following: str | None) -> Place:
        """Behind the last page of a sweep, in front of the following; ``None``: a full round."""
        since = {**self.since}
        if self.sweep is not None:
            # A query that finds nothing for a week must not seem to have been asked a week ago.
            quiet = id_of_time(datetime.fromtimestamp(self.began, UTC) - _LATE)
            found = (self.newest if self.token else newest) or self.since_id
            known = [one for one in (found, since.get(self.sweep), quiet) if one is not None]
            since[self.sweep] = max(known, key=int)
        floor = self.floor if following or not since else min(since.values(), key=int)
        return Place(since, following, floor=floor, users=self.users)

    def keep_only(self, keys: frozenset[str]) -> Place:
        """Forget queries nobody asks any more; a new one begins where the last round ended."""
        kept = {key: since for key, since in self.since.items() if key in keys}
        if self.floor is not None:
            kept = dict.fromkeys(keys, self.floor) | kept
        if self.sweep in keys:
            return replace(self, since=kept)
        return Place(kept, floor=self.floor, users=self.users)


def load_place(cursor: Cursor | None) -> Place:
    """The place a cursor names; one that cannot be read is none."""
    if cursor is None:
        return Place()
    try:
        stored = msgspec.json.decode(cursor.value, type=_Stored)
        for since in stored.since.values():
            int(since)
    except (msgspec.MsgspecError, ValueError):
        return Place()
    return Place(
        stored.since, stored.sweep, stored.token, stored.newest, stored.since_id, stored.start,
        stored.began, stored.floor, stored.users,
    )  # fmt: skip


def begin(
    place: Place, sweep: str, *, now: datetime, first: timedelta, reach: timedelta | None = REACH
) -> tuple[Place, Gap | None]:
    """The beginning of a sweep, and the gap where the network does not look back far enough.

    A query never asked before begins ``first`` ago.
    """
    since_id = place.since.get(sweep)
    if since_id is None:
        back = first if reach is None else min(first, reach)
        return restart(place, sweep, now - back, now=now), None
    since_at = time_of_id(since_id)
    if reach is not None and (since_at is None or since_at < now - reach):
        start = now - reach
        return restart(place, sweep, start, now=now), Gap(since_at, start, TOO_OLD)
    return (
        Place(
            place.since,
            sweep,
            since_id=since_id,
            began=now.timestamp(),
            floor=place.floor,
            users=place.users,
        ),
        None,
    )


def restart(place: Place, sweep: str, start: datetime, *, now: datetime) -> Place:
    """The beginning of a sweep from an instant on."""
    text = start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Place(
        place.since, sweep, start=text, began=now.timestamp(), floor=place.floor, users=place.users
    )
