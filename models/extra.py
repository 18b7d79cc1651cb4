"""People a rep asked for on top of the day's list. Append-only."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant


class ExtraRequest(Base):
    """One request for more: how many people, and by how many places that day's list grew.

    ``places`` are more than ``count`` where more were on it already than the quota wanted. The same
    ``idempotency_key`` again is the same request.
    """

    __tablename__ = "extra_requests"
    __table_args__ = (
        CheckConstraint("count > 0", name="count_positive"),
        Index("ix_extra_requests_rep_id_listed_on", "rep_id", "listed_on"),
    )

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"))
    listed_on: Mapped[date]
    count: Mapped[int]
    places: Mapped[int]
    idempotency_key: Mapped[str] = mapped_column(String(100), unique=True)
    asked_at: Mapped[Instant]
