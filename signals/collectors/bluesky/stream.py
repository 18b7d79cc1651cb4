"""Reads a Jetstream page by page, survives disconnects, and says when it has caught up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from signals.collectors.bluesky.events import (
    NETWORK,
    decode_event,
    malformed,
    to_engagement,
    to_instant,
)
from signals.collectors.bluesky.handshake import Limits, bad_address, subscribe
from signals.collectors.contract import (
    WORDLESS_KINDS,
    Cost,
    Cursor,
    Engagement,
    Gap,
    Malformed,
    Misconfigured,
    Page,
    Query,
    Ref,
    Unavailable,
    Watch,
)

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

#: An event from further ahead than this is refused: a cursor in the future would silently mean
#: "live" and lose everything in between. In microseconds.
_FUTURE_US: Final = 86_400_000_000
#: What version 1 replays, in microseconds; an older cursor is clamped there without a word.
_LOOK_BACK_US: Final = 36 * 3_600_000_000
#: Shares of the overlap tried in turn while rewinding leads to nothing new: a server that drops us
#: every few events would otherwise send the same seconds for ever.
_REWINDS: Final = (1.0, 0.05, 0.0)
#: How far to jump past a message that cannot be received, in microseconds; tenfold at each try.
_FIRST_SKIP_US: Final = 1_000


@dataclass(slots=True)
class _Run:
    """What was read since the last page, and where the whole run stands."""

    position: int | None  # newest time_us heard; the cursor of the next page
    opened_us: int  # when the run began: "live" for one without a cursor, the end for the others
    page_at: float = 0.0
    left: int = 0  # engagements until the limit
    engagements: list[Engagement] = field(default_factory=list)
    posts: set[str] = field(default_factory=set)  # of this page: not stored, so not watched yet
    deletions: list[Ref] = field(default_factory=list)
    refused: list[Malformed] = field(default_factory=list)
    seen: int = 0
    requests: int = 0
    gap: Gap | None = None
    finished: bool = False
    # How the current connection is doing.
    url: int = 0
    tries: int = 0
    stuck: int = 0
    skip_us: int = 0
    heard: int = 0
    at_start: bool = True  # no event of this connection has been understood yet
    hang_up: str = ""
    clean: bool = False

    def take(self, *, exhausted: bool = False) -> Page:
        """The page so far; the next one starts empty."""
        page = Page(
            engagements=tuple(self.engagements),
            cursor=Cursor(str(self.opened_us if self.position is None else self.position)),
            deletions=tuple(self.deletions),
            exhausted=exhausted,
            gap=self.gap,
            cost=Cost(requests=self.requests),
            malformed=tuple(self.refused),
            seen=self.seen,
        )
        self.engagements, self.deletions, self.refused = [], [], []
        self.posts = set()
        self.seen, self.requests, self.gap = 0, 0, None
        return page


@dataclass(frozen=True, slots=True)
class _WatchToo:
    """The watched posts and those of the page being read: a like may come right after its post.

    Whether that post matches is only known when the page is stored; a like of one that does not
    is dropped there.
    """

    watch: Watch
    posts: set[str]

    def __contains__(self, external_id: object, /) -> bool:
        return external_id in self.posts or external_id in self.watch


class JetstreamCollector:
    """Brings all public posts, deletions, and the likes and reposts of watched posts.

    ``urls``: base addresses in order of preference, ``wss://host`` or with the full path. ``clock``
    gives seconds since 1970. A cursor is the ``time_us`` of the newest event as a string; reading
    resumes ``overlap_seconds`` before it, since cursors belong to one server. Without a cursor it
    listens to what happens from now on, for ``max_seconds``.

    A page ends after ``page_events`` kept items or ``page_seconds``. The run ends at the limit,
    after ``max_seconds``, or, with a page marked exhausted, when everything from before the run has
    been read or nothing came for ``caught_up_seconds``; one cut short by ``max_seconds`` counts as
    caught up too when its newest event is not older than that. After a disconnect it goes on with
    the next address, at most ``max_tries`` times in a row without anything new.
    """

    network: ClassVar[str] = NETWORK

    def __init__(
        self,
        urls: str | Sequence[str],
        *,
        clock: Callable[[], float],
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        max_message_bytes: int = 1_048_576,
        page_events: int = 1_000,
        page_seconds: float = 2.0,
        max_seconds: float = 60.0,
        caught_up_seconds: float = 5.0,
        overlap_seconds: float = 5.0,
        max_tries: int = 5,
        user_agent: str = "warmlist",
    ) -> None:
        self._urls = (urls,) if isinstance(urls, str) else tuple(urls)
        self._clock = clock
        self._limits = Limits(connect_timeout, read_timeout, max_message_bytes, user_agent)
        self._page_events = page_events
        self._page_seconds = page_seconds
        self._max_seconds = max_seconds
        self._caught_up_seconds = caught_up_seconds
        self._overlap_us = int(overlap_seconds * 1_000_000)
        self._max_tries = max_tries

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages after ``cursor``; ``query.watch`` decides about likes and reposts."""
        now = self._clock()
        run = _Run(_position(cursor), int(now * 1_000_000), now + self._page_seconds, limit)
        ends_at = now + self._max_seconds
        while True:
            before = run.position
            start = self._start(run)
            with self._connect(run, start) as socket:
                yield from self._read(socket, run, query.watch, ends_at, live=cursor is None)
            if run.finished:
                return
            # It said goodbye and has nothing new, even without rewinding: that was all.
            new = run.position != before
            over = run.clean and not new and (not run.heard or start == before)
            if run.seen or over:
                yield run.take(exhausted=over)
            if over:
                return
            self._prepare_retry(run, new=new)
            if self._clock() >= ends_at:
                if run.tries:
                    raise Unavailable(f"Bluesky's stream broke off: {run.hang_up}")
                return

    def _start(self, run: _Run) -> int | None:
        if run.position is None:
            return None
        if run.skip_us:
            return run.position + run.skip_us
        return max(0, run.position - int(self._overlap_us * _REWINDS[run.stuck]))

    def _prepare_retry(self, run: _Run, *, new: bool) -> None:
        """Counts a disconnect and chooses where to go on. Raises ``Unavailable``."""
        run.tries = 0 if new else run.tries + 1
        if run.tries >= self._max_tries:
            raise Unavailable(f"Bluesky's stream broke off {run.tries} times: {run.hang_up}")
        if run.skip_us:
            return
        if run.heard and not new:
            run.stuck = min(run.stuck + 1, len(_REWINDS) - 1)
        elif len(self._urls) > 1:
            self._fail_over(run)

    def _fail_over(self, run: _Run) -> None:
        run.url = (run.url + 1) % len(self._urls)
        run.stuck = 0  # another server's clock: rewind fully

    def _connect(self, run: _Run, start: int | None) -> ClientConnection:
        """An open connection to the first address that lets us in.

        Raises ``RateLimited``, ``Misconfigured``, or ``Unavailable`` when every address failed.
        """
        failure: Misconfigured | Unavailable = bad_address("", "none is set")
        for _ in self._urls:
            run.requests += 1
            try:
                return subscribe(self._urls[run.url], start, self._limits, self._clock())
            except Unavailable as error:
                failure = error
            self._fail_over(run)
        raise failure

    def _read(
        self, socket: ClientConnection, run: _Run, watch: Watch, ends_at: float, *, live: bool
    ) -> Iterator[Page]:
        """Full pages until the run is finished (the last page included) or the connection ends."""
        from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, WebSocketException

        run.heard, run.clean, run.at_start = 0, False, True
        silent = 0.0
        while True:
            now = self._clock()
            if now >= ends_at or run.left <= 0:
                run.finished = True
                yield run.take(exhausted=run.left > 0 and (live or self._caught_up(run, now)))
                return
            if now >= run.page_at or self._is_full(run):
                if run.seen:
                    yield run.take()
                    now = self._clock()
                run.page_at = now + self._page_seconds
            wait = min(run.page_at - now, ends_at - now, self._caught_up_seconds - silent)
            try:
                message = socket.recv(timeout=wait, decode=False)
            except TimeoutError:
                silent += wait
                if silent >= self._caught_up_seconds:
                    run.finished = True
                    yield run.take(exhausted=True)
                    return
                continue
            except ConnectionClosed as error:
                run.clean = isinstance(error, ConnectionClosedOK)
                run.hang_up = str(error)[:200]
                if error.sent is not None and error.sent.code == 1009 and not error.rcvd_then_sent:
                    self._skip(run)
                return
            except (WebSocketException, OSError, EOFError) as error:
                run.hang_up = f"{type(error).__name__}: {error}"[:200]
                return
            silent = 0.0
            self._add(run, message, watch)
            if not live and run.position is not None and run.position >= run.opened_us:
                run.finished = True
                yield run.take(exhausted=True)
                return

    def _is_full(self, run: _Run) -> bool:
        kept = len(run.engagements) + len(run.deletions) + len(run.refused)
        return kept >= self._page_events

    def _caught_up(self, run: _Run, now: float) -> bool:
        position = run.position
        return position is not None and position >= (now - self._caught_up_seconds) * 1_000_000

    def _add(self, run: _Run, message: bytes, watch: Watch) -> None:
        """Puts what one message means into the page and moves the position on."""
        run.seen += 1
        run.heard += 1
        try:
            if len(message) > self._limits.max_message_bytes:
                raise malformed(f"{len(message):,} bytes in one event", message)
            event = decode_event(message)
            if not 0 < event.time_us < self._clock() * 1_000_000 + _FUTURE_US:
                raise malformed(f"time_us {event.time_us} cannot be", message)
            self._advance(run, event.time_us)
            found = to_engagement(event, _WatchToo(watch, run.posts))
        except Malformed as error:
            run.refused.append(error)
            return
        if isinstance(found, Engagement):
            run.engagements.append(found)
            run.left -= 1
            if found.kind not in WORDLESS_KINDS:
                run.posts.add(found.external_id)
        elif found is not None:
            run.deletions.append(found)

    def _advance(self, run: _Run, time_us: int) -> None:
        if run.at_start:
            if not run.skip_us:
                self._note_gap(run, time_us)
            run.at_start, run.skip_us = False, 0
        if run.position is None or time_us > run.position:
            run.position = time_us

    def _note_gap(self, run: _Run, first_us: int) -> None:
        """A cursor older than the server's memory is clamped silently: say what is missing."""
        start = run.position
        if start is None or first_us <= start:
            return
        if start < self._clock() * 1_000_000 - _LOOK_BACK_US:
            reason = "Bluesky's stream replays 36 hours; we were away for longer"
            run.gap = Gap(to_instant(start), to_instant(first_us), reason)

    def _skip(self, run: _Run) -> None:
        """Jumps past a message too large to receive, as little as will do, and owns up to it."""
        run.seen += 1
        run.refused.append(malformed("too large to receive", b""))
        if run.position is None:
            return
        run.skip_us = run.skip_us * 10 or _FIRST_SKIP_US
        reason = "an event too large to receive was jumped over"
        after = to_instant(run.position + run.skip_us)
        run.gap = Gap(to_instant(run.position), after, reason)


def _position(cursor: Cursor | None) -> int | None:
    if cursor is None:
        return None
    try:
        return max(0, int(cursor.value))
    except ValueError:
        raise Misconfigured(
            "An administrator must reset the Bluesky collection: its stored cursor is not a time."
        ) from None
