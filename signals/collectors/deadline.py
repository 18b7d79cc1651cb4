"""A request that ends by the wall clock, whatever a server sends and how slowly.

A read timeout starts anew with every byte: a server that drips its headers, one now and then, would
hold a run for ever. Here every step on the wire gets what is left of the whole.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx


class Deadline:
    """When the request under way must be over, by a clock that nobody sets; none until started."""

    def __init__(self) -> None:
        self._ends_at: float | None = None

    def start(self, seconds: float) -> None:
        """From now on, so many seconds are left."""
        self._ends_at = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self._ends_at is not None and time.monotonic() >= self._ends_at

    def shorten(self, timeout: float | None, error: type[Exception]) -> float | None:
        """The timeout of one step, no longer than what is left; raises ``error`` if nothing is."""
        if self._ends_at is None:
            return timeout
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise error("the whole took too long")
        return left if timeout is None else min(timeout, left)


class _BoundedStream(httpcore.NetworkStream):
    """A connection of which no step outlasts the deadline of the request it serves."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.shorten(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.shorten(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.shorten(timeout, httpcore.ConnectTimeout)
        return _BoundedStream(
            self._inner.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _BoundedBackend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._inner = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.shorten(timeout, httpcore.ConnectTimeout)
        return _BoundedStream(
            self._inner.connect_tcp(host, port, left, local_address, socket_options),
            self._deadline,
        )


class BoundedTransport(httpx.HTTPTransport):
    """httpx's own transport, its connections held to a deadline; no proxy, HTTP/1.1."""

    def __init__(self, deadline: Deadline, *, context: ssl.SSLContext, keepalive: int) -> None:
        super().__init__(verify=context, trust_env=False)
        # the library hands its pool no other way of connecting
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_keepalive_connections=keepalive,
            keepalive_expiry=5.0,
            network_backend=_BoundedBackend(deadline),
        )
