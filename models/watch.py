"""Whether anything in the database may have changed since somebody looked, whoever changed it.

The database itself is asked, so no writer can be forgotten: another thread, another process, the
command line, a person with a shell. What is kept because nothing changed is never stale.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, Final

from sqlalchemy import Engine

# Counts the commits of all other connections, in any process; this one never writes.
_SQLITE: Final = "PRAGMA data_version"
# Which transactions are visible. Two that are equal see the same rows: whatever commits between
# them had a number that the first did not count as done.
_POSTGRESQL: Final = "SELECT pg_current_snapshot()::text"

#: A state of the database; equal ones hold the same rows.
State = tuple[int, object]


class Watch:
    """Looks at one database through a connection of its own; any thread may ask."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._question = _SQLITE if self._is_sqlite else _POSTGRESQL
        self._connection: Any = None
        self._opened = 0
        self._lock = Lock()

    @property
    def is_instant(self) -> bool:
        """Whether looking takes microseconds: a file does, a server is some way off."""
        return self._is_sqlite

    def look(self) -> State | None:
        """The state as of now, to be read before what depends on it; ``None`` if not known.

        A state of a connection that was lost equals no later one.
        """
        with self._lock:
            try:
                if self._connection is None:
                    self._open()
                row = self._connection.execute(self._question).fetchone()
            except self._engine.dialect.loaded_dbapi.Error:
                self._close()
                return None
            return self._opened, row[0]

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._close()

    def _open(self) -> None:
        taken = self._engine.raw_connection()
        self._connection = taken.driver_connection
        taken.detach()  # it stays open: not one of the pool's
        self._opened += 1
        if self._is_sqlite:
            self._connection.execute("PRAGMA busy_timeout = 0")
        else:
            self._connection.autocommit = True

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
