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
from signals.scoring.space import TopicSpace, part_counts
from signals.scoring.storage import Arrays, array_to_words, unpack_vectors
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
    meaning: Floats


#: What a text's unit vectors count beside its n-grams.
_MEANING: Final = 0.5


class Engine:
    """Reads texts and computes columns; holds the space and, once learned, the heads."""

    def __init__(self, arrays: Arrays) -> None:
        vocabulary = array_to_words(arrays["vocabulary"])
        self.lexicon = Lexicon(array_to_words(arrays["common"]), vocabulary)
        rows = {word: row for row, word in enumerate(vocabulary)}
        plain_words = arrays["plain"].astype(np.int64)
        #: Company first: it also says which words are close to a topic.
        self.spaces = [
            TopicSpace(rows, unpack_vectors(packed, scale), weights, plain_words)
            for packed, scale, weights in (
                (arrays["vectors"], arrays["scale"], arrays["idf"]),
                (arrays["meaning"], arrays["meaning_scale"], arrays["meaning_weight"]),
            )
        ]
        self._words = len(vocabulary)
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

    def place_texts(self, texts: Sequence[str]) -> Floats:
        """A vector of length one per text, of its words in both spaces; zeros for none known."""
        batch = self.lexicon.encode([read(text) for text in texts])
        whole = part_counts(batch, self._words)[2:]
        joined = np.hstack([space.units(whole)[0] for space in self.spaces])
        length = np.linalg.norm(joined, axis=1, keepdims=True)
        placed: Floats = (joined / np.maximum(length, 1e-9)).astype(np.float32)
        return placed

    def study(self, inputs: Sequence[ScorerInput], *, topics: bool = True) -> Study:
        """Reads a batch; without ``topics`` the columns that need one stay zero."""
        # A post that several topics listen to is read once.
        number: dict[str, int] = {}
        which = np.array([number.setdefault(item.text, len(number)) for item in inputs], np.int64)
        each = [read(text) for text in number]
        once = self.lexicon.encode(each)
        shapes = np.array([features.shape(reading) for reading in each], np.float32)
        shapes = shapes.reshape(len(each), len(features.SHAPE))
        logits = self.head_logits(once, shapes)
        shared = len(each) < len(inputs)
        batch = once.take(which) if shared else once
        readings = [each[index] for index in which.tolist()] if shared else each
        shapes, logits = shapes[which], logits[which]
        contexts = [item.topic for item in inputs]
        if not topics:
            columns = np.zeros((len(readings), len(features.COLUMNS)), np.float32)
            columns[:, :3] = logits[:, :3]
            columns[:, features.SHAPE] = shapes
            nothing = np.zeros((0, 0), np.float32)
            return Study(readings, batch, np.zeros(0, np.int8), [], [], logits, columns, nothing)
        places = [place(reading, topic) for reading, topic in zip(readings, contexts, strict=True)]
        rules = [
            rule_reasons(reading, item.topic, found, item.kind)
            for reading, item, found in zip(readings, inputs, places, strict=True)
        ]
        marks = self.spaces[0].marks(batch, contexts)
        parts = part_counts(once, self._words)
        units = [[unit[which] for unit in space.units(parts)] for space in self.spaces]
        likes = [
            part
            for space, mine in zip(self.spaces, units, strict=True)
            for part in (
                space.similarities(mine, contexts),
                np.array([[space.topic(topic).agreement] for topic in contexts], np.float32),
            )
        ]
        columns = features.assemble(
            logits[:, :3],
            [features.placing(found) for found in places],
            shapes,
            [math.fsum(reason.log_odds for reason in reasons) for reasons in rules],
            likes,
        )
        # The title is left out: most of it stands in the asking sentences too.
        meaning = np.hstack([part for mine in units for part in mine[1:]]) * _MEANING
        return Study(readings, batch, marks, places, rules, logits, columns, meaning)


def quantise(weights: NDArray[Any], steps: int = 127) -> tuple[NDArray[np.int8], Floats]:
    """Weights in whole ``steps`` of each sign, and the scale per column that restores them."""
    scale = np.maximum(np.abs(weights).max(0), 1e-9) / steps
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)
