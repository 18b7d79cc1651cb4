"""A workspace with rows in it moves up without losing or breaking any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from config.errors import Refused
from models.database import Database, alembic_config, head_revision, revisions

_AT = "2026-11-25 10:00:00"
_ROWS = f"""
INSERT INTO persons (id, created_at) VALUES (1, '{_AT}');
INSERT INTO teams (id, name, time_zone, first_weekday, weekend, created_at)
    VALUES (1, 'North', 'UTC', 0, '[]', '{_AT}');
INSERT INTO reps (id, team_id, name, active, created_at) VALUES (1, 1, 'R', true, '{_AT}');
INSERT INTO topics (id, name, languages, half_life_hours, window_days, active, version, created_at,
    updated_at, description) VALUES (1, 'T', '[]', 1, 1, true, 1, '{_AT}', '{_AT}', '');
INSERT INTO accounts (id, person_id, network, external_id, first_seen_at)
    VALUES (1, 1, 'n', 'a', '{_AT}');
INSERT INTO signals (id, network, kind, external_id, account_id, metrics, occurred_at, observed_at)
    VALUES (1, 'n', 'post', 's', 1, '{{}}', '{_AT}', '{_AT}');
INSERT INTO assignments (id, rep_id, person_id, topic_id, signal_id, listed_on, rank, warmth,
    reasons, assigned_at) VALUES (1, 1, 1, 1, 1, '2026-11-25', 1, 2.0, '[]', '{_AT}');
INSERT INTO touches (id, assignment_id, rep_id, person_id, channel, disposition, occurred_at,
    recorded_at, idempotency_key)
    VALUES (1, 1, 1, 1, 'call', 'contacted', '{_AT}', '{_AT}', 'one');
INSERT INTO touches (id, assignment_id, rep_id, person_id, channel, disposition, occurred_at,
    recorded_at, idempotency_key, undoes_id)
    VALUES (2, 1, 1, 1, 'call', 'contacted', '{_AT}', '{_AT}', 'two', 1);
INSERT INTO labels (id, signal_id, topic_id, value, source, touch_id, created_at)
    VALUES (1, 1, 1, 1, 'disposition', 1, '{_AT}')
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def worked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A workspace of schema 0003 in which somebody worked."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'worked.db'}"
    else:
        server: Any = request.getfixturevalue("postgres")
        url = server.create(empty=True)
    database = Database(url)
    config = alembic_config()
    with database.engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for statement in _ROWS.split(";"):
            connection.execute(text(statement))
    yield database
    database.close()


def test_touches_labels_and_what_points_to_them_survive(worked: Database) -> None:
    assert worked.migrate() == ("0003", head_revision())
    with worked.write() as session:
        assert session.execute(text("SELECT id, undoes_id FROM touches ORDER BY id")).all() == [
            (1, None), (2, 1),
        ]  # fmt: skip
        assert session.scalar(text("SELECT touch_id FROM labels")) == 1
        assert session.scalar(text("SELECT count(*) FROM touches WHERE NOT control")) == 2
    with pytest.raises(IntegrityError), worked.write() as session:  # checked again afterwards
        session.execute(text("UPDATE labels SET touch_id = 99"))


def test_a_workspace_that_is_broken_is_left_as_it_was(worked: Database) -> None:
    if not worked.is_sqlite:
        return  # PostgreSQL lets nobody break a reference
    with worked.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("UPDATE labels SET touch_id = 99")
        raw.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(Refused, match="Table labels"):
        worked.migrate()
    assert worked.revision() == "0003"


def test_the_files_begin_with_their_revisions_in_order() -> None:
    """They are told by their names: alembic is loaded for migrating alone."""
    scripts = ScriptDirectory.from_config(alembic_config())
    assert [one.revision for one in scripts.walk_revisions()] == revisions()[::-1]
    assert scripts.get_heads() == [head_revision()]
