from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signals.suggest import (
    LONGEST,
    Phrase,
    choose_phrases,
    compare_phrases,
    find_common,
    phrases_of,
)

WELL = [f"which annuity fits me, case {n} roll over my pension" for n in range(8)]
AROUND = [f"lovely weather and a nice lake number {n}" for n in range(40)] + ["my pension"]


def names(phrases: list[Phrase]) -> list[str]:
    return [one.words for one in phrases]


def test_what_prospects_say_more_often_comes_first() -> None:
    ranked = compare_phrases(map(phrases_of, WELL), [phrases_of(text) for text in AROUND])
    chosen = choose_phrases(ranked, known=("pension",), most=5)
    assert "annuity" in names(chosen) or "annuity fits" in names(chosen)
    assert not any("pension" in one.words for one in chosen)  # a keyword hears it already
    assert all(one.z >= 2 for one in chosen)


def test_phrases_neither_begin_nor_end_with_empty_words() -> None:
    found = phrases_of("What should I do with the old pension of my father?")
    assert "pension" in found
    assert "pension of my father" in found
    assert not any(one.startswith("of ") or one.endswith(" my") for one in found)
    assert all(len(one.split()) <= LONGEST for one in found)
    assert phrases_of("في التقاعد المبكر") == {"تقاعد", "تقاعد مبكر", "مبكر"}


def test_posts_of_surer_prospects_count_more() -> None:
    posts = [phrases_of("alpha fund"), phrases_of("alpha fund"), phrases_of("beta plan"),
             phrases_of("beta plan")]  # fmt: skip
    ranked = compare_phrases(posts, [phrases_of("gamma")] * 20, weights=[1.0, 1.0, 0.5, 0.5])
    z = {one.words: one.z for one in ranked}
    assert z["alpha"] > z["beta"]


def test_every_phrase_has_a_word_of_a_subject() -> None:
    found = phrases_of("Two months between jobs: small business loan, next year? في الشهر القادم")
    assert {"jobs", "business", "small business loan", "months between jobs"} <= found
    assert not {"between", "months", "next year", "year", "two months", "شهر"} & found
    assert phrases_of("ومن الشهر الى السنه") == set()


def test_words_of_everywhere_are_no_suggestion() -> None:
    behind = [phrases_of(f"hund und katze {n % 7}" if n % 3 else "und garten") for n in range(300)]
    common = find_common(behind)
    assert "und" in common
    ranked = [Phrase("und", 9.0, 5, 5), Phrase("und katze", 8.0, 5, 5), Phrase("neu", 7.0, 5, 5)]
    assert names(choose_phrases(ranked, known=(), most=3, common={"und"})) == ["und katze", "neu"]
    assert find_common(behind[:20]) == set()


@given(st.lists(st.text(max_size=60), max_size=12), st.lists(st.text(max_size=60), max_size=12))
def test_any_text_is_compared(inside: list[str], outside: list[str]) -> None:
    ranked = compare_phrases(map(phrases_of, inside), map(phrases_of, outside))
    assert ranked == sorted(ranked, key=lambda one: (-one.z, one.words))
    chosen = choose_phrases(ranked, known=(), most=3)
    assert len(chosen) <= 3
