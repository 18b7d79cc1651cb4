"""Proposes how the budget for listening is spent over keywords and networks, and keeps it up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.bootstrap import Workspace
from models import (
    Collection,
    Evidence,
    Keyword,
    Match,
    Prospect,
    Signal,
    Source,
    Spend,
    Topic,
)
from signals.bandit import Arm, Share, propose
from signals.budgets import plan_in_force, switch
from signals.collectors.traits import asks_apart
from signals.spending import day_of

#: What was brought and spent in so many days is learned from.
LEARNED_DAYS: Final = 28.0
#: The part of a budget that is spread evenly.
FLOOR: Final = 0.2
#: Who renews a plan from day to day.
SCHEDULE: Final = "schedule"


@dataclass(frozen=True, slots=True)
class Row:
    """A keyword of a topic on a network: what it costs a day now and by the proposal, and why.

    ``unit``: money in US dollars, or requests. ``rate``: new prospects a unit is believed to bring,
    with the 90 % interval ``low`` to ``high``; all three ``None`` where nothing was asked yet.
    """

    topic: int
    topic_name: str
    keyword_id: int
    keyword: str
    network: str
    unit: str
    present: float
    amount: float
    floor: float
    found: float
    spent: float
    rate: float | None
    low: float | None
    high: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rows by unit, what is given out a day, and new prospects a day expected now and then.

    They are expected of what was asked before alone; where nothing was, nothing is expected.
    ``asked``: the money a day somebody asked for; ``None``: what sources may spend.
    """

    rows: tuple[Row, ...]
    money: float
    requests: float
    expected_now: float
    expected_then: float
    seed: int
    asked: float | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a keyword can be asked for."""

    topic: int
    topic_name: str
    keyword_id: int
    keyword: str
    network: str

    @property
    def key(self) -> tuple[str, str]:
        return f"{self.topic}/{self.keyword_id}", self.network


@dataclass(slots=True)
class _Polls:
    """Polls a day: such as ask for each keyword by itself, and such as ask for a whole topic."""

    apart: float = 0.0
    whole: float = 0.0


def make_proposal(
    session: Session, workspace: Workspace, *, now: datetime, seed: int | None = None,
    money: float | None = None, days: float = LEARNED_DAYS,
) -> Proposal:  # fmt: skip
    """Money and polls of a day over every keyword and network that is polled. Changes nothing.

    ``money``: US dollars a day; what sources may spend at present if not given. No source is ever
    given more than its own budget. ``seed``: the day's number if not given.
    """
    since = now - timedelta(days=days)
    seed = day_of(now).toordinal() if seed is None else seed
    places, polls = _load_places(session)
    found = _count_found(session, since)
    spent = _count_spent(session, since, places)
    limits = _load_limits(session, workspace)
    paid = {place.network for place in places} & (
        {*limits} | {network for (_, network), (of, _) in spent.items() if of}
    )
    rows: list[Row] = []
    budgets = {"money": 0.0, "requests": 0.0}
    for unit, which in (("money", 0), ("requests", 1)):
        own = [place for place in places if (place.network in paid) is (unit == "money")]
        if unit == "money":
            present = {p.key: spent.get(p.key, (0.0, 0.0))[0] / days for p in own}
            budget = sum(limits.get(n, 0.0) for n in paid) or sum(present.values())
            budget = budget if money is None else money
        else:
            present = {p.key: _polled(polls[p.topic, p.network], own, p) for p in own}
            budget = sum(present.values())
        used = {p.key: spent.get(p.key, (0.0, 0.0))[which] for p in own}
        # what was found without asking, by an import or a stream, says nothing of asking
        arms = [Arm(*p.key, used[p.key], found.get(p.key, 0.0) * (used[p.key] > 0)) for p in own]
        is_known = any(used.values())
        bounds = {n: limits[n] for n in paid if n in limits} if unit == "money" else {}
        floor = FLOOR if is_known else 1.0
        given = propose(arms, budget, seed=seed, floor=floor, limits=bounds)
        shares = {share.arm.key: share for share in given}
        rows += [
            _row(p, shares[p.key], unit, present[p.key], is_known=is_known)
            for p in own
            if p.key in shares
        ]
        budgets[unit] = sum(share.amount for share in shares.values())
    rows.sort(key=lambda row: (row.unit, -row.amount, row.topic, row.keyword_id, row.network))
    return Proposal(
        tuple(rows), budgets["money"], budgets["requests"],
        sum(row.present * (row.rate or 0.0) for row in rows),
        sum(row.amount * (row.rate or 0.0) for row in rows),
        seed, money,
    )  # fmt: skip


def _polled(polls: _Polls, places: Sequence[_Place], one: _Place) -> float:
    """Requests a day for a keyword: its own, and its part of those for the whole topic."""
    mates = sum(p.topic == one.topic and p.network == one.network for p in places)
    return polls.apart + polls.whole / mates


def _row(place: _Place, share: Share, unit: str, present: float, *, is_known: bool) -> Row:
    return Row(
        place.topic, place.topic_name, place.keyword_id, place.keyword, place.network, unit,
        present, share.amount, share.floor, share.arm.found, share.arm.spent,
        share.rate if is_known else None, share.low if is_known else None,
        share.high if is_known else None, share.why,
    )  # fmt: skip


def _load_places(session: Session) -> tuple[list[_Place], dict[tuple[int, str], _Polls]]:
    """Keywords of active topics by network that is polled for them, and polls a day of each."""
    polls: dict[tuple[int, str], _Polls] = {}
    for topic_id, network, scope, interval, options in session.execute(
        select(
            Collection.topic_id, Collection.network, Collection.scope,
            Collection.interval_seconds, Source.options,
        )
        .join(Source, Source.id == Collection.source_id)
        .where(Collection.active, Collection.task == "collect", Collection.topic_id.is_not(None))
    ):  # fmt: skip
        of = polls.setdefault((topic_id or 0, network), _Polls())
        if asks_apart(network, scope, options):
            of.apart += 86_400 / interval
        else:
            of.whole += 86_400 / interval
    keywords = session.execute(
        select(Keyword.id, Keyword.phrase, Topic.id, Topic.name)
        .join(Topic, Topic.id == Keyword.topic_id)
        .where(Topic.active, Keyword.active, Keyword.role == "keyword")
        .order_by(Keyword.id)
    ).all()
    places = [
        _Place(topic_id, name, keyword_id, phrase, network)
        for keyword_id, phrase, topic_id, name in keywords
        for network in sorted(n for of, n in polls if of == topic_id)
    ]
    return places, polls


def _count_found(session: Session, since: datetime) -> dict[tuple[str, str], float]:
    """New prospects by keyword and network; one whom several brought counts in equal parts."""
    earlier = aliased(Evidence)
    rows = session.execute(
        select(Prospect.id, Match.topic_id, Match.keyword_id, Signal.network)
        .join(Evidence, Evidence.prospect_id == Prospect.id)
        .join(Signal, Signal.id == Evidence.signal_id)
        .join(Match, (Match.signal_id == Signal.id) & (Match.topic_id == Prospect.topic_id))
        .where(
            Evidence.occurred_at >= since,
            Match.keyword_id.is_not(None),  # who engages with the team itself came by no keyword
            ~select(earlier.signal_id)
            .where(earlier.prospect_id == Prospect.id, earlier.occurred_at < since)
            .exists(),
        )
        .distinct()
    )
    by_prospect: dict[int, list[tuple[str, str]]] = {}
    for prospect_id, topic_id, keyword_id, network in rows:
        by_prospect.setdefault(prospect_id, []).append((f"{topic_id}/{keyword_id}", network))
    found: dict[tuple[str, str], float] = {}
    for keys in by_prospect.values():
        for key in keys:
            found[key] = found.get(key, 0.0) + 1 / len(keys)
    return found


def _count_spent(
    session: Session, since: datetime, places: Sequence[_Place]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Money and requests; what was asked for a whole topic is shared out among its keywords."""
    mates: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for place in places:
        mates.setdefault((place.topic, place.network), []).append(place.key)
    spent: dict[tuple[str, str], tuple[float, float]] = {}
    for topic_id, keyword_id, network, money, requests in session.execute(
        select(
            Spend.topic_id, Spend.keyword_id, Spend.network, func.sum(Spend.money),
            func.sum(Spend.requests),
        )
        .where(Spend.spent_on >= since.date(), Spend.topic_id.is_not(None))
        .group_by(Spend.topic_id, Spend.keyword_id, Spend.network)
    ):  # fmt: skip
        own = [(f"{topic_id}/{keyword_id}", network)]
        keys = own if keyword_id is not None else mates.get((topic_id or 0, network), [])
        for key in keys:
            before = spent.get(key, (0.0, 0.0))
            spent[key] = before[0] + money / len(keys), before[1] + requests / len(keys)
    return spent


def _load_limits(session: Session, workspace: Workspace) -> dict[str, float]:
    """US dollars a day that each network may cost, over its sources."""
    limits: dict[str, float] = {}
    for source in session.scalars(select(Source).order_by(Source.id)):
        defaults = workspace.settings.budgets
        limit = source.daily_money
        limit = defaults.get(source.network) if limit is None else limit
        if limit is not None:
            limits[source.network] = limits.get(source.network, 0.0) + limit
    return limits


def switch_on(
    session: Session, proposal: Proposal, *, author: str, reason: str, now: datetime
) -> None:
    """Let collections keep to a proposal; it is renewed every day until it is switched off."""
    shares: list[dict[str, object]] = [
        asdict(row) | {"asked": proposal.asked} for row in proposal.rows
    ]
    switch(session, shares, on=True, seed=proposal.seed, author=author, reason=reason, now=now)


def switch_off(session: Session, *, author: str, reason: str, now: datetime) -> None:
    """Let collections be paced and bounded as they are by themselves."""
    switch(session, [], on=False, seed=0, author=author, reason=reason, now=now)


def renew_when_due(workspace: Workspace, clock: Callable[[], datetime]) -> bool:
    """Once a day (UTC), propose anew from what was found since, while a plan is switched on."""
    now = clock()
    with workspace.db.write() as session:
        plan = plan_in_force(session)
        if plan is None or day_of(plan.created_at) >= day_of(now):
            return False
        # not what was given out yesterday: a source's budget may have been changed since
        asked = next((row.get("asked") for row in plan.shares), None)
        money = None if asked is None else float(str(asked))
        proposal = make_proposal(session, workspace, now=now, money=money)
        switch_on(session, proposal, author=SCHEDULE, reason=plan.reason, now=now)
    return True
