from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.text import fold, fold_map, has_arabic

# Ordinary unicode seldom meets the branches: brackets after digits, articles, presentation forms.
TRICKY = st.text(
    alphabet=st.sampled_from(
        "401(k)bالللوفبكتخطيطةىإأٱـًَ  \t\u00a0-_’'«»é\u0301ﷺﻻ１２²ßŉ퇴\ud800\x00"
    )
)


@settings(max_examples=250, deadline=None)
@given(st.one_of(st.text(), TRICKY, st.text(st.characters(categories=["Lo", "Mn", "Cs", "Zs"]))))
def test_the_map_spells_what_fold_spells_and_points_forward_into_the_text(text: str) -> None:
    folded, positions = fold_map(text)
    assert folded == fold(text)
    assert len(positions) == len(folded)
    assert positions == sorted(positions)
    assert all(0 <= position < len(text) for position in positions)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(), TRICKY))
def test_folded_text_has_single_spaces_inside_and_none_around(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split())


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  Long-Term\tCARE\n", "long term care"),
        ("retirement_planning", "retirement planning"),
        ("wide－hyphen＿and underscore", "wide hyphen and underscore"),
        ("Café, naïve Ångström", "cafe, naive angstrom"),
        ("Cafe\u0301", "cafe"),
        ("don’t ‘quote’ me", "don't 'quote' me"),
        ("“said” «she»", '"said" "she"'),
        ("401(k) and 403(B)", "401k and 403b"),
        ("a (k) stays", "a (k) stays"),
        ("Straße ﬁnance", "strasse finance"),
        ("٤٠١ and ４０１", "401 and 401"),
        ("zero\u200bwidth so\u00adft", "zerowidth soft"),
        ("no\xa0break", "no break"),
        ("nul\x00inside", "nul inside"),
        ("lone\ud800surrogate", "lonesurrogate"),
        ("", ""),
    ],
)
def test_spellings_that_mean_the_same(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    "written",
    [
        "التقاعد",
        "للتقاعد",
        "والتقاعد",
        "بالتقاعد",
        "كالتقاعد",
        "فبالتقاعد",
        "التَّقَاعُد",
        "التقـــاعد",
        "ﺍﻟﺘﻘﺎﻋﺪ",
        "تقاعد",
    ],
)
def test_arabic_articles_prefixes_marks_and_forms_fold_to_the_bare_word(written: str) -> None:
    assert fold(written) == "تقاعد"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("أحمد إلى آخر ٱسم", "احمد الي اخر اسم"),
        ("خطة مستوى", "خطه مستوي"),
        ("ﻓـ", "ف"),
        ("\ufe77", ""),  # a shaped tatweel with a mark
        ("الله", "الله"),  # two letters would be left
        ("المال", "مال"),  # three are
    ],
)
def test_arabic_letters(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_a_word_that_only_contains_the_article_keeps_it() -> None:
    assert fold("حالات") == "حالات"


def test_korean_syllables_stay_whole() -> None:
    assert fold("은퇴를") == "은퇴를"


def test_arabic_is_told_by_its_letters() -> None:
    assert has_arabic("plan التقاعد")
    assert not has_arabic("plan ١٢٣ ،")
