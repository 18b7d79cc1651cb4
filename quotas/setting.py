"""Quotas as people set them: rows are only added, so what was owed stays what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Refused
from models import ENGAGED_CONTACT, Quota, Rep
from quotas.history import Owner, QuotaSpan, list_concerned, load_spans, quota_history
from quotas.periods import Period
from quotas.targets import FORFEIT, ROLL
from quotas.working_time import calendar_of
from signals.text import is_storable

#: Activities with a meaning of their own; any other name is a custom one, counted as touches say.
ACTIVITIES = (
    ENGAGED_CONTACT, "outbound_call", "email", "message", "meeting", "proposal",
)  # fmt: skip
#: A quota without a first day is in force on every day there is.
ALWAYS = date(2000, 1, 1)
_LARGEST_TARGET = 100_000


def set_quota(
    session: Session,
    owner: Rep | Owner,
    *,
    target: int,
    per: str,
    threshold: float,
    now: datetime,
    starts_on: date = ALWAYS,
    ends_on: date | None = None,
    activity: str = ENGAGED_CONTACT,
    weight: float = 1.0,
    fresh_days: int | None = None,
    missed: str = ROLL,
    template: str | None = None,
    basis: Mapping[str, Any] | None = None,
) -> Quota:
    """Add a quota from ``starts_on``; what was owed before that day stays what it was.

    The first quota of an activity may start in the past; a change may not, nor what would go before
    somebody else's quota that counted then: refused. ``threshold`` in points of warmth,
    ``fresh_days`` in days, ``basis`` says how the target was found.
    """
    quota = draft_quota(
        session, owner, target=target, per=per, threshold=threshold, now=now,
        starts_on=starts_on, ends_on=ends_on, activity=activity, weight=weight,
        fresh_days=fresh_days, missed=missed, template=template, basis=basis,
    )  # fmt: skip
    session.add(quota)
    session.flush()
    return quota


def draft_quota(
    session: Session,
    owner: Rep | Owner,
    *,
    target: int,
    per: str,
    threshold: float,
    now: datetime,
    starts_on: date = ALWAYS,
    ends_on: date | None = None,
    activity: str = ENGAGED_CONTACT,
    weight: float = 1.0,
    fresh_days: int | None = None,
    missed: str = ROLL,
    template: str | None = None,
    basis: Mapping[str, Any] | None = None,
) -> Quota:
    """The row that ``set_quota`` would add, checked in the same way and not stored."""
    owner = Owner(rep=owner) if isinstance(owner, Rep) else owner
    period = _read_period(per)
    activity = read_activity(activity)
    if not 0 <= target <= _LARGEST_TARGET:
        raise Refused(
            "A quota of %(target)s is not usable.",
            "Use 0 to %(largest_target)s.",
            target=target,
            largest_target=f"{_LARGEST_TARGET:,}",
        )
    if not 0 <= weight <= 1000 or not 0 <= threshold <= 1000:
        raise Refused("A weight or threshold is not usable.", "Use 0 to 1000.")
    if fresh_days is not None and not 1 <= fresh_days <= 3650:
        raise Refused(
            "%(fresh_days)s days are not usable as freshness.",
            "Use 1 to 3650.",
            fresh_days=fresh_days,
        )
    if missed not in {ROLL, FORFEIT}:
        raise Refused(
            "Rule %(missed)s is not known.",
            "Use %(roll)s or %(forfeit)s.",
            missed=repr(missed),
            roll=ROLL,
            forfeit=FORFEIT,
        )
    if ends_on is not None and ends_on <= starts_on:
        raise Refused("A quota ends after it starts.", "Let the end lie after the start.")
    row = _row(
        owner, activity=activity, target=target, period=period.value, weight=weight,
        threshold=threshold, fresh_days=fresh_days, missed=missed, template=template,
        basis=dict(basis) if basis is not None else None, starts_on=starts_on, ends_on=ends_on,
        created_at=now,
    )  # fmt: skip
    _refuse_past(session, owner, row, now)
    return row


def stop_quota(
    session: Session, owner: Rep | Owner, *, activity: str, starts_on: date, now: datetime
) -> Quota:
    """From ``starts_on`` on this owner has no quota of the activity; a role's or team's shows."""
    quota = draft_stop(session, owner, activity=activity, starts_on=starts_on, now=now)
    session.add(quota)
    session.flush()
    return quota


def draft_stop(
    session: Session, owner: Rep | Owner, *, activity: str, starts_on: date, now: datetime
) -> Quota:
    """The row that ``stop_quota`` would add, checked in the same way and not stored."""
    owner = Owner(rep=owner) if isinstance(owner, Rep) else owner
    activity = read_activity(activity)
    running = next(
        (s for s in quota_history(session, owner, activity) if s.ends_on > starts_on), None
    )
    if running is None:
        raise Refused(
            "%(owner)s has no %(activity)s quota to stop.",
            "See: warmlist quota list",
            owner=owner.name,
            activity=activity,
            fault="no_quota",
        )
    row = _row(
        owner, activity=activity, target=0, period=running.quota.period, weight=0.0,
        threshold=running.quota.threshold, stops=True, starts_on=starts_on, created_at=now,
    )  # fmt: skip
    _refuse_past(session, owner, row, now)
    return row


def first_day(session: Session, owner: Owner, now: datetime) -> date:
    """From when a quota counts if nothing is said: today, or always where nothing was owed yet.

    Something was owed if the owner had a quota, or any rep it is for had one of whatever activity.
    """
    reps = list_concerned(session, owner)
    today = _today_of(owner, reps, now)
    owed = any(load_spans(session, reps, ALWAYS, today).values()) if reps else False
    return today if owed or quota_history(session, owner) else ALWAYS


def _row(owner: Owner, **values: Any) -> Quota:
    return Quota(
        rep_id=owner.rep.id if owner.rep else None,
        team_id=owner.team.id if owner.team else None,
        role=owner.role,
        **({"stops": False} | values),
    )


def _refuse_past(session: Session, owner: Owner, row: Quota, now: datetime) -> None:
    """Refuse a row that would change what was owed before today, whoever's quota that was."""
    reps = list_concerned(session, owner)
    today = _today_of(owner, reps, now)
    if row.starts_on >= today:
        return
    own = session.scalar(
        select(Quota.id)
        .where(owner.matches(), Quota.activity == row.activity, Quota.starts_on < today)
        .limit(1)
    )
    whose = owner.name if own is not None else None
    if whose is None and reps:
        before = load_spans(session, reps, ALWAYS, today)
        after = load_spans(session, reps, ALWAYS, today, [row])
        for rep in reps:
            had = before[rep.id].get(row.activity, [])
            if had and _differ(had, after[rep.id].get(row.activity, [])):
                whose = rep.name
                break
    if whose is not None:
        raise Refused(
            "%(owner)s has a quota already; one from %(starts_on)s would rewrite the past.",
            "Let the new one start on %(today)s or later.",
            owner=whose,
            starts_on=row.starts_on,
            today=today,
            fault="rewrites_past",
        )


def _differ(had: Sequence[QuotaSpan], has: Sequence[QuotaSpan]) -> bool:
    return [(s.quota.id, s.starts_on, s.ends_on) for s in had] != [
        (s.quota.id, s.starts_on, s.ends_on) for s in has
    ]


def _today_of(owner: Owner, reps: Sequence[Rep], now: datetime) -> date:
    """The latest day that has begun for anybody concerned: from it on nobody's past is touched."""
    teams = {rep.team for rep in reps} | ({owner.team} if owner.team is not None else set())
    return max((calendar_of(team).today(now) for team in teams), default=now.date())


def read_activity(name: str) -> str:
    """An activity's code: a known one, or a custom name of letters, digits and underscores."""
    code = "_".join(name.strip().lower().replace("-", " ").split())
    if not is_storable(code) or not code.replace("_", "").isalnum() or len(code) > 40:
        raise Refused(
            "Activity %(name)s is not usable.",
            "Use %(known)s or a name of your own in letters and digits.",
            name=repr(name[:40]),
            known=", ".join(ACTIVITIES),
            fault="bad_activity",
        )
    return code


def _read_period(per: str) -> Period:
    try:
        return Period(per.strip().lower())
    except ValueError as error:
        raise Refused(
            "Period %(per)s is not known.",
            "Use day, week, month or quarter.",
            per=repr(per),
            fault="bad_period",
        ) from error
