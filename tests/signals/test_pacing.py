from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from signals.pacing import Pace, fair_share, next_interval, spread_wait

PACE = Pace(fastest=60, slowest=3600, page_size=100)


def test_busy_sources_are_asked_sooner_and_quiet_ones_later() -> None:
    assert next_interval(400, PACE, found=90, exhausted=True) == 200
    assert next_interval(400, PACE, found=3, exhausted=False) == 200
    assert next_interval(400, PACE, found=10, exhausted=True) == 400
    assert next_interval(400, PACE, found=0, exhausted=True) == 600
    assert next_interval(70, PACE, found=99, exhausted=True) == 60
    assert next_interval(3000, PACE, found=0, exhausted=True) == 3600


def test_a_budget_is_stretched_over_the_day() -> None:
    left = {"money_left": 1.0, "day_left": timedelta(hours=10)}
    assert next_interval(60, PACE, found=99, exhausted=True, money=0.1, **left) == 3600  # type: ignore[arg-type] # one dict for both
    assert next_interval(60, PACE, found=99, exhausted=True, money=2.0, **left) == 36_000  # type: ignore[arg-type] # one dict for both


@given(
    st.floats(1, 1e5), st.integers(0, 10_000), st.booleans(), st.floats(0, 10),
    st.one_of(st.none(), st.floats(0, 100)), st.timedeltas(timedelta(0), timedelta(days=1)),
)  # fmt: skip
def test_within_bounds_and_never_over_the_budget(
    current: float, found: int, exhausted: bool, money: float, left: float | None, day: timedelta
) -> None:
    wait = next_interval(
        current, PACE, found=found, exhausted=exhausted, money=money, money_left=left, day_left=day
    )
    assert wait >= PACE.fastest
    if left is None or money == 0:
        assert wait <= PACE.slowest
    elif money * 1.0 <= left:
        assert day.total_seconds() / wait * money <= left * 1.000001
    else:
        assert wait >= day.total_seconds()


@given(st.floats(1, 1000), st.integers(1, 10**9), st.integers(1, 40))
def test_a_wait_is_lengthened_by_a_fifth_at_most(wait: float, number: int, failures: int) -> None:
    assert wait <= spread_wait(wait, number, failures) <= wait * 1.2


@given(
    st.dictionaries(st.integers(0, 20), st.floats(0, 2), min_size=1), st.floats(0, 10),
    st.sets(st.integers(0, 20)), st.timedeltas(timedelta(0), timedelta(days=1)),
)  # fmt: skip
def test_nobody_takes_another_s_part_of_a_day(
    spent: dict[int, float], left: float, waiting: set[int], day: timedelta
) -> None:
    waiting &= set(spent)
    limit = left + sum(spent.values())
    own = min(spent)
    share = fair_share(left, limit, spent, own, waiting=frozenset(waiting), day_left=day)
    assert 0 <= share <= left / len(waiting | {own}) + 1e-9
    if len(spent) == 1:
        assert share == left
    if day == timedelta(days=1):  # everybody finds the whole of an equal part
        owed = sum(max(0, limit / len(spent) - paid) for one, paid in spent.items() if one != own)
        assert left - share >= min(left, owed) - 1e-9


def test_what_nobody_wants_is_free_as_the_day_ends() -> None:
    last = {"waiting": frozenset({1}), "day_left": timedelta(0)}
    assert fair_share(3.0, 6.0, {1: 3.0, 2: 0.0}, 1, **last) == 3.0  # type: ignore[arg-type] # one dict for both
    noon = {"waiting": frozenset({1}), "day_left": timedelta(hours=12)}
    assert fair_share(3.0, 6.0, {1: 3.0, 2: 0.0}, 1, **noon) == 1.5  # type: ignore[arg-type] # one dict for both
