"""Reddit: a community's newest submissions and comments, and search as a second source.

Scope: a community (``pensions`` or ``r/pensions``); empty is search over all of Reddit, which is
sorted late and has holes, so that a topic should name its communities. Reddit tells nobody who
voted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from signals.collectors.contract import (
    Budget,
    Cost,
    Cursor,
    Engagement,
    Gap,
    Misconfigured,
    Page,
    Plan,
    Query,
    Recheck,
    Ref,
    Target,
)
from signals.collectors.guards import Guards, Purse
from signals.collectors.phrases import group_phrases
from signals.collectors.reddit.client import RedditClient
from signals.collectors.reddit.cursor import Place, load_place
from signals.collectors.reddit.listing import after_of, map_things, names_of, times_of
from signals.collectors.reddit.things import NETWORK
from signals.collectors.reddit.threads import read_threads
from signals.collectors.settings import CollectorSettings

PAGE: Final = 100
#: Where a person asks for what Reddit requires since November 2025.
APPROVAL_FROM: Final = "https://support.reddithelp.com/hc/articles/42728983564564"
#: r/reddit.com, Reddit's first community: closed to posts and always there.
_WITNESS: Final = "t5_6"
#: Characters of a search.
_MAX_SEARCH: Final = 512
_FIRST_HOURS: Final = 24.0
_SEARCH_HOURS: Final = 6.0
#: An item may appear in a listing so many seconds after it was written.
_LATE: Final = 3600.0
_ONE: Final = Cost(requests=1)


@dataclass(frozen=True, slots=True)
class _Listing:
    key: str
    path: str
    params: Mapping[str, Any]
    keywords: tuple[str, ...] = ()
    is_second: bool = False  # finds again what another listing holds: its own holes are no gaps


class RedditCollector:
    """Collects, re-reads and re-checks; refuses to be built without Reddit's approval."""

    network: ClassVar[str] = NETWORK

    def __init__(self, settings: CollectorSettings) -> None:
        if not (settings.approval_ref or "").strip():
            raise Misconfigured(
                "A manager must ask Reddit for approval and give its reference as approval_ref: "
                f"{APPROVAL_FROM}"
            )
        self._settings = settings
        self._client = RedditClient(settings)
        self._first = timedelta(hours=settings.number("first_hours", _FIRST_HOURS))
        self._search_every = settings.number("search_hours", _SEARCH_HOURS) * 3600

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages of every listing in turn, newest first; see ``Collector``."""
        place = load_place(cursor)
        purse = Purse(query.budget)
        now = self._settings.clock()
        if query.scope and not place.searched:
            place = replace(place, searched=now)
        listings = self._listings(query, place, now)
        keys = [listing.key for listing in listings]
        at = keys.index(place.listing) if place.listing in keys else 0
        guards = Guards(clock=self._settings.clock, max_seconds=self._settings.max_seconds)
        read = 0
        if any(key.startswith("search:") for key in keys) and place.listing not in keys:
            place = replace(place, searched=now)
        for index in range(at, len(listings)):
            following = keys[index + 1] if index + 1 < len(keys) else None
            for page in self._read(listings[index], following, place, purse, guards):
                place = load_place(page.cursor)
                read += page.seen
                yield page
                if read >= limit or guards.is_over:
                    return

    def reread(self, targets: Sequence[Target], query: Query, *, limit: int) -> Iterator[Page]:
        """Answers to stored submissions and comments, and their crossposts."""
        guards = Guards(clock=self._settings.clock, max_seconds=self._settings.max_seconds)
        yield from read_threads(self._client, targets, Purse(query.budget), guards, limit=limit)

    def recheck(self, refs: Sequence[Ref], *, budget: Budget) -> Iterator[Recheck]:
        """Which stored things are deleted, removed or edited, nearly a hundred to a request.

        Every request asks for a community beside them that is always there: an answer without it
        and without anything else is no answer. What is not in one that is is missing.
        """
        purse = Purse(budget)
        known = [ref for ref in refs if ref.external_id[:3] in {"t1_", "t3_"}]
        for begin in range(0, len(known), PAGE - 1):
            batch = {ref.external_id: ref for ref in known[begin : begin + PAGE - 1]}
            purse.ask(_ONE)
            answer = self._client.get("/api/info", id=",".join([*batch, _WITNESS]))
            cost = self._client.take_cost()
            purse.pay(cost)
            found: dict[str, Engagement | Ref] = {
                one.external_id: one for one in map_things(answer)[0] if one.external_id in batch
            }
            named = names_of(answer)  # what cannot be read is there all the same
            answered = bool(found) or _WITNESS in named
            there = found.keys() | named
            yield Recheck(
                checked=tuple(ref for id_, ref in batch.items() if id_ in there),
                deletions=tuple(
                    ref for id_, ref in batch.items() if isinstance(found.get(id_), Ref)
                ),
                missing=tuple(ref for id_, ref in batch.items() if answered and id_ not in there),
                edited=tuple(
                    one
                    for one in found.values()
                    if isinstance(one, Engagement) and one.edited_at is not None
                ),
                cost=cost,
            )

    def plan(self, query: Query, cursor: Cursor | None, *, limit: int) -> Plan:
        """The listings of a run; each page is one request, and Reddit's access is not billed."""
        del limit
        listings = self._listings(query, load_place(cursor), self._settings.clock())
        requests = tuple(
            f"GET {one.path}" + (f"?q={one.params['q']}" if "q" in one.params else "")
            for one in listings
        )
        notes = () if query.scope else ("without a community only search is asked, which is late",)
        return Plan(requests, Cost(requests=len(requests)), notes)

    def _listings(self, query: Query, place: Place, now: float) -> list[_Listing]:
        community = query.scope.strip("/").removeprefix("r/")
        listings = []
        if community:
            listings = [
                _Listing(f"new:{community}", f"/r/{community}/new", {}),
                _Listing(f"comments:{community}", f"/r/{community}/comments", {}),
            ]
        # The listings of a first run hold all there is: the second source comes later.
        is_known = place.searched > 0 and now - place.searched >= self._search_every
        is_due = is_known if community else True
        if is_due or (place.listing or "").startswith("search:"):
            listings += self._searches(query, community)
        if not listings and not community and not query.keywords:
            topic = query.topic or "the topic"
            raise Misconfigured(f"A manager must give {topic} a community or a keyword for Reddit.")
        return listings

    def _searches(self, query: Query, community: str) -> list[_Listing]:
        common = {"sort": "new", "t": "week", "syntax": "lucene", "type": "link",
                  "restrict_sr": 1 if community else 0}  # fmt: skip
        path = f"/r/{community or 'all'}/search"
        return [
            _Listing(
                f"search:{hashlib.sha256(f'{path} {text}'.encode()).hexdigest()[:16]}",
                path,
                {**common, "q": text},
                keywords,
                is_second=bool(community),
            )
            for text, keywords in group_phrases(query.keywords, max_length=_MAX_SEARCH)
        ]

    def _read(
        self, listing: _Listing, following: str | None, place: Place, purse: Purse, guards: Guards
    ) -> Iterator[Page]:
        place = place.enter(listing.key)
        now = self._settings.clock()
        boundary = place.boundary(listing.key, now=now, first=self._first)
        read_to = boundary if listing.key in place.done else 0.0  # older ones have been brought
        while True:
            purse.ask(_ONE)
            answer = self._client.get(listing.path, limit=PAGE, after=place.after, **listing.params)
            cost = self._client.take_cost()
            purse.pay(cost)
            things, malformed = map_things(answer)
            times = times_of(answer)
            after = after_of(answer)
            # Where nothing was written lately, all up to about now has been read nevertheless.
            newest = min(max(*times, now - _LATE, 0.0), now)
            stop = guards.turn(f"{listing.key}:{after}" if after else None, items=len(times))
            gap = None
            if times and times[-1] < boundary:
                after = None
            elif after is None and not listing.is_second:
                gap = place.find_gap(listing.key, times[-1] if times else None, len(times))
            elif stop is not None and stop.is_fault:
                oldest = times[-1] if times else now
                begun = datetime.fromtimestamp(boundary, UTC)
                gap = Gap(begun, datetime.fromtimestamp(oldest, UTC), stop.value)
                after = None
            if after is None:
                place = place.finish(newest, following)
            else:
                place = place.turn(after, newest, len(times))
            yield Page(
                engagements=tuple(
                    one
                    for one in things
                    if isinstance(one, Engagement) and one.occurred_at.timestamp() >= read_to
                ),
                deletions=tuple(one for one in things if isinstance(one, Ref)),
                cursor=place.save(),
                exhausted=after is None and following is None,
                gap=gap,
                cost=cost,
                malformed=tuple(malformed),
                seen=len(things) + len(malformed),
                keywords=listing.keywords,
            )
            if after is None or stop is not None:
                return
