"""Targets by working time, with every kind of absence, across year ends and clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from quotas.calendars import FULL_DAY, Absence, Calendar, RampUp, WorkingWeek, days_of
from quotas.periods import Period, bounds
from quotas.targets import FORFEIT, ROLL, Stretch, due_on, pace_at, prorate, spread

# Around a year's end and both clock changes.
DATES = st.dates(date(2026, 10, 1), date(2027, 4, 30))
PERIODS = st.sampled_from(list(Period))
PERCENTS = st.integers(1, 100)
CALENDARS = st.builds(
    Calendar,
    zone=st.sampled_from(
        ["UTC", "Asia/Riyadh", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"]
    ).map(ZoneInfo),
    first_weekday=st.integers(0, 6),
    weekend=st.sampled_from([{5, 6}, {4, 5}, {6}, set()]).map(frozenset),
    holidays=st.frozensets(DATES, max_size=10),
    weeks=st.lists(
        st.builds(
            WorkingWeek, DATES, st.none() | st.frozensets(st.integers(0, 6)), st.integers(0, 100)
        ),
        max_size=2,
    ).map(tuple),
    ramps=st.lists(
        st.builds(
            RampUp, DATES, st.lists(st.integers(0, 100), max_size=5).map(tuple)
        ),
        max_size=2,
    ).map(tuple),
    absences=st.lists(
        st.builds(
            lambda on, days, percent: Absence(on, on + timedelta(days=days), percent),
            DATES, st.integers(1, 30), PERCENTS,
        ),
        max_size=3,
    ).map(tuple),
    joins_on=st.none() | DATES,
    leaves_on=st.none() | DATES,
)  # fmt: skip


def whole(target: int, on: date, period: Period, calendar: Calendar) -> tuple[date, date, int]:
    start, end = bounds(period, on, calendar.first_weekday)
    return start, end, prorate([Stretch(start, end, target, period)], start, end, calendar)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 500), DATES, PERIODS, CALENDARS)
def test_days_add_up_to_what_is_owed_and_none_is_negative(
    target: int, on: date, period: Period, calendar: Calendar
) -> None:
    start, end, owed = whole(target, on, period, calendar)
    days = spread(owed, start, end, calendar)
    assert list(days) == days_of(start, end)
    assert all(n >= 0 for n in days.values())
    assert all(n == 0 for day, n in days.items() if not calendar.load(day))
    assert sum(days.values()) == (owed if any(map(calendar.load, days)) else 0)
    if owed:
        assert any(map(calendar.load, days))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 500), DATES, PERIODS, CALENDARS, st.sampled_from([ROLL, FORFEIT]), st.data())
def test_what_is_missed_rolls_or_is_let_go(
    target: int, on: date, period: Period, calendar: Calendar, missed: str, data: st.DataObject
) -> None:
    start, end, owed = whole(target, on, period, calendar)
    plan = spread(owed, start, end, calendar)
    counted, asked = 0, 0
    for day in days_of(start, end):
        due = due_on(owed, counted, day, start, end, calendar, missed)
        assert 0 <= due <= owed - counted
        if missed == FORFEIT:
            assert due <= plan[day]
        asked += due
        counted += data.draw(st.integers(0, due)) if calendar.load(day) else 0
    # worked to the full from some day on, rolling still reaches the target
    if missed == ROLL and owed:
        counted = 0
        for day in days_of(start, end):
            counted += due_on(owed, counted, day, start, end, calendar, missed)
        assert counted == owed


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 500), DATES, PERIODS, CALENDARS, DATES, st.integers(1, 20))
def test_more_leave_never_asks_for_more(
    target: int, on: date, period: Period, calendar: Calendar, first: date, days: int
) -> None:
    away = Absence(first, first + timedelta(days=days))
    less = replace(calendar, absences=(*calendar.absences, away))
    assert whole(target, on, period, less)[2] <= whole(target, on, period, calendar)[2]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 500), DATES, PERIODS, st.integers(0, 6))
def test_a_full_time_period_owes_all_of_it_and_half_time_half(
    target: int, on: date, period: Period, first_weekday: int
) -> None:
    calendar = Calendar(ZoneInfo("UTC"), first_weekday)
    if period is Period.DAY and not calendar.is_working(on):
        assert whole(target, on, period, calendar)[2] == 0
        return
    assert whole(target, on, period, calendar)[2] == target
    half = replace(calendar, weeks=(WorkingWeek(date(2020, 1, 1), percent=50),))
    assert whole(target, on, period, half)[2] == (target + 1) // 2  # half up
    ramped = replace(calendar, ramps=(RampUp(date(2020, 1, 1), (20,) * 500),))
    assert abs(whole(target, on, period, ramped)[2] - target / 5) <= 0.5


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 300), st.integers(0, 300), DATES, PERIODS, CALENDARS, DATES)
def test_a_change_within_a_period_counts_for_its_own_days(
    before: int, after: int, on: date, period: Period, calendar: Calendar, change: date
) -> None:
    start, end = bounds(period, on, calendar.first_weekday)
    mixed = prorate(
        [Stretch(date.min, change, before, period), Stretch(change, date.max, after, period)],
        start, end, calendar,
    )  # fmt: skip
    ends = sorted(
        prorate([Stretch(start, end, target, period)], start, end, calendar)
        for target in (before, after)
    )
    assert ends[0] <= mixed <= ends[1]


@settings(max_examples=100, deadline=None)
@given(PERIODS, DATES, st.integers(0, 6))
def test_periods_tile_the_calendar_across_years(
    period: Period, on: date, first_weekday: int
) -> None:
    start, end = bounds(period, on, first_weekday)
    assert start <= on < end
    assert bounds(period, end, first_weekday)[0] == end
    assert bounds(period, start - timedelta(days=1), first_weekday)[1] == start


def test_an_hour_less_in_spring_is_no_working_time_lost() -> None:
    # Clocks change on Sunday 28 March 2027; a team that works it has its whole day.
    calendar = Calendar(ZoneInfo("Europe/Berlin"), weekend=frozenset({5}))
    noon = datetime(2027, 3, 28, 11, 0, tzinfo=UTC)  # 13:00 in Berlin, half of nine to five
    assert calendar.share_passed(noon) == 0.5
    start, end = bounds(Period.WEEK, date(2027, 3, 28), 0)
    assert pace_at(12, noon, start, end, calendar) == 11.0
    assert calendar.load(date(2027, 3, 28)) == FULL_DAY
