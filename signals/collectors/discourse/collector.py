"""Reads a Discourse forum: every post by walking down the ids, or only what a search finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import msgspec

from signals.collectors.contract import (
    Budget,
    Cost,
    Cursor,
    Engagement,
    Gap,
    Malformed,
    Page,
    Plan,
    Query,
    Recheck,
    Ref,
    Target,
)
from signals.collectors.discourse.posts import NETWORK, to_engagement
from signals.collectors.discourse.search import Search
from signals.collectors.discourse.topics import Topics
from signals.collectors.guards import Guards, Purse, Stop
from signals.collectors.http import HttpClient
from signals.collectors.instants import read_optional_iso
from signals.collectors.places import read_place, write_place

#: Ids one answer reaches down; older forums leave out the invisible among them, up to all 50.
_STEP: Final = 50
#: Empty stretches of ids in a row after which the rest is given up: 2,000 ids.
_EMPTY: Final = 40
_ONE: Final = Cost(requests=1)


class _Place(msgspec.Struct, omit_defaults=True):
    """Posts up to id ``high`` are read; a sweep goes down from ``top`` and stands at ``before``."""

    high: int = 0
    top: int = 0
    before: int | None = None


class DiscourseCollector:
    """Brings a forum's posts, and the replies to and likes of stored ones.

    ``by_search`` asks the forum's search for each keyword instead of walking all posts: right for a
    large forum and a narrow topic. The first sweep goes back ``start_seconds``.
    """

    network: ClassVar[str] = NETWORK

    def __init__(
        self,
        client: HttpClient,
        *,
        clock: Callable[[], float],
        max_seconds: float,
        by_search: bool = False,
        start_seconds: float = 7 * 86_400,
    ) -> None:
        self._client = client
        self._clock = clock
        self._max_seconds = max_seconds
        self._start_seconds = start_seconds
        self._topics = Topics(client, clock=clock)
        self._search = (
            Search(client, clock=clock, max_seconds=max_seconds, start_seconds=start_seconds)
            if by_search
            else None
        )

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages of up to 50 posts, newest first; the last one of a sweep is marked exhausted."""
        if self._search is not None and query.keywords:
            yield from self._search.collect(query, cursor, limit=limit)
            return
        place = read_place(cursor, _Place, name="Discourse") or _Place()
        guards = Guards(clock=self._clock, max_seconds=self._max_seconds, max_stalls=_EMPTY)
        purse = Purse(query.budget)
        while True:
            purse.ask(_ONE)
            answer = self._client.get_json("/posts.json", {"before": place.before})
            posts = answer.data.get("latest_posts") if isinstance(answer.data, Mapping) else None
            posts = posts if isinstance(posts, list) else []
            engagements, deletions, malformed = self._map(posts, place.high)
            is_over = not self._go_down(place, posts)
            stop = guards.turn(str(place.before), items=len(posts))
            gap = None
            if not is_over and stop is not None and stop.is_fault:
                is_empty = stop is Stop.NO_PROGRESS
                empty = f"{_EMPTY} stretches of post ids in a row were empty"
                gap = Gap(None, None, empty if is_empty else stop.value)
                is_over = True
            if is_over:
                place = _Place(high=max(place.high, place.top))
            fresh = [one for one in engagements if query.wants(one)]
            limit -= len(fresh)
            cost = self._client.take_cost()
            purse.pay(cost)
            yield Page(
                engagements=tuple(fresh),
                cursor=write_place(place),
                deletions=tuple(deletions),
                exhausted=is_over,
                gap=gap,
                cost=cost,
                malformed=tuple(malformed),
                seen=len(posts),
            )
            if is_over or limit <= 0 or stop:
                return

    def reread(self, targets: Sequence[Target], query: Query, *, limit: int) -> Iterator[Page]:
        """Replies to and likes of each target."""
        for target in targets:
            if limit <= 0:
                return
            page = self._topics.read(target, query, limit)
            limit -= len(page.engagements)
            yield page

    def recheck(self, refs: Sequence[Ref], *, budget: Budget) -> Iterator[Recheck]:
        """Asks for each post by its number: missing, deleted and hidden ones are deletions."""
        yield from self._topics.recheck(refs, budget)

    def plan(self, query: Query, cursor: Cursor | None, *, limit: int) -> Plan:
        """One request for each 50 posts since the last sweep, or one search for each keyword."""
        if self._search is not None and query.keywords:
            return self._search.plan(query)
        place = read_place(cursor, _Place, name="Discourse") or _Place()
        until = f"down to post {place.high}" if place.high else "of the last days"
        return Plan(
            (f"{self._client.base_url}/posts.json {until}",),
            Cost(requests=1 + limit // _STEP),
        )

    def _go_down(self, place: _Place, posts: Sequence[Any]) -> bool:
        """Move on below ``posts``; whether anything is left to read."""
        ids = [number for post in posts if (number := _id(post)) is not None]
        place.top = max([place.top, *ids])
        if ids:
            place.before = min(ids) - 1
        elif place.before is None:
            return False
        else:
            place.before -= _STEP
        if place.high == 0 and posts:
            oldest = posts[-1].get("created_at") if isinstance(posts[-1], Mapping) else None
            written = read_optional_iso(oldest)
            if written is not None and written < self._horizon():
                return False
        return place.before > place.high

    def _horizon(self) -> datetime:
        return datetime.fromtimestamp(self._clock() - self._start_seconds, UTC)

    def _map(
        self, posts: Sequence[Any], high: int
    ) -> tuple[list[Engagement], list[Ref], list[Malformed]]:
        found: list[Engagement] = []
        gone: list[Ref] = []
        malformed: list[Malformed] = []
        for post in posts:
            if (_id(post) or high + 1) <= high:
                continue
            try:
                outcome = to_engagement(post, site=self._client.base_url)
            except Malformed as error:
                malformed.append(error)
                continue
            (gone.append if isinstance(outcome, Ref) else found.append)(outcome)  # type: ignore[arg-type] # told apart here
        return found, gone, malformed


def _id(post: Any) -> int | None:
    number = post.get("id") if isinstance(post, Mapping) else None
    return number if isinstance(number, int) and number > 0 else None
