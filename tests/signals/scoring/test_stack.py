"""A topic's own stage: off under few labels, on only where it beats the prior."""

from __future__ import annotations

import numpy as np
import pytest

from signals.scoring.evaluate import area, average_precision, expected_calibration_error, measure
from signals.scoring.stack import FEWEST_LABELS, fit_stack


def labelled(size: int, *, informative: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    features = random.normal(size=(size, 3))
    prior = random.normal(size=size)
    truth = prior + (3 * features[:, 0] if informative else 0)
    labels = (truth + random.logistic(size=size) > 0).astype(int)
    return prior, features, labels


def test_few_labels_keep_the_prior() -> None:
    prior, features, labels = labelled(FEWEST_LABELS - 1, informative=True)
    stack = fit_stack(prior, features, labels)
    assert not stack.used
    assert np.array_equal(stack.logits(prior, features), prior)


def test_one_class_only_keeps_the_prior() -> None:
    prior, features, _ = labelled(200, informative=True)
    assert not fit_stack(prior, features, np.ones(200, int)).used


def test_features_that_help_are_used() -> None:
    prior, features, labels = labelled(400, informative=True)
    stack = fit_stack(prior, features, labels)
    assert stack.used
    assert stack.gain > 0
    assert area(labels, stack.logits(prior, features)) > area(labels, prior) + 0.1


def test_noise_is_left_out() -> None:
    prior, features, labels = labelled(300, informative=False)
    stack = fit_stack(prior, features, labels)
    found = stack.logits(prior, features)
    assert area(labels, found) == pytest.approx(area(labels, prior), abs=0.03)


def test_figures_of_a_perfect_and_a_useless_ranking() -> None:
    labels = np.array([0.0, 0.0, 1.0, 1.0])
    assert area(labels, np.array([0.1, 0.2, 0.8, 0.9])) == 1.0
    assert average_precision(labels, np.array([0.1, 0.2, 0.8, 0.9])) == 1.0
    assert area(labels, np.full(4, 0.5)) == 0.5
    assert average_precision(labels, np.full(4, 0.5)) == 0.5
    assert expected_calibration_error(labels, np.full(4, 0.5)) == 0.0
    alone = measure(np.ones(3), np.full(3, 0.9))
    assert alone["auc"] is None
    assert alone["n"] == 3
