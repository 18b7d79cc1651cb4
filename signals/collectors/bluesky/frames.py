"""Messages of a Jetstream, version 1 or 2, as one kind of event. Pure.

Version 1 sends bare events with ``time_us``. Version 2 wraps each in ``{"$type": "message",
"payload": …}``, writes its time as RFC 3339 and adds notices: ``#info`` frames about the cursor and
error frames before it hangs up. Source: lexicon network.bsky.jetstream.subscribeEvents; proposal
0015 of the AT Protocol.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from signals.collectors.bluesky.events import (
    UNREADABLE,
    Account,
    Commit,
    Event,
    decode_event,
    malformed,
)
from signals.collectors.contract import Malformed

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Notice(msgspec.Struct, frozen=True):
    """What the server says about the stream itself; an error is followed by its goodbye."""

    name: str
    message: str
    is_error: bool


class _Payload(msgspec.Struct, gc=False):
    type: str = msgspec.field(default="", name="$type")
    did: str = ""
    time: str = ""
    witnessed_at: str | None = msgspec.field(default=None, name="witnessedAt")
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: msgspec.Raw = msgspec.Raw(b"")
    account: Account | None = None
    name: str = ""
    message: str = ""


class _Frame(msgspec.Struct, gc=False):
    payload: _Payload | None = None
    error: str | None = None
    message: str = ""


_frame = msgspec.json.Decoder(_Frame).decode


def read_frame(message: bytes | str) -> Event | Notice:
    """One message of either version. Raises ``Malformed``."""
    try:
        return decode_event(message)
    except Malformed as first:
        fault = first
    try:
        frame = _frame(message)
        if frame.error is not None:
            return Notice(frame.error, frame.message, is_error=True)
        if frame.payload is None:
            raise fault
        return _to_event(frame.payload)
    except Malformed:
        raise
    except UNREADABLE as error:
        raise malformed(error, message) from None


def _to_event(payload: _Payload) -> Event | Notice:
    kind = payload.type.rpartition("#")[2]
    if kind == "info":
        return Notice(payload.name, payload.message, is_error=False)
    # The moment this server saw it is what a cursor is compared with; a display time may be older.
    witnessed = datetime.fromisoformat(payload.witnessed_at or payload.time)
    if witnessed.tzinfo is None:
        raise ValueError(f"time {payload.time[:40]!r} has no zone")
    time_us = (witnessed - _EPOCH) // _MICROSECOND
    commit = None
    if kind == "commit":
        commit = Commit(payload.operation, payload.collection, payload.rkey, payload.record)
    return Event(payload.did, time_us, kind, commit, payload.account)
