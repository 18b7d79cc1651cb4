"""Whose newest question counts: work on an older one of the same browser is given up."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final

_REMEMBERED: Final = 256  # browsers; of one that is forgotten nothing is given up


class Superseded(Exception):
    """Somebody pressed the next key: nobody waits for this answer any more."""


class Turns:
    """The number of each asker's newest question. Safe to share between threads."""

    def __init__(self) -> None:
        self._newest: dict[Hashable, int] = {}
        self._lock = Lock()

    def begin(self, asker: Hashable) -> Callable[[], None]:
        """What raises ``Superseded`` from the moment the same asker asks again."""
        with self._lock:
            number = self._newest.pop(asker, 0) + 1
            self._newest[asker] = number  # at the end: who asked last is forgotten last
            while len(self._newest) > _REMEMBERED:
                self._newest.pop(next(iter(self._newest)))

        def check() -> None:
            if self._newest.get(asker, number) != number:
                raise Superseded

        return check
