"""Fits a topic's stack to its labels, or leaves the prior alone. Pure; numpy and scipy inside.

Every stage is shrunk towards the prior, not towards zero, and has to beat the simpler ones on
labels left out by more than one standard error: few labels and noise change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from signals.scoring.contract import Intent, Score
from signals.scoring.topic_stack import (
    BUCKETS,
    Stack,
    bucket_of,
    columns_of,
    prior_logit,
    words_of,
)
from signals.text import fold

#: Under this many judged texts the prior stays (../shared/data/README.md, "Few labels").
FEWEST: Final = 50
#: From this many a stack with features is tried (same source).
ENOUGH_FOR_STACK: Final = 200
_FEWEST_OF_A_KIND: Final = 5  # both answers must occur this often, or nothing can be compared
# A recalibration flatter than this says that labels do not follow the scores at all; it would make
# everybody of the topic equally warm, which no label asked for.
_FLATTEST: Final = 0.2
# Penalties: 1 / variance of what a weight may be before any label is seen.
_PRIOR_PENALTY: Final = 1.0  # the prior's factor, around 1
_SHIFT_PENALTY: Final = 0.1
_COLUMN_PENALTY: Final = 4.0  # intents and relevance, standardised
_WORD_PENALTY: Final = 0.15

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A judged text: what the prior says of it and whether its author was a prospect (1 or 0).

    ``weight``: how many texts it stands for; the inverse of the chance that a rep saw it, where
    that is known (lists show the warm ones, an exploration share shows any).
    """

    text: str
    score: Score
    value: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class FitResult:
    """What fitting came to.

    ``why``: one sentence for people. ``held_back``: log loss per judged text of each stage tried,
    on folds it did not see. ``logits``: the chosen stage's for every label, each by a fit that did
    not see it; the prior's own where that was chosen. ``gain`` ± ``margin``: what the chosen stage
    saves against the prior, and one standard error.
    """

    stack: Stack
    why: str
    texts: int
    positives: int
    held_back: Mapping[str, float] = field(default_factory=dict)
    logits: tuple[float, ...] = ()
    gain: float = 0.0
    margin: float = 0.0


def fit_stack(labelled: Sequence[Labelled], *, seed: int) -> FitResult:
    """The stage that the labels support; the prior when they support none.

    Under 50 different texts, or with fewer than 5 of either answer, nothing is tried. From 50 a
    recalibration is, from 200 also the stack, without and with words. ``seed`` deals the folds.
    """
    groups = _groups(labelled)
    texts = int(groups.max()) + 1 if labelled else 0
    positives = sum(one.value for one in labelled)
    prior = np.array([prior_logit(one.score) for one in labelled])
    off = _why_off(texts, positives, len(labelled))
    if off is not None:
        return FitResult(Stack(), off, texts, positives, logits=tuple(prior.tolist()))
    weights = np.array([one.weight for one in labelled])
    rows = _Rows(
        prior,
        np.array([columns_of(one.score) for one in labelled]),
        _bags([one.text for one in labelled] if texts >= ENOUGH_FOR_STACK else []),
        np.array([float(one.value) for one in labelled]),
        weights / weights.mean(),  # the penalties below are meant for one a label
    )
    stages: dict[str, Callable[[_Rows], Stack]] = {"calibration": _fit_calibration}
    if texts >= ENOUGH_FOR_STACK:
        stages |= {"stack": _fit_columns, "stack with words": _fit_words}
    folds = _deal(groups, rows.values, 10 if texts < ENOUGH_FOR_STACK else 5, seed)
    logits = {"prior": prior} | {
        name: _out_of_fold(fit, rows, folds) for name, fit in stages.items()
    }
    losses = {name: log_losses(found, rows.values) for name, found in logits.items()}
    chosen, stack = "prior", Stack()
    beaten = ["prior"]
    flat = False
    for name, fit in stages.items():
        better = all(
            _is_better(losses[other] - losses[name], rows.weights, groups) for other in beaten
        )
        if name == "calibration":
            beaten.append(name)  # a stack must be better than it, whether or not it is used
        if not better:
            continue
        fitted = fit(rows)
        if fitted.kind == "calibration" and fitted.prior < _FLATTEST:
            flat = True
            continue
        chosen, stack = name, fitted
        beaten.append(name)
    saved = losses["prior"] - losses[chosen]
    return FitResult(
        stack,
        _why(chosen, texts, flat=flat),
        texts,
        positives,
        {name: _mean(loss, rows.weights) for name, loss in losses.items()},
        tuple(logits[chosen].tolist()),
        _mean(saved, rows.weights),
        _standard_error(saved, rows.weights, groups),
    )


def log_losses(logits: Array, values: Array) -> Array:
    """Log loss of each label, in nats."""
    found: Array = np.logaddexp(0.0, np.where(values > 0, -logits, logits))
    return found


def is_better(losses: Array, than: Array) -> bool:
    """Whether ``losses`` are smaller on average by more than one standard error."""
    return _is_better(than - losses, np.ones(len(losses)), np.arange(len(losses)))


def _why_off(texts: int, positives: int, labels: int) -> str | None:
    if texts < FEWEST:
        return f"{texts} judged texts so far; learning begins at {FEWEST}."
    if min(positives, labels - positives) < _FEWEST_OF_A_KIND:
        only = "prospect" if 2 * positives > labels else "no prospect"
        return f"Nearly all judgements say {only}; {_FEWEST_OF_A_KIND} of either kind are needed."
    return None


def _why(chosen: str, texts: int, *, flat: bool) -> str:
    if chosen == "prior" and flat:
        return f"The {texts} judged texts follow neither the scores nor the words; nothing changes."
    return {
        "prior": f"Nothing was clearly better than the shipped scorer on {texts} judged texts.",
        "calibration": f"Probabilities corrected after {texts} judged texts; the order stays.",
        "stack": f"Intents and relevance weighed anew after {texts} judged texts.",
        "stack with words": f"This topic's own words learned from {texts} judged texts.",
    }[chosen]


@dataclass(frozen=True, slots=True)
class _Rows:
    prior: Array
    columns: Array
    bags: Array  # no rows where words are not tried
    values: Array
    weights: Array

    def take(self, which: NDArray[np.bool_]) -> _Rows:
        return _Rows(
            self.prior[which],
            self.columns[which],
            self.bags[which] if len(self.bags) else self.bags,
            self.values[which],
            self.weights[which],
        )


def _fit_calibration(rows: _Rows) -> Stack:
    prior, shift, _ = _descend(rows, np.zeros((len(rows.values), 0)), np.zeros(0))
    return Stack("calibration", _short(prior), _short(shift))


def _fit_columns(rows: _Rows) -> Stack:
    return _fit_stage(rows, with_words=False)


def _fit_words(rows: _Rows) -> Stack:
    return _fit_stage(rows, with_words=True)


def _fit_stage(rows: _Rows, *, with_words: bool) -> Stack:
    mean, spread = rows.columns.mean(0), rows.columns.std(0)
    spread = np.where(spread < 1e-6, np.inf, spread)  # a column that never varies says nothing
    columns = (rows.columns - mean) / spread
    penalties = np.full(columns.shape[1], _COLUMN_PENALTY)
    if with_words:
        columns = np.hstack([columns, rows.bags])
        penalties = np.concatenate([penalties, np.full(BUCKETS, _WORD_PENALTY)])
    prior, shift, weights = _descend(rows, columns, penalties)
    own = weights[: len(mean)] / spread  # folded back to the columns as they are
    return Stack(
        "stack",
        _short(prior),
        _short(shift - float(own @ mean)),
        tuple(_short(weight) for weight in own[: len(Intent)]),
        _short(own[len(Intent)]),
        tuple(_short(weight) for weight in weights[len(mean) :]),
    )


def _bags(texts: Sequence[str]) -> Array:
    bags = np.zeros((len(texts), BUCKETS))
    for row, text in enumerate(texts):
        words = words_of(text)
        for word in words:
            bags[row, bucket_of(word)] += 1
        if words:
            bags[row] /= np.sqrt(len(words))
    return bags


def _descend(rows: _Rows, columns: Array, penalties: Array) -> tuple[float, float, Array]:
    """The prior's factor (never negative: a reason keeps its sign), the shift and the weights."""
    from scipy.optimize import minimize  # heavy, for fitting only
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types; comes with scikit-learn

    whole = np.hstack([rows.prior[:, None], np.ones((len(rows.values), 1)), columns])
    start = np.concatenate([[1.0, 0.0], np.zeros(len(penalties))])
    strength = np.concatenate([[_PRIOR_PENALTY, _SHIFT_PENALTY], penalties])

    def loss(at: Array) -> tuple[float, Array]:
        logits = whole @ at
        away = at - start
        value = rows.weights @ log_losses(logits, rows.values) + 0.5 * strength @ away**2
        slope = whole.T @ (rows.weights * (_probabilities(logits) - rows.values))
        return float(value), slope + strength * away

    bounds: list[tuple[float | None, float | None]] = [(0.0, None)]
    bounds += [(None, None)] * (len(start) - 1)
    # Matrices this small are slower on several threads, much slower beside other processes.
    with threadpool_limits(1):
        found: Any = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B")
    return float(found.x[0]), float(found.x[1]), found.x[2:]


def _out_of_fold(fit: Callable[[_Rows], Stack], rows: _Rows, folds: NDArray[np.int64]) -> Array:
    logits = np.zeros(len(rows.values))
    for fold_number in range(int(folds.max()) + 1):
        left_out = folds == fold_number
        logits[left_out] = _logits(fit(rows.take(~left_out)), rows.take(left_out))
    return logits


def _logits(stack: Stack, rows: _Rows) -> Array:
    """What ``Stack.apply`` gives for each row, all at once."""
    found: Array = stack.prior * rows.prior + stack.intercept
    if stack.intents:
        found = found + rows.columns @ np.array([*stack.intents, stack.relevance])
    if stack.words:
        found = found + rows.bags @ np.array(stack.words)
    return found


def _groups(labelled: Sequence[Labelled]) -> NDArray[np.int64]:
    """One number per different text: likes of one post must not stand on both sides of a fold."""
    numbers: dict[str, int] = {}
    return np.array(
        [numbers.setdefault(fold(one.text), len(numbers)) for one in labelled], np.int64
    )


def _deal(groups: NDArray[np.int64], values: Array, folds: int, seed: int) -> NDArray[np.int64]:
    """A fold per row: no text is split, and each fold has its share of both answers."""
    share = np.bincount(groups, weights=values) / np.bincount(groups)
    order = np.random.default_rng(seed).permutation(len(share))
    order = order[np.argsort(share[order] >= 0.5, kind="stable")]
    fold_of = np.empty(len(share), np.int64)
    fold_of[order] = np.arange(len(share)) % folds
    found: NDArray[np.int64] = fold_of[groups]
    return found


def _mean(values: Array, weights: Array) -> float:
    return float(np.average(values, weights=weights))


def _standard_error(values: Array, weights: Array, groups: NDArray[np.int64]) -> float:
    away = weights * (values - _mean(values, weights))
    return float(np.sqrt(np.sum(np.bincount(groups, weights=away) ** 2)) / weights.sum())


def _is_better(saved: Array, weights: Array, groups: NDArray[np.int64]) -> bool:
    return _mean(saved, weights) > _standard_error(saved, weights, groups)


def _probabilities(logits: Array) -> Array:
    found: Array = np.exp(-np.logaddexp(0.0, -logits))
    return found


def _short(value: float) -> float:
    return round(float(value), 6)
