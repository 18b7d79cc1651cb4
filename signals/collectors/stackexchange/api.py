"""The API of Stack Exchange: one method asked for, and what its answers and errors mean."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from signals.collectors.contract import (
    CollectorError,
    Cost,
    Engagement,
    Malformed,
    Misconfigured,
    RateLimited,
    Ref,
    Unavailable,
)
from signals.collectors.guards import Guards, Purse
from signals.collectors.http import HttpClient
from signals.collectors.stackexchange.posts import to_engagement

PAGE: Final = 100
_ONE: Final = Cost(requests=1)
_SECONDS: Final = re.compile(r"(\d{1,6}) seconds?")
_THROTTLED: Final = 502
_ACCESS: Final = frozenset({401, 402, 403, 405, 406})
_LATER: Final = frozenset({500, 503})
#: Pages of a look-up; beyond the 25th the API wants a user's token.
_MAX_PAGES: Final = 25
_ALL_SECONDS: Final = 120.0
_IDS: Final = re.compile(r"/[\d;]+(?=/|$)")
_EVERY: Final = "*"  # no method at all may be asked


class _Waits:
    """Until when which method of which address may not be asked; one for all of a process's runs.

    The network counts by key and address, not by what one of our collections reads. Pages carry the
    last of these times to where another process finds it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[tuple[str, str], float] = {}

    def note(self, base: str, method: str, until: float) -> None:
        with self._lock:
            self._until[base, method] = max(until, self._until.get((base, method), 0.0))

    def find(self, base: str, method: str, now: float) -> float | None:
        with self._lock:
            known = (self._until.get((base, name), 0.0) for name in (method, _EVERY))
            latest = max(known)
        return latest if latest > now else None

    def find_any(self, base: str, now: float) -> float | None:
        with self._lock:
            latest = max((at for (of, _), at in self._until.items() if of == base), default=0.0)
        return latest if latest > now else None


_waits: Final = _Waits()


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up brought; with ``wait`` it broke off, and what is missing says nothing."""

    items: list[Mapping[str, Any]]
    cost: Cost
    wait: RateLimited | None = None


@dataclass(frozen=True, slots=True)
class StackApi:
    """Asks methods of version 2.3 through ``client``, which holds the key."""

    client: HttpClient
    clock: Callable[[], float]

    def take_cost(self) -> Cost:
        """The requests made since this was last asked."""
        return self.client.take_cost()

    @property
    def rest_until(self) -> datetime | None:
        """Until when some method may not be asked."""
        until = _waits.find_any(self.client.base_url, self.clock())
        return None if until is None else instant(until)

    def read_all(self, path: str, site: str, purse: Purse) -> Found:
        """Every page of a look-up by ids, or those up to where the network asked us to wait."""
        items: list[Mapping[str, Any]] = []
        total = Cost()
        guards = Guards(clock=self.clock, max_seconds=_ALL_SECONDS, max_pages=_MAX_PAGES)
        page = 1
        while True:
            purse.ask(_ONE)
            try:
                answer = self.ask(path, {"site": site, "page": page, "sort": "creation"})
            except RateLimited as wait:
                return Found(items, total + self.client.take_cost(), wait)
            cost = self.client.take_cost()
            purse.pay(cost)
            total += cost
            found = items_of(answer)
            if found != answer.get("items"):
                raise Unavailable("Stack Exchange answered something that is no list")
            items += found
            page += 1
            if answer.get("has_more") is not True or guards.turn(str(page), items=len(found)):
                return Found(items, total)

    def ask(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """One answer of a method, with the bodies of its items. Raises the contract's errors.

        A method whose last answer, to whichever run, asked us to back off is not asked before.
        """
        name, base = _IDS.sub("/{}", method), self.client.base_url
        until = _waits.find(base, name, self.clock())
        if until is not None:
            raise RateLimited(instant(until), "Stack Exchange asked us to wait")
        answer = self.client.get_json(
            f"/2.3{method}", {**params, "pagesize": PAGE, "filter": "withbody"},
            accept=frozenset({400}),
        )  # fmt: skip
        if not isinstance(answer.data, Mapping):
            raise Unavailable("Stack Exchange answered something that is no page")
        if answer.status == 400 or "error_id" in answer.data:
            fault = self._fault(answer.data)
            if isinstance(fault, RateLimited) and fault.retry_at is not None:
                _waits.note(base, _EVERY, fault.retry_at.timestamp())
            raise fault
        seconds = backoff_of(answer.data)
        if seconds:
            _waits.note(base, name, self.clock() + seconds)
        return answer.data

    def _fault(self, data: Mapping[str, Any]) -> CollectorError:
        """Every error of the API is a 400; what it means stands in its body."""
        number, said = data.get("error_id"), str(data.get("error_name", ""))[:80]
        if number == _THROTTLED:
            found = _SECONDS.search(str(data.get("error_message", "")))
            wait = self.clock() + float(found[1]) if found else None
            until = None if wait is None else instant(wait)
            return RateLimited(until, "Stack Exchange: slow down", for_all=True)
        if number in _ACCESS:
            return Misconfigured(f"An administrator must renew the key of Stack Exchange ({said}).")
        if number in _LATER:
            return Unavailable(f"Stack Exchange cannot answer now ({said})")
        return Misconfigured(
            f"An administrator must correct the source of Stack Exchange ({said})."
        )


def map_items(
    items: Sequence[Mapping[str, Any]], site: str
) -> tuple[tuple[Engagement, ...], tuple[Ref, ...], tuple[Malformed, ...]]:
    """Items as engagements, what has no owner any more, and what could not be read."""
    engagements: list[Engagement] = []
    deletions: list[Ref] = []
    malformed: list[Malformed] = []
    for item in items:
        try:
            one = to_engagement(item, site=site)
        except Malformed as error:
            malformed.append(error)
            continue
        if isinstance(one, Ref):
            deletions.append(one)
        else:
            engagements.append(one)
    return tuple(engagements), tuple(deletions), tuple(malformed)


def batches_of(refs: Sequence[Ref]) -> Iterator[tuple[str, list[tuple[int, Ref]]]]:
    """Up to a hundred refs of one site each, with their numbers."""
    by_site: dict[str, list[tuple[int, Ref]]] = {}
    for ref in refs:
        site, _, number = ref.external_id.partition(":")
        digits = number.removeprefix("c")
        if digits.isdigit():
            by_site.setdefault(site, []).append((int(digits), ref))
    for site, known in by_site.items():
        for begin in range(0, len(known), PAGE):
            yield site, known[begin : begin + PAGE]


def backoff_of(answer: Mapping[str, Any]) -> float:
    """How long the method may not be asked, in seconds; 0 where an answer says nothing of it."""
    backoff = answer.get("backoff")
    if isinstance(backoff, bool) or not isinstance(backoff, int | float) or backoff <= 0:
        return 0.0
    return min(float(backoff), 86_400.0)


def items_of(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The items of an answer."""
    items = answer.get("items")
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def name_of(item: Mapping[str, Any], site: str) -> str | None:
    """The external id of an item, readable or not; ``None`` where it does not say."""
    for key, mark in (("comment_id", "c"), ("answer_id", ""), ("question_id", "")):
        number = item.get(key)
        if isinstance(number, int) and not isinstance(number, bool):
            return f"{site}:{mark}{number}"
    return None


def instant(seconds: float) -> datetime:
    """Seconds since 1970 as aware UTC."""
    return datetime.fromtimestamp(seconds, UTC)
