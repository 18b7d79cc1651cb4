"""Names of communities in one word: what they hide is found, what only looks like it is not."""

from __future__ import annotations

import pytest

from signals.policy import Subject, find_sensitive_topic, spread_place


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("r/debtfree", Subject.NEGATIVE_FINANCE),
        ("r/DebtFree", Subject.NEGATIVE_FINANCE),
        ("mastodon:#bankruptcysupport", Subject.NEGATIVE_FINANCE),
        ("https://www.reddit.com/r/povertyfinance/", Subject.NEGATIVE_FINANCE),
        ("r/christianmarriage", Subject.RELIGION),
        ("exmuslim", Subject.RELIGION),
        ("r/askgaybros", Subject.SEXUALITY),
        ("r/cancerfighters", Subject.HEALTH),
        ("r/breastcancersupport", Subject.HEALTH),
        ("r/type1diabetes", Subject.HEALTH),
        ("r/mentalhealth", Subject.HEALTH),
        ("r/socialanxiety", Subject.HEALTH),
        ("r/blackhomeowners", Subject.ETHNICITY),
        ("r/teenfinance", Subject.MINORS),
    ],
)
def test_a_name_in_one_word_is_taken_apart(name: str, subject: Subject) -> None:
    assert find_sensitive_topic(spread_place(name)) is subject


@pytest.mark.parametrize(
    "name",
    [
        "r/depthfree", "r/retirement", "r/retirementplanning", "r/financialindependence",
        "r/therapists", "r/personalfinance", "r/debtfunds", "r/jewelry", "r/blackjack",
        "r/transportation", "r/dancers", "r/grapes", "r/studentloans", "r/homeownersuk",
        "https://news.example/feed.xml", "mastodon:#التقاعد",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_left_whole(name: str) -> None:
    assert find_sensitive_topic(spread_place(name)) is None
