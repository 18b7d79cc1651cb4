from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from signals.collectors.contract import Author, Engagement, Flag, Kind
from signals.policy import Subject, find_refusal, find_sensitive


def post(text: str | None, *flags: Flag) -> Engagement:
    return Engagement(
        "x", "1", Kind.POST, Author("a"), text, None, datetime(2026, 11, 1, tzinfo=UTC),
        flags=frozenset(flags),
    )  # fmt: skip


@pytest.mark.parametrize(
    "flag",
    [Flag.BOT, Flag.NO_INDEX, Flag.NO_BOT, Flag.NO_UNAUTHENTICATED, Flag.PROTECTED],
)
def test_whoever_asks_to_be_left_alone_is(flag: Flag) -> None:
    assert find_refusal(post("retirement planning?", flag)) == f"opt-out:{flag}"


@pytest.mark.parametrize(
    ("about", "refusal"),
    [
        ("Gardener. #nobot #noindex", "opt-out:nobot"),
        ("#NoIndex please", "opt-out:noindex"),
        ("#nobots", "opt-out:nobots"),
        ("I build a #nobotnet", None),
        ("a nobot and no index fund", None),
        (None, None),
    ],
)
def test_words_in_a_profile_ask_on_every_network(about: str | None, refusal: str | None) -> None:
    one = post("retirement planning?")
    assert find_refusal(replace(one, author=Author("a", description=about))) == refusal


def test_what_a_network_calls_sensitive_is_refused() -> None:
    assert find_refusal(post("retirement planning?", Flag.SENSITIVE)) == "sensitive:flagged"


def test_an_opt_out_goes_before_the_subject() -> None:
    assert find_refusal(post("was diagnosed with flu", Flag.BOT)) == "opt-out:bot"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("I was just Diagnosed  with MS, retirement planning?", Subject.HEALTH),
        ("my father’s Alzheimer’s and his pension", Subject.HEALTH),
        ("شخصوني بالسكري وأحتاج خطة", Subject.HEALTH),
        ("عندي اكتئاب شديد", Subject.HEALTH),
        ("we are drowning in debt", Subject.NEGATIVE_FINANCE),
        ("filed chapter 7, what about my 401(k)?", Subject.NEGATIVE_FINANCE),
        ("can’t pay my mortgage", Subject.NEGATIVE_FINANCE),
        ("أنا مديون للبنك", Subject.NEGATIVE_FINANCE),
        ("فقدت وظيفتي أمس", Subject.NEGATIVE_FINANCE),
        ("I voted for him", Subject.POLITICS),
        ("حزب سياسي جديد", Subject.POLITICS),
        ("as a Muslim I want a halal pension", Subject.RELIGION),
        ("I'm gay and planning to retire", Subject.SEXUALITY),
        ("as a Black woman in finance", Subject.ETHNICITY),
        ("after I got arrested", Subject.CRIME),
        ("كان في السجن", Subject.CRIME),
        ("I'm 15 and want to save", Subject.MINORS),
        ("i am 17 years old", Subject.MINORS),
        ("(16F) asking", Subject.MINORS),
        ("عمري 16 وأريد الادخار", Subject.MINORS),
    ],
)
def test_sensitive_subjects(text: str, subject: Subject) -> None:
    assert find_sensitive(text) is subject
    assert find_refusal(post(text)) == f"sensitive:{subject}"


@pytest.mark.parametrize(
    "text",
    [
        "my retirement planning",
        "when can I claim social security?",
        "who to ask about a pension",
        "I'm 15 years from retirement",
        "i am 13 months away from my pension",
        "I'm 15% in bonds",
        "a $15M portfolio",
        "I'm 55 and ready",
        "I'm 150 lbs",
        "my churchyard view",  # a word that only begins like one of the list
        "indebtedness ratio of funds",
        "chapter 70 of the guide",
        "التخطيط للتقاعد في السعودية",
        "أبحث عن صندوق تقاعد",
        "",
        "🙂",
        "\ud800\x00",
    ],
)
def test_near_misses_are_kept(text: str) -> None:
    assert find_sensitive(text) is None
    assert find_refusal(post(text)) is None


@pytest.mark.parametrize(
    ("community", "refusal"),
    [
        ("r/bankruptcysupport", "sensitive:negative_finance"), ("r/depression", "sensitive:health"),
        ("r/teenagers", "sensitive:minors"), ("r/personalfinance", None), ("r/depthfree", None),
        ("forum.example", None), (None, None),
    ],
)  # fmt: skip
def test_the_place_tells_what_the_words_do_not(community: str | None, refusal: str | None) -> None:
    assert find_refusal(replace(post("which pension?"), community=community)) == refusal


def test_a_like_without_words_is_judged_by_flags_alone() -> None:
    assert find_refusal(post(None)) is None
    assert find_refusal(post(None, Flag.PROTECTED)) == "opt-out:protected"
