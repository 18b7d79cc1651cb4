"""Shares out among words what a sentence encoder makes of public titles.

The encoder is needed here only. What comes out is a file of the seeds, so that training needs no
download and the shipped scorer none either: a text's meaning is then a weighted sum of its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from signals.scoring.corpora import SEEDS
from signals.scoring.cues import plain
from signals.scoring.encoder import Encoder
from signals.scoring.storage import Arrays, array_to_words, pack_vectors, words_to_array
from signals.text import fold

PATH: Final = SEEDS / "meaning.npz"
DIMENSIONS: Final = 208
_TITLES: Final = 60_000
_FEWEST_WORDS: Final = 5
_TITLE: Final = 160  # characters
_BATCH: Final = 2_000
_PULL: Final = 4.0  # towards the word's own vector; found on titles left out
_STEPS: Final = 30
_RARE: Final = 0.3  # what a word of every community still counts

Floats = NDArray[np.float32]


def choose_titles(titles: Sequence[str]) -> list[str]:
    """The folded titles that are learned from: long enough, the same ones every time."""
    order = np.random.default_rng(0).permutation(len(titles))
    folded = (fold(titles[row])[:_TITLE] for row in order)
    chosen = []
    for title in folded:
        if len(title.split()) >= _FEWEST_WORDS:
            chosen.append(title)
        if len(chosen) == _TITLES:
            break
    return chosen


def learn_meaning(
    titles: Sequence[str], vocabulary: Sequence[str], idf: NDArray[Any], encoder: Encoder
) -> Arrays:
    """Words, their packed vectors with scale, and what each word weighs.

    ``titles`` as ``choose_titles`` gives them; ``idf``: one per word of ``vocabulary``.
    """
    words = encoder.encode(vocabulary)
    whole = np.vstack(
        [encoder.encode(titles[at : at + _BATCH]) for at in range(0, len(titles), _BATCH)]
    )
    return share_out(titles, vocabulary, idf, words, whole)


def share_out(
    titles: Sequence[str],
    vocabulary: Sequence[str],
    idf: NDArray[Any],
    words: Floats,
    whole: Floats,
) -> Arrays:
    """Vectors of words such that their weighted sums come close to the titles' vectors.

    A ridge regression drawn towards the encoder's vector of each word alone: rare words keep it.
    """
    mean = whole.mean(0)
    _, _, axes = np.linalg.svd(whole[:20_000] - mean, full_matrices=False)
    # The sign of an axis is the library's choice; fixed, equal input gives equal bytes.
    axes = axes[:DIMENSIONS] * np.sign(axes[:DIMENSIONS].sum(1, keepdims=True) + 1e-12)
    wanted, alone = (whole - mean) @ axes.T, (words - mean) @ axes.T
    weight = np.asarray(idf, np.float32) + _RARE
    counts = _weighted(titles, vocabulary, weight)
    first = counts @ alone
    alone = alone * ((first * wanted).sum() / (first * first).sum())
    vectors = alone + _solve(counts, wanted - counts @ alone)
    length = np.linalg.norm(vectors, axis=1)
    packed, scale = pack_vectors(vectors / np.maximum(length, 1e-9)[:, None])
    return {
        "words": words_to_array(list(vocabulary)),
        "vectors": packed,
        "scale": scale,
        "weight": (weight * length).astype(np.float16),
    }


def load_meaning(vocabulary: Sequence[str], path: Path = PATH) -> Arrays:
    """The learned vectors in the order of ``vocabulary``; words it does not know count nothing."""
    with np.load(path) as stored:
        place = {word: row for row, word in enumerate(array_to_words(stored["words"]))}
        rows = np.array([place.get(word, -1) for word in vocabulary])
        known = rows >= 0
        return {
            "meaning": np.where(known[:, None], stored["vectors"][rows], 0x88).astype(np.uint8),
            "meaning_scale": stored["scale"],
            "meaning_weight": np.where(known, stored["weight"][rows], 0).astype(np.float16),
        }


def _weighted(
    titles: Sequence[str], vocabulary: Sequence[str], weight: NDArray[Any]
) -> sparse.csr_matrix:
    place = {word: row for row, word in enumerate(vocabulary)}
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, title in enumerate(titles):
        found = sorted({place[word] for word in plain(title).split() if word in place})
        mine = weight[found]
        rows += [row] * len(found)
        columns += found
        values += (mine / max(float(np.linalg.norm(mine)), 1e-9)).tolist()
    shape = (len(titles), len(vocabulary))
    return sparse.coo_matrix((values, (rows, columns)), shape, dtype=np.float32).tocsr()


def _solve(counts: sparse.csr_matrix, missing: NDArray[Any]) -> NDArray[Any]:
    """Conjugate gradients on the normal equations, all dimensions at once."""
    turned = counts.T.tocsr()
    left: NDArray[Any] = turned @ missing
    found: NDArray[Any] = np.zeros_like(left)
    way, size = left.copy(), (left * left).sum(0)
    for _ in range(_STEPS):
        pulled = turned @ (counts @ way) + _PULL * way
        step = size / np.maximum((way * pulled).sum(0), 1e-20)
        found += step * way
        left -= step * pulled
        smaller = (left * left).sum(0)
        way = left + (smaller / np.maximum(size, 1e-20)) * way
        size = smaller
    return found
