"""The database says whether anything may have changed, whoever changed it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import text

from models import Team
from models.database import Database
from tests.conftest import NOW

_ELSEWHERE = """
import sys
from models.database import Database
from sqlalchemy import text
db = Database(sys.argv[1])
with db.write() as session:
    session.execute(text("UPDATE teams SET name = 'Elsewhere'"))
db.close()
"""


@pytest.fixture
def team(db: Database) -> Team:
    with db.write() as session:
        team = Team(name="A", time_zone="UTC", first_weekday=0, weekend=[], created_at=NOW)
        session.add(team)
    return team


def test_reading_and_giving_up_change_nothing(db: Database, team: Team) -> None:
    before = db.watch.look()
    assert before is not None
    with db.read() as session:
        assert session.get(Team, team.id) is not None
    with db.read() as session:
        session.execute(text("UPDATE teams SET name = 'never committed'"))
        if db.is_sqlite:  # PostgreSQL counts a transaction that was given up, which does no harm
            during = db.watch.look()
            assert during == before
    if db.is_sqlite:
        assert db.watch.look() == before
    again = db.watch.look()
    assert again == db.watch.look()


def test_every_commit_is_seen(db: Database, team: Team, database_url: str) -> None:
    states = [db.watch.look()]
    for name in ("B", "C"):
        with db.write() as session:
            session.get_one(Team, team.id).name = name
        states.append(db.watch.look())
    with db.engine.begin() as connection:  # past every session, as bulk writes go
        connection.exec_driver_sql("UPDATE teams SET name = 'D'")
    states.append(db.watch.look())
    other = Database(database_url)
    with other.write() as session:
        session.get_one(Team, team.id).name = "E"
    other.close()
    states.append(db.watch.look())
    subprocess.run([sys.executable, "-c", _ELSEWHERE, database_url], check=True)
    states.append(db.watch.look())
    assert None not in states
    assert len(set(states)) == len(states)
    assert db.watch.look() == states[-1]


def test_a_transaction_that_began_before_is_seen_when_it_ends(db: Database, team: Team) -> None:
    with db.write() as session:
        session.get_one(Team, team.id).name = "not yet"
        session.flush()
        before = db.watch.look()
        assert before == db.watch.look()
    assert db.watch.look() != before


def test_a_lost_connection_knows_nothing_and_then_another_state(db: Database, team: Team) -> None:
    before = db.watch.look()
    db.watch._connection.close()  # as a restart of the server would
    assert db.watch.look() is None
    after = db.watch.look()
    assert after is not None
    assert after != before
    assert team.name == "A"
