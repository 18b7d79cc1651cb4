"""HTML as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.collectors.markup import to_text


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>Hi &amp; bye<br>two</p><p>&lt;b&gt;</p>", "Hi & bye\ntwo\n\n<b>"),
        ("a &#x27;b&#x27; <p>c <i>d</i>", "a 'b'\n\nc d"),
        ("plain 3 < 4 &amp; 5", "plain 3 < 4 & 5"),
        ("<script>x()</script>seen<style>p{}</style>", "seen"),
        ("<p>I <3 it</p>", "I <3 it"),
        ("<ul><li>one</li><li>two</li></ul>", "one\n\ntwo".replace("\n\n", "\n")),
        ('<img src="x" alt="a chart">', "a chart"),
        ("<blockquote class='q'><p>theirs</p></blockquote><p>mine</p>", "mine"),
        ("<aside class='q'><div>open<p>still</aside>mine", "mine"),
        ("", ""),
    ],
)
def test_words_of_markup(markup: str, words: str) -> None:
    assert to_text(markup, skip_classes=frozenset({"q"})) == words


@given(st.text())
def test_it_never_raises_and_leaves_no_edges(markup: str) -> None:
    assert to_text(markup) == to_text(markup).strip()


def test_deep_nesting_is_read() -> None:
    assert to_text("<div>" * 20_000 + "deep" + "</div>" * 20_000) == "deep"
