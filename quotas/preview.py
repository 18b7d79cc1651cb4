"""A quota before it is set: what each rep would owe by day, whether people suffice, what it costs.

Nothing is stored: drafted rows count beside the stored ones, by the same rules as after saving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import ENGAGED_CONTACT, Assignment, Quota, Rep, Spend
from quotas.calendars import Calendar, days_of
from quotas.cool_down import by_team
from quotas.feasibility import check_quota, load_claims
from quotas.history import QuotaSpan, load_spans, period_parts, period_target
from quotas.needs import standard_of
from quotas.periods import Period
from quotas.supply import Feasibility
from quotas.supply_record import Supplies
from quotas.targets import spread
from quotas.working_time import calendar_of

#: Days over which what was spent is held against who was listed.
COST_DAYS: Final = 28
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class OwedPeriod:
    """A period, ``end`` exclusive: what is owed in it now and by the draft, and by day.

    ``parts`` are (first day, owed): days, or weeks where the period is longer than one.
    """

    start: date
    end: date
    before: int
    owed: int
    parts: tuple[tuple[date, int], ...]

    @property
    def last(self) -> date:
        """The period's last day."""
        return self.end - timedelta(days=1)

    @property
    def by_week(self) -> bool:
        """Whether the parts are weeks."""
        return (self.end - self.start).days > _WEEK


@dataclass(frozen=True, slots=True)
class DraftEffect:
    """What one drafted quota comes to for one rep; ``counts`` is false where a nearer one stands.

    ``feasibility`` is told of engaged contacts alone.
    """

    rep: Rep
    quota: Quota
    counts: bool
    periods: tuple[OwedPeriod, ...]
    feasibility: Feasibility | None


def preview_drafts(
    session: Session,
    reps: Sequence[Rep],
    drafts: Sequence[Quota],
    *,
    now: datetime,
    settings: ListSettings,
) -> list[DraftEffect]:
    """The effect of drafts on each rep in this period and the next, starting where they start."""
    effects: list[DraftEffect] = []
    of_team: dict[int, Supplies] = {}
    claims = load_claims(session, now=now, settings=settings, drafts=drafts)
    for rep in reps:
        rules = by_team(settings, rep.team)
        supplies = of_team.setdefault(
            rules.cool_down_days, Supplies(session, now=now, settings=rules)
        )
        calendar = calendar_of(rep)
        today = calendar.today(now)
        for draft in drafts:
            if draft.stops:
                continue
            first = max(today, draft.starts_on)
            periods, counts = _periods(session, rep, draft, drafts, calendar, first)
            feasibility = None
            if counts and draft.activity == ENGAGED_CONTACT:
                feasibility = check_quota(
                    session, rep, target=draft.target, per=Period(draft.period), now=now,
                    settings=settings, standard=standard_of(draft, settings), supplies=supplies,
                    drafts=drafts, claims=claims,
                )  # fmt: skip
            effects.append(DraftEffect(rep, draft, counts, periods, feasibility))
    return effects


def _periods(
    session: Session,
    rep: Rep,
    draft: Quota,
    drafts: Sequence[Quota],
    calendar: Calendar,
    first: date,
) -> tuple[tuple[OwedPeriod, ...], bool]:
    # a day's quota is looked at by the week, of which each day is owed for itself
    daily = draft.period == Period.DAY
    shown = Period.WEEK if daily else Period(draft.period)
    start, end = calendar.bounds(shown, first)
    after = calendar.bounds(shown, end)[1]
    stored = load_spans(session, [rep], start, after)[rep.id].get(draft.activity, [])
    spans = load_spans(session, [rep], start, after, drafts)[rep.id].get(draft.activity, [])
    periods = tuple(
        _period(spans, stored, since, until, calendar, daily=daily)
        for since, until in ((start, end), (end, after))
    )
    return periods, any(span.quota is draft for span in spans)


def _period(
    spans: Sequence[QuotaSpan],
    stored: Sequence[QuotaSpan],
    start: date,
    end: date,
    calendar: Calendar,
    *,
    daily: bool,
) -> OwedPeriod:
    if daily:
        days = {
            day: period_target(spans, day, day + timedelta(days=1), calendar)
            for day in days_of(start, end)
        }
        before = sum(
            period_target(stored, day, day + timedelta(days=1), calendar)
            for day in days_of(start, end)
        )
    else:
        owed = period_target(spans, start, end, calendar)
        days = spread(owed, start, end, calendar, period_parts(spans, start, end, calendar))
        before = period_target(stored, start, end, calendar)
    parts: dict[date, int] = {}
    for day, owed in days.items():
        first = day
        if (end - start).days > _WEEK:
            first = max(start, calendar.bounds(Period.WEEK, day)[0])
        parts[first] = parts.get(first, 0) + owed
    return OwedPeriod(start, end, before, sum(days.values()), tuple(parts.items()))


@dataclass(frozen=True, slots=True)
class ListedCost:
    """What the networks billed in the last 28 days, in US dollars, and who it listed."""

    money: float
    people: int

    @property
    def each(self) -> float | None:
        """US dollars for one person on a list; ``None`` before anybody was listed."""
        return self.money / self.people if self.people else None


def load_cost(session: Session, now: datetime) -> ListedCost:
    """What one person on a list cost so far, everything that was asked for in vain included."""
    since = now - timedelta(days=COST_DAYS)
    money = session.scalar(select(func.sum(Spend.money)).where(Spend.spent_at >= since))
    people = session.scalar(
        select(func.count(Assignment.person_id.distinct())).where(Assignment.assigned_at >= since)
    )
    return ListedCost(float(money or 0.0), people or 0)
