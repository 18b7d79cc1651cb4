"""Where a collector is in its reading, as a cursor: a small record of its own, kept as JSON."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from signals.collectors.contract import Cursor, Misconfigured

_T = TypeVar("_T", bound=msgspec.Struct)


def read_place(cursor: Cursor | None, kind: type[_T], *, name: str) -> _T | None:
    """The place a cursor stands for, ``None`` without one.

    Raises ``Misconfigured`` for a cursor that this collector did not write.
    """
    if cursor is None:
        return None
    try:
        return msgspec.json.decode(cursor.value, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Misconfigured(
            f"An administrator must reset the {name} collection: its stored cursor is unreadable."
        ) from None


def write_place(place: msgspec.Struct) -> Cursor:
    """The cursor of a place; defaults are left out."""
    return Cursor(msgspec.json.encode(place).decode())
