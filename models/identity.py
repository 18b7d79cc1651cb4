"""Who accounts are: verdicts with their reasons, and the parties a workspace knows by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, JsonList, Name, UtcDateTime


class AccountIdentity(Base):
    """One verdict on one account. Append-only; a person's word stands until they withdraw it.

    ``source``: ``derived`` (from what the account does), ``person`` (a correction) or ``withdrawn``
    (the correction is taken back, and the latest derived verdict counts again).
    """

    __tablename__ = "account_identities"
    __table_args__ = (
        Index("ix_account_identities_account_id", "account_id"),
        CheckConstraint("source IN ('derived', 'person', 'withdrawn')", name="source"),
        CheckConstraint(
            "verdict IN ('person', 'unknown', 'organisation', 'seller', 'competitor', 'staff',"
            " 'bot')",
            name="verdict",
        ),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    verdict: Mapped[Code]
    source: Mapped[Code]
    reasons: Mapped[JsonList]  # codes with their log-odds, none for a person's word
    author: Mapped[Name | None]
    decided_at: Mapped[Instant]


class KnownParty(Base):
    """A competitor or our own staff, by handle or by the domain their profile links to."""

    __tablename__ = "known_parties"
    __table_args__ = (
        CheckConstraint("verdict IN ('competitor', 'staff')", name="verdict"),
        CheckConstraint("scope IN ('handle', 'domain')", name="scope"),
    )

    id: Mapped[Id]
    verdict: Mapped[Code]
    scope: Mapped[Code]
    network: Mapped[Code | None]  # of a handle; none: on every network
    value: Mapped[str] = mapped_column(String(300))
    author: Mapped[Name]
    created_at: Mapped[Instant]
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
