"""Queries of X: within the length, asking for every keyword, never for less than the topic."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from signals.collectors.x.query import MAX_LENGTH, Search, build_searches

_TAIL = " -is:retweet"
_QUOTED = re.compile(r'"[^"]*"')

phrases = st.lists(
    st.text(st.sampled_from('ab é"\\:-()#@$😀معاش\n'), max_size=40)
    | st.text(max_size=600)
    | st.sampled_from(["OR", "and", "from:me", "-is:retweet", "lang:en", "401(k)", "#ira", "$VT"]),
    max_size=60,
)


def only(keywords: list[str], **rest: list[str]) -> str:
    (search,) = build_searches(keywords, rest.get("exclusions", []), rest.get("languages", []))
    return search.text


class TestBuildSearches:
    def test_a_word_stands_plain_and_a_phrase_in_quotes(self) -> None:
        assert only(["pension"]) == "pension -is:retweet"
        assert only(["pension plan", "IRA"]) == '("pension plan" OR IRA) -is:retweet'

    def test_tags_mentions_and_cashtags_are_operators_of_their_own(self) -> None:
        assert only(["#ira", "@help", "$VT"]) == "(#ira OR @help OR $VT) -is:retweet"

    def test_what_looks_like_an_operator_is_quoted(self) -> None:
        found = only(["OR", "from:me", "-is:retweet", "401(k)"])
        assert found == '("OR" OR "from:me" OR "-is:retweet" OR "401(k)") -is:retweet'

    def test_exclusions_and_languages_narrow_it(self) -> None:
        found = only(["pension"], exclusions=["free trial"], languages=["en", "ar"])
        assert found == 'pension -is:retweet (lang:en OR lang:ar) -"free trial"'

    def test_a_language_x_calls_otherwise_drops_the_clause(self) -> None:
        assert only(["pension"], languages=["en", "he"]) == "pension -is:retweet"

    def test_a_topic_is_split_over_several_queries(self) -> None:
        keywords = [f"retirement question {number}" for number in range(60)]
        searches = build_searches(keywords)
        assert len(searches) > 1
        assert [k for search in searches for k in search.keywords] == keywords
        assert all(len(search.text) <= MAX_LENGTH for search in searches)

    def test_a_phrase_too_long_is_asked_for_by_its_first_words(self) -> None:
        (search,) = build_searches([" ".join(["retirement"] * 100)])
        assert search.text.startswith('"retirement retirement')
        assert len(search.text) <= MAX_LENGTH

    def test_another_wording_is_another_query(self) -> None:
        assert Search("a", ()).key != Search("b", ()).key

    @given(phrases, phrases)
    def test_every_query_is_valid_and_every_keyword_is_asked_for(
        self, keywords: list[str], exclusions: list[str]
    ) -> None:
        searches = build_searches(keywords, exclusions, ["en"])
        asked = {keyword for search in searches for keyword in search.keywords}
        terms = "".join(search.text.partition(_TAIL)[0] for search in searches).casefold()
        for search in searches:
            assert len(search.text) <= MAX_LENGTH
            assert search.text.count('"') % 2 == 0
            bare = _QUOTED.sub("q", search.text)
            assert bare.count("(") == bare.count(")")
            assert "\n" not in search.text
            head, tail, _ = search.text.partition(_TAIL)
            assert tail
            # A standalone operator stands in front of those that need one.
            assert head
            assert not head.startswith(("-", "lang:", "is:"))
        for keyword in keywords:
            words = " ".join(keyword.replace('"', " ").replace("\\", " ").split())
            assert not words or keyword in asked or words[:20].casefold() in terms
