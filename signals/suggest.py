"""Phrases that posts of prospects hold more often than others do: keywords to add, or to hold back.

Pure. Weighted log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn, 2008): the
prior is the background itself, so that a phrase met twice is not taken for a sign, and every
phrase's difference is divided by its own uncertainty.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from signals.archive import words_of

LONGEST: Final = 4  # words of a phrase
_READ: Final = 3_000  # characters of a post
_FEWEST: Final = 2  # posts that must hold a phrase
#: Weight of the background as a prior, in phrases; at most a tenth of what prospects wrote.
_PRIOR: Final = 500.0
_PRIOR_SHARE: Final = 0.1
#: Words that say nothing of a subject: a phrase neither begins nor ends with one.
_EMPTY: Final = frozenset(
    """a about after all also am an and any are as at be because been but by can could did do does
    don t s m re ve ll d for from get go going got had has have he her here him his how i if in into
    is it its just like me more my no not now of on one only or other our out over really she should
    so some than that the their them then there these they this those to too up us very want was we
    were what when where which who why will with would you your im ive dont much make many even
    good new know think need way people time first something anyone been back every still while
    things thing really lot well being see day today year years edit http https www com org reddit r
    amp gt lt
    في من على الى عن ان او ما لا هل هو هي هذا هذه ذلك مع كان قد لم لن كل بعد قبل عند يا انا انت نحن
    و ف ب ل ك اي ثم حتي اذا لكن غير بين""".split()
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with its log-odds in standard errors, and in how many posts of either side."""

    words: str
    z: float
    inside: int
    outside: int


def phrases_of(written: str) -> set[str]:
    """Every phrase of up to four words that could be a keyword, folded."""
    words = words_of(written[:_READ])
    return set(_windows(words))


def _windows(words: Sequence[str]) -> Iterator[str]:
    for start, first in enumerate(words):
        if first in _EMPTY or first.isdigit():
            continue
        for length in range(1, LONGEST + 1):
            window = words[start : start + length]
            if len(window) < length:
                break
            if window[-1] in _EMPTY or window[-1].isdigit():
                continue
            phrase = " ".join(window)
            if len(phrase) >= 3:
                yield phrase


def compare_phrases(
    inside: Iterable[Collection[str]],
    outside: Iterable[Collection[str]],
    *,
    weights: Sequence[float] | None = None,
) -> list[Phrase]:
    """Phrases of ``inside`` by how surely they are commoner there, surest first.

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
    scores.sort(key=lambda one: (-one.z, one.words))
    return scores


def _log_odds(here: float, total_here: float, there: float, total_there: float) -> float:
    """The difference of log-odds in standard errors, the background as prior of both sides."""
    both, all_ = here + there, total_here + total_there
    strength = min(_PRIOR, 1 + _PRIOR_SHARE * total_here)
    prior = strength * (both + 0.01) / (all_ + 1)
    a, b = here + prior, there + prior
    rest_a = max(total_here + strength - a, 1.0)
    rest_b = max(total_there + strength - b, 1.0)
    return (math.log(a / rest_a) - math.log(b / rest_b)) / math.sqrt(1 / a + 1 / b)


def choose_phrases(
    ranked: Sequence[Phrase], *, known: Collection[str], most: int, least_z: float = 2.0
) -> list[Phrase]:
    """The best that say something new: nothing known, and no part or stretch of one chosen before.

    A longer phrase is left out where a shorter one in it was chosen: the matcher finds it anyway. A
    shorter one is left out if nearly all its posts hold a longer one that was chosen.
    """
    chosen: list[Phrase] = []
    for one in ranked:
        if one.z < least_z or len(chosen) >= most:
            break
        if one.words in known or any(_within(k, one.words) for k in known):
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


def find_spellings(keyword: str, vocabulary: Mapping[str, int]) -> list[str]:
    """Words of the posts that are the keyword misspelled or inflected, commonest first.

    One edit away for words of five letters, two from nine on; the first letter stays, since most
    slips come later and "lone" is not "loan".
    """
    if " " in keyword or len(keyword) < 5:
        return []
    allowed = 1 if len(keyword) < 9 else 2
    found = [
        word
        for word in vocabulary
        if word != keyword
        and word[:1] == keyword[:1]
        and abs(len(word) - len(keyword)) <= allowed
        and _distance(keyword, word, allowed) <= allowed
    ]
    return sorted(found, key=lambda word: (-vocabulary[word], word))


def _distance(left: str, right: str, most: int) -> int:
    """Edits between two words, a swap of neighbours counting one; beyond ``most`` one more."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before = before, row
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
