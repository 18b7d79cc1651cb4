"""Answers of servers: read within a size and a time, unpacked, and decoded."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
import msgspec

from signals.collectors.contract import Unavailable
from signals.collectors.deadline import Deadline

NOT_MODIFIED: Final = 304


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; header names are lower case.

    ``data`` is the JSON document, ``None`` where none was asked for. ``moved_to`` is the new
    address where every redirect on the way was permanent.
    """

    status: int
    headers: Mapping[str, str]
    data: Any
    body: bytes = b""
    moved_to: str | None = None

    @property
    def is_unchanged(self) -> bool:
        """Whether the server says that nothing changed since (304)."""
        return self.status == NOT_MODIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Timeouts in seconds and the largest answer in bytes, unpacked.

    ``total_timeout`` bounds a request with its redirects from the first byte to the last.
    """

    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    total_timeout: float = 90.0
    max_bytes: int = 16_000_000


def read_body(response: httpx.Response, *, name: str, max_bytes: int, deadline: Deadline) -> bytes:
    """The whole body, unpacked in steps so that a small bomb cannot become a large answer.

    ``name`` is the network's, for what is raised: ``Unavailable``.
    """
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise Unavailable(f"{name} answered in a coding nobody asked for")
    unpack = zlib.decompressobj(wbits=47) if coding not in {"", "identity"} else None
    body = bytearray()
    for chunk in response.iter_raw():
        rest = chunk
        while rest:
            room = max_bytes + 1 - len(body)
            if unpack is None:
                body += rest[:room]
                rest = b""
            else:
                body += unpack.decompress(rest, room)
                rest = unpack.unconsumed_tail
            if len(body) > max_bytes:
                size = f"{max_bytes:,} bytes"
                raise Unavailable(f"{name} answered with more than {size}")
        if deadline.is_over:
            raise Unavailable(f"{name} took too long to answer")
    if unpack is not None and body and not unpack.eof:
        raise Unavailable(f"{name} broke off in the middle of its answer")
    return bytes(body)


def decode_body(body: bytes) -> tuple[Any, str]:
    """The document, or what stands there instead."""
    try:
        return msgspec.json.decode(body), ""
    except (msgspec.DecodeError, RecursionError, ValueError):
        start = body[:200].lstrip().lower()
        if not start:
            return None, "nothing"
        if start.startswith(b"<"):
            return None, "a web page instead of JSON"
        return None, "broken JSON"
