"""Who answered, favourited or boosted a status, and whether it still stands: at its own server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from signals.collectors.bodies import Answer
from signals.collectors.contract import (
    Budget,
    CollectorError,
    Engagement,
    Kind,
    Malformed,
    Page,
    Query,
    RateLimited,
    Recheck,
    Ref,
    Target,
    Whole,
)
from signals.collectors.guards import Guards, Purse
from signals.collectors.http import HttpClient
from signals.collectors.mastodon.links import find_home, read_links
from signals.collectors.mastodon.statuses import Mapped, to_engagements, to_reactions
from signals.collectors.stored import Standing, changed, page_about, recheck_each
from signals.collectors.trees import find_site

_GONE: Final = frozenset({404, 410})
_REFUSED: Final = frozenset({400, 401, 403, 422, 451})
_LISTS: Final = (
    ("favourited_by", "favourites_count", Kind.LIKE),
    ("reblogged_by", "reblogs_count", Kind.REPOST),
)
_PAGES: Final = 10  # of 80 accounts each, for one list of one status
_ACTIVITY: Final = {"Accept": "application/activity+json"}


class Reactions:
    """Asks any server of the fediverse; the token goes to the client's own alone.

    A server that is down or shows nothing to strangers is asked no more in this run: what the
    collector's own server knows of the status must do.
    """

    def __init__(self, client: HttpClient, *, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._silent: set[str] = set()

    def read(self, target: Target, query: Query, limit: int) -> Page:
        """Everything about one target as one page; 404 or 410 at home is a deletion."""
        found: dict[Ref, Engagement] = {}
        malformed: list[Malformed] = []
        deletions: tuple[Ref, ...] = ()
        whole: tuple[Whole, ...] = ()
        home = find_home(target.ref.external_id, target.url)
        for address in self._addresses(target):
            answer = self._ask(address)
            if answer is None:
                continue
            if answer.status in _GONE:
                if address == home and _is_said(answer):
                    deletions = (target.ref,)
                    break
                continue
            parts = list(self._around(address, answer.data, target, limit))
            if address == home:  # another server knows of some of them only
                whole = _find_whole(answer.data, parts, target)
            for _, mapped in parts:
                malformed += mapped.malformed
                for one in mapped.engagements:
                    if one.external_id != target.ref.external_id and query.wants(one):
                        found[one.ref] = one
            break
        page = page_about(
            target, tuple(found.values()), client=self._client, deletions=deletions,
            malformed=malformed,
        )  # fmt: skip
        return replace(page, whole=whole)

    def recheck(self, refs: Sequence[Ref], budget: Budget) -> Iterator[Recheck]:
        """Whether each status still stands; an edited one comes back with its new words."""
        return recheck_each(
            refs, self._ask_again, client=self._client, purse=Purse(budget),
            is_ours=lambda ref: ref.external_id.startswith("http"),
        )  # fmt: skip

    def _ask_again(self, ref: Ref) -> Standing | None:
        home = find_home(ref.external_id)
        answer = self._ask(home or ref.external_id, None if home else _ACTIVITY)
        if answer is None:
            return None
        if answer.status in _GONE or _is_tombstone(answer.data):
            said = answer.status not in _GONE or _is_said(answer)
            return Standing(is_gone=said, is_missing=not said)
        if home is None:
            return Standing()
        site = find_site(home, default=self._client.base_url)
        now = to_engagements([answer.data], site=site).engagements
        return Standing(edited=next((one for one in now if one.ref == ref and changed(one)), None))

    def _addresses(self, target: Target) -> list[str]:
        home = find_home(target.ref.external_id, target.url)
        ours = target.record_ref
        listed = [home, ours if ours and "/api/v1/statuses/" in ours else None]
        return list(dict.fromkeys(address for address in listed if address))

    def _around(
        self, address: str, status: Any, target: Target, limit: int
    ) -> Iterator[tuple[Kind | None, Mapped]]:
        """What each list brought, with the kind of those that hold reactions."""
        site = find_site(address, default=self._client.base_url)
        own_id = address.rpartition("/")[2]
        name = target.ref.external_id
        context = self._ask(f"{address}/context")
        if context is not None and isinstance(context.data, Mapping):
            below = context.data.get("descendants")
            yield None, to_engagements(below or [], site=site, names={own_id: name})
        seen_at = datetime.fromtimestamp(self._clock(), UTC)
        counts = status if isinstance(status, Mapping) else {}
        for path, count, kind in _LISTS:
            if counts.get(count) == 0 and kind not in target.stored_kinds:
                continue
            for accounts in self._pages(f"{address}/{path}", limit):
                read = to_reactions(accounts, site=site, kind=kind, target=name, seen_at=seen_at)
                yield kind, read
        if counts.get("quotes_count"):  # since Mastodon 4.5, to members only
            for statuses in self._pages(f"{address}/quotes", limit):
                yield None, to_engagements(statuses, site=site)

    def _pages(self, address: str, limit: int) -> Iterator[list[Any]]:
        params: Mapping[str, str] = {"limit": "80"}
        guards = Guards(clock=self._clock, max_seconds=60, max_pages=_PAGES)
        while limit > 0:
            answer = self._ask(address, params=params)
            if answer is None or not isinstance(answer.data, list):
                return
            yield answer.data
            limit -= len(answer.data)
            params = read_links(answer.headers).get("next", {})
            token = params.get("max_id")
            if token is None or guards.turn(token, items=len(answer.data)):
                return
            params = {"limit": "80", "max_id": token}

    def _ask(
        self,
        address: str,
        headers: Mapping[str, str] | None = None,
        *,
        params: Mapping[str, str] | None = None,
    ) -> Answer | None:
        """An answer, 404 and 410 included; ``None`` where the server gives none to us."""
        site = find_site(address, default="")
        if site in self._silent:
            return None
        try:
            answer = self._client.get_json(
                address, params or {}, headers=headers, accept=_GONE | _REFUSED
            )
        except CollectorError as error:
            if isinstance(error, RateLimited) and site == self._client.base_url:
                raise
            self._silent.add(site)  # another's server: its trouble is not ours to wait for
            return None
        return None if answer.status in _REFUSED else answer


def _find_whole(
    status: Any, parts: Sequence[tuple[Kind | None, Mapped]], target: Target
) -> tuple[Whole, ...]:
    """Of which kinds all reactions were read: as many different ones as the server counts.

    A count of zero alone says nothing: the list must have been there.
    """
    counts = status if isinstance(status, Mapping) else {}
    read = [one for _, part in parts for one in part.engagements]
    listed = {kind for kind, _ in parts}
    found = []
    for _, count, kind in _LISTS:
        names = frozenset(one.external_id for one in read if one.kind is kind)
        if kind in listed and counts.get(count) == len(names):
            found.append(Whole(target.ref, kind, names))
    return tuple(found)


def _is_said(answer: Answer) -> bool:
    """Whether the server itself says so: one that was moved or broke shows a web page for a 404."""
    return answer.status != 404 or isinstance(answer.data, Mapping)


def _is_tombstone(document: Any) -> bool:
    return isinstance(document, Mapping) and document.get("type") == "Tombstone"
