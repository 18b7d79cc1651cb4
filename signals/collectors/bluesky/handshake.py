"""Opens a Jetstream subscription and says in our words why it was refused."""

from __future__ import annotations

import json
import re
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from signals.collectors.addresses import find_public
from signals.collectors.answers import find_words
from signals.collectors.bluesky.events import COLLECTIONS
from signals.collectors.contract import Misconfigured, RateLimited, Unavailable

if TYPE_CHECKING:
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import ClientConnection

#: A message over ``max_message_bytes`` is malformed; one over this many times that is not even
#: received: the library closes the connection on it.
_HARD_CAP: Final = 4
#: Messages waiting to be read. Beyond that nothing is taken from the socket, and the server has to
#: wait: with the cap this bounds what a hostile server can make us hold, in the worst case 256 MB.
_QUEUE: Final = 64
V2_PATH: Final = "/xrpc/network.bsky.jetstream.subscribeEvents"
_V2_PROTOCOL: Final = "xrpc.v1.json"
_V1_PATH: Final = "/subscribe"


@dataclass(frozen=True, slots=True)
class Limits:
    """Timeouts in seconds and the largest message that is decoded, in bytes."""

    connect_timeout: float
    read_timeout: float
    max_message_bytes: int
    user_agent: str
    allow_hosts: tuple[str, ...] = ()


class CursorTooOld(Exception):
    """The server no longer has what the cursor asks for; ``floor`` is its oldest, if it said."""

    def __init__(self, floor: int | None) -> None:
        super().__init__("the cursor is too old")
        self.floor = floor


def subscribe(address: str, start: int | None, limits: Limits, now: float) -> ClientConnection:
    """A connection that replays from ``start`` (``time_us``, ``None`` for live).

    ``address`` is a base address or the full path of version 1 (``/subscribe``) or 2. A base
    address is asked in version 1, and in version 2 where the server does not know the first.
    Raises ``CursorTooOld``, ``RateLimited``, ``Unavailable`` and ``Misconfigured``.
    """
    try:
        return _connect(address, start, limits, now)
    except _UnknownPath as unknown:
        if unknown.is_named:
            raise unknown.refusal from None
    try:
        return _connect(f"{address.rstrip('/')}{V2_PATH}", start, limits, now)
    except _UnknownPath as unknown:
        raise unknown.refusal from None


class _UnknownPath(Exception):
    """404; ``is_named`` where the address named the path itself."""

    def __init__(self, refusal: Exception, *, is_named: bool) -> None:
        super().__init__()
        self.refusal = refusal
        self.is_named = is_named


def _connect(address: str, start: int | None, limits: Limits, now: float) -> ClientConnection:
    from websockets.exceptions import InvalidStatus, InvalidURI, WebSocketException
    from websockets.sync.client import connect
    from websockets.typing import Subprotocol

    base = address.rstrip("/")
    is_v2 = base.endswith(V2_PATH)
    try:
        return connect(
            _subscription(base, start, limits, is_v2=is_v2),
            sock=_dial(base, limits),  # with it the library follows no redirect, either
            subprotocols=[Subprotocol(_V2_PROTOCOL)] if is_v2 else None,
            compression=None,  # inflating costs more than reading, and CPU is what is short
            proxy=None,  # the default asks the environment
            user_agent_header=limits.user_agent,
            open_timeout=limits.connect_timeout,
            close_timeout=0.5,
            ping_interval=limits.read_timeout,
            ping_timeout=limits.read_timeout,
            max_size=limits.max_message_bytes * _HARD_CAP,
            max_queue=_QUEUE,
        )
    except InvalidStatus as error:
        if b"CursorTooOld" in bytes(error.response.body or b""):
            raise CursorTooOld(_floor(error)) from None
        refusal = _refusal(error, address, now)
        if error.response.status_code == 404:
            named = is_v2 or base.endswith(_V1_PATH)
            raise _UnknownPath(refusal, is_named=named) from None
        raise refusal from None
    except InvalidURI:
        raise bad_address(address, "it is not a ws:// or wss:// address") from None
    except (WebSocketException, OSError, EOFError) as error:
        reason = f"{_host(address)}: {type(error).__name__}: {error}"[:300]
        raise Unavailable(f"Bluesky's stream cannot be reached: {reason}") from None
    except ValueError as error:  # a port or host name that cannot be
        raise bad_address(address, str(error)[:100]) from None


def _dial(address: str, limits: Limits) -> socket.socket:
    """A line to an address that may be asked, judged before anything is sent there."""
    parts = urlsplit(address)
    if parts.scheme not in {"ws", "wss"} or not parts.hostname:
        raise bad_address(address, "it is not a ws:// or wss:// address")
    host, port = parts.hostname, parts.port or (443 if parts.scheme == "wss" else 80)
    failure: OSError | None = None
    for found in find_public(host, port, allow_hosts=limits.allow_hosts):
        try:
            return socket.create_connection((found, port), timeout=limits.connect_timeout)
        except OSError as error:
            failure = error
    assert failure is not None  # a name without any address was refused
    raise failure


def bad_address(address: str, why: str) -> Misconfigured:
    """What the administrator must correct."""
    return Misconfigured(
        f"An administrator must correct the address of Bluesky's stream ({_host(address)}): {why}."
    )


def _subscription(base: str, start: int | None, limits: Limits, *, is_v2: bool) -> str:
    """The address with its parameters; the two versions refuse each other's names."""
    name = "collections" if is_v2 else "wantedCollections"
    wanted = [(name, collection) for collection in COLLECTIONS]
    if is_v2:
        wanted += [("kinds", "commit"), ("kinds", "account")]
    if start is not None:
        # A seq (version 2 alone) is below 1e15, a time above: both go by the same name.
        wanted.append(("cursor", str(start)))
    wanted.append(("maxMessageSizeBytes", str(limits.max_message_bytes)))
    path = "" if is_v2 or base.endswith(_V1_PATH) else _V1_PATH
    return f"{base}{path}?{urlencode(wanted)}"


def _floor(error: InvalidStatus) -> int | None:
    """The oldest position the server names in words; ``None`` where it names none."""
    said = bytes(error.response.body or b"")[:500].decode("utf-8", "replace")
    numbers = [int(number) for number in re.findall(r"\d{1,18}", said)]
    return max(numbers, default=None)


def _host(address: str) -> str:
    """The host alone: an address may carry a password."""
    try:
        return urlsplit(address).hostname or "no host"
    except ValueError:
        return "no host"


def _refusal(
    error: InvalidStatus, address: str, now: float
) -> RateLimited | Unavailable | Misconfigured:
    status = error.response.status_code
    if status == 429:
        return RateLimited(_retry_at(error, now), f"{_host(address)} asked us to slow down")
    if status >= 500 or status in {200, 408}:  # a web page in its place: it is being looked after
        return Unavailable(f"Bluesky's stream is not up: {_host(address)} answered {status}")
    said = f"{status} {_words(bytes(error.response.body or b''))}".strip()
    return bad_address(address, f"the server refused the subscription with {said}")


def _words(body: bytes) -> str:
    """What a refusal explains, in its JSON or as it is."""
    try:
        said = find_words(json.loads(body))
    except (ValueError, RecursionError):
        said = body.decode("utf-8", "replace")
    return " ".join(said.split())[:200]


def _retry_at(error: InvalidStatus, now: float) -> datetime | None:
    """When the answer's headers let us come back: ``Retry-After`` (both forms) or the reset."""
    headers = error.response.headers
    try:
        after = headers.get("Retry-After")
        if after is not None and after.strip().isdigit():
            return datetime.fromtimestamp(now, UTC) + timedelta(seconds=int(after))
        if after is not None:
            return parsedate_to_datetime(after).astimezone(UTC)
        reset = headers.get("ratelimit-reset")
        return None if reset is None else datetime.fromtimestamp(float(reset), UTC)
    except (LookupError, ValueError, TypeError, OverflowError, OSError):
        return None
