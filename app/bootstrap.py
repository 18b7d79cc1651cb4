"""Wires the parts together; the only place that opens the database and builds collectors."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from config.errors import Refused
from config.settings import Settings, load_settings
from models.database import Database

#: Of an SQLite file, for each connection of a process that only serves pages: a dozen of them.
PAGES_CACHE_MB: Final = 4


def read_clock() -> datetime:
    """Now, in UTC: the one clock of the program."""
    return datetime.now(UTC)  # noqa: TID251 - app reads the clock for everybody


@dataclass(frozen=True)
class Workspace:
    """Settings and database of this process."""

    settings: Settings
    db: Database

    @property
    def home(self) -> Path:
        """Where state lives."""
        return self.settings.home


def open_workspace(*, must_exist: bool = True, pages_only: bool = False) -> Workspace:
    """The workspace of this process; refuses a missing, older or newer one unless told not to.

    ``pages_only``: it is read by many threads and never imported into.
    """
    send_logs_to_stderr()
    settings = load_settings()
    if settings.database_url is None:
        prepare_home(settings.home, create=not must_exist)
    db = Database(settings.url, **({"cache_mb": PAGES_CACHE_MB} if pages_only else {}))
    if must_exist:
        db.require_current()
    return Workspace(settings, db)


def send_logs_to_stderr() -> None:
    """Standard output carries data only; structlog would print there."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def prepare_home(home: Path, *, create: bool) -> None:
    """Make the home folder, or say in one line why it cannot be used."""
    try:
        if create:
            home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            "WARMLIST_HOME %(home)s cannot be made: %(strerror)s.",
            "Choose a folder you may write to.",
            home=home,
            strerror=error.strerror,
        ) from error
    if home.exists() and not home.is_dir():
        raise Refused(
            "WARMLIST_HOME %(home)s is not a folder.",
            "Choose a folder.",
            home=home,
        )
    if create and not os.access(home, os.W_OK):
        raise Refused(
            "WARMLIST_HOME %(home)s is read-only.",
            "Give write access or choose another folder.",
            home=home,
        )
