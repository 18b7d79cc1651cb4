"""Opens a Jetstream subscription and says in our words why it was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from signals.collectors.bluesky.events import COLLECTIONS
from signals.collectors.contract import Misconfigured, RateLimited, Unavailable

if TYPE_CHECKING:
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import ClientConnection

#: A message over ``max_message_bytes`` is malformed; one over this many times that is not even
#: received: the library closes the connection on it.
_HARD_CAP: Final = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """Timeouts in seconds and the largest message that is decoded, in bytes."""

    connect_timeout: float
    read_timeout: float
    max_message_bytes: int
    user_agent: str


def subscribe(address: str, start: int | None, limits: Limits, now: float) -> ClientConnection:
    """A connection that replays from ``start`` (``time_us``, ``None`` for live).

    ``address`` is a base address or the full path. Raises ``RateLimited``, ``Unavailable`` and
    ``Misconfigured``.
    """
    from websockets.exceptions import InvalidStatus, InvalidURI, WebSocketException
    from websockets.sync.client import connect

    try:
        return connect(
            _subscription(address, start),
            compression=None,  # inflating costs more than reading, and CPU is what is short
            proxy=None,  # the default asks the environment
            user_agent_header=limits.user_agent,
            open_timeout=limits.connect_timeout,
            close_timeout=0.5,
            ping_interval=limits.read_timeout,
            ping_timeout=limits.read_timeout,
            max_size=limits.max_message_bytes * _HARD_CAP,
            max_queue=256,
        )
    except InvalidStatus as error:
        raise _refusal(error, address, now) from None
    except InvalidURI:
        raise bad_address(address, "it is not a ws:// or wss:// address") from None
    except (WebSocketException, OSError, EOFError) as error:
        reason = f"{_host(address)}: {type(error).__name__}: {error}"[:300]
        raise Unavailable(f"Bluesky's stream cannot be reached: {reason}") from None
    except ValueError as error:  # a port or host name that cannot be
        raise bad_address(address, str(error)[:100]) from None


def bad_address(address: str, why: str) -> Misconfigured:
    """What the administrator must correct."""
    return Misconfigured(
        f"An administrator must correct the address of Bluesky's stream ({_host(address)}): {why}."
    )


def _subscription(address: str, start: int | None) -> str:
    base = address.rstrip("/")
    wanted = [("wantedCollections", collection) for collection in COLLECTIONS]
    if start is not None:
        wanted.append(("cursor", str(start)))
    path = "" if base.endswith("/subscribe") else "/subscribe"
    return f"{base}{path}?{urlencode(wanted)}"


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
    if status >= 500 or status == 408:
        return Unavailable(f"Bluesky's stream is not up: {_host(address)} answered {status}")
    body = bytes(error.response.body or b"")[:200].decode("utf-8", "replace").strip()
    said = f"{status} {body}".strip()
    return bad_address(address, f"the server refused the subscription with {said}")


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
