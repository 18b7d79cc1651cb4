"""What each rep of a team still needs on a day: places, tries, ledger and territory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from config.settings import ListSettings
from models import ENGAGED_CONTACT, Assignment, DailyList, ExtraRequest, Quota, Rep, Team
from quotas.allocation import Capacity, Standing, fade
from quotas.attainment import list_counted
from quotas.calendars import Calendar, days_of
from quotas.explore import draw_number
from quotas.history import load_spans, period_parts, period_target
from quotas.periods import Period
from quotas.standards import Standards
from quotas.targets import due_on
from quotas.working_time import calendar_of

_REACH = timedelta(days=93)  # the longest period, to either side

#: A list built for a day gone by holds nobody: its items are closed from the start.
PAST = "past"


@dataclass(frozen=True, slots=True)
class Standard:
    """What makes a contact an engaged one: warmth in points, and how old the newest evidence is."""

    threshold: float
    fresh_days: int | None

    def met_by(self, warmth: float, newest_at: datetime | None, as_of: datetime) -> bool:
        """Whether somebody meets it at ``as_of``."""
        return self.allows(warmth, None if newest_at is None else as_of - newest_at)

    def allows(self, warmth: float, age: timedelta | None) -> bool:
        """Whether somebody meets it who last said something so long ago."""
        if warmth < self.threshold:
            return False
        if self.fresh_days is None:
            return True
        return age is not None and age <= timedelta(days=self.fresh_days)


def standard_of(quota: Quota, settings: ListSettings) -> Standard:
    """What lists for a quota ask for: a touch that it would not count is no use on them."""
    return Standard(max(settings.threshold, quota.threshold), quota.fresh_days)


@dataclass(frozen=True, slots=True)
class Need:
    """One rep's day: ``wanted`` places by the quota, of which ``held`` are filled.

    ``tries`` come on top, ``tried`` are filled. ``share`` is the quota in places a working day, so
    that a weekly and a monthly one compare. ``standard`` numbers ``TeamNeeds.standards``. Of
    ``wanted`` the rep asked for ``more`` on top.
    """

    rep: Rep
    quota: Quota
    wanted: int
    held: int
    tries: int
    tried: int
    share: float
    standard: int
    standing: Standing
    room: int
    more: int = 0

    @property
    def missing(self) -> int:
        """Places still to fill; never more than the rep may hold."""
        return max(0, min(self.wanted - self.held, self.room))

    def capacity(self, count: int) -> Capacity:
        """For the allocator: ``count`` places in the rep's territory."""
        of_kind: dict[str, set[str]] = {}
        for part in self.rep.territory:
            of_kind.setdefault(part.kind, set()).add(part.value)
        return Capacity(
            rep_id=self.rep.id,
            count=count,
            share=self.share,
            languages=frozenset(of_kind.get("language", ())),
            topics=frozenset(int(value) for value in of_kind.get("topic", ())),
            networks=frozenset(of_kind.get("network", ())),
            places=frozenset(value.lower() for value in of_kind.get("place", ())),
            standard=self.standard,
        )


@dataclass(frozen=True, slots=True)
class TeamNeeds:
    """A team's day. ``standards`` are the different ones its quotas set."""

    needs: tuple[Need, ...]
    standards: tuple[Standard, ...]

    def meets(self, warmth: float, newest_at: datetime | None, as_of: datetime) -> int:
        """The standards somebody meets, as bits."""
        return sum(
            1 << number
            for number, standard in enumerate(self.standards)
            if standard.met_by(warmth, newest_at, as_of)
        )


def read_needs(
    session: Session,
    team: Team,
    on: date,
    *,
    settings: ListSettings,
    seed: int,
    is_past: bool,
) -> TeamNeeds:
    """What the team's reps need on ``on``; a rep without a quota of engaged contacts needs nothing.

    A few statements for the whole team, and one a rep for what was counted.
    """
    reps = [
        rep
        for rep in session.scalars(
            select(Rep)
            .where(Rep.team_id == team.id, Rep.active)
            .options(
                selectinload(Rep.territory),
                selectinload(Rep.working_times),
                selectinload(Rep.ramps),
                selectinload(Rep.leaves),
            )
            .order_by(Rep.id)
        )
        if (rep.starts_on is None or rep.starts_on <= on)
        and (rep.ends_on is None or on < rep.ends_on)
    ]
    if not reps:
        return TeamNeeds((), ())
    spans = load_spans(session, reps, on - _REACH, on + _REACH)
    calendar = calendar_of(team)
    kept = _count_kept(session, reps, on, calendar)
    extra = _read_more(session, reps, on)
    standings = _read_standings(session, reps, on, settings) if not is_past else {}
    standards: dict[Standard, int] = {}
    needs = []
    for rep in reps:
        of_rep = spans[rep.id].get(ENGAGED_CONTACT, [])
        quota = next((s.quota for s in of_rep if s.starts_on <= on < s.ends_on), None)
        if quota is None:
            continue
        own = calendar_of(rep)
        start, end = own.bounds(Period(quota.period), on)
        target = period_target(of_rep, start, end, own)
        touched = list_counted(
            session, rep.id, ENGAGED_CONTACT, Standards(of_rep, own), own.start_of(start),
            own.start_of(on),
        )  # fmt: skip
        counted = {person_id for person_id, _ in touched}
        parts = period_parts(of_rep, start, end, own)
        due = due_on(target, len(counted), on, start, end, own, quota.missed, parts)
        whole = sum(own.load(day) for day in days_of(start, end))
        standard = standard_of(quota, settings)
        held, tried, open_now = kept.get(rep.id, (0, 0, 0))
        more = extra.get(rep.id, 0)
        needs.append(
            Need(
                rep=rep,
                quota=quota,
                wanted=due + more,
                held=held,
                tries=0 if is_past else draw_number(
                    due, settings.explore_share, seed=f"{seed}:{on}:{rep.id}"
                ),
                tried=tried,
                share=target * own.load(on) / whole if whole else 0.0,
                standard=standards.setdefault(standard, len(standards)),
                standing=standings.get(rep.id, Standing()),
                room=max(0, settings.longest - open_now),
                more=more,
            )
        )  # fmt: skip
    return TeamNeeds(tuple(needs), tuple(standards))


def _count_kept(
    session: Session, reps: Sequence[Rep], on: date, calendar: Calendar
) -> dict[int, tuple[int, int, int]]:
    """Of each rep: places filled today, tries among today's, and prospects held in all.

    Handed back and expired ones freed their place; the others of today keep it, and so do carried
    ones, also once touched today. Whoever is put off to a later day is held but fills no place.
    """
    waits = and_(Assignment.closed_at.is_(None), Assignment.put_off_until > on)
    touched = Assignment.closed_reason == "touched"
    today = (Assignment.listed_on == on) & or_(
        Assignment.closed_at.is_(None), touched, Assignment.closed_reason == PAST
    )
    carried = (Assignment.listed_on < on) & or_(
        Assignment.closed_at.is_(None),
        and_(
            touched,
            Assignment.closed_at >= calendar.start_of(on),
            Assignment.closed_at < calendar.end_of(on),
        ),
    )
    kept: dict[int, tuple[int, int, int]] = {}
    rows = session.execute(
        select(
            Assignment.rep_id, Assignment.source, Assignment.listed_on, func.count(),
            func.sum(case((Assignment.closed_at.is_(None), 1), else_=0)),
            func.sum(case((waits, 1), else_=0)),
        )
        .where(Assignment.rep_id.in_([rep.id for rep in reps]), or_(today, carried))
        .group_by(Assignment.rep_id, Assignment.source, Assignment.listed_on)
    )  # fmt: skip
    for rep_id, source, listed_on, count, still_open, waiting in rows:
        held, tried, open_now = kept.get(rep_id, (0, 0, 0))
        is_try = source == "explore"
        kept[rep_id] = (
            held + (0 if is_try else count - waiting),
            tried + (count if is_try and listed_on == on else 0),
            open_now + still_open,
        )
    return kept


def _read_more(session: Session, reps: Sequence[Rep], on: date) -> dict[int, int]:
    """By how many places each rep's list of that day grew as they asked for more."""
    rows = session.execute(
        select(ExtraRequest.rep_id, func.sum(ExtraRequest.places))
        .where(ExtraRequest.rep_id.in_([rep.id for rep in reps]), ExtraRequest.listed_on == on)
        .group_by(ExtraRequest.rep_id)
    )
    return {rep_id: int(count) for rep_id, count in rows}


def _read_standings(
    session: Session, reps: Sequence[Rep], on: date, settings: ListSettings
) -> dict[int, Standing]:
    """Each rep's ledger: what they are owed, and what the last days' prospects were worth."""
    numbers = [rep.id for rep in reps]
    last = (
        select(DailyList.rep_id, func.max(DailyList.listed_on).label("on"))
        .where(DailyList.rep_id.in_(numbers), DailyList.listed_on <= on)
        .group_by(DailyList.rep_id)
        .subquery()
    )
    owed = {
        rep_id: float(details.get("owed", 0.0))
        for rep_id, details in session.execute(
            select(DailyList.rep_id, DailyList.details).join(
                last, (last.c.rep_id == DailyList.rep_id) & (last.c.on == DailyList.listed_on)
            )
        )
    }
    worth: dict[int, tuple[float, float]] = {}
    recent: dict[int, list[tuple[int, int, float]]] = {}
    for rep_id, listed_on, count, value in session.execute(
        select(Assignment.rep_id, Assignment.listed_on, func.count(), func.sum(Assignment.value))
        .where(
            Assignment.rep_id.in_(numbers),
            Assignment.listed_on > on - timedelta(days=settings.balance_days),
            Assignment.listed_on <= on,
            Assignment.source == "warmth",
            Assignment.value.is_not(None),
            or_(Assignment.closed_reason.is_(None), Assignment.closed_reason != PAST),
        )
        .group_by(Assignment.rep_id, Assignment.listed_on)
        .order_by(Assignment.rep_id, Assignment.listed_on)
    ):
        left = settings.balance_days - (on - listed_on).days
        recent.setdefault(rep_id, []).append((left, count, float(value or 0.0)))
        weight = fade(left)
        size, total = worth.get(rep_id, (0.0, 0.0))
        worth[rep_id] = (size + weight * count, total + weight * float(value or 0.0))
    return {
        number: Standing(
            owed.get(number, 0.0), *worth.get(number, (0, 0.0)), tuple(recent.get(number, ()))
        )
        for number in numbers
    }
