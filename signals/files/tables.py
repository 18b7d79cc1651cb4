"""CSV tables of engagements: header names people use, rows that need no ids of their own."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from config.errors import Refused
from signals.collectors.contract import Author, Engagement, Kind, Malformed

_COLUMNS: Final[Mapping[str, str]] = {
    "external_id": "external_id", "id": "external_id", "post_id": "external_id",
    "text": "text", "body": "text", "content": "text", "message": "text", "title": "title",
    "author": "handle", "handle": "handle", "username": "handle", "user": "handle",
    "author_id": "author_id", "author_external_id": "author_id", "user_id": "author_id",
    "author_name": "display_name", "display_name": "display_name",
    "occurred_at": "occurred_at", "date": "occurred_at", "created_at": "occurred_at",
    "created_utc": "occurred_at", "timestamp": "occurred_at", "time": "occurred_at",
    "url": "url", "link": "url", "permalink": "url", "network": "network", "kind": "kind",
    "type": "kind", "community": "community", "subreddit": "community", "language": "language",
    "lang": "language", "target_external_id": "target_external_id",
    "parent_external_id": "parent_external_id",
}  # fmt: skip


def read_header(fields: Sequence[str]) -> list[str]:
    """Our name for each column, empty where it has none; refuses a header that lacks a need."""
    header = [_COLUMNS.get(name.strip().lower().replace(" ", "_"), "") for name in fields]
    missing = [
        name
        for name, alternatives in (
            ("text", {"text", "title"}),
            ("author", {"handle", "author_id"}),
            ("date", {"occurred_at"}),
        )
        if not alternatives & set(header)
    ]
    if missing:
        raise Refused(
            "The CSV header (%(fields)s) has no column for %(missing)s.",
            "Name the columns text, author and occurred_at; docs/import.md lists all of them.",
            fields=", ".join(fields)[:120],
            missing=", ".join(missing),
        )
    return header


def read_row(text: str) -> list[str]:
    """The fields of one row."""
    try:
        return next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration) as error:
        raise Malformed(f"not a CSV row: {error}") from error


def to_engagement(header: Sequence[str], fields: Sequence[str], network: str) -> Engagement:
    """A row under its header; an unknown column is left out."""
    if len(fields) != len(header):
        raise Malformed(f"{len(fields)} fields where the header has {len(header)}")
    row = {name: value.strip() for name, value in zip(header, fields, strict=True) if name}
    handle = row.get("handle") or None
    author_id = row.get("author_id") or (handle or "").lower()
    if not author_id:
        raise Malformed("the author is empty")
    text = "\n\n".join(part for part in (row.get("title"), row.get("text")) if part)
    if not row.get("occurred_at"):
        raise Malformed("the date is empty")
    occurred_at = read_instant(row["occurred_at"])
    try:
        kind = Kind((row.get("kind") or "post").lower())
    except ValueError as error:
        raise Malformed(f"{row['kind']!r} is not a kind of engagement") from error
    # A table without ids is told apart by who wrote what when: the same file twice is one file.
    digest = hashlib.sha256(f"{author_id}\x1f{occurred_at.isoformat()}\x1f{text}".encode())
    return Engagement(
        network=(row.get("network") or network).lower(),
        external_id=row.get("external_id") or digest.hexdigest()[:32],
        kind=kind,
        author=Author(author_id, handle, row.get("display_name") or None),
        text=text or None,
        url=row.get("url") or None,
        occurred_at=occurred_at,
        target_external_id=row.get("target_external_id") or None,
        parent_external_id=row.get("parent_external_id") or None,
        community=row.get("community") or None,
        language=row.get("language") or None,
    )


def read_instant(value: str | float) -> datetime:
    """An instant from ISO 8601 (without a zone: UTC) or from seconds or milliseconds since 1970."""
    try:
        if isinstance(value, str):
            number = value.strip()
            if number.replace(".", "", 1).lstrip("-").isdigit() and len(number) > 8:
                value = float(number)
            else:
                instant = datetime.fromisoformat(number)
                return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
        seconds = float(value)
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > 1e11 else seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Malformed(f"{str(value)[:40]!r} is not a date") from error
