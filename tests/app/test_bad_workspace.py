"""A workspace that cannot be used: one clear line, the right exit code, nothing lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.program import WITHOUT_RIGHTS, Program, ask, count_rows, post
from tests.conftest import PostgresServer

_TEXT = "Who can help with a 401k rollover?"
# No file may grow over 1 MB in this process: the kernel refuses to write, as on a full disk.
_LITTLE_ROOM = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
"""


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workspace in good order, to be copied."""
    home = tmp_path_factory.mktemp("pattern") / "home"
    file = home.parent / "posts.jsonl"
    file.write_text("".join(post(n, f"{_TEXT} {n}") + "\n" for n in range(20)))
    program = Program(home)
    outcomes = program.run_each(
        [
            ["init"],
            ["topic", "add", "Money", "--keyword", "401k"],
            ["team", "add", "East", "--weekend", "none"],
            ["rep", "add", "Ines", "--team", "East", "--quota", "3", "--per", "day"],
            ["import", str(file)],
            ["lists", "build"],
        ]
    )
    assert [outcome.code for outcome in outcomes] == [0] * 6
    return home


@pytest.fixture
def program(pattern: Path, tmp_path: Path) -> Program:
    """A workspace of one's own, in good order."""
    shutil.copytree(pattern, tmp_path / "home")
    return Program(tmp_path / "home")


def _write_many(folder: Path, count: int = 1500) -> Path:
    file = folder / "many.jsonl"
    filler = "words and more words " * 40
    file.write_text(
        "".join(post(n, f"{_TEXT} {n} {filler}") + "\n" for n in range(100, 100 + count))
    )
    return file


def _change(program: Program, statement: str) -> None:
    with (
        contextlib.closing(sqlite3.connect(program.home / "warmlist.db")) as connection,
        connection,
    ):
        connection.execute(statement)


def test_a_newer_schema_is_refused_and_untouched(program: Program) -> None:
    _change(program, "UPDATE alembic_version SET version_num = 'ffff12345678'")
    outcomes = program.run_each(
        [["init"], ["topic", "list"], ["import", "x.jsonl"], ["collect"], ["lists", "build"]]
    )
    for outcome in outcomes:
        assert (outcome.code, outcome.out) == (1, "")
        assert "newer Warmlist (schema ffff12345678). Update Warmlist" in outcome.line
    assert "MISS  database: The database was made by a newer" in program.run("doctor", code=1).out
    assert ask(program, "SELECT version_num FROM alembic_version") == [("ffff12345678",)]
    assert count_rows(program, "signals") == 20


def test_no_workspace_and_an_empty_one_say_what_to_run(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    commands = [["topic", "list"], ["serve"], ["run"], ["score"], ["attainment", "--json"]]
    for outcome in program.run_each(commands):
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.line.endswith("Run: warmlist init")
    assert not program.home.exists()
    program.home.mkdir()
    (program.home / "warmlist.db").touch()
    assert program.run("topic", "list", code=1).line.endswith("Run: warmlist init")


class TestReadOnly:
    """Root is not bound by rights, so the processes here give up those that free it."""

    def test_a_home_that_cannot_be_written(self, tmp_path: Path) -> None:
        home = tmp_path / "home"
        home.mkdir(mode=0o555)
        program = Program(home, before=WITHOUT_RIGHTS)
        assert "is read-only. Give write access" in program.run("init", code=1).line
        below = {"WARMLIST_HOME": str(home / "below")}
        init, demo, doctor = program.run_each(
            [["init"], ["demo", "--no-serve"], ["doctor"]], [below, below, {}]
        )
        assert "cannot be made: Permission denied" in init.line
        assert "cannot be made: Permission denied" in demo.line
        assert "MISS  home" in doctor.out
        assert list(home.iterdir()) == []

    def test_a_database_that_cannot_be_written(self, program: Program) -> None:
        file = _write_many(program.home.parent, 10)
        (program.home / "warmlist.db").chmod(0o444)
        bound = Program(program.home, before=WITHOUT_RIGHTS)
        commands = [
            ["import", str(file)],
            ["topic", "add", "Other", "--keyword", "pension"],
            ["lists", "build"],
            ["touch", "1", "--channel", "call", "--disposition", "won"],
        ]
        *refusals, shown = bound.run_each([*commands, ["list", "show", "--rep", "Ines"]])
        for refused in refusals:
            assert (refused.code, refused.out) == (1, "")
            assert "is read-only. Give write access" in refused.line
        assert (shown.code, shown.out.count("#1 ")) == (0, 1)
        assert (count_rows(program, "signals"), count_rows(program, "touches")) == (20, 0)

    def test_a_whole_workspace_that_cannot_be_written(self, program: Program) -> None:
        for path in (*program.home.rglob("*"), program.home):
            path.chmod(0o555 if path.is_dir() else 0o444)
        bound = Program(program.home, before=WITHOUT_RIGHTS)
        commands = [["topic", "add", "Other", "--keyword", "pension"], ["topic", "list"]]
        added, listed = bound.run_each(commands)
        assert (added.code, added.out) == (1, "")
        assert "read-only" in added.line or "cannot be opened" in added.line
        # SQLite can read such a folder only if an earlier process left its journal files there.
        if listed.code == 0:
            assert "pension" not in listed.out
        else:
            assert "read-only" in listed.line or "cannot be opened" in listed.line
        program.home.chmod(0o755)
        assert count_rows(program, "topics") == 1


class TestFullDisk:
    def test_nothing_more_fits_into_a_file(self, program: Program) -> None:
        """The kernel refuses to let any file grow: what SQLite sees on a full disk."""
        file = _write_many(program.home.parent)
        full = Program(program.home, before=_LITTLE_ROOM)
        refused = full.run("import", str(file), code=1)
        assert "disk is full" in refused.line
        assert "Make room" in refused.line
        assert refused.out == ""
        stored = count_rows(program, "signals")
        assert ask(program, "PRAGMA integrity_check") == [("ok",)]
        document = program.run("import", str(file), "--json").document
        assert document["duplicate"] == stored - 20
        assert count_rows(program, "signals") == 1520
        assert count_rows(program, "assignments") == 3

    def test_a_disk_of_four_megabytes(self, pattern: Path, tmp_path: Path) -> None:
        disk = tmp_path / "disk"
        disk.mkdir()
        with _small_disk(disk):
            shutil.copytree(pattern, disk / "home")
            program = Program(disk / "home")
            refused = program.run("import", str(_write_many(tmp_path, 4000)), code=1)
            assert "disk is full" in refused.line
            assert ask(program, "PRAGMA integrity_check") == [("ok",)]
            assert count_rows(program, "signals") >= 20
            assert "Ines" in program.run("list", "show", "--rep", "Ines").out
            fresh = Program(disk / "second")
            (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free))
            assert "full" in fresh.run("init", code=1).line


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        # The same is shown above without a disk of its own, so that CI does not depend on it.
        reason = f"no small disk can be mounted here: {mounted.stderr.strip()}"
        print(reason)
        pytest.skip(reason)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("not a folder")
    commands = [["init"], ["topic", "list"], ["demo", "--no-serve"], ["doctor"]]
    *refusals, doctor = Program(home).run_each(commands)
    for refused in refusals:
        assert (refused.code, refused.out) == (1, "")
        assert str(home) in refused.line
    assert doctor.code == 1
    assert "MISS  home" in doctor.out
    assert home.read_text() == "not a folder"


def test_a_broken_workspace_file(tmp_path: Path) -> None:
    contents = [
        (b"[lists\nbuild_hour = 6", "is not valid TOML"),
        (b"\xff\xfe\x00", "is not valid TOML"),
        (b"[lists]\nbuild_hour = 25\n", "lists.build_hour = 25"),
        (b"[lists]\nbuild_hour = 'six'\n", "lists.build_hour = 'six'"),
        (b"lists = 3\n", "lists = 3"),
        (b"[import]\npage_rows = 0\n", "import.page_rows = 0"),
        (None, "cannot be read: Is a directory"),
    ]
    commands, settings = [], []
    for number, (content, _) in enumerate(contents):
        home = tmp_path / str(number)
        home.mkdir()
        if content is None:
            (home / "warmlist.toml").mkdir()
        else:
            (home / "warmlist.toml").write_bytes(content)
        commands += [["init"], ["doctor"]]
        settings += [{"WARMLIST_HOME": str(home)}] * 2
    outcomes = Program(tmp_path / "home").run_each(commands, settings)
    for number, (_, says) in enumerate(contents):
        refused, doctor = outcomes[2 * number : 2 * number + 2]
        assert (refused.code, refused.out) == (1, "")
        assert says in refused.line
        assert "warmlist.toml" in refused.line
        assert doctor.code == 1
        assert "MISS  settings" in doctor.out
        assert [path.name for path in (tmp_path / str(number)).iterdir()] == ["warmlist.toml"]


def test_a_wrong_setting_in_the_environment(program: Program) -> None:
    url = "WARMLIST_DATABASE_URL"
    wrong = [
        ("WARMLIST_WARMTH__LIKE", "much", "warmth.like = 'much'"),
        ("WARMLIST_WARMTH__LIKE", "-1", "warmth.like = '-1'"),
        ("WARMLIST_WEB__PORT", "99999", "web.port = '99999'"),
        ("WARMLIST_LISTS", "{nonsense", '"lists"'),
        (url, "nonsense", "not a database address"),
        (url, "mysql://me:hunter2@localhost/x", "Use SQLite or PostgreSQL"),
        (url, "postgresql+nothing://me:hunter2@localhost/x", "postgresql+nothing, not installed"),
        (url, "postgresql+psycopg2://me:hunter2@localhost/x", "psycopg2, not installed"),
        (url, "sqlite:////nowhere/at/all.db", "There is no workspace"),
    ]
    outcomes = program.run_each(
        [["topic", "list"]] * len(wrong), [{name: value} for name, value, _ in wrong]
    )
    for (_, _, says), refused in zip(wrong, outcomes, strict=True):
        assert (refused.code, refused.out) == (1, "")
        assert says in refused.line
        assert "hunter2" not in refused.line


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "warmlist.db").write_bytes(b"Dear diary, " * 1000)
    other = home / "other.db"
    with contextlib.closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE topics (x)")
    foreign = {"WARMLIST_DATABASE_URL": f"sqlite:///{other}"}
    outcomes = Program(home).run_each(
        [["init"], ["topic", "list"], ["init"], ["topic", "list"]], [{}, {}, foreign, foreign]
    )
    for refused in outcomes[:3]:
        assert refused.code == 1
        assert "is not a Warmlist database" in refused.line
    assert outcomes[3].code == 1
    assert outcomes[3].line
    assert (home / "warmlist.db").read_bytes() == b"Dear diary, " * 1000
    with contextlib.closing(sqlite3.connect(other)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("topics",)]


def test_a_database_with_a_torn_page(program: Program) -> None:
    path = program.home / "warmlist.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log would heal the file
    data = path.read_bytes()
    path.write_bytes(data[:4096] + os.urandom(len(data) - 4096))
    refused = program.run("list", "show", "--rep", "Ines", code=1)
    assert "is damaged" in refused.line


def test_postgresql_that_does_not_answer(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"postgresql://me:hunter2@127.0.0.1:{port}/warmlist"
    program = Program(tmp_path / "home", {"WARMLIST_DATABASE_URL": url})
    *refusals, doctor = program.run_each([["init"], ["topic", "list"], ["doctor"]])
    for refused in refusals:
        assert (refused.code, refused.out) == (1, "")
        assert "PostgreSQL at 127.0.0.1" in refused.line
        assert "hunter2" not in refused.line
    assert doctor.code == 1
    assert "MISS  database" in doctor.out
    assert "hunter2" not in doctor.out


@pytest.mark.postgresql
def test_postgresql_that_refuses(postgres: PostgresServer, tmp_path: Path) -> None:
    missing = Program(tmp_path / "home", {"WARMLIST_DATABASE_URL": postgres.url("missing")})
    assert "missing" in missing.run("init", code=1).line
    empty = Program(
        tmp_path / "home", {"WARMLIST_DATABASE_URL": postgres.create(empty=True)}
    )  # fmt: skip
    first, ready, again, listed, large = empty.run_each(
        [["topic", "list"], ["init"], ["init"], ["topic", "list"], ["undo", "9" * 30]]
    )
    assert first.line.endswith("Run: warmlist init")
    assert "is ready" in ready.out
    assert "up to date" in again.out
    assert listed.code == 0
    assert "no touch" in large.line
