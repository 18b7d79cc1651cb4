"""Pages kept while nothing changes: drawn once, given to whoever asks the same again.

A page is a function of the database, the address, who asks in which language, and the minute. It is
kept under exactly these, and all of them go as soon as anything is committed to the database, by
whomever (``models.watch``): somebody erased or suppressed meanwhile is in no page that is given.
What belongs to one browser alone, its token and a form's key, is put in afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Final, Generic, TypeVar

from anyio import CapacityLimiter, to_thread
from litestar.types import Scope

from models.watch import State, Watch

_AT_ONCE: Final = 2  # drawn at a time: more would only slow each other down, and marks with them
_KEY: Final = "database"

Thing = TypeVar("Thing")


async def look(watch: Watch, scope: Scope) -> State | None:
    """The database's state as of this request: looked at once, before anything is read."""
    kept = scope.setdefault("state", {})
    if _KEY not in kept:
        kept[_KEY] = watch.look() if watch.is_instant else await to_thread.run_sync(watch.look)
    found: State | None = kept[_KEY]
    return found


class KeptWhile(Generic[Thing]):
    """Things kept while one state of the database lasts."""

    def __init__(self, most: int = 10_000) -> None:
        self._lock = Lock()
        self._most = most  # in all, by the weights they are kept with
        self._state: Hashable = None
        self._things: dict[Hashable, Thing] = {}
        self._weight = 0

    def find(self, state: Hashable, key: Hashable) -> Thing | None:
        """What was kept under this key; all is dropped once the state is another one."""
        with self._lock:
            if state != self._state:
                self._state, self._things, self._weight = state, {}, 0
            return self._things.get(key)

    def keep(self, state: Hashable, key: Hashable, thing: Thing, weight: int = 1) -> None:
        """Keep what was made of ``state`` or a later one, unless another is looked at by now."""
        with self._lock:
            fits = self._weight + weight <= self._most
            if state is not None and state == self._state and fits and key not in self._things:
                self._things[key] = thing
                self._weight += weight


class KeptPages:
    """Drawn pages of one state of the database and one minute, and rows of pages.

    ``most``: bytes of pages, and as many characters of rows; 0 keeps nothing.
    """

    def __init__(self, most: int) -> None:
        self.rows: KeptWhile[str] = KeptWhile(most)
        self._kept: KeptWhile[bytes] = KeptWhile(most)
        self._drawing: CapacityLimiter | None = None  # made in the loop it works in

    async def give(
        self, state: State | None, now: datetime, key: Hashable, draw: Callable[[], str | None]
    ) -> bytes | None:
        """The page of ``key``, drawn unless it is kept; ``None`` where ``draw`` draws none.

        ``key`` holds all that ``draw`` goes by except the database and the time; of times the page
        may show none finer than a minute. ``draw`` works in a thread of its own.
        """
        of = None if state is None else (state, int(now.timestamp() // 60))
        page = self._kept.find(of, key)
        if page is None:
            self._drawing = self._drawing or CapacityLimiter(_AT_ONCE)
            drawn = await to_thread.run_sync(draw, limiter=self._drawing)
            if drawn is None:
                return None
            page = drawn.encode()
            self._kept.keep(of, key, page, len(page))
        return page
