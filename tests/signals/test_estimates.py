from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.estimates import (
    Count,
    Stratum,
    add,
    estimate_count,
    estimate_part,
    estimate_people,
    estimate_share,
)

probabilities = st.lists(st.floats(0, 1), max_size=30)
strata = st.lists(
    st.tuples(st.floats(0, 1e5), probabilities).map(lambda pair: Stratum(*pair)), max_size=3
)


@given(strata)
def test_a_share_lies_within_its_interval_and_the_interval_within_bounds(
    given_strata: list[Stratum],
) -> None:
    found = estimate_share(given_strata)
    if any(s.judged and s.count > 0 for s in given_strata):
        assert found is not None
        assert -1e-9 <= found.low <= found.value <= found.high <= 1 + 1e-9
    else:
        assert found is None


@given(st.integers(2, 40))
def test_more_words_of_people_narrow_it(n: int) -> None:
    few = estimate_share([Stratum(1000, [0.0, 1.0] * n)])
    many = estimate_share([Stratum(1000, [0.0, 1.0] * 4 * n)])
    assert few is not None
    assert many is not None
    assert few.value == many.value == 0.5
    assert many.high - many.low < few.high - few.low


def test_each_stratum_counts_by_its_posts() -> None:
    found = estimate_share([Stratum(90, [1.0] * 5), Stratum(10, [0.0] * 50), Stratum(40, [])])
    assert found is not None
    assert (round(found.value, 6), found.judged) == (0.9, 55)


steps = st.integers(0, 12).map(lambda power: 2**power)


@given(st.dictionaries(steps, st.integers(0, 500), max_size=4), st.lists(steps, max_size=3))
def test_a_count_lies_within_its_interval_and_is_exact_where_all_were_seen(
    found: dict[int, int], used: list[int]
) -> None:
    count = estimate_count(found, used)
    assert sum(found.values()) <= count.low <= count.value <= count.high
    assert count.exact == ({*found, *used} <= {1})


@pytest.mark.parametrize(
    ("there", "step"), [(40_000, 64), (3_000, 8), (900, 2), (60, 32), (0, 256)]
)
def test_nine_intervals_of_ten_hold_the_true_count(there: int, step: int) -> None:
    rng = random.Random(5)
    held = 0
    for _ in range(300):
        found = sum(rng.random() < 1 / step for _ in range(there))
        count = estimate_count({step: found} if found else {}, (step,))
        held += count.low <= there <= count.high
    assert held >= 260


@given(
    st.builds(lambda v, a, b: Count(v, max(0.0, v - a), v + b),
              *(st.floats(0, 1e6),) * 3),
    st.integers(0, 200), st.floats(0, 1),
)  # fmt: skip
def test_a_part_and_a_sum_lie_within_their_intervals(
    whole: Count, judged: int, share: float
) -> None:
    part = estimate_part(whole, judged, int(share * judged))
    assert 0 <= part.low <= part.value + 1e-6
    assert part.value <= part.high + 1e-6
    both = add(whole, part)
    assert both.low <= both.value <= both.high
    rest = add(whole, less=(part,))
    assert 0 <= rest.low <= rest.value <= rest.high + 1e-6


@given(st.integers(1, 40), st.integers(1, 40), st.integers(2, 200))
def test_what_people_say_is_surer_than_probabilities_of_the_same_mean(
    well: int, ill: int, more: int
) -> None:
    n = well + ill
    guessed = estimate_share([Stratum(n * more, [well / n] * n)])
    said = estimate_share([Stratum(n * more, [1.0] * well + [0.0] * ill)])
    assert guessed is not None
    assert said is not None
    assert abs(guessed.value - said.value) < 1e-9
    assert said.high - said.low <= guessed.high - guessed.low + 1e-9


@given(st.lists(st.integers(1, 9), max_size=80), st.sampled_from((1, 2, 8, 50)))
def test_people_are_no_more_than_posts_and_no_fewer_than_were_seen(
    posts: list[int], step: int
) -> None:
    people = estimate_people(posts, step)
    assert len(posts) <= people.low <= people.value + 1e-9 <= people.high + 2e-9
    assert people.value <= step * sum(posts) + 1e-9
    assert people.exact == (step == 1)


@pytest.mark.parametrize(
    "written",
    [
        [1] * 1_500, [3] * 900, [1, 1, 1, 2] * 400, [1, 2, 3, 7] * 300, [1] * 1_200 + [900],
        [1] * 950 + [20] * 50,
    ],
    ids=["one each", "three each", "a few twice", "uneven", "one loud", "some loud"],
)  # fmt: skip
@pytest.mark.parametrize("step", [2, 8, 50])
def test_people_behind_a_sample_of_posts_are_counted_once(written: list[int], step: int) -> None:
    rng = random.Random(3)
    held, values = 0, []
    for _ in range(40):
        sample = [sum(rng.random() < 1 / step for _ in range(n)) for n in written]
        people = estimate_people([n for n in sample if n], step)
        values.append(people.value / len(written))
        held += people.low <= len(written) <= people.high
    assert held >= 34  # of intervals of 90 %
    assert 0.6 <= sum(values) / len(values) <= 2.1  # where posts alone would say up to 3
