"""What listening for one topic cost, by keyword, community and network.

What a spending names is taken as it is booked; what it does not name is shared by a rule that is
told beside it, so that each way of looking adds up to the same sum:

- of what no topic was named for (streams, profiles, rechecks), a topic bears the part of what was
  heard on that network in the period that was its own;
- what was asked for in one place is that community's; what was asked of a whole network is borne by
  communities in proportion to what the topic heard in each there, the rest by none;
- what no keyword was named for is borne by keywords in proportion to what each heard there, evenly
  where nothing was heard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Collection as Order
from models import Keyword, Match, Signal, Source, Spend
from signals.communities import community_of

#: What something is named by: keyword, community or network, and its name.
Name = tuple[str, str]
#: The community of what was heard, or asked for, outside any.
NOWHERE: Final = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """A sum of spendings. ``keyword`` and ``community`` are ``None`` where none was named.

    ``money`` in US dollars; ``own``: booked for the topic itself.
    """

    network: str
    keyword: str | None
    community: str | None
    money: float
    requests: float
    own: bool = True


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars and requests, ``shared``: the part of the dollars that a rule has shared out.

    ``saves`` and ``saves_requests``: what would not be spent without it. Whole listings of a place
    are read whatever the keywords are.
    """

    money: float = 0.0
    requests: float = 0.0
    shared: float = 0.0
    saves: float = 0.0
    saves_requests: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.money + other.money, self.requests + other.requests, self.shared + other.shared,
            self.saves + other.saves, self.saves_requests + other.saves_requests,
        )  # fmt: skip


def share_costs(
    bills: Iterable[Bill],
    heard: Mapping[str, Collection[tuple[Sequence[str], Sequence[str]]]],
    keywords: Sequence[str],
) -> dict[Name, Cost]:
    """Every keyword's, community's and network's cost; each of the three sums up to all bills.

    ``heard``: by network, of each signal its keywords and its communities. ``keywords``: those
    that bear what nothing was heard for. Pure.
    """
    parts = {
        network: (
            _proportions([words for words, _ in signals]),
            _proportions([places or (NOWHERE,) for _, places in signals]),
        )
        for network, signals in heard.items()
    }
    costs: dict[Name, Cost] = {}
    for bill in bills:
        by_keyword, by_community = parts.get(bill.network, ({}, {}))
        evenly = {keyword: 1 / len(keywords) for keyword in keywords}
        _share(costs, "network", {bill.network: 1.0}, bill, is_rule=not bill.own, is_saved=True)
        _share(
            costs,
            "keyword",
            (by_keyword or evenly or {NOWHERE: 1.0}) if bill.keyword is None
            else {bill.keyword: 1.0},
            bill,
            is_rule=not bill.own or bill.keyword is None,
            is_saved=bill.own and bill.community is None,
        )  # fmt: skip
        _share(
            costs,
            "community",
            (by_community or {NOWHERE: 1.0}) if bill.community is None else {bill.community: 1.0},
            bill,
            is_rule=not bill.own or bill.community is None,
            is_saved=bill.community is not None,
        )
    return costs


def _proportions(of: Iterable[Sequence[str]]) -> dict[str, float]:
    """Parts of 1; a signal of several counts for each in equal parts."""
    weights: dict[str, float] = {}
    total = 0
    for names in of:
        total += 1
        for name in names:
            weights[name] = weights.get(name, 0.0) + 1 / len(names)
    return {name: weight / total for name, weight in weights.items()}


def _share(
    costs: dict[Name, Cost], by: str, parts: Mapping[str, float], bill: Bill, *, is_rule: bool,
    is_saved: bool,
) -> None:  # fmt: skip
    for name, part in parts.items():
        money, requests = bill.money * part, bill.requests * part
        costs[by, name] = costs.get((by, name), Cost()) + Cost(
            money, requests, money if is_rule else 0.0, money if is_saved else 0.0,
            requests if is_saved else 0.0,
        )  # fmt: skip


def load_bills(session: Session, topic_id: int, *, since: datetime) -> list[Bill]:
    """What was spent on a topic since then, and its part of what was spent on all topics at once.

    Communities are named as ``signals.communities`` does, of collections that are still known.
    """
    rows = session.execute(
        select(
            Spend.network, Spend.topic_id, Keyword.phrase, Order.scope, Source.url,
            func.sum(Spend.money), func.sum(Spend.requests),
        )
        .join(Source, Source.id == Spend.source_id)
        .outerjoin(Keyword, Keyword.id == Spend.keyword_id)
        .outerjoin(Order, Order.id == Spend.collection_id)
        .where(
            (Spend.topic_id == topic_id) | Spend.topic_id.is_(None),
            Spend.spent_on >= since.date(),
        )
        .group_by(Spend.network, Spend.topic_id, Keyword.phrase, Order.scope, Source.url)
        .order_by(Spend.network, Keyword.phrase, Order.scope, Source.url)
    ).all()  # fmt: skip
    common = {network for network, own, *_ in rows if own is None}
    parts = _parts_of_topic(session, topic_id, common, since) if common else {}
    bills = []
    for network, own, phrase, scope, url, money, requests in rows:
        part = 1.0 if own is not None else parts.get(network, 0.0)
        if part and (money or requests):
            place = community_of(network, scope or "", url) if own is not None else None
            bills.append(
                Bill(network, phrase, place, money * part, requests * part, own=own is not None)
            )
    return bills


def _parts_of_topic(
    session: Session, topic_id: int, networks: Collection[str], since: datetime
) -> dict[str, float]:
    """By network, the topic's part of all that topics heard there."""
    counted: dict[str, dict[int, int]] = {}
    for network, of, count in session.execute(
        select(Signal.network, Match.topic_id, func.count(Signal.id.distinct()))
        .join(Match, Match.signal_id == Signal.id)
        .where(Signal.network.in_(sorted(networks)), Signal.occurred_at >= since)
        .group_by(Signal.network, Match.topic_id)
    ):
        counted.setdefault(network, {})[of] = count
    return {
        network: by_topic.get(topic_id, 0) / sum(by_topic.values())
        for network, by_topic in counted.items()
    }
