"""Which quotas count for whom on which days: a rep's own, else the role's, else the team's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, or_, select
from sqlalchemy.orm import Session

from models import ENGAGED_CONTACT, Quota, Rep, Team
from models.bulk import among_named, pack
from quotas.calendars import Calendar
from quotas.periods import Period
from quotas.role_days import had_role, split_by_role
from quotas.targets import Parts, Stretch, day_part, own_parts, prorate
from quotas.working_time import calendar_of

_FAR = date(2999, 1, 1)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose quota: a rep's own, or that of all with a role, of a team, or of a role in a team."""

    rep: Rep | None = None
    team: Team | None = None
    role: str | None = None

    @property
    def name(self) -> str:
        """In words."""
        if self.rep is not None:
            return self.rep.name
        where = f"team {self.team.name}" if self.team is not None else "every team"
        return f"role {self.role} in {where}" if self.role else where

    def matches(self) -> ColumnElement[bool]:
        """Quota rows of exactly this owner."""
        if self.rep is not None:
            return Quota.rep_id == self.rep.id
        return (
            Quota.rep_id.is_(None)
            & (Quota.team_id == self.team.id if self.team else Quota.team_id.is_(None))
            & (Quota.role == self.role if self.role else Quota.role.is_(None))
        )


def list_concerned(session: Session, owner: Owner) -> list[Rep]:
    """The reps an owner's quota is for where they have no nearer one, those who left included.

    Of a role also those who had it once.
    """
    if owner.rep is not None:
        return [owner.rep]
    rows = session.scalars(
        select(Rep)
        .where(*([Rep.team_id == owner.team.id] if owner.team is not None else []))
        .order_by(Rep.team_id, Rep.name)
    )
    return [rep for rep in rows if owner.role is None or had_role(rep, owner.role)]


@dataclass(frozen=True, slots=True)
class QuotaSpan:
    """A quota row and the days on which it is the one that counts, ``ends_on`` exclusive."""

    quota: Quota
    starts_on: date
    ends_on: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.ends_on - timedelta(days=1)


def quota_history(session: Session, owner: Owner, activity: str | None = None) -> list[QuotaSpan]:
    """What an owner's own quotas were, are and will be, by activity and day."""
    rows = session.scalars(
        select(Quota)
        .where(owner.matches(), *([Quota.activity == activity] if activity else []))
        .order_by(Quota.id)
    ).all()
    by_activity: dict[str, list[Quota]] = {}
    for row in rows:
        by_activity.setdefault(row.activity, []).append(row)
    return [
        span
        for _, of_one in sorted(by_activity.items())
        for span in _merge([of_one], date.min, _FAR)
    ]


def find_quotas(
    session: Session, rep_id: int, on: date, drafts: Sequence[Quota] = ()
) -> list[Quota]:
    """Every quota in force for the rep on ``on``, one an activity; engaged contacts first.

    ``drafts`` count as though they were stored already.
    """
    rep = session.get(Rep, rep_id)
    if rep is None:
        return []
    return [
        span.quota
        for spans in load_spans(session, [rep], on, on + timedelta(days=1), drafts)[rep_id].values()
        for span in spans
    ]


def find_quota(
    session: Session, rep_id: int, on: date, activity: str = ENGAGED_CONTACT
) -> Quota | None:
    """The rep's quota of an activity in force on ``on``: own, else the role's, else the team's."""
    return next((q for q in find_quotas(session, rep_id, on) if q.activity == activity), None)


def load_spans(
    session: Session,
    reps: Sequence[Rep],
    start: date,
    end: date,
    drafts: Sequence[Quota] = (),
) -> dict[int, dict[str, list[QuotaSpan]]]:
    """Which quotas count for each rep from ``start`` to the day before ``end``, by activity.

    One statement for any number of reps. Days without a quota are in no span. ``drafts`` are rows
    that are not stored; they count as though they had been entered last.
    """
    dialect, rep_ids = pack(session, [rep.id for rep in reps])
    _, team_ids = pack(session, {rep.team_id for rep in reps})
    wanted = {"reps": rep_ids, "teams": team_ids, "start": start, "end": end}
    rows = [*session.scalars(_select_rows(dialect), wanted), *drafts]
    return {rep.id: _spans_of(rep, rows, start, end) for rep in reps}


def _spans_of(
    rep: Rep, rows: Sequence[Quota], start: date, end: date
) -> dict[str, list[QuotaSpan]]:
    found: dict[str, list[QuotaSpan]] = {}
    for first, after, role in split_by_role(rep, start, end):
        levels: dict[str, list[list[Quota]]] = {}
        for row in rows:
            level = _level(row, rep, role)
            if level is not None:
                levels.setdefault(row.activity, [[], [], [], []])[level].append(row)
        for name, of_one in levels.items():
            for span in _merge(of_one, first, after):
                _add(found.setdefault(name, []), span)
    order = sorted(found, key=lambda name: (name != ENGAGED_CONTACT, name))
    return {name: found[name] for name in order}


def _add(spans: list[QuotaSpan], span: QuotaSpan) -> None:
    """Put a span after others, as one with the last if the same quota goes on."""
    if spans and spans[-1].quota is span.quota and spans[-1].ends_on == span.starts_on:
        span = QuotaSpan(span.quota, spans.pop().starts_on, span.ends_on)
    spans.append(span)


@cache
def _select_rows(dialect: str) -> Select[Quota]:
    stored = cast("Table", Quota.__table__).c
    return (
        select(Quota)
        .where(
            or_(
                among_named(dialect, stored.rep_id, "reps"),
                among_named(dialect, stored.team_id, "teams"),
                stored.rep_id.is_(None) & stored.team_id.is_(None),
            ),
            stored.starts_on < bindparam("end"),
            or_(stored.ends_on.is_(None), stored.ends_on > bindparam("start")),
        )
        .order_by(stored.id)
    )


def _level(row: Quota, rep: Rep, role: str | None) -> int | None:
    """How near a quota is to the rep in a role, 0 the nearest; ``None``: it is not theirs."""
    if row.rep_id is not None:
        return 0 if row.rep_id == rep.id else None
    if row.team_id not in {None, rep.team_id} or row.role not in {None, role}:
        return None
    if row.role is not None:
        return 1 if row.team_id is not None else 2
    return 3


def _merge(levels: Iterable[Sequence[Quota]], start: date, end: date) -> list[QuotaSpan]:
    """The row that counts on each day, nearest level first, as spans."""
    levels = [list(rows) for rows in levels]
    edges = {start, end}
    for rows in levels:
        for row in rows:
            edges.update(d for d in (row.starts_on, row.ends_on) if d and start < d < end)
    spans: list[QuotaSpan] = []
    ordered = sorted(edges)
    for first, after in pairwise(ordered):
        quota = next((found for rows in levels if (found := _counting(rows, first))), None)
        if quota is not None:
            _add(spans, QuotaSpan(quota, first, after))
    return spans


def _counting(rows: Sequence[Quota], on: date) -> Quota | None:
    covering = [
        row for row in rows if row.starts_on <= on and (row.ends_on is None or on < row.ends_on)
    ]
    if not covering:
        return None
    # one that is not stored yet has no number: it comes last
    latest = max(covering, key=lambda row: (row.starts_on, row.id is None, row.id or 0))
    return None if latest.stops else latest


def period_parts(
    spans: Sequence[QuotaSpan], start: date, end: date, calendar: Calendar
) -> Parts | None:
    """Each day's own part of that, where a quota changes or begins in the period; else ``None``."""
    return own_parts(_stretches(spans), start, end, calendar)


def period_target(spans: Sequence[QuotaSpan], start: date, end: date, calendar: Calendar) -> int:
    """What is owed in [start, end) under the quotas that count on its days, by working time."""
    return prorate(_stretches(spans), start, end, calendar)


def day_plan(spans: Sequence[QuotaSpan], on: date, calendar: Calendar) -> float:
    """What the quota of that day owes for it, by working time and ramp; 0 without one."""
    return float(sum(day_part(one, on, calendar) for one in _stretches(spans)))


def _stretches(spans: Sequence[QuotaSpan]) -> list[Stretch]:
    return [Stretch(s.starts_on, s.ends_on, s.quota.target, Period(s.quota.period)) for s in spans]


def load_target(session: Session, rep: Rep, quota: Quota, on: date) -> tuple[date, date, int]:
    """The period of ``quota`` that holds ``on``, its end exclusive, and what the rep owes in it."""
    calendar = calendar_of(rep)
    start, end = calendar.bounds(Period(quota.period), on)
    spans = load_spans(session, [rep], start, end)[rep.id].get(quota.activity, [])
    return start, end, period_target(spans, start, end, calendar)
