"""Sources: a network that somebody who answers for it has switched on."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, JsonDict, Name


class Source(Base):
    """One network as it is listened to here: why it may be, where it is, what it may cost.

    ``name`` is the network's, or another where one network is listened to at several addresses.
    ``retention_days`` shortens what the network's terms allow. ``daily_money`` (US dollars) and
    ``daily_requests`` bound a day in UTC. ``interval_seconds`` replaces adapting. ``options`` are
    what the network's collector understands. ``paused_reason`` says who must do what.
    """

    __tablename__ = "sources"
    __table_args__ = (
        CheckConstraint("retention_days IS NULL OR retention_days > 0", name="retention_positive"),
        CheckConstraint("daily_money IS NULL OR daily_money >= 0", name="money_not_negative"),
        CheckConstraint(
            "daily_requests IS NULL OR daily_requests >= 0", name="requests_not_negative"
        ),
        CheckConstraint("interval_seconds IS NULL OR interval_seconds > 0", name="interval"),
    )

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    network: Mapped[Code]
    url: Mapped[str | None] = mapped_column(Text)
    lawful_basis: Mapped[Name]
    tos_basis: Mapped[str | None] = mapped_column(String(400))
    approval_ref: Mapped[str | None] = mapped_column(String(200))
    retention_days: Mapped[float | None]
    allow_person_level: Mapped[bool] = mapped_column(default=True)
    daily_money: Mapped[float | None]
    daily_requests: Mapped[int | None]
    interval_seconds: Mapped[float | None]
    options: Mapped[JsonDict] = mapped_column(default=dict)
    paused_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
