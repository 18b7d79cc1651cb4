"""What a collector brings and what it may raise. No SQL, no environment, no sleeping."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Protocol, runtime_checkable


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


class Own(enum.StrEnum):
    """What an engagement has to do with the team itself: it counts whatever words it holds."""

    POST = "post"  # by the team: others engage with it, and it is nobody's signal
    ENGAGED = "engaged"  # with a post of the team
    MENTION = "mention"  # names the team, or is written to it


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
    empty line. ``own`` is set by whoever reads the team's own posts, mentions and pages: with it
    an engagement is of the collection's topic without any keyword. Likes and reposts need no mark:
    they are known by their target.
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
    own: Own | None = None

    @property
    def ref(self) -> Ref:
        """Its identity."""
        return Ref(self.network, self.kind, self.external_id)


@dataclass(frozen=True, slots=True)
class Ref:
    """Names an engagement, or with ``kind=None`` any record ``external_id`` may stand for.

    ``account=True`` names a whole account that is gone: everything by it goes. ``opted_out`` says
    that it is there and asks to be left alone: it is kept out from now on.
    """

    network: str
    kind: Kind | None
    external_id: str
    account: bool = False
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time that could not be collected, and why."""

    started_at: datetime | None
    ended_at: datetime | None
    reason: str


_NO_RESOURCES: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page cost: requests, resources the network bills, and money in US dollars.

    ``by_resource`` says how many of which (``{"post": 100, "user": 12}``) where the network has
    several prices or buckets; ``resources`` is their sum.
    """

    requests: int = 0
    resources: int = 0
    money: float = 0.0
    by_resource: Mapping[str, int] = field(default_factory=lambda: _NO_RESOURCES)

    def __add__(self, other: Cost) -> Cost:
        """Both together."""
        kinds = {**self.by_resource}
        for kind, count in other.by_resource.items():
            kinds[kind] = kinds.get(kind, 0) + count
        return Cost(
            self.requests + other.requests,
            self.resources + other.resources,
            self.money + other.money,
            MappingProxyType(kinds),
        )


_NONE_USED: Mapping[str, float] = MappingProxyType({})


@dataclass(slots=True)
class Meter:
    """What the purses of a run paid so far, whether or not a page brought it home."""

    spent: Cost = Cost()


@dataclass(frozen=True, slots=True)
class Budget:
    """What may still be spent today on this collection; ``None`` means no limit is set.

    ``used`` is what all collections of the network took from its own daily buckets, by resource,
    since these were renewed. Use it through ``guards.Purse``, which refuses a request before it is
    made, and counts on ``meter`` what was paid.
    """

    requests: int | None = None
    resources: int | None = None
    money: float | None = None  # US dollars
    used: Mapping[str, float] = field(default_factory=lambda: _NONE_USED)
    meter: Meter | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to resume; opaque to everybody but its collector."""

    value: str


@dataclass(frozen=True, slots=True)
class Whole:
    """All engagements of a kind with one target that there are; others were taken back.

    Said only where the network's own count agrees: silence about somebody is no withdrawal.
    """

    target: Ref
    kind: Kind
    external_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Page:
    """What was read in one go. ``cursor`` means: resume here once this page is stored.

    ``keywords`` are the topic's phrases this page was asked for, where a query asks for some of
    them only: the page's cost is booked on these in equal parts. Empty: on all of the query's.
    ``keywordless``: it was asked for without any, as the team's own posts are. ``team`` are the ids
    of accounts that were named as the team's own, whatever is on the page. Of ``whole`` what is
    stored and not named there is forgotten. A target of ``reread`` that stands among the
    engagements has its counts taken over: they are what was read. ``todo``: who must do what for
    the rest of what was asked for, in one sentence, although this much was read. Until
    ``rest_until`` the network asked not to be asked again, by whichever run.
    """

    engagements: tuple[Engagement, ...]
    cursor: Cursor
    deletions: tuple[Ref, ...] = ()
    exhausted: bool = False
    gap: Gap | None = None
    cost: Cost = Cost()
    malformed: tuple[Malformed, ...] = ()
    seen: int = 0  # items read from the network, those left out included
    keywords: tuple[str, ...] = ()
    reread: tuple[Ref, ...] = ()  # targets whose engagements have been read to the end
    keywordless: bool = False
    team: frozenset[str] = frozenset()
    whole: tuple[Whole, ...] = ()
    todo: str = ""
    rest_until: datetime | None = None


class Watch(Protocol):
    """The targets whose likes, reposts and replies count. Cheap to ask."""

    def __contains__(self, external_id: object, /) -> bool: ...


class Knows(Protocol):
    """What is stored, by ``Ref``: a like and a repost by one person may share an id."""

    def __contains__(self, ref: object, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Target:
    """A stored post or comment whose likes, reposts, quotes and replies are read again."""

    ref: Ref
    author_external_id: str
    occurred_at: datetime
    url: str | None = None
    record_ref: str | None = None
    parent_external_id: str | None = None
    read_at: datetime | None = None  # when its engagements were last read; None: never
    own: bool = False  # it is the team's own post
    wants_author: bool = False  # its author counts for a prospect and has no name yet
    metrics: Mapping[str, int | None] = field(default_factory=lambda: _NOTHING)
    stored_kinds: frozenset[Kind] = frozenset()  # which of likes and reposts of it are stored


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask a network for: one topic in one scope, or everything (a stream, no topic).

    ``keywords`` and ``exclusions`` are the topic's phrases as people wrote them; what a network
    returns is matched again at ingest, so a query may be wider than the topic, never narrower.
    ``scope`` is the one place this collection listens to (a subreddit, tag, feed or instance;
    empty: the network at large); ``communities`` are all places the topic names for this network.
    ``watch`` holds the external ids of stored posts: whatever answers or likes one of them is
    wanted even if it contains no keyword. ``known`` holds the refs of stored engagements, where a
    newest-first reader may stop; ask it, do not list it. ``budget`` is what is left
    of today's.
    """

    topic: str | None = None
    keywords: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # ISO 639-1; empty: every language
    scope: str = ""
    communities: tuple[str, ...] = ()
    watch: Watch = frozenset()
    known: Knows = frozenset()
    budget: Budget = Budget()

    def wants(self, engagement: Engagement) -> bool:
        """Whether to hand it on: not stored yet, or flagged, perhaps since it was."""
        return bool(engagement.flags) or engagement.ref not in self.known


class Collector(Protocol):
    """Brings engagements page by page; adding one is described in CONTRIBUTING.

    A collector may also be a ``Rereads``, a ``Rechecks`` and a ``Plans``.
    """

    network: ClassVar[str]

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages after ``cursor``, at most about ``limit`` engagements.

        Raises only ``RateLimited``, ``Unavailable`` and ``Misconfigured`` (``OverBudget``,
        ``Forbidden`` and ``Gone`` are kinds of these); one bad item is a ``Malformed`` in its page.
        Every request has a timeout and a size cap. A page yielded before an error is kept.
        """
        ...


@runtime_checkable
class Rereads(Protocol):
    """A collector that can read who liked, reposted, quoted or answered stored posts."""

    def reread(self, targets: Sequence[Target], query: Query, *, limit: int) -> Iterator[Page]:
        """Engagements with these posts, as pages of which the cursor is ignored.

        ``targets`` stand in the order they are due, longest unread first. A page must hold what
        belongs to one target only and say ``reread=(ref,)`` once that target is done, so that it
        is not asked for again at once. A target that is gone is a deletion of its page. Raises as
        ``collect``.
        """
        ...


@dataclass(frozen=True, slots=True)
class Recheck:
    """What a re-check found: ``checked`` are all refs that got an answer, the gone ones included.

    ``missing`` are those that an answer left out without a word: a fault looks the same, so they
    are in neither, and gone only if they are left out again hours later. ``edited`` holds the
    newest version of posts that were changed since.
    """

    checked: tuple[Ref, ...]
    deletions: tuple[Ref, ...] = ()
    missing: tuple[Ref, ...] = ()
    edited: tuple[Engagement, ...] = ()
    cost: Cost = Cost()
    rest_until: datetime | None = None  # as of a page


@runtime_checkable
class Rechecks(Protocol):
    """A collector that can tell which stored posts are gone."""

    def recheck(self, refs: Sequence[Ref], *, budget: Budget) -> Iterator[Recheck]:
        """Ask the network whether these still exist, in batches of what one request can hold.

        Only a clear answer is a deletion (gone, deleted, removed, account suspended or protected);
        a ref that got no answer is not in ``checked`` and comes again. Raises as ``collect``.
        """
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would ask: one line per request or stream, and the most it can cost."""

    requests: tuple[str, ...]
    cost: Cost
    notes: tuple[str, ...] = ()


@runtime_checkable
class Plans(Protocol):
    """A collector that can say what it would ask, without asking."""

    def plan(self, query: Query, cursor: Cursor | None, *, limit: int) -> Plan:
        """The requests of a run, secrets left out, and their price. Touches no network."""
        ...


@dataclass(frozen=True, slots=True)
class Tally:
    """How many posts a network says that a query finds in so many days, and what asking cost."""

    posts: int
    days: float
    cost: Cost


@runtime_checkable
class Tallies(Protocol):
    """A collector whose network counts what a query would find without handing it out."""

    def tally_cost(self, query: Query) -> Cost:
        """What asking costs. Touches no network."""
        ...

    def post_cost(self, posts: float) -> float:
        """What so many posts cost to collect, in US dollars. Touches no network."""
        ...

    def tally(self, query: Query) -> Tally:
        """Ask. Raises as ``collect``, and where the query's budget does not reach."""
        ...


class CollectorError(Exception):
    """Base of what may cross the seam."""


class RateLimited(CollectorError):
    """The network asked to wait until ``retry_at`` (aware UTC; ``None`` when it did not say).

    ``for_all``: not for what was asked alone; no other run may ask it before either.
    """

    def __init__(
        self, retry_at: datetime | None, message: str = "rate limited", *, for_all: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_at = retry_at
        self.for_all = for_all


class OverBudget(RateLimited):
    """The next request could exceed today's budget, or a day's quota at the network is used up.

    ``retry_at`` is when the network's own quota begins anew; ``None``: with the next day (UTC).
    """


class Unavailable(CollectorError):
    """Nothing is wrong here; the network cannot answer now. Try later."""

    def __init__(self, message: str = "unavailable", retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class Misconfigured(CollectorError):
    """A person must act: credentials, plan, payment, approval or query.

    ``who_must_do_what`` is one sentence for the manager's page.
    """

    def __init__(self, who_must_do_what: str) -> None:
        super().__init__(who_must_do_what)
        self.who_must_do_what = who_must_do_what


class Unauthorised(Misconfigured):
    """Credentials, plan or payment (401, 402): nothing of this source runs until a person acts."""


class Forbidden(Misconfigured):
    """The network refuses this one source (403, 451): it is parked, others go on."""


class Gone(Forbidden):
    """What was asked for is not there any more (404, 410).

    About a single post the collector catches it and turns it into a deletion. Where the source
    itself is gone (a feed, an instance, a community) it is raised and the collection is parked.
    """


class Malformed(CollectorError):
    """One item could not be read: skipped, counted, its payload kept for inspection.

    ``network``: whose item it is, where that is not plain from who brought it.
    """

    def __init__(self, reason: str, payload: str = "", *, network: str = "") -> None:
        super().__init__(reason)
        self.network = network
        self.reason = reason
        self.payload = payload
