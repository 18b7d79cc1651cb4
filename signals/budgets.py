"""The spread of the budget that a manager switched on, as collections feel it.

Nothing is written where it is applied: switched off, every interval and budget is what it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import BudgetPlan, Collection, Spend
from signals.collectors.contract import Budget
from signals.spending import day_of
from signals.versions import require_reason

#: A collection is asked at most so many times as often, or as seldom, as by itself.
WIDEST: Final = 4.0


def newest_plan(session: Session) -> BudgetPlan | None:
    """The plan in force, or the switching off; ``None`` before the first."""
    return session.scalar(select(BudgetPlan).order_by(BudgetPlan.id.desc()).limit(1))


def plan_in_force(session: Session) -> BudgetPlan | None:
    """The plan that collections keep to, if one is switched on."""
    newest = newest_plan(session)
    return newest if newest is not None and newest.state == "on" else None


def switch(
    session: Session, shares: list[dict[str, object]], *, on: bool, seed: int, author: str,
    reason: str, now: datetime,
) -> BudgetPlan:  # fmt: skip
    """Keep to these shares from now on, or to none; refuses without a reason."""
    plan = BudgetPlan(
        state="on" if on else "off", shares=shares if on else [], seed=seed, author=author[:200],
        reason=require_reason(reason), created_at=now,
    )  # fmt: skip
    session.add(plan)
    session.flush()
    return plan


def bound_budget(
    session: Session, budget: Budget, *, topic_id: int | None, network: str, now: datetime
) -> Budget:
    """What a collection may still spend today: no more than its topic's share on the network."""
    share = _sum(plan_in_force(session), topic_id, network, "money", "amount")
    if share is None:
        return budget
    spent = session.scalar(
        select(func.coalesce(func.sum(Spend.money), 0.0))
        .outerjoin(Collection, Collection.id == Spend.collection_id)
        .where(
            Spend.topic_id == topic_id,
            Spend.network == network,
            Spend.spent_on == day_of(now),
            func.coalesce(Collection.task, "") != "recheck",  # owed whatever a plan says
        )
    )
    left = max(0.0, share - (spent or 0.0))
    return replace(budget, money=left if budget.money is None else min(budget.money, left))


def bound_pace(session: Session, *, topic_id: int | None, network: str) -> float:
    """By how much a collection waits longer (or, below 1, shorter) than by itself."""
    plan = plan_in_force(session)
    share = _sum(plan, topic_id, network, "requests", "amount")
    present = _sum(plan, topic_id, network, "requests", "present")
    if not share or not present:
        return 1.0
    return min(WIDEST, max(1 / WIDEST, present / share))


def _sum(
    plan: BudgetPlan | None, topic_id: int | None, network: str, unit: str, what: str
) -> float | None:
    """Over a topic's keywords on a network; ``None`` where the plan says nothing of them."""
    rows: list[dict[str, Any]] = [] if plan is None else plan.shares
    found = [
        row
        for row in rows
        if row["topic"] == topic_id and row["network"] == network and row["unit"] == unit
    ]
    return sum(float(row[what]) for row in found) if found else None
