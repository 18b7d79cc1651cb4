"""Who is there to contact, as pages ask for it again and again."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Team
from quotas.cool_down import by_team
from quotas.needs import Standard
from quotas.supply_record import SupplyRecord, read_supply

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
        self._kept: dict[tuple[int, Standard | None], tuple[float, SupplyRecord]] = {}

    def read(
        self, session: Session, team: Team, now: datetime, standard: Standard | None = None
    ) -> SupplyRecord:
        """The record by a team's cool-down as of ``now``, or of a moment before it.

        ``standard`` as ``read_supply``.
        """
        if standard == Standard(self._settings.threshold, None):
            standard = None
        settings = by_team(self._settings, team)
        key = settings.cool_down_days, standard
        with self._lock:
            kept = self._kept.pop(key, None)
            if kept is not None and time.monotonic() < kept[0]:
                self._kept[key] = kept
                return kept[1]
            began = time.monotonic()
            record = read_supply(session, now=now, settings=settings, standard=standard)
            took = time.monotonic() - began
            if took > _WORTH_KEEPING:
                self._kept[key] = time.monotonic() + _KEPT_FOR * took, record
            return record
