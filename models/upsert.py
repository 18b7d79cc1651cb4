"""Insert-or-ignore and insert-or-update in one place for both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session


def insert_for(
    session: Session, table: type[DeclarativeBase] | Table
) -> postgresql.Insert | sqlite.Insert:
    """``INSERT`` of the session's dialect, with ``on_conflict_do_nothing/update``."""
    target = table if isinstance(table, Table) else cast("Table", table.__table__)
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(target)
    return sqlite.insert(target)


def insert_ignore(
    session: Session, table: type[DeclarativeBase], rows: Sequence[dict[str, Any]]
) -> None:
    """Insert ``rows``; those that meet a unique key are left out. Bulk, no identities returned."""
    if rows:
        session.execute(insert_for(session, table).on_conflict_do_nothing(), rows)


def upsert(
    session: Session,
    table: type[DeclarativeBase],
    rows: Sequence[dict[str, Any]],
    *,
    key: Sequence[str],
    update: Sequence[str],
) -> None:
    """Insert ``rows``; where ``key`` exists, set the ``update`` columns to the new values."""
    if rows:
        statement = insert_for(session, table)
        statement = statement.on_conflict_do_update(
            index_elements=list(key),
            set_={column: statement.excluded[column] for column in update},
        )
        session.execute(statement, rows)
