"""Samples of touches: large enough, drawn night by night, never larger than they need to be."""

from __future__ import annotations

import math
import random
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotas.sampling import audit_size, draw_more, draw_sample, expect_touches, finding_chance


@given(st.integers(1, 400), st.data())
def test_the_chance_to_find_agrees_with_counting(population: int, data: st.DataObject) -> None:
    invented = data.draw(st.integers(0, population))
    size = data.draw(st.integers(0, population))
    exact = 1 - comb(population - invented, size) / comb(population, size)
    assert finding_chance(population, invented, size) == pytest.approx(exact, abs=1e-9)
    assert finding_chance(population, invented, size, 0.5) <= exact + 1e-9


@given(st.integers(1, 3000), st.floats(0.01, 0.5), st.floats(0.5, 0.99))
def test_a_sample_is_just_large_enough(population: int, share: float, sure: float) -> None:
    size = audit_size(population, cheating_share=share, confidence=sure)
    invented = min(population, max(1, -int(-share * population // 1)))
    assert finding_chance(population, invented, size) >= sure - 1e-9
    if size > 1:
        smaller = finding_chance(population, max(1, invented - 1), size - 1)
        assert smaller < sure + 1e-9


def test_sample_sizes_for_the_tables() -> None:
    sizes = [
        audit_size(number, cheating_share=0.1, confidence=0.95) for number in (0, 5, 50, 650, 10**6)
    ]
    assert sizes == [0, 5, 22, 28, 29]
    # whoever recognises an invented touch in only four of five looks has to look at more
    assert audit_size(650, cheating_share=0.1, confidence=0.95, recognised=0.8) == 36


@given(st.sets(st.integers(1, 10**6), max_size=200), st.integers(0, 50), st.integers(0, 9))
def test_a_sample_is_the_same_again_and_stays_while_more_come(
    ids: set[int], size: int, seed: int
) -> None:
    drawn = draw_sample(ids, size, seed=seed)
    assert drawn == draw_sample(sorted(ids, reverse=True), size, seed=seed)
    assert len(drawn) == min(size, len(ids))
    assert set(drawn) <= ids
    assert set(drawn) <= set(draw_sample(ids, size + 5, seed=seed))
    more = {*ids, 10**6 + 1}
    assert len(set(drawn) - set(draw_sample(more, size, seed=seed))) <= 1


def _need(count: int) -> int:
    return audit_size(count, cheating_share=0.1, confidence=0.95)


def _drive(nights: list[int], seed: int) -> tuple[set[int], list[int]]:
    """What is drawn of a quarter with so many touches a night, and all of the touches."""
    drawn: set[int] = set()
    touches: list[int] = []
    for number, count in enumerate(nights, start=1):
        touches += range(len(touches) + 1, len(touches) + count + 1)
        passed = number / len(nights)
        size = _need(expect_touches(len(touches), passed))
        more = draw_more(touches, drawn, passed=passed, size=size, seed=seed)
        assert not drawn & set(more)  # what was drawn stays, and is not drawn again
        drawn.update(more)
        if passed < 1:
            assert len(drawn) <= max(passed * 29, 0)
    return drawn, touches


@given(st.lists(st.integers(0, 25), min_size=1, max_size=24), st.integers(0, 9))
def test_whatever_the_nights_a_tenth_invented_is_found(nights: list[int], seed: int) -> None:
    drawn, touches = _drive(nights, seed)
    need = _need(len(touches))
    # an even sample of the whole quarter is among what was drawn, so the chance is exact
    assert set(draw_sample(touches, need, seed=seed)) <= drawn <= set(touches)
    if touches:
        invented = max(1, math.ceil(0.1 * len(touches) - 1e-9))
        assert finding_chance(len(touches), invented, need) >= 0.95
    assert len(drawn) <= 2 * need


def test_a_sample_drawn_every_night_is_as_large_as_one_drawn_at_the_end() -> None:
    sizes = []
    for seed in range(12):
        rng = random.Random(seed)
        nights = [rng.randint(3, 16) for _ in range(60)]
        drawn, touches = _drive(nights, seed)
        assert len(touches) > 500
        sizes.append(len(drawn) - _need(len(touches)))
    assert max(sizes) <= 3  # of 28; drawing the whole sample every night came to 110
    for nights in (list(range(1, 31)), list(range(30, 0, -1)), [1, *[0] * 25, 150, 150, 150]):
        drawn, touches = _drive(nights, 1)
        assert len(drawn) <= 1.6 * _need(len(touches)), nights
