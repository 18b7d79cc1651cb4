"""Small logistic stages: fitted on few columns, folded into plain weights, calibrated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

#: Under this many labels a topic keeps the prior alone.
FEWEST_LABELS: Final = 50
_FOLDS: Final = 5
_CLIP: Final = 12.0

Array = NDArray[Any]
#: Where training tells how far it is.
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Linear:
    """``column @ weights + bias`` is a logit."""

    weights: NDArray[np.float64]
    bias: float

    def logits(self, columns: Array) -> NDArray[np.float64]:
        """One logit per row."""
        out: NDArray[np.float64] = columns @ self.weights + self.bias
        return out


@dataclass(frozen=True, slots=True)
class Stack:
    """A topic's own stage.

    ``prior_weight`` multiplies the shipped logit; ``used`` says whether it beat the prior on labels
    held back, ``gain`` by how much log-loss per label.
    """

    prior_weight: float
    linear: Linear
    used: bool
    gain: float

    def logits(self, prior: Array, columns: Array) -> NDArray[np.float64]:
        """The prior itself while the stage is not used."""
        if not self.used:
            return np.asarray(prior, np.float64)
        return self.prior_weight * prior + self.linear.logits(columns)


def fit_linear(
    columns: Array, labels: Array, weights: Array | None = None, *, strength: float
) -> Linear:
    """Logistic regression on standardised columns, folded back to the columns as they are."""
    from sklearn.linear_model import LogisticRegression  # heavy, for training only

    mean, spread = columns.mean(0), columns.std(0)
    spread = np.where(spread < 1e-6, np.inf, spread)  # a column that never varies says nothing
    fitted = LogisticRegression(C=strength, max_iter=600)
    fitted.fit((columns - mean) / spread, labels, sample_weight=weights)
    coefficients = fitted.coef_[0] / spread
    return Linear(coefficients, float(fitted.intercept_[0] - coefficients @ mean))


def fit_sparse(
    grams: sparse.csr_matrix, labels: Array, weights: Array | None = None, *, strength: float
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of a logistic regression on n-grams."""
    from sklearn.linear_model import LogisticRegression  # heavy, for training only

    fitted = LogisticRegression(C=strength, solver="liblinear", max_iter=300, random_state=0)
    fitted.fit(grams, labels, sample_weight=weights)
    return fitted.coef_[0], float(fitted.intercept_[0])


def calibrate(logits: Array, labels: Array, weights: Array | None = None) -> tuple[float, float]:
    """Slope and shift that make logits honest; meant for logits of rows not fitted on."""
    from sklearn.linear_model import LogisticRegression  # heavy, for training only

    clipped = np.clip(logits, -_CLIP, _CLIP)[:, None]
    fitted = LogisticRegression(C=100.0).fit(clipped, labels, sample_weight=weights)
    return max(float(fitted.coef_[0][0]), 0.05), float(fitted.intercept_[0])


def group_folds(groups: Sequence[str], folds: int) -> NDArray[np.int64]:
    """A fold per row such that no group is split; the same groups give the same folds."""
    order = {group: index for index, group in enumerate(sorted(set(groups)))}
    return np.array([order[group] % folds for group in groups])


def fit_stack(
    prior_logits: Array, features: Array, labels: Array, *, strength: float = 0.05
) -> Stack:
    """A topic's stage on [prior logit, features], chosen against the prior by cross-validation.

    Under ``FEWEST_LABELS`` labels, or with one class only, or when it does not beat the
    recalibrated prior on rows left out, the prior stays (``used`` is false).
    """
    labels = np.asarray(labels)
    prior = np.asarray(prior_logits, np.float64)
    none = Stack(1.0, Linear(np.zeros(features.shape[1]), 0.0), used=False, gain=0.0)
    if len(labels) < FEWEST_LABELS or min(labels.sum(), len(labels) - labels.sum()) < _FOLDS:
        return none
    columns = np.hstack([prior[:, None], features])
    folds = np.zeros(len(labels), np.int64)
    for value in (0, 1):  # each fold has its share of both classes
        rows = np.flatnonzero(labels == value)
        folds[rows] = np.arange(len(rows)) % _FOLDS
    before, after = np.zeros(len(labels)), np.zeros(len(labels))
    for fold in range(_FOLDS):
        test = folds == fold
        slope, shift = calibrate(prior[~test], labels[~test])
        before[test] = slope * prior[test] + shift
        after[test] = fit_linear(columns[~test], labels[~test], strength=strength).logits(
            columns[test]
        )
    gain = float(np.mean(_loss(before, labels)) - np.mean(_loss(after, labels)))
    slope, shift = calibrate(prior, labels)
    recalibrated = Stack(slope, Linear(np.zeros(features.shape[1]), shift), used=True, gain=0.0)
    if gain <= 0:
        plain = float(np.mean(_loss(prior, labels)) - np.mean(_loss(before, labels)))
        return recalibrated if plain > 0 else none
    whole = fit_linear(columns, labels, strength=strength)
    return Stack(
        float(whole.weights[0]), Linear(whole.weights[1:], whole.bias), used=True, gain=gain
    )


def _loss(logits: Array, labels: Array) -> NDArray[np.float64]:
    signed = np.where(labels == 1, logits, -logits)
    out: NDArray[np.float64] = np.logaddexp(0.0, -signed)
    return out
