"""The API of Stack Exchange: one method asked for, and what its answers and errors mean."""

from __future__ import annotations

import re
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


@dataclass(frozen=True, slots=True)
class StackApi:
    """Asks methods of version 2.3 through ``client``, which holds the key."""

    client: HttpClient
    clock: Callable[[], float]

    def take_cost(self) -> Cost:
        """The requests made since this was last asked."""
        return self.client.take_cost()

    def read_all(self, path: str, site: str, purse: Purse) -> tuple[list[Mapping[str, Any]], Cost]:
        """Every page of a look-up by ids."""
        items: list[Mapping[str, Any]] = []
        total = Cost()
        guards = Guards(clock=self.clock, max_seconds=_ALL_SECONDS, max_pages=_MAX_PAGES)
        page = 1
        while True:
            purse.ask(_ONE)
            answer = self.ask(path, {"site": site, "page": page, "sort": "creation"})
            cost = self.client.take_cost()
            purse.pay(cost)
            total += cost
            found = items_of(answer)
            items += found
            page += 1
            if answer.get("has_more") is not True or guards.turn(str(page), items=len(found)):
                return items, total

    def ask(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """One answer of a method, with the bodies of its items. Raises the contract's errors."""
        answer = self.client.get_json(
            f"/2.3{method}", {**params, "pagesize": PAGE, "filter": "withbody"},
            accept=frozenset({400}),
        )  # fmt: skip
        if not isinstance(answer.data, Mapping):
            raise Unavailable("Stack Exchange answered something that is no page")
        if answer.status == 400 or "error_id" in answer.data:
            raise self._fault(answer.data)
        return answer.data

    def _fault(self, data: Mapping[str, Any]) -> CollectorError:
        """Every error of the API is a 400; what it means stands in its body."""
        number, said = data.get("error_id"), str(data.get("error_name", ""))[:80]
        if number == _THROTTLED:
            found = _SECONDS.search(str(data.get("error_message", "")))
            wait = self.clock() + float(found[1]) if found else None
            return RateLimited(None if wait is None else instant(wait), "Stack Exchange: slow down")
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


def items_of(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The items of an answer."""
    items = answer.get("items")
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def instant(seconds: float) -> datetime:
    """Seconds since 1970 as aware UTC."""
    return datetime.fromtimestamp(seconds, UTC)
