"""What a reader learns from: unread posts with the bundle's word on them, and judged posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import ahocorasick
import numpy as np

from signals.scoring import corpora, storage
from signals.scoring.contract import ScorerInput, TopicContext
from signals.scoring.corpora import Example
from signals.scoring.cues import plain
from signals.scoring.engine import Engine
from signals.scoring.rules import logistic
from signals.scoring.stack import Say
from signals.scoring.train_stages import fit_alone
from signals.scoring.tune_reader import Taught
from signals.text import fold

#: Unread keyword hits of each topic that are kept: so many that may be prospects, so many cold.
_WARM: Final = 36
_COLD: Final = 22
_WARM_FROM: Final = -2.5  # logit
_TRIED: Final = 300
_SHORTEST: Final = 40  # characters
_ENDINGS: Final = ("", "s", "es")
_UNREAD_WEIGHT: Final = 0.5


def collect(data: Path, say: Say) -> tuple[list[Taught], list[Taught]]:
    """Unread posts with soft labels, and judged ones. None is of ``topic_prospects``."""
    measured = {corpora.identity(row) for row in corpora.read_corpus(data, "topic_prospects")}
    posts = {
        identity: f"{title}\n{text}"
        for identity, _, title, text in corpora.bulk_posts(data)
        if identity not in measured
    }
    long = corpora.labelled_posts(posts)
    brief = corpora.brief_posts()
    arrays, _ = storage.load()
    stage = fit_alone(Engine(arrays), long)
    judged = {one.source for one in long}
    hits = find_hits(
        sorted({(one.topic.name, one.topic.keywords) for one in long}),
        {identity: text for identity, text in posts.items() if identity not in judged},
    )
    random = np.random.default_rng(0)
    soft: list[Taught] = []
    for topic, found in hits.items():
        texts = [found[row] for row in random.permutation(len(found))[:_TRIED]]
        if not texts:
            continue
        logits = stage([ScorerInput(text, "en", "post", topic) for text in texts])
        warm = np.flatnonzero(logits > _WARM_FROM)[:_WARM].tolist()
        cold = np.flatnonzero(logits <= _WARM_FROM)[:_COLD].tolist()
        soft += [Taught(topic, texts[row], logistic(float(logits[row]))) for row in warm + cold]
    say(f"{len(soft):,} unread posts, {len(long):,} judged, {len(brief):,} brief ones")
    return soft, [_taught(one) for one in (*long, *brief)]


def find_hits(
    topics: Sequence[tuple[str, tuple[str, ...]]], posts: Mapping[str, str]
) -> dict[TopicContext, list[str]]:
    """Per topic the posts that hold a keyword of it, cut as labelled posts are."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for number, (_, keywords) in enumerate(topics):
        for keyword in keywords:
            folded = " ".join(plain(fold(keyword)).split())
            for ending in _ENDINGS if folded else ():
                wanted[f" {folded}{ending} "].add(number)
    automaton = ahocorasick.Automaton()
    for phrase, numbers in wanted.items():
        automaton.add_word(phrase, tuple(sorted(numbers)))
    automaton.make_automaton()
    found: dict[TopicContext, list[str]] = {
        TopicContext(name, keywords): [] for name, keywords in topics
    }
    contexts = list(found)
    for text in posts.values():
        cut = text[: corpora.LABELLED_CHARACTERS]
        if len(cut) < _SHORTEST:
            continue
        flat = f" {plain(fold(cut))} "
        for number in sorted({one for _, numbers in automaton.iter(flat) for one in numbers}):
            found[contexts[number]].append(cut)
    return found


def _taught(one: Example) -> Taught:
    weight = _UNREAD_WEIGHT if one.kind == "unread" else one.weight
    return Taught(one.topic, one.text, float(one.label), weight)
