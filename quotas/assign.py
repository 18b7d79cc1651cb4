"""Builds the daily lists: reads what is there, decides, writes assignments and a record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Assignment, DailyList, Person, Prospect, Rep, Team
from prospects.ranked import RankedProspect
from prospects.ranking import rank_supply
from prospects.relations import Relation, relationships
from quotas.allocate import allocate
from quotas.allocation import Allocation, Candidate, Capacity
from quotas.explore import doubt, draw
from quotas.fingerprint import hash_list
from quotas.needs import Need, TeamNeeds, read_needs
from quotas.record import Given, Pool, keep_build, write_assignments, write_list
from quotas.returning import Returning, find_returning
from quotas.working_time import calendar_of

_POOL = 20  # people a try is drawn from, for each one drawn
_LEAST_POOL = 60


@dataclass(frozen=True, slots=True)
class BuiltList:
    """One rep's list after a build; ``tries`` are on top of what the quota wants."""

    rep: str
    listed_on: date
    wanted: int
    assigned: int  # by this build, tries among them
    held: int  # carried over or built before
    shortfall: int
    reason: str | None
    content_hash: str
    tries: int = 0


def build_lists(
    session: Session, team: Team, on: date, *, now: datetime, settings: ListSettings, seed: int = 0
) -> list[BuiltList]:
    """Build or complete the lists of one team for one day, as of that day.

    Idempotent: with nothing changed a second build adds nothing. A prospect somebody holds stays
    with that rep. For a past day only evidence of up to that day's end counts, and nobody is held
    or let go by it: its items are closed from the start, and a list that was built then is left
    as it was.
    """
    calendar = calendar_of(team)
    as_of = min(now, calendar.end_of(on) - timedelta(microseconds=1))
    is_past = on < calendar.today(now)
    if not is_past:
        release_stale(session, team, as_of=as_of, hold=timedelta(days=settings.hold_days))
    day = read_needs(session, team, on, settings=settings, seed=seed, is_past=is_past)
    before = _read_lists(session, day, on)
    if is_past:
        day = TeamNeeds(
            tuple(need for need in day.needs if need.rep.id not in before), day.standards
        )
    given: list[Given] = []
    back: list[Returning] = []
    if not is_past:
        back = find_returning(
            session, [need.rep for need in day.needs], on, as_of=as_of,
            day_starts_at=calendar.start_of(on), settings=settings,
        )  # fmt: skip
        given += [Given(one.rep_id, one.ranked, one.source) for one in back]
    places = _places(day, back)
    supply = _rank(session, day, places, as_of, is_past, settings, {g.person_id for g in given})
    related = relationships(
        session, as_of=as_of, settings=settings, person_ids=[one.person_id for one in supply]
    )
    excluded = _listed_today(session, day, on)
    candidates = [as_candidate(one, day, related, as_of) for one in supply]
    candidates = [one for one in candidates if one.person_id not in excluded]
    ledger = {need.rep.id: need.standing for need in day.needs}
    capacities = [need.capacity(places[need.rep.id]) for need in day.needs]
    allocation = allocate(capacities, candidates, frozenset(), ledger, seed=seed)
    of_pair = {(one.person_id, one.topic_id): one for one in supply}
    given += [
        Given(rep_id, of_pair[one.person_id, one.topic_id], "warmth", value=one.value)
        for rep_id, got in allocation.assigned.items()
        for one in got
    ]
    pool = Pool()
    if not is_past:
        tries, pool = _draw_tries(session, day, given, excluded, related, as_of, settings, on, seed)
        given += tries
    written = write_assignments(session, given, on, now=now, closed_at=as_of if is_past else None)
    build = None
    if given or not before:
        build = keep_build(
            session, team, on, now=now, as_of=as_of, settings=settings, seed=seed, day=day,
            capacities=capacities, candidates=candidates, allocation=allocation, given=given,
            pool=pool,
        )  # fmt: skip
    return [
        *(_conclude(session, need, allocation, places, given, on, now, settings, seed, build)
          for need in day.needs),
        *(_as_it_was(session, row, rep) for rep, row in (before.values() if is_past else ())),
    ] if written is not None else []  # fmt: skip


def release_stale(session: Session, team: Team, *, as_of: datetime, hold: timedelta) -> None:
    """Give back untouched prospects held too long, and those who may not be contacted any more."""
    mine = select(Rep.id).where(Rep.team_id == team.id)
    still_open = Assignment.closed_at.is_(None) & Assignment.rep_id.in_(mine)
    session.execute(
        update(Assignment)
        .where(still_open, Assignment.assigned_at < as_of - hold)
        .values(closed_at=as_of, closed_reason="expired")
    )
    gone = select(Person.id).where(Person.suppressed_at.is_not(None))
    session.execute(
        update(Assignment)
        .where(still_open, Assignment.person_id.in_(gone))
        .values(closed_at=as_of, closed_reason="suppressed")
    )
    # What they said was deleted since: there is nothing left to call them about.
    ranked = select(Prospect.id).where(
        Prospect.person_id == Assignment.person_id, Prospect.topic_id == Assignment.topic_id
    )
    session.execute(
        update(Assignment)
        .where(still_open, ~ranked.exists())
        .values(closed_at=as_of, closed_reason="evidence_gone")
        .execution_options(synchronize_session=False)
    )


def value_of_prospect(ranked: RankedProspect) -> float:
    """What allocation weighs a prospect by, 0..1: the band of fit first, warmth inside it.

    Lists are ordered so; a mean of it is alike between reps only if both are.
    """
    warmth = ranked.warmth.value
    return (ranked.fit_band + warmth / (1 + warmth)) / 3


def as_candidate(
    ranked: RankedProspect, day: TeamNeeds, related: dict[int, Relation], as_of: datetime
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
    )


def _places(day: TeamNeeds, back: Sequence[Returning]) -> dict[int, int]:
    """Places left for each rep once those who come back have theirs."""
    taken: dict[int, int] = {}
    for one in back:
        taken[one.rep_id] = taken.get(one.rep_id, 0) + 1
    return {need.rep.id: max(0, need.missing - taken.get(need.rep.id, 0)) for need in day.needs}


def _rank(
    session: Session,
    day: TeamNeeds,
    places: dict[int, int],
    as_of: datetime,
    is_past: bool,  # noqa: FBT001 - passed on as it came
    settings: ListSettings,
    taken: set[int],
) -> list[RankedProspect]:
    asking = [need for need in day.needs if places[need.rep.id]]
    if not asking:
        return []
    least = min(day.standards[need.standard].threshold for need in asking)
    supply = rank_supply(
        session,
        wanted=sum(places.values()) + len(taken),
        suits=[_suits(need.capacity(1), day, as_of) for need in asking],
        as_of=as_of,
        is_past=is_past,
        settings=settings.model_copy(update={"threshold": least}),
    )
    return [one for one in supply if one.person_id not in taken]


def _suits(capacity: Capacity, day: TeamNeeds, as_of: datetime) -> Callable[[RankedProspect], bool]:
    return lambda ranked: capacity.admits(as_candidate(ranked, day, {}, as_of))


def _listed_today(session: Session, day: TeamNeeds, on: date) -> set[int]:
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


def _draw_tries(
    session: Session,
    day: TeamNeeds,
    given: Sequence[Given],
    excluded: set[int],
    related: dict[int, Relation],
    as_of: datetime,
    settings: ListSettings,
    on: date,
    seed: int,
) -> tuple[list[Given], Pool]:
    """People the scorer is unsure about, by chance: each with how likely they were to be drawn."""
    capacities = [need.capacity(max(0, need.tries - need.tried)) for need in day.needs]
    wanted = sum(capacity.count for capacity in capacities)
    if not wanted:
        return [], Pool()
    taken = excluded | {one.person_id for one in given}
    asking = [capacity for capacity in capacities if capacity.count]
    found = rank_supply(
        session,
        wanted=max(_LEAST_POOL, _POOL * wanted) + len(taken),
        suits=[lambda _: True],
        as_of=as_of,
        is_past=False,
        settings=settings.model_copy(update={"threshold": settings.explore_threshold}),
    )
    related = related | relationships(
        session, as_of=as_of, settings=settings, person_ids=[one.person_id for one in found]
    )
    pool: dict[int, RankedProspect] = {}
    for one in found:  # best topic first
        if one.person_id not in taken and one.person_id not in related:
            pool.setdefault(one.person_id, one)
    # Standards aside: a try need not be warm enough for the quota, that is what makes it one.
    admitted = [
        (one, Candidate(one.person_id, one.topic_id, 0.0, one.language, one.network, one.place))
        for one in pool.values()
    ]
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


def _read_lists(session: Session, day: TeamNeeds, on: date) -> dict[int, tuple[Rep, DailyList]]:
    reps = {need.rep.id: need.rep for need in day.needs}
    return {
        row.rep_id: (reps[row.rep_id], row)
        for row in session.scalars(
            select(DailyList).where(DailyList.rep_id.in_(reps), DailyList.listed_on == on)
        )
    }


def _conclude(
    session: Session,
    need: Need,
    allocation: Allocation,
    places: dict[int, int],
    given: Sequence[Given],
    on: date,
    now: datetime,
    settings: ListSettings,
    seed: int,
    build_id: int | None,
) -> BuiltList:
    rep_id = need.rep.id
    got = [one for one in given if one.rep_id == rep_id]
    missing = allocation.shortfall.get(rep_id)
    capped = max(0, need.wanted - need.held) - need.missing
    shortfall = (missing.count if missing else 0) + capped
    reason = missing.reason if missing else ("longest" if capped else None)
    content_hash = hash_list(session, rep_id, on)
    write_list(
        session, need, allocation, on, now=now, settings=settings, seed=seed, build_id=build_id,
        shortfall=shortfall, reason=reason, content_hash=content_hash, asked=places[rep_id],
    )  # fmt: skip
    return BuiltList(
        rep=need.rep.name,
        listed_on=on,
        wanted=need.wanted,
        assigned=len(got),
        held=need.held,
        shortfall=shortfall,
        reason=reason,
        content_hash=content_hash,
        tries=sum(one.source == "explore" for one in got),
    )


def _as_it_was(session: Session, row: DailyList, rep: Rep) -> BuiltList:
    items = session.scalars(
        select(Assignment.id).where(
            Assignment.rep_id == rep.id, Assignment.listed_on == row.listed_on
        )
    ).all()
    return BuiltList(
        rep=rep.name,
        listed_on=row.listed_on,
        wanted=row.wanted,
        assigned=0,
        held=len(items),
        shortfall=row.shortfall,
        reason=row.shortfall_reason,
        content_hash=row.content_hash,
    )
