"""Trains the bundle from a folder of public posts; the same folder gives the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from signals.scoring import arabic, corpora, sieve
from signals.scoring.corpora import Example
from signals.scoring.engine import Engine
from signals.scoring.learn_meaning import load_meaning
from signals.scoring.learn_space import learn_space
from signals.scoring.stack import Say
from signals.scoring.storage import Arrays, words_to_array
from signals.scoring.train_heads import fit_heads
from signals.scoring.train_stages import fit_general, fit_prospects, fit_relevance

#: Followed by a digest of the arrays wherever a version is written.
VERSION: Final = "bundle.v2"
#: Posts from here on must pass the sieve: well below the working threshold of the exact stage.
_WANTED: Final = -0.4
_NOISE_WEIGHT: Final = 0.5


def train(data: Path, say: Say) -> tuple[Arrays, dict[str, Any]]:
    """Arrays of the bundle and what the card says of its making."""
    posts: dict[str, str] = {}
    communities: list[tuple[str, str]] = []
    for identity, community, title, text in corpora.bulk_posts(data):
        posts[identity] = f"{title}\n{text}"
        communities.append((community, f"{title} {text}"))
    say(f"read {len(posts):,} posts")
    space = learn_space(communities)
    arrays: Arrays = {
        "vocabulary": words_to_array(space["vocabulary"]),
        "common": words_to_array(space["common"]),
        **{name: space[name] for name in ("vectors", "scale", "idf", "plain")},
    }
    arrays |= load_meaning(space["vocabulary"])
    say(f"topic space: {len(space['vocabulary']):,} words")
    examples = prospect_examples(data, posts)
    arrays |= fit_heads(data, arrays, {example.source for example in examples}, say)
    fitted, figures = fit_prospects(Engine(arrays), examples, say)
    arrays |= fitted
    arrays |= fit_sieve(data, examples, figures["honest"])
    arrays |= fit_general(Engine(arrays), data, say)
    arrays |= fit_relevance(Engine(arrays), data)
    arrays |= arabic.fit([*corpora.seeds("arabic"), *corpora.seeds("arabic_requests")])
    say("arabic heads fitted")
    return arrays, figures


def fit_sieve(data: Path, examples: list[Example], honest: NDArray[np.float64]) -> Arrays:
    """The first stage, taught by the exact one on posts it was not fitted on."""
    noise = [row["text"] for row in corpora.read_corpus(data, "stream_noise")]
    wanted = np.array([int(logit > _WANTED) for logit in honest] + [0] * len(noise))
    weights = np.array([1.0] * len(examples) + [_NOISE_WEIGHT] * len(noise))
    groups = [one.group for one in examples] + [f"noise {i % 5}" for i in range(len(noise))]
    return sieve.fit([*(one.text for one in examples), *noise], wanted, weights, groups)


def prospect_examples(data: Path, posts: dict[str, str]) -> list[Example]:
    """Rows labelled for the prospect question, each with its topic."""
    found = [
        Example(
            row["text"],
            corpora.context_of(row),
            int(row["label"]),
            1.0 if row.get("conf") == "high" else 0.7,
            corpora.identity(row),
            row["topic"],
            "hand",
        )
        for row in corpora.read_corpus(data, "topic_prospects")
    ]
    found += corpora.labelled_posts(posts)
    found += [
        Example(
            row["text"],
            corpora.context_of(row),
            row["prospect"],
            1.0,
            "",
            f"brief {row['topic']}",
            "brief",
        )
        for row in corpora.seeds("short_en")
        if row["split"] == "train" and row["prospect"] is not None
    ]
    return found
