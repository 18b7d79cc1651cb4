"""From texts to columns and logits: the part that training and scoring share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from signals.scoring import features
from signals.scoring.contract import Reason, ScorerInput
from signals.scoring.cues import Reading, read
from signals.scoring.rules import rule_reasons
from signals.scoring.space import TopicSpace
from signals.scoring.storage import Arrays, array_to_words
from signals.scoring.tokens import LEXICAL_BITS, Batch, Floats, Lexicon, weigh
from signals.scoring.topic import Place, place

#: Linear heads over n-grams, in the order of their columns. The first three feed the later stages
#: and never see the authored short posts that these learn from: ``asking`` learns asking against
#: talking, ``stream`` the same with random posts as negatives, ``offering`` offers against asking.
#: The others are the intents: the same sets and the short posts, or the short posts alone.
HEADS: Final[tuple[str, ...]] = (
    "asking",
    "stream",
    "offering",
    "seeking",
    "pain",
    "purchase",
    "life_event",
    "seller",
    "giver",
    "news",
)
_LEXICAL: Final = 1 << LEXICAL_BITS


@dataclass(slots=True)
class Study:
    """What is known of a batch of texts before any stage decides."""

    readings: list[Reading]
    batch: Batch
    marks: NDArray[np.int8]
    places: list[Place]
    rules: list[list[Reason]]
    logits: Floats
    columns: Floats


class Engine:
    """Reads texts and computes columns; holds the space and, once learned, the heads."""

    def __init__(self, arrays: Arrays) -> None:
        vocabulary = array_to_words(arrays["vocabulary"])
        self.lexicon = Lexicon(array_to_words(arrays["common"]), vocabulary)
        self.space = TopicSpace(
            vocabulary,
            arrays["vectors"].astype(np.float32) * arrays["scale"],
            arrays["idf"].astype(np.float32),
            arrays["plain"].astype(np.int64),
        )
        self.idf = arrays["gram_idf"].astype(np.float32) / 20.0 if "gram_idf" in arrays else None
        self.heads: Floats | None = None
        if "head_weights" in arrays:
            self.heads = arrays["head_weights"].astype(np.float32)
            self.head_scale = arrays["head_scale"].astype(np.float32)
            self.head_shape = arrays["head_shape"].astype(np.float32)
            self.head_bias = arrays["head_bias"].astype(np.float32)

    def grams(self, batch: Batch) -> sparse.csr_matrix:
        """Weighted lexical and style n-grams side by side."""
        if self.idf is None:
            raise RuntimeError("n-gram weights are learned before heads")
        lexical, style = batch.grams()
        return sparse.hstack(
            [weigh(lexical, self.idf[:_LEXICAL]), weigh(style, self.idf[_LEXICAL:])], format="csr"
        )

    def head_logits(self, batch: Batch, shapes: Floats) -> Floats:
        """One column per head of ``HEADS``."""
        if self.heads is None or self.idf is None:
            return np.zeros((batch.size, len(HEADS)), np.float32)
        lexical, style = batch.grams()
        # The scale is applied to the few sums rather than to millions of weights.
        sums = weigh(lexical, self.idf[:_LEXICAL]) @ self.heads[:_LEXICAL]
        sums += weigh(style, self.idf[_LEXICAL:]) @ self.heads[_LEXICAL:]
        out: Floats = sums * self.head_scale + shapes @ self.head_shape + self.head_bias
        return out

    def study(self, inputs: Sequence[ScorerInput], *, topics: bool = True) -> Study:
        """Reads a batch; without ``topics`` the columns that need one stay zero."""
        readings = [read(item.text) for item in inputs]
        batch = self.lexicon.encode(readings)
        shapes = np.array([features.shape(reading) for reading in readings], np.float32)
        shapes = shapes.reshape(len(readings), len(features.SHAPE))
        logits = self.head_logits(batch, shapes)
        contexts = [item.topic for item in inputs]
        if not topics:
            columns = np.zeros((len(readings), len(features.COLUMNS)), np.float32)
            columns[:, :3] = logits[:, :3]
            columns[:, features.SHAPE] = shapes
            return Study(readings, batch, np.zeros(0, np.int8), [], [], logits, columns)
        places = [place(reading, topic) for reading, topic in zip(readings, contexts, strict=True)]
        rules = [
            rule_reasons(reading, item.topic, found, item.kind)
            for reading, item, found in zip(readings, inputs, places, strict=True)
        ]
        marks = self.space.marks(batch, contexts)
        columns = features.assemble(
            logits[:, :3],
            [features.placing(found) for found in places],
            shapes,
            [math.fsum(reason.log_odds for reason in reasons) for reasons in rules],
            self.space.similarities(batch, contexts),
            [self.space.topic(topic).agreement for topic in contexts],
        )
        return Study(readings, batch, marks, places, rules, logits, columns)


def quantise(weights: NDArray[Any]) -> tuple[NDArray[np.int8], Floats]:
    """Weights as bytes and the scale per column that restores them."""
    scale = np.maximum(np.abs(weights).max(0), 1e-9) / 127.0
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)
