"""How many of a topic's keywords come back by suggestions, from five of them.

Ten communities stand for topics. The keywords of one are its phrases of up to three words by
tf-idf, which is none of the suggester's own reckoning: in at least four posts of half its posts, in
a fiftieth of posts everywhere at most, without a word of two letters or of every twentieth post, by
how often there and how seldom elsewhere. Five are given, the others held back. Of the other half of
its posts, only what the given ones would hear may speak. A manager is shown 25 suggestions twice
and takes those that belong; what is taken is heard the second time. The background is of
communities that are none of the ten.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.bench.figures import Figure
from signals.archive import words_of
from signals.policy import find_sensitive_topic
from signals.suggest import bar_for, choose_phrases, compare_phrases, find_common, phrases_of

COMMUNITIES: Final = 10
_DRAWS: Final = 10
_FIRST: Final = 201  # seed of the first draw
_KEYWORDS: Final = 15
_GIVEN: Final = 5
_ROUNDS: Final = 2
_SHOWN: Final = 25
_BACKGROUND: Final = 3_000  # posts
_LONGEST: Final = 3  # words of a keyword
_LOOKED_AT: Final = 3_000  # characters of a post
_LEAST_HELD: Final = 4  # posts of its half that hold a keyword
_EVERYWHERE: Final = 20_000  # posts by which it is told how common a phrase is
_WIDEST: Final = 0.02  # of these; what stands in more is no keyword of anything
_EMPTY: Final = 0.05  # of these; a word in more says nothing
_LEAST_POSTS: Final = 90
_LONG: Final = 300  # characters; a community of pictures with titles has no words to learn from


@dataclass(frozen=True, slots=True)
class _Read:
    """A post of the learning half: its phrases, and its words between spaces."""

    phrases: set[str]
    words: str

    def holds(self, keyword: str) -> bool:
        return f" {keyword} " in self.words


def measure_recall(data: Path) -> list[Figure]:
    """The share of held-back keywords that were suggested: the mean over several draws.

    A draw is ten communities, the keywords given of each and the background. ``_covered``: those of
    which a suggestion is a part, so that it would hear all their posts.
    """
    posts = _read(data)
    rng = random.Random(_FIRST)  # noqa: S311 - the same posts every time, nothing secret
    every = [text for name in sorted(posts) for text in posts[name]]
    spread = _count(rng.sample(every, min(_EVERYWHERE, len(every))))
    draws = [_draw(posts, spread, seed) for seed in range(_FIRST, _FIRST + _DRAWS)]
    shares = [found / held if held else 0.0 for found, _, held in draws]
    covered = [parts / held if held else 0.0 for _, parts, held in draws]
    return [
        Figure("studio.keyword_recall", statistics.fmean(shares), "share, mean of draws", 0.6),
        Figure("studio.keyword_recall_worst", min(shares), "share, the worst draw"),
        Figure("studio.keyword_recall_best", max(shares), "share, the best draw"),
        Figure("studio.keyword_covered", statistics.fmean(covered), "share, mean of draws"),
        Figure("studio.keyword_draws", len(draws), "draws"),
        Figure("studio.keywords_held_back", sum(held for *_, held in draws), "keywords"),
    ]


def _count(texts: Sequence[str]) -> Counter[str]:
    """In how many of these posts each phrase stands."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(_windows(text)))
    return counts


def _draw(
    posts: Mapping[str, Sequence[str]], spread: Counter[str], seed: int
) -> tuple[int, int, int]:
    """How many held-back keywords were suggested, were covered, and there were."""
    rng = random.Random(seed)  # noqa: S311 - the same communities every time, nothing secret
    worded = [
        name
        for name, of in sorted(posts.items())
        if len(of) >= _LEAST_POSTS
        and sum(len(text) >= _LONG for text in of) >= 0.6 * len(of)
    ]  # fmt: skip
    chosen = rng.sample(worded, min(COMMUNITIES, len(worded)))
    everywhere = [text for name in sorted(posts) if name not in chosen for text in posts[name]]
    background = [
        phrases_of(text) for text in rng.sample(everywhere, min(_BACKGROUND, len(everywhere)))
    ]
    common = find_common(background)
    found = covered = held = 0
    for name in chosen:
        split = rng.sample(list(posts[name]), len(posts[name]))
        half = len(split) // 2
        keywords = _define(split[:half], spread)
        given = rng.sample(keywords, min(_GIVEN, len(keywords)))
        back = [keyword for keyword in keywords if keyword not in given]
        learning = [
            _Read(phrases_of(text), f" {' '.join(words_of(text))} ") for text in split[half:]
        ]
        shown = _suggest(learning, background, given, back, common)
        found += sum(keyword in shown for keyword in back)
        covered += sum(
            any(f" {one} " in f" {keyword} " for one in shown) for keyword in back
        )  # fmt: skip
        held += len(back)
    return found, covered, held


def _define(texts: Sequence[str], everywhere: Counter[str]) -> list[str]:
    """The keywords of a community, best first; none is a part of another."""
    held = _count(texts)
    rare = {
        phrase: count * math.log(_EVERYWHERE / (1 + everywhere[phrase]))
        for phrase, count in held.items()
        if count >= _LEAST_HELD
        and everywhere[phrase] <= _WIDEST * _EVERYWHERE
        and all(
            len(word) > 2 and everywhere[word] <= _EMPTY * _EVERYWHERE for word in phrase.split()
        )
    }
    ranked = sorted(rare, key=lambda phrase: (-rare[phrase], phrase))
    chosen: list[str] = []
    for phrase in ranked:
        apart = not any(f" {a} " in f" {b} " for o in chosen for a, b in ((phrase, o), (o, phrase)))
        if apart and find_sensitive_topic(phrase) is None:
            chosen.append(phrase)
    return chosen[:_KEYWORDS]


def _windows(written: str) -> Iterator[str]:
    words = words_of(written[:_LOOKED_AT])
    for start in range(len(words)):
        for length in range(1, _LONGEST + 1):
            phrase = " ".join(words[start : start + length])
            if start + length <= len(words) and len(phrase) >= 3 and not phrase.isdigit():
                yield phrase


def _suggest(
    learning: Sequence[_Read], background: Sequence[set[str]], given: Sequence[str],
    back: Sequence[str], common: set[str],
) -> set[str]:  # fmt: skip
    """Everything a manager was shown."""
    known = list(given)
    shown: set[str] = set()
    for _ in range(_ROUNDS):
        heard = [post.phrases for post in learning if any(map(post.holds, known))]
        ranked = compare_phrases(heard, background)
        shown |= {
            one.words
            for one in choose_phrases(
                ranked, known=[*known, *shown], most=_SHOWN, least_z=bar_for(len(ranked)),
                common=common,
            )
        }  # fmt: skip
        known += [keyword for keyword in back if keyword in shown and keyword not in known]
    return shown


def _read(data: Path) -> dict[str, list[str]]:
    opener = gzip.open if data.suffix == ".gz" else open
    posts: dict[str, list[str]] = {}
    with opener(data, "rb") as stream:
        for line in stream:
            row = json.loads(line)
            text = f"{row.get('title') or ''}\n\n{row.get('selftext') or row.get('text') or ''}"
            posts.setdefault(row.get("subreddit") or "", []).append(text)
    return posts
