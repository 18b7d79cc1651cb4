"""Starting points of a first topic: usable, found by a name, and never on a sensitive subject."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.starters import find_starter, list_starters, load_starters, suggest_start
from signals.policy import find_sensitive_topic
from signals.text import fold
from signals.topics import check_phrase


def test_every_starting_point_can_be_taken_as_it_stands() -> None:
    for one in load_starters():
        for phrase in (*one.keywords, *one.exclusions):
            assert check_phrase(phrase), (one.key, phrase)
        for text in (one.name, *one.keywords):
            assert find_sensitive_topic(text) is None, (one.key, text)
        assert len({fold(phrase) for phrase in one.keywords}) == len(one.keywords), one.key


def test_each_is_there_in_both_languages() -> None:
    keys = [one.key for one in list_starters("en")]
    assert keys == [one.key for one in list_starters("ar")]
    assert list_starters("sv") == list_starters("en")
    assert find_starter("nothing", "en") is None


@pytest.mark.parametrize(
    ("name", "language", "among"),
    [
        ("IRA rollover", "en", {"IRA rollover", "rollover", "Roth IRA"}),
        ("mortgages", "en", {"mortgages", "mortgage", "remortgage"}),
        ("التقاعد", "ar", {"التقاعد", "معاش التقاعد"}),
        ("first-time buyer", "en", {"first-time buyer", "home loan"}),
        ("beekeeping", "en", {"beekeeping"}),
    ],
)
def test_a_name_brings_itself_and_its_kind(name: str, language: str, among: set[str]) -> None:
    found = suggest_start(name, language)
    assert among <= set(found)
    assert fold(found[0]) == fold(name)


def test_what_is_known_or_sensitive_is_not_suggested() -> None:
    assert "rollover" not in suggest_start("IRA rollover", "en", known=["Rollover"])
    assert suggest_start("HIV test", "en") == []
    assert suggest_start(" ", "en") == []


@given(st.text(max_size=60), st.sampled_from(["", "en", "ar", "xx"]))
def test_any_name_gets_few_different_and_allowed_ones(name: str, language: str) -> None:
    found = suggest_start(name, language)
    assert len(found) <= 16
    assert len({fold(one) for one in found}) == len(found)
    assert all(find_sensitive_topic(one) is None for one in found)
