"""What the last form did, said for as long as it is news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.day import Day
from app.web.pages import read_number
from models import Touch

_TOAST_FOR: Final = timedelta(minutes=2)


@dataclass(frozen=True)
class Toast:
    """What was just done to whom.

    ``what``: ``recorded``, ``opened`` (something was taken back), ``later`` or ``handed``. ``undo``
    is where a form takes it back, ``until`` the day somebody was put off to.
    """

    what: str
    handle: str
    undo: str = ""
    channel: str = ""
    count: int | None = None
    until: date | None = None


def find_toast(session: Session, day: Day, query: Mapping[str, str]) -> Toast | None:
    """What the last form did; ``None`` once it is not so any more."""
    return _of_touch(session, day, query) or _of_item(day, query)


def _of_touch(session: Session, day: Day, query: Mapping[str, str]) -> Toast | None:
    for name in ("recorded", "undone"):
        touch_id = read_number(query.get(name))
        touch = session.get(Touch, touch_id) if touch_id is not None else None
        if touch is None or touch.rep_id != day.rep.id or touch.undoes_id is not None:
            continue
        undoing = session.scalar(select(Touch).where(Touch.undoes_id == touch.id))
        at = undoing.recorded_at if undoing else touch.recorded_at
        if (undoing is not None) != (name == "undone") or day.now - at > _TOAST_FOR:
            continue
        handles = {item.assignment_id: item.handle for item in day.listed.items}
        return Toast(
            "opened" if undoing else "recorded",
            handles.get(touch.assignment_id or 0, "?"),
            "" if undoing else f"/touches/{touch.id}/undo",
            touch.channel,
            day.standing.counted if day.standing else None,
        )
    return None


def _of_item(day: Day, query: Mapping[str, str]) -> Toast | None:
    items = {item.assignment_id: item for item in day.listed.items}
    for name, state in (("later", "later"), ("handed", "handed_back"), ("taken", "open")):
        item = items.get(read_number(query.get(name)) or 0)
        if item is None or item.state != state:
            continue
        if item.closed_at is not None and day.now - item.closed_at > _TOAST_FOR:
            continue
        address = f"/assignments/{item.assignment_id}"
        if state == "later":
            return Toast(name, item.handle, f"{address}/later/undo", until=item.put_off_until)
        if state == "handed_back":
            return Toast(name, item.handle, f"{address}/hand-back/undo")
        return Toast("opened", item.handle)
    return None
