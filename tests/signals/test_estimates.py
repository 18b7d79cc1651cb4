from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signals.estimates import Stratum, estimate_share

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
