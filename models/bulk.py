"""Thousands of numbers to or from the database as one parameter, which costs a tenth of as many."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    String,
    Table,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

from models.base import read_instant


def among(
    session: Session, column: InstrumentedAttribute[int], numbers: Iterable[int]
) -> ColumnElement[bool]:
    """``column IN (numbers)``, however many there are."""
    values = list(numbers)
    if session.get_bind().dialect.name == "postgresql":
        return column == func.any(bindparam(None, values, type_=ARRAY(BigInteger)))
    listed = func.json_each(json.dumps(values)).table_valued("value")
    return column.in_(select(listed.c.value))


def among_named(dialect: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The same for a statement that is kept: its parameter ``name`` is what ``pack`` gives.

    A column of text is held against words.
    """
    if dialect == "postgresql":
        item = Text if isinstance(column.type, String) else BigInteger
        return column == func.any(bindparam(name, type_=ARRAY(item)))
    listed = func.json_each(bindparam(name, type_=Text())).table_valued("value")
    return column.in_(select(listed.c.value))


def pack(session: Session, numbers: Iterable[int] | Iterable[str]) -> tuple[str, Any]:
    """The session's dialect, and these numbers or words as one parameter of it."""
    dialect = session.get_bind().dialect.name
    return dialect, pack_for(dialect, numbers)


def pack_for(dialect: str, numbers: Iterable[int] | Iterable[str]) -> Any:
    """These numbers or words as one parameter of a dialect that is known."""
    return list(numbers) if dialect == "postgresql" else json.dumps(list(numbers))


def fetch_plain(
    session: Session, statement: Executable, parameters: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """All rows as the driver gives them, a third of the cost of rows with names and types.

    Numbers, text and NULL are what they are; an instant is what ``instant_reader`` reads, a truth
    of SQLite 0 or 1. Not for JSON.
    """
    result = session.connection().execute(statement, parameters)
    cursor = result.cursor
    assert cursor is not None  # a statement that gives rows
    rows = cast("list[tuple[Any, ...]]", cursor.fetchall())
    result.close()
    return rows


def instant_reader(session: Session) -> Callable[[Any], datetime]:
    """What makes an aware instant of a column that ``fetch_plain`` gave."""
    return read_instant if session.get_bind().dialect.name == "sqlite" else _read_aware


def _read_aware(value: datetime) -> datetime:
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def insert_values(
    session: Session,
    table: type[DeclarativeBase],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    written: Collection[str] = (),
) -> None:
    """Insert rows of values in the order of ``columns``; those that meet a unique key are left out.

    Half of what SQLAlchemy's own way costs: it makes a dictionary of every row. ``written`` are
    columns of JSON whose values are its text already.
    """
    name = cast("Table", table.__table__).name
    mark = _mark(session)
    _execute_many(
        session, table, columns, rows,
        f"INSERT INTO {name} ({', '.join(columns)})"  # noqa: S608 - names of our own tables
        f" VALUES ({', '.join([mark] * len(columns))}) ON CONFLICT DO NOTHING",
        written,
    )  # fmt: skip


def update_values(
    session: Session,
    table: type[DeclarativeBase],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Set ``columns`` of rows by their ``id``, which is the last value of each."""
    name = cast("Table", table.__table__).name
    mark = _mark(session)
    _execute_many(
        session, table, [*columns, "id"], rows,
        f"UPDATE {name} SET {', '.join(f'{column} = {mark}' for column in columns)}"  # noqa: S608 - names of our own tables
        f" WHERE id = {mark}",
    )  # fmt: skip


def _mark(session: Session) -> str:
    return "?" if session.get_bind().dialect.name == "sqlite" else "%s"


def _execute_many(
    session: Session,
    table: type[DeclarativeBase],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    statement: str,
    written: Collection[str] = (),
) -> None:
    if not rows:
        return
    dialect = session.get_bind().dialect
    known = cast("Table", table.__table__).c
    processors = [
        None
        if column in written
        else known[column].type.dialect_impl(dialect).bind_processor(dialect)
        for column in columns
    ]
    parameters: Any = rows
    if any(processors):
        by_column = [
            values if process is None else map(process, values)
            for process, values in zip(processors, zip(*rows, strict=True), strict=True)
        ]
        parameters = list(zip(*by_column, strict=True))
    session.connection().exec_driver_sql(statement, parameters)
