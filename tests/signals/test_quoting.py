from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.quoting import Passage, choose_passage

WORDS = st.lists(
    st.one_of(
        st.sampled_from(
            ["I", "need", "help.", "Really?", "yes!", "planning", "\n\n", "؟", " ", "\t"]
        ),
        st.text(alphabet="abc", min_size=1, max_size=12),
        st.text(alphabet="x", min_size=60, max_size=90),
        st.text(alphabet="退休金。", min_size=1, max_size=80),
    ),
    max_size=60,
).map(" ".join)
SPANS = st.lists(st.tuples(st.integers(-5, 900), st.integers(-5, 900)), max_size=5)


def check_passage(text: str, passage: Passage) -> None:
    assert passage.text in text
    assert "".join(piece for piece, _ in passage.parts()) == passage.text
    assert [piece for piece, marked in passage.parts() if marked] == [
        passage.text[start:end] for start, end in passage.marks
    ]
    last = 0
    for start, end in passage.marks:
        assert last <= start < end <= len(passage.text)
        last = end
    assert passage.text == passage.text.rstrip()


@settings(max_examples=300, deadline=None)
@given(WORDS, SPANS, st.integers(40, 200))
def test_a_passage_is_a_part_of_the_text_with_its_marks_inside(
    text: str, spans: list[tuple[int, int]], limit: int
) -> None:
    passage = choose_passage(text, spans, limit=limit)
    check_passage(text, passage)
    assert len(passage.text) <= limit + 40  # cut at a word, which may stand out
    inside = [(a, b) for a, b in spans if text[max(a, 0) : max(b, 0)].strip()]
    if inside:
        assert passage.marks
    if len(text.strip()) <= limit:
        assert passage.text == text.strip()
        assert not passage.cut_before
        assert not passage.cut_after


def test_a_mark_that_begins_with_the_space_between_two_sentences_is_kept() -> None:
    text = "One thing happened. " * 20 + "Pension? " + "Nothing more. " * 20
    at = text.index(" Pension")
    passage = choose_passage(text, [(at, at + 8)], limit=40)
    assert [piece for piece, marked in passage.parts() if marked] == ["Pension"]


def test_a_short_text_is_shown_whole() -> None:
    passage = choose_passage("  Which fund?\n", [(2, 7)])
    assert passage == Passage("Which fund?", ((0, 5),))


def test_the_sentence_with_the_mark_is_chosen_and_the_rest_cut() -> None:
    text = "One thing happened. " * 20 + "I need retirement planning now! " + "Nothing more. " * 20
    at = text.index("retirement planning")
    passage = choose_passage(text, [(at, at + 19)], limit=100)
    assert "I need retirement planning now!" in passage.text
    assert passage.cut_before
    assert passage.cut_after
    assert [piece for piece, marked in passage.parts() if marked] == ["retirement planning"]
    assert len(passage.text) <= 100


def test_marks_that_meet_are_one() -> None:
    assert choose_passage("retirement planning", [(0, 10), (8, 19)]).marks == ((0, 19),)


@pytest.mark.parametrize("filler", ["x" * 1000, "退休" * 500, "https://example.com/" + "a" * 900])
def test_an_endless_word_before_the_mark_does_not_push_it_out(filler: str) -> None:
    text = f"see {filler}, retirement planning please"
    at = text.index("retirement planning")
    passage = choose_passage(text, [(at, at + 19)], limit=200)
    check_passage(text, passage)
    assert ("retirement planning", True) in passage.parts()
    assert len(passage.text) <= 240


def test_a_mark_in_the_blank_edges_is_left_out() -> None:
    text = "   " + "word. " * 200
    passage = choose_passage(text, [(0, 2)], limit=60)
    check_passage(text, passage)
    assert passage.marks == ()
    assert passage.text.startswith("word.")


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_to_quote(text: str) -> None:
    assert choose_passage(text, [(0, 5)]) == Passage("", ())
