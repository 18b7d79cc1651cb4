"""What a forum's search finds for each keyword, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from signals.collectors.contract import (
    Cost,
    Cursor,
    Engagement,
    Malformed,
    Page,
    Plan,
    Query,
    Ref,
)
from signals.collectors.discourse.posts import NETWORK, name_post, to_engagement
from signals.collectors.guards import Guards, Purse
from signals.collectors.http import HttpClient
from signals.collectors.instants import read_optional_iso
from signals.collectors.places import read_place, write_place

_ONE: Final = Cost(requests=1)
_GONE: Final = frozenset({403, 404, 410})
#: Posts asked for before they are handed on: a forum allows 50 requests in ten seconds, and what
#: was brought before it said stop must not be asked for again.
_CHUNK: Final = 20
_OVERLAP: Final = 900  # seconds: the index lags


class _Place(msgspec.Struct, omit_defaults=True):
    """Everything before ``since`` has been read; a sweep began at ``until``.

    ``done`` are the posts of the page being read that have been brought.
    """

    since: float
    until: float | None = None
    phrase: str | None = None
    page: int = 1
    done: list[int] = msgspec.field(default_factory=list)


class Search:
    """A search shows the first words of a post: each new one is asked for whole."""

    def __init__(
        self,
        client: HttpClient,
        *,
        clock: Callable[[], float],
        max_seconds: float,
        start_seconds: float,
    ) -> None:
        self._client = client
        self._clock = clock
        self._max_seconds = max_seconds
        self._start_seconds = start_seconds

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages of one keyword each; the last one of a sweep is marked exhausted."""
        place = read_place(cursor, _Place, name="Discourse")
        place = place or _Place(self._clock() - self._start_seconds)
        if place.until is None:
            place.until = self._clock()
        if place.phrase not in query.keywords:
            place.phrase, place.page, place.done = query.keywords[0], 1, []
        guards = Guards(clock=self._clock, max_seconds=self._max_seconds)
        purse = Purse(query.budget)
        brought: set[str] = set()
        while True:
            purse.ask(_ONE)
            since = datetime.fromtimestamp(place.since - _OVERLAP, UTC)
            asked = (place.phrase,) if place.phrase else ()
            posts, titles, more = self._ask(place, since)
            recent = [post for post in posts if _is_since(post, since)]
            fresh = [
                post
                for post in recent
                if (name := self._name(post)) not in brought
                and Ref(NETWORK, None, name) not in query.known
                and post.get("id") not in place.done
            ]
            brought.update(self._name(post) for post in fresh)
            chunks = [fresh[at : at + _CHUNK] for at in range(0, len(fresh), _CHUNK)] or [[]]
            for number, chunk in enumerate(chunks, 1):
                found, malformed = self._fetch(chunk, titles)
                place.done += [post["id"] for post in chunk if isinstance(post.get("id"), int)]
                is_over = False
                if number == len(chunks):
                    has_more = more and len(recent) == len(posts)
                    is_over = self._advance(place, query.keywords, more=has_more)
                if is_over:
                    place = _Place(since=place.until or place.since)
                limit -= len(found)
                cost = self._client.take_cost()
                purse.pay(cost)
                yield Page(
                    engagements=tuple(found),
                    cursor=write_place(place),
                    exhausted=is_over,
                    cost=cost,
                    malformed=tuple(malformed),
                    seen=len(chunk),
                    keywords=asked,
                )
                if is_over or limit <= 0:
                    return
            if guards.turn(f"{place.phrase} {place.page}", items=1):
                return

    def plan(self, query: Query) -> Plan:
        """One search for each keyword, and one request for each new post."""
        requests = tuple(
            f"{self._client.base_url}/search.json {_quoted(phrase)}" for phrase in query.keywords
        )
        return Plan(requests, Cost(requests=len(requests)), ("and one for each new post",))

    def _ask(
        self, place: _Place, since: datetime
    ) -> tuple[list[Mapping[str, Any]], dict[int, str], bool]:
        words = f"{_quoted(place.phrase or '')} after:{since:%Y-%m-%d} order:latest"
        answer = self._client.get_json("/search.json", {"q": words, "page": place.page}).data
        answer = answer if isinstance(answer, Mapping) else {}
        posts = [post for post in answer.get("posts") or () if isinstance(post, Mapping)]
        titles = {
            topic["id"]: topic["title"]
            for topic in answer.get("topics") or ()
            if isinstance(topic, Mapping) and isinstance(topic.get("title"), str)
        }
        grouped = answer.get("grouped_search_result")
        more = isinstance(grouped, Mapping) and bool(grouped.get("more_full_page_results"))
        return posts, titles, more and bool(posts)

    def _fetch(
        self, posts: Sequence[Mapping[str, Any]], titles: Mapping[int, str]
    ) -> tuple[list[Engagement], list[Malformed]]:
        found: list[Engagement] = []
        malformed: list[Malformed] = []
        for post in posts:
            whole = self._client.get_json(f"/posts/{post.get('id')}.json", accept=_GONE)
            if whole.status in _GONE:
                continue
            try:
                outcome = to_engagement(
                    whole.data,
                    site=self._client.base_url,
                    title=titles.get(post.get("topic_id", 0)),
                )
            except Malformed as error:
                malformed.append(error)
                continue
            if isinstance(outcome, Engagement):
                found.append(outcome)
        return found, malformed

    def _name(self, post: Mapping[str, Any]) -> str:
        return name_post(self._client.base_url, post.get("topic_id", 0), post.get("post_number", 1))

    @staticmethod
    def _advance(place: _Place, phrases: Sequence[str], *, more: bool) -> bool:
        """Move on; whether the sweep is over."""
        place.done = []
        if more:
            place.page += 1
            return False
        after = phrases.index(place.phrase or "") + 1
        place.page = 1
        if after >= len(phrases):
            return True
        place.phrase = phrases[after]
        return False


def _is_since(post: Mapping[str, Any], since: datetime) -> bool:
    written = read_optional_iso(post.get("created_at"))
    return written is None or written >= since


def _quoted(phrase: str) -> str:
    return '"' + " ".join(phrase.replace('"', " ").split()) + '"'
