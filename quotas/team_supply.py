"""What a team owes a week against who will be there, by territory; read once for all reps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import ENGAGED_CONTACT, Rep
from quotas.allocate import Candidate, Capacity
from quotas.feasibility import STOCK_WEEKS, SupplyRecord, capacity_of, per_week
from quotas.history import load_spans
from quotas.periods import Period
from quotas.supply import Feasibility, judge
from quotas.working_time import calendar_of

_Kind = tuple[int, str, str | None, str | None]  # topic, network, language, place
_Territory = tuple[frozenset[str], frozenset[int], frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class TerritorySupply:
    """Reps of one territory: what they owe a week together, and who will be there for it."""

    reps: tuple[Rep, ...]
    need: int
    supply: Feasibility


def weigh_supply(
    session: Session,
    record: SupplyRecord,
    everybody: Sequence[Rep],
    team_id: int,
    *,
    now: datetime,
    threshold: float,
) -> list[TerritorySupply]:
    """The team's territories, the shortest of people first.

    ``everybody``: all active reps of the workspace with their territories (``load_reps``), since
    other teams take their share. Who may go to several reps is shared by their quotas; who is
    there now has to last four weeks. One statement.
    """
    shares = _load_shares(session, everybody, now)
    capacities = [
        (rep, capacity_of(rep, shares[rep.id])) for rep in everybody if shares.get(rep.id)
    ]
    groups: dict[_Territory, list[tuple[Rep, Capacity]]] = {}
    for rep, capacity in capacities:
        if rep.team_id == team_id:
            groups.setdefault(_territory(capacity), []).append((rep, capacity))
    arrivals: dict[_Kind, list[float]] = {}
    examples: dict[_Kind, Candidate] = {}
    for one in record.arrivals[1.0]:
        if one.weeks_ago < record.weeks:
            kind = _kind(one.candidate)
            examples.setdefault(kind, one.candidate)
            weeks = arrivals.setdefault(kind, [0.0] * record.weeks)
            weeks[-1 - one.weeks_ago] += record.each * record.usable
    stock: dict[_Kind, float] = {}
    for candidate in record.stock:
        kind = _kind(candidate)
        examples.setdefault(kind, candidate)
        stock[kind] = stock.get(kind, 0.0) + record.each * record.usable
    told = []
    for members in groups.values():
        mine = sum(capacity.share for _, capacity in members)
        weekly, there = [0.0] * record.weeks, 0.0
        for kind, example in examples.items():
            if not members[0][1].admits(example):
                continue
            part = mine / sum(c.share for _, c in capacities if c.admits(example))
            there += part * stock.get(kind, 0.0)
            for week, number in enumerate(arrivals.get(kind, ())):
                weekly[week] += part * number
        need = round(mine)
        supply = judge(need, stock=int(there / STOCK_WEEKS), arrivals=weekly, threshold=threshold)
        told.append(TerritorySupply(tuple(rep for rep, _ in members), need, supply))
    return sorted(told, key=lambda one: (one.supply.chance, -one.need, one.reps[0].name))


def _load_shares(session: Session, reps: Sequence[Rep], now: datetime) -> Mapping[int, float]:
    """What each rep's quota of engaged contacts comes to in a week."""
    if not reps:
        return {}
    calendars = {rep.id: calendar_of(rep) for rep in reps}
    days = {rep.id: calendars[rep.id].today(now) for rep in reps}
    last = max(days.values()) + timedelta(days=1)
    spans = load_spans(session, reps, min(days.values()), last)
    shares = {}
    for rep in reps:
        for span in spans[rep.id].get(ENGAGED_CONTACT, ()):
            if span.starts_on <= days[rep.id] < span.ends_on:
                period = Period(span.quota.period)
                shares[rep.id] = per_week(
                    span.quota.target, period, calendars[rep.id], days[rep.id]
                )
    return shares


def _territory(capacity: Capacity) -> _Territory:
    return capacity.languages, capacity.topics, capacity.networks, capacity.places


def _kind(one: Candidate) -> _Kind:
    return one.topic_id, one.network, one.language, one.place
