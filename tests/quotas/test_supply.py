from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from quotas.supply import (
    FEASIBLE,
    INFEASIBLE,
    TIGHT,
    UNKNOWN,
    Reached,
    forecast,
    judge,
    propose_target,
)

arrivals = st.lists(st.integers(0, 300), max_size=26)


@given(arrivals, st.integers(1, 8))
def test_a_forecast_widens_and_its_middle_lies_inside(history: list[int], periods: int) -> None:
    told = forecast(history, periods)
    assert len(told) == periods
    for one in told:
        assert 0 <= one.low <= one.high
        assert one.low - 1 <= one.expected <= one.high + 1 or not history
    widths = [one.high - one.low for one in told]
    assert widths == sorted(widths)


def test_a_forecast_holds_as_often_as_it_says() -> None:
    rng = random.Random(11)
    held = 0
    for _ in range(300):
        rate = rng.uniform(5, 60)
        weeks = [sum(rng.random() < rate / 500 for _ in range(500)) for _ in range(13)]
        told = forecast(weeks[:12], 1)[0]
        held += told.low <= weeks[12] <= told.high
    assert 0.74 <= held / 300 <= 0.93


@given(st.integers(0, 500), st.integers(0, 300), arrivals, st.integers(0, 200))
def test_a_larger_target_is_never_more_feasible(
    target: int, stock: int, history: list[int], claimed: int
) -> None:
    one = judge(target, stock=stock, arrivals=history, claimed=claimed)
    more = judge(target + 20, stock=stock, arrivals=history, claimed=claimed)
    order = [FEASIBLE, TIGHT, INFEASIBLE, UNKNOWN]
    assert order.index(one.verdict) <= order.index(more.verdict)
    assert more.chance <= one.chance + 1e-9
    assert one.gap >= 0


def test_a_target_beyond_supply_says_what_would_help() -> None:
    told = judge(
        50, stock=6, arrivals=[20, 22, 18, 21, 19, 20], claimed=0, threshold=1.0,
        at_threshold={0.5: 40, 0.8: 9, 1.2: 0}, outside={"reddit": 12, "file": 0},
        per_keyword=4.0,
    )  # fmt: skip
    assert told.verdict == INFEASIBLE
    assert told.supply.low < told.supply.expected < told.supply.high < 50
    assert told.gap == 50 - told.supply.low
    assert [(fix.kind, fix.to, fix.brings) for fix in told.fixes[:2]] == [
        ("threshold", "0.5", 40), ("networks", "reddit", 12),
    ]  # fmt: skip
    keywords, target = told.fixes[2:]
    assert keywords.kind == "keywords"
    assert keywords.brings >= told.gap
    assert (target.kind, target.to) == ("target", str(told.supply.low))
    met = judge(told.supply.low, stock=6, arrivals=[20, 22, 18, 21, 19, 20])
    assert met.verdict == FEASIBLE


def test_stock_alone_may_do_and_without_history_nothing_is_promised() -> None:
    assert judge(20, stock=25, arrivals=[]).verdict == FEASIBLE
    assert judge(20, stock=10, arrivals=[]).verdict == UNKNOWN
    assert judge(20, stock=25, arrivals=[], claimed=25).verdict == UNKNOWN


@given(
    st.lists(
        st.builds(Reached, st.integers(1, 9), st.integers(0, 90), st.sampled_from([0.05, 0.5, 1])),
        max_size=40,
    )
)
def test_a_proposal_lies_within_what_was_reached(reached: list[Reached]) -> None:
    proposed = propose_target(reached)
    whole = [one.counted / one.load for one in reached if one.load >= 0.1]
    if len(whole) < 5:
        assert proposed is None
    else:
        assert proposed is not None
        assert min(whole) - 0.5 <= proposed <= max(whole) + 0.5
        assert sum(value <= proposed + 0.5 for value in whole) >= 0.6 * len(whole)


def test_half_a_load_compares_with_twice_the_count() -> None:
    reached = [Reached(n, 20, 0.5) for n in range(3)] + [Reached(n, 40) for n in range(4)]
    assert propose_target(reached) == 40
    assert propose_target(reached, load=0.25) == 10
