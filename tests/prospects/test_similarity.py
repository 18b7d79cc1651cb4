from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.similarity import BANDS, body_of, is_copy, mark, words_of
from signals.text import fold

WORDS = [
    first + second + third
    for first in ("tele", "mono", "ferro", "grapho", "hydra")
    for second in ("phon", "met", "lit", "gen", "ton")
    for third in ("ist", "ary", "ent", "ous")
]


def written(rng: random.Random, length: int = 60) -> list[str]:
    return rng.choices(WORDS, k=length)


@pytest.mark.parametrize("seed", range(20))
def test_a_fresh_title_and_edits_do_not_hide_a_copy_and_others_are_none(seed: int) -> None:
    rng = random.Random(seed)
    words = written(rng)
    edited = list(words)
    for place in rng.sample(range(len(words)), 6):
        edited[place] = "changed"
    one, other = "A title\n\n" + " ".join(words), "Quite another one\n\n" + " ".join(edited)
    stranger = " ".join(rng.choices([f"{word}x" for word in WORDS[:50]] + WORDS[:20], k=60))
    assert is_copy(one, other)
    assert not is_copy(one, stranger)
    first, second, third = mark([one, other, stranger])
    assert set(first.keys) & set(second.keys)
    assert len(first.keys) == BANDS
    assert not set(first.keys) & set(third.keys)


def test_short_texts_are_copies_only_word_for_word() -> None:
    one, other = "Which laptop should I buy?", "Which laptop should I buy now?"
    assert not is_copy(one, other)
    assert is_copy(one, "which LAPTOP should i buy")
    first, second, third = mark([one, other, "which laptop should I buy!"])
    assert first.is_short
    assert first == third
    assert first != second
    assert mark(["", "👍"]) == [mark([""])[0]] * 2
    assert mark([""])[0].keys == ()


def test_the_body_is_what_stands_under_a_title() -> None:
    body = "word " * 40
    assert body_of(f"Title\n\n{body}") == body
    assert body_of("Title\n\nshort") == "Title\n\nshort"
    assert body_of(f"one\ntwo\n\n{body}") == f"one\ntwo\n\n{body}"
    assert body_of("no title at all") == "no title at all"


@given(st.lists(st.text(max_size=300), max_size=5))
def test_any_text_has_a_mark_that_does_not_depend_on_its_company(texts: list[str]) -> None:
    marks = mark(texts)
    assert len(marks) == len(texts)
    assert marks == [mark([text])[0] for text in texts]
    assert all(-(2**63) <= key < 2**63 for one in marks for key in one.keys)
    for text in texts:
        assert is_copy(text, text)


_ODD = st.sampled_from(
    ["401(k)", "401 (K)", "٤٠١(k)", "401⒦", "4\u200b(b)", "(I)", "５（ｂ）", "للبيت", "والمعاش",
     "ﻼ", "½", "naïve", "it's", "long-term", "a_b", "\u0640", "ß", "한국"]
)  # fmt: skip


@given(st.lists(st.one_of(_ODD, st.text(max_size=12)), max_size=30).map(" ".join))
def test_words_are_those_of_the_folded_text(text: str) -> None:
    plain = "".join(one if one.isalnum() else " " for one in fold(body_of(text)[:1500]))
    assert words_of(text) == tuple(plain.split())
