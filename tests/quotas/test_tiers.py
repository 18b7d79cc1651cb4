from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Refused
from quotas.tiers import (
    MARGINAL,
    WHOLE,
    Scheme,
    Tier,
    award,
    check_scheme,
    hundredths,
    read_tiers,
    reward,
    show_hundredths,
)

EXAMPLE = (Tier(100, 100), Tier(120, 150))


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    percents = sorted(draw(st.sets(st.integers(100, 300), min_size=1, max_size=4)))
    multiples = sorted(draw(st.lists(st.integers(0, 900), min_size=4, max_size=4)))
    tiers = tuple(Tier(p, m) for p, m in zip(percents, multiples, strict=False))
    return Scheme(draw(st.integers(0, 10_000)), tiers, draw(st.sampled_from([WHOLE, MARGINAL])))


@given(schemes(), st.integers(0, 200), st.integers(0, 500))
def test_one_more_contact_never_earns_less(scheme: Scheme, target: int, counted: int) -> None:
    check_scheme(scheme)
    assert 0 <= reward(scheme, counted, target) <= reward(scheme, counted + 1, target)
    if counted <= target:
        assert reward(scheme, counted, target) == 0


@given(schemes(), st.integers(1, 200), st.integers(0, 500))
def test_by_parts_a_scheme_never_pays_more_than_as_a_whole(
    scheme: Scheme, target: int, counted: int
) -> None:
    parts = Scheme(scheme.rate, scheme.tiers, MARGINAL)
    whole = Scheme(scheme.rate, scheme.tiers, WHOLE)
    assert reward(parts, counted, target) <= reward(whole, counted, target)


def test_the_tiers_of_the_guide() -> None:
    whole, parts = Scheme(200, EXAMPLE), Scheme(200, EXAMPLE, MARGINAL)
    assert [reward(whole, n, 50) for n in (50, 51, 59, 60, 65)] == [0, 200, 1800, 3000, 4500]
    assert [reward(parts, n, 50) for n in (50, 51, 60, 61, 65)] == [0, 200, 2000, 2300, 3500]
    assert reward(whole, 10, 0) == 0


def test_contacts_below_the_first_tier_earn_nothing() -> None:
    late = Scheme(100, (Tier(110, 100),), MARGINAL)
    assert [reward(late, n, 50) for n in (54, 55, 56)] == [0, 0, 100]


@given(st.integers(-(10**9), 10**9))
def test_hundredths_are_read_as_they_are_shown(amount: int) -> None:
    assert hundredths(show_hundredths(amount)) == amount


@pytest.mark.parametrize("text", ["", "1.234", "a", "1e3", "1,5", "--1", "٣", ".5", "1" * 13])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        hundredths(text)


@pytest.mark.parametrize("texts", [["120"], ["99=1"], ["100=1", "100=2"], ["x=1"], ["100=-1"]])
def test_tiers_that_make_no_sense_are_refused(texts: list[str]) -> None:
    with pytest.raises(Refused):
        read_tiers(texts)


def test_a_higher_tier_that_pays_less_is_refused() -> None:
    assert read_tiers(["120=1.5", "100=1.0"]) == EXAMPLE
    with pytest.raises(Refused, match="never earn less"):
        check_scheme(Scheme(100, read_tiers(["100=2", "120=1"])))
    with pytest.raises(Refused, match="at least one"):
        check_scheme(Scheme(100, ()))


@given(
    st.dictionaries(st.integers(1, 40), st.integers(0, 12), max_size=20),
    st.lists(st.integers(0, 100_000), max_size=6),
)
def test_a_contest_never_pays_more_than_its_prizes(
    counts: dict[int, int], prizes: list[int]
) -> None:
    prizes.sort(reverse=True)
    won = award(counts, prizes)
    assert sum(one.amount for one in won) <= sum(prizes)
    assert {one.rep_id for one in won} == {rep for rep, count in counts.items() if count}
    for one in won:
        for other in won:
            if one.counted > other.counted:
                assert one.place < other.place
                assert one.amount >= other.amount
            if one.counted == other.counted:
                assert (one.place, one.amount) == (other.place, other.amount)


def test_those_on_a_level_share_their_prizes() -> None:
    won = award({1: 9, 2: 12, 3: 9, 4: 0}, [10_000, 5_000, 2_501])
    assert [(one.rep_id, one.place, one.amount) for one in won] == [
        (2, 1, 10_000), (1, 2, 3_750), (3, 2, 3_750),
    ]  # fmt: skip
