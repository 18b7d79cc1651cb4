"""The seeking head on topics it was not taught: trained anew with each topic left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from config.errors import Refused
from signals.scoring import storage
from signals.scoring.engine import Engine
from signals.scoring.stack import Part, calibrate, fit_parts
from signals.scoring.train_heads import head_columns, raw_grams

#: For topics not seen, where less is to be learned by heart.
_PARTS: Final = (Part(2.0),)


def try_topics(
    texts: Sequence[str],
    labels: NDArray[Any],
    topics: Sequence[str],
    *,
    parts: Sequence[Part] = _PARTS,
) -> NDArray[np.float64]:
    """One calibrated logit per text from a head that saw no text of its topic."""
    try:
        arrays, _ = storage.load()
    except storage.BrokenBundle as error:
        raise Refused(
            "No bundle to take the words from: %(error)s.",
            "Run `warmlist scorer train`.",
            error=error,
        ) from None
    learned = ("gram_idf", "head_weights")
    engine = Engine({name: array for name, array in arrays.items() if name not in learned})
    raw, shapes = raw_grams(engine, texts)
    columns = head_columns(raw, shapes, engine)[0]
    groups = np.array(topics)
    logits = np.zeros(len(labels))
    for topic in sorted(set(topics)):
        test = groups == topic
        weights, bias = fit_parts(columns[~test], labels[~test].astype(int), None, parts)
        logits[test] = columns[test] @ weights + bias
    # Each topic's slope and shift come from the other topics' left-out logits.
    honest = np.zeros(len(labels))
    for topic in sorted(set(topics)):
        test = groups == topic
        slope, shift = calibrate(logits[~test], labels[~test])
        honest[test] = slope * logits[test] + shift
    return honest
