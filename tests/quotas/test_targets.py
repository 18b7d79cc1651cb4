from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotas.calendars import Calendar
from quotas.periods import Period, bounds
from quotas.targets import Stretch, due_on, own_parts, pace_at, prorate, spread

CALENDARS = st.builds(
    Calendar,
    st.sampled_from(["UTC", "Asia/Riyadh", "America/New_York"]).map(ZoneInfo),
    st.integers(0, 6),
    st.frozensets(st.integers(0, 6), max_size=6),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20),
)
DATES = st.dates(date(2026, 1, 1), date(2026, 12, 31))
PERIODS = st.sampled_from(list(Period))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 500), DATES, PERIODS, CALENDARS, st.data())
def test_working_what_is_due_day_by_day_reaches_the_target_exactly(
    target: int, on: date, period: Period, calendar: Calendar, data: st.DataObject
) -> None:
    start, end = bounds(period, on, calendar.first_weekday)
    working = calendar.working_days(start, end)
    counted = 0
    for offset in range((end - start).days):
        day = start + timedelta(days=offset)
        due = due_on(target, counted, day, start, end, calendar)
        assert 0 <= due <= target - counted
        if day not in working:
            assert due == 0
            continue
        last = day == working[-1]
        counted += due if last else data.draw(st.integers(0, due))  # some days stay behind
    assert counted == (target if working else 0)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 50), st.integers(0, 200), DATES, PERIODS, CALENDARS)
def test_what_is_due_is_never_negative(
    target: int, counted: int, on: date, period: Period, calendar: Calendar
) -> None:
    start, end = bounds(period, on, calendar.first_weekday)
    assert due_on(target, counted, on, start, end, calendar) >= 0
    assert due_on(target, counted, end, start, end, calendar) == 0
    assert due_on(target, counted, start - timedelta(days=1), start, end, calendar) == 0


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 500), DATES, PERIODS, CALENDARS, st.lists(st.floats(0, 1), max_size=8))
def test_pace_starts_at_nothing_ends_at_the_target_and_never_falls(
    target: int, on: date, period: Period, calendar: Calendar, shares: list[float]
) -> None:
    start, end = bounds(period, on, calendar.first_weekday)
    first, last = calendar.start_of(start), calendar.start_of(end)
    instants = [first + (last - first) * share for share in sorted(shares)]
    paces = [pace_at(target, now, start, end, calendar) for now in (first, *instants, last)]
    assert paces == sorted(paces)
    assert paces[0] == 0.0
    assert paces[-1] == (target if calendar.working_days(start, end) else 0.0)


def test_odd_ones_come_early() -> None:
    calendar = Calendar(ZoneInfo("UTC"))
    start, end = date(2026, 11, 23), date(2026, 11, 30)
    counted, days = 0, []
    for offset in range(7):
        due = due_on(12, counted, start + timedelta(days=offset), start, end, calendar)
        days.append(due)
        counted += due
    assert days == [3, 3, 2, 2, 2, 0, 0]


def test_pace_at_noon_of_the_third_day() -> None:
    calendar = Calendar(ZoneInfo("UTC"))
    now = datetime(2026, 11, 25, 13, tzinfo=UTC)
    assert pace_at(50, now, date(2026, 11, 23), date(2026, 11, 30), calendar) == 25.0


@settings(max_examples=150, deadline=None)
@given(
    CALENDARS,
    st.sampled_from([Period.WEEK, Period.MONTH, Period.QUARTER]),
    st.dates(date(2025, 12, 20), date(2026, 4, 10)),
    st.integers(0, 89),
    st.integers(0, 120),
    st.integers(0, 120),
)
def test_a_target_that_changes_is_owed_on_the_days_it_held(
    calendar: Calendar, period: Period, day: date, offset: int, before: int, after: int
) -> None:
    start, end = bounds(period, day, calendar.first_weekday)
    change = min(end, start + timedelta(days=offset))
    stretches = [
        Stretch(start, change, before, period), Stretch(change, end, after, period)
    ]  # fmt: skip
    parts = own_parts(stretches, start, end, calendar)
    target = prorate(stretches, start, end, calendar)
    days = spread(target, start, end, calendar, parts)
    assert sum(days.values()) == target or not any(calendar.load(one) for one in days)
    if before == 0 and after and any(calendar.load(d) for d in days if d >= change):
        assert not any(count for one, count in days.items() if one < change)
        at = calendar.start_of(change)
        assert pace_at(target, at, start, end, calendar, parts) == pytest.approx(0)
    counted = 0
    for one in days:
        counted += due_on(target, counted, one, start, end, calendar, "roll", parts)
    assert counted >= min(target, sum(days.values()))
