"""Arabic: heads over words and letter groups of folded text, learned from authored sentences."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from scipy import sparse

from signals.scoring.contract import Intent, TopicContext
from signals.scoring.cues import CUES, Reading, read
from signals.scoring.rules import rule_intents
from signals.scoring.stack import calibrate, fit_sparse, group_folds
from signals.scoring.storage import Arrays
from signals.scoring.tokens import Floats
from signals.scoring.topic import Place, place

BITS: Final = 14
#: Columns of the heads: the intents in their order, then the prospect.
HEADS: Final[tuple[str, ...]] = (*(intent.value for intent in Intent), "prospect")
_LETTERS: Final = (3, 4, 5)
_EXTRA: Final = len(CUES) + len(Intent) + 8
_EXTRA_WEIGHT: Final = 0.1
_STRENGTH: Final = 8.0
_DOUBT: Final = 0.75  # what is left of a logit on posts of other hands
_REAL_BASE: Final = 0.17  # prospects among keyword hits, as in topic_prospects
_CHARACTERS: Final = 1_200
_LETTER_PLACES: Final = 1_024


def columns(readings: Sequence[Reading], places: Sequence[Place]) -> sparse.csr_matrix:
    """Hashed words, word pairs and letter groups (rows of length one), then a few plain columns."""
    rows, hashed = [], []
    extra = np.zeros((len(readings), _EXTRA), np.float32)
    for row, (reading, found) in enumerate(zip(readings, places, strict=True)):
        words = reading.plain[:_CHARACTERS].split()
        grams = [*words, *(f"{one} {two}" for one, two in pairwise(words))]
        for word in words:
            padded = f"<{word}>"
            for size in _LETTERS:
                grams += [padded[at : at + size] for at in range(len(padded) - size + 1)]
        columns_of = [zlib.crc32(gram.encode()) >> (32 - BITS) for gram in grams]
        hashed += columns_of
        rows += [row] * len(columns_of)
        extra[row] = _plain_columns(reading, found)
    shape = (len(readings), 1 << BITS)
    counted = sparse.coo_matrix((np.ones(len(rows), np.float32), (rows, hashed)), shape).tocsr()
    counted.sum_duplicates()
    counted.data = 1.0 + np.log(counted.data)
    norms = np.sqrt(np.asarray(counted.multiply(counted).sum(1)).ravel())
    scaled = sparse.diags(1.0 / np.maximum(norms, 1e-9)) @ counted
    return sparse.hstack([scaled, sparse.csr_matrix(extra * _EXTRA_WEIGHT)], format="csr")


def place_letters(readings: Sequence[Reading | None]) -> Floats:
    """A vector of length one per text from the letter groups of its longer words; zeros for none.

    Groups of four: "تقاعد", "التقاعد" and "للتقاعد" share most of them.
    """
    out = np.zeros((len(readings), _LETTER_PLACES), np.float32)
    for row, reading in enumerate(readings):
        if reading is None:
            continue
        for word in set(reading.plain[:_CHARACTERS].split()):
            for at in range(len(word) - 3):
                out[row, zlib.crc32(word[at : at + 4].encode()) % _LETTER_PLACES] += 1.0
    length = np.linalg.norm(out, axis=1, keepdims=True)
    placed: Floats = out / np.maximum(length, 1e-9)
    return placed


def _plain_columns(reading: Reading, found: Place) -> list[float]:
    cues = [float(min(reading.counts.get(cue, 0), 2)) for cue in range(len(CUES))]
    intents = [value / 2 for value in rule_intents(reading, "post").values()]
    return [
        *cues,
        *intents,
        float(reading.questions > 0),
        float(found.exact > 0),
        float(found.in_title),
        float(found.in_asking),
        float(found.inside > 0),
        float(len(reading.words) > 12),
        float("http" in reading.folded),
        float(found.name_hits > 0),
    ]


def fit(rows: Sequence[Mapping[str, Any]]) -> Arrays:
    """Heads from the part of the authored set meant for training; empty when there is none."""
    use = [row for row in rows if row["split"] == "train"]
    if not use:
        return {}
    readings = [read(row["text"]) for row in use]
    topics = [TopicContext(row["topic"], tuple(row["keywords"])) for row in use]
    matrix = columns(readings, [place(r, t) for r, t in zip(readings, topics, strict=True)])
    folds = group_folds([row["topic"] for row in use], 5)
    weights, biases = [], []
    for head in HEADS:
        rows_of = np.array(
            [i for i, row in enumerate(use) if head != "prospect" or row["prospect"] is not None]
        )
        labels = np.array(
            [
                int(use[i]["prospect"] if head == "prospect" else head in use[i]["intents"])
                for i in rows_of
            ]
        )
        mine, fold_of = matrix[rows_of], folds[rows_of]
        coefficients, bias = fit_sparse(mine, labels, strength=_STRENGTH)
        logits = np.zeros(len(labels))
        for fold in range(5):
            test = fold_of == fold
            part, part_bias = fit_sparse(mine[~test], labels[~test], strength=_STRENGTH)
            logits[test] = mine[test] @ part + part_bias
        slope, shift = calibrate(logits, labels)
        if head == "prospect":
            # Whoever wrote the sentences wrote clear ones, and more needs than a stream holds.
            base = float(labels.mean())
            slope, shift = slope * _DOUBT, shift * _DOUBT
            shift += math.log(_REAL_BASE / (1 - _REAL_BASE)) - math.log(base / (1 - base))
        weights.append(coefficients * slope)
        biases.append(bias * slope + shift)
    return {
        "arabic_weights": np.array(weights).T.astype(np.float16),
        "arabic_bias": np.array(biases, np.float32),
    }


class ArabicHeads:
    """The fitted heads."""

    def __init__(self, arrays: Arrays) -> None:
        self.weights = arrays["arabic_weights"].astype(np.float32)
        self.bias = arrays["arabic_bias"].astype(np.float32)

    def logits(self, readings: Sequence[Reading], places: Sequence[Place]) -> Floats:
        """One column per head of ``HEADS``, calibrated."""
        out: Floats = columns(readings, places) @ self.weights + self.bias
        return out
