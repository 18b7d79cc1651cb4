"""Reads Hacker News: search by Algolia, threads again by Algolia, what is gone by Firebase."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

import msgspec

from signals.collectors.contract import (
    Budget,
    Cost,
    Cursor,
    Engagement,
    Gap,
    Gone,
    Kind,
    Malformed,
    Page,
    Plan,
    Query,
    Recheck,
    Ref,
    Target,
)
from signals.collectors.guards import Guards, Purse, Stop
from signals.collectors.hackernews.items import NETWORK, to_engagement
from signals.collectors.http import HttpClient
from signals.collectors.places import read_place, write_place
from signals.collectors.stored import Standing, page_about, recheck_each

#: Hits of one request; the search never gives more than 1,000 however it is paged.
_HITS: Final = 100
#: Items asked for again before what was found is handed on.
_ONE: Final = Cost(requests=1)
#: Authors may edit for about two hours (NETWORKS 1.6): the first re-check behind these, which comes
#: within a day as long as it runs, has their last words.
_EDITED: Final = timedelta(days=2)


class _Place(msgspec.Struct, omit_defaults=True):
    """Everything before ``since`` has been read; a sweep goes back from ``until``.

    ``phrase`` is the one being read, ``before`` how far, in seconds since 1970, and ``seen`` its
    items of that very second.
    """

    since: int
    until: int | None = None
    phrase: str | None = None
    before: int | None = None
    seen: list[str] = msgspec.field(default_factory=list)


class HackerNewsCollector:
    """Brings stories and comments that hold a keyword, and the threads of stored ones.

    ``search`` asks Algolia, ``items`` Firebase. The search is newest first and ends after 1,000
    hits, so a sweep is walked backwards by time: from now to ``overlap_seconds`` before the last
    sweep began, since the index lags by minutes. Without a cursor it goes back ``start_seconds``.
    """

    network: ClassVar[str] = NETWORK

    def __init__(
        self,
        search: HttpClient,
        items: HttpClient,
        *,
        clock: Callable[[], float],
        max_seconds: float,
        start_seconds: float = 86_400,
        overlap_seconds: float = 900,
    ) -> None:
        self._search = search
        self._items = items
        self._clock = clock
        self._max_seconds = max_seconds
        self._start_seconds = int(start_seconds)
        self._overlap_seconds = int(overlap_seconds)

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages of one phrase each; the last one of a sweep is marked exhausted."""
        phrases = query.keywords or ("",)
        place = self._start(cursor, phrases)
        guards = Guards(clock=self._clock, max_seconds=self._max_seconds)
        purse = Purse(query.budget)
        brought: set[str] = set()  # a comment may hold several phrases
        while True:
            purse.ask(_ONE)
            asked = (place.phrase,) if place.phrase else ()
            hits = self._ask(place, min(limit, _HITS))
            engagements, malformed = _map(hits, skip=place.seen)
            fresh = [
                one
                for one in engagements
                if one.external_id not in brought and one.ref not in query.known
            ]
            brought.update(one.external_id for one in fresh)
            went_on = _is_below(hits, place.before)
            is_over = not self._advance(place, hits, phrases, min(limit, _HITS))
            token = f"{place.phrase} {place.before} {len(place.seen)}"
            stop = guards.turn(token, items=len(hits))
            gap = None
            if not went_on:  # the bound it was given is not heeded: what is older stays unseen
                gap = Gap(None, None, Stop.REPEATED.value)
            elif stop is not None and stop.is_fault and not is_over:
                gap = Gap(None, None, stop.value)
                is_over = not _leave(place, phrases)
            if is_over:
                place = _Place(since=place.until or place.since)
            cost = self._search.take_cost()
            purse.pay(cost)
            limit -= len(fresh)
            yield Page(
                engagements=tuple(fresh),
                cursor=write_place(place),
                exhausted=is_over,
                gap=gap,
                cost=cost,
                malformed=tuple(malformed),
                seen=len(hits),
                keywords=asked,
            )
            if is_over or limit <= 0 or (stop is not None and not stop.is_fault):
                return

    def reread(self, targets: Sequence[Target], query: Query, *, limit: int) -> Iterator[Page]:
        """The comments below each target."""
        for target in targets:
            if limit <= 0:
                return
            found: list[Engagement] = []
            malformed: list[Malformed] = []
            waiting: list[Any] = []
            try:
                item = self._search.get_json(f"/api/v1/items/{target.ref.external_id}").data
                waiting.append(item.get("children") if isinstance(item, Mapping) else None)
            except Gone:
                waiting = []  # not indexed yet or gone: the re-check knows, this does not
            while waiting:
                for child in waiting.pop() or ():
                    if not isinstance(child, Mapping):
                        continue
                    waiting.append(child.get("children"))
                    if child.get("author"):  # a deleted comment stands there without its author
                        more, bad = _map([child], skip=())
                        found += [one for one in more if one.ref not in query.known]
                        malformed += bad
            limit -= len(found)
            yield page_about(target, found, client=self._search, malformed=malformed)

    def recheck(self, refs: Sequence[Ref], *, budget: Budget) -> Iterator[Recheck]:
        """Asks Firebase for each item: ``deleted`` and ``dead`` are gone, ``null`` is missing.

        Those of the last days come back with their words as they are by now.
        """
        return recheck_each(
            refs, self._ask_again, client=self._items, purse=Purse(budget),
            is_ours=lambda ref: ref.external_id.isdecimal(),
        )  # fmt: skip

    def _ask_again(self, ref: Ref) -> Standing:
        item = self._items.get_json(f"/v0/item/{ref.external_id}.json").data
        if item is None:
            return Standing(is_missing=True)
        if isinstance(item, Mapping) and (item.get("deleted") or item.get("dead")):
            return Standing(is_gone=True)
        try:
            found = to_engagement(item)
        except Malformed:
            return Standing()
        if isinstance(found, Ref):
            return Standing(is_gone=True)
        now = datetime.fromtimestamp(self._clock(), UTC)
        # nobody says when it was edited; what still reads as it is stored is left as it is
        may_differ = found.ref == ref and found.occurred_at > now - _EDITED
        return Standing(edited=replace(found, edited_at=now) if may_differ else None)

    def plan(self, query: Query, cursor: Cursor | None, *, limit: int) -> Plan:
        """One search for each phrase; more where more than a page was said."""
        phrases = query.keywords or ("",)
        place = self._start(cursor, phrases)
        since = place.since - self._overlap_seconds
        requests = tuple(
            f"search_by_date {_quoted(phrase) or 'everything'} created_at_i>{since}"
            for phrase in phrases
        )
        return Plan(requests, Cost(requests=len(requests) + limit // _HITS))

    def _start(self, cursor: Cursor | None, phrases: Sequence[str]) -> _Place:
        now = int(self._clock())
        place = read_place(cursor, _Place, name="Hacker News")
        place = place or _Place(since=now - self._start_seconds)
        if place.until is None:
            place.until = now + 1
        if place.phrase not in phrases:
            place.phrase, place.before, place.seen = phrases[0], None, []
        return place

    def _ask(self, place: _Place, count: int) -> list[Any]:
        lower = place.since - self._overlap_seconds
        upper = place.before if place.before is not None else place.until
        answer = self._search.get_json(
            "/api/v1/search_by_date",
            {
                "query": _quoted(place.phrase or ""),
                "tags": "(story,comment)",
                "numericFilters": f"created_at_i>{lower},created_at_i<{upper}",
                # room for those of the last second that come again
                "hitsPerPage": min(1_000, max(1, count) + len(place.seen)),
                "typoTolerance": "false",
                "advancedSyntax": "true",
            },
        )
        hits = answer.data.get("hits") if isinstance(answer.data, Mapping) else None
        return hits if isinstance(hits, list) else []

    def _advance(
        self, place: _Place, hits: Sequence[Any], phrases: Sequence[str], count: int
    ) -> bool:
        """Move on behind ``hits``; whether anything is left to read."""
        asked = max(1, count) + len(place.seen)
        times = [_time(hit) for hit in hits]
        oldest = min((moment for moment in times if moment is not None), default=None)
        if len(hits) >= asked and oldest is not None:
            same = [str(hit.get("objectID")) for hit in hits if _time(hit) == oldest]
            if place.before == oldest + 1:
                same += [name for name in place.seen if name not in same]
            place.before, place.seen = oldest + 1, same
            return True
        return _leave(place, phrases)


def _leave(place: _Place, phrases: Sequence[str]) -> bool:
    """Go on with the next phrase; whether there is one."""
    after = list(phrases).index(place.phrase or "") + 1
    place.before, place.seen = None, []
    if after < len(phrases):
        place.phrase = phrases[after]
    return after < len(phrases)


def _map(hits: Sequence[Any], *, skip: Sequence[str]) -> tuple[list[Engagement], list[Malformed]]:
    found: list[Engagement] = []
    malformed: list[Malformed] = []
    for hit in hits:
        if isinstance(hit, Mapping) and str(hit.get("objectID")) in skip:
            continue
        try:
            engagement = to_engagement(hit)
        except Malformed as error:
            malformed.append(error)
            continue
        if isinstance(engagement, Engagement) and engagement.kind in {Kind.POST, Kind.COMMENT}:
            found.append(engagement)
    return found, malformed


def _time(hit: Any) -> int | None:
    value = hit.get("created_at_i") if isinstance(hit, Mapping) else None
    return value if isinstance(value, int) else None


def _is_below(hits: Sequence[Any], before: int | None) -> bool:
    """Whether the hits are of the time that was asked for."""
    newest = max((moment for hit in hits if (moment := _time(hit)) is not None), default=None)
    return before is None or newest is None or newest < before


def _quoted(phrase: str) -> str:
    """The phrase as the search's syntax wants it: whole, in order, nothing guessed."""
    words = " ".join(phrase.replace('"', " ").split())
    return f'"{words}"' if words else ""
