"""Times as networks write them, as aware UTC. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from signals.collectors.contract import Malformed

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_10000: Final = 253_402_300_800


def read_iso(value: object) -> datetime:
    """An ISO 8601 time; one without a zone is UTC, as Lemmy and old servers write it.

    Raises ``Malformed``.
    """
    if not isinstance(value, str) or not value:
        raise Malformed(f"{str(value)[:40]!r} is no time")
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed(f"{value[:40]!r} is no time") from None


def read_optional_iso(value: object) -> datetime | None:
    """The same, ``None`` for what is missing or unreadable: not worth refusing an item."""
    try:
        return read_iso(value)
    except Malformed:
        return None


def read_unix(seconds: object) -> datetime:
    """Seconds since 1970. Raises ``Malformed``."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise Malformed(f"{str(seconds)[:40]!r} is no time")
    if not 0 < seconds < _YEAR_10000:
        raise Malformed(f"{seconds} is no time")
    return _EPOCH + timedelta(seconds=seconds)
