"""Tries: people the scorer is unsure about, drawn by chance from below the lists."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from config.settings import ListSettings
from prospects.ranked import RankedProspect
from prospects.ranking import rank_supply
from prospects.relations import relationships
from quotas.allocate import allocate
from quotas.allocation import Candidate
from quotas.explore import doubt, draw
from quotas.let_go import HandedBack, find_handed_back
from quotas.needs import TeamNeeds
from quotas.record import Given, Pool
from quotas.returning import find_put_off

_POOL = 20  # people a try is drawn from, for each one drawn
_LEAST_POOL = 60


def draw_tries(
    session: Session,
    day: TeamNeeds,
    taken: set[int],
    on: date,
    *,
    as_of: datetime,
    settings: ListSettings,
    seed: int,
) -> tuple[list[Given], Pool]:
    """People the scorer is unsure about, by chance: each with how likely they were to be drawn."""
    capacities = [need.capacity(max(0, need.tries - need.tried)) for need in day.needs]
    wanted = sum(capacity.count for capacity in capacities)
    if not wanted:
        return [], Pool()
    asking = [capacity for capacity in capacities if capacity.count]
    found = rank_supply(
        session,
        wanted=max(_LEAST_POOL, _POOL * wanted) + len(taken),
        suits=[lambda _: True],
        as_of=as_of,
        is_past=False,
        settings=settings.model_copy(update={"threshold": settings.explore_threshold}),
    )
    related = relationships(
        session, as_of=as_of, settings=settings, person_ids=[one.person_id for one in found]
    )
    taken = taken | find_put_off(session, {one.person_id for one in found}, on)
    handed_back = find_handed_back(session, day, as_of, settings)
    pool: dict[int, RankedProspect] = {}
    for one in found:  # best topic first
        if one.person_id not in taken and one.person_id not in related:
            pool.setdefault(one.person_id, one)
    # Standards aside: a try need not be warm enough for the quota, that is what makes it one.
    admitted = [(one, _as_try(one, handed_back)) for one in pool.values()]
    admitted = [(o, c) for o, c in admitted if any(rep.admits(c) for rep in asking)]
    weights = [doubt(_probability(one)) for one, _ in admitted]
    drawn = draw(weights, wanted, seed=f"{seed}:{on}:tries")
    odds = {admitted[place][0].person_id: odd for place, odd in drawn}
    dealt = allocate(
        capacities, [admitted[place][1] for place, _ in drawn], frozenset(), {}, seed=seed
    )
    of_person = {one.person_id: one for one, _ in admitted}
    tries = [
        Given(rep_id, of_person[one.person_id], "explore", propensity=odds[one.person_id])
        for rep_id, got in dealt.assigned.items()
        for one in got
    ]
    return tries, Pool(wanted, tuple(one for one, _ in admitted), tuple(weights))


def _as_try(one: RankedProspect, handed_back: HandedBack) -> Candidate:
    return Candidate(
        one.person_id, one.topic_id, 0.0, one.language, one.network, one.place,
        not_for=handed_back.get(one.person_id, frozenset()),
    )  # fmt: skip


def _probability(ranked: RankedProspect) -> float:
    """The scorer's probability of a need behind what is quoted; one half if it is not listed."""
    return next(
        (
            reason.factors.intent
            for reason in ranked.warmth.reasons
            if reason.signal_id == ranked.quoted_signal_id and reason.factors is not None
        ),
        0.5,
    )
