from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotas.exchange import (
    Outcomes,
    draw_control,
    estimate,
    hash_reference,
    is_control,
)

KEY = b"k" * 16


@st.composite
def outcomes(draw: st.DrawFn) -> Outcomes:
    tried = draw(st.integers(0, 3000))
    return Outcomes(tried, draw(st.integers(0, tried)))


@settings(max_examples=15, deadline=None)
@given(outcomes(), outcomes())
def test_an_interval_holds_its_middle_and_says_what_is_missing(
    engaged: Outcomes, cold: Outcomes
) -> None:
    told = estimate(engaged, cold, calls=250)
    assert told == estimate(engaged, cold, calls=250)
    assert told.low <= told.worth <= told.high
    assert told.target >= 1
    assert told.enough == (told.more_engaged + told.more_cold == 0)


def test_two_hundred_and_fifty_calls_become_about_fifty_contacts() -> None:
    told = estimate(Outcomes(900, 90), Outcomes(4000, 80), calls=250)
    assert told.enough
    assert 45 <= told.worth <= 56
    assert told.low < 50 < told.high
    assert 4.4 < told.times < 5.6


def test_with_little_seen_nothing_is_claimed_but_how_much_more_is() -> None:
    told = estimate(Outcomes(60, 6), Outcomes(40, 0), calls=250)
    assert not told.enough
    assert told.more_cold > 500
    assert told.more_engaged > 50
    more = Outcomes(60 + told.more_engaged, 6 + round(told.more_engaged / 10))
    cold = Outcomes(40 + told.more_cold, round(told.more_cold / 60))
    assert estimate(more, cold, calls=250).enough


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = random.Random(3)
    held = 0
    for turn in range(80):
        warm, cold = rng.uniform(0.05, 0.2), rng.uniform(0.01, 0.04)
        told = estimate(
            Outcomes(400, sum(rng.random() < warm for _ in range(400))),
            Outcomes(1500, sum(rng.random() < cold for _ in range(1500))),
            calls=250, seed=turn,
        )  # fmt: skip
        held += told.low <= 250 * cold / warm <= told.high
    assert 0.82 <= held / 80 <= 0.97


def test_more_cannot_succeed_than_were_tried() -> None:
    with pytest.raises(ValueError, match="at most"):
        Outcomes(1, 2)


def test_chance_alone_makes_the_control_group() -> None:
    references = [hash_reference(f"+1 555 {n:05d}", KEY) for n in range(4000)]
    drawn = draw_control(references, [7, 8, 9], share=0.1, seed=1)
    assert drawn == draw_control(references[::-1], [7, 8, 9], share=0.1, seed=1)
    assert 340 <= len(drawn) <= 460
    per_rep = [sum(rep == who for who in drawn.values()) for rep in (7, 8, 9)]
    assert max(per_rep) - min(per_rep) <= 1
    assert all(is_control(reference, share=0.1, seed=1) for reference in drawn)
    # a larger share keeps whom a smaller one had
    assert set(drawn) <= set(draw_control(references, [7], share=0.2, seed=1))
    assert draw_control(references, [], share=0.1, seed=1) == {}
    assert draw_control(references, [7], share=0.0, seed=1) == {}


def test_a_reference_is_one_however_it_is_written_and_not_readable() -> None:
    one = hash_reference("+1 (555) 010-99", KEY)
    assert one == hash_reference("155501099", KEY)
    assert one != hash_reference("155501098", KEY)
    assert one != hash_reference("155501099", b"other key")
    assert len(one) == 32
