from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotas.counts import Spread, predict

counts = st.lists(st.integers(0, 60), max_size=40)
spreads = st.builds(
    lambda mean, more: Spread(mean, mean * more), st.floats(0.01, 400), st.floats(1.0, 8.0)
)


@given(spreads, st.floats(0.02, 0.98))
def test_a_quantile_is_the_least_count_that_holds_the_share(spread: Spread, share: float) -> None:
    count = spread.quantile(share)
    assert 1 - spread.at_least(count + 1) >= share - 1e-6
    if count:
        assert 1 - spread.at_least(count) < share + 1e-6


@given(spreads, st.integers(0, 500))
def test_chances_fall_with_the_count(spread: Spread, count: int) -> None:
    assert 0 <= spread.at_least(count + 1) <= spread.at_least(count) + 1e-12 <= 1 + 1e-9


def test_a_poisson_and_a_negative_binomial_have_their_known_values() -> None:
    assert Spread(2.0, 2.0).at_least(1) == pytest.approx(1 - math.exp(-2))
    # size 2, probability 1/2: P(0) = 1/4, P(1) = 1/4
    assert Spread(2.0, 4.0).at_least(1) == pytest.approx(0.75)
    assert Spread(2.0, 4.0).at_least(2) == pytest.approx(0.5)


@given(counts, st.floats(0, 60), st.floats(0, 30))
def test_a_prediction_is_at_least_as_wide_as_a_poisson(
    history: list[int], ahead: float, expected: float
) -> None:
    spread = predict(history, ahead, expected=expected)
    assert spread.variance >= spread.mean >= 0
    assert predict(history, ahead + 1, expected=expected).mean >= spread.mean


def test_nothing_seen_and_nothing_expected_predicts_nothing() -> None:
    assert predict([], 5.0) == Spread(0.0, 0.0)
    assert predict([3, 4], 0.0) == Spread(0.0, 0.0)
    assert Spread(0.0, 0.0).interval(0.8) == (0, 0)


@pytest.mark.parametrize("variation", [0.0, 0.6])
def test_an_interval_holds_as_often_as_it_says(variation: float) -> None:
    """Reps with steady and with changing days; ten days seen, eight to come."""
    rng = random.Random(5)
    held = 0
    for _ in range(400):
        rate = rng.uniform(3, 14)
        days = []
        for _day in range(18):
            today = rate * rng.gammavariate(1 / variation**2, variation**2) if variation else rate
            days.append(sum(rng.random() < today / 200 for _ in range(200)))
        low, high = predict(days[:10], 8.0, expected=rate).interval(0.8)
        held += low <= sum(days[10:]) <= high
    assert 0.74 <= held / 400 <= 0.9
