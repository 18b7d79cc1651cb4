"""Vectors of words from vectors of titles, packed small; trees whose steps add up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from signals.scoring.learn_meaning import choose_titles, learn_meaning, load_meaning
from signals.scoring.storage import pack_vectors, unpack_vectors
from signals.scoring.trees import Trees, fit_trees

VOCABULARY = ["best", "bike", "car", "for", "loan", "the"]


class Counting:
    """Says of a text how often each letter stands in it."""

    name = "counting"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array(
            [[text.count(chr(97 + at)) for at in range(26)] for text in texts], np.float32
        )


def test_words_take_their_share_of_the_titles(tmp_path: Path) -> None:
    titles = choose_titles(
        [f"{one} {two} for the best" for one in VOCABULARY for two in VOCABULARY] * 4 + ["short"]
    )
    assert "short" not in titles
    learned = learn_meaning(titles, VOCABULARY, np.ones(6), Counting())
    again = learn_meaning(titles, VOCABULARY, np.ones(6), Counting())
    assert all(np.array_equal(learned[name], again[name]) for name in learned)
    np.savez_compressed(tmp_path / "meaning.npz", **learned)
    loaded = load_meaning(["car", "unknown"], tmp_path / "meaning.npz")
    assert loaded["meaning_weight"][0] > 0 == loaded["meaning_weight"][1]
    unknown = unpack_vectors(loaded["meaning"], loaded["meaning_scale"])[1]
    assert not unknown.any()


def test_packed_vectors_stay_close() -> None:
    vectors = np.random.default_rng(0).normal(size=(300, 8))
    packed, scale = pack_vectors(vectors)
    back = unpack_vectors(packed, scale)
    assert packed.nbytes * 8 == vectors.nbytes // 2
    assert np.abs(back - np.clip(vectors, -7 * scale, 7 * scale)).max() <= scale.max() / 2 + 1e-6
    with pytest.raises(ValueError, match="even"):
        pack_vectors(vectors[:, :7])


def test_steps_of_trees_add_up_to_what_boosting_says() -> None:
    random = np.random.default_rng(1)
    columns = random.normal(size=(400, 6)).astype(np.float32)
    labels = (columns[:, 0] * columns[:, 1] > 0.2).astype(int)
    arrays = fit_trees(columns, labels, np.ones(400), "tree")
    trees = Trees(arrays, "tree")
    groups = np.zeros((6, 2))
    groups[:2, 0] = groups[2:, 1] = 1.0
    shared = trees.contributions(columns, groups)
    logits = trees.logits(columns)
    assert shared.sum(1) + trees.base == pytest.approx(logits)
    assert np.abs(shared[:, 0]).mean() > np.abs(shared[:, 1]).mean()
    assert ((logits > 0) == labels).mean() > 0.9
    assert trees.logits(columns[:0]).shape == (0,)
