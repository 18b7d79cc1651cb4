"""How many of a topic's keywords come back by suggestions, from five of them.

Ten communities stand for topics. Half of a community's posts define its keywords: the phrases that
tell it most surely from posts of everywhere. Five are given, the others held back. Of the other
half, only what the given ones would hear may speak. A manager is shown 25 suggestions twice and
takes those that belong; what is taken is heard the second time. The background of both halves is
drawn apart.
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from app.bench.figures import Figure
from signals.policy import find_sensitive_topic
from signals.suggest import choose_phrases, compare_phrases, phrases_of

COMMUNITIES: Final = 10
_DRAWS: Final = 10
_FIRST: Final = 11  # seed of the first draw
_KEYWORDS: Final = 15
_GIVEN: Final = 5
_ROUNDS: Final = 2
_SHOWN: Final = 25
_BACKGROUND: Final = 3_000  # posts for each half
_LEAST_HELD: Final = 4  # posts of its half that hold a keyword
_LEAST_POSTS: Final = 90
_LONG: Final = 300  # characters; a community of pictures with titles has no words to learn from


def measure_recall(data: Path) -> list[Figure]:
    """The share of held-back keywords that were suggested: the mean over several draws.

    A draw is ten communities, the keywords given of each and the background. The first is the one
    that was measured alone before there were several.
    """
    posts = _read(data)
    draws = [_draw(posts, seed) for seed in range(_FIRST, _FIRST + _DRAWS)]
    shares = [found / held if held else 0.0 for found, held in draws]
    return [
        Figure("studio.keyword_recall", statistics.fmean(shares), "share, mean of draws", 0.6),
        Figure("studio.keyword_recall_first", shares[0], "share, the first draw"),
        Figure("studio.keyword_recall_worst", min(shares), "share, the worst draw"),
        Figure("studio.keyword_recall_best", max(shares), "share, the best draw"),
        Figure("studio.keyword_draws", len(draws), "draws"),
        Figure("studio.keywords_held_back", sum(held for _, held in draws), "keywords"),
    ]


def _draw(posts: Mapping[str, Sequence[str]], seed: int) -> tuple[int, int]:
    """How many held-back keywords of ten communities were suggested, and how many there were."""
    rng = random.Random(seed)  # noqa: S311 - the same communities every time, nothing secret
    worded = [
        name
        for name, texts in sorted(posts.items())
        if len(texts) >= _LEAST_POSTS
        and sum(len(text) >= _LONG for text in texts) >= 0.6 * len(texts)
    ]
    chosen = rng.sample(worded, min(COMMUNITIES, len(worded)))
    everywhere = [text for name in sorted(posts) if name not in chosen for text in posts[name]]
    background = [
        phrases_of(text)
        for text in rng.sample(everywhere, min(2 * _BACKGROUND, len(everywhere)))
    ]  # fmt: skip
    held = found = 0
    for name in chosen:
        one, all_ = _recover(posts[name], background, rng)
        found += one
        held += all_
    return found, held


def _recover(
    texts: Sequence[str], background: Sequence[set[str]], rng: random.Random
) -> tuple[int, int]:
    """How many held-back keywords of one community were suggested, and how many there were."""
    split = [phrases_of(text) for text in rng.sample(list(texts), len(texts))]
    half = len(background) // 2
    defining, learning = split[: len(split) // 2], split[len(split) // 2 :]
    ranked = compare_phrases(defining, background[:half])
    ranked = [
        one
        for one in ranked
        if one.inside >= _LEAST_HELD and find_sensitive_topic(one.words) is None
    ]
    keywords = [one.words for one in choose_phrases(ranked, known=(), most=_KEYWORDS)]
    given = rng.sample(keywords, min(_GIVEN, len(keywords)))
    held = [keyword for keyword in keywords if keyword not in given]
    known = list(given)
    shown: set[str] = set()
    for _ in range(_ROUNDS):
        heard = [post for post in learning if any(keyword in post for keyword in known)]
        suggested = choose_phrases(
            compare_phrases(heard, background[half:]), known=[*known, *shown], most=_SHOWN
        )
        shown |= {one.words for one in suggested}
        known += [keyword for keyword in held if keyword in shown and keyword not in known]
    return sum(keyword in shown for keyword in held), len(held)


def _read(data: Path) -> dict[str, list[str]]:
    opener = gzip.open if data.suffix == ".gz" else open
    posts: dict[str, list[str]] = {}
    with opener(data, "rb") as stream:
        for line in stream:
            row = json.loads(line)
            written = f"{row.get('title') or ''}\n\n{row.get('selftext') or row.get('text') or ''}"
            posts.setdefault(row.get("subreddit") or "", []).append(written)
    return posts
