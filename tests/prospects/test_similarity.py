from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.similarity import BANDS, Mark, body_of, is_copy, mark, words_of
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
    assert set(first.shared) & set(second.shared)
    assert len(first.shared) == BANDS
    assert first.own == ()
    assert not set(first.shared) & set(third.shared)


def test_a_few_words_are_copies_only_word_for_word_and_by_one_account() -> None:
    one, other = "Which laptop should I buy?", "Which laptop should I buy now?"
    assert not is_copy(one, other, by_one=True)
    assert is_copy(one, "which LAPTOP should i buy")
    first, second, third = mark([one, other, "which laptop should I buy!"])
    assert first.shared == ()  # «same here» by many is no campaign
    assert first == third
    assert set(first.own).isdisjoint(second.own)
    assert mark(["", "👍"]) == [mark([""])[0]] * 2
    assert mark([""])[0] == Mark(())


PLAIN = "Our planners doubled my savings within a month"
LONGER = f"{PLAIN}, ask them about it before markets close"
BRIEF = "Join my free crypto signals group today"
NAMED = "Double your savings today, write to t.me/goldplanner"


def test_a_fresh_title_does_not_hide_a_short_copy() -> None:
    for body in (PLAIN, BRIEF, NAMED):
        first, second = mark([f"A title\n\n{body}", f"Quite another one\n\n{body}!"])
        assert first == second
        assert first.shared
        assert is_copy(f"A title\n\n{body}", body)
    # of words that anybody says, the title is the text
    assert mark(["Roll over a 401k?\n\nThanks!", "Which IRA?\n\nThanks!"])[0].shared == ()
    assert words_of("Which IRA?\n\nThanks!") == ("which", "ira", "thanks")


@pytest.mark.parametrize(
    ("one", "other", "by_anybody", "by_one"),
    [
        (PLAIN, PLAIN.upper(), True, True),
        # two people may say so; one who says it again does not count twice
        (PLAIN, PLAIN.replace("doubled", "tripled"), False, True),
        (PLAIN, "Our planners lost all of my savings within months", False, False),
        # who name the same address say the same
        (NAMED, NAMED.replace("Double", "Triple"), True, True),
        (NAMED, NAMED.replace("goldplanner", "silverfox"), False, True),
        (NAMED, "They took all of my savings: t.me/goldplanner", False, False),
        # long enough to be told from others in spite of an edit
        (LONGER, LONGER.replace("markets", "shops").replace("month", "year"), True, True),
    ],
)
def test_short_copies_with_edits(one: str, other: str, by_anybody: bool, by_one: bool) -> None:
    first, second = mark([one, other])
    assert is_copy(one, other) is by_anybody
    assert is_copy(one, other, by_one=True) is by_one
    if by_anybody:
        assert not set(first.shared).isdisjoint(second.shared)
    if by_one:
        assert not {*first.shared, *first.own}.isdisjoint({*second.shared, *second.own})


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
    keys = [key for one in marks for key in (*one.shared, *one.own)]
    assert all(-(2**63) <= key < 2**63 for key in keys)
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
