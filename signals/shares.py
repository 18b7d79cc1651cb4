"""What one collection may take of a source's day: re-checks first, then an equal part.

A re-check is owed to whoever deletes a post, so its cost is kept back from everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Collection, Signal, Source, Spend
from models.signal import is_by_others
from signals.collectors.contract import Budget
from signals.lapsed import lapse
from signals.pacing import fair_share
from signals.policy import terms_of
from signals.spending import daily_limit, day_end, day_of, sharing
from signals.targets import RECHECK_AT, count_unchecked, is_held

_BATCH = 5_000  # signals per transaction: others write in between


@dataclass(frozen=True, slots=True)
class Ration:
    """What the day of a source is shared out by.

    ``prices``: of networks, by resource, in US dollars; ``defaults``: their daily budgets.
    ``recheck_share``: the part of a day's budget that re-checks may cost.
    """

    prices: Mapping[str, Mapping[str, float]]
    defaults: Mapping[str, float]
    recheck_share: float

    def check_price(self, network: str) -> float:
        """What asking once more about a stored post costs; 0 where nothing is paid or asked."""
        if terms_of(network).recheck_hours is None:
            return 0.0
        return self.prices.get(network, {}).get("post", 0.0)


def bound_share(
    session: Session,
    budget: Budget,
    source: Source,
    *,
    collection_id: int,
    is_recheck: bool,
    ration: Ration,
    now: datetime,
) -> Budget:
    """What a run may spend of ``budget``, which is what is left of the source's day.

    A re-check may take all of it. Of the rest the cost of what must be checked again before the
    day ends is kept back, in proportion where several sources pay for a network; while that is
    true of what is bought now, each post counts twice.
    """
    limit = daily_limit(source, ration.defaults)
    if budget.money is None or limit is None or is_recheck:
        return budget
    money, price = budget.money, ration.check_price(source.network)
    hours = terms_of(source.network).recheck_hours
    if price and hours is not None:
        wait = timedelta(hours=hours) * RECHECK_AT
        due = count_unchecked(session, source.network, before=day_end(now) - wait)
        together = _limit_together(session, source, ration)
        part = 0.0 if together is None else limit / together if together else 1.0
        money = max(0.0, money - due * price * part)
        if now + wait < day_end(now):
            money /= 2
    spent, waiting = _sharers(session, source, now)
    if collection_id in spent:
        money = fair_share(
            money, limit, spent, collection_id, waiting=waiting, day_left=day_end(now) - now
        )
    return replace(budget, money=min(budget.money, money))


def forget_unaffordable(
    session: Session, source: Source, *, ration: Ration, now: datetime
) -> tuple[int, set[int]]:
    """Let the oldest posts lapse that a day's re-checks could not be paid for; the newest stay.

    Posts are a network's, so the budgets of all its running sources pay for them. Kept they would
    be nobody's to delete. Returns how many went, at most some thousands at a time, and the
    prospects that lost evidence.
    """
    limit = _limit_together(session, source, ration)
    price, hours = ration.check_price(source.network), terms_of(source.network).recheck_hours
    if limit is None or not price or hours is None:
        return 0, set()
    most = int(limit * ration.recheck_share / price * hours / 24 + 1e-9)
    ids = session.scalars(
        select(Signal.id)
        # the team's own are a fifth of the price, and nobody else's to delete
        .where(*is_held(source.network), is_by_others())
        .order_by(Signal.occurred_at.desc(), Signal.id.desc())
        .offset(most)
        .limit(_BATCH)
    ).all()
    return len(ids), lapse(session, ids, now=now) if ids else set()


def _limit_together(session: Session, source: Source, ration: Ration) -> float | None:
    """What this and the running sources of its network may cost a day; ``None``: no limit.

    Those without a budget of their own share their network's, which counts once.
    """
    paying = session.scalars(
        select(Source.daily_money).where(
            Source.network == source.network,
            Source.paused_reason.is_(None) | (Source.id == source.id),
        )
    ).all()
    total = sum(one for one in paying if one is not None)
    if None not in paying:
        return total
    shared = ration.defaults.get(source.network)
    return None if shared is None else total + shared


def _sharers(
    session: Session, source: Source, now: datetime
) -> tuple[dict[int, float], frozenset[int]]:
    """What each collection of a topic spent of the source's day, and which of them wait."""
    due = dict(
        session.execute(
            select(Collection.id, Collection.next_due_at)
            .join(Source, Source.id == Collection.source_id)
            .where(
                Collection.source_id.in_(sharing(source)),
                Collection.active,
                Collection.paused_reason.is_(None),
                Source.paused_reason.is_(None),
                Collection.topic_id.is_not(None),
            )
        ).all()
    )
    paid = dict(
        session.execute(
            select(Spend.collection_id, func.sum(Spend.money))
            .where(Spend.source_id.in_(sharing(source)), Spend.spent_on == day_of(now))
            .group_by(Spend.collection_id)
        ).all()
    )
    spent = {one: paid.get(one, 0.0) for one in due}
    return spent, frozenset(one for one, at in due.items() if at <= now)
