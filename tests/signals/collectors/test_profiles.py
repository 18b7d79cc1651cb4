from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signals.collectors.profiles import find_links

PAGE = """<head><link rel="stylesheet" href="/a.css"><link rel="me" href="https://one.example/@ann">
<a href='/about' rel="Me nofollow">about</a> <a href="https://two.example/x?y#z">two</a>
<a href="mailto:ann@example.org" rel=me>mail</a> <a>none</a> <a href="http://[bad">bad</a>
<a href="https://two.example/x?y#z" rel="me">two again</a>"""


def test_links_are_absolute_and_those_of_ones_own_are_marked() -> None:
    found = find_links(PAGE, "https://ann.example/home")
    assert found.links == (
        "https://one.example/@ann", "https://ann.example/about", "https://two.example/x?y#z",
    )  # fmt: skip
    assert found.mine == found.links


def test_a_plain_link_is_nobodys_own() -> None:
    found = find_links('<a href="https://b.example">b</a>', "https://a.example")
    assert found.links == ("https://b.example",)
    assert found.mine == ()


@given(st.text(max_size=200))
def test_any_page_has_an_answer(page: str) -> None:
    find_links(page, "https://a.example")
