from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from config.errors import Refused
from signals.text import fold
from signals.topics import Hit, Matcher, TopicPhrases, check_phrase

KEYWORDS = {
    1: (
        (1, "retirement planning"),
        (2, "401(k)"),
        (3, "pension"),
        (4, "can't retire"),
        (5, "roth ira"),
    ),
    2: ((6, "التخطيط للتقاعد"), (7, "صندوق")),
    3: ((8, "退休"), (9, "은퇴"), (10, "年金")),
}


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(TopicPhrases(topic, keywords) for topic, keywords in KEYWORDS.items())


def found(matcher: Matcher, text: str) -> list[tuple[int, str]]:
    return [(hit.keyword_id, text[hit.start : hit.end]) for hit in matcher.match_one(text)]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("I need retirement planning help", [(1, "retirement planning")]),
        ("RETIREMENT-PLANNING!", [(1, "RETIREMENT-PLANNING")]),
        ("retirement\n\nplanning", [(1, "retirement\n\nplanning")]),
        ("retirement planning's cost", [(1, "retirement planning")]),
        ("(retirement planning)", [(1, "retirement planning")]),
        ("“Retirement planning”", [(1, "Retirement planning")]),
        ("retirement planning.Any advice?", [(1, "retirement planning")]),
        ("~retirement planning~ <b>pension</b>", [(1, "retirement planning"), (3, "pension")]),
        ("pension+roth ira", [(3, "pension"), (5, "roth ira")]),
        ("[pension](https://example.org)", [(3, "pension")]),
        ("🙂pension🙂", [(3, "pension")]),
        ("pénsion", [(3, "pénsion")]),
        ("my 401(k), his 401k, her 401(K)", [(2, "401(k)"), (2, "401k"), (2, "401(K)")]),
        ("I can’t retire", [(4, "can’t retire")]),
        ("I can't retire", [(4, "can't retire")]),
    ],
)
def test_a_phrase_is_found_in_whatever_people_write_around_it(
    matcher: Matcher, text: str, hits: list[tuple[int, str]]
) -> None:
    assert found(matcher, text) == hits


@pytest.mark.parametrize(
    "text",
    [
        "suspension of pensions",
        "4401k 401ks",
        "retirement and planning",
        "retirement planningx",
        "https://example.com/retirement-planning",
        "www.pension.com",
        "ask info@pension.com or @pension",
        "",
    ],
)
def test_a_part_of_a_word_an_address_or_a_name_is_no_hit(matcher: Matcher, text: str) -> None:
    assert found(matcher, text) == []


@pytest.mark.parametrize(
    "hashtag",
    [
        "#retirementplanning",
        "#RetirementPlanning",
        "#retirement_planning",
        "#Retirement-Planning",
    ],
)
def test_hashtags(matcher: Matcher, hashtag: str) -> None:
    assert found(matcher, f"so {hashtag}, yes") == [(1, hashtag[1:])]


@pytest.mark.parametrize(
    "written",
    [
        "للتخطيط للتقاعد",
        "التخطيط للتقاعد",
        "تخطيط للتقاعد",
        "والتخطيط للتقاعد",
        "بالتخطيط والتقاعد",
        "ولتخطيط وبتقاعد",
        "التَّخطيط للتقـــاعد",
        "التخطيط_للتقاعد",
    ],
)
def test_arabic_forms_and_prefixes(matcher: Matcher, written: str) -> None:
    text = f"أبحث عن {written}؟"
    assert found(matcher, text) == [(6, written)]
    assert found(matcher, f"#{written}") == [(6, written)]


def test_an_arabic_word_with_an_ending_is_another_word(matcher: Matcher) -> None:
    assert found(matcher, "صندوقنا مختلف") == []
    assert found(matcher, "وصندوق، لصندوق") == [(7, "وصندوق"), (7, "لصندوق")]


def test_scripts_without_spaces_match_inside_a_run(matcher: Matcher) -> None:
    assert found(matcher, "我想退休了，年金呢") == [(8, "退休"), (10, "年金")]
    assert found(matcher, "은퇴를 준비") == [(9, "은퇴")]


def test_a_korean_syllable_is_not_found_inside_another() -> None:
    matcher = Matcher([TopicPhrases(1, ((1, "은퇴"),))])
    assert found(matcher, "은퇸") == []


def test_one_pass_answers_for_many_topics() -> None:
    topics = [
        TopicPhrases(n, ((n, f"subject number {n}x"), (n + 500, "pension"))) for n in range(200)
    ]
    hits = Matcher(topics).match_one("my pension, and subject number 7x, subject number 70")
    assert [h.topic_id for h in hits if h.keyword_id >= 500] == list(range(200))
    assert [h.keyword_id for h in hits if h.keyword_id < 500] == [7]


def test_an_exclusion_takes_out_its_own_topic_alone() -> None:
    matcher = Matcher(
        [
            TopicPhrases(1, ((1, "pension"),), ((2, "pension fund news"), (3, "hiring"))),
            TopicPhrases(2, ((4, "pension"),)),
        ]
    )
    assert [hit.topic_id for hit in matcher.match_one("my pension")] == [1, 2]
    assert [hit.topic_id for hit in matcher.match_one("Pension fund news!")] == [2]
    assert [hit.topic_id for hit in matcher.match_one("pension, we're #hiring")] == [2]
    assert [hit.topic_id for hit in matcher.match_one("pension and rehiring")] == [1, 2]


def test_nothing_to_find_finds_nothing() -> None:
    matcher = Matcher([])
    assert not matcher.knows_anything
    assert list(matcher.match(["pension", ""])) == [(), ()]


def test_hits_come_in_order_of_place(matcher: Matcher) -> None:
    text = "pension, then roth ira; retirement planning. Pension"
    starts = [hit.start for hit in matcher.match_one(text)]
    assert starts == sorted(starts)
    assert len(starts) == 4


ODD = [
    "",
    " ",
    "🙂" * 500,
    "pension " * 5000,
    "x" * 40_000,
    "x" * 39_000 + ",pension," + "x" * 1000,
    "p\u0301\u0302\u0303e\u0301n\u0300sion " + "z\u0334\u0335\u0336" * 3000,
    "\x00pension\x00",
    "\ud800pension\udfff",
    "pension\u202e\u200f",
    "ﷺ pension ﷺ",
    "\u0301",
    "x" * 1_100_000 + ",pension," + "x" * 10,  # spaCy refuses over a million characters
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_text_never_raises_and_places_stay_inside(matcher: Matcher, text: str) -> None:
    hits = matcher.match_one(text)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    expected = fold(text).count("pension") if "p" in text else 0
    assert len(hits) == expected


AROUND = st.text(
    alphabet=st.sampled_from("abz 19.,;!?()\"'«»“”-_—#*~🙂é\u0301ﷺاب، \n\t\xa0"), max_size=25
)
BOUNDARY = st.sampled_from(
    [" ", "\n", ", ", "(", ")", "“", "!", "? ", "…", "🙂", "#", ";", "*", "=", "|"]
)
PHRASES = st.sampled_from(
    [(1, "Retirement-Planning"), (2, "401(k)"), (3, "Pensión"), (5, "roth\xa0ira"), (7, "والصُّندوق")]
)


@settings(max_examples=150, deadline=None)
@given(AROUND, BOUNDARY, PHRASES, BOUNDARY, AROUND)
def test_a_phrase_in_any_surroundings_is_found_at_its_place(
    before: str, left: str, phrase: tuple[int, str], right: str, after: str
) -> None:
    matcher = EMBEDDED
    text = f"{before}{left}{phrase[1]}{right}{after}"
    start = len(before) + len(left)
    hits = matcher.match_one(text)
    mine = [hit for hit in hits if hit.keyword_id == phrase[0] and hit.start <= start < hit.end]
    assert len(mine) == 1
    assert mine[0].start == start
    assert text[mine[0].start : mine[0].end].rstrip("\u0301") == phrase[1]


EMBEDDED = Matcher(TopicPhrases(topic, keywords) for topic, keywords in KEYWORDS.items())

SMALL = st.text(alphabet=st.sampled_from("ab  ,.!-é"), max_size=14)


def slowly(phrases: list[str], text: str) -> set[tuple[int, str]]:
    """What matching means, one phrase after the other: whole words of the folded text."""
    folded = fold(text)
    return {
        (number, phrase)
        for number, phrase in enumerate(phrases)
        for spelling in {
            fold(phrase),
            fold(phrase).replace(" ", "") if len(phrase) > 8 else fold(phrase),
        }
        if re.search(rf"(?<![^\W_]){re.escape(spelling)}(?![^\W_])", folded)
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        SMALL.filter(lambda p: sum(map(str.isalnum, p)) > 1), min_size=1, max_size=4, unique=True
    ),
    st.lists(SMALL, max_size=5),
)
def test_answers_equal_those_of_a_slow_matcher(phrases: list[str], texts: list[str]) -> None:
    matcher = Matcher([TopicPhrases(n, ((n, phrase),)) for n, phrase in enumerate(phrases)])
    for text in (*texts, *phrases, "b ".join(phrases)):
        hits = matcher.match_one(text)
        assert {(hit.topic_id, phrases[hit.keyword_id]) for hit in hits} == slowly(phrases, text)
        for hit in hits:
            spelled = fold(text[hit.start : hit.end])
            assert fold(phrases[hit.keyword_id]).replace(" ", "") in spelled.replace(" ", "")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_is_answered(text: str) -> None:
    assume(text)
    hits = EMBEDDED.match_one(f"{text} pension {text}")
    assert 3 in {hit.keyword_id for hit in hits}


_PIECES = st.sampled_from(
    ["pension", "annuity", "تقاعد", "@", ".com", ".", ",", "://", "http", "www.", "/", "-", "_",
     ":", " ", "x", "7", "(", ")", "?", "#", "!", "me@", "example", ".co", ".uk", "…", "'s"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, min_size=1, max_size=14).map("".join))
def test_what_is_decided_without_the_tokeniser_is_what_it_would_say(text: str) -> None:
    text = f"{text}pension{text[::-1]} {text}"
    decided = EMBEDDED.match_one(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("signals.topics._MAY_HOLD_ADDRESS", re.compile(""))
        assert EMBEDDED.match_one(text) == decided


def test_the_tokenisers_vocabulary_does_not_grow_with_strangers_words(matcher: Matcher) -> None:
    matcher.match_one("a@example.org,pension!")
    language, _ = matcher._languages[False]
    before = len(language.vocab.strings)
    for number in range(300):
        matcher.match_one(f"word{number}qz@example.org,pension!")
    assert len(language.vocab.strings) == before


@pytest.mark.parametrize("phrase", ["", " ", "a", "!!", "C#", "x" * 121, "ـ"])
def test_a_phrase_that_cannot_be_used_is_refused(phrase: str) -> None:
    with pytest.raises(Refused):
        check_phrase(phrase)


def test_a_hit_is_a_plain_value() -> None:
    matcher = Matcher([TopicPhrases(1, ((5, "pension"),))])
    assert matcher.match_one("a pension") == (Hit(1, 5, 2, 9),)
