"""How fast one browser, key or address may ask: so that none takes the pages from the others."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from litestar.exceptions import TooManyRequestsException

_WINDOW: Final = 60.0  # seconds
_MOST_KEYS: Final = 20_000  # counted at a time; beyond, the window begins anew for all


class Turnstile:
    """Counts requests by key in windows of a minute, in this process; 0 a minute counts nothing."""

    def __init__(self, per_minute: int, tick: Callable[[], float] = time.monotonic) -> None:
        self._most = per_minute
        self._tick = tick
        self._lock = Lock()
        self._began = tick()
        self._counts: dict[str, int] = {}

    def check(self, key: str) -> None:
        """Count one more; refuses beyond the limit until the window is over."""
        if not self._most:
            return
        with self._lock:
            now = self._tick()
            if now - self._began >= _WINDOW or len(self._counts) >= _MOST_KEYS:
                self._began, self._counts = now, {}
            count = self._counts.get(key, 0) + 1
            self._counts[key] = count
            left = self._began + _WINDOW - now
        if count > self._most:
            raise TooManyRequestsException(headers={"Retry-After": str(max(1, round(left)))})
