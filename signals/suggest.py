"""Phrases that posts of prospects hold more often than others do: keywords to add, or to hold back.

Pure. Weighted log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn, 2008): the
prior is the background itself, so that a phrase met twice is not taken for a sign, and every
phrase's difference is divided by its own uncertainty.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from signals.archive import words_of
from signals.function_words import FUNCTION_WORDS, LOOSE_WORDS

LONGEST: Final = 4  # words of a phrase
_READ: Final = 3_000  # characters of a post
_FEWEST: Final = 2  # posts that must hold a phrase
#: Weight of the background as a prior, in phrases; at most a tenth of what prospects wrote.
_PRIOR: Final = 500.0
_PRIOR_SHARE: Final = 0.1
_LEAST_OUTSIDE: Final = 1.0  # posts
LEAST_Z: Final = 2.0  # standard errors
_BY_CHANCE: Final = 3.0  # phrases that may pass although they mean nothing
#: A word in so large a part of all posts is about no subject, whatever the language,
_COMMON: Final = 0.05
_TELLING: Final = 200  # if there are so many posts to tell by.


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with its log-odds in standard errors, and in how many posts of either side."""

    words: str
    z: float
    inside: int
    outside: int

    @property
    def worth(self) -> float:
        """Sureness, and how much the phrase would bring: less and less for each further post."""
        return self.z * math.log1p(self.inside)


def phrases_of(written: str) -> set[str]:
    """Every phrase of up to four words that could be a keyword, folded."""
    words = words_of(written[:_READ])
    return set(_windows(words))


def _windows(words: Sequence[str]) -> Iterator[str]:
    for start, first in enumerate(words):
        if first in FUNCTION_WORDS or first.isdigit():
            continue
        for length in range(1, LONGEST + 1):
            window = words[start : start + length]
            if len(window) < length:
                break
            if window[-1] in FUNCTION_WORDS or window[-1].isdigit():
                continue
            phrase = " ".join(window)
            if len(phrase) >= 3 and any(map(_means_something, window)):
                yield phrase


def _means_something(word: str) -> bool:
    return (
        (len(word) > 1 or not word.isascii())
        and not word.isdigit()
        and word not in FUNCTION_WORDS
        and word not in LOOSE_WORDS
    )


def find_common(posts: Iterable[Collection[str]]) -> set[str]:
    """Words so common in these posts, each a set of words or phrases, that they tell of nothing."""
    counts: Counter[str] = Counter()
    read = 0
    for post in posts:
        counts.update(phrase for phrase in post if " " not in phrase)
        read += 1
    return {word for word, count in counts.items() if read >= _TELLING and count > _COMMON * read}


def compare_phrases(
    inside: Iterable[Collection[str]],
    outside: Iterable[Collection[str]],
    *,
    weights: Sequence[float] | None = None,
) -> list[Phrase]:
    """Phrases of ``inside`` that are commoner there: the surest that most posts hold first.

    Sureness alone puts a name that stands in two posts before a word that brings twenty.

    Each post is the set of its phrases. ``weights``: how much each post inside counts, as the
    probability that its author is a prospect.
    """
    here: Counter[str] = Counter()
    weighed: dict[str, float] = {}
    for number, post in enumerate(inside):
        weight = 1.0 if weights is None else weights[number]
        for phrase in post:
            here[phrase] += 1
            weighed[phrase] = weighed.get(phrase, 0.0) + weight
    there: Counter[str] = Counter()
    for post in outside:
        there.update(phrase for phrase in post if phrase in here)
        there[""] += len(post)
    total_here = sum(weighed.values())
    total_there = there.pop("", 0)
    scores = []
    for phrase, count in here.items():
        if count < _FEWEST:
            continue
        z = _log_odds(weighed[phrase], total_here, there[phrase], total_there)
        scores.append(Phrase(phrase, z, count, there[phrase]))
    scores.sort(key=lambda one: (-one.worth, one.words))
    return scores


def _log_odds(here: float, total_here: float, there: float, total_there: float) -> float:
    """The difference of log-odds in standard errors, the background as prior of both sides.

    What the background does not hold is taken to stand in one post of it: it is a sample, and with
    next to nothing there the error of the logarithm would drown the surest of phrases.
    """
    both, all_ = here + there, total_here + total_there
    strength = min(_PRIOR, 1 + _PRIOR_SHARE * total_here)
    prior = strength * (both + 0.01) / (all_ + 1)
    a, b = here + prior, max(there + prior, _LEAST_OUTSIDE)
    rest_a = max(total_here + strength - a, 1.0)
    rest_b = max(total_there + strength - b, 1.0)
    return (math.log(a / rest_a) - math.log(b / rest_b)) / math.sqrt(1 / a + 1 / b)


def bar_for(compared: int) -> float:
    """How many standard errors a phrase needs among so many, if few are to pass by chance."""
    by_chance = min(0.5, _BY_CHANCE / max(1, compared))
    return max(LEAST_Z, NormalDist().inv_cdf(1 - by_chance))


def choose_phrases(
    ranked: Sequence[Phrase], *, known: Collection[str], most: int, least_z: float = LEAST_Z,
    common: Collection[str] = frozenset(),
) -> list[Phrase]:  # fmt: skip
    """The best that say something new: nothing known, and no part or stretch of one chosen before.

    A longer phrase is left out where a shorter one in it was chosen: the matcher finds it anyway. A
    shorter one is left out if nearly all its posts hold a longer one that was chosen. ``common``:
    words that tell of no subject; no phrase is made of such alone.
    """
    chosen: list[Phrase] = []
    for one in ranked:
        if len(chosen) >= most:
            break
        if one.z < least_z:
            continue
        if one.words in known or any(_within(k, one.words) for k in known):
            continue
        if all(word in common or not _means_something(word) for word in one.words.split()):
            continue
        if any(
            _within(other.words, one.words)
            or (_within(one.words, other.words) and other.inside >= 0.8 * one.inside)
            for other in chosen
        ):
            continue
        chosen.append(one)
    return chosen


def _within(part: str, whole: str) -> bool:
    return f" {part} " in f" {whole} "
