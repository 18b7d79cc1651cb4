"""Learns the topic space from public posts: vocabulary, weights, words common to all, vectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from signals.scoring.cues import plain
from signals.scoring.storage import pack_vectors
from signals.text import fold

#: Dimensions of a word vector and how many words have one: the largest part of the bundle.
DIMENSIONS: Final = 208
_MIN_POSTS: Final = 10
_MIN_COMMUNITIES: Final = 4
_COMMON_COMMUNITIES: Final = 600  # of 2,491: a word met in so many belongs to no topic
_PLAIN_COMMUNITIES: Final = 900  # such a word is never marked as close to a topic
_WINDOW: Final = 8
_READ: Final = 300  # tokens per post
_FREQUENT: Final = 3_000  # posts; words met in more are thinned out, as in word2vec
_FLUSH: Final = 8_000_000


def learn_space(posts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Vectors from (community, text) pairs.

    Returns vocabulary and common (lists of words), vectors (packed), scale (per dimension),
    idf (float16) and plain (rows of words that no topic owns).
    """
    documents: list[list[str]] = []
    counts: Counter[str] = Counter()
    communities: dict[str, set[str]] = {}
    for community, text in posts:
        words = plain(fold(text)).split()[:_READ]
        documents.append(words)
        for word in set(words):
            counts[word] += 1
            communities.setdefault(word, set()).add(community)
    total = len(set().union(*communities.values())) if communities else 0
    vocabulary = sorted(
        word
        for word, number in counts.items()
        if number >= _MIN_POSTS and len(communities[word]) >= _MIN_COMMUNITIES and len(word) <= 24
    )
    spread = np.array([len(communities[word]) for word in vocabulary])
    seen = np.array([counts[word] for word in vocabulary])
    vectors = _vectors(documents, vocabulary, seen)
    packed, scale = pack_vectors(vectors)
    share = total / 2_491
    return {
        "vocabulary": vocabulary,
        "common": sorted(
            word
            for word, places in communities.items()
            if len(places) >= _COMMON_COMMUNITIES * share
        ),
        "vectors": packed,
        "scale": scale,
        "idf": np.log(max(total, 1) / spread).astype(np.float16),
        "plain": np.flatnonzero(spread >= _PLAIN_COMMUNITIES * share).astype(np.int32),
    }


def _vectors(
    documents: Sequence[Sequence[str]], vocabulary: Sequence[str], seen: NDArray[np.int64]
) -> NDArray[np.float64]:
    rows = {word: row for row, word in enumerate(vocabulary)}
    size = len(vocabulary)
    keep = np.minimum(1.0, np.sqrt(_FREQUENT / seen))
    random = np.random.default_rng(0)
    together = sparse.csr_matrix((size, size), dtype=np.float32)
    left: list[NDArray[np.int32]] = []
    right: list[NDArray[np.int32]] = []
    waiting = 0

    def flush() -> None:
        nonlocal together, waiting
        if left:
            one, two = np.concatenate(left), np.concatenate(right)
            pairs = (np.ones(len(one), np.float32), (one, two))
            together = together + sparse.coo_matrix(pairs, shape=(size, size)).tocsr()
            left.clear()
            right.clear()
            waiting = 0

    for words in documents:
        tokens = np.array([rows[word] for word in words if word in rows], np.int32)
        if len(tokens) < 2:
            continue
        tokens = tokens[random.random(len(tokens)) < keep[tokens]]
        for distance in range(1, _WINDOW + 1):
            if len(tokens) > distance:
                left.append(tokens[:-distance])
                right.append(tokens[distance:])
                waiting += len(tokens) - distance
        if waiting > _FLUSH:
            flush()
    flush()
    return _reduce(together)


def _reduce(together: sparse.csr_matrix) -> NDArray[np.float64]:
    from sklearn.utils.extmath import randomized_svd  # heavy, needed for training only

    both = (together + together.T).tocoo()
    total = both.data.sum()
    word = np.asarray(both.sum(1)).ravel() / total
    context = word**0.75  # damps rare contexts, as in word2vec
    context /= context.sum()
    value = np.log(both.data / total / (word[both.row] * context[both.col]))
    use = (value > 0) & (both.data > 1) & (both.row != both.col)
    information = sparse.csr_matrix(
        (value[use].astype(np.float32), (both.row[use], both.col[use])), shape=both.shape
    )
    dimensions = min(DIMENSIONS, (information.shape[0] - 1) // 2 * 2)
    left, strength, _ = randomized_svd(information, dimensions, n_iter=3, random_state=0)
    vectors: NDArray[np.float64] = left * np.sqrt(strength)
    # Only directions count; rows of one length are also packed best.
    length = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    directions: NDArray[np.float64] = vectors / length
    return directions
