from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench.cheaters import CHEATERS, HONEST, invent, try_audit, try_rules
from config.settings import read_defaults
from quotas.honesty import RULES, SAME_PEOPLE, Limits, TouchFact, examine
from quotas.noted import likeness_of, words_of

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
             "prospect splitter": "split_person", "double logger": "double_logged",
             "marker on end": "rapid", "name filler": "same_note",
             "same people again": "same_people"}  # fmt: skip
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
    shift = timedelta(weeks=5)
    later = [
        replace(touch, recorded_at=touch.recorded_at + shift, on=touch.on + shift,
                period=touch.period and touch.period + shift,
                evidence_at=touch.evidence_at and touch.evidence_at + shift)
        for touch in touches
    ]  # fmt: skip
    ids = Counter((one.touch_id, one.rule) for one in examine(touches, LIMITS))
    assert Counter((one.touch_id, one.rule) for one in examine(later, LIMITS)) == ids


_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _met(person: int, week: int, number: int, disposition: str, heard: datetime) -> TouchFact:
    at = _NOON + timedelta(weeks=week, minutes=9 * number)
    return TouchFact(
        1000 * week + number, f"person:{person}", "call", disposition, "", at, at.date(), True,
        period=date(2026, 3, 2) + timedelta(weeks=week), evidence_at=heard,
    )  # fmt: skip


@given(
    st.integers(1, 45), st.integers(0, 45), st.sampled_from(["replied", "contacted", "no_answer"]),
    st.booleans(),
)  # fmt: skip
def test_the_same_people_are_shown_where_they_are_many_and_said_nothing_new(
    again: int, new: int, outcome: str, spoke_up: bool
) -> None:
    first = [_met(n, 0, n, outcome, _NOON - timedelta(days=1)) for n in range(again)]
    heard = _NOON + timedelta(days=3 if spoke_up else -1)
    second = [_met(n, 1, n, outcome, heard) for n in range(again)]
    others = [_met(100 + n, 1, 100 + n, outcome, heard) for n in range(new)]
    shown = [one for one in examine([*first, *second, *others], LIMITS) if one.rule == SAME_PEOPLE]
    assert {one.touch_id for one in shown} <= {touch.touch_id for touch in second}
    is_work = outcome == "no_answer" or spoke_up
    # those seen again are seen first: new people later take no flag away
    if is_work or again < LIMITS.again_count:
        assert shown == []
    else:
        assert len(shown) == again


words = st.lists(
    st.text("abcdefghij", min_size=3, max_size=6), min_size=5, max_size=9, unique=True
).map(" ".join)


@given(words, words, st.text("abcdefghij", min_size=3, max_size=9))
def test_notes_are_alike_but_for_what_is_filled_in(one: str, other: str, name: str) -> None:
    mine, theirs = words_of(one), words_of(other)
    likeness = likeness_of(mine, theirs)
    assert 0 <= likeness <= 1
    assert likeness == likeness_of(theirs, mine)
    assert (likeness == 1) == (mine == theirs)
    assert likeness <= likeness_of(mine, theirs, one, other)
    filled = words_of(f"{one} {name}!! 7")
    assert likeness_of(mine, filled, "", f"{name}_87") == 1
    assert words_of("  ".join(one.upper().split())) == mine


def test_a_day_written_down_in_the_evening_is_not_marking_at_night() -> None:
    def day(
        on: int, hour: float, *, by_day: int, evening: bool, seconds: int = 40
    ) -> list[TouchFact]:
        start = _NOON.replace(hour=0) + timedelta(days=on)
        worked = [start + timedelta(hours=10, minutes=11 * n) for n in range(by_day)]
        later = [start + timedelta(hours=hour, seconds=seconds * n) for n in range(12)]
        return [
            TouchFact(100 * on + place, f"person:{on}:{place}", "call", "contacted", "", at,
                      start.date(), place < by_day,
                      day_before=start.date() if evening and place >= by_day else None)
            for place, at in enumerate([*worked, *later])
        ]  # fmt: skip

    usual = [touch for on in range(4) for touch in day(on, 13, by_day=12, evening=False)[:12]]
    for by_day, evening, seconds, shown in (
        (0, True, 40, 0), (2, True, 40, 0), (6, True, 40, 12), (0, False, 40, 12),
        (6, False, 240, 0),
    ):  # fmt: skip
        touches = [*usual, *day(4, 19, by_day=by_day, evening=evening, seconds=seconds)]
        assert len(examine(touches, LIMITS)) == shown, (by_day, evening, seconds)
