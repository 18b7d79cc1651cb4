from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from config.errors import Refused
from models import Base
from models.database import Database, head_revision


def test_a_migrated_database_equals_the_tables_in_code(db: Database) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": _is_a_table_of_ours}
        )
        assert compare_metadata(context, Base.metadata) == []
        names = inspect(connection).get_table_names()
        assert {name for name in names if _is_a_table_of_ours(name)} == {
            *Base.metadata.tables,
            "alembic_version",
        }


def _is_a_table_of_ours(name: str | None, *_: object) -> bool:
    """Not of the full-text index, which each database keeps in its own way."""
    return not (name or "").startswith("post_words_index")


def test_check_constraints_are_those_in_code(db: Database) -> None:
    # Alembic does not compare these.
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            found = {
                check["name"] for check in inspect(connection).get_check_constraints(table.name)
            }
            wanted = {
                str(constraint.name)
                for constraint in table.constraints
                if type(constraint).__name__ == "CheckConstraint"
            }
            assert found == wanted, table.name


def test_migrating_twice_changes_nothing(db: Database) -> None:
    assert db.migrate() == (head_revision(), head_revision())


def test_a_database_of_a_newer_version_is_refused_and_left_alone(db: Database) -> None:
    with db.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Refused, match="newer Warmlist"):
        db.require_current()
    with pytest.raises(Refused, match="newer Warmlist"):
        db.migrate()
    assert db.revision() == "9999"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    yield database
    database.close()


def test_an_empty_database_is_refused_with_the_command_that_fills_it(empty: Any) -> None:
    with pytest.raises(Refused, match="warmlist init"):
        empty.require_current()
