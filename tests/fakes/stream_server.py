"""A Jetstream that misbehaves as the contract suite asks of any network's server."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping, Sequence
from typing import Any

from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection

from tests.fakes.jetstream_server import JetstreamServer, Raw
from tests.fakes.web_server import Reply, Speaker


class StreamServer(JetstreamServer):
    """``faults`` and ``fail_after`` as of ``WebServer``: here each answers one handshake.

    With a ``speak`` of the suite's own it goes round in circles: the same events from the first
    on, whatever was asked for.
    """

    def __init__(
        self,
        script: Sequence[Mapping[str, Any] | Raw],
        *,
        drop_after: int | None = None,
        drops: int | None = None,
    ) -> None:
        super().__init__(script, drop_after=drop_after, drops=drops)
        self.faults: list[Reply] = []
        self.fail_after = 0
        self._speak: Speaker = lambda asked: Reply(404)

    @property
    def asked(self) -> list[str]:
        """One entry for each handshake."""
        return self.requests

    @property
    def speak(self) -> Speaker:
        """Nobody: what it says is its script."""
        return self._speak

    @speak.setter
    def speak(self, _: Speaker) -> None:
        self.circles = True

    def _greet(self, connection: ServerConnection, request: Request) -> Response | None:
        if self.fail_after > 0:
            self.fail_after -= 1
        elif self.faults:
            self.requests.append(request.path)
            return _answer(connection, self.faults.pop(0))
        return super()._greet(connection, request)


def _answer(connection: ServerConnection, fault: Reply) -> Response:
    if fault.wait or fault.drip:
        time.sleep(fault.wait or 3)
    if fault.reset:
        connection.socket.shutdown(socket.SHUT_RDWR)
    body = b"{}" if fault.body is None else fault.body
    headers = Headers({"Content-Length": str(len(body)), **fault.headers})
    return Response(fault.status, "Fault", headers, body[: fault.truncate])
