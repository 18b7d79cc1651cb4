"""Regressions over n-grams: alone, on log-count ratios, and several as one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from signals.scoring.evaluate import area
from signals.scoring.stack import Part, fit_parts, fit_ratios, fit_sparse

RANDOM = np.random.default_rng(5)
LABELS = RANDOM.integers(0, 2, 300)
#: Thirty columns of noise, two that speak for a label, and one that is no count.
COUNTS = np.hstack(
    [
        RANDOM.random((300, 30)) < 0.2,
        (RANDOM.random((300, 2)) < 0.1 + 0.5 * np.c_[LABELS, 1 - LABELS]),
        RANDOM.normal(size=(300, 1)),
    ]
)
GRAMS = sparse.csr_matrix(COUNTS.astype(np.float32))


def judged(found: np.ndarray[tuple[int], np.dtype[np.float64]], bias: float) -> float:
    return area(LABELS.astype(float), GRAMS @ found + bias)


def test_ratios_weigh_what_tells_labels_apart() -> None:
    found, bias = fit_ratios(GRAMS, LABELS, strength=1.0)
    assert found[30] > 0 > found[31]
    assert np.abs(found[30:32]).min() > np.abs(found[:30]).max()
    assert judged(found, bias) > 0.8
    weighted, _ = fit_ratios(GRAMS, LABELS, np.where(LABELS, 1.0, 2.0), strength=1.0)
    assert weighted[30:32] != pytest.approx(found[30:32])


def test_one_part_is_the_regression_itself() -> None:
    assert fit_parts(GRAMS, LABELS, None, (Part(1.0),))[0] == pytest.approx(
        fit_sparse(GRAMS, LABELS, strength=1.0)[0]
    )


def test_several_parts_are_their_mean_at_the_same_spread() -> None:
    found, bias = fit_parts(GRAMS, LABELS, None, (Part(1.0), Part(2.0, ratios=True, first=32)))
    whole, base = fit_sparse(GRAMS, LABELS, strength=1.0)
    ratio, other = fit_ratios(GRAMS[:, :32], LABELS, strength=2.0)
    spread, narrow = (GRAMS @ whole).std(), (GRAMS[:, :32] @ ratio).std()
    assert found[:32] == pytest.approx(whole[:32] / spread / 2 + ratio / narrow / 2)
    assert found[32] == pytest.approx(whole[32] / spread / 2)
    assert bias == pytest.approx(base / spread / 2 + other / narrow / 2)
    assert judged(found, bias) > 0.8
