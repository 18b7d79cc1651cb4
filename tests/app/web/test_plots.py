"""Plots of the Team page: nobody is lost in them, and right to left is the same picture turned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.pace import Course, PaceDay, course_of, course_of_all, draw_pace
from app.web.plots import draw_rate, draw_spread
from quotas.attainment import Attainment, DayCount
from quotas.calendars import Calendar
from quotas.periods import Period
from quotas.projection import Ending, Projection, add_up
from quotas.targets import Stretch, own_parts, pace_at

MONDAY = date(2026, 11, 23)
counts = st.integers(0, 200)
ends = st.builds(
    lambda low, up, more: Projection(low, float(low + up), low + up + more, 0.5, 9),
    counts, counts, counts,
)  # fmt: skip


@given(st.lists(st.floats(0, 50), min_size=1), st.floats(0.1, 10), st.integers(1, 5))
def test_everybody_stands_in_one_column_on_their_side(
    values: list[float], threshold: float, each: int
) -> None:
    drawn = draw_spread(values, threshold, height=96, rtl=False, each=each)
    turned = draw_spread(values, threshold, height=96, rtl=True, each=each)
    assert drawn is not None
    assert turned is not None
    assert sum(bar.count for bar in drawn.columns) == each * len(values) == drawn.count
    assert sum(bar.count for bar in drawn.columns if bar.enough) == drawn.enough
    assert drawn.enough == each * sum(value >= threshold for value in values)
    for left, right in zip(drawn.columns, turned.columns, strict=True):
        assert left.x + left.width + right.x == pytest.approx(100, abs=0.02)


def test_nothing_is_drawn_of_nobody() -> None:
    assert draw_spread([], 1.0, height=96, rtl=False) is None
    assert draw_spread([1.0], 0.0, height=96, rtl=False) is None
    empty = Course((), 0.0, 0, 0, Ending(0, 0.0, 0))
    assert draw_pace(empty, height=56, rtl=False) is None


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=31), st.floats(0, 31), ends)
def test_pace_turns_and_stays_inside(
    days: list[tuple[int, int]], passed: float, end: Projection
) -> None:
    listed = tuple(
        PaceDay(MONDAY + timedelta(days=n), done, due) for n, (done, due) in enumerate(days)
    )
    passed = min(passed, len(listed))
    course = Course(listed, passed, end.low, sum(due for _, due in days), end)
    drawn, turned = (draw_pace(course, height=180, rtl=rtl) for rtl in (False, True))
    if drawn is None or turned is None:
        assert not course.target
        assert not course.counted
        return
    assert 0 <= drawn.now_x <= 100
    assert drawn.now_x + turned.now_x == pytest.approx(100, abs=0.02)
    assert 0 <= drawn.high_y <= drawn.low_y <= 180
    assert 1 <= len(drawn.days) <= 7
    assert course.due <= course.target + 1e-6


def test_a_quota_that_begins_on_a_wednesday_is_drawn_from_there() -> None:
    calendar = Calendar(ZoneInfo("UTC"))
    friday, end = MONDAY + timedelta(days=4), MONDAY + timedelta(days=7)
    wednesday = MONDAY + timedelta(days=2)
    now = datetime(2026, 11, 25, 6, tzinfo=UTC)  # before the team opens
    parts = own_parts([Stretch(wednesday, date.max, 50, Period.WEEK)], MONDAY, end, calendar)
    days = tuple(DayCount(MONDAY + timedelta(days=n), 0, n < 5) for n in range(7))
    one = Attainment(
        1, "a", "North", "engaged_contact", Period.WEEK, MONDAY, end, 30, 0, 0,
        pace_at(30, now, MONDAY, end, calendar, parts), 10, days,
    )  # fmt: skip
    course = course_of(one, Projection(20, 30.0, 40, 0.5, 9), calendar, now, parts)
    assert [day.due for day in course.days] == [0, 0, 10, 10, 10]
    assert course.days[-1].on == friday
    assert course.due == one.pace == 0


def test_a_team_s_course_is_the_sum_of_its_reps_and_no_wider() -> None:
    calendar = Calendar(ZoneInfo("UTC"))
    now = datetime(2026, 11, 24, 13, tzinfo=UTC)  # half of Tuesday
    end = Projection(8, 10.0, 12, 0.5, 9)
    days = tuple(PaceDay(MONDAY + timedelta(days=n), n % 2, 2.0) for n in range(5))
    one = Course(days, 1.5, 1, 10, end)
    both = course_of_all([one, Course(days[:3], 1.5, 1, 6, end)], calendar, now)
    assert (both.counted, both.target, both.passed, both.due) == (2, 16, 1.5, 6.0)
    assert [day.due for day in both.days] == [4, 4, 4, 2, 2]
    assert (both.ahead.low, both.ahead.high) == (17, 23)  # 20 within the root of eight


@given(st.lists(ends, max_size=20))
def test_added_intervals_hold_the_middle_and_are_no_wider_than_their_sum(
    parts: list[Projection],
) -> None:
    whole = add_up(parts)
    assert whole.low <= whole.expected + 0.1
    assert whole.high >= whole.expected - 0.1
    assert whole.high - whole.low <= sum(one.high - one.low for one in parts) + 2


@given(st.floats(0.1, 400), st.floats(0, 50), st.floats(0, 50), st.floats(0.1, 100))
def test_a_rate_lies_in_its_interval_on_an_axis_from_zero(
    low: float, up: float, more: float, assumed: float
) -> None:
    drawn = draw_rate(low, low + up, low + up + more, assumed, rtl=False)
    assert 0 <= drawn.range.low_x <= drawn.range.dot_x <= drawn.range.high_x <= 100
    assert 0 < drawn.assumed_x < 100
    assert drawn.marks[0] == (0.0, 0)
    assert len(drawn.marks) <= 8
