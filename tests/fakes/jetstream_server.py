"""A Jetstream on 127.0.0.1 that replays a script and misbehaves on request.

It speaks version 1 (``/subscribe?wantedCollections=…&cursor=…``, the cursor inclusive, account and
identity events whatever the filter) and version 2
(``/xrpc/network.bsky.jetstream.subscribeEvents?collections=…``). Each refuses the other's names.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

_V2_PATH = "/xrpc/network.bsky.jetstream.subscribeEvents"
_V1_NAMES = {"wantedCollections", "wantedDids"}
_V2_NAMES = {"collections", "dids", "kinds"}


@dataclass(frozen=True, slots=True)
class Raw:
    """Anything that is not an event, sent where an event of ``time_us`` would be."""

    time_us: int
    data: str | bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer to the handshake instead of a connection."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class JetstreamServer:
    """Replays ``script`` to everybody who connects; use it as a context manager.

    ``drop_after``: tear the connection down after that many messages, for the first ``drops``
    connections (``None``: always). ``refusals``: answers to the first handshakes, in order; with
    ``refuse_always`` the last one stays. ``live``: stay open after the replay, ``push`` adds to it.
    ``close_code``: how to say goodbye otherwise. ``versions``: those it speaks. ``oldest_us``:
    what came before is forgotten; version 1 says nothing, version 2 sends a notice, or with
    ``strict`` refuses and names ``floor``. ``goodbye``: the error with which version 2 hangs up.
    ``circles``: everything from the first on, whatever was asked for.
    """

    script: Sequence[Mapping[str, Any] | Raw] = ()
    drop_after: int | None = None
    drops: int | None = None
    refusals: list[Refusal] = field(default_factory=list)
    refuse_always: bool = False
    live: bool = False
    close_code: int = 1000
    versions: tuple[int, ...] = (1, 2)
    oldest_us: int = 0
    strict: bool = False
    floor: int | None = None
    goodbye: str | None = None
    circles: bool = False
    requests: list[str] = field(default_factory=list)
    sent: int = 0

    def __post_init__(self) -> None:
        self._items: list[Mapping[str, Any] | Raw] = list(self.script)
        self._more = threading.Condition()
        self._stopped = False
        self._connected = 0
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._server = serve(
            self._talk,
            "127.0.0.1",
            0,
            process_request=self._greet,
            compression=None,
            select_subprotocol=lambda _, offered: offered[0] if offered else None,
            ping_interval=None,
            close_timeout=1,
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._more:
            self._stopped = True
            self._more.notify_all()
        assert self._server is not None
        assert self._thread is not None
        self._server.shutdown()
        self._thread.join(5)

    @property
    def url(self) -> str:
        """The base address to give to a collector."""
        assert self._server is not None
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    @property
    def cursors(self) -> list[int | None]:
        """The cursor of every request so far."""
        asked = [parse_qs(urlsplit(path).query) for path in self.requests]
        return [int(query["cursor"][0]) if "cursor" in query else None for query in asked]

    def push(self, *items: Mapping[str, Any] | Raw) -> None:
        """Something happens now."""
        with self._more:
            self._items.extend(items)
            self._more.notify_all()

    def _greet(self, connection: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request.path)
        if self.refusals:
            stays = self.refuse_always and len(self.refusals) == 1
            refusal = self.refusals[0] if stays else self.refusals.pop(0)
            headers = Headers({"Content-Length": str(len(refusal.body)), **refusal.headers})
            phrase = HTTPStatus(refusal.status).phrase
            return Response(refusal.status, phrase, headers, refusal.body)
        parts = urlsplit(request.path)
        version = {"/subscribe": 1, _V2_PATH: 2}.get(parts.path)
        if version not in self.versions:
            return _refuse(404, b"")
        query = parse_qs(parts.query)
        others = _V2_NAMES if version == 1 else _V1_NAMES
        if others & query.keys():
            return _refuse(400, b'{"error":"InvalidRequest","message":"unknown parameter"}')
        cursor = int(query.get("cursor", ["0"])[0])
        if version == 2 and self.strict and "cursor" in query and cursor < self._oldest(cursor):
            said = f"the oldest is {self.floor}" if self.floor is not None else "too old"
            return _refuse(400, json.dumps({"error": "CursorTooOld", "message": said}).encode())
        return None

    def _oldest(self, cursor: int) -> int:
        """What a cursor is held against: a sequence number is small, a time is large."""
        return (self.floor or 0) if cursor < 10**15 else self.oldest_us

    def _talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        parts = urlsplit(connection.request.path)
        query = parse_qs(parts.query)
        is_v2 = parts.path == _V2_PATH
        wanted = set(query.get("collections" if is_v2 else "wantedCollections", []))
        self._connected += 1
        dropping = self.drop_after if self.drops is None or self._connected <= self.drops else None
        said = 0
        # Without a cursor a real server starts live: what the script holds is already over.
        at = 0 if "cursor" in query else len(self.script)
        cursor = int(query.get("cursor", ["0"])[0])
        if cursor < 10**15:  # a sequence number: here the oldest there is
            cursor = max(cursor, self.oldest_us)
        try:
            if is_v2 and cursor < self.oldest_us:
                connection.send(_notice("info", name="OutdatedCursor", message="from the oldest"))
            cursor = 0 if self.circles else max(cursor, self.oldest_us)
            while (item := self._next(at)) is not None:
                at += 1
                if not _wanted(item, wanted, cursor):
                    continue
                if said == dropping:
                    if is_v2 and self.goodbye:
                        connection.send(json.dumps({"$type": "error", "error": self.goodbye}))
                        connection.close(1008)
                        return
                    self._tear_down(connection)
                    return
                data = item.data if isinstance(item, Raw) else json.dumps(item)
                connection.send(_frame(item) if is_v2 and not isinstance(item, Raw) else data)
                said += 1
                self.sent += 1
            connection.close(self.close_code)
        except (ConnectionClosed, OSError):
            return

    def _next(self, at: int) -> Mapping[str, Any] | Raw | None:
        with self._more:
            while at >= len(self._items):
                if not self.live or self._stopped:
                    return None
                self._more.wait()
            return self._items[at]

    def _tear_down(self, connection: ServerConnection) -> None:
        """As a pulled cable would: no goodbye. What was sent still arrives."""
        connection.socket.shutdown(socket.SHUT_RDWR)


def _wanted(item: Mapping[str, Any] | Raw, wanted: set[str], cursor: int) -> bool:
    if isinstance(item, Raw):
        return item.time_us >= cursor
    if item["time_us"] < cursor:
        return False
    return item["kind"] != "commit" or not wanted or item["commit"]["collection"] in wanted


def _refuse(status: int, body: bytes) -> Response:
    headers = Headers({"Content-Length": str(len(body))})
    return Response(status, HTTPStatus(status).phrase, headers, body)


def _notice(fragment: str, **payload: Any) -> str:
    kind = f"network.bsky.jetstream.subscribeEvents#{fragment}"
    return json.dumps({"$type": "message", "payload": {"$type": kind, **payload}})


def _frame(event: Mapping[str, Any]) -> str:
    """The same event as version 2 writes it."""
    moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=event["time_us"])
    head = {"seq": event["time_us"] % 1_000_000, "did": event["did"]}
    inner = {key: event[key] for key in ("account", "identity") if key in event}
    return _notice(
        event["kind"], **head, time=moment.isoformat().replace("+00:00", "Z"),
        **event.get("commit", {}), **inner,
    )  # fmt: skip
