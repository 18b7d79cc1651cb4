"""Reads one feed, and only when it changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import ClassVar, Final

import msgspec

from signals.collectors.bodies import Answer
from signals.collectors.contract import (
    Cost,
    Cursor,
    Engagement,
    Gap,
    Misconfigured,
    Page,
    Plan,
    Query,
    Unavailable,
)
from signals.collectors.guards import Purse
from signals.collectors.http import HttpClient
from signals.collectors.places import read_place, write_place
from signals.collectors.rss.entries import NETWORK, to_engagements

_PAGE: Final = 100
#: Entries of one document that are looked at; a feed names its newest first.
_MOST: Final = 2_000
_ACCEPT: Final = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
_ONE: Final = Cost(requests=1)


class _Place(msgspec.Struct, omit_defaults=True):
    """What the feed said of itself, and the entries of its last document that were brought.

    ``moved`` is where it moved to for good from ``url``. ``etag`` and ``modified`` are only kept
    once the whole document has been brought.
    """

    url: str
    moved: str | None = None
    etag: str | None = None
    modified: str | None = None
    seen: list[str] = msgspec.field(default_factory=list)


class RssCollector:
    """Brings the entries of a feed that were not there before, oldest first.

    The feed is the scope, else ``url``. It is asked with ``If-None-Match`` and
    ``If-Modified-Since``; a permanent redirect is followed at once from then on; 404 and 410 raise
    ``Gone``. The client must allow other hosts, since feeds move.
    """

    network: ClassVar[str] = NETWORK

    def __init__(self, client: HttpClient, *, clock: Callable[[], float], url: str = "") -> None:
        self._url_of_source = url
        self._client = client
        self._clock = clock

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """The new entries; the last page is marked exhausted. No feed there: ``Unavailable``."""
        url = self._url(query)
        place = read_place(cursor, _Place, name="RSS")
        if place is None or place.url != url:
            place = _Place(url)
        purse = Purse(query.budget)
        purse.ask(_ONE)
        headers = {"Accept": _ACCEPT, "If-None-Match": place.etag or "",
                   "If-Modified-Since": place.modified or ""}  # fmt: skip
        answer = self._client.get_bytes(
            place.moved or url, headers={name: value for name, value in headers.items() if value}
        )
        if answer.moved_to is not None:
            place.moved = answer.moved_to
        if answer.is_unchanged:
            yield Page((), write_place(place), exhausted=True, cost=self._client.take_cost())
            return
        yield from self._read(answer, place, query, limit)

    def plan(
        self,
        query: Query,
        cursor: Cursor | None,
        *,
        limit: int,  # noqa: ARG002 - the contract's; a feed comes in one piece
    ) -> Plan:
        """One request for the document."""
        place = read_place(cursor, _Place, name="RSS")
        known = place is not None and (place.etag or place.modified)
        return Plan(
            (self._url(query),),
            _ONE,
            ("only if it changed since",) if known else (),
        )

    def _url(self, query: Query) -> str:
        for address in (query.scope, self._url_of_source):
            if address.startswith(("https://", "http://")):
                return address
        raise Misconfigured("An administrator must name the feed's address as the source's scope.")

    def _read(self, answer: Answer, place: _Place, query: Query, limit: int) -> Iterator[Page]:
        feed = to_engagements(
            answer.body,
            feed_url=place.url,  # its first address: names outlive a move
            seen_at=datetime.fromtimestamp(self._clock(), UTC),
            content_type=answer.headers.get("content-type", ""),
        )
        if not feed.understood:
            raise Unavailable(f"{self._client.name} answered with something that is no feed")
        entries = feed.engagements[:_MOST]
        digests = {_digest(entry): entry for entry in entries}
        before = set(place.seen)
        fresh = [
            (digest, entry)
            for digest, entry in reversed(digests.items())
            if digest not in before and entry.ref not in query.known
        ]
        fresh.sort(key=lambda pair: pair[1].occurred_at)
        # What left the document cannot come back as new: its name need not be kept.
        place.seen = [digest for digest in place.seen if digest in digests]
        place.etag = place.modified = None
        kept, left = fresh[: max(limit, 0)], len(fresh) > limit
        gap = None
        if len(feed.engagements) > _MOST:
            gap = Gap(None, None, f"the feed holds more than {_MOST:,} entries: the rest is left")
        pages = [kept[at : at + _PAGE] for at in range(0, len(kept), _PAGE)] or [[]]
        for number, page in enumerate(pages, 1):
            place.seen += [digest for digest, _ in page]
            is_last = number == len(pages)
            if is_last and not left:
                place.etag = answer.headers.get("etag")
                place.modified = answer.headers.get("last-modified")
                place.seen = list(digests)
            yield Page(
                engagements=tuple(entry for _, entry in page),
                cursor=write_place(place),
                exhausted=is_last and not left,
                gap=gap if number == 1 else None,
                cost=self._client.take_cost(),
                malformed=tuple(feed.malformed) if number == 1 else (),
                seen=len(page) + (len(feed.malformed) if number == 1 else 0),
            )


def _digest(entry: Engagement) -> str:
    name = entry.external_id.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(name, digest_size=8).hexdigest()
