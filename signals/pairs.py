"""Phrases of two languages that say the same, learned from people who write in both. Pure.

Who writes of a need in two languages uses both words for it. A phrase of the other language is
taken for a keyword's twin if more of the keyword's people use it than chance would bring, and no
other keyword's people do so more surely.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_FEWEST: Final = 3  # people who use both
_LEAST_Z: Final = 2.0

#: What one person wrote: the phrases of their posts by language.
Written = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """``phrase`` says in another language what ``keyword`` says; so many people use both."""

    keyword: str
    phrase: str
    people: int
    z: float


def learn_pairs(people: Sequence[Written], keywords: Collection[str]) -> list[Pair]:
    """Twins of folded keywords, surest first; a keyword has one at most, and a phrase too."""
    both = [one for one in people if sum(bool(of) for of in one.values()) > 1]
    uses: Counter[str] = Counter()
    holds: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    for written in both:
        own = {
            (keyword, language)
            for language, phrases in written.items()
            for keyword in keywords
            if keyword in phrases
        }
        uses.update({keyword for keyword, _ in own})
        holds.update({phrase for phrases in written.values() for phrase in phrases})
        together.update(
            {
                (keyword, phrase)
                for keyword, language in own
                for other, phrases in written.items()
                if other != language
                for phrase in phrases
                if phrase not in keywords
            }
        )
    pairs = [
        Pair(keyword, phrase, count, _surety(count, uses[keyword], holds[phrase], len(both)))
        for (keyword, phrase), count in together.items()
        if count >= _FEWEST
    ]
    pairs.sort(key=lambda one: (-one.z, len(one.phrase), one.keyword, one.phrase))
    chosen: list[Pair] = []
    taken: set[str] = set()
    for one in pairs:
        if one.z >= _LEAST_Z and not {one.keyword, one.phrase} & taken:
            taken |= {one.keyword, one.phrase}
            chosen.append(one)
    return chosen


def _surety(together: int, left: int, right: int, people: int) -> float:
    """By how many standard errors more people use both than if either were used by chance."""
    expected = left * right / people
    spread = expected * (1 - left / people) * (1 - right / people)
    # a little is added: where nobody uses one without the other there is no spread at all
    return (together - expected) / math.sqrt(spread + 0.25)
