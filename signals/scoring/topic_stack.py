"""A topic's own small stage over a frozen prior: what reps taught, as plain numbers. Pure.

Fitting stands in ``fit_topic``; here is only what scoring needs, without any library.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from signals.scoring.contract import Intent, Reason, Score, Scorer, ScorerInput
from signals.text import fold, fold_map

Kind = Literal["prior", "calibration", "stack"]

#: Buckets of the hashed words: few, since a topic has hundreds of labels, not thousands.
BUCKETS: Final = 1024
#: The shape of what ``as_json`` writes; another one is not read.
FORMAT: Final = 1
_INTENTS: Final = tuple(Intent)
_EDGE: Final = (
    1e-4  # a probability nearer to 0 or 1 counts as this near: one head cannot decide all
)
_WORD: Final = re.compile(r"\w+")
_WORDS_READ: Final = 4000  # a text of 40,000 characters rarely has more
_WORDS_NAMED: Final = 3  # words with a reason of their own; the others are added up in one
_SMALLEST: Final = 0.05  # log-odds under which a word is not named


@dataclass(frozen=True, slots=True)
class Stack:
    """What one topic adds to the prior; ``kind`` ``prior`` adds nothing.

    The prospect logit is ``prior`` × the prior's logit + ``intercept`` + the logits of the intents
    (in the order of ``Intent``) and of relevance × their weights + the sum of the text's word
    weights ÷ the root of their number. ``number`` is its place in the topic's history.
    """

    kind: Kind = "prior"
    prior: float = 1.0
    intercept: float = 0.0
    intents: tuple[float, ...] = ()
    relevance: float = 0.0
    words: tuple[float, ...] = ()
    number: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back to an equal stack."""
        return {
            "format": FORMAT,
            "kind": self.kind,
            "prior": self.prior,
            "intercept": self.intercept,
            "intents": list(self.intents),
            "relevance": self.relevance,
            "words": list(self.words),
            "number": self.number,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Stack:
        """The stack that was written; raises ``ValueError`` for another shape."""
        try:
            stack = cls(
                document["kind"],
                float(document["prior"]),
                float(document["intercept"]),
                tuple(map(float, document["intents"])),
                float(document["relevance"]),
                tuple(map(float, document["words"])),
                int(document["number"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a stack: {error}") from error
        numbers = (
            stack.prior, stack.intercept, stack.relevance, *stack.intents, *stack.words,
        )  # fmt: skip
        if (
            document.get("format") != FORMAT
            or stack.kind not in {"prior", "calibration", "stack"}
            or len(stack.intents) not in {0, len(_INTENTS)}
            or len(stack.words) not in {0, BUCKETS}
            or not all(map(math.isfinite, numbers))
        ):
            raise ValueError("not a stack of this version")
        return stack

    def apply(self, score: Score, text: str) -> Score:
        """The prior's ``score`` of ``text`` as this topic sees it; its reasons add up."""
        if self.kind == "prior":
            return score
        reasons = [
            replace(reason, log_odds=self.prior * reason.log_odds)
            for reason in _reasons_of(score)
            if self.prior
        ]
        own = "stack.calibration" if self.kind == "calibration" else "stack.intercept"
        reasons.append(Reason(own, self.intercept))
        for intent, weight in zip(_INTENTS, self.intents, strict=False):
            if weight:
                value = weight * _logit(score.intents.get(intent, 0.5))
                reasons.append(Reason(f"stack.intent_{intent}", value))
        if self.relevance:
            reasons.append(Reason("stack.relevance", self.relevance * _logit(score.relevance)))
        if self.words:
            reasons += self._word_reasons(text)
        logit = math.fsum(reason.log_odds for reason in reasons)
        return Score(score.intents, score.relevance, logistic(logit), tuple(reasons))

    def _word_reasons(self, text: str) -> list[Reason]:
        words = words_of(text)
        if not words:
            return []
        share = 1 / math.sqrt(len(words))
        points = {word: share * self.words[bucket_of(word)] for word in words}
        telling = sorted(
            (word for word in words if abs(points[word]) >= _SMALLEST),
            key=lambda word: (-abs(points[word]), word),
        )[:_WORDS_NAMED]
        rest = math.fsum(points[word] for word in words if word not in telling)
        reasons = [
            Reason("stack.words", points[word], text[start:end], start, end)
            for word, (start, end) in _places(text, telling).items()
        ]
        return [*reasons, Reason("stack.words", rest)] if rest else reasons


class StackedScorer:
    """A prior with the stacks of some topics, by the topic's name; other topics get the prior."""

    def __init__(self, prior: Scorer, stacks: Mapping[str, Stack]) -> None:
        self._prior = prior
        self._stacks = dict(stacks)
        written = json.dumps(
            {name: stack.as_json() for name, stack in self._stacks.items()}, sort_keys=True
        )
        digest = hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:12]
        self._version = f"{prior.version}+topics.{digest}" if self._stacks else prior.version

    @property
    def version(self) -> str:
        """The prior's version and a digest of the stacks."""
        return self._version

    def score(self, inputs: Sequence[ScorerInput]) -> Sequence[Score]:
        """Scores of the same length and order as ``inputs``."""
        return [
            score if stack is None else stack.apply(score, item.text)
            for item, score in zip(inputs, self._prior.score(inputs), strict=True)
            for stack in (self._stacks.get(item.topic.name),)
        ]


def prior_logit(score: Score) -> float:
    """The logit of a prospect as the reasons have it, so that what is scaled still adds up."""
    return math.fsum(reason.log_odds for reason in _reasons_of(score))


def columns_of(score: Score) -> tuple[float, ...]:
    """Logits of the intents, in their order, and of relevance."""
    intents = (_logit(score.intents.get(intent, 0.5)) for intent in _INTENTS)
    return (*intents, _logit(score.relevance))


def words_of(text: str) -> list[str]:
    """The different words of a text, folded, in the order of their first place."""
    found: dict[str, None] = {}
    for match in _WORD.finditer(fold(text)):
        found[match.group()] = None
        if len(found) >= _WORDS_READ:
            break
    return list(found)


def bucket_of(word: str) -> int:
    """The word's place among the word weights; the same on every machine."""
    return zlib.crc32(word.encode("utf-8", "replace")) % BUCKETS


def logistic(logit: float) -> float:
    """The probability of a logit; 0 or 1 beyond what a float can tell."""
    if logit >= 0:
        return 1 / (1 + math.exp(-logit)) if logit < 700 else 1.0
    odds = math.exp(logit) if logit > -700 else 0.0
    return odds / (1 + odds)


def _reasons_of(score: Score) -> tuple[Reason, ...]:
    # A scorer that gives no reasons has one: itself.
    return score.reasons or (Reason("stack.prior", _logit(score.prospect)),)


def _logit(probability: float) -> float:
    within = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(within / (1 - within))


def _places(text: str, words: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The first place of each word in the text as written; ``(-1, -1)`` where folding hides it."""
    places = dict.fromkeys(words, (-1, -1))
    if not words:
        return places
    folded, positions = fold_map(text)
    for match in _WORD.finditer(folded):
        if places.get(match.group()) == (-1, -1):
            places[match.group()] = (positions[match.start()], positions[match.end() - 1] + 1)
    return places
