from __future__ import annotations

from app.web.outside import calm_name, calm_parts, calm_words, read_link, shorten
from signals.quoting import Passage


class TestPassages:
    def test_neighbouring_marks_become_one(self) -> None:
        passage = Passage("Is it mine, my pension?", ((12, 14), (15, 22)))
        assert calm_parts(passage) == [("Is it mine, ", False), ("my pension", True), ("?", False)]

    def test_marks_with_words_between_stay_apart(self) -> None:
        passage = Passage("my own pension", ((0, 2), (7, 14)))
        assert calm_parts(passage) == [("my", True), (" own ", False), ("pension", True)]

    def test_a_row_shows_the_sentence_that_matters(self) -> None:
        lead = "I have read what everybody writes about it for weeks and am none the wiser. " * 2
        start = len(lead) + len("Which ")
        passage = Passage(lead + "Which IRA do I choose?", ((start, start + 3),), cut_after=True)
        short = shorten(passage)
        assert short.text.endswith("Which IRA do I choose?")
        assert len(short.text) <= 110
        assert short.cut_before
        assert short.cut_after


class TestText:
    def test_what_turns_or_hides_is_taken_out(self) -> None:
        assert calm_words("a\u202eb\u2067c\u200bd\x00e\nf") == "abcde\nf"
        assert calm_name("@x\u202e\u200f\n\u200dy ") == "@xy"
        assert calm_name("\u200b") == "?"

    def test_joiners_stay_in_words(self) -> None:
        assert calm_words("می\u200cخواهم 👩\u200d💻") == "می\u200cخواهم 👩\u200d💻"

    def test_long_names_are_cut(self) -> None:
        assert len(calm_name("x" * 500)) == 80


class TestLinks:
    def test_the_host_is_what_a_reader_checks(self) -> None:
        link = read_link("https://www.reddit.com/r/x/1")
        assert link is not None
        assert link.host == "reddit.com"

    def test_names_in_other_scripts_are_spelled_out(self) -> None:
        link = read_link("https://аррӏе.com/")
        assert link is not None
        assert link.host.startswith("xn--")
