"""What a team owes a week against who will be there, by territory; read once for all reps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import ENGAGED_CONTACT, Rep
from quotas.allocate import Candidate, Capacity
from quotas.feasibility import STOCK_WEEKS, capacity_of, per_week
from quotas.history import load_spans
from quotas.needs import Standard, standard_of
from quotas.periods import Period
from quotas.supply import Feasibility, Forecast, forecast, judge
from quotas.supply_record import SupplyRecord
from quotas.working_time import calendar_of

_Kind = tuple[int, str, str | None, str | None]  # topic, network, language, place
_Territory = tuple[frozenset[str], frozenset[int], frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class TerritorySupply:
    """Reps of one territory and standard: what they owe a week, and who will be there for it."""

    reps: tuple[Rep, ...]
    need: int
    supply: Feasibility
    stock: int  # who is there now, for the weeks they have to last
    ahead: tuple[Forecast, ...]  # who will come week by week


def weigh_supply(
    session: Session,
    record_of: Callable[[Standard], SupplyRecord],
    everybody: Sequence[Rep],
    team_id: int,
    *,
    now: datetime,
    settings: ListSettings,
    weeks: int = 1,
) -> list[TerritorySupply]:
    """The team's territories, the shortest of people first.

    ``everybody``: all active reps of the workspace with their territories (``load_reps``), since
    other teams take their share. Who may go to several reps is shared by their quotas; who is
    there now has to last four weeks. ``record_of`` tells who is warm and fresh enough for a
    quota; ``weeks`` how far is looked ahead. One statement.
    """
    owed = _load_owed(session, everybody, now, settings)
    capacities = [capacity_of(rep, owed[rep.id][0]) for rep in everybody if rep.id in owed]
    of_rep = {capacity.rep_id: capacity for capacity in capacities}
    groups: dict[tuple[Standard, _Territory], list[Rep]] = {}
    for rep in everybody:
        if rep.team_id == team_id and rep.id in owed:
            key = owed[rep.id][1], _territory(of_rep[rep.id])
            groups.setdefault(key, []).append(rep)
    told = []
    for (standard, _), members in groups.items():
        mine = [of_rep[rep.id] for rep in members]
        stock, weekly = _share(record_of(standard), mine, capacities)
        need = round(sum(capacity.share for capacity in mine))
        supply = judge(
            need, stock=int(stock / STOCK_WEEKS), arrivals=weekly, threshold=standard.threshold
        )
        told.append(
            TerritorySupply(
                tuple(members), need, supply, int(stock), tuple(forecast(weekly, weeks))
            )
        )
    return sorted(told, key=lambda one: (one.supply.chance, -one.need, one.reps[0].name))


def _share(
    record: SupplyRecord, mine: Sequence[Capacity], everybody: Sequence[Capacity]
) -> tuple[float, list[float]]:
    """The part of these reps, of one territory, in who is there and in who came week by week."""
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
    share = sum(capacity.share for capacity in mine)
    weekly, there = [0.0] * record.weeks, 0.0
    for kind, example in examples.items():
        if mine[0].admits(example):
            part = share / sum(one.share for one in everybody if one.admits(example))
            there += part * stock.get(kind, 0.0)
            for week, number in enumerate(arrivals.get(kind, ())):
                weekly[week] += part * number
    return there, weekly


def _load_owed(
    session: Session, reps: Sequence[Rep], now: datetime, settings: ListSettings
) -> Mapping[int, tuple[float, Standard]]:
    """What a rep's quota of engaged contacts comes to in a week, if anything, and what it asks."""
    if not reps:
        return {}
    calendars = {rep.id: calendar_of(rep) for rep in reps}
    days = {rep.id: calendars[rep.id].today(now) for rep in reps}
    last = max(days.values()) + timedelta(days=1)
    spans = load_spans(session, reps, min(days.values()), last)
    owed = {}
    for rep in reps:
        for span in spans[rep.id].get(ENGAGED_CONTACT, ()):
            if span.starts_on <= days[rep.id] < span.ends_on:
                period = Period(span.quota.period)
                share = per_week(span.quota.target, period, calendars[rep.id], days[rep.id])
                if share:
                    owed[rep.id] = share, standard_of(span.quota, settings)
    return owed


def _territory(capacity: Capacity) -> _Territory:
    return capacity.languages, capacity.topics, capacity.networks, capacity.places


def _kind(one: Candidate) -> _Kind:
    return one.topic_id, one.network, one.language, one.place
