"""What reps were offered: whom their lists held in a period, what stayed unfilled, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Assignment, DailyList, Quota
from quotas.allocation import NO_SUPPLY
from quotas.calendars import Calendar, days_of
from quotas.cover import REP_AWAY, REP_BACK
from quotas.needs import PAST
from quotas.projection import Ahead, Missing, explain_missing

#: Closed for what the rep could do nothing about, or only built to look at.
GONE: Final = (
    "suppressed", "evidence_gone", "evidence_old", "reassigned", REP_AWAY, REP_BACK, PAST,
)  # fmt: skip
_LISTS: Final = 20  # of which supply is learned
_REACH: Final = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Offers:
    """What the lists of one rep and period show.

    ``people`` could have counted in the period, of whom ``waiting`` are on the list still;
    ``unfilled`` are places by reason; ``brought``: new people who could count of each of the last
    lists that could not be filled; ``is_short``: whether the last list was one of them;
    ``is_listed``: whether today's list is there.
    """

    people: frozenset[int] = frozenset()
    waiting: frozenset[int] = frozenset()
    unfilled: Mapping[str, int] = field(default_factory=dict)
    brought: tuple[int, ...] = ()
    is_short: bool = False
    is_listed: bool = False

    def explain(self, counted: AbstractSet[int], pace: float) -> Missing:
        """What is missing by now, and why, with those who ``counted``."""
        return explain_missing(len(counted), pace, len(self.people - counted), self.unfilled)

    def look_ahead(
        self, counted: AbstractSet[int], today: date, end: date, calendar: Calendar
    ) -> Ahead:
        """What can still count before ``end``."""
        lists = sum(calendar.is_working(day) for day in days_of(today, end) if day > today)
        if not self.is_listed and calendar.is_working(today):
            lists += 1
        return Ahead(len(self.waiting - counted), self.brought, lists, self.is_short)


def load_offers(
    session: Session,
    wanted: Iterable[tuple[int, Quota, date]],
    calendars: Mapping[int, Calendar],
    today: Mapping[int, date],
) -> dict[int, Offers]:
    """The offers of each rep for a quota of engaged contacts since its period began, by rep.

    Two statements for any number of reps.
    """
    asked = {rep_id: (quota, start) for rep_id, quota, start in wanted}
    if not asked:
        return {}
    since = min(min(start, today[rep_id] - _REACH) for rep_id, (_, start) in asked.items())
    last = max(today[rep_id] for rep_id in asked)
    lists: dict[int, list[tuple[date, int, int, str]]] = {rep_id: [] for rep_id in asked}
    for rep_id, on, places, short, reason in session.execute(
        select(
            DailyList.rep_id, DailyList.listed_on, DailyList.wanted, DailyList.shortfall,
            DailyList.shortfall_reason,
        )
        .where(DailyList.rep_id.in_(asked), DailyList.listed_on >= since,
               DailyList.listed_on <= last)
        .order_by(DailyList.rep_id, DailyList.listed_on)
    ):  # fmt: skip
        if on <= today[rep_id]:
            lists[rep_id].append((on, places, short, reason or NO_SUPPLY))
    items = _load_items(session, asked, calendars, today, since)
    return {
        rep_id: _gather(lists[rep_id], items.get(rep_id, []), start, today[rep_id])
        for rep_id, (_, start) in asked.items()
    }


@dataclass(frozen=True, slots=True)
class _Item:
    person_id: int
    listed_on: date
    is_offered: bool  # in the period, and not taken away again
    is_open: bool


def _load_items(
    session: Session,
    asked: Mapping[int, tuple[Quota, date]],
    calendars: Mapping[int, Calendar],
    today: Mapping[int, date],
    since: date,
) -> dict[int, list[_Item]]:
    """Of every rep's lists those who could count for the quota."""
    begins = {rep_id: calendars[rep_id].start_of(start) for rep_id, (_, start) in asked.items()}
    rows = session.execute(
        select(
            Assignment.rep_id, Assignment.person_id, Assignment.warmth, Assignment.listed_on,
            Assignment.assigned_at, Assignment.evidence_at, Assignment.closed_at,
            Assignment.closed_reason,
        ).where(
            Assignment.rep_id.in_(asked),
            Assignment.warmth >= min(quota.threshold for quota, _ in asked.values()),
            Assignment.listed_on <= max(today[rep_id] for rep_id in asked),
            or_(Assignment.closed_reason.is_(None), Assignment.closed_reason != PAST),
            or_(
                Assignment.listed_on >= since,
                Assignment.closed_at.is_(None),
                Assignment.closed_at >= min(begins.values()),
            ),
        )
    )  # fmt: skip
    items: dict[int, list[_Item]] = {}
    for rep_id, person_id, warmth, on, assigned_at, evidence_at, closed_at, reason in rows:
        quota, start = asked[rep_id]
        if warmth < quota.threshold or on > today[rep_id]:
            continue
        if not _is_fresh(quota, assigned_at, evidence_at):
            continue
        had = on >= start or closed_at is None or closed_at >= begins[rep_id]
        items.setdefault(rep_id, []).append(
            _Item(person_id, on, had and reason not in GONE, closed_at is None)
        )
    return items


def _is_fresh(quota: Quota, assigned_at: datetime, evidence_at: datetime | None) -> bool:
    if quota.fresh_days is None:
        return True
    limit = timedelta(days=quota.fresh_days)
    return evidence_at is not None and assigned_at - evidence_at <= limit


def _gather(
    lists: list[tuple[date, int, int, str]], items: list[_Item], start: date, today: date
) -> Offers:
    unfilled: dict[str, int] = {}
    for on, _, short, reason in lists:
        if short > 0 and on >= start:
            unfilled[reason] = unfilled.get(reason, 0) + short
    asking = [one for one in lists if one[1] > 0][-_LISTS:]
    new: dict[date, int] = {}
    for item in items:
        new[item.listed_on] = new.get(item.listed_on, 0) + 1
    return Offers(
        people=frozenset(item.person_id for item in items if item.is_offered),
        waiting=frozenset(item.person_id for item in items if item.is_offered and item.is_open),
        unfilled=unfilled,
        brought=tuple(new.get(on, 0) for on, _, short, _ in asking if short > 0),
        is_short=bool(asking) and asking[-1][2] > 0,
        is_listed=bool(lists) and lists[-1][0] == today,
    )
