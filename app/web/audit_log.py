"""The log of what was done to whose data: filtered by who, what and when, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.pages import read_number
from models import PrivacyEntry

_SHOWN: Final = 50


@dataclass(frozen=True)
class LogFilter:
    """What of the log is asked for; ``before`` is the entry that the page ends before."""

    action: str = ""
    actor: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything is left out."""
        return bool(self.action or self.actor or self.since or self.until)

    def address(self, before: int | None) -> str:
        """The page of this filter that ends before an entry."""
        asked = {
            "action": self.action,
            "actor": self.actor,
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "before": str(before) if before is not None else "",
        }
        return f"/privacy?{urlencode({name: text for name, text in asked.items() if text})}#log-h"


@dataclass(frozen=True)
class LogPage:
    """Entries, newest first, what may be filtered by, and where the older ones begin."""

    wanted: LogFilter
    entries: tuple[PrivacyEntry, ...]
    actions: tuple[str, ...]
    actors: tuple[str, ...]
    older: int | None


def read_filter(query: Mapping[str, str]) -> LogFilter:
    """The filter of an address; what cannot be read filters nothing."""
    return LogFilter(
        action=query.get("action", "")[:40],
        actor=query.get("actor", "")[:200],
        since=_read_day(query.get("from", "")),
        until=_read_day(query.get("to", "")),
        before=read_number(query.get("before")),
    )


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def load_log(session: Session, wanted: LogFilter) -> LogPage:
    """One page of the log; days are whole days in UTC."""
    actions = session.scalars(select(PrivacyEntry.action).distinct()).all()
    actors = session.scalars(select(PrivacyEntry.actor).distinct()).all()
    rows = select(PrivacyEntry).order_by(PrivacyEntry.id.desc()).limit(_SHOWN + 1)
    if wanted.action:
        rows = rows.where(PrivacyEntry.action == wanted.action)
    if wanted.actor:
        rows = rows.where(PrivacyEntry.actor == wanted.actor)
    if wanted.since is not None:
        rows = rows.where(PrivacyEntry.done_at >= _start_of(wanted.since))
    if wanted.until is not None and wanted.until < date.max:
        rows = rows.where(PrivacyEntry.done_at < _start_of(wanted.until + timedelta(days=1)))
    if wanted.before is not None:
        rows = rows.where(PrivacyEntry.id < wanted.before)
    found = session.scalars(rows).all()
    shown = tuple(found[:_SHOWN])
    older = shown[-1].id if len(found) > _SHOWN else None
    return LogPage(wanted, shown, tuple(sorted(actions)), tuple(sorted(actors)), older)


def _start_of(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)
