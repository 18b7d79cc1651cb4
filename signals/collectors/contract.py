"""What a collector brings and what it may raise. No SQL, no environment, no sleeping."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Protocol


class Kind(enum.StrEnum):
    """What somebody did."""

    POST = "post"
    COMMENT = "comment"
    LIKE = "like"
    REPOST = "repost"
    QUOTE = "quote"
    FOLLOW = "follow"
    CLICK = "click"


#: Kinds without words of their own: they count through their target.
WORDLESS_KINDS: frozenset[Kind] = frozenset({Kind.LIKE, Kind.REPOST, Kind.FOLLOW, Kind.CLICK})


class Flag(enum.StrEnum):
    """What the network says about an author or a post that policy must know."""

    BOT = "bot"
    NO_INDEX = "noindex"
    NO_BOT = "nobot"
    NO_UNAUTHENTICATED = "no_unauthenticated"
    PROTECTED = "protected"
    SENSITIVE = "sensitive"


_NOTHING: Mapping[str, int | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Author:
    """Who did it: ``external_id`` is the network's own stable id, ``handle`` what people read."""

    external_id: str
    handle: str | None = None
    display_name: str | None = None
    url: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Engagement:
    """One thing one author did, as a network gave it; ids are strings, "not known" is ``None``.

    ``external_id`` of a like, repost, follow or click is ``target:actor``. ``record_ref`` is the
    network's own name for such a record where a later deletion will only name that (an at-uri).
    ``occurred_at`` is aware UTC. ``text`` carries a title on its first line, then an
    empty line.
    """

    network: str
    external_id: str
    kind: Kind
    author: Author
    text: str | None
    url: str | None
    occurred_at: datetime
    target_external_id: str | None = None
    parent_external_id: str | None = None
    community: str | None = None
    language: str | None = None
    edited_at: datetime | None = None
    record_ref: str | None = None
    metrics: Mapping[str, int | None] = field(default_factory=lambda: _NOTHING)
    flags: frozenset[Flag] = frozenset()

    @property
    def ref(self) -> Ref:
        """Its identity."""
        return Ref(self.network, self.kind, self.external_id)


@dataclass(frozen=True, slots=True)
class Ref:
    """Names an engagement, or with ``kind=None`` any record ``external_id`` may stand for.

    ``account=True`` names a whole account that is gone: everything by it goes.
    """

    network: str
    kind: Kind | None
    external_id: str
    account: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time that could not be collected, and why."""

    started_at: datetime | None
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page cost: requests, resources the network bills, and money in US dollars."""

    requests: int = 0
    resources: int = 0
    money: float = 0.0


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to resume; opaque to everybody but its collector."""

    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """What was read in one go. ``cursor`` means: resume here once this page is stored."""

    engagements: tuple[Engagement, ...]
    cursor: Cursor
    deletions: tuple[Ref, ...] = ()
    exhausted: bool = False
    gap: Gap | None = None
    cost: Cost = Cost()
    malformed: tuple[Malformed, ...] = ()
    seen: int = 0  # items read from the network, those left out included


class Watch(Protocol):
    """The targets whose likes, reposts and replies count. Cheap to ask."""

    def __contains__(self, external_id: object, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask a network for. A stream ignores keywords: matching happens at ingest."""

    topic: str | None = None
    keywords: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    scope: str = ""
    watch: Watch = frozenset()


class Collector(Protocol):
    """Brings engagements page by page; adding one is described in CONTRIBUTING."""

    network: ClassVar[str]

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages after ``cursor``, at most about ``limit`` engagements.

        Raises only ``RateLimited``, ``Unavailable`` and ``Misconfigured``; one bad item is a
        ``Malformed`` in its page. Every request has a timeout and a size cap.
        """
        ...


class CollectorError(Exception):
    """Base of what may cross the seam."""


class RateLimited(CollectorError):
    """The network asked to wait until ``retry_at`` (aware UTC; ``None`` when it did not say)."""

    def __init__(self, retry_at: datetime | None, message: str = "rate limited") -> None:
        super().__init__(message)
        self.retry_at = retry_at


class Unavailable(CollectorError):
    """Nothing is wrong here; the network cannot answer now. Try later."""


class Misconfigured(CollectorError):
    """A person must act: credentials, plan, payment, approval or query.

    ``who_must_do_what`` is one sentence for the manager's page.
    """

    def __init__(self, who_must_do_what: str) -> None:
        super().__init__(who_must_do_what)
        self.who_must_do_what = who_must_do_what


class Malformed(CollectorError):
    """One item could not be read: skipped, counted, its payload kept for inspection."""

    def __init__(self, reason: str, payload: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.payload = payload
