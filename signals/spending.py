"""What collecting cost, by day, network, topic and keyword, and what is left of a budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Keyword, Source, Spend
from signals.collectors.contract import Budget, Cost
from signals.collectors.traits import traits_of


def day_of(now: datetime) -> date:
    """The day a spending belongs to: networks bill by UTC days."""
    return now.astimezone(UTC).date()


def day_end(now: datetime) -> datetime:
    """When the next budget begins."""
    tomorrow = day_of(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)


def record_spend(
    session: Session,
    *,
    source_id: int,
    network: str,
    collection_id: int | None,
    topic_id: int | None,
    keyword_ids: Sequence[int],
    cost: Cost,
    now: datetime,
) -> None:
    """Book a page's cost, in equal parts on the keywords it was asked for."""
    if not (cost.requests or cost.resources or cost.money):
        return
    bearers: Sequence[int | None] = keyword_ids or (None,)
    share = 1 / len(bearers)
    session.add_all(
        Spend(
            source_id=source_id,
            network=network,
            collection_id=collection_id,
            topic_id=topic_id,
            keyword_id=keyword_id,
            requests=cost.requests * share,
            resources=cost.resources * share,
            money=cost.money * share,
            by_resource={name: count * share for name, count in cost.by_resource.items()} or None,
            spent_on=day_of(now),
            spent_at=now,
        )
        for keyword_id in bearers
    )


def daily_limit(source: Source, defaults: Mapping[str, float]) -> float | None:
    """What a source may cost a day, in US dollars: its own limit, else its network's."""
    return source.daily_money if source.daily_money is not None else defaults.get(source.network)


def left_today(
    session: Session, source: Source, *, defaults: Mapping[str, float], now: datetime
) -> Budget:
    """What is left of a source's day; ``defaults`` are budgets of networks, in US dollars."""
    limit = daily_limit(source, defaults)
    used = _used(session, source.network, now)
    if limit is None and source.daily_requests is None:
        return Budget(used=used)
    spent = session.execute(
        select(
            func.coalesce(func.sum(Spend.money), 0.0),
            func.coalesce(func.sum(Spend.requests), 0.0),
        ).where(Spend.source_id == source.id, Spend.spent_on == day_of(now))
    ).one()
    requests = source.daily_requests
    return Budget(
        money=None if limit is None else max(0.0, limit - spent[0]),
        requests=None if requests is None else max(0, requests - round(spent[1])),
        used=used,
    )


def _used(session: Session, network: str, now: datetime) -> dict[str, float]:
    """What a network's collections took from its own daily buckets: a key has one of each.

    Of all sources of the network, since one key serves them all.
    """
    zone = traits_of(network).day_zone
    if zone is None:
        return {}
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    used: Counter[str] = Counter()
    for taken in session.scalars(
        select(Spend.by_resource).where(
            Spend.network == network,
            Spend.spent_at >= midnight.astimezone(UTC),
            Spend.spent_on >= day_of(midnight),  # which has an index
        )
    ):
        used.update(taken or {})
    return dict(used)


@dataclass(frozen=True, slots=True)
class Spent:
    """A sum over some days. ``topic_id`` and ``keyword`` are ``None`` where nothing named one."""

    spent_on: date
    network: str
    topic_id: int | None
    keyword: str | None
    requests: float
    resources: float
    money: float


def list_spent(session: Session, *, since: date) -> list[Spent]:
    """What was spent per day, network, topic and keyword, newest day first."""
    rows = session.execute(
        select(
            Spend.spent_on, Spend.network, Spend.topic_id, Keyword.phrase,
            func.sum(Spend.requests), func.sum(Spend.resources), func.sum(Spend.money),
        )
        .outerjoin(Keyword, Keyword.id == Spend.keyword_id)
        .where(Spend.spent_on >= since)
        .group_by(Spend.spent_on, Spend.network, Spend.topic_id, Keyword.phrase)
        .order_by(Spend.spent_on.desc(), Spend.network, Spend.topic_id, Keyword.phrase)
    )  # fmt: skip
    return [Spent(*row) for row in rows]
