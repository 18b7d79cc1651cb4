"""How the budget for listening is spread, as it was proposed and switched on. Append-only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Code, Id, Instant, JsonValue, Name, UtcDateTime


class BudgetPlan(Base):
    """Shares of a day's money and polls over keywords and networks; the newest row counts.

    ``state`` is on or off: while off, nothing but sources' own budgets and pacing holds. ``shares``
    are rows with topic, keyword, network, unit (money in US dollars or requests) and amount a day.
    """

    __tablename__ = "budget_plans"
    __table_args__ = (CheckConstraint("state IN ('on', 'off')", name="state"),)

    id: Mapped[Id]
    state: Mapped[Code]
    shares: Mapped[list[dict[str, object]]] = mapped_column(JsonValue)
    seed: Mapped[int]
    author: Mapped[Name]
    reason: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[Instant]


class KeywordTurn(Base):
    """How far one keyword was read in a collection, while a plan lets each be asked for by itself.

    ``asked_at`` is when it was asked for last; ``rests_until`` the end of a day whose share is
    spent. The rows go when no plan is in force.
    """

    __tablename__ = "keyword_turns"
    __table_args__ = (UniqueConstraint("collection_id", "keyword_id"),)

    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("collections.id", ondelete="CASCADE")
    )
    keyword_id: Mapped[int] = mapped_column(BigId, ForeignKey("keywords.id", ondelete="CASCADE"))
    cursor: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[Instant]
