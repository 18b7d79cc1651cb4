from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.collectors.contract import Budget, Cost, OverBudget
from signals.collectors.guards import Guards, Purse, Stop


def guards(**more: int) -> Guards:
    return Guards(clock=lambda: 0.0, max_seconds=60, **more)


def test_a_loop_goes_on_while_there_is_something_new() -> None:
    one = guards()
    assert [one.turn(str(n), items=n % 2) for n in range(20)] == [None] * 20


def test_the_same_token_twice_ends_it() -> None:
    one = guards()
    assert [one.turn(token, items=5) for token in "aba"] == [None, None, Stop.REPEATED]
    assert Stop.REPEATED.is_fault


def test_empty_pages_end_it_in_the_end() -> None:
    one = guards(max_stalls=3)
    assert [one.turn(None, items=0) for _ in range(3)] == [None, None, Stop.NO_PROGRESS]


def test_pages_and_seconds_are_bounded() -> None:
    assert [guards(max_pages=1).turn("a", items=1)] == [Stop.PAGES]
    now = [0.0]
    one = Guards(clock=lambda: now[0], max_seconds=10)
    assert one.turn("a", items=1) is None
    now[0] = 10.0
    assert one.is_over
    assert one.turn("b", items=1) is Stop.SECONDS
    assert not Stop.SECONDS.is_fault


@given(
    st.lists(st.integers(0, 50), max_size=30),
    st.one_of(st.none(), st.integers(0, 300)),
    st.one_of(st.none(), st.floats(0, 2)),
)
def test_a_purse_never_spends_more_than_it_had(
    prices: list[int], resources: int | None, money: float | None
) -> None:
    purse = Purse(Budget(resources=resources, money=money))
    for count in prices:
        cost = Cost(1, count, count * 0.01, {"post": count})
        if purse.affords(cost):
            purse.ask(cost)
            purse.pay(cost)
        else:
            with pytest.raises(OverBudget):
                purse.ask(cost)
    assert resources is None or purse.spent.resources <= resources
    assert money is None or purse.spent.money <= money + 1e-6
    assert sum(purse.spent.by_resource.values()) == purse.spent.resources
