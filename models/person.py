"""Accounts and the people behind them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, JsonValue, UtcDateTime


class Person(Base):
    """One human behind one or more accounts; ``suppressed_at`` set means never show or contact."""

    __tablename__ = "persons"
    __table_args__ = (
        # PostgreSQL would read everybody to find the few who must not be shown
        Index(
            "ix_persons_suppressed",
            "id",
            sqlite_where=text("suppressed_at IS NOT NULL"),
            postgresql_where=text("suppressed_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    created_at: Mapped[Instant]
    suppressed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # touch:…, which undoing lifts; objection, erased or list:…, which nothing but a person does
    suppressed_for: Mapped[str | None] = mapped_column(String(40))


class Account(Base):
    """A handle on one network. ``external_id`` is the network's own stable id.

    ``own``: it is the team's own, as its posts showed: nobody's prospect.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("network", "external_id"),
        Index("ix_accounts_person_id", "person_id"),
        Index("ix_accounts_handle", "handle"),
        Index(
            "ix_accounts_own",
            "network",
            sqlite_where=text("own = 1"),
            postgresql_where=text("own"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    network: Mapped[Code]
    external_id: Mapped[str] = mapped_column(String(300))
    handle: Mapped[str | None] = mapped_column(String(300))
    display_name: Mapped[str | None] = mapped_column(String(300))
    url: Mapped[str | None] = mapped_column(Text)
    # what the profile's words say of who it is, as codes; the words themselves are not kept;
    # the sites they name as salted hashes, for lists of domains alone
    profile_codes: Mapped[list[Any] | None] = mapped_column(JsonValue)
    own: Mapped[bool] = mapped_column(default=False)
    # when the network was last asked for the profile, answered or not; None: never
    profile_read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_seen_at: Mapped[Instant]
