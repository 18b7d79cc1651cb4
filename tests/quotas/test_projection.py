from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.finishes import try_projection
from quotas.projection import (
    Ahead,
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
    assert streak_of_days(days, days[6][0], lambda _: 10.0) == 3  # today is not over
    assert streak_of_days(days, days[6][0] + timedelta(days=1), lambda _: 10.0) == 0
    assert streak_of_days(days, days[5][0], lambda _: 10.0) == 3


def test_each_day_of_a_streak_is_held_against_what_it_owed_itself() -> None:
    days = [(MONDAY + timedelta(days=n), 8, True) for n in range(5)]
    owed = dict(zip((day[0] for day in days), (9.0, 8.4, 0.0, 8.0, 20.0), strict=True))
    # the last day asked for more and is not over; on one nothing was owed; the first fell short
    assert streak_of_days(days, days[4][0], owed.__getitem__) == 2
    assert streak_of_days(days, days[3][0], owed.__getitem__) == 2


@given(
    numbers, st.floats(0, 80), st.none() | numbers,
    st.dictionaries(st.sampled_from(["no_supply", "territory", "longest"]), st.integers(1, 30)),
)  # fmt: skip
def test_causes_add_up_to_what_is_missing(
    counted: int, pace: float, untouched: int | None, unfilled: dict[str, int]
) -> None:
    missing = explain_missing(counted, pace, untouched, unfilled)
    assert sum(missing.causes.values()) == missing.count
    assert all(number > 0 for number in missing.causes.values())
    assert set(missing.causes) <= {"not_worked", "no_list", *unfilled}
    if untouched is not None:  # nobody is blamed for people who were not on the list
        assert missing.causes.get("not_worked", 0) <= untouched


def test_missing_contacts_have_their_cause() -> None:
    assert explain_missing(10, 30.9, 30, {}).causes == {"not_worked": 21}
    assert explain_missing(10, 10.6, 3, {}).causes == {"not_worked": 1}  # "1 behind"
    assert explain_missing(10, 10.4, 3, {}).count == 0
    # the list held 14 of whom 4 were left: the other 16 were not there to be worked
    assert explain_missing(10, 30, 4, {"no_supply": 16}).causes == {
        "no_supply": 16, "not_worked": 4,
    }  # fmt: skip
    parted = explain_missing(14, 30, 0, {"no_supply": 4, "territory": 12})
    assert parted.causes == {"territory": 12, "no_supply": 4}
    assert explain_missing(31, 30, 0, {}).count == 0
    assert explain_missing(0, 3, None, {}).causes == {"not_worked": 3}  # calls need no list
    assert explain_missing(0, 3, 0, {}).causes == {"no_list": 3}


def test_where_lists_run_dry_supply_and_not_the_pace_ends_it() -> None:
    worked = [10, 10, 10, 10, 10, 4, 3]
    ahead = Ahead(waiting=1, given=(4, 3), lists=2, is_short=True)
    told = project(31, 50, 2.0, worked, 10.0, ahead)
    assert told.limited
    assert 36 <= told.expected <= 40
    assert told.low <= told.expected <= told.high < 50
    assert told.chance < project(31, 50, 2.0, worked, 10.0).chance
    # full lists limit nothing, nor does supply that is more than the rep works
    for other in (replace(ahead, is_short=False), replace(ahead, waiting=60)):
        assert project(31, 50, 2.0, worked, 10.0, other) == project(31, 50, 2.0, worked, 10.0)


@given(
    numbers, st.integers(0, 80), st.floats(0, 20), st.lists(numbers, max_size=20),
    st.builds(
        Ahead, st.integers(0, 30), st.lists(numbers, max_size=8).map(tuple), st.floats(0, 20),
        st.booleans(),
    ),
)  # fmt: skip
def test_supply_only_ever_lowers_a_projection(
    counted: int, target: int, left: float, history: list[int], ahead: Ahead
) -> None:
    free, told = (project(counted, target, left, history, 5.0, one) for one in (None, ahead))
    assert counted <= told.low <= told.high
    assert (told.low <= free.low, told.high <= free.high) == (True, True)
    assert told.expected <= free.expected
    assert told.chance <= free.chance


@pytest.mark.parametrize(
    "kind", ["steady", "uneven", "drifting", "new", "short", "part worked", "finishes the list"]
)
def test_the_interval_holds_the_finish_about_as_often_as_it_says(kind: str) -> None:
    held, tried = try_projection(kind, periods=250, seed=3)
    # of who always finishes the list the end is certain: an interval around it always holds it
    most = 1.0 if kind == "finishes the list" else 0.92
    assert 0.75 <= held / tried <= most, held / tried
