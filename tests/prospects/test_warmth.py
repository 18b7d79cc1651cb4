from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from prospects.warmth import (
    REST,
    Factors,
    Term,
    add_keys,
    evidence,
    explain,
    find_missing,
    key_of,
    repeat_factor,
    split,
    value_of,
)

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
HALF_LIVES = st.sampled_from([1, 24, 168, 2000]).map(lambda hours: timedelta(hours=hours))
EVIDENCE = st.lists(
    st.tuples(st.floats(0.02, 50), st.floats(0, 20)), min_size=1, max_size=30
)  # points, age in half-lives


def terms_of(pairs: list[tuple[float, float]], half_life: timedelta) -> list[Term]:
    return [
        Term(number, points, NOW - age * half_life, "cue.asks_which")
        for number, (points, age) in enumerate(pairs)
    ]


def key(terms: list[Term], half_life: timedelta) -> float:
    return add_keys(key_of(term.points, term.occurred_at, half_life) for term in terms)


@settings(max_examples=200, deadline=None)
@given(EVIDENCE, HALF_LIVES)
def test_the_key_of_many_is_the_direct_sum(
    pairs: list[tuple[float, float]], half_life: timedelta
) -> None:
    terms = terms_of(pairs, half_life)
    direct = math.fsum(t.points * 0.5 ** ((NOW - t.occurred_at) / half_life) for t in terms)
    assert value_of(key(terms, half_life), NOW, half_life) == pytest.approx(direct, rel=1e-9)


@settings(max_examples=200, deadline=None)
@given(EVIDENCE, HALF_LIVES)
def test_adding_one_by_one_is_adding_together(
    pairs: list[tuple[float, float]], half_life: timedelta
) -> None:
    terms = terms_of(pairs, half_life)
    running = -math.inf
    for term in terms:
        running = add_keys([running, key_of(term.points, term.occurred_at, half_life)])
    assert running == pytest.approx(key(terms, half_life), abs=1e-8)


@settings(max_examples=200, deadline=None)
@given(EVIDENCE, EVIDENCE, HALF_LIVES, st.floats(0, 30))
def test_the_order_of_two_does_not_change_with_time(
    first: list[tuple[float, float]],
    second: list[tuple[float, float]],
    half_life: timedelta,
    later: float,
) -> None:
    one, two = (key(terms_of(pairs, half_life), half_life) for pairs in (first, second))
    then = NOW + later * half_life
    for at in (NOW, then):
        warmer = value_of(one, at, half_life) > value_of(two, at, half_life) * (1 + 1e-9)
        assert not warmer or one > two


def _hundredths(term: Term, half_life: timedelta) -> int:
    """What a term is worth, by decimals of 40 digits instead of floats; no doubt at a half."""
    with localcontext() as context:
        context.prec = 40
        age = Decimal((NOW - term.occurred_at) // timedelta(microseconds=1))
        worth = (
            Decimal(term.points)
            * 100
            * Decimal(2) ** (-age / Decimal(half_life // timedelta(microseconds=1)))
        )
        assume(abs(worth % 1 - Decimal("0.5")) > Decimal("1e-9"))
        return int(worth.to_integral_value(ROUND_HALF_EVEN))


@settings(max_examples=200, deadline=None)
@given(EVIDENCE, HALF_LIVES, st.integers(1, 12))
def test_what_is_shown_adds_up_exactly(
    pairs: list[tuple[float, float]], half_life: timedelta, shown: int
) -> None:
    terms = terms_of(pairs, half_life)
    warmth = explain(terms, NOW, half_life, shown=shown)
    worths = {term.signal_id: _hundredths(term, half_life) for term in terms}
    # as it is printed, and read back
    assert Decimal(f"{warmth.value:.2f}") * 100 == sum(worths.values())
    for reason in warmth.reasons:
        ids = [reason.signal_id] if reason.signal_id is not None else reason.signal_ids
        assert Decimal(f"{reason.points:.2f}") * 100 == sum(worths[one] for one in ids)
    named = [one for r in warmth.reasons for one in (r.signal_ids or (r.signal_id,))]
    assert sorted(named) == sorted(one for one, points in worths.items() if points)
    assert len(warmth.reasons) <= shown
    exact = value_of(key(terms, half_life), NOW, half_life)
    assert abs(warmth.value - exact) <= 0.005 * len(terms) + 1e-9
    listed = [reason.hundredths for reason in warmth.reasons if reason.code != REST]
    assert listed == sorted(listed, reverse=True)
    assert all(reason.hundredths > 0 for reason in warmth.reasons)
    assert explain(terms[::-1], NOW, half_life, shown=shown) == warmth


def test_evidence_halves_with_every_half_life() -> None:
    week = timedelta(days=7)
    term = Term(1, 2.0, NOW - week, "kind.like")
    assert explain([term], NOW, week, shown=3).value == 1.0
    assert explain([term], NOW + week, week, shown=3).value == 0.5
    assert evidence(3.0, 0.5) == 1.5


def test_the_rest_is_one_line_without_a_signal() -> None:
    week = timedelta(days=7)
    terms = [Term(number, 1.0, NOW, "kind.like") for number in range(5)]
    warmth = explain(terms, NOW, week, shown=3)
    assert [(r.code, r.hundredths, r.signal_id) for r in warmth.reasons] == [
        ("kind.like", 100, 0),
        ("kind.like", 100, 1),
        (REST, 300, None),
    ]
    assert REST not in [r.code for r in explain(terms, NOW, week, shown=5).reasons]


@pytest.mark.parametrize("hours", [0.01, 1, 168, 1e6])
@pytest.mark.parametrize("year", [1, 1990, 2026, 2027, 9998])
def test_far_past_and_future_do_not_overflow(hours: float, year: int) -> None:
    half_life = timedelta(hours=hours)
    term = Term(1, 3.0, datetime(year, 1, 2, tzinfo=UTC), "kind.post")
    for now in (datetime(1, 1, 2, tzinfo=UTC), NOW, datetime(9998, 1, 2, tzinfo=UTC)):
        warmth = explain([term], now, half_life, shown=3)
        assert warmth.hundredths >= 0
        assert math.isfinite(add_keys([key_of(3.0, term.occurred_at, half_life)] * 2))


def test_nothing_is_worth_nothing() -> None:
    week = timedelta(days=7)
    assert key_of(0.0, NOW, week) == -math.inf
    assert add_keys([]) == add_keys([-math.inf]) == -math.inf
    assert value_of(-math.inf, NOW, week) == 0.0
    assert explain([], NOW, week, shown=3).value == 0.0


@given(st.floats(0, 1), st.floats(0, 1))
def test_relevance_is_a_part_of_the_probability_and_not_counted_twice(
    prospect: float, relevance: float
) -> None:
    intent, about = split(prospect, relevance)
    assert 0 <= intent <= 1
    assert about >= prospect
    assert intent * about == pytest.approx(prospect, abs=1e-12)


def test_repeats_of_a_kind_add_ever_less_and_stay_bounded() -> None:
    shares = [repeat_factor(0.7, ordinal) for ordinal in range(1, 200)]
    assert shares[0] == 1.0
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) < 1 / (1 - 0.7) + 1e-9


SHARES = st.floats(0.01, 1)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(SHARES, SHARES, SHARES, SHARES, st.floats(0, 10)), max_size=8))
def test_what_is_missing_is_the_factor_that_would_add_most(
    drawn: list[tuple[float, float, float, float, float]],
) -> None:
    week = timedelta(days=7)

    def total(without: int) -> float:
        """The warmth with one of the factors at its best."""
        return math.fsum(
            3.0
            * math.prod(share for place, share in enumerate(one[:4]) if place != without)
            * (1.0 if without == 4 else 0.5 ** one[4])
            for one in drawn
        )

    terms = [
        Term(
            number, 3.0 * math.prod(one[:4]), NOW - one[4] * week, "kind.post", Factors(*one[:4])
        )
        for number, one in enumerate(drawn)
    ]  # fmt: skip
    missing = find_missing(terms, NOW, week)
    gains = [total(without) - total(9) for without in range(5)]
    if missing is None:
        assert max(gains) < 0.0051
    else:
        codes = ("intent", "relevance", "identity", "repeat", "age")
        assert missing.hundredths == pytest.approx(100 * max(gains), abs=0.51, rel=1e-6)
        named = gains[codes.index(missing.code.removeprefix("missing."))]
        assert named == pytest.approx(max(gains), rel=1e-6)


def test_nothing_is_missing_from_what_is_perfect() -> None:
    assert find_missing([Term(1, 3.0, NOW, "kind.post")], NOW, timedelta(days=7)) is None
    assert find_missing([], NOW, timedelta(days=7)) is None
