"""Small logistic stages: fitted on few columns, folded into plain weights, calibrated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

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
    """Weights and bias of a logistic regression on n-grams; those no row holds weigh nothing."""
    from sklearn.linear_model import LogisticRegression  # heavy, for training only

    held = np.flatnonzero(np.asarray((grams != 0).sum(0)).ravel())
    fitted = LogisticRegression(C=strength, solver="liblinear", max_iter=300, random_state=0)
    # Most of the hashed columns are empty; the solver would carry them through every step.
    fitted.fit(grams[:, held], labels, sample_weight=weights)
    found = np.zeros(grams.shape[1])
    found[held] = fitted.coef_[0]
    return found, float(fitted.intercept_[0])


def fit_ratios(
    grams: sparse.csr_matrix, labels: Array, weights: Array | None = None, *, strength: float
) -> tuple[NDArray[np.float64], float]:
    """The same on n-grams that count by how much oftener one label holds them than the other.

    Log-count ratios as in Wang and Manning (2012), smoothed by one post; a column that is not
    counted (negative somewhere) stays as it is.
    """
    counted = np.asarray(grams.min(0).todense()).ravel() >= 0
    there = sparse.csr_matrix(
        ((grams.data != 0).astype(np.float64), grams.indices, grams.indptr), grams.shape
    )
    each = np.ones(len(labels)) if weights is None else np.asarray(weights, np.float64)
    yes, no = (there.T @ (each * (labels == label)) + 1.0 for label in (1, 0))
    ratio = np.where(counted, np.log(yes / yes.sum()) - np.log(no / no.sum()), 1.0)
    found, bias = fit_sparse(
        (grams @ sparse.diags(ratio)).tocsr(), labels, weights, strength=strength
    )
    return found * ratio, bias


@dataclass(frozen=True, slots=True)
class Part:
    """One regression of several over the same n-grams.

    ``ratios``: see ``fit_ratios``; ``first``: columns it sees, counted from the left, 0 for all.
    """

    strength: float
    ratios: bool = False
    first: int = 0


def fit_parts(
    grams: sparse.csr_matrix,
    labels: Array,
    weights: Array | None,
    parts: Sequence[Part],
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of the mean of several regressions, each brought to the same spread.

    They err in different places; being linear they cost as much as one when a text is scored.
    """
    total, base = np.zeros(grams.shape[1]), 0.0
    for part in parts:
        seen = grams[:, : part.first] if part.first else grams
        fit = fit_ratios if part.ratios else fit_sparse
        found, bias = fit(seen, labels, weights, strength=part.strength)
        spread = max(float(np.std(seen @ found)), 1e-9) if len(parts) > 1 else 1.0
        total[: len(found)] += found / (spread * len(parts))
        base += bias / (spread * len(parts))
    return total, base


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
