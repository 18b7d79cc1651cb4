"""The first stage: keeps what may matter, drops the rest, changes no score of what it keeps."""

from __future__ import annotations

import numpy as np
import pytest

from signals.scoring.contract import ScorerInput, TopicContext
from signals.scoring.rules import RuleScorer
from signals.scoring.sieve import Cascade, Sieve, fit

VETS = TopicContext("pet care", ("vet", "dog food"))


@pytest.fixture(scope="module")
def sieve() -> Sieve:
    asks = [f"can anyone recommend a vet number {i}" for i in range(40)]
    chats = [f"look at this picture vet {i} lol" for i in range(40)]
    wanted = np.array([1] * 40 + [0] * 40)
    groups = [f"group {i % 8}" for i in range(80)]
    return Sieve(fit([*asks, *chats], wanted, np.ones(80), groups))


def item(text: str, kind: str = "post") -> ScorerInput:
    return ScorerInput(text, None, kind, VETS)


def test_requests_pass_and_posts_without_the_keyword_do_not(sieve: Sieve) -> None:
    kept = sieve.keep(
        [
            item("Can anyone recommend a vet number 7"),
            item("Can anyone recommend a plumber number 7"),
            item("look at this picture lol"),
            item(""),
        ]
    )
    assert kept == [True, False, False, False]


def test_a_keyword_far_down_still_counts(sieve: Sieve) -> None:
    assert sieve.keep([item("can anyone recommend a number " + "good " * 400 + "vet")]) == [True]


def test_the_cascade_keeps_order_and_scores(sieve: Sieve) -> None:
    exact = RuleScorer()
    texts = ["Can anyone recommend a vet number 1", "no", "Can anyone recommend a vet number 2"]
    inputs = [item(text) for text in texts]
    found = Cascade(sieve, exact).score(inputs)
    plain = exact.score(inputs)
    assert found[0] == plain[0]
    assert found[2] == plain[2]
    assert found[1].prospect < 0.02
    assert Cascade(sieve, exact).version == "rules.v1+sieve"


@pytest.mark.parametrize("text", ["😀", "\ud800", "a" * 40_000, "z̷̢̛a̴" * 500, "وين vet"])
def test_odd_text_gets_an_answer(sieve: Sieve, text: str) -> None:
    assert len(sieve.keep([item(text)])) == 1
