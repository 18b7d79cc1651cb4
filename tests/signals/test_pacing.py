from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from signals.pacing import Pace, next_interval, spread_wait

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
