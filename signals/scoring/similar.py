"""Lets posts follow what people judged of posts like them, within bounds. Pure.

For every judged post the scorer's error is known: 1 or 0, less the probability it gave. A post near
it in the spaces of words is moved by a share of that error. On ``topic_prospects``, each post with
the labels of its topic's other forty-odd, this takes AP from .670 to .696 (docs/scoring.md).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from signals.scoring.contract import Reason, Score, Scorer, ScorerInput
from signals.scoring.topic_stack import logistic

#: Cosine from which posts count as alike; found on posts labelled by hand, as are the next two.
ALIKE: Final = 0.6
_PULL: Final = 2.0
#: What all posts like it can add to or take from a post, in log-odds.
MOST: Final = 1.0
_LEAST: Final = 0.05  # less is not worth a reason

Floats = NDArray[np.float32]


@runtime_checkable
class Placing(Protocol):
    """A scorer that can also say where texts stand to each other."""

    def vectors(self, texts: Sequence[str]) -> Floats:
        """A vector of length one per text; zeros for a text it cannot place."""
        ...


class SimilarScorer:
    """A scorer and, by a topic's name, the judged posts that others may be like.

    ``judged``: per topic, inputs with what people said of each, 1 or 0. Topics without any get the
    scorer's own score. ``placing`` is the scorer that places texts.
    """

    def __init__(
        self,
        scorer: Scorer,
        placing: Placing,
        judged: Mapping[str, Sequence[tuple[ScorerInput, int]]],
    ) -> None:
        self._scorer, self._placing = scorer, placing
        self._judged = {name: list(pairs) for name, pairs in judged.items() if pairs}
        written = json.dumps(
            {
                name: [(item.text, value) for item, value in pairs]
                for name, pairs in self._judged.items()
            },
            sort_keys=True,
        )
        digest = hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:12]
        self._version = f"{scorer.version}+similar.{digest}" if self._judged else scorer.version

    @property
    def version(self) -> str:
        """The scorer's version and a digest of what was judged."""
        return self._version

    @cached_property
    def _known(self) -> dict[str, tuple[Floats, NDArray[np.float64]]]:
        """Per topic where its judged posts stand and how wrong the scorer was of each."""
        known = {}
        for name, pairs in self._judged.items():
            inputs = [item for item, _ in pairs]
            found = [score.prospect for score in self._scorer.score(inputs)]
            errors = np.array([value for _, value in pairs]) - np.array(found)
            known[name] = self._placing.vectors([item.text for item in inputs]), errors
        return known

    def score(self, inputs: Sequence[ScorerInput]) -> Sequence[Score]:
        """Scores of the same length and order as ``inputs``."""
        scores = list(self._scorer.score(inputs))
        by_topic: dict[str, list[int]] = {}
        for row, item in enumerate(inputs):
            if item.topic.name in self._known:
                by_topic.setdefault(item.topic.name, []).append(row)
        for name, rows in by_topic.items():
            vectors, errors = self._known[name]
            cosines = self._placing.vectors([inputs[row].text for row in rows]) @ vectors.T
            closeness = np.clip((cosines - ALIKE) / (1.0 - ALIKE), 0.0, 1.0)
            moves = np.clip(_PULL * (closeness @ errors), -MOST, MOST)
            for row, move in zip(rows, moves.tolist(), strict=True):
                if abs(move) >= _LEAST:
                    scores[row] = _moved(scores[row], move)
        return scores


def _moved(score: Score, move: float) -> Score:
    reasons = (*score.reasons, Reason("stack.similar", move))
    logit = math.fsum(reason.log_odds for reason in reasons)
    return replace(score, prospect=logistic(logit), reasons=reasons)
