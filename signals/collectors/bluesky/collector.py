"""Bluesky as one collector: the stream brings what is new, the AppView what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from signals.collectors.authors import ProfileAnswer
from signals.collectors.bluesky.events import NETWORK, to_instant
from signals.collectors.bluesky.profiles import ProfileReads
from signals.collectors.bluesky.reads import AppViewReads
from signals.collectors.bluesky.stream import JetstreamCollector, read_position
from signals.collectors.contract import (
    Budget,
    Cost,
    Cursor,
    Page,
    Plan,
    Query,
    Recheck,
    Ref,
    Target,
)


class BlueskyCollector:
    """Brings all public posts and the likes and reposts of watched ones as they happen.

    Reads stored posts again for what happened before they were watched or while we were away, and
    the profiles of their authors, which the stream does not carry.
    """

    network: ClassVar[str] = NETWORK

    def __init__(
        self, stream: JetstreamCollector, reads: AppViewReads, profiles: ProfileReads
    ) -> None:
        self._stream = stream
        self._reads = reads
        self._profiles = profiles

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages of the stream after ``cursor``."""
        return self._stream.collect(query, cursor, limit=limit)

    def reread(self, targets: Sequence[Target], query: Query, *, limit: int) -> Iterator[Page]:
        """Who liked, reposted, quoted or answered each target, from the AppView."""
        return self._reads.reread(targets, query, limit=limit)

    def recheck(self, refs: Sequence[Ref], *, budget: Budget) -> Iterator[Recheck]:
        """Which posts are gone, from the AppView."""
        return self._reads.recheck(refs, budget=budget)

    def read_profiles(
        self, account_ids: Sequence[str], *, budget: Budget
    ) -> Iterator[ProfileAnswer]:
        """What authors say of themselves, from the AppView."""
        return self._profiles.read_profiles(account_ids, budget=budget)

    def plan_profiles(self, count: int) -> Plan:
        """What asking for so many authors would take."""
        return self._profiles.plan_profiles(count)

    def plan(
        self,
        query: Query,  # noqa: ARG002 - the contract's; a stream is for every topic
        cursor: Cursor | None,
        *,
        limit: int,  # noqa: ARG002 - the contract's; nothing is paid for
    ) -> Plan:
        """One stream, from where the last run stopped."""
        position = read_position(cursor)
        since = "what happens from now on" if position is None else f"since {to_instant(position)}"
        streams = tuple(f"{url}: posts, likes, reposts, {since}" for url in self._stream.urls)
        return Plan(streams, Cost(requests=1), ("the next address only where one does not answer",))
