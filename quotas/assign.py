"""Builds the daily lists: reads what is there, decides, writes assignments and a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Assignment, DailyList, Rep, Team
from quotas.allocate import allocate
from quotas.allocation import Allocation
from quotas.available import as_candidate, find_available
from quotas.cool_down import by_team
from quotas.cover import cover, find_away, load_team_reps, release_covered
from quotas.fingerprint import hash_list
from quotas.needs import Need, TeamNeeds, read_needs
from quotas.periods import Period
from quotas.record import Given, Pool, keep_build, write_assignments, write_list
from quotas.release import release_stale
from quotas.returning import Returning, find_returning, find_touched
from quotas.tries import draw_tries
from quotas.working_time import calendar_of


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
    with that rep, but for an answer that waits for one who is on leave. For a past day only
    evidence of up to that day's end counts, and nobody is held or let go by it: its items are
    closed from the start, and a list that was built then is left as it was.
    """
    settings = by_team(settings, team)
    calendar = calendar_of(team)
    as_of = min(now, calendar.end_of(on) - timedelta(microseconds=1))
    is_past = on < calendar.today(now)
    reps: list[Rep] = []
    away: frozenset[int] = frozenset()
    if not is_past:
        release_stale(session, team, as_of=as_of, hold=timedelta(days=settings.hold_days))
        reps = load_team_reps(session, team)
        away = find_away(team, reps, on)
        release_covered(session, reps, away, on, as_of=as_of)
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
            session, reps, on, as_of=as_of, day_starts_at=calendar.start_of(on), settings=settings
        )
        back = cover(session, back, day, away, on, as_of=as_of, settings=settings)
        given += [Given(one.rep_id, one.ranked, one.source) for one in back]
    places = _places(session, day, back, on, as_of)
    taken = {one.person_id for one in given}
    found = find_available(
        session, day, places, taken, on, as_of=as_of, is_past=is_past, settings=settings
    )
    candidates = [
        as_candidate(one, day, found.related, found.not_for[one.person_id, one.topic_id], as_of)
        for one in found.people
    ]
    ledger = {need.rep.id: need.standing for need in day.needs}
    capacities = [need.capacity(places[need.rep.id]) for need in day.needs]
    allocation = allocate(capacities, candidates, frozenset(), ledger, seed=seed)
    of_pair = {(one.person_id, one.topic_id): one for one in found.people}
    given += [
        Given(rep_id, of_pair[one.person_id, one.topic_id], "warmth", value=one.value)
        for rep_id, got in allocation.assigned.items()
        for one in got
    ]
    pool = Pool()
    if not is_past:
        taken = found.excluded | {one.person_id for one in given}
        tries, pool = draw_tries(session, day, taken, on, as_of=as_of, settings=settings, seed=seed)
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


def _places(
    session: Session, day: TeamNeeds, back: Sequence[Returning], on: date, as_of: datetime
) -> dict[int, int]:
    """Places left for each rep once those who come back, and may count, have theirs.

    Whoever was touched in the period already counts no second time, nor does who is not warm
    enough: they come on top, or a rep who works the whole list would still miss the quota.
    """
    places = {}
    for need in day.needs:
        standard = day.standards[need.standard]
        mine = [
            one.ranked.person_id
            for one in back
            if one.rep_id == need.rep.id
            and standard.met_by(one.ranked.warmth.value, one.ranked.newest_at, as_of)
        ]
        calendar = calendar_of(need.rep)
        start, _ = calendar.bounds(Period(need.quota.period), on)
        seen = find_touched(session, need.rep.id, mine, since=calendar.start_of(start))
        places[need.rep.id] = max(0, need.missing - len(set(mine) - seen))
    return places


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
    # what was asked for on top is nobody's shortfall: the quota did not want it
    shortfall = max(0, (missing.count if missing else 0) + capped - need.more)
    reason = missing.reason if missing else ("longest" if capped else None)
    reason = reason if shortfall else None
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
