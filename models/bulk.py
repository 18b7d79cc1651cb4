"""Thousands of numbers to or from the database as one parameter, which costs a tenth of as many."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, Table, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session


def among(
    session: Session, column: InstrumentedAttribute[int], numbers: Iterable[int]
) -> ColumnElement[bool]:
    """``column IN (numbers)``, however many there are."""
    values = list(numbers)
    if session.get_bind().dialect.name == "postgresql":
        return column == func.any(bindparam(None, values, type_=ARRAY(BigInteger)))
    listed = func.json_each(json.dumps(values)).table_valued("value")
    return column.in_(select(listed.c.value))


def insert_numbers(
    session: Session,
    table: type[DeclarativeBase],
    columns: Sequence[str],
    rows: Sequence[tuple[int, ...]],
) -> None:
    """Insert rows of plain numbers; those that meet a unique key are left out."""
    if not rows:
        return
    mark = "?" if session.get_bind().dialect.name == "sqlite" else "%s"
    name = cast("Table", table.__table__).name
    statement = (
        f"INSERT INTO {name} ({', '.join(columns)})"  # noqa: S608 - names of our own tables
        f" VALUES ({', '.join([mark] * len(columns))}) ON CONFLICT DO NOTHING"
    )
    parameters: Any = list(rows)
    session.connection().exec_driver_sql(statement, parameters)
