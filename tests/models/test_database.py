from __future__ import annotations

import multiprocessing
import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from models import Person, WorkspaceValue
from models.database import Database

THREADS, PROCESSES, ROUNDS = 4, 2, 40


def add_rounds(url: str, rounds: int) -> None:
    """Read, add one, write: what a scheduler and a page do at the same time."""
    db = Database(url)
    for _ in range(rounds):
        with db.write() as session:
            row = session.get_one(WorkspaceValue, "counter", with_for_update=True)
            row.value = str(int(row.value) + 1)
    db.close()


def test_nothing_is_lost_when_threads_and_processes_add_at_once(database_url: str) -> None:
    db = Database(database_url)
    with db.write() as session:
        session.add(WorkspaceValue(key="counter", value="0"))
    threads = [
        threading.Thread(target=add_rounds, args=(database_url, ROUNDS)) for _ in range(THREADS)
    ]
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=add_rounds, args=(database_url, ROUNDS)) for _ in range(PROCESSES)
    ]
    for worker in (*threads, *processes):
        worker.start()
    for worker in (*threads, *processes):
        worker.join(timeout=120)
    assert [process.exitcode for process in processes] == [0, 0]
    with db.read() as session:
        counted = session.get_one(WorkspaceValue, "counter").value
    assert int(counted) == (THREADS + PROCESSES) * ROUNDS
    db.close()


def test_a_write_that_raises_leaves_nothing(db: Database, now: datetime) -> None:
    def fail_halfway() -> None:
        with db.write() as session:
            session.add(Person(created_at=now))
            session.flush()
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        fail_halfway()
    with db.read() as session:
        assert session.scalars(select(Person)).all() == []


def test_a_read_never_commits(db: Database, now: datetime) -> None:
    with db.read() as session:
        session.add(Person(created_at=now))
        session.flush()
    with db.read() as session:
        assert session.scalars(select(Person)).all() == []


def test_times_come_back_aware_and_equal(db: Database, now: datetime) -> None:
    with db.write() as session:
        session.add(Person(created_at=now))
    with db.read() as session:
        assert session.scalars(select(Person.created_at)).one() == now


def test_a_time_without_zone_is_refused(db: Database) -> None:
    def add_naive() -> None:
        with db.write() as session:
            session.add(Person(created_at=datetime(2026, 1, 1)))

    with pytest.raises(Exception, match="without zone"):
        add_naive()


def test_a_process_that_only_serves_pages_keeps_less_of_the_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cache.db'}"
    for db, kib in ((Database(url), 32 * 1024), (Database(url, cache_mb=4), 4 * 1024)):
        with db.read() as session:
            assert session.execute(text("PRAGMA cache_size")).scalar() == -kib
        db.close()
