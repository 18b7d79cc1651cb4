"""A web server on 127.0.0.1 that speaks a network's paths and misbehaves on request.

A speaker is any callable ``(Asked) -> Reply``; a network's stands in ``tests/fakes/<network>.py``.
Faults stand in front of it: each is used for one request, in order, and then it speaks normally.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: ``query`` holds every value of a parameter, ``headers`` lower-case names."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = b""

    def one(self, name: str, default: str | None = None) -> str | None:
        """The first value of a parameter."""
        return self.query.get(name, [default])[0]  # type: ignore[list-item] # None is a default


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; ``document`` is sent as JSON unless ``body`` is given.

    ``wait``: seconds before anything is sent. ``pause``: seconds between single bytes of the body.
    ``drip``: seconds between the headers, which never end: another one follows.
    ``truncate``: send that many bytes and hang up. ``reset``: hang up without a word.
    """

    status: int = 200
    document: Any = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    pause: float = 0.0
    drip: float = 0.0
    truncate: int | None = None
    reset: bool = False


HTML = Reply(200, body=b"<!DOCTYPE html><title>One moment</title>",
             headers={"Content-Type": "text/html"})  # fmt: skip
RESET = Reply(reset=True)
Speaker = Callable[[Asked], Reply]


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up, or is killed, is none of the test's concern."""


@dataclass
class WebServer:
    """Use it as a context manager. ``fail_after``: so many good answers before the faults begin."""

    speak: Speaker
    faults: list[Reply] = field(default_factory=list)
    fail_after: int = 0
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65_536  # headers and body in one packet: the client answers at once

            def handle_any(self) -> None:
                outer._answer(self)

            def log_message(self, *_: object) -> None:
                """Tests read ``asked`` instead."""

        for method in ("GET", "POST", "PUT", "DELETE", "HEAD"):
            setattr(Handler, f"do_{method}", Handler.handle_any)
        self._lock = threading.Lock()
        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The base address to give to a collector."""
        return f"http://127.0.0.1:{self.port}"

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        asked = Asked(
            handler.command, parts.path, parse_qs(parts.query, keep_blank_values=True),
            {name.lower(): value for name, value in handler.headers.items()},
            handler.rfile.read(length) if length else b"",
        )  # fmt: skip
        with self._lock:
            self.asked.append(asked)
            fault = None
            if self.fail_after > 0:
                self.fail_after -= 1
            elif self.faults:
                fault = self.faults.pop(0)
        reply = fault or self.speak(asked)
        try:
            _send(handler, reply)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    if reply.wait:
        time.sleep(reply.wait)
    if reply.reset:
        _hang_up(handler)
        return
    if reply.drip:
        _drip(handler, reply.drip)
        return
    body = reply.body
    if body is None:
        body = b"" if reply.document is None else json.dumps(reply.document).encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    handler.send_response_only(reply.status)
    for name, value in (headers | dict(reply.headers)).items():
        handler.send_header(name, value)
    handler.end_headers()
    if reply.truncate is not None:
        handler.wfile.write(body[: reply.truncate])
        handler.wfile.flush()
        _hang_up(handler)
        return
    if reply.pause:
        for byte in body:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(reply.pause)
        return
    handler.wfile.write(body)


def _drip(handler: BaseHTTPRequestHandler, seconds: float) -> None:
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(600):
        handler.wfile.write(f"X-More-{number}: soon\r\n".encode())
        handler.wfile.flush()
        time.sleep(seconds)


def _hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
