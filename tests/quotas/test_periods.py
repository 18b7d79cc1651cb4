from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotas.periods import Period, bounds

DATES = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(Period)), DATES, st.integers(0, 6))
def test_every_day_lies_in_just_one_period(period: Period, on: date, first_weekday: int) -> None:
    start, end = bounds(period, on, first_weekday)
    assert start <= on < end
    assert bounds(period, start, first_weekday) == (start, end)
    assert bounds(period, end - timedelta(days=1), first_weekday) == (start, end)
    assert bounds(period, end, first_weekday)[0] == end
    if period is Period.WEEK:
        assert start.weekday() == first_weekday
        assert (end - start).days == 7


@pytest.mark.parametrize(
    ("period", "on", "first", "start", "end"),
    [
        (Period.WEEK, date(2026, 1, 1), 0, date(2025, 12, 29), date(2026, 1, 5)),
        (Period.WEEK, date(2026, 11, 22), 6, date(2026, 11, 22), date(2026, 11, 29)),
        (Period.WEEK, date(2026, 11, 21), 6, date(2026, 11, 15), date(2026, 11, 22)),
        (Period.MONTH, date(2026, 12, 31), 0, date(2026, 12, 1), date(2027, 1, 1)),
        (Period.MONTH, date(2028, 2, 29), 0, date(2028, 2, 1), date(2028, 3, 1)),
        (Period.QUARTER, date(2026, 12, 31), 0, date(2026, 10, 1), date(2027, 1, 1)),
        (Period.QUARTER, date(2026, 5, 5), 0, date(2026, 4, 1), date(2026, 7, 1)),
        (Period.DAY, date(2026, 12, 31), 0, date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_year_ends_and_sunday_weeks(
    period: Period, on: date, first: int, start: date, end: date
) -> None:
    assert bounds(period, on, first) == (start, end)
