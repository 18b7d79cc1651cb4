from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotas.explore import doubt, draw, draw_number

WEIGHTS = st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0, 4.0]), max_size=30)


@settings(max_examples=200, deadline=None)
@given(WEIGHTS, st.integers(0, 12), st.text(max_size=5))
def test_a_draw_has_the_number_asked_for_and_nobody_without_weight(
    weights: list[float], count: int, seed: str
) -> None:
    drawn = draw(weights, count, seed=seed)
    assert len(drawn) == min(count, sum(weight > 0 for weight in weights))
    assert len({place for place, _ in drawn}) == len(drawn)
    assert all(weights[place] > 0 and 0 < odd <= 1 for place, odd in drawn)
    assert draw(weights, count, seed=seed) == drawn


def test_the_odds_are_what_happens() -> None:
    weights = [4.0, 1.0, 1.0, 0.5, 0.25]
    times = [0] * len(weights)
    odds: dict[int, float] = {}
    for seed in range(4000):
        for place, odd in draw(weights, 2, seed=str(seed)):
            times[place] += 1
            odds[place] = odd
    for place, odd in odds.items():
        assert times[place] / 4000 == pytest.approx(odd, abs=0.03)


def test_the_share_is_kept_over_many_short_lists() -> None:
    numbers = [draw_number(10, 0.05, seed=str(day)) for day in range(4000)]
    assert set(numbers) == {0, 1}
    assert sum(numbers) / 4000 == pytest.approx(0.5, abs=0.03)
    assert draw_number(0, 0.05, seed="x") == 0
    assert doubt(0.5) == 1
    assert doubt(0) == doubt(1) == 0
