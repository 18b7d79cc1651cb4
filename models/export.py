"""Exports: which posts with their words somebody took out, where a network counts them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, Name


class Export(Base):
    """One post that one person took out on one day (UTC), once however often they did. Append-only.

    ``signal_id`` is no key: the post may go, that it was taken out stays.
    """

    __tablename__ = "exports"
    __table_args__ = (UniqueConstraint("taken_by", "network", "exported_on", "signal_id"),)

    id: Mapped[Id]
    taken_by: Mapped[Name]
    network: Mapped[Code]
    exported_on: Mapped[date] = mapped_column(Date)
    signal_id: Mapped[int] = mapped_column(BigInteger)
    exported_at: Mapped[Instant]
