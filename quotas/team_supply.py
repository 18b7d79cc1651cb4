"""What a team owes a week against who will be there, by territory; read once for all reps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Rep
from quotas.allocation import Capacity
from quotas.feasibility import STOCK_WEEKS, load_claims
from quotas.needs import Standard
from quotas.sharing import Sharing
from quotas.supply import Feasibility, Forecast, forecast, judge
from quotas.supply_record import SupplyRecord

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
    other teams take their share. Who may go to several reps is shared by their quotas, and nobody
    shares in whom their own quota would not count; who is there now has to last four weeks.
    ``record_of`` tells who is warm and fresh enough for a quota; ``weeks`` how far is looked ahead.
    One statement.
    """
    claims = load_claims(session, everybody, now=now, settings=settings)
    groups: dict[tuple[Standard, _Territory], list[Rep]] = {}
    for rep in everybody:
        if rep.team_id == team_id and rep.id in claims:
            claim = claims[rep.id]
            groups.setdefault((claim.standard, _territory(claim.capacity)), []).append(rep)
    told = []
    for (standard, _), members in groups.items():
        ids = {rep.id for rep in members}
        mine = [claims[rep_id] for rep_id in sorted(ids)]
        others = [claim for rep_id, claim in claims.items() if rep_id not in ids]
        stock, weekly = _share(record_of(standard), Sharing(mine, others))
        need = round(sum(claim.capacity.share for claim in mine))
        supply = judge(
            need, stock=int(stock / STOCK_WEEKS), arrivals=weekly, threshold=standard.threshold
        )
        told.append(
            TerritorySupply(
                tuple(members), need, supply, int(stock), tuple(forecast(weekly, weeks))
            )
        )
    return sorted(told, key=lambda one: (one.supply.chance, -one.need, one.reps[0].name))


def _share(record: SupplyRecord, sharing: Sharing) -> tuple[float, list[float]]:
    """The part of these reps in who is there and in who came week by week."""
    real = record.each * record.usable
    weekly = [0.0] * record.weeks
    for one in record.arrivals[1.0]:
        if one.weeks_ago < record.weeks:
            weekly[-1 - one.weeks_ago] += real * sharing.part_of(one)
    return real * sum(map(sharing.part_of, record.stock)), weekly


def _territory(capacity: Capacity) -> _Territory:
    return capacity.languages, capacity.topics, capacity.networks, capacity.places
