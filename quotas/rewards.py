"""Reward schemes and contests of a team, and what a rep earned by them so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, zip_longest
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from models import ENGAGED_CONTACT, Contest, Quota, Rep, RewardScheme, Team
from quotas.attainment import list_counted
from quotas.calendars import Calendar
from quotas.closed import refuse_closed
from quotas.contests import Places
from quotas.history import QuotaSpan, load_spans, period_target
from quotas.periods import Period
from quotas.reward_names import read_name, read_unit
from quotas.setting import read_activity
from quotas.standards import Standards
from quotas.tiers import Scheme, Tier, check_scheme, reward, tier_reached
from quotas.working_time import calendar_of

_LONGEST_PERIOD = 100  # days: a quarter's, and some


@dataclass(frozen=True, slots=True)
class RewardLine:
    """One line of a statement: a quota's period under a scheme, or a contest won.

    ``kind`` is ``tier`` or ``contest``; of a contest ``target`` is the place. ``amount`` in
    hundredths of ``unit``; ``tier`` is the percent from which the tier reached counts.
    """

    kind: str
    name: str
    activity: str
    starts_on: str
    ends_on: str
    counted: int
    target: int
    unit: str
    amount: int
    tier: int | None = None

    @property
    def first_day(self) -> date:
        """The first day of what it pays for."""
        return date.fromisoformat(self.starts_on)

    @property
    def last_day(self) -> date:
        """The last day of what it pays for."""
        return date.fromisoformat(self.ends_on) - timedelta(days=1)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def set_scheme(
    session: Session,
    team: Team,
    *,
    name: str,
    unit: str,
    rate: int,
    tiers: Sequence[Tier],
    mode: str,
    starts_on: date,
    now: datetime,
    activity: str = ENGAGED_CONTACT,
) -> RewardScheme:
    """A scheme from a day on; one of the same name before it counts up to that day.

    ``rate`` in hundredths of ``unit`` per contact above the target. A change may not start in the
    past: what was promised stays. Nor may a new one before what a closed statement has paid.
    """
    check_scheme(Scheme(rate, tuple(tiers), mode))
    return _add_scheme(
        session, team, name=name, activity=read_activity(activity), unit=read_unit(unit),
        rate=rate, mode=mode, tiers=[[tier.percent, tier.multiple] for tier in tiers],
        starts_on=starts_on, now=now,
    )  # fmt: skip


def stop_scheme(
    session: Session, team: Team, *, name: str, starts_on: date, now: datetime
) -> RewardScheme:
    """From that day on the scheme of that name pays nothing."""
    running = _latest(session, team.id, starts_on).get(read_name(name).casefold())
    if running is None:
        raise NotFound(
            "Team %(team)s has no scheme %(name)s.",
            "See: warmlist rewards schemes",
            team=team.name,
            name=repr(name),
        )
    return _add_scheme(
        session, team, name=running.name, activity=running.activity, unit=running.unit, rate=0,
        mode=running.mode, tiers=running.tiers, starts_on=starts_on, now=now, stops=True,
    )  # fmt: skip


def _add_scheme(
    session: Session,
    team: Team,
    *,
    name: str,
    starts_on: date,
    now: datetime,
    **values: Any,
) -> RewardScheme:
    name = read_name(name)
    today = calendar_of(team).today(now)
    if starts_on < today and name.casefold() in _latest(session, team.id, today):
        raise Refused(
            "Scheme %(name)s is in force; a change from %(starts_on)s would rewrite the past.",
            "Let it start on %(today)s or later.",
            name=repr(name),
            starts_on=starts_on,
            today=today,
        )
    if starts_on < today:
        refuse_closed(session, team.reps, starts_on, today)
    row = RewardScheme(team_id=team.id, name=name, starts_on=starts_on, created_at=now, **values)
    session.add(row)
    session.flush()
    return row


def find_schemes(session: Session, team_id: int, on: date) -> list[RewardScheme]:
    """The schemes in force on a day, by name."""
    found = _latest(session, team_id, on)
    return [found[name] for name in sorted(found) if not found[name].stops]


def coming_schemes(session: Session, team_id: int, after: date) -> list[RewardScheme]:
    """Changes of schemes that begin after a day, the next first."""
    return list(
        session.scalars(
            select(RewardScheme)
            .where(RewardScheme.team_id == team_id, RewardScheme.starts_on > after)
            .order_by(RewardScheme.starts_on, RewardScheme.id)
        )
    )


def _latest(session: Session, team_id: int, on: date) -> dict[str, RewardScheme]:
    rows = session.scalars(
        select(RewardScheme)
        .where(RewardScheme.team_id == team_id, RewardScheme.starts_on <= on)
        .order_by(RewardScheme.starts_on, RewardScheme.id)
    )
    return {row.name.casefold(): row for row in rows}


def reward_lines(
    session: Session,
    rep: Rep,
    start: date,
    end: date,
    *,
    now: datetime,
    places: Places | None = None,
) -> list[RewardLine]:
    """What a rep earned by quota periods and contests that ended in [start, end), and before now.

    A scheme holds for a period if it was in force on the period's first day. ``places`` is shared
    by whoever asks for several reps, so that no contest is read once for each.
    """
    places = places or Places(session, now)
    calendar = calendar_of(rep)
    over = min(end, calendar.today(now))
    lines = []
    for first, last, quota in _ended_periods(session, rep, start, over, calendar):
        spans = load_spans(session, [rep], first, last)[rep.id].get(quota.activity, [])
        target = period_target(spans, first, last, calendar)
        since, until = calendar.start_of(first), calendar.start_of(last)
        standards = Standards(spans, calendar)
        touched = list_counted(session, rep.id, quota.activity, standards, since, until)
        counted = len({subject for subject, _ in touched})
        for row in find_schemes(session, rep.team_id, first):
            if row.activity == quota.activity:
                scheme = Scheme(row.rate, tuple(Tier(p, m) for p, m in row.tiers), row.mode)
                lines.append(
                    RewardLine(
                        "tier", row.name, quota.activity, first.isoformat(), last.isoformat(),
                        counted, target, row.unit, reward(scheme, counted, target),
                        tier_reached(scheme, counted, target),
                    )
                )  # fmt: skip
    for contest in session.scalars(
        select(Contest)
        .where(Contest.team_id == rep.team_id, Contest.ends_on > start, Contest.ends_on <= over)
        .order_by(Contest.ends_on, Contest.id)
    ):
        for prize in places.of(contest):
            if prize.rep_id == rep.id:
                lines.append(
                    RewardLine(
                        "contest", contest.name, contest.activity, contest.starts_on.isoformat(),
                        contest.ends_on.isoformat(), prize.counted, prize.place, contest.unit,
                        prize.amount,
                    )
                )  # fmt: skip
    return lines


def _ended_periods(
    session: Session, rep: Rep, start: date, over: date, calendar: Calendar
) -> Iterator[tuple[date, date, Quota]]:
    """Periods of every quota whose last day lies in [start, over), with the quota at their end.

    No day is in two of an activity: where a quota of another period follows, a period ends with the
    day before, and the next begins no earlier than the last one ended.
    """
    if over <= start:
        return
    since = date.fromordinal(max(1, start.toordinal() - _LONGEST_PERIOD))
    spans = load_spans(session, [rep], since, over + timedelta(days=1))[rep.id]
    for of_one in spans.values():
        for first, last, quota in _part(of_one, calendar):
            if start < last <= over:
                yield first, last, quota


def _part(spans: Sequence[QuotaSpan], calendar: Calendar) -> Iterator[tuple[date, date, Quota]]:
    """An activity's days as periods, oldest first, with the quota at the end of each."""
    runs = [list(run) for _, run in groupby(spans, key=lambda span: span.quota.period)]
    paid = date.min
    for run, following in zip_longest(runs, runs[1:]):
        day = run[0].starts_on
        while day < run[-1].ends_on:
            first, last = calendar.bounds(Period(run[0].quota.period), day)
            day = last
            if following is not None:
                last = min(last, following[0].starts_on)
            at_end = [span for span in run if span.starts_on < last]
            # without another to follow, a period counts only if it was owed to its end
            if last <= at_end[-1].ends_on or (following is not None and day >= run[-1].ends_on):
                yield max(first, paid), last, at_end[-1].quota
                paid = last
