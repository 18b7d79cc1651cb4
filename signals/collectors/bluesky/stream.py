"""Reads a Jetstream page by page, survives disconnects, and says when it has caught up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from signals.collectors.bluesky.events import NETWORK, malformed, to_engagement, to_instant
from signals.collectors.bluesky.frames import Notice, read_frame
from signals.collectors.bluesky.handshake import CursorTooOld, Limits, bad_address, subscribe
from signals.collectors.bluesky.run import Run, WatchToo
from signals.collectors.contract import (
    WORDLESS_KINDS,
    Cursor,
    Engagement,
    Gap,
    Malformed,
    Misconfigured,
    Page,
    Query,
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
_FORGOTTEN: Final = "Bluesky's stream no longer has what came after the last run"
#: A page is handed on once what it keeps is this large, in bytes: a store that is slower than the
#: network must not make it grow, and behind it the socket waits.
_PAGE_BYTES: Final = 8_000_000
#: How far to jump past a message that cannot be received, in microseconds; tenfold at each try.
_FIRST_SKIP_US: Final = 1_000


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
        allow_hosts: Sequence[str] = (),
    ) -> None:
        self.urls: tuple[str, ...] = (urls,) if isinstance(urls, str) else tuple(urls)
        self._clock = clock
        self._limits = Limits(
            connect_timeout, read_timeout, max_message_bytes, user_agent, tuple(allow_hosts)
        )
        self._page_events = page_events
        self._page_seconds = page_seconds
        self._max_seconds = max_seconds
        self._caught_up_seconds = caught_up_seconds
        self._overlap_us = int(overlap_seconds * 1_000_000)
        self._max_tries = max_tries

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages after ``cursor``; ``query.watch`` decides about likes and reposts."""
        now = self._clock()
        run = Run(read_position(cursor), int(now * 1_000_000), now + self._page_seconds, limit)
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

    def _start(self, run: Run) -> int | None:
        if run.position is None:
            return None
        if run.skip_us:
            return run.position + run.skip_us
        return max(0, run.position - int(self._overlap_us * _REWINDS[run.stuck]))

    def _prepare_retry(self, run: Run, *, new: bool) -> None:
        """Counts a disconnect and chooses where to go on. Raises ``Unavailable``."""
        run.tries = 0 if new else run.tries + 1
        if run.tries >= self._max_tries:
            raise Unavailable(f"Bluesky's stream broke off {run.tries} times: {run.hang_up}")
        if run.skip_us:
            return
        if run.heard and not new:
            run.stuck = min(run.stuck + 1, len(_REWINDS) - 1)
        elif len(self.urls) > 1:
            self._fail_over(run)

    def _fail_over(self, run: Run) -> None:
        run.url = (run.url + 1) % len(self.urls)
        run.stuck = 0  # another server's clock: rewind fully

    def _connect(self, run: Run, start: int | None) -> ClientConnection:
        """An open connection to the first address that lets us in.

        Raises ``RateLimited``, ``Misconfigured``, or ``Unavailable`` when every address failed.
        """
        failure: Misconfigured | Unavailable = bad_address("", "none is set")
        for _ in self.urls:
            run.requests += 1
            try:
                return self._subscribe(run, start)
            except Unavailable as error:
                failure = error
            self._fail_over(run)
            # Another server's clock and memory: what was asked of the first is no place of its own.
            start = self._start(run)
        raise failure

    def _subscribe(self, run: Run, start: int | None) -> ClientConnection:
        """Open the current address; one that has forgotten the cursor is read from its oldest."""
        url = self.urls[run.url]
        try:
            return subscribe(url, start, self._limits, self._clock())
        except CursorTooOld as error:
            run.too_old = _FORGOTTEN
            floor = error.floor if error.floor != start else None
        run.requests += 1
        try:
            return subscribe(url, floor, self._limits, self._clock())
        except CursorTooOld:
            run.requests += 1
        try:
            return subscribe(url, None, self._limits, self._clock())
        except CursorTooOld:
            raise Unavailable("Bluesky's stream refuses to begin without a cursor") from None

    def _read(
        self, socket: ClientConnection, run: Run, watch: Watch, ends_at: float, *, live: bool
    ) -> Iterator[Page]:
        """Full pages until the run is finished (the last page included) or the connection ends."""
        from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, WebSocketException

        run.heard, run.clean, run.at_start = 0, False, True
        silent = 0.0
        while True:
            now = self._clock()
            if now >= ends_at or run.left <= 0:
                run.finished = True
                self._settle(run, now)
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
                    self._settle(run, now + wait)
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
            if (notice := self._add(run, message, watch)) is not None:
                run.hang_up = f"{notice.name} {notice.message}".strip()[:200]
                return
            if not live and run.position is not None and run.position >= run.opened_us:
                run.finished = True
                yield run.take(exhausted=True)
                return

    def _is_full(self, run: Run) -> bool:
        kept = len(run.engagements) + len(run.deletions) + len(run.refused)
        return kept >= self._page_events or run.held >= _PAGE_BYTES

    def _caught_up(self, run: Run, now: float) -> bool:
        position = run.position
        return position is not None and position >= (now - self._caught_up_seconds) * 1_000_000

    def _add(self, run: Run, message: bytes, watch: Watch) -> Notice | None:
        """Puts what one message means into the page and moves the position on.

        Returns the error with which the server says goodbye.
        """
        run.seen += 1
        run.heard += 1
        try:
            if len(message) > self._limits.max_message_bytes:
                raise malformed(f"{len(message):,} bytes in one event", message)
            event = read_frame(message)
            if isinstance(event, Notice):
                run.seen -= 1
                run.heard -= 1
                if event.name == "OutdatedCursor":
                    run.too_old = _FORGOTTEN
                return event if event.is_error else None
            if not 0 < event.time_us < self._clock() * 1_000_000 + _FUTURE_US:
                raise malformed(f"time_us {event.time_us} cannot be", message)
            self._advance(run, event.time_us)
            found = to_engagement(event, WatchToo(watch, run.posts))
        except Malformed as error:
            run.refused.append(error)
            return None
        if isinstance(found, Engagement):
            run.engagements.append(found)
            run.held += len(message)
            run.left -= 1
            if found.kind not in WORDLESS_KINDS:
                run.posts.add(found.external_id)
        elif found is not None:
            run.deletions.append(found)
        return None

    def _advance(self, run: Run, time_us: int) -> None:
        if run.at_start:
            if not run.skip_us:
                self._note_gap(run, time_us)
            run.at_start, run.skip_us = False, 0
        if run.position is None or time_us > run.position:
            run.position = time_us

    def _note_gap(self, run: Run, first_us: int) -> None:
        """A cursor older than the server's memory is clamped silently: say what is missing."""
        start = run.position
        if start is None or first_us <= start:
            return
        reason, run.too_old = run.too_old, ""
        if not reason and start < self._clock() * 1_000_000 - _LOOK_BACK_US:
            reason = "Bluesky's stream replays 36 hours; we were away for longer"
        if reason:
            run.gap = Gap(to_instant(start), to_instant(first_us), reason)

    def _settle(self, run: Run, now: float) -> None:
        """The server forgot our cursor and nothing has come since: go on from now next time."""
        if run.too_old and run.position is not None:
            now_us = int(now * 1_000_000)
            run.gap = Gap(to_instant(run.position), to_instant(now_us), run.too_old)
            run.position, run.too_old = now_us, ""

    def _skip(self, run: Run) -> None:
        """Jumps past a message too large to receive, as little as will do, and owns up to it."""
        run.seen += 1
        run.refused.append(malformed("too large to receive", b""))
        if run.position is None:
            return
        run.skip_us = run.skip_us * 10 or _FIRST_SKIP_US
        reason = "an event too large to receive was jumped over"
        after = to_instant(run.position + run.skip_us)
        run.gap = Gap(to_instant(run.position), after, reason)


def read_position(cursor: Cursor | None) -> int | None:
    """The ``time_us`` a cursor stands for. Raises ``Misconfigured`` for any other."""
    if cursor is None:
        return None
    try:
        return max(0, int(cursor.value))
    except ValueError:
        raise Misconfigured(
            "An administrator must reset the Bluesky collection: its stored cursor is not a time."
        ) from None
