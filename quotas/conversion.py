"""Cold calls against engaged contacts: outcomes of both, their worth, and a quota converted."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from config.errors import Refused
from models import Assignment, Quota, Rep, Team, Touch
from quotas.attainment import counted_touches
from quotas.calendars import Calendar
from quotas.exchange import Exchange, Outcomes, estimate
from quotas.history import find_quota
from quotas.periods import Period
from quotas.setting import set_quota, stop_quota
from quotas.targets import count_regular_days
from quotas.touches import clean_words
from quotas.working_time import calendar_of

#: What a contact has to come to, to count as one that was worth it.
SUCCESSES = frozenset({"meeting", "proposal", "won"})


def read_outcomes(
    session: Session, team: Team, *, threshold: float, control_only: bool = True
) -> tuple[Outcomes, Outcomes]:
    """People contacted as engaged ones and as cold ones, and how many came to something.

    A person counts once and succeeds if any touch did, follow-ups included. Cold contacts are those
    that chance drew for comparison; without ``control_only`` every call with a reference beside the
    list, whom reps chose themselves.
    """
    warm: dict[object, bool] = {}
    follow_ups: dict[int, bool] = {}
    cold: dict[object, bool] = {}
    rows = session.execute(
        counted_touches()
        .join(Rep, Rep.id == Touch.rep_id)
        .outerjoin(Assignment, Assignment.id == Touch.assignment_id)
        # columns: of a team's years, rows as objects cost several times as much
        .with_only_columns(
            Touch.person_id, Touch.reference, Touch.control, Touch.channel, Touch.disposition,
            Assignment.warmth,  # none beside the list
        )
        .where(Rep.team_id == team.id)
    )  # fmt: skip
    for person_id, reference, control, channel, disposition, assigned_at in rows:
        warmth: float | None = assigned_at
        succeeded = disposition in SUCCESSES
        if warmth is not None and person_id is not None:
            if warmth >= threshold:
                warm[person_id] = warm.get(person_id, False) or succeeded
        elif person_id is not None:
            follow_ups[person_id] = follow_ups.get(person_id, False) or succeeded
        elif reference is not None and (control if control_only else channel == "call"):
            cold[reference] = cold.get(reference, False) or succeeded
    for person_id, succeeded in follow_ups.items():
        if person_id in warm and succeeded:
            warm[person_id] = True
    return (
        Outcomes(len(warm), sum(warm.values())),
        Outcomes(len(cold), sum(cold.values())),
    )


def load_exchange(
    session: Session, team: Team, *, calls: int, threshold: float, control_only: bool = True
) -> Exchange:
    """What so many cold calls are worth to this team in engaged contacts."""
    engaged, cold = read_outcomes(session, team, threshold=threshold, control_only=control_only)
    return estimate(engaged, cold, calls=calls)


def convert_quota(
    session: Session,
    rep: Rep,
    *,
    threshold: float,
    starts_on: date,
    by: str,
    now: datetime,
    control_only: bool = True,
) -> tuple[Quota, Exchange]:
    """Turn a rep's quota of outbound calls into one of engaged contacts, by the team's own rate.

    Engaged contacts that the rep owes already stay and are added, in the period of the calls; their
    warmth (then the rate is that of such contacts too) and freshness hold for all. The new quota
    keeps the reasoning: the old targets, both outcomes, the interval, who and when. Refuses while
    too little is known, and says how much more is needed.
    """
    who = clean_words(by)
    if who is None:
        raise Refused("A conversion needs the name of who decides.", "Give --by NAME.")
    calendar = calendar_of(rep)
    today = calendar.today(now)
    calls = find_quota(session, rep.id, today, "outbound_call")
    if calls is None or calls.target == 0:
        raise Refused(
            "%(rep)s has no quota of outbound calls to convert.",
            "See: warmlist quota list",
            rep=rep.name,
            fault="no_calls",
        )
    before = find_quota(session, rep.id, starts_on)
    if before is not None and before.target == 0:
        before = None  # nothing is owed by it
    if before is not None:
        threshold = before.threshold
    worth = load_exchange(
        session, rep.team, calls=calls.target, threshold=threshold, control_only=control_only
    )
    if not worth.enough:
        raise Refused(
            "Too little is known to convert.",
            "Still needed: %(more_engaged)s engaged and %(more_cold)s cold contacts.",
            more_engaged=worth.more_engaged,
            more_cold=worth.more_cold,
            fault="too_little_known",
        )
    basis = describe_exchange(worth) | {
        "kind": "exchange",
        "from_quota": calls.id,
        "from_activity": "outbound_call",
        "from_target": calls.target,
        "control_only": control_only,
        "decided_by": who,
        "decided_at": now.isoformat(),
    }
    target, weight, fresh_days = worth.target, calls.weight, None
    if before is not None:
        kept = _in_period(before, Period(calls.period), starts_on, calendar)
        # rounded once: nobody owes a part of a contact
        target = max(1, math.ceil(kept + Fraction(worth.worth) - Fraction(1, 10**9)))
        weight, fresh_days = min(1000.0, calls.weight + before.weight), before.fresh_days
        basis["kept"] = {
            "quota": before.id,
            "target": before.target,
            "period": before.period,
            "in_period": round(float(kept), 2),
            "threshold": before.threshold,
            "fresh_days": before.fresh_days,
        }
    quota = set_quota(
        session, rep, target=target, per=calls.period, threshold=threshold, now=now,
        starts_on=starts_on, weight=weight, fresh_days=fresh_days, missed=calls.missed, basis=basis,
    )  # fmt: skip
    if calls.rep_id == rep.id:
        stop_quota(session, rep, activity="outbound_call", starts_on=starts_on, now=now)
    else:  # the role's or team's goes on for the others
        set_quota(
            session, rep, activity="outbound_call", target=0, per=calls.period, threshold=0.0,
            starts_on=starts_on, now=now,
        )  # fmt: skip
    return quota, worth


def _in_period(quota: Quota, period: Period, on: date, calendar: Calendar) -> Fraction:
    """What a quota asks for in another period: by days worked in a week, of a year's mean length.

    The month or quarter that happens to begin does not decide what is owed for good.
    """
    week = count_regular_days(Period.WEEK, on, calendar)
    if quota.period == period or not week:
        return Fraction(quota.target)
    return quota.target * _days_worked(period, week) / _days_worked(Period(quota.period), week)


def _days_worked(period: Period, week: int) -> Fraction:
    """Days usually worked in a period of a mean year (365.25 days), with ``week`` a week."""
    weeks = {
        Period.DAY: Fraction(1, week),
        Period.WEEK: Fraction(1),
        Period.MONTH: Fraction(1461, 4 * 7 * 12),
        Period.QUARTER: Fraction(1461, 4 * 7 * 4),
    }
    return week * weeks[period]


def describe_exchange(worth: Exchange) -> dict[str, Any]:
    """An exchange as plain values, as it is kept with a quota and printed."""
    return {
        "calls": worth.calls,
        "worth": round(worth.worth, 2),
        "low": round(worth.low, 2),
        "high": round(worth.high, 2),
        "target": worth.target,
        "times": round(worth.times, 2),
        "interval": 0.9,
        "engaged": asdict(worth.engaged),
        "cold": asdict(worth.cold),
    }
