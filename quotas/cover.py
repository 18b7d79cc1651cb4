"""Whoever answers a rep who is away, or left, goes to a colleague until the rep is back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from config.settings import ListSettings
from models import COVER, Assignment, Rep, Team, Touch
from prospects.ranked import RankedProspect
from quotas.allocation import Candidate
from quotas.attainment import standing_touches
from quotas.let_go import find_handed_back, find_let_lie
from quotas.needs import Need, TeamNeeds
from quotas.returning import Returning
from quotas.working_time import calendar_of
from signals.tombstones import chunks

#: Why an assignment ended whose rep went on leave, or whose own rep came back.
REP_AWAY: Final = "rep_away"
REP_BACK: Final = "rep_back"
_PROMISED = ("relationship", "next_step", COVER)  # whoever waits for an answer or for a date
_HORIZON = 60  # days in which a team works at all


def load_team_reps(session: Session, team: Team) -> list[Rep]:
    """All reps of a team by number, those who left too, with what their calendars need."""
    return list(
        session.scalars(
            select(Rep)
            .where(Rep.team_id == team.id)
            .options(
                selectinload(Rep.working_times), selectinload(Rep.ramps), selectinload(Rep.leaves)
            )
            .order_by(Rep.id)
        )
    )


def find_away(team: Team, reps: Sequence[Rep], on: date) -> frozenset[int]:
    """Which of these reps left, or are on leave or not there yet or any more on two days running.

    The days are the team's working days from ``on``: for one day off nobody is given away, as an
    answer of today is read tomorrow.
    """
    calendar = calendar_of(team)
    days = calendar.working_days(on, on + timedelta(days=_HORIZON))[:2]
    return frozenset(
        rep.id
        for rep in reps
        if not rep.active or (days and all(map(calendar_of(rep).is_away, days)))
    )


def release_covered(
    session: Session, reps: Sequence[Rep], away: AbstractSet[int], on: date, *, as_of: datetime
) -> None:
    """Let go whom a rep on leave was to call back, and whom a colleague has of a rep who is back.

    Not those given on ``on``: of a day's list nobody is taken away the same day.
    """
    open_rows = session.scalars(
        select(Assignment).where(
            Assignment.rep_id.in_([rep.id for rep in reps]),
            Assignment.closed_at.is_(None),
            Assignment.listed_on < on,
            Assignment.source.in_(_PROMISED),
        )
    ).all()
    there = {rep.id for rep in reps} - away
    owners = _find_owners(session, [row.person_id for row in open_rows if row.source == COVER])
    for row in open_rows:
        if row.rep_id in away:
            row.closed_at, row.closed_reason = as_of, REP_AWAY
        elif row.source == COVER and owners.get(row.person_id, row.rep_id) in there - {row.rep_id}:
            row.closed_at, row.closed_reason = as_of, REP_BACK
    session.flush()


def cover(
    session: Session,
    back: Sequence[Returning],
    day: TeamNeeds,
    away: AbstractSet[int],
    on: date,
    *,
    as_of: datetime,
    settings: ListSettings,
) -> list[Returning]:
    """Whom who gets of those that come ``back``: their own rep, or of one who is away a colleague.

    The colleague who had them last, unless they were let lie there, else one who works that day in
    whose territory they are, the one with the most places open. Where there is none they stay on
    the list of their own rep, where a manager sees them; of a rep who gets no list nobody is given.
    """
    needs = {need.rep.id: need for need in day.needs}
    lost = [one.ranked.person_id for one in back if one.rep_id in away or one.rep_id not in needs]
    if not lost:
        return list(back)
    working = {
        rep_id: need
        for rep_id, need in needs.items()
        if rep_id not in away and calendar_of(need.rep).is_working(on)
    }
    handed_back = find_handed_back(session, day, as_of, settings)
    let_lie = find_let_lie(session, day, as_of, settings)
    last = _find_last_cover(session, lost)
    given: Counter[int] = Counter()
    told = []
    for one in back:
        if one.rep_id in away or one.rep_id not in needs:
            person_id = one.ranked.person_id
            back_from = handed_back.get(person_id, frozenset())
            idle = let_lie.get(person_id, frozenset())
            rep_id = _choose(one.ranked, working, last, back_from | idle, given)
            if rep_id is None and idle:
                rep_id = _choose(one.ranked, working, last, back_from, given)
            if rep_id is not None:
                given[rep_id] += 1
                told.append(Returning(rep_id, one.ranked, COVER))
                continue
        if one.rep_id in needs:
            told.append(one)
    return told


def _choose(
    ranked: RankedProspect,
    working: Mapping[int, Need],
    last: Mapping[int, int],
    not_for: frozenset[int],
    given: Mapping[int, int],
) -> int | None:
    candidate = Candidate(
        ranked.person_id, ranked.topic_id, 0.0, ranked.language, ranked.network, ranked.place,
        not_for=not_for,
    )  # fmt: skip
    fit = [rep_id for rep_id, need in working.items() if need.capacity(1).admits(candidate)]
    if last.get(ranked.person_id) in fit:
        return last[ranked.person_id]
    order = {rep_id: (given.get(rep_id, 0) - working[rep_id].missing, rep_id) for rep_id in fit}
    return min(fit, key=order.__getitem__, default=None)


def _find_last_cover(session: Session, people: Sequence[int]) -> dict[int, int]:
    """By person, the colleague who had them last."""
    found: dict[int, int] = {}
    for chunk in chunks(sorted(people)):
        rows = session.execute(
            select(Assignment.person_id, Assignment.rep_id)
            .where(Assignment.person_id.in_(chunk), Assignment.source == COVER)
            .order_by(Assignment.id)
        )
        found |= dict(rows.all())
    return found


def _find_owners(session: Session, people: Sequence[int]) -> dict[int, int]:
    """By person, the rep who contacted them last, not counting who did so for another."""
    found: dict[int, int] = {}
    for chunk in chunks(sorted(people)):
        rows = session.execute(
            standing_touches()
            .outerjoin(Assignment, Assignment.id == Touch.assignment_id)
            .with_only_columns(Touch.person_id, Touch.rep_id)
            .where(
                Touch.person_id.in_(chunk),
                or_(Assignment.source.is_(None), Assignment.source != COVER),
            )
            .order_by(Touch.occurred_at, Touch.id)
        )
        found |= {person_id: rep_id for person_id, rep_id in rows if person_id is not None}
    return found
