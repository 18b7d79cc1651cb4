"""Compares two stages of a topic on labels that neither was fitted on. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from signals.scoring.fit_topic import Labelled, is_better, log_losses
from signals.scoring.topic_stack import Stack, logistic, prior_logit

Judged = Sequence[float] | Stack | None


def measure(judged: Judged, labelled: Sequence[Labelled]) -> dict[str, float | int | None]:
    """Figures of given logits, of a stack or (``None``) of the prior alone on these labels.

    ``n``, ``log_loss`` in nats, ``brier``, and ``auc`` where both answers occur.
    """
    logits = _logits(judged, labelled)
    values = np.array([float(one.value) for one in labelled])
    weights = np.array([one.weight for one in labelled])
    probabilities = np.array([logistic(logit) for logit in logits])
    warm, cold = logits[values > 0], logits[values == 0]
    auc = None
    if len(warm) and len(cold):
        pairs = warm[:, None] - cold[None, :]
        auc = round(float(np.mean((pairs > 0) + 0.5 * (pairs == 0))), 4)
    return {
        "n": len(labelled),
        "log_loss": round(float(np.average(log_losses(logits, values), weights=weights)), 6),
        "brier": round(float(np.average((probabilities - values) ** 2, weights=weights)), 6),
        "auc": auc,
    }


def saves(judged: Judged, than: Judged, labelled: Sequence[Labelled]) -> bool:
    """Whether the first has a smaller log loss by more than one standard error."""
    values = np.array([float(one.value) for one in labelled])
    weights = np.array([one.weight for one in labelled])
    losses = [log_losses(_logits(one, labelled), values) * weights for one in (judged, than)]
    return is_better(losses[0], losses[1])


def _logits(
    judged: Judged, labelled: Sequence[Labelled]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if judged is None:
        return np.array([prior_logit(one.score) for one in labelled])
    if isinstance(judged, Stack):
        return np.array([prior_logit(judged.apply(one.score, one.text)) for one in labelled])
    return np.array(judged, np.float64)
