from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Refused
from prospects.place import find_place, list_countries, read_places


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("I live in Germany and need a pension plan", "DE"),
        ("We're based in the UK, which bank?", "GB"),
        ("moving to the United States next year", "US"),
        ("I'm in Saudi Arabia, any advice?", "SA"),
        ("أعيش في الأردن وأبحث عن مستشار", "JO"),
        ("أنا مقيم في الإمارات", "AE"),
        ("أسكن في السعودية", "SA"),
        ("Germany has good bread", None),
        ("my uncle Chad is in debt", None),
        ("I live in Georgia", None),
        ("I believe in Germanys", None),
        ("", None),
    ],
)
def test_a_place_is_known_only_where_it_is_said(text: str, place: str | None) -> None:
    assert find_place(text) == place


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    assert find_place(text) is None or len(find_place(text) or "") == 2


def test_places_are_read_by_code_and_by_name_in_either_language() -> None:
    typed = ["ae", "the United States", "الإمارات", " مصر", "uk", "AE"]
    assert read_places(typed) == ["AE", "US", "EG", "GB"]
    assert read_places(list_countries()) == list_countries()


@pytest.mark.parametrize("typed", ["", "Atlantis", "EU", "A", "x" * 500, "\x00"])
def test_what_is_no_country_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="no country"):
        read_places([typed])
