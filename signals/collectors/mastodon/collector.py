"""Reads tag timelines of one server, forwards from where it stopped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import msgspec

from signals.collectors.bodies import Answer
from signals.collectors.contract import (
    Budget,
    Cost,
    Cursor,
    Forbidden,
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
from signals.collectors.http import HttpClient
from signals.collectors.instants import read_optional_iso
from signals.collectors.mastodon.links import read_links
from signals.collectors.mastodon.reactions import Reactions
from signals.collectors.mastodon.statuses import NETWORK, to_engagements
from signals.collectors.places import read_place, write_place

#: Tags of one request: the path's and three more; a fifth is silently dropped (mastodon#39719).
TAGS: Final = 4
_LIMIT: Final = 40
_ONE: Final = Cost(requests=1)
_REFUSALS: Final = frozenset({401, 422})
_NOT_IN_TAGS: Final = re.compile(r"[^\w]+")


class _Group(msgspec.Struct, omit_defaults=True):
    """Where one group of tags stands: ``newest`` is read, ``older`` is where going back goes on."""

    newest: str | None = None
    older: str | None = None
    started: bool = False


class _Place(msgspec.Struct, omit_defaults=True):
    groups: dict[str, _Group] = msgspec.field(default_factory=dict)
    at: str | None = None  # the group a run was broken off in


class MastodonCollector:
    """Brings the statuses of a server's tag timelines, and who answered, favourited or boosted.

    ``client`` asks one server; reactions are asked for at the author's own, which alone knows them
    all. The tags are the scope's, else the topic's communities, else its keywords written as tags;
    a scope ``#tag@server`` asks that server instead.
    The first sweep goes back ``start_seconds``; every later one goes forward by ``min_id`` from the
    newest status read, so that nothing is skipped however much was said meanwhile. Ids have the
    shape the server gives them. ``has_token`` changes only what an administrator is told.
    """

    network: ClassVar[str] = NETWORK

    def __init__(
        self,
        client: HttpClient,
        *,
        clock: Callable[[], float],
        max_seconds: float,
        has_token: bool = False,
        start_seconds: float = 7 * 86_400,
    ) -> None:
        self._client = client
        self._clock = clock
        self._max_seconds = max_seconds
        self._has_token = has_token
        self._start_seconds = start_seconds
        self._reactions = Reactions(client, clock=clock)

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages of one group of tags each; the last one of a sweep is marked exhausted."""
        tags = _tags(query)
        site = self._site(query)
        groups = [tags[at : at + TAGS] for at in _steps(tags)]
        if not groups:
            raise Misconfigured(
                "A manager must name a tag for Mastodon: as the source's scope, as a community of "
                "the topic, or as a keyword."
            )
        place = read_place(cursor, _Place, name="Mastodon") or _Place()
        names = [",".join(group) for group in groups]
        place.groups = {name: place.groups.get(name, _Group()) for name in names}
        first = names.index(place.at) if place.at in names else 0
        guards = Guards(clock=self._clock, max_seconds=self._max_seconds)
        purse = Purse(query.budget)
        while first < len(groups):
            group = place.groups[names[first]]
            purse.ask(_ONE)
            page, is_last = self._read(site, groups[first], group, query, min(limit, _LIMIT))
            purse.pay(page.cost)
            limit -= len(page.engagements)
            token = f"{names[first]} {group.older} {group.newest}"
            stop = guards.turn(None if is_last else token, items=1 if is_last else page.seen)
            if stop is not None and stop.is_fault and not is_last:
                page = replace(page, gap=Gap(None, None, stop.value))
                group.older, is_last = None, True
            first += is_last
            is_over = first >= len(groups)
            place.at = None if is_over else names[first]
            yield replace(page, cursor=write_place(place), exhausted=is_over)
            if is_over or limit <= 0 or (stop is not None and not stop.is_fault):
                return

    def reread(self, targets: Sequence[Target], query: Query, *, limit: int) -> Iterator[Page]:
        """Replies, favourites and boosts of each target, from its author's own server."""
        for target in targets:
            if limit <= 0:
                return
            page = self._reactions.read(target, query, limit)
            limit -= len(page.engagements)
            yield page

    def recheck(self, refs: Sequence[Ref], *, budget: Budget) -> Iterator[Recheck]:
        """Asks each author's own server: 404 and 410 are deletions, a refusal is no answer."""
        yield from self._reactions.recheck(refs, budget)

    def plan(
        self,
        query: Query,
        cursor: Cursor | None,  # noqa: ARG002 - the contract's; where it stands costs the same
        *,
        limit: int,
    ) -> Plan:
        """One request for each four tags, and one more for each 40 statuses."""
        tags = _tags(query)
        requests = tuple(
            f"{self._site(query)}/api/v1/timelines/tag/{tags[at]}"
            + "".join(f" or {tag}" for tag in tags[at + 1 : at + TAGS])
            for at in _steps(tags)
        )
        return Plan(requests, Cost(requests=len(requests) + limit // _LIMIT))

    def _site(self, query: Query) -> str:
        """The server to ask: the scope's, else the source's."""
        base = self._client.base_url
        host = query.scope.partition("@")[2]
        return f"{urlsplit(base).scheme}://{host.lower()}" if host else base

    def _read(
        self, site: str, tags: Sequence[str], group: _Group, query: Query, count: int
    ) -> tuple[Page, bool]:
        """One page of a group; moves the group on and says whether it was the last."""
        going_back = not group.started or group.older is not None
        where = {"max_id": group.older} if going_back else {"min_id": group.newest}
        answer = self._client.get_json(
            f"{site}/api/v1/timelines/tag/{tags[0]}",
            {"any[]": list(tags[1:]) or None, "limit": max(1, count), **where},
            accept=_REFUSALS,
        )
        self._refuse(answer, site)
        statuses = answer.data if isinstance(answer.data, list) else []
        if not statuses and not group.started:
            self._explain_silence(site)
        mapped = to_engagements(answer.data, site=site)
        links = read_links(answer.headers)
        if going_back:
            is_last = self._go_back(group, statuses, links)
        else:
            newest = links.get("prev", {}).get("min_id") or _first_id(statuses)
            is_last = not statuses or newest == group.newest
            group.newest = newest or group.newest
        fresh = [one for one in mapped.engagements if query.wants(one)]
        page = Page(
            engagements=tuple(fresh),
            cursor=Cursor(""),
            cost=self._client.take_cost(),
            malformed=tuple(mapped.malformed),
            seen=len(statuses),
        )
        return page, is_last

    def _go_back(
        self, group: _Group, statuses: Sequence[Any], links: Mapping[str, Mapping[str, str]]
    ) -> bool:
        if not group.started:
            group.started = True
            group.newest = links.get("prev", {}).get("min_id") or _first_id(statuses)
        oldest = _time(statuses[-1]) if statuses else None
        enough = oldest is not None and oldest < self._clock() - self._start_seconds
        group.older = links.get("next", {}).get("max_id")
        if not statuses or enough:  # the same place again is a fault: the guards see it
            group.older = None
        if group.newest is None:  # nothing said yet: begin anew next time
            group.started = False
        return group.older is None

    def _refuse(self, answer: Answer, server: str) -> None:
        if answer.status not in _REFUSALS:
            return
        if server != self._client.base_url:
            raise Forbidden(
                f"A manager must choose another server than {server} for this tag, or an "
                f"administrator must make it a source of its own with a token: it shows tags to "
                f"members only ({answer.status})."
            )
        if self._has_token:
            raise Misconfigured(
                f"An administrator must renew WARMLIST_SECRETS__MASTODON__TOKEN: {server} does "
                f"not accept it ({answer.status})."
            )
        raise Misconfigured(
            f"An administrator must create an access token with read:statuses at {server} and set "
            f"WARMLIST_SECRETS__MASTODON__TOKEN: it shows tags to members only ({answer.status})."
        )

    def _explain_silence(self, server: str) -> None:
        """An empty timeline may mean that the server shows none: ask before believing it."""
        answer = self._client.get_json(
            f"{server}/api/v2/instance", accept=frozenset({401, 403, 404, 422})
        )
        access = answer.data
        for key in ("configuration", "timelines_access", "hashtag_feeds"):
            access = access.get(key) if isinstance(access, Mapping) else None
        if not isinstance(access, Mapping):
            return
        shown = {value for value in access.values() if isinstance(value, str)}
        if shown and shown <= {"disabled"}:
            raise Misconfigured(
                f"A manager must choose another server than {server}: it has "
                "switched its tag timelines off."
            )
        if shown and shown <= {"disabled", "authenticated"} and not self._has_token:
            raise Misconfigured(
                f"An administrator must set WARMLIST_SECRETS__MASTODON__TOKEN for "
                f"{server}: it shows tags to members only."
            )


def _tags(query: Query) -> list[str]:
    """The tags to read, without ``#``, each once, in order."""
    scope = query.scope.partition("@")[0]
    named = scope.split(",") if scope else query.communities or query.keywords
    tags = (_NOT_IN_TAGS.sub("", name).lower() for name in named)
    return list(dict.fromkeys(tag for tag in tags if tag and not tag.isdecimal()))


def _steps(tags: Sequence[str]) -> range:
    return range(0, len(tags), TAGS)


def _first_id(statuses: Sequence[Any]) -> str | None:
    first = statuses[0] if statuses else None
    return str(first["id"]) if isinstance(first, Mapping) and "id" in first else None


def _time(status: Any) -> float | None:
    written = read_optional_iso(status.get("created_at")) if isinstance(status, Mapping) else None
    return None if written is None else written.timestamp()
