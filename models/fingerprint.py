"""Fingerprints of texts, to find the same text posted again. Derived, and gone with the signal."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Instant


class Fingerprint(Base):
    """Which texts a signal's is a copy of: all of one ``group_id`` are copies of each other.

    ``keys`` are the band keys under which it stands in ``fingerprint_bands``, packed; none where
    enough others of its group stand there.
    """

    __tablename__ = "fingerprints"
    __table_args__ = (
        Index("ix_fingerprints_group_id", "group_id", "account_id"),
        Index("ix_fingerprints_occurred_at", "occurred_at"),
    )

    signal_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("signals.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(BigId)
    group_id: Mapped[int] = mapped_column(BigId)  # the first signal of the group
    keys: Mapped[bytes | None] = mapped_column(LargeBinary)
    occurred_at: Mapped[Instant]


class FingerprintBand(Base):
    """One band of one fingerprint. No foreign key: its signal's ``Fingerprint`` names its keys."""

    __tablename__ = "fingerprint_bands"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - read by SQLAlchemy once

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    signal_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
