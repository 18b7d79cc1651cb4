"""Who is there to contact, as pages ask for it again and again."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from config.settings import ListSettings
from quotas.feasibility import SupplyRecord, read_supply

#: What took longer to read than this many seconds is kept for so many times as long.
_WORTH_KEEPING: Final = 0.2
_KEPT_FOR: Final = 30


class Stock:
    """The supply record, read anew each time unless reading it takes long.

    In a workspace of hundreds of thousands of prospects it takes seconds, and a forecast of weeks
    does not change within a minute. Threads share it.
    """

    def __init__(self, settings: ListSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._kept: SupplyRecord | None = None
        self._until = 0.0

    def read(self, session: Session, now: datetime) -> SupplyRecord:
        """The record as of ``now``, or as of a moment before it."""
        with self._lock:
            if self._kept is not None and time.monotonic() < self._until:
                return self._kept
            began = time.monotonic()
            record = read_supply(session, now=now, settings=self._settings)
            took = time.monotonic() - began
            self._kept = record if took > _WORTH_KEEPING else None
            self._until = time.monotonic() + _KEPT_FOR * took
            return record
