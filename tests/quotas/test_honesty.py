from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench.cheaters import CHEATERS, HONEST, invent, try_audit, try_rules
from config.settings import read_defaults
from quotas.honesty import RULES, Limits, examine

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
        counts = Counter(one.rule for one in found)
        assert set(counts) <= set(RULES)
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
