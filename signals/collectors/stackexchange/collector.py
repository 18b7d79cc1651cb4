"""Stack Exchange: a site's new questions, answers and comments, or a search for a topic's phrases.

Scope: a site (``money.stackexchange.com``). By default everything new on the site is read, oldest
first, which costs a request for each hundred and misses no answer; with the option ``by=search``
each phrase is searched for instead, which suits sites as large as Stack Overflow and finds
questions only. ``backoff`` is obeyed for the method it was given for, by all runs of a process and
by what goes on behind this cursor, and by other processes for every method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import msgspec

from signals.collectors.contract import (
    Budget,
    Cost,
    Cursor,
    Gap,
    Kind,
    Misconfigured,
    OverBudget,
    Page,
    Plan,
    Query,
    RateLimited,
    Recheck,
    Ref,
    Target,
)
from signals.collectors.guards import Guards, Purse
from signals.collectors.http import HttpClient
from signals.collectors.places import read_place, write_place
from signals.collectors.stackexchange.api import (
    StackApi,
    backoff_of,
    batches_of,
    instant,
    items_of,
    map_items,
    name_of,
)
from signals.collectors.stackexchange.posts import NETWORK, site_of

_ONE: Final = Cost(requests=1)
#: Items appear late: so much of what was read is asked for again, in seconds.
_OVERLAP: Final = 300
_IGNORED: Final = Cursor("")


class _Place(msgspec.Struct, omit_defaults=True):
    """``since``: what each stream was read to. ``until``: before when a method may not be asked.

    ``stream`` is the one under way, ``is_within`` whether some of it has been read; ``seen`` are
    its items of the very second it was read to, ``page`` is above 1 only where that fills a page.
    """

    since: dict[str, int] = {}
    until: dict[str, float] = {}
    stream: str | None = None
    is_within: bool = False
    seen: list[str] = []
    page: int = 1


@dataclass(frozen=True, slots=True)
class _Stream:
    key: str
    method: str
    params: Mapping[str, Any]
    keywords: tuple[str, ...] = ()


class StackExchangeCollector:
    """Collects, re-reads and re-checks; ``client`` is bound to the API's address with its key."""

    network: ClassVar[str] = NETWORK

    def __init__(
        self,
        client: HttpClient,
        *,
        clock: Callable[[], float],
        max_seconds: float,
        by_search: bool = False,
        first_hours: float = 24.0,
    ) -> None:
        self._api = StackApi(client, clock)
        self._clock = clock
        self._max_seconds = max_seconds
        self._by_search = by_search
        self._first = first_hours * 3600

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages of every stream in turn, oldest first; see ``Collector``."""
        place = read_place(cursor, _Place, name="Stack Exchange") or _Place()
        streams = self._streams(query)
        keys = [stream.key for stream in streams]
        at = keys.index(place.stream) if place.stream in keys else 0
        purse = Purse(query.budget)
        guards = Guards(clock=self._clock, max_seconds=self._max_seconds)
        read = 0
        for index in range(at, len(streams)):
            following = keys[index + 1] if index + 1 < len(keys) else None
            if place.stream != keys[index]:
                place = msgspec.structs.replace(
                    place, stream=keys[index], is_within=False, seen=[], page=1
                )
            for page in self._read(streams[index], following, place, purse, guards):
                place = msgspec.json.decode(page.cursor.value, type=_Place)
                read += page.seen
                yield page
                if read >= limit or guards.is_over:
                    return

    def reread(self, targets: Sequence[Target], query: Query, *, limit: int) -> Iterator[Page]:
        """Answers and comments below stored posts; a request asks for up to a hundred of them."""
        purse = Purse(query.budget)
        read = 0
        for site, batch in batches_of([target.ref for target in targets]):
            ids = [number for number, _ in batch]
            questions = [n for n, ref in batch if ref.kind is Kind.POST]
            items: list[Mapping[str, Any]] = []
            methods = [("/posts/{}/comments", ids)]
            if questions:
                methods.insert(0, ("/questions/{}/answers", questions))
            cost = Cost()
            wait: RateLimited | None = None
            for method, asked in methods:
                path = method.format(";".join(map(str, asked)))
                found = self._api.read_all(path, site, purse)
                items += found.items
                cost += found.cost
                if (wait := found.wait) is not None:
                    break
            for number, ref in batch:
                belonging = [i for i in items if i.get("post_id", i.get("question_id")) == number]
                engagements, deletions, malformed = map_items(belonging, site)
                read += len(belonging)
                yield Page(engagements, _IGNORED, deletions, cost=cost, malformed=malformed,
                           seen=len(belonging), reread=() if wait else (ref,),
                           rest_until=self._api.rest_until)  # fmt: skip
                cost = Cost()
            if wait is not None:
                raise wait
            if read >= limit:
                return

    def recheck(self, refs: Sequence[Ref], *, budget: Budget) -> Iterator[Recheck]:
        """What the API leaves out of an answer by id is missing; a hundred to a request.

        An item that cannot be read is there all the same; where one does not say which it is,
        nothing is missing.
        """
        purse = Purse(budget)
        replies = [ref for ref in refs if ref.kind is Kind.COMMENT]
        for method, chosen in (
            ("/questions/{}", [r for r in refs if r.kind is Kind.POST]),
            ("/answers/{}", [r for r in replies if ":c" not in r.external_id]),
            ("/comments/{}", [r for r in replies if ":c" in r.external_id]),
        ):
            for site, batch in batches_of(chosen):
                ids = ";".join(str(number) for number, _ in batch)
                looked_up = self._api.read_all(method.format(ids), site, purse)
                engagements, gone, _ = map_items(looked_up.items, site)
                ownerless = {ref.external_id for ref in gone}
                there = {name_of(item, site) for item in looked_up.items}
                known = [ref for _, ref in batch if ref.external_id in there]
                # what is not on these pages may be on the next, or be what has no name
                is_whole = looked_up.wait is None and None not in there
                yield Recheck(
                    checked=tuple(known),
                    deletions=tuple(ref for ref in known if ref.external_id in ownerless),
                    missing=tuple(
                        ref for _, ref in batch if is_whole and ref.external_id not in there
                    ),
                    edited=tuple(one for one in engagements if one.edited_at is not None),
                    cost=looked_up.cost,
                    rest_until=self._api.rest_until,
                )
                if looked_up.wait is not None:
                    raise looked_up.wait

    def plan(self, query: Query, cursor: Cursor | None, *, limit: int) -> Plan:
        """The methods of a run; the first page of each."""
        del cursor, limit
        requests = tuple(
            f"GET /2.3{one.method}?site={one.params['site']}"
            + (f"&q={one.params['q']}" if "q" in one.params else "")
            for one in self._streams(query)
        )
        return Plan(requests, Cost(requests=len(requests)))

    def _streams(self, query: Query) -> list[_Stream]:
        site = site_of(query.scope) if query.scope else ""
        if not site:
            raise Misconfigured(
                "A manager must name a Stack Exchange site among the topic's communities, such as "
                "money.stackexchange.com."
            )
        if not self._by_search:
            return [
                _Stream(f"{site}:{what}", f"/{what}", {"site": site})
                for what in ("questions", "answers", "comments")
            ]
        return [
            _Stream(f"{site}:?{phrase}", "/search/advanced", {"site": site, "q": phrase}, (phrase,))
            for phrase in query.keywords
        ]

    def _read(
        self, stream: _Stream, following: str | None, place: _Place, purse: Purse, guards: Guards
    ) -> Iterator[Page]:
        now = self._clock()
        while True:
            wait = place.until.get(stream.method, 0.0)
            if self._clock() < wait:
                raise RateLimited(instant(wait), "Stack Exchange asked us to wait")
            known = place.since.get(stream.key)
            since = int(now - self._first) if known is None else known
            # The overlap is for what came late; within a sweep it would go round in circles.
            is_overlap = known is not None and not place.is_within
            began = since - _OVERLAP if is_overlap else since
            purse.ask(_ONE)
            answer = self._api.ask(stream.method, {
                **stream.params, "fromdate": began, "page": place.page, "sort": "creation",
                "order": "asc",
            })  # fmt: skip
            cost = self._api.take_cost()
            purse.pay(cost)
            listed = items_of(answer)
            items = [item for item in listed if _name(item) not in place.seen]
            engagements, deletions, malformed = map_items(items, stream.params["site"])
            last = max((int(i["creation_date"]) for i in listed if _is_int(i)), default=None)
            has_more = answer.get("has_more") is True and bool(listed)
            is_stuck = has_more and not is_overlap and last is not None and last <= began
            place = self._advance(place, stream, answer, listed, last, is_stuck=is_stuck)
            token = f"{stream.key} {place.since.get(stream.key)} {place.page}"
            # A server that does not heed the beginning would give the same page for ever.
            fresh = sum(1 for item in items if _is_int(item) and item["creation_date"] >= began)
            stop = guards.turn(token if has_more else None, items=fresh)
            gap = None
            if stop is not None and stop.is_fault and has_more:
                gap, has_more = Gap(instant(began), instant(now), stop.value), False
            if not has_more:
                place = msgspec.structs.replace(place, stream=following, is_within=False,
                                                seen=[], page=1)  # fmt: skip
            yield Page(
                engagements=engagements,
                deletions=deletions,
                cursor=write_place(place),
                exhausted=not has_more and following is None,
                gap=gap,
                cost=cost,
                malformed=malformed,
                seen=len(items),
                keywords=stream.keywords,
                rest_until=self._api.rest_until,
            )
            if answer.get("quota_remaining") == 0:
                raise OverBudget(_midnight(self._clock()), "Stack Exchange's quota is used up")
            if not has_more or stop is not None:
                return

    def _advance(
        self, place: _Place, stream: _Stream, answer: Mapping[str, Any],
        listed: Sequence[Mapping[str, Any]], last: int | None, *, is_stuck: bool,
    ) -> _Place:  # fmt: skip
        """Behind a page: on from its last second, or to its next page where one second fills it."""
        now = self._clock()
        until = {key: moment for key, moment in place.until.items() if moment > now}
        if backoff := backoff_of(answer):
            until[stream.method] = now + backoff
        reached = last if last is not None else int(now) - 3600
        before = place.since.get(stream.key, 0)
        reached = max(reached, before)
        seen = [_name(item) for item in listed if item.get("creation_date") == reached]
        if reached == before:
            seen = list(dict.fromkeys([*place.seen, *seen]))
        since = {**place.since, stream.key: reached}
        page = place.page + 1 if is_stuck else 1
        return _Place(since, until, stream.key, is_within=True, seen=seen, page=page)


def _name(item: Mapping[str, Any]) -> str:
    return str(item.get("comment_id", item.get("answer_id", item.get("question_id"))))


def _is_int(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("creation_date"), int)


def _midnight(seconds: float) -> datetime:
    """When the day's quota begins anew."""
    today = instant(seconds).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)
