"""A site with a feed on 127.0.0.1 that knows what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from tests.fakes.web_server import Asked, Reply


@dataclass
class Feed:
    """``entries`` are (guid, seconds since 1970), oldest first. ``/old`` moved here for good."""

    entries: list[tuple[str, float]] = field(default_factory=list)
    conditional: bool = True
    status: int = 200
    moves: Sequence[int] = (301,)

    def __call__(self, asked: Asked) -> Reply:
        if self.status != 200:
            return Reply(self.status, body=b"gone")
        if asked.path in {"/old", "/older"}:
            to = "/feed" if asked.path == "/old" else "/old"
            return Reply(self.moves[0], headers={"Location": to})
        body = self.document()
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        headers = {"ETag": etag, "Last-Modified": "Wed, 25 Nov 2026 10:00:00 GMT"}
        if self.conditional and asked.headers.get("if-none-match") == etag:
            return Reply(304, body=b"", headers=headers)
        return Reply(body=body, headers=headers | {"Content-Type": "application/rss+xml"})

    def document(self) -> bytes:
        items = "".join(
            f"<item><guid isPermaLink='false'>{guid}</guid><title>entry {guid}</title>"
            f"<pubDate>{format_datetime(datetime.fromtimestamp(at, UTC))}</pubDate></item>"
            for guid, at in reversed(self.entries)
        )
        return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()
