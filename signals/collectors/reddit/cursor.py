"""Where Reddit's listings stand. Pure.

A listing is read newest first down to where the last sweep began, less an overlap: Reddit shows new
items late and not in order. ``before=`` is not used, because a deleted item as a mark makes the
listing empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from signals.collectors.contract import Cursor, Gap

#: Fewer than this, and a listing simply ended.
_NEAR_CAP: Final = 900
_OVERLAP: Final = timedelta(minutes=15)
_CAPPED: Final = "Reddit lists the newest 1,000 items only: listen more often or more narrowly"


class _Stored(msgspec.Struct, omit_defaults=True):
    done: dict[str, float] = {}
    listing: str | None = None
    after: str | None = None
    newest: float = 0.0
    seen: int = 0
    searched: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where each listing was read to (seconds since 1970), and the one under way.

    ``newest`` is the time of the first page's first item, ``seen`` how many were read in this
    sweep, ``after`` the next page, ``searched`` when the searches were last begun.
    """

    done: dict[str, float] = field(default_factory=dict)
    listing: str | None = None
    after: str | None = None
    newest: float = 0.0
    seen: int = 0
    searched: float = 0.0

    def save(self) -> Cursor:
        """As an opaque cursor."""
        stored = _Stored(self.done, self.listing, self.after, self.newest, self.seen, self.searched)
        return Cursor(msgspec.json.encode(stored).decode())

    def enter(self, listing: str) -> Place:
        """In front of a listing, or within it where it is the one under way."""
        if self.listing == listing:
            return self
        return Place(self.done, listing, searched=self.searched)

    def turn(self, after: str, newest: float, items: int) -> Place:
        """Behind a page that is not the last; ``newest`` counts from the first page only."""
        first = self.newest if self.after else newest
        return replace(self, after=after, newest=first, seen=self.seen + items)

    def finish(self, newest: float, following: str | None) -> Place:
        """Behind the last page of a listing, in front of the following one."""
        assert self.listing is not None
        found = self.newest if self.after else newest
        done = {**self.done, self.listing: max(found, self.done.get(self.listing, 0.0))}
        return Place(done, following, searched=self.searched)

    def boundary(self, listing: str, *, now: float, first: timedelta) -> float:
        """Items older than this have been read; a listing never read begins ``first`` ago."""
        known = self.done.get(listing)
        if not known:
            return now - first.total_seconds()
        return known - _OVERLAP.total_seconds()

    def find_gap(self, listing: str, oldest: float | None, items: int) -> Gap | None:
        """What the cap hides, where a listing ended before it reached what is known."""
        known = self.done.get(listing)
        if not known or oldest is None or oldest <= known or self.seen + items < _NEAR_CAP:
            return None
        return Gap(_instant(known), _instant(oldest), _CAPPED)


def load_place(cursor: Cursor | None) -> Place:
    """The place a cursor names; one that cannot be read is none."""
    if cursor is None:
        return Place()
    try:
        stored = msgspec.json.decode(cursor.value, type=_Stored)
    except (msgspec.MsgspecError, ValueError):
        return Place()
    return Place(
        stored.done, stored.listing, stored.after, stored.newest, stored.seen, stored.searched
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
