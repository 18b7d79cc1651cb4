"""A Jetstream on 127.0.0.1 that replays a script and misbehaves on request.

It speaks version 1: ``/subscribe?wantedCollections=…&cursor=…``, the cursor inclusive, account and
identity events whatever the filter.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve


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
    ``close_code``: how to say goodbye otherwise.
    """

    script: Sequence[Mapping[str, Any] | Raw] = ()
    drop_after: int | None = None
    drops: int | None = None
    refusals: list[Refusal] = field(default_factory=list)
    refuse_always: bool = False
    live: bool = False
    close_code: int = 1000
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
        if urlsplit(request.path).path != "/subscribe":
            return Response(404, "Not Found", Headers({"Content-Length": "0"}), b"")
        return None

    def _talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        wanted = set(query.get("wantedCollections", []))
        self._connected += 1
        dropping = self.drop_after if self.drops is None or self._connected <= self.drops else None
        said = 0
        # Without a cursor a real server starts live: what the script holds is already over.
        at = 0 if "cursor" in query else len(self.script)
        cursor = int(query.get("cursor", ["0"])[0])
        try:
            while (item := self._next(at)) is not None:
                at += 1
                if not _wanted(item, wanted, cursor):
                    continue
                if said == dropping:
                    self._tear_down(connection)
                    return
                connection.send(item.data if isinstance(item, Raw) else json.dumps(item))
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
