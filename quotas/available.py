"""Whom a team may be given on a day: ranked, and nobody who is somebody else's or not due yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Assignment
from prospects.ranked import RankedProspect
from prospects.ranking import rank_supply
from prospects.relations import Relation, relationships
from quotas.allocation import Candidate, Capacity
from quotas.let_go import find_handed_back, find_let_lie
from quotas.needs import TeamNeeds
from quotas.returning import find_put_off


@dataclass(frozen=True, slots=True)
class Available:
    """People to choose from, whose they are if anybody's, and who was left out on this day.

    ``not_for`` are the reps who do not get a person for a topic: who handed them back, or let them
    lie while others would have them.
    """

    people: list[RankedProspect]
    related: dict[int, Relation]
    excluded: set[int]
    not_for: dict[tuple[int, int], frozenset[int]]


def find_available(
    session: Session,
    day: TeamNeeds,
    places: dict[int, int],
    taken: set[int],
    on: date,
    *,
    as_of: datetime,
    is_past: bool,
    settings: ListSettings,
) -> Available:
    """Enough people for these places (by rep), beside those already ``taken``.

    Who cannot be chosen after all (put off, somebody's, off a list today) is made up for by
    looking further down the ranking.
    """
    excluded = _left_today(session, day, on) | taken
    asking = [need for need in day.needs if places[need.rep.id]]
    if not asking:
        return Available([], {}, excluded, {})
    handed_back = find_handed_back(session, day, as_of, settings)
    let_lie = find_let_lie(session, day, as_of, settings)
    capacities = [need.capacity(1) for need in asking]
    known: dict[tuple[int, int], Candidate] = {}
    open_places, kept_for = dict(places), set[int]()

    def candidate_of(ranked: RankedProspect) -> Candidate:
        """As the allocator will see them, were they nobody's."""
        key = ranked.person_id, ranked.topic_id
        if key in known:
            return known[key]
        back = handed_back.get(ranked.person_id, frozenset())
        less = back | let_lie.get(ranked.person_id, frozenset())
        one = as_candidate(ranked, day, {}, less, as_of)
        if less != back and not _reserve(one, capacities, open_places, kept_for):
            one = as_candidate(ranked, day, {}, back, as_of)  # nobody else would have them
        known[key] = one
        return one

    least = min(day.standards[need.standard].threshold for need in asking)
    wanted = sum(places.values())
    lost = len(taken)
    while True:
        supply = rank_supply(
            session,
            wanted=wanted + lost,
            suits=[_suits(capacity, candidate_of) for capacity in capacities],
            as_of=as_of,
            is_past=is_past,
            settings=settings.model_copy(update={"threshold": least}),
        )
        people = {one.person_id for one in supply}
        related = relationships(session, as_of=as_of, settings=settings, person_ids=sorted(people))
        gone = excluded | find_put_off(session, people, on)
        unusable = len(people & (gone | related.keys()))
        if unusable <= lost:
            people_left = [one for one in supply if one.person_id not in gone]
            not_for = {key: one.not_for for key, one in known.items()}
            return Available(people_left, related, gone, not_for)
        lost = 2 * unusable


def _reserve(
    one: Candidate, capacities: Sequence[Capacity], open_places: dict[int, int], kept_for: set[int]
) -> bool:
    """Whether somebody else has a place for whom a rep let lie; each place is for one of them.

    So nobody is left over on whose account the rep would have had a place.
    """
    if one.person_id in kept_for:
        return True
    for capacity in capacities:
        if open_places[capacity.rep_id] > 0 and capacity.admits(one):
            open_places[capacity.rep_id] -= 1
            kept_for.add(one.person_id)
            return True
    return False


def value_of_prospect(ranked: RankedProspect) -> float:
    """What allocation weighs a prospect by, 0..1: the band of fit first, warmth inside it.

    Lists are ordered so; a mean of it is alike between reps only if both are.
    """
    warmth = ranked.warmth.value
    return (ranked.fit_band + warmth / (1 + warmth)) / 3


def as_candidate(
    ranked: RankedProspect,
    day: TeamNeeds,
    related: dict[int, Relation],
    not_for: frozenset[int],
    as_of: datetime,
) -> Candidate:
    """A ranked prospect as the allocator sees it."""
    relation = related.get(ranked.person_id)
    return Candidate(
        ranked.person_id,
        ranked.topic_id,
        value_of_prospect(ranked),
        ranked.language,
        ranked.network,
        ranked.place,
        only_rep=relation.rep_id if relation is not None else None,
        meets=day.meets(ranked.warmth.value, ranked.newest_at, as_of),
        not_for=not_for,
    )


def _suits(
    capacity: Capacity, candidate_of: Callable[[RankedProspect], Candidate]
) -> Callable[[RankedProspect], bool]:
    return lambda ranked: capacity.admits(candidate_of(ranked))


def _left_today(session: Session, day: TeamNeeds, on: date) -> set[int]:
    """Who was on one of these lists that day and is not any more: not again on the same day."""
    return set(
        session.scalars(
            select(Assignment.person_id).where(
                Assignment.listed_on == on,
                Assignment.rep_id.in_([need.rep.id for need in day.needs]),
                Assignment.closed_at.is_not(None),
            )
        )
    )
