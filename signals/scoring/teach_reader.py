"""What a reader learns from: unread posts with the bundle's word on them, and judged posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from config.errors import Refused
from signals.scoring import corpora, storage
from signals.scoring.contract import ScorerInput, TopicContext
from signals.scoring.corpora import Example
from signals.scoring.engine import Engine
from signals.scoring.rules import logistic
from signals.scoring.stack import Say
from signals.scoring.train_stages import fit_alone
from signals.scoring.tune_reader import Taught
from signals.topics import Matcher, TopicPhrases, check_phrase

#: Unread keyword hits of each topic that are kept: so many that may be prospects, so many cold.
_WARM: Final = 36
_COLD: Final = 22
_WARM_FROM: Final = -2.5  # logit
_TRIED: Final = 300
_SHORTEST: Final = 40  # characters
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
    """Per topic the posts that listening would find for it, cut as labelled posts are."""
    matcher = Matcher(
        TopicPhrases(number, tuple(enumerate(filter(_is_phrase, keywords))))
        for number, (_, keywords) in enumerate(topics)
    )
    contexts = [TopicContext(name, keywords) for name, keywords in topics]
    found: dict[TopicContext, list[str]] = {context: [] for context in contexts}
    cuts = [text[: corpora.LABELLED_CHARACTERS] for text in posts.values()]
    long = [cut for cut in cuts if len(cut) >= _SHORTEST]
    for cut, hits in zip(long, matcher.match(long), strict=True):
        for number in sorted({hit.topic_id for hit in hits}):
            found[contexts[number]].append(cut)
    return found


def _is_phrase(keyword: str) -> bool:
    try:
        check_phrase(keyword)
    except Refused:  # "c#" has one letter: no team could listen for it
        return False
    return True


def _taught(one: Example) -> Taught:
    weight = _UNREAD_WEIGHT if one.kind == "unread" else one.weight
    return Taught(one.topic, one.text, float(one.label), weight)
