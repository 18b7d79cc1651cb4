from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quotas.projection import (
    Finished,
    explain_missing,
    project,
    streak_of_days,
    streak_of_periods,
)

MONDAY = date(2026, 11, 23)
numbers = st.integers(0, 80)


@given(numbers, numbers, st.floats(0, 60), st.lists(numbers, max_size=60), st.floats(0, 20))
def test_a_projection_never_falls_below_what_is_counted(
    counted: int, target: int, left: float, history: list[int], plan: float
) -> None:
    told = project(counted, target, left, history, plan)
    assert counted <= told.low <= told.high
    assert told.expected >= counted - 0.05
    assert 0 <= told.chance <= 1
    assert told.based_on == min(40, len(history))
    if counted >= target:
        assert told.chance == 1


def test_a_rep_who_goes_on_as_before_finishes_about_there() -> None:
    told = project(31, 50, 2.0, [10, 11, 9, 10, 10, 12, 9, 10], plan=10)
    assert 48 <= told.expected <= 53
    assert told.low < 50 < told.high
    assert 0.3 < told.chance < 0.75
    assert project(31, 50, 0.0, [10], plan=10).chance == 0


def test_the_running_period_helps_a_streak_but_does_not_break_it() -> None:
    def week(number: int, counted: int, *, target: int = 50, over: bool = True) -> Finished:
        return Finished(MONDAY + timedelta(weeks=number), target, counted, over)

    past = [week(0, 10), week(1, 50), week(2, 0, target=0), week(3, 61)]
    assert streak_of_periods(past) == 2
    assert streak_of_periods([*past, week(4, 3, over=False)]) == 2
    assert streak_of_periods([*past, week(4, 50, over=False)]) == 3
    assert streak_of_periods([*past, week(4, 49)]) == 0
    assert streak_of_periods([]) == 0


def test_days_off_neither_count_nor_break() -> None:
    counts = [(8, True), (10, True), (0, False), (0, False), (12, True), (10, True), (4, True)]
    days = [(MONDAY + timedelta(days=n), count, work) for n, (count, work) in enumerate(counts)]
    assert streak_of_days(days, days[6][0], 10.0) == 3  # today is not over
    assert streak_of_days(days, days[6][0] + timedelta(days=1), 10.0) == 0
    assert streak_of_days(days, days[5][0], 10.0) == 3


@given(
    numbers, st.floats(0, 80), numbers,
    st.dictionaries(st.sampled_from(["no_supply", "territory"]), st.integers(1, 30)),
)  # fmt: skip
def test_causes_add_up_to_what_is_missing(
    counted: int, pace: float, offered: int, unfilled: dict[str, int]
) -> None:
    missing = explain_missing(counted, pace, offered, unfilled)
    assert sum(missing.causes.values()) == missing.count
    assert all(number > 0 for number in missing.causes.values())
    assert set(missing.causes) <= {"not_worked", *unfilled}


def test_missing_contacts_have_their_cause() -> None:
    assert explain_missing(10, 30.9, 30, {}).causes == {"not_worked": 20}
    assert explain_missing(10, 30, 14, {"no_supply": 16}).causes == {
        "no_supply": 16, "not_worked": 4,
    }  # fmt: skip
    parted = explain_missing(14, 30, 14, {"no_supply": 4, "territory": 12})
    assert parted.causes == {"territory": 12, "no_supply": 4}
    assert explain_missing(31, 30, 31, {}).count == 0
