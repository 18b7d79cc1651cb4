"""Forms and slips of words, and which of them the index knows, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import ArchivedPost
from models.database import Database
from signals.archive import index_new
from signals.search import find_words
from signals.spellings import find_forms, find_slips, spread_clitics
from signals.text import fold
from signals.written import find_written


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("retire", "retirement"), ("retire", "retiring"), ("retirement", "retired"),
        ("retirement", "retirees"), ("annuity", "annuities"), ("planning", "plans"),
        ("plan", "planner"), ("invest", "investors"), ("mortgages", "mortgage"),
        ("تقاعد", "تقاعدهم"), ("شقه", "شقتي"), ("شقتها", "شقه"), ("استشارات", "استشاره"),
    ],
)  # fmt: skip
def test_forms_of_a_word_are_made(word: str, form: str) -> None:
    assert form in find_forms(word)


@pytest.mark.parametrize(
    ("word", "other"),
    [("career", "care"), ("pension", "pens"), ("plan", "planes"), ("ira", "iras")],
)
def test_other_words_are_no_forms(word: str, other: str) -> None:
    assert other not in find_forms(word)


def test_slips_keep_the_first_letter_and_two_are_for_long_words() -> None:
    assert {"pensoin", "penson", "penssion", "pensaon"} <= find_slips("pension")
    assert "tension" not in find_slips("pension")
    assert "retirment" in find_slips("retirement")
    assert "accomodaton" in find_slips("accommodation")
    assert "تفاعد" in find_slips("تقاعد")
    assert find_slips("loan") == set()
    assert find_slips("a" * 119) == find_forms("a" * 119) == set()


@settings(max_examples=30)
@given(st.text(max_size=14))
def test_any_word_has_forms_and_slips_that_are_words(written: str) -> None:
    for word in fold(written).split():
        made = find_forms(word) | find_slips(word)
        assert word not in made
        assert all(one.isalpha() for one in made)
        assert made <= {*spread_clitics(made).values()}


def test_every_word_of_every_kept_post_counts(db: Database, now: datetime) -> None:
    texts = [
        *(f"my pension and a pensioner, post {n}" for n in range(900)),
        *(f"my passion, post {n}" for n in range(90)),
        "the last of them: pensoin", "two pensions", "another pensioned man", "pensoins galore",
        "أبحث عن نصيحة في تقاعدي", "وتقاعدهم قريب", "early retierment plans",
        "early retirment plans", "a retirment home",
    ]  # fmt: skip
    with db.write() as session:
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", text=text,
                language=None, occurred_at=now - timedelta(minutes=n),
            )
            for n, text in enumerate(texts)
        )  # fmt: skip
    with db.write() as session:
        index_new(session, limit=2000)
    since = now - timedelta(days=7)
    with db.read() as session:
        found = find_words(session, ["pension", "pensoin", "pensions", "pens"], since=since)
        assert found == {"pension", "pensoin", "pensions"}
        assert find_words(session, ["pensoin"], since=now) == set()
        written = dict(find_written(session, ["pension", "تقاعد", "early retirement"], since=since))
    assert written == {
        "pensioner": "pension", "pensions": "pension", "pensioned": "pension",
        "pensoin": "pension", "تقاعدي": "تقاعد", "تقاعدهم": "تقاعد",
        "early retirment": "early retirement", "early retierment": "early retirement",
    }  # fmt: skip
