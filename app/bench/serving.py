"""A server in a process of its own, for what is measured over HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import httpx

from config.errors import Refused

_STARTING: Final = 60.0  # seconds


def free_port() -> int:
    """A port of this machine that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def run_server(
    command: Sequence[str],
    address: str,
    path: str,
    *,
    settings: Mapping[str, str] | None = None,
    silent: bool = False,
) -> Iterator[int]:
    """The number of a process that answers ``path`` at ``address``; it ends with the block.

    ``settings``: its environment's, beside this one's. ``silent``: what it prints is dropped.
    Raises ``Refused`` when it does not answer within a minute.
    """
    process = subprocess.Popen(  # noqa: S603 - this very interpreter, fixed arguments
        command, env=os.environ | (settings or {}), stdout=subprocess.DEVNULL if silent else None
    )
    try:
        deadline = time.monotonic() + _STARTING
        while True:
            try:
                httpx.get(f"{address}{path}", timeout=1)
                break
            except httpx.TransportError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise Refused("The server did not start.", "See what it wrote above.") from None
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)
