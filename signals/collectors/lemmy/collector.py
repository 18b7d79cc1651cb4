"""Reads a Lemmy server's posts and comments, newest first, of one community or by keyword."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import msgspec

from signals.collectors.contract import (
    Budget,
    CollectorError,
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
from signals.collectors.guards import Guards, Purse
from signals.collectors.http import HttpClient
from signals.collectors.lemmy.api import Api, Listed
from signals.collectors.lemmy.views import NETWORK, to_engagement
from signals.collectors.places import read_place, write_place
from signals.collectors.stored import Standing, changed, page_about, recheck_each

_ONE: Final = Cost(requests=1)
_WHATS: Final = ("posts", "comments")
_NAME: Final = re.compile(r"^(https?://[^/]+)/(post|comment)/(\d+)$")
_NO_SUCH: Final = frozenset({400, 404, 410})
_REFUSED: Final = frozenset({401, 403})
_PAGES: Final = 20  # of one target's comments


class _Place(msgspec.Struct, omit_defaults=True):
    """Everything before ``since`` has been read; a sweep began at ``until``.

    ``feed`` is the list being read (``posts``, or ``comments:index fund`` for a keyword), ``page``
    where it goes on. ``api`` is the version the server spoke.
    """

    since: float
    until: float | None = None
    feed: str | None = None
    page: str | None = None
    api: int | None = None


class LemmyCollector:
    """Brings posts and comments, and the comments below stored ones.

    The scope is a community (``money`` or ``money@far.example``): all of it is read. Without one
    the server is searched for each keyword, and without keywords read whole. Pages move while they
    are read, so a sweep may bring a thing twice and loses none. ``overlap_seconds`` before the last
    sweep are read again. The first one goes back ``start_seconds``.
    """

    network: ClassVar[str] = NETWORK

    def __init__(
        self,
        client: HttpClient,
        *,
        clock: Callable[[], float],
        max_seconds: float,
        start_seconds: float = 7 * 86_400,
        overlap_seconds: float = 900,
    ) -> None:
        self._client = client
        self._clock = clock
        self._max_seconds = max_seconds
        self._start_seconds = start_seconds
        self._overlap_seconds = overlap_seconds
        self._silent: set[str] = set()  # servers of others that are asked no more in this run

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages of one list each; the last one of a sweep is marked exhausted."""
        feeds = _feeds(query)
        place = read_place(cursor, _Place, name="Lemmy")
        place = place or _Place(self._clock() - self._start_seconds)
        if place.until is None:
            place.until = self._clock()
        if place.feed not in feeds:
            place.feed, place.page = feeds[0], None
        api = Api(self._client, place.api)
        guards = Guards(clock=self._clock, max_seconds=self._max_seconds)
        purse = Purse(query.budget)
        brought: set[str] = set()
        while True:
            purse.ask(_ONE)
            since = datetime.fromtimestamp(place.since - self._overlap_seconds, UTC)
            what, _, words = (place.feed or "").partition(":")
            community = query.scope.removeprefix("!") or None
            listed = api.list(what, place.page, search_term=words or None, community_name=community)
            found, deletions, malformed = self._map(listed.items, since)
            gone = {ref.external_id for ref in deletions}
            new = [one for one in found if one.external_id not in brought]
            fresh = [one for one in new if query.wants(one)]
            is_over = self._advance(place, listed, feeds, since)
            # A server that gives the same page for ever gives nothing new: that counts as empty.
            stop = guards.turn(f"{place.feed} {place.page}", items=len(new) + len(gone - brought))
            gap = None
            if stop is not None and stop.is_fault and not is_over:
                gap = Gap(None, since, stop.value)
                is_over = not self._leave(place, feeds)
            brought |= {one.external_id for one in new} | gone
            place.api = api.version
            if is_over:
                place = _Place(since=place.until or place.since, api=api.version)
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
                seen=len(listed.items),
                keywords=(words,) if words else (),
            )
            if is_over or limit <= 0 or (stop is not None and not stop.is_fault):
                return

    def reread(self, targets: Sequence[Target], query: Query, *, limit: int) -> Iterator[Page]:
        """The comments below each target. Who voted is for administrators alone."""
        for target in targets:
            if limit <= 0:
                return
            found: list[Engagement] = []
            gone: list[Ref] = []
            malformed: list[Malformed] = []
            for listed in self._below(target):
                more, deleted, bad = self._map(listed.items, None)
                gone += deleted
                malformed += bad
                found += [one for one in more if query.wants(one)]
                if len(found) >= limit:
                    break
            limit -= len(found)
            yield page_about(
                target, found, client=self._client, deletions=gone, malformed=malformed,
                seen=len(found) + len(gone) + len(malformed),
            )  # fmt: skip

    def recheck(self, refs: Sequence[Ref], *, budget: Budget) -> Iterator[Recheck]:
        """Asks the server a post or comment belongs to; missing, deleted and removed ones are gone.

        What does not stand at a Lemmy server gets no answer, nor what stands at another's that is
        down, moved, or asks us to wait: its trouble is not that of the server the source names.
        """
        return recheck_each(
            refs, self._ask_again, client=self._client, purse=Purse(budget),
            is_ours=lambda ref: _NAME.match(ref.external_id) is not None,
        )  # fmt: skip

    def _ask_again(self, ref: Ref) -> Standing | None:
        place = _NAME.match(ref.external_id)
        if place is None or place[1] in self._silent:
            return None
        try:
            outcome = self._ask_one(place[1], place[2], place[3])
        except CollectorError:
            if place[1] == self._client.base_url:
                raise
            self._silent.add(place[1])
            return None
        if outcome is None:
            return None
        if isinstance(outcome, Ref):
            return Standing(is_gone=True)
        return Standing(edited=changed(outcome))

    def plan(
        self,
        query: Query,
        cursor: Cursor | None,  # noqa: ARG002 - the contract's; where it stands costs the same
        *,
        limit: int,
    ) -> Plan:
        """One request for each list, and one more for each 50 things."""
        requests = tuple(f"{self._client.base_url} {feed} {query.scope}" for feed in _feeds(query))
        return Plan(requests, Cost(requests=len(requests) + limit // 50))

    def _advance(
        self, place: _Place, listed: Listed, feeds: Sequence[str], since: datetime
    ) -> bool:
        """Move on behind a page; whether the sweep is over."""
        times = [moment for item in listed.items if (moment := self._time(item)) is not None]
        passed = bool(times) and min(times) < since
        if listed.next_page is not None and not passed and listed.next_page != place.page:
            place.page = listed.next_page
            return False
        return not self._leave(place, feeds)

    @staticmethod
    def _leave(place: _Place, feeds: Sequence[str]) -> bool:
        """Go on with the next list; whether there is one."""
        after = list(feeds).index(place.feed or "") + 1
        place.page = None
        if after < len(feeds):
            place.feed = feeds[after]
        return after < len(feeds)

    def _time(self, item: Any) -> datetime | None:
        """When it was written; ``None`` for what is pinned to the top whatever its age."""
        post = item.get("post") if isinstance(item, Mapping) else None
        if not isinstance(post, Mapping) or (
            "comment" not in item and (post.get("featured_community") or post.get("featured_local"))
        ):
            return None
        try:
            outcome = to_engagement(item, site=self._client.base_url)
        except Malformed:
            return None
        return outcome.occurred_at if isinstance(outcome, Engagement) else None

    def _map(
        self, items: Sequence[Any], since: datetime | None
    ) -> tuple[list[Engagement], list[Ref], list[Malformed]]:
        found: list[Engagement] = []
        gone: list[Ref] = []
        malformed: list[Malformed] = []
        for item in items:
            try:
                outcome = to_engagement(item, site=self._client.base_url)
            except Malformed as error:
                malformed.append(error)
                continue
            if isinstance(outcome, Ref):
                gone.append(outcome)
            elif since is None or outcome.occurred_at >= since:
                found.append(outcome)
        return found, gone, malformed

    def _below(self, target: Target) -> Iterator[Listed]:
        place = _NAME.match(target.record_ref or target.ref.external_id)
        if place is None or place[1] != self._client.base_url:
            return  # its number here is not known
        api = Api(self._client)
        filters = {"post_id" if place[2] == "post" else "parent_id": int(place[3])}
        page: str | None = None
        for _ in range(_PAGES):
            listed = api.list("comments", page, **filters)
            yield listed
            if listed.next_page is None or listed.next_page == page:
                return
            page = listed.next_page

    def _ask_one(self, site: str, what: str, number: str) -> Engagement | Ref | None:
        for version in (4, 3):
            answer = self._client.get_json(
                f"{site}/api/v{version}/{what}",
                {"id": number},
                accept=_NO_SUCH | _REFUSED,
            )
            data = answer.data
            if answer.status in _REFUSED:
                return None
            if answer.status in _NO_SUCH:
                said = str(data.get("error")) if isinstance(data, Mapping) else ""
                if "find" in said or "not_found" in said:  # couldnt_find_post; not a missing path
                    return Ref(NETWORK, None, f"{site}/{what}/{number}")
                continue
            view = data.get(f"{what}_view") if isinstance(data, Mapping) else None
            try:
                return to_engagement(view, site=site)
            except Malformed:
                return None
        return None


def _feeds(query: Query) -> tuple[str, ...]:
    if query.scope or not query.keywords:
        return _WHATS
    return tuple(f"{what}:{phrase}" for phrase in query.keywords for what in _WHATS)
