"""A collector's client towards a server on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Callable

from signals.collectors.bodies import Limits
from signals.collectors.http import HttpClient
from tests.fakes.web_server import WebServer

NOW = 1_780_000_000.0
_open: list[HttpClient] = []


def client_of(
    server: WebServer, *, clock: Callable[[], float] = lambda: NOW, cross_host: bool = False
) -> HttpClient:
    """It may ask 127.0.0.1 and waits for no more than two seconds."""
    client = HttpClient(
        server.url,
        name="The network",
        clock=clock,
        user_agent="warmlist tests",
        allow_hosts=("127.0.0.1",),
        cross_host=cross_host,
        limits=Limits(connect_timeout=2, read_timeout=2, total_timeout=5),
    )
    _open.append(client)
    return client


def close_clients() -> None:
    """Close all that were opened; a fixture does it after every test."""
    while _open:
        _open.pop().close()
