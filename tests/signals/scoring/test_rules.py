"""The rule scorer: what it hears, where, and that it never falls over."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.scoring.contract import Intent, ScorerInput, TopicContext
from signals.scoring.cues import CODES, MAX_CHARACTERS, read
from signals.scoring.rules import RuleScorer

BIKES = TopicContext("bicycles", ("road bike", "commuter bike"))
ODD = [
    "",
    "   \n\n ",
    "😀😀🚲",
    "a" * 40_000,
    "why? " * 8_000,
    "z̷̢̛a̴l̶g̸o̵" * 200,
    "\u202e\u200f\u2066",
    "https://example.org/a?b=c",
    "```\nwhich bike should I buy?\n```",
    "> which bike should I buy?",
    "وين ألقى دراجة؟ which دراجة",
    "\ud800 broken surrogate",
    "\x00\x01\x02",
]


def score(text: str, topic: TopicContext = BIKES, kind: str = "post") -> object:
    return RuleScorer().score([ScorerInput(text, None, kind, topic)])[0]


def test_a_request_stands_above_a_boast_and_an_offer() -> None:
    texts = [
        "Which road bike should I buy?\nMy commute is 12 km and my budget is 600.",
        "My new road bike arrived, look at it!",
        "Road bike for sale, 400 shipped, DM me",
    ]
    asks, boasts, sells = RuleScorer().score(
        [ScorerInput(text, "en", "post", BIKES) for text in texts]
    )
    assert asks.prospect > 0.5 > boasts.prospect
    assert asks.prospect > sells.prospect
    assert asks.strongest[0] is Intent.SEEKING
    assert sells.intents[Intent.SELLER] > asks.intents[Intent.SELLER]


def test_reasons_name_the_authors_own_words_and_their_place() -> None:
    text = "Thinking of switching…\nWhich one should I get, a Roth or a 401(k)?"
    found = RuleScorer().score(
        [ScorerInput(text, "en", "post", TopicContext("retirement", ("401k",)))]
    )[0]
    placed = {reason.code: reason for reason in found.reasons if reason.start >= 0}
    assert (
        placed["cue.asks_which"].phrase == "Which one should I"[:9]
        or "which" in placed["cue.asks_which"].phrase.lower()
    )
    for reason in placed.values():
        assert text[reason.start : reason.end] == reason.phrase


def test_a_quoted_question_is_not_the_authors() -> None:
    quoted = score("> Which road bike should I buy?\nNo idea, I drive.")
    own = score("Which road bike should I buy?\nNo idea, I drive.")
    assert quoted.prospect < own.prospect  # type: ignore[attr-defined]  # object keeps tests short


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("He asked me “which road bike should I buy?” and I drive a car.", False),
        ("سألني «أي طبيب أسنان تنصح؟» ولم أعرف.", False),
        ('"any recs for a road bike?"', True),  # nothing but a quotation: who wrote it may mean it
        ("I am 5'6\", which road bike?", True),  # marks that do not pair
        ('The "Kona" or the "Surly", which one?', True),
        ('My wife said "why?" but which road bike should I buy?', True),
    ],
)
def test_a_question_within_quotation_marks_is_not_the_authors(text: str, asks: bool) -> None:
    reading = read(text)
    assert any(asking for _, _, asking in reading.sentences) == asks
    for hit in reading.hits:  # what is blanked out moves nothing else
        phrase, start, end = reading.locate(hit.start, hit.end)
        assert text[start:end] == phrase


def test_part_of_a_word_is_not_the_keyword() -> None:
    pension = TopicContext("retirement", ("pension",))
    inside = score("Which suspension should I buy for my bike?", pension)
    whole = score("Which pension should I choose?", pension)
    assert inside.relevance < 0.2 < whole.relevance  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize(
    "text", ["أي دراجة أشتري؟ محتاج نصيحتكم", "بدور على دراجة رخيصة، مين يعرف محل؟"]
)
def test_arabic_requests_are_heard(text: str) -> None:
    topic = TopicContext("دراجات", ("دراجة",))
    asks = score(text, topic)
    chats = score("صباح الخير، الدراجة جميلة", topic)
    assert asks.prospect > chats.prospect  # type: ignore[attr-defined]  # as above


def test_a_like_is_a_modest_interest() -> None:
    text = "Which road bike should I buy?"
    liked, posted = score(text, kind="like"), score(text)
    assert liked.prospect < posted.prospect  # type: ignore[attr-defined]  # as above
    assert liked.intents[Intent.SEEKING] < 0.2  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize(
    "topic", [BIKES, TopicContext(""), TopicContext("", ("",)), TopicContext("🚲")]
)
def test_odd_input_gets_an_ordinary_score(text: str, topic: TopicContext) -> None:
    found = RuleScorer().score([ScorerInput(text, None, "post", topic)])[0]
    assert 0 <= found.prospect <= 1
    assert 0 <= found.relevance <= 1
    assert set(found.intents) == set(Intent)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["post", "like", "comment"]))
def test_contributions_add_up_and_places_are_true(text: str, kind: str) -> None:
    found = RuleScorer().score([ScorerInput(text, None, kind, BIKES)])[0]
    logit = math.fsum(reason.log_odds for reason in found.reasons)
    assert found.prospect == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-9)
    for reason in found.reasons:
        assert reason.code in CODES
        if reason.start >= 0:
            assert text[reason.start : reason.end] == reason.phrase


def test_every_code_says_what_it_means_in_few_words() -> None:
    for code, sentence in CODES.items():
        assert 0 < len(sentence) < 80, code
        assert not sentence.endswith(("!", ".")), code


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    long = "lorem ipsum which one should I buy " * 1_200
    reading = read(long)
    assert len(reading.folded) <= MAX_CHARACTERS
    assert reading.hits == read(long[:MAX_CHARACTERS]).hits
