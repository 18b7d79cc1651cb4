"""How the budget for listening is spread, as it was proposed and switched on. Append-only."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, JsonValue, Name


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
