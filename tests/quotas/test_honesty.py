from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench.cheaters import CHEATERS, HONEST, invent, try_audit, try_rules
from config.settings import read_defaults
from quotas.honesty import (
    RULES,
    Limits,
    audit_size,
    count_by_rule,
    draw_sample,
    examine,
    finding_chance,
)

LIMITS = Limits(**read_defaults()["honesty"])


def test_every_kind_of_cheating_is_caught_and_no_honest_rep_accused() -> None:
    seen = try_rules(LIMITS, each=2, seed=40)
    assert {one.kind for one in seen} == {*HONEST, *CHEATERS}
    assert [one.kind for one in seen if one.honest and one.accused] == []
    assert [one.kind for one in seen if not one.honest and not one.caught] == []
    invented = sum(one.invented for one in seen)
    assert sum(one.found for one in seen) >= 0.8 * invented


def test_namesakes_by_chance_accuse_nobody() -> None:
    met = 0
    for kind in HONEST:
        touches = invent(kind, seed=3).touches
        bearers: dict[str, set[str]] = {}
        for touch in touches:
            for alias in touch.aliases:
                bearers.setdefault(alias, set()).add(touch.subject)
        met += sum(len(people) > 1 for people in bearers.values())
        assert examine(touches, LIMITS) == [], kind
    assert met > 10


def test_a_careful_inventor_is_found_by_chance() -> None:
    chance, seen = try_audit(LIMITS, reps=400, seed=7)
    assert chance >= 0.95
    assert 0.9 <= seen <= 1


def test_each_rule_says_what_it_saw() -> None:
    rules = {"bulk marker": "rapid", "night marker": "off_hours", "note paster": "same_note",
             "prospect splitter": "split_person", "double logger": "double_logged"}  # fmt: skip
    for kind, rule in rules.items():
        found = examine(invent(kind, seed=1).touches, LIMITS)
        counts = count_by_rule(found)
        assert set(counts) == set(RULES)
        assert counts[rule] == max(counts.values()) > 0, kind
        assert all(one.why.endswith(".") for one in found)


@settings(max_examples=6, deadline=None)
@given(st.sampled_from([*HONEST, *CHEATERS]), st.integers(0, 50), st.randoms(use_true_random=False))
def test_the_order_touches_come_in_does_not_matter(kind: str, seed: int, rng: object) -> None:
    touches = invent(kind, seed=seed).touches[:250]
    shuffled = list(touches)
    rng.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    assert examine(shuffled, LIMITS) == examine(touches, LIMITS)
    later = [
        replace(touch, recorded_at=touch.recorded_at + timedelta(weeks=5),
                on=touch.on + timedelta(weeks=5))
        for touch in touches
    ]  # fmt: skip
    ids = Counter((one.touch_id, one.rule) for one in examine(touches, LIMITS))
    assert Counter((one.touch_id, one.rule) for one in examine(later, LIMITS)) == ids


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
