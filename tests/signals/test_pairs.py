from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from signals.pairs import learn_pairs

WORDS = ("pension", "annuity", "coupon")
TWINS = {"pension": "تقاعد", "annuity": "معاش", "coupon": "قسيمه"}


def bilingual(rng: random.Random, people: int, *, noise: float = 0.2) -> list[dict[str, set[str]]]:
    """People who write of one of three needs in English and Arabic, with words of every day."""
    found = []
    for _ in range(people):
        word = rng.choice(WORDS)
        twin = rng.choice(list(TWINS.values())) if rng.random() < noise else TWINS[word]
        english = {word, *rng.sample(("please", "advice", "today", "family"), 2)}
        found.append({"en": english, "ar": {twin, *rng.sample(("نصيحه", "عائلتي", "شكرا"), 2)}})
    return found


def test_what_the_same_people_say_in_the_other_language_is_paired() -> None:
    people = bilingual(random.Random(3), 60)
    pairs = {one.keyword: one.phrase for one in learn_pairs(people, WORDS)}
    assert pairs == TWINS


def test_nothing_is_learned_from_few_or_from_people_of_one_language() -> None:
    people = bilingual(random.Random(3), 2)
    assert learn_pairs(people, WORDS) == []
    alone = [{"en": one["en"]} for one in bilingual(random.Random(3), 60)]
    assert learn_pairs(alone, WORDS) == []


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(("en", "ar", "fr")),
            st.sets(st.sampled_from(("a", "b", "c", "d", "e", "f"))),
        ),
        max_size=40,
    ),
    st.sets(st.sampled_from(("a", "b", "c"))),
)
def test_a_keyword_has_one_twin_and_no_twin_is_a_keyword(
    people: list[dict[str, set[str]]], keywords: set[str]
) -> None:
    pairs = learn_pairs(people, keywords)
    assert pairs == learn_pairs(people[::-1], keywords)
    named = [name for one in pairs for name in (one.keyword, one.phrase)]
    assert len(named) == len(set(named))
    assert all(one.keyword in keywords and one.phrase not in keywords for one in pairs)
    assert all(one.people >= 3 for one in pairs)
