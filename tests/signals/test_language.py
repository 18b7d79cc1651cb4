from __future__ import annotations

import pytest

from signals.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I am looking for someone to help with my retirement", "en"),
        ("Which advisor would you recommend for my pension?", "en"),
        ("أبحث عن مستشار للتخطيط للتقاعد", "ar"),
        ("Ich suche einen Berater für meine Altersvorsorge und habe Fragen", "de"),
        ("Je cherche un conseiller pour préparer ma retraite cette année", "fr"),
        ("Busco un asesor para planificar mi jubilación este año", "es"),
    ],
)
def test_the_language_of_a_sentence(text: str, language: str) -> None:
    assert detect([text]) == [language]


@pytest.mark.parametrize("text", ["", "  ", "🙂🙂🙂", "42 !!", "ok", "\x00\x00", "\u0301\u0302"])
def test_too_little_to_say(text: str) -> None:
    assert detect([text]) == [None]


def test_answers_keep_order_and_length() -> None:
    assert detect(["", "what should I do about my pension", "كيف أخطط لتقاعدي"]) == [
        None,
        "en",
        "ar",
    ]


def test_odd_text_is_answered_too() -> None:
    odd = ["z" * 40_000, "ž\u0301\u0302\u0303" * 2000, "ab\x00cdé"]
    assert len(detect(odd)) == len(odd)


def test_an_english_post_with_one_arabic_word_is_english() -> None:
    assert detect(["I would like to know what the word تقاعد means in the contract"]) == ["en"]
