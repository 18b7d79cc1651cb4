"""The declarative base, identifiers and the one way times are stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import JSON, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out; a naive one is refused: SQLite would keep it unnoticed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC for the database; SQLite gets it without a zone, which its storage cannot keep."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone reached the database")
        if value.tzinfo is not UTC:
            value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the library passes it
    ) -> datetime | None:
        """The same instant, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """For SQLite its text at once; a page reads thousands of these, a refresh writes as many.

        A fifth of what the library's way through a naive one costs.
        """
        return write_instant if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """The way back."""
        if dialect.name == "sqlite":
            return _read_if_known
        return super().result_processor(dialect, coltype)


def write_instant(value: datetime | None) -> str | None:
    """An instant as SQLite keeps it, in UTC and to the microsecond."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError("a time without zone reached the database")
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:26]  # without the zone, which it cannot keep


def read_instant(value: str) -> datetime:
    """The way back; naming the zone in the text costs a fifth of setting it afterwards."""
    return datetime.fromisoformat(value + "+00:00")


def _read_if_known(value: str | None) -> datetime | None:
    return None if value is None else read_instant(value)


BigId = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER is SQLite's row id
JsonValue = JSON().with_variant(JSONB, "postgresql")

Id = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]
Instant = Annotated[datetime, mapped_column(UtcDateTime)]
Name = Annotated[str, mapped_column(String(200))]
Code = Annotated[str, mapped_column(String(40))]
LongText = Annotated[str, mapped_column(Text)]
JsonDict = Annotated[dict[str, Any], mapped_column(JsonValue)]
JsonList = Annotated[list[Any], mapped_column(JsonValue)]


class Base(DeclarativeBase):
    """Every table hangs on this metadata; names are explicit so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
