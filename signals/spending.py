"""What collecting cost, by day, network, topic and keyword, and what is left of a budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import Keyword, Source, Spend
from signals.collectors.contract import Budget, Cost
from signals.collectors.traits import traits_of

_NO_PARTS: Mapping[int, float] = MappingProxyType({})


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
    parts: Mapping[int, float] = _NO_PARTS,
) -> None:
    """Book a page's cost, in equal parts on the keywords it was asked for.

    ``parts``: by topic, parts of 1, where what was asked for is of several topics.
    """
    if not (cost.requests or cost.resources or cost.money):
        return
    bearers: list[tuple[int | None, int | None, float]] = [
        (topic_id, keyword_id, 1 / max(1, len(keyword_ids)))
        for keyword_id in keyword_ids or (None,)
    ]
    if parts:
        bearers = [(one, None, part) for one, part in parts.items()]
    session.add_all(
        Spend(
            source_id=source_id,
            network=network,
            collection_id=collection_id,
            topic_id=bearer_id,
            keyword_id=keyword_id,
            requests=cost.requests * share,
            resources=cost.resources * share,
            money=cost.money * share,
            by_resource={name: count * share for name, count in cost.by_resource.items()} or None,
            spent_on=day_of(now),
            spent_at=now,
        )
        for bearer_id, keyword_id, share in bearers
    )


def daily_limit(source: Source, defaults: Mapping[str, float]) -> float | None:
    """What a source may cost a day, in US dollars: its own limit, else its network's."""
    return source.daily_money if source.daily_money is not None else defaults.get(source.network)


def sharing(source: Source) -> Select[int]:
    """The sources that a source's daily budget is of: itself, or all without one of their own."""
    if source.daily_money is not None:
        return select(Source.id).where(Source.id == source.id)
    return select(Source.id).where(Source.network == source.network, Source.daily_money.is_(None))


def left_today(
    session: Session, source: Source, *, defaults: Mapping[str, float], now: datetime
) -> Budget:
    """What is left of a source's day; ``defaults`` are budgets of networks, in US dollars.

    A network's budget is one for all its sources that have none of their own: they share a key.
    """
    limit = daily_limit(source, defaults)
    used = _used(session, source.network, now)
    if limit is None and source.daily_requests is None:
        return Budget(used=used)
    today = Spend.spent_on == day_of(now)
    money = session.scalar(
        select(func.sum(Spend.money)).where(Spend.source_id.in_(sharing(source)), today)
    )
    asked = session.scalar(
        select(func.sum(Spend.requests)).where(Spend.source_id == source.id, today)
    )
    requests = source.daily_requests
    return Budget(
        money=None if limit is None else max(0.0, limit - (money or 0.0)),
        requests=None if requests is None else max(0, requests - round(asked or 0.0)),
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
