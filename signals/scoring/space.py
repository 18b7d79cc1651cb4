"""How close the words of a post are to a topic: word vectors learned from 2,491 communities.

Two spaces stand side by side. *Company*: from co-occurrence (positive pointwise mutual information,
truncated SVD) over public posts. *Meaning*: what a sentence encoder makes of public titles, shared
out among their words (``learn_meaning.py``). Both are shipped at four bits a number and spread out
once when the bundle is loaded.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from signals.scoring.contract import TopicContext
from signals.scoring.cues import plain
from signals.scoring.tokens import Batch, Floats, Hashes, Ints
from signals.text import fold

#: Cosine to the topic above which a word counts as close, and as near.
CLOSE: Final = 0.52
NEAR: Final = 0.37
_FORMS: Final = ("", "s", "es", "'s", "ed", "d", "ing", "er", "ers")
_TOPICS_KEPT: Final = 256

#: Columns of ``TopicSpace.similarities``, in order.
SIMILARITIES: Final[tuple[str, ...]] = tuple(
    f"{part}_{side}"
    for part in ("title", "asking", "all")
    for side in ("topic", "name", "balance", "keyword")
)


@dataclass(frozen=True, slots=True)
class TopicVectors:
    """A topic in the space.

    ``sides`` (topic, name, balance) and ``keywords`` by dimensions, a mark per word of the
    vocabulary, the hashes of its keywords' words, and how well its keywords agree with each other
    (mean cosine).
    """

    sides: Floats
    keywords: Floats
    marks: NDArray[np.int8]
    hashes: Hashes
    agreement: float


class TopicSpace:
    """Word vectors, their weights and the topics placed among them.

    ``rows``: word -> row of ``vectors``; ``idf``: what a word counts; ``plain_words``: rows of
    words that no topic owns.
    """

    def __init__(
        self, rows: Mapping[str, int], vectors: Floats, idf: Floats, plain_words: Ints
    ) -> None:
        self.rows = rows
        self._idf = np.maximum(idf.astype(np.float32), 1e-6)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        self._weighted = np.ascontiguousarray(
            vectors * (self._idf[:, None] / np.maximum(norms, 1e-9)), np.float32
        )
        self._plain = plain_words
        self._topics: OrderedDict[TopicContext, TopicVectors] = OrderedDict()

    def _embed(self, words: Sequence[str]) -> Floats:
        rows = [self.rows[word] for word in words if word in self.rows]
        if not rows:
            return np.zeros(self._weighted.shape[1], np.float32)
        index, counts = np.unique(rows, return_counts=True)
        weights = (1.0 + np.log(counts)).astype(np.float32)
        return _unit((weights @ self._weighted[index]).astype(np.float32))

    def topic(self, context: TopicContext) -> TopicVectors:
        """Places a topic; the last few hundred are remembered."""
        known = self._topics.get(context)
        if known is not None:
            self._topics.move_to_end(context)
            return known
        name = plain(fold(context.name)).split()
        keywords = [plain(fold(keyword)).split() for keyword in context.keywords] or [name]
        words = [word for keyword in keywords for word in keyword]
        each = np.stack([self._embed(keyword) for keyword in keywords])
        own = self._embed(name)
        balance = _unit(each.sum(0) + own * max(1, len(keywords)) * 0.5)
        total = each.sum(0) + own
        agreement = float(np.mean([vector @ _unit(total - vector) for vector in each]))
        cosines = (self._weighted @ balance) / self._idf
        marks = np.full(len(cosines) + 1, 3, np.int8)  # the last stands for words without a vector
        marks[:-1][cosines > NEAR] = 2
        marks[:-1][cosines > CLOSE] = 1
        marks[self._plain] = 3
        hashes = sorted(
            zlib.crc32((word + form).encode()) for word in set(words) for form in _FORMS
        )
        placed = TopicVectors(
            np.stack([self._embed(name + words), own, balance]),
            each,
            marks,
            np.array(hashes, np.uint64),
            agreement,
        )
        self._topics[context] = placed
        if len(self._topics) > _TOPICS_KEPT:
            self._topics.popitem(last=False)
        return placed

    def close_words(self, context: TopicContext) -> frozenset[str]:
        """The words whose vectors are close to a topic, without those that no topic owns."""
        close = set(np.flatnonzero(self.topic(context).marks[:-1] == 1).tolist())
        return frozenset(word for word, row in self.rows.items() if row in close)

    def marks(self, batch: Batch, topics: Sequence[TopicContext]) -> NDArray[np.int8]:
        """Per token: 0 a keyword, 1 close to its text's topic, 2 near it, 3 neither."""
        out = np.full(len(batch.words), 3, np.int8)
        for context, texts in _by_topic(topics):
            placed = self.topic(context)
            mine = np.isin(batch.rows, texts) if len(texts) < batch.size else slice(None)
            marks = placed.marks[batch.vectors[mine]]
            marks[np.isin(batch.words[mine], placed.hashes)] = 0
            out[mine] = marks
        return out

    def similarities(self, units: Sequence[Floats], topics: Sequence[TopicContext]) -> Floats:
        """Cosines of parts of each text to sides of its topic, shape (texts, SIMILARITIES).

        ``units``: a unit vector per text for its title, its asking sentences and all of it.
        """
        out = np.zeros((len(topics), len(SIMILARITIES)), np.float32)
        for context, texts in _by_topic(topics):
            placed = self.topic(context)
            for position, unit in enumerate(units):
                mine = unit[texts]
                column = position * 4
                out[texts, column : column + 3] = mine @ placed.sides.T
                out[texts, column + 3] = (mine @ placed.keywords.T).max(1)
        return out

    def units(self, parts: Sequence[sparse.csr_matrix]) -> list[Floats]:
        """A unit vector per text for each of its parts; ``parts`` as ``part_counts`` gives them."""
        return [_units(part @ self._weighted) for part in parts]


def part_counts(batch: Batch, words: int) -> list[sparse.csr_matrix]:
    """Damped counts of the words of each text's title, asking sentences and whole."""
    known = batch.vectors >= 0
    title = batch.within < batch.titles[batch.rows]
    found = []
    for part in (title & known, batch.asking & known, known):
        rows, columns = batch.rows[part], batch.vectors[part]
        pairs = (np.ones(len(rows), np.float32), (rows, columns))
        counts = sparse.coo_matrix(pairs, (batch.size, words)).tocsr()
        counts.sum_duplicates()
        counts.data = 1.0 + np.log(counts.data)
        found.append(counts)
    return found


def _units(summed: NDArray[Any]) -> Floats:
    norms = np.linalg.norm(summed, axis=1, keepdims=True)
    unit: Floats = (summed / np.maximum(norms, 1e-9)).astype(np.float32)
    return unit


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return (vector / length).astype(np.float32) if length > 0 else vector.astype(np.float32)


def _by_topic(topics: Sequence[TopicContext]) -> list[tuple[TopicContext, Ints]]:
    groups: dict[TopicContext, list[int]] = {}
    for index, topic in enumerate(topics):
        groups.setdefault(topic, []).append(index)
    return [(topic, np.array(indices, np.int64)) for topic, indices in groups.items()]
