"""YouTube: videos a search or a channel brings, and the comments below them, newest first.

Scope: a channel's id (``UC…``): its uploads and the comments on all its videos, a unit for each
page. Empty: the topic's phrases are searched for every few hours, since a day holds a hundred
searches for the whole key, and the new comments of the videos found are read with every run.
Likes have no names on YouTube. Stored data must be refreshed or deleted within 30 days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import msgspec

from signals.collectors.contract import (
    Budget,
    Cost,
    Cursor,
    Gap,
    Gone,
    Kind,
    Malformed,
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
from signals.collectors.places import read_place, write_place
from signals.collectors.youtube.api import CommentsDisabled, TokenExpired, YouTubeApi
from signals.collectors.youtube.place import LATE, Place, drop, enter, finish, turn, watch
from signals.collectors.youtube.resources import NETWORK, to_upload, to_video
from signals.collectors.youtube.stored import read_below, recheck_ids
from signals.collectors.youtube.threads import (
    COMMENTS,
    Found,
    items_of,
    read_threads,
    token_of,
)

_MAX_SEARCH: Final = 400
_FOUND_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class _Stream:
    """One list; ``what`` is the API's name for it."""

    key: str
    what: str
    params: Mapping[str, Any]
    keywords: tuple[str, ...] = ()
    video: str | None = None


class YouTubeCollector:
    """Collects, re-reads and re-checks; ``api`` is bound to the API's address with its key."""

    network: ClassVar[str] = NETWORK

    def __init__(
        self,
        api: YouTubeApi,
        *,
        max_seconds: float,
        first_hours: float = 168.0,
        search_hours: float = 6.0,
    ) -> None:
        self._api = api
        self._max_seconds = max_seconds
        self._first = first_hours * 3600
        self._search_every = search_hours * 3600

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages of what brings videos, then of comments; see ``Collector``."""
        place = read_place(cursor, Place, name="YouTube") or Place()
        self._api.begin(query.budget.used, place.spent)
        purse = Purse(query.budget)
        guards = Guards(clock=self._api.clock, max_seconds=self._max_seconds)
        waiting = self._streams(query, place)
        if any(stream.what == "search" for stream in waiting) and place.stream is None:
            place = msgspec.structs.replace(place, searched=self._api.clock())
        names = [stream.key for stream in waiting]
        if place.stream in names:
            waiting = waiting[names.index(place.stream) :]
        read = 0
        while waiting:
            stream = waiting.pop(0)
            for page in self._read(stream, waiting, place, purse, guards):
                place = msgspec.json.decode(page.cursor.value, type=Place)
                read += page.seen
                yield page
                if read >= limit or guards.is_over:
                    return
            if stream.what == "search":
                known = {one.key for one in waiting}
                waiting += [one for one in self._videos(place) if one.key not in known]

    def reread(self, targets: Sequence[Target], query: Query, *, limit: int) -> Iterator[Page]:
        """Comments below stored videos, replies to stored comments."""
        self._api.begin(query.budget.used)
        yield from read_below(self._api, targets, Purse(query.budget), limit=limit)

    def recheck(self, refs: Sequence[Ref], *, budget: Budget) -> Iterator[Recheck]:
        """What a list by ids leaves out is gone; fifty to a unit."""
        self._api.begin(budget.used)
        yield from recheck_ids(self._api, refs, Purse(budget))

    def plan(self, query: Query, cursor: Cursor | None, *, limit: int) -> Plan:
        """The lists of a run, one page each, and which bucket each is taken from."""
        del limit
        place = read_place(cursor, Place, name="YouTube") or Place()
        self._api.begin(query.budget.used, place.spent)
        streams = self._streams(query, place)
        searches = sum(1 for stream in streams if stream.what == "search")
        requests = tuple(
            f"GET /youtube/v3/{one.what}?"
            + "&".join(f"{key}={value}" for key, value in one.params.items() if key != "part")
            for one in streams
        )
        cost = Cost(
            len(streams), len(streams),
            by_resource={"search": searches, "unit": len(streams) - searches},
        )  # fmt: skip
        spent = self._api.spent
        taken = (
            f"today the key has taken {spent.searches} of {self._api.searches_a_day} searches and"
            f" {spent.units} of {self._api.units_a_day} units"
        )
        notes = (f"{searches} of the day's searches", taken) if searches else (taken,)
        return Plan(requests, cost, notes)

    def _streams(self, query: Query, place: Place) -> list[_Stream]:
        channel = query.scope.rstrip("/").rpartition("/")[2]
        if channel:
            return [
                _Stream(f"uploads:{channel}", "playlistItems",
                        {"playlistId": f"UU{channel.removeprefix('UC')}", "part": "snippet",
                         "maxResults": _FOUND_PAGE}),
                _Stream(f"channel:{channel}", "commentThreads",
                        {"allThreadsRelatedToChannelId": channel, **COMMENTS}),
            ]  # fmt: skip
        groups = group_phrases(query.keywords, max_length=_MAX_SEARCH, joiner="|")
        if not groups:
            topic = query.topic or "the topic"
            raise Misconfigured(f"A manager must give {topic} a keyword or a channel on YouTube.")
        searches = [
            _Stream(f"search:{hashlib.sha256(text.encode()).hexdigest()[:16]}", "search",
                    {"q": text, "part": "snippet", "type": "video", "order": "date",
                     "maxResults": _FOUND_PAGE}, keywords)
            for text, keywords in groups
        ]  # fmt: skip
        is_due = self._api.clock() - place.searched >= self._search_every
        is_within = any(stream.key == place.stream for stream in searches)
        due = searches if (is_due and self._api.may_search()) or is_within else []
        return [*due, *self._videos(place)]

    def _videos(self, place: Place) -> list[_Stream]:
        return [
            _Stream(f"video:{video}", "commentThreads", {"videoId": video, **COMMENTS}, (), video)
            for video in place.videos
        ]

    def _read(
        self, stream: _Stream, waiting: Sequence[_Stream], place: Place, purse: Purse,
        guards: Guards,
    ) -> Iterator[Page]:  # fmt: skip
        place = enter(place, stream.key)
        now = self._api.clock()
        known = place.since.get(stream.key)
        boundary = now - self._first if known is None else known
        while True:
            since = {"publishedAfter": _stamp(boundary)} if stream.what == "search" else {}
            try:
                answer, cost = self._api.ask(
                    stream.what, purse, pageToken=place.token, **stream.params, **since
                )
            except TokenExpired:
                if place.token is None:
                    raise
                place = msgspec.structs.replace(place, token=None, newest=0.0)
                continue
            except (CommentsDisabled, Gone) as error:
                if stream.video is None:
                    raise
                yield self._passed_over(stream.video, waiting, place, error)
                return
            found = self._map(stream, answer, purse)
            found.cost += cost
            if known is not None:
                found.leave_out_before(known - LATE)
            token = token_of(answer)
            newest = min(max([*found.times, now - LATE]), now)
            stop = guards.turn(f"{stream.key}:{token}" if token else None, items=found.seen)
            gap = None
            if found.times and found.times[-1] <= boundary:
                token = None
            elif token is not None and stop is not None and stop.is_fault:
                gap, token = Gap(_instant(boundary), _instant(now), stop.value), None
            if stream.what == "search":
                place = watch(place, [one.external_id for one in found.engagements])
            place = finish(place, newest) if token is None else turn(place, token, newest)
            following = waiting[0].key if waiting else None
            if token is None and following is not None:
                place = msgspec.structs.replace(place, stream=following)
            place = msgspec.structs.replace(place, spent=self._api.spent)
            is_last = token is None and not waiting and not (
                stream.what == "search" and place.videos
            )  # fmt: skip
            yield found.page(
                write_place(place), keywords=stream.keywords, gap=gap, exhausted=is_last
            )
            if token is None or stop is not None:
                return

    def _map(self, stream: _Stream, answer: Mapping[str, Any], purse: Purse) -> Found:
        if stream.what == "commentThreads":
            return read_threads(self._api, answer, purse)
        found = Found()
        to_post = to_video if stream.what == "search" else to_upload
        for item in items_of(answer):
            try:
                one = to_post(item)
            except Malformed as error:
                found.malformed.append(error)
                continue
            found.engagements.append(one)
            found.times.append(one.occurred_at.timestamp())
        return found

    def _passed_over(
        self, video: str, waiting: Sequence[_Stream], place: Place, error: Misconfigured
    ) -> Page:
        """A video without comments, or without itself: it is not asked for again."""
        place = drop(place, video)
        following = waiting[0].key if waiting else None
        place = msgspec.structs.replace(
            place, stream=following, token=None, newest=0.0, spent=self._api.spent
        )
        is_gone = isinstance(error, Gone)
        return Page(
            (), write_place(place),
            deletions=(Ref(NETWORK, Kind.POST, video),) if is_gone else (),
            exhausted=following is None, cost=Cost(1, 1, by_resource={"unit": 1}),
        )  # fmt: skip


def _stamp(seconds: float) -> str:
    return _instant(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
