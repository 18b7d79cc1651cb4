"""The optional neural stage: a sentence encoder looks again at what the bundle kept.

It reads title, asking sentences, the sentence of the keyword and the opening, and compares them
with the topic. Off unless an operator names an encoder; only posts over a threshold pay for it.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from signals.scoring.contract import Reason, Score, Scorer, ScorerInput, TopicContext
from signals.scoring.cues import read
from signals.scoring.encoder import Encoder
from signals.scoring.reader import Reader
from signals.scoring.reasons import largest_first
from signals.scoring.rules import WORDLESS, logistic
from signals.scoring.similar import Placing
from signals.scoring.storage import Arrays
from signals.scoring.topic import compile_topic, place
from signals.text import has_arabic

#: Parts of a post that are compared with the topic, in order.
PARTS: Final = ("title", "asking", "keyword", "opening")
#: Parts that are also read for what they say by themselves.
_SAYING: Final = (1, 3)
_TITLE: Final = 200  # characters
_SENTENCES: Final = 320
_OPENING: Final = 900
_SIDES: Final = 4  # the topic's name, name and keywords, nearest keyword, keywords on average
CLOSENESS: Final = len(PARTS) * _SIDES
_BATCH: Final = 256
_TOPICS_KEPT: Final = 256
#: Scores drawn to the base rate on purpose.
_DRAWN: Final = frozenset({"language.unsure", "language.joking"})

Floats = NDArray[np.float32]


class Comparison:
    """Closeness of the parts of posts to their topics, and what asking and opening say."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._topics: OrderedDict[TopicContext, Floats] = OrderedDict()

    def compare(self, inputs: Sequence[ScorerInput]) -> tuple[Floats, Floats]:
        """Cosines, shape (texts, CLOSENESS), and the joined vectors of the parts that speak."""
        vectors = self._vectors([_parts(item) for item in inputs])
        cosines = np.zeros((len(inputs), CLOSENESS), np.float32)
        for row, item in enumerate(inputs):
            topic = self._topic(item.topic)
            for part, vector in enumerate(vectors[:, row]):
                close = topic @ vector
                keywords = close[2:]
                sides = (close[0], close[1], keywords.max(), keywords.mean())
                cosines[row, part * _SIDES : (part + 1) * _SIDES] = sides
        return cosines, np.hstack([vectors[part] for part in _SAYING])

    def _vectors(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Shape (parts, texts, dimensions); a part that repeats another is encoded once."""
        unique = list(dict.fromkeys(part for parts in texts for part in parts))
        where = {text: row for row, text in enumerate(unique)}
        index = np.array([[where[part] for part in parts] for parts in texts])
        found: Floats = self._encoder.encode(unique)[index].transpose(1, 0, 2)
        return found

    def _topic(self, topic: TopicContext) -> Floats:
        known = self._topics.get(topic)
        if known is not None:
            self._topics.move_to_end(topic)
            return known
        keywords = list(topic.keywords) or [topic.name]
        together = f"{topic.name}: {', '.join(topic.keywords)}"
        known = self._topics[topic] = self._encoder.encode([topic.name, together, *keywords])
        if len(self._topics) > _TOPICS_KEPT:
            self._topics.popitem(last=False)
        return known


def _parts(item: ScorerInput) -> tuple[str, ...]:
    reading = read(item.text)
    folded = reading.folded
    found = place(reading, item.topic)
    title = folded[: reading.title_end][:_TITLE]
    asking = " ".join(folded[low:high].strip() for low, high, asks in reading.sentences if asks)
    keyword = ""
    if found.start >= 0:
        for low, high, _ in reading.sentences:
            if low <= found.start < high:
                keyword = folded[low:high].strip()[:_SENTENCES]
    return title, asking[:_SENTENCES] or title, keyword or title, folded[:_OPENING]


class NeuralScorer:
    """A scorer, and the encoder's word on the posts it thinks most of.

    Posts under ``threshold``, without words or a topic, or not in English keep the score they had.
    With the encoder the bundle was fitted with, ``reader`` reads topic and post as a pair; with
    another, only closeness to the topic counts.
    """

    def __init__(
        self,
        exact: Scorer,
        arrays: Arrays,
        encoder: Encoder,
        *,
        threshold: float,
        reader: Reader | None = None,
    ) -> None:
        self._exact, self._threshold, self._reader = exact, threshold, reader
        if isinstance(exact, Placing):
            self.vectors = exact.vectors
        self._comparison = Comparison(encoder)
        stage = "neural" if reader is None else "reading"
        self._weights = arrays[f"{stage}_weights"]
        self._bias = float(arrays[f"{stage}_bias"][0])
        fitted_with = arrays["neural_encoder"].tobytes().decode()
        self._saying = arrays["neural_saying"] if encoder.name == fitted_with else None
        self._usual = float(arrays["neural_saying_mean"][0])
        if reader is not None:
            self._usual = float(arrays["reading_mean"][0])
        self._version = f"{exact.version}+neural.{encoder.name}"

    @property
    def version(self) -> str:
        """The bundle's version and the encoder's."""
        return self._version

    def score(self, inputs: Sequence[ScorerInput]) -> Sequence[Score]:
        """Scores of the same length and order as ``inputs``."""
        scores = list(self._exact.score(inputs))
        rows = [
            row
            for row, (item, score) in enumerate(zip(inputs, scores, strict=True))
            if score.prospect >= self._threshold and _is_readable(item, score)
        ]
        for start in range(0, len(rows), _BATCH):
            chosen = rows[start : start + _BATCH]
            again = self._again([inputs[row] for row in chosen], [scores[row] for row in chosen])
            for row, score in zip(chosen, again, strict=True):
                scores[row] = score
        return scores

    def _again(self, inputs: Sequence[ScorerInput], scores: Sequence[Score]) -> list[Score]:
        cosines, saying = self._comparison.compare(inputs)
        before = np.array([math.fsum(one.log_odds for one in score.reasons) for score in scores])
        of_cosines = self._weights[1 : 1 + CLOSENESS]
        close = cosines @ of_cosines + (self._weights[0] - 1.0) * before + self._bias
        words = np.zeros(len(scores))
        if self._reader is not None:
            words = self._weights[-1] * (self._reader.logits(inputs) - self._usual)
            close = close + self._weights[-1] * self._usual
        elif self._saying is not None:
            words = np.asarray(saying @ self._saying, np.float64) - self._usual
        out = []
        for score, one, two in zip(scores, close.tolist(), words.tolist(), strict=True):
            added = [Reason("neural.topic", one)]
            if two:
                added.append(Reason("neural.wording", two))
            reasons = largest_first([*score.reasons, *added])
            logit = math.fsum(reason.log_odds for reason in reasons)
            out.append(replace(score, prospect=logistic(logit), reasons=reasons))
        return out


def _is_readable(item: ScorerInput, score: Score) -> bool:
    return (
        item.kind not in WORDLESS
        and item.language in {None, "en"}
        and not has_arabic(item.text)
        and compile_topic(item.topic).named
        and all(reason.code not in _DRAWN for reason in score.reasons)
    )
