"""Where all reps of a team stand: the same figures as for one, in as many statements as for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import ENGAGED_CONTACT, Assignment, Quota, Rep, Team, Touch
from quotas.activities import activities_of
from quotas.attainment import Attainment, counted_touches, measure
from quotas.history import QuotaSpan, load_spans, period_parts, period_target
from quotas.offers import load_offers
from quotas.outlook import Outlook, look_out, starts_of
from quotas.periods import Period
from quotas.standards import Standards, lowest_of
from quotas.working_time import calendar_of

_LONGEST = timedelta(days=460)  # four quarters before this one, which an outlook looks back on
_Counted = list[tuple[int, datetime]]


@dataclass(frozen=True, slots=True)
class Standing:
    """One rep on one quota: where they stand, where it leads, and from which warmth it counts."""

    rep: Rep
    quota: Quota
    attainment: Attainment
    outlook: Outlook


def load_reps(session: Session, team_id: int | None = None) -> list[Rep]:
    """The active reps of a team, or of all, by name, with what their calendars need."""
    chosen = select(Rep).where(Rep.active)
    if team_id is not None:
        chosen = chosen.where(Rep.team_id == team_id)
    rows = session.scalars(
        chosen.order_by(Rep.name, Rep.id).options(
            joinedload(Rep.team).selectinload(Team.holidays),
            selectinload(Rep.territory),
            selectinload(Rep.working_times),
            selectinload(Rep.ramps),
            selectinload(Rep.leaves),
        )
    )
    return list(rows.unique())


def load_standings(
    session: Session, reps: Sequence[Rep], now: datetime
) -> dict[int, list[Standing]]:
    """Every rep's standing on every quota in force, engaged contacts first, by the rep's number.

    However many reps there are, the same few statements: reps come from ``load_reps``.
    """
    calendars = {rep.id: calendar_of(rep) for rep in reps}
    if not reps:
        return {}
    today = {rep.id: calendars[rep.id].today(now) for rep in reps}
    first, last = min(today.values()) - _LONGEST, max(today.values()) + timedelta(days=93)
    spans = load_spans(session, reps, first, last)
    measured: list[tuple[Rep, Quota, list[QuotaSpan], tuple[date, date, int], date]] = []
    for rep in reps:
        calendar, on = calendars[rep.id], today[rep.id]
        for of_one in spans[rep.id].values():
            quota = next((s.quota for s in of_one if s.starts_on <= on < s.ends_on), None)
            if quota is None:
                continue
            start, end = calendar.bounds(Period(quota.period), on)
            period = (start, end, period_target(of_one, start, end, calendar))
            since = starts_of(Period(quota.period), start, calendar)[0]
            measured.append((rep, quota, of_one, period, since))
    counted = _load_counted(
        session,
        {
            (rep.id, quota.activity): (Standards(of_one, calendars[rep.id]), since)
            for rep, quota, of_one, _, since in measured
        },
    )
    engaged = [one for one in measured if one[1].activity == ENGAGED_CONTACT]
    offers = load_offers(
        session, [(one[0].id, one[1], one[3][0]) for one in engaged], calendars, today
    )
    found: dict[int, list[Standing]] = {rep.id: [] for rep in reps}
    for rep, quota, of_one, period, since in measured:
        calendar = calendars[rep.id]
        touched = counted[rep.id, quota.activity]
        begins, ends = calendar.start_of(period[0]), calendar.start_of(period[1])
        within = [one for one in touched if begins <= one[1] < ends]
        parts = period_parts(of_one, period[0], period[1], calendar)
        standing = measure(rep, quota, period, within, now, calendar, parts)
        offered = offers.get(rep.id) if quota.activity == ENGAGED_CONTACT else None
        past = [span for span in of_one if span.ends_on > since and span.starts_on < period[1]]
        outlook = look_out(standing, past, touched, offered, now, calendar)
        found[rep.id].append(Standing(rep, quota, standing, outlook))
    return found


def _load_counted(
    session: Session,
    wanted: Mapping[tuple[int, str], tuple[Standards, date]],
) -> dict[tuple[int, str], _Counted]:
    """What may count for each rep's quotas since the first day looked back on, oldest first."""
    found: dict[tuple[int, str], _Counted] = {key: [] for key in wanted}
    since = {key: one.calendar.start_of(first) for key, (one, first) in wanted.items()}
    engaged = {key[0]: one for key, (one, _) in wanted.items() if key[1] == ENGAGED_CONTACT}
    if engaged:
        earliest = min(since[rep_id, ENGAGED_CONTACT] for rep_id in engaged)
        rows = session.execute(
            counted_touches()
            .join(Assignment, Assignment.id == Touch.assignment_id)
            .with_only_columns(
                Touch.rep_id, Touch.person_id, Touch.occurred_at, Assignment.warmth,
                Assignment.evidence_at, Assignment.assigned_at,
            )
            .where(
                Touch.rep_id.in_(engaged),
                Assignment.rep_id == Touch.rep_id,
                Touch.occurred_at >= earliest,
                Assignment.warmth >= lowest_of(engaged.values()),
            )
            .order_by(Touch.occurred_at, Touch.id)
        )  # fmt: skip
        for rep_id, person_id, at, warmth, evidence_at, assigned_at in rows:
            if at >= since[rep_id, ENGAGED_CONTACT] and engaged[rep_id].admits(
                at, warmth, evidence_at, assigned_at
            ):
                found[rep_id, ENGAGED_CONTACT].append((person_id or 0, at))
    others = {rep_id for rep_id, activity in wanted if activity != ENGAGED_CONTACT}
    if others:
        kept = {key: at for key, at in since.items() if key[1] != ENGAGED_CONTACT}
        rows_of_all = session.execute(
            counted_touches()
            .with_only_columns(
                Touch.rep_id, Touch.id, Touch.occurred_at, Touch.channel, Touch.disposition,
                Touch.activity,
            )
            .where(Touch.rep_id.in_(others), Touch.occurred_at >= min(kept.values()))
            .order_by(Touch.occurred_at, Touch.id)
        )  # fmt: skip
        for rep_id, touch_id, at, channel, disposition, activity in rows_of_all:
            for code in activities_of(channel, disposition, activity):
                begins = kept.get((rep_id, code))
                if begins is not None and at >= begins:
                    found[rep_id, code].append((touch_id, at))
    return found
