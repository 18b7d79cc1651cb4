"""One sweep of X: a query or a timeline read newest first, within the budget."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from signals.collectors.contract import Cost, Engagement, Gap, Own, Page
from signals.collectors.guards import Guards, Purse
from signals.collectors.x.client import USER_FIELDS, BadRequest, XClient
from signals.collectors.x.cursor import REACH, TOO_OLD, Place, begin, restart
from signals.collectors.x.fitting import fit_start
from signals.collectors.x.posts import time_of_id, to_engagements
from signals.collectors.x.prices import PriceList
from signals.collectors.x.query import Search

#: Posts of one page: what X allows.
SMALLEST: Final = 10
LARGEST: Final = 100
#: A sweep that begins longer ago than this is counted before it is paid for.
_COUNTED_FROM: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Sweep:
    """One thing to read newest first.

    ``fetch`` takes X's parameters, ``resource`` names what X bills for a post. ``own`` is what
    its posts have to do with the team, those by the team itself apart.
    """

    key: str
    keywords: tuple[str, ...]
    fetch: Callable[..., dict[str, Any]]
    token_name: str
    resource: str
    search: Search | None = None
    own: Own | None = None


@dataclass(frozen=True, slots=True)
class SweepReader:
    """Reads sweeps for one run. ``first`` is how far back one begins that was never read.

    ``team`` holds the ids of the team's own accounts.
    """

    client: XClient
    prices: PriceList
    purse: Purse
    guards: Guards
    clock: Callable[[], float]
    first: timedelta
    with_authors: bool
    team: frozenset[str] = frozenset()

    def read(
        self, sweep: Sweep, following: str | None, place: Place, spent: Cost
    ) -> Iterator[Page]:
        """Pages from ``place`` on, with what was ``spent`` before on the first.

        ``following`` is the sweep after this one, ``None`` for the last of a round.
        """
        gap: Gap | None = None
        if place.sweep != sweep.key or (place.since_id is None and place.start is None):
            place, gap, counted = self._begin(sweep, place)
            spent += counted
        while True:
            size = self._affordable(sweep.resource)
            try:
                answer = self._fetch(sweep, place, size)
            except BadRequest as error:
                place, gap = self._mend(error, sweep, place, gap)
                continue
            cost = self.prices.page_cost(answer, sweep.resource)
            self.purse.pay(cost)
            self.client.take_cost()
            cost, spent = cost + spent, Cost()
            engagements, malformed = to_engagements(answer)
            items = len(engagements) + len(malformed)
            meta = answer.get("meta")
            meta = meta if isinstance(meta, Mapping) else {}
            token, newest = _word(meta, "next_token"), _digits(meta, "newest_id")
            stop = self.guards.turn(f"{sweep.key}:{token}" if token else None, items=items)
            if token is not None and stop is not None and stop.is_fault:
                start = time_of_id(place.since_id) if place.since_id else None
                oldest = min((e.occurred_at for e in engagements), default=None)
                gap, token = Gap(start, oldest, stop.value), None
            is_done = token is None
            place = place.finish(newest, following) if token is None else place.turn(token, newest)
            yield Page(
                engagements=tuple(mark_own(engagements, self.team, sweep.own)),
                cursor=place.save(),
                exhausted=is_done and following is None,
                gap=gap,
                cost=cost,
                malformed=tuple(malformed),
                seen=items,
                keywords=sweep.keywords,
                keywordless=not sweep.keywords,
                team=self.team,
            )
            gap = None
            if is_done or stop is not None:
                return

    def _begin(self, sweep: Sweep, place: Place) -> tuple[Place, Gap | None, Cost]:
        """Where a sweep begins, later than it should where it would not fit into the budget."""
        now = self._now()
        if sweep.search is None:
            place, gap = begin(place, sweep.key, now=now, first=self.first, reach=None)
            return place, gap, Cost()
        place, gap = begin(place, sweep.key, now=now, first=self.first)
        since = time_of_id(place.since_id) if place.since_id else None
        left = self.purse.left_money
        if left is None or (since is not None and now - since < _COUNTED_FROM):
            return place, gap, Cost()
        counting = self.prices.cost(counts=1)
        self.purse.ask(counting)
        answer = self.client.count(
            sweep.search.text, since_id=place.since_id, start_time=place.start
        )
        self.purse.pay(counting)
        self.client.take_cost()
        each = self.most(sweep.resource, 1).money
        start = fit_start(answer, (left - counting.money) / each if each else None)
        if start is not None:
            began = since or (datetime.fromisoformat(place.start) if place.start else None)
            if gap is not None:
                began = gap.started_at
            place = restart(place, sweep.key, start, now=now)
            gap = Gap(began, start, "today's budget for X does not reach further back")
        return place, gap, counting

    def _affordable(self, resource: str) -> int:
        """As many posts as the budget allows, of those X lets us ask for at once."""
        size = LARGEST
        while size > SMALLEST and not self.purse.affords(self.most(resource, size)):
            size = max(SMALLEST, size // 2)
        self.purse.ask(self.most(resource, size))
        return size

    def _fetch(self, sweep: Sweep, place: Place, size: int) -> dict[str, Any]:
        people: dict[str, Any] = {}
        if self.with_authors or sweep.resource == "owned":
            people = {"expansions": "author_id", "user_fields": USER_FIELDS}
        return sweep.fetch(
            max_results=size,
            since_id=place.since_id,
            start_time=place.start,
            **{sweep.token_name: place.token},
            **people,
        )

    def _mend(
        self, error: BadRequest, sweep: Sweep, place: Place, gap: Gap | None
    ) -> tuple[Place, Gap | None]:
        """Another beginning where X refuses the present one; raises what cannot be mended."""
        tokens = {"next_token", "pagination_token"}
        if place.token is not None and error.parameters & tokens:
            # The token has grown old: the sweep begins anew, and what comes twice is stored once.
            return replace(place, token=None, newest=None), gap
        if place.since_id is not None and "since_id" in error.parameters:
            now = self._now()
            start = now - REACH
            kept = restart(place, sweep.key, start, now=now)
            return kept, Gap(time_of_id(place.since_id), start, TOO_OLD)
        raise error

    def most(self, resource: str, posts: int) -> Cost:
        """The most that so many posts cost with what comes along."""
        people = posts if self.with_authors or resource == "owned" else 0
        return self.prices.cost(user=people, **{resource: posts})

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


def mark_own(
    engagements: Sequence[Engagement], team: Collection[str], own: Own | None
) -> Iterator[Engagement]:
    """Each with what it has to do with the team; what the team did itself is its own."""
    for one in engagements:
        mark = Own.POST if one.author.external_id in team else own
        yield one if mark is None else replace(one, own=mark)


def _word(meta: Mapping[str, Any], name: str) -> str | None:
    value = meta.get(name)
    return value if isinstance(value, str) and value else None


def _digits(meta: Mapping[str, Any], name: str) -> str | None:
    value = _word(meta, name)
    return value if value is not None and value.isdigit() else None
