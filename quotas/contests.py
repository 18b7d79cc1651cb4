"""Contests over a range of days: who counts most, and the prizes of each place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Conflict, Refused
from models import ENGAGED_CONTACT, Contest, Quota, Rep, Team
from quotas.attainment import list_counted
from quotas.history import QuotaSpan, load_spans
from quotas.reward_names import read_name, read_unit
from quotas.setting import read_activity
from quotas.standards import Standards
from quotas.tiers import Prize, award
from quotas.working_time import calendar_of


def create_contest(
    session: Session,
    team: Team,
    *,
    name: str,
    unit: str,
    prizes: Sequence[int],
    starts_on: date,
    ends_on: date,
    now: datetime,
    activity: str = ENGAGED_CONTACT,
) -> Contest:
    """Prizes (hundredths, best place first) for who counts most in [starts_on, ends_on)."""
    if ends_on <= starts_on:
        raise Refused(
            "A contest ends after it starts.", "Let the last day not be before the first."
        )
    if ends_on <= calendar_of(team).today(now):
        raise Refused("A contest that is over already would surprise.", "Let it end later.")
    if not prizes or any(prize < 0 for prize in prizes) or list(prizes) != sorted(prizes)[::-1]:
        raise Refused("The prizes are not usable.", "Give the first place's first, each no larger.")
    name = read_name(name)
    same = select(Contest.id).where(Contest.team_id == team.id, Contest.name == name)
    if session.scalar(same) is not None:
        raise Conflict(
            "Team %(team)s has a contest %(name)s.",
            "Choose another name.",
            team=team.name,
            name=repr(name),
        )
    row = Contest(
        team_id=team.id, name=name, activity=read_activity(activity), unit=read_unit(unit),
        prizes=list(prizes), starts_on=starts_on, ends_on=ends_on, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def standings(session: Session, contest: Contest, now: datetime) -> dict[int, int]:
    """What each rep of the team counts in a contest up to ``now``, whatever they owe.

    Engaged contacts are held against one standard for all, on each day the mildest that a rep of
    the team owed then: what counts for a rep's own quota counts here, and a milder quota of today
    takes nobody's place of yesterday. Without any there is none.
    """
    reps = session.scalars(select(Rep).where(Rep.team_id == contest.team_id)).all()
    whole = contest.starts_on, contest.ends_on
    for_all = [QuotaSpan(Quota(activity=contest.activity, threshold=0.0), *whole)]
    if contest.activity == ENGAGED_CONTACT:
        spans = load_spans(session, reps, *whole)
        for_all = _find_mildest(
            [
                span
                for of_rep in spans.values()
                for span in of_rep.get(ENGAGED_CONTACT, [])
                if span.quota.target
            ]
        )
        if not for_all:
            return {}
    counts: dict[int, int] = {}
    for rep in reps:
        calendar = calendar_of(rep)
        since = calendar.start_of(contest.starts_on)
        until = min(now, calendar.start_of(contest.ends_on))
        standards = Standards(for_all, calendar)
        counted = list_counted(session, rep.id, contest.activity, standards, since, until)
        if counted or rep.active:  # who left takes part with what they did
            counts[rep.id] = len({subject for subject, _ in counted})
    return counts


def _find_mildest(owed: Sequence[QuotaSpan]) -> list[QuotaSpan]:
    """On each day the mildest standard of these quotas, as spans, oldest first."""
    found: list[QuotaSpan] = []
    for first, after in pairwise(sorted({d for one in owed for d in (one.starts_on, one.ends_on)})):
        there = [one.quota for one in owed if one.starts_on <= first < one.ends_on]
        if there:
            fresh = [quota.fresh_days for quota in there if quota.fresh_days is not None]
            mildest = Quota(
                activity=ENGAGED_CONTACT,
                threshold=min(quota.threshold for quota in there),
                fresh_days=max(fresh) if len(fresh) == len(there) else None,
            )
            found.append(QuotaSpan(mildest, first, after))
    return found


class Places:
    """Who stands where in contests at ``now``; each contest is read once, however many ask."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._found: dict[int, list[Prize]] = {}

    def of(self, contest: Contest) -> list[Prize]:
        """The places of a contest, the best first."""
        if contest.id not in self._found:
            counts = standings(self._session, contest, self._now)
            self._found[contest.id] = award(counts, contest.prizes)
        return self._found[contest.id]


def list_contests(session: Session, team_id: int) -> list[Contest]:
    """A team's contests, the latest first."""
    return list(
        session.scalars(
            select(Contest)
            .where(Contest.team_id == team_id)
            .order_by(Contest.starts_on.desc(), Contest.id.desc())
        )
    )
