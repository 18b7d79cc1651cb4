"""Fixtures every test may use: real SQLite files, a real PostgreSQL, a fixed clock."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from models.database import Database

if TYPE_CHECKING:
    from tests.app.web.apps import Apps

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)  # a Wednesday


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the workspace of whoever runs it."""
    for name in list(os.environ):
        if name.startswith("WARMLIST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WARMLIST_HOME", str(tmp_path / "home"))


@pytest.fixture
def now() -> datetime:
    """The instant most tests happen at."""
    return NOW


_CLOSE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = """
DO $$
DECLARE
  one record;
  held boolean;
  filled text[] := '{}';
BEGIN
  FOR one IN SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || one.name || ')' INTO held;
    IF held THEN filled := filled || one.name; END IF;
  END LOOP;
  IF filled <> '{}' THEN
    EXECUTE 'TRUNCATE ' || array_to_string(filled, ', ') || ' CASCADE';
  END IF;
  FOR one IN SELECT format('%I.%I', schemaname, sequencename) AS name FROM pg_sequences
    WHERE last_value IS NOT NULL
  LOOP
    EXECUTE 'ALTER SEQUENCE ' || one.name || ' RESTART';
  END LOOP;
END $$
"""
_SHAPE = """
SELECT (SELECT version_num FROM alembic_version),
  (SELECT md5(string_agg(concat_ws(' ', relname, relkind, relnatts), ',' ORDER BY relname, oid))
    FROM pg_class WHERE relnamespace = 'public'::regnamespace),
  (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_constraint),
  (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_namespace),
  (SELECT count(*) FROM pg_db_role_setting),
  (SELECT count(*) FROM pg_sequences WHERE last_value IS NOT NULL)
"""


class PostgresServer:
    """A server of this test session on a free loopback port, in a temporary folder."""

    def __init__(self, binaries: Path) -> None:
        self._user = _ordinary_user()
        self._folder = Path(tempfile.mkdtemp(prefix="warmlist-pg-"))
        data = self._folder / "data"
        if self._user is not None:
            account = pwd.getpwnam(self._user)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        self._run(
            [str(binaries / "initdb"), "-D", str(data), "-U", "warmlist", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        )  # fmt: skip
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), "-p", str(self.port),
             "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
             "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=60"],
            user=self._user, stdout=self._log, stderr=self._log, cwd="/",
        )  # fmt: skip
        self._wait()
        self._number = 0
        self._cleaned: list[str] = []
        self._execute("CREATE DATABASE pattern")
        pattern = Database(self.url("pattern"))
        pattern.migrate()
        pattern.close()
        with self._connect("pattern") as connection:
            self._pattern = self._shape(connection)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://warmlist@127.0.0.1:{self.port}/{name}"

    def create(self, *, empty: bool = False) -> str:
        """The address of an empty database, migrated unless asked for without a schema."""
        if self._cleaned and not empty:
            return self.url(self._cleaned.pop())
        self._number += 1
        name = f"test_{self._number}"
        self._execute(f"CREATE DATABASE {name}" + ("" if empty else " TEMPLATE pattern"))
        return self.url(name)

    def give_back(self, url: str) -> None:
        """Empty a migrated database for the next test; making one takes several times as long.

        One whose schema is no longer the pattern's is removed.
        """
        name = url.rsplit("/", 1)[1]
        with self._connect(name) as connection:
            connection.execute(_CLOSE)
            connection.execute(_EMPTY)
            is_as_new = self._shape(connection) == self._pattern
        if is_as_new:
            self._cleaned.append(name)
        else:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _shape(self, connection: psycopg.Connection) -> object:
        """What tells a changed schema from the pattern's."""
        return connection.execute(_SHAPE).fetchall()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)  # fast: open connections are closed, not awaited
        self._process.wait(timeout=30)
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _connect(self, name: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="warmlist", dbname=name, autocommit=True
        )

    def _execute(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement.encode())

    def _run(self, command: list[str]) -> None:
        subprocess.run(command, user=self._user, check=True, capture_output=True, cwd="/")

    def _wait(self) -> None:
        ends_at = time.monotonic() + 30
        while True:
            try:
                self._execute("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > ends_at or self._process.poll() is not None:
                    raise
                time.sleep(0.1)
            else:
                return


def _ordinary_user() -> str | None:
    """PostgreSQL refuses to run as root; anybody else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None


def _postgres_binaries() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    candidates = [*folders, *([Path(found).resolve().parent] if found else [])]
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


def skip_or_fail(reason: str) -> None:
    """On a user's machine a missing program skips a test and says so; CI must have it."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (CI must have it)")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL server."""
    binaries = _postgres_binaries()
    if binaries is None:
        skip_or_fail("PostgreSQL is not installed (Debian: apt-get install postgresql)")
        raise AssertionError
    server = PostgresServer(binaries)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating anew costs every test a tenth of a second."""
    path = tmp_path_factory.mktemp("pattern") / "pattern.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database of each kind."""
    if request.param == "sqlite":
        pattern: Path = request.getfixturevalue("sqlite_pattern")
        yield f"sqlite:///{shutil.copy(pattern, tmp_path / 'test.db')}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create()
    yield url
    server.give_back(url)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """An empty, migrated database of each kind."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def apps() -> Iterator[Apps]:
    """Lends applications of the pages, made once for all tests."""
    from tests.app.web.apps import Apps

    lender = Apps()
    yield lender
    lender.take_back()
