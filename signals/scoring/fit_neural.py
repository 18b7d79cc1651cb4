"""Fits the neural stage over the bundle's own word on posts of topics it was not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from signals.scoring.corpora import SEEDS
from signals.scoring.stack import calibrate, fit_linear, fit_sparse, group_folds
from signals.scoring.storage import Arrays

PATH: Final = SEEDS / "neural.npz"
#: Strength on closeness and on wording, and the share of the latter; found on topics left out.
_CLOSENESS: Final = 0.03
_WORDING: Final = 2.0
_SHARE: Final = 0.2
_READING: Final = 0.03
_FOLDS: Final = 12


def fit_neural(
    before: NDArray[Any],
    cosines: NDArray[Any],
    saying: NDArray[Any],
    labels: NDArray[Any],
    weights: NDArray[Any],
    groups: Sequence[str],
    encoder: str,
) -> tuple[Arrays, NDArray[np.float64]]:
    """Arrays of the stage, and its honest logit of every post on its topic left out.

    ``before``: the bundle's logits, of fits that did not see the topic; ``encoder``: its name.
    """
    columns = np.hstack([np.asarray(before, np.float64)[:, None], cosines])
    folds = group_folds(groups, _FOLDS)

    def fit(rows: NDArray[np.bool_]) -> tuple[NDArray[Any], float, NDArray[Any], float]:
        close = fit_linear(columns[rows], labels[rows], weights[rows], strength=_CLOSENESS)
        words, _ = fit_sparse(saying[rows], labels[rows], weights[rows], strength=_WORDING)
        words = _SHARE * words
        return close.weights, close.bias, words, float((saying[rows] @ words).mean())

    logits = np.zeros(len(labels))
    for fold in range(_FOLDS):
        test = folds == fold
        if test.any() and not test.all():
            close, bias, words, mean = fit(~test)
            logits[test] = columns[test] @ close + bias + saying[test] @ words - mean
    slope, shift = calibrate(logits, labels)
    close, bias, words, mean = fit(np.ones(len(labels), bool))
    arrays = {
        "neural_weights": close * slope,
        "neural_bias": np.array([bias * slope + shift]),
        "neural_saying": (words * slope).astype(np.float32),
        "neural_saying_mean": np.array([mean * slope]),
        "neural_encoder": np.frombuffer(encoder.encode(), np.uint8),
    }
    return arrays, slope * logits + shift


def fit_reading(
    before: NDArray[Any],
    cosines: NDArray[Any],
    reading: NDArray[Any],
    labels: NDArray[Any],
    weights: NDArray[Any],
    groups: Sequence[str],
) -> tuple[Arrays, NDArray[np.float64]]:
    """Arrays of the stage with a tuned reader, and its honest logit of every post.

    ``reading``: the reader's logits of posts it was not tuned on; the rest as in ``fit_neural``.
    """
    columns = np.column_stack([np.asarray(before, np.float64), cosines, reading])
    folds = group_folds(groups, _FOLDS)
    logits = np.zeros(len(labels))
    for fold in range(_FOLDS):
        test = folds == fold
        if test.any() and not test.all():
            part = fit_linear(columns[~test], labels[~test], weights[~test], strength=_READING)
            logits[test] = part.logits(columns[test])
    slope, shift = calibrate(logits, labels)
    whole = fit_linear(columns, labels, weights, strength=_READING)
    arrays = {
        "reading_weights": whole.weights * slope,
        "reading_bias": np.array([whole.bias * slope + shift]),
        "reading_mean": np.array([reading.mean()]),
    }
    return arrays, slope * logits + shift
