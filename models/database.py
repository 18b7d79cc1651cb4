"""Two doors to the database: ``read()`` never commits, ``write()`` commits on exit.

On SQLite a writing session begins IMMEDIATE: with the driver's own habit, or a plain BEGIN,
concurrent read-then-write loses updates or fails with "database is locked" (measured; see
docs/decisions).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.orm import Session

from config.errors import Refused
from models.watch import Watch

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).with_name("migrations")
_BUSY_SECONDS = 30  # a write waits this long for another process's write before it gives up

_CACHE_MB = 32  # the indexes that inserts touch


class Database:
    """One database; opens sessions. Only ``app`` holds one.

    ``cache_mb``: pages of an SQLite file that each connection keeps; the default is for imports.
    """

    def __init__(self, url: str, *, cache_mb: int = _CACHE_MB) -> None:
        try:
            self.url: URL = make_url(url)
        except ArgumentError as error:
            raise Refused(
                "WARMLIST_DATABASE_URL is not a database address.",
                "Use sqlite:///path/file.db or postgresql://user:password@host/name.",
            ) from error
        if self.url.get_backend_name() not in {"sqlite", "postgresql"}:
            raise Refused(
                "WARMLIST_DATABASE_URL names %(get_backend_name)s, not supported.",
                "Use SQLite or PostgreSQL.",
                get_backend_name=self.url.get_backend_name(),
            )
        try:
            # the connection used last is taken first: its pages are in memory
            self.engine: Engine = create_engine(self.url, pool_use_lifo=True)
        except (ArgumentError, ImportError) as error:  # a driver that nobody has, or not here
            raise Refused(
                "WARMLIST_DATABASE_URL asks for the driver %(drivername)s, not installed.",
                "Use postgresql://user:password@host/name.",
                drivername=self.url.drivername,
            ) from error
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            event.listen(self.engine, "connect", partial(_prepare_sqlite, cache_mb))
            event.listen(self.engine, "begin", _begin_sqlite)
        self.watch = Watch(self.engine)
        self._writing = Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that never commits; what it loaded stays readable afterwards."""
        with _explained(self), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits on exit and rolls back on any exception."""
        engine = self.engine.execution_options(writes=True)
        with (
            _explained(self),
            self._turn(),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One writer of this process at a time on SQLite, which admits one anyway.

        A thread that waits here goes on at once; SQLite itself would let it sleep up to a tenth of
        a second between two looks.
        """
        if not self.is_sqlite:
            yield
            return
        if not self._writing.acquire(timeout=_BUSY_SECONDS):
            raise _is_locked(self)
        try:
            yield
        finally:
            self._writing.release()

    def migrate(self) -> tuple[str | None, str]:
        """Bring the schema up to this version; returns the revisions before and after."""
        from alembic import command

        config = alembic_config()
        engine = self.engine.execution_options(writes=True)
        with (
            _explained(self),
            engine.connect() as connection,
            _unchecked(connection),
            connection.begin(),
        ):
            before = _read_revision(connection)
            self._refuse_newer(before)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _check_references(connection)
        return before, head_revision()

    def revision(self) -> str | None:
        """The schema revision in the database, ``None`` when it is empty."""
        with _explained(self), self.engine.connect() as connection:
            return _read_revision(connection)

    def require_current(self) -> None:
        """Refuse to work on a schema that is missing, older or newer."""
        if self.is_sqlite and self.url.database and not Path(self.url.database).exists():
            raise Refused(
                "There is no workspace at %(database)s.",
                "Run: warmlist init",
                database=self.url.database,
            )
        revision = self.revision()
        if revision is None:
            raise Refused("The database is empty.", "Run: warmlist init")
        self._refuse_newer(revision)
        if revision != head_revision():
            raise Refused("The database is of an older version.", "Run: warmlist init")

    def _refuse_newer(self, revision: str | None) -> None:
        if revision is not None and revision not in revisions():
            raise Refused(
                "The database was made by a newer Warmlist (schema %(revision)s).",
                "Update Warmlist; nothing was changed.",
                revision=revision,
            )

    def close(self) -> None:
        """Give back all connections."""
        self.watch.close()
        self.engine.dispose()


def alembic_config() -> Config:
    """Where the migrations stand. Loaded for migrating alone: it is 10 MB of a process."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def revisions() -> list[str]:
    """Every schema revision this version knows, oldest first: the numbers its files begin with."""
    files = (_MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return sorted(path.name.split("_", 1)[0] for path in files)


def head_revision() -> str:
    """The schema revision of this version."""
    return revisions()[-1]


def _read_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _prepare_sqlite(cache_mb: int, connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin ourselves
    # SQLite's own knows ASCII alone: a topic "Épargne" would not be found by its name.
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    # A read-only file still serves readers; a writer will be told when it begins.
    with suppress(sqlite3.OperationalError):
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA temp_store = MEMORY")
    # Copy the log back every 40 MB: at the usual 4 every batch of scattered rows waits for it.
    cursor.execute("PRAGMA wal_autocheckpoint = 10000")
    cursor.execute(f"PRAGMA cache_size = {-1024 * cache_mb}")
    cursor.close()


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """Lets SQLite copy a table that others point to: dropping the old one would break references.

    It can be switched only outside a transaction; ``_check_references`` looks before the commit.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise Refused(
                "Table %(broken)s of the database points to rows that are not there.",
                "Put a copy from before in its place; nothing was changed.",
                broken=broken[0],
            )


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _explained(database: Database) -> Iterator[None]:
    """Turn the database's own refusals into sentences; what was stored before stays intact."""
    try:
        yield
    except DatabaseError as error:
        raise _explain(database, error) from error
    except OverflowError as error:  # the SQLite driver's own refusal of a number over 64 bits
        raise _too_large() from error


def _too_large() -> Refused:
    return Refused("A number is larger than any that is stored.", "Check the number.")


def _is_locked(database: Database) -> Refused:
    return Refused(
        "Another process has been writing to %(database)s for over %(BUSY_SECONDS)s seconds.",
        "Wait for it to finish, then repeat the command.",
        database=database.url.database,
        BUSY_SECONDS=_BUSY_SECONDS,
    )


def _explain(database: Database, error: DatabaseError) -> Exception:
    text = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    low = text.lower()
    where = database.url.database if database.is_sqlite else database.url.host
    if "out of range" in low:
        return _too_large()
    if "readonly" in low or "read-only" in low:
        return Refused(
            "The database %(where)s is read-only.",
            "Give write access, then try again.",
            where=where,
        )
    if "disk is full" in low or "no space left" in low or "disk i/o" in low:
        return Refused(
            "The disk is full: %(where)s could not be written.",
            "Make room, then repeat the command; what was stored before is intact.",
            where=where,
        )
    if "unable to open" in low:
        return Refused(
            "The database %(where)s cannot be opened.",
            "Check the path and its rights.",
            where=where,
        )
    if "is locked" in low:
        return _is_locked(database)
    if "malformed" in low:
        return Refused(
            "The database %(where)s is damaged.",
            "Put a copy from before in its place.",
            where=where,
        )
    if "not a database" in low or "already exists" in low:
        return Refused(
            "%(where)s is not a Warmlist database.",
            "Check WARMLIST_DATABASE_URL.",
            where=where,
        )
    if not database.is_sqlite and ("connection" in low or "authentication" in low):
        return Refused(
            "PostgreSQL at %(where)s refused: %(given)s.",
            "Check WARMLIST_DATABASE_URL.",
            where=where,
            given=text,
        )
    return error
