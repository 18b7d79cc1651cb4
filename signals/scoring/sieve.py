"""The first stage over a raw stream: drops what cannot matter before anything is read closely.

A post passes when the words of a keyword of its topic, or two words close to the topic, occur in it
and the sum of its words' weights reaches a threshold chosen so that at least 99 of 100 posts pass
that the exact stage would call prospects. Arabic passes as it is: few weights were learned for it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from signals.scoring.contract import Intent, Reason, Score, Scorer, ScorerInput, TopicContext
from signals.scoring.rules import WORDLESS, logistic
from signals.scoring.stack import fit_sparse, group_folds
from signals.scoring.storage import Arrays
from signals.scoring.topic import compile_topic
from signals.text import fold, has_arabic

BITS: Final = 15
_CHARACTERS: Final = 900
_WORDS: Final = 90
_RECALL: Final = 0.995  # on rows left out; leaves room for 0.99 elsewhere
_STRENGTH: Final = 0.3
_SHORT: Final = 4  # letters; words up to this length are kept whole
_CLOSE_NEEDED: Final = 2
_TOPICS_KEPT: Final = 256
_MEMO_LIMIT: Final = 300_000
#: What a post that was left out is given: far below any threshold.
_LEFT_OUT: Final = -4.6
_INTENTS: Final = {intent: 0.5 if intent is Intent.NEWS else 0.02 for intent in Intent}


def words_of(text: str) -> list[str]:
    """The words the sieve looks at, roughly folded; texts with other letters are folded well."""
    head = text[:_CHARACTERS]
    if head.isascii() and "(" not in head:
        return head.lower().replace("-", " ").replace("_", " ").split()[:_WORDS]
    return fold(head).split()[:_WORDS]


def _column(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace")) >> (32 - BITS)


def fit(
    texts: Sequence[str], wanted: NDArray[Any], weights: NDArray[Any], groups: Sequence[str]
) -> Arrays:
    """Weights per hashed word and the threshold; ``wanted`` are posts the exact stage keeps."""
    rows: list[int] = []
    columns: list[int] = []
    for row, text in enumerate(texts):
        found = {_column(word) for word in words_of(text)}
        columns += sorted(found)
        rows += [row] * len(found)
    shape = (len(texts), 1 << BITS)
    matrix = sparse.coo_matrix((np.ones(len(rows)), (rows, columns)), shape).tocsr()
    folds = group_folds(groups, 5)
    logits = np.zeros(len(texts))
    for fold_number in range(5):
        test = folds == fold_number
        part, bias = fit_sparse(matrix[~test], wanted[~test], weights[~test], strength=_STRENGTH)
        logits[test] = matrix[test] @ part + bias
    whole, bias = fit_sparse(matrix, wanted, weights, strength=_STRENGTH)
    threshold = float(np.quantile(logits[wanted == 1], 1.0 - _RECALL))
    return {
        "sieve_weights": whole.astype(np.float16),
        "sieve_bias": np.array([bias - threshold], np.float32),
    }


@lru_cache(maxsize=1024)
def _stems(topic: TopicContext) -> tuple[tuple[str, ...], ...]:
    """The beginnings of each keyword's words, and of the longer words of the topic's name.

    Rough on purpose: "learn spanish" must let "learning some Spanish" pass.
    """
    compiled = compile_topic(topic)
    found = [tuple(_stem(word) for word in keyword.split()) for keyword in compiled.keywords]
    found += [(_stem(word.strip()),) for word in compiled.name_words if len(word) > _SHORT]
    return tuple(dict.fromkeys(found))


def _stem(word: str) -> str:
    return word[: max(3, len(word) - 2)] if len(word) > _SHORT else word


def _named(stems: tuple[tuple[str, ...], ...], text: str) -> bool:
    return any(all(stem in text for stem in keyword) for keyword in stems)


class Sieve:
    """Says which inputs the exact stage should see.

    ``close_words``: the words close to a topic, where a space knows them.
    """

    def __init__(
        self,
        arrays: Arrays,
        close_words: Callable[[TopicContext], frozenset[str]] = lambda _: frozenset(),
    ) -> None:
        self._close_words = close_words
        self._close: dict[TopicContext, frozenset[str]] = {}
        self._weights = arrays["sieve_weights"].astype(np.float64).tolist()
        self._bias = float(arrays["sieve_bias"][0])
        self._memo: dict[str, float] = {}

    def keep(self, inputs: Sequence[ScorerInput]) -> list[bool]:
        """One answer per input, in order."""
        if len(self._memo) > _MEMO_LIMIT:
            self._memo.clear()
        return [self._keep(item) for item in inputs]

    def _keep(self, item: ScorerInput) -> bool:
        if not item.text.isascii() and has_arabic(item.text):
            return True
        words = words_of(item.text)
        stems = _stems(item.topic)
        if stems and not _named(stems, " ".join(words)) and not self._touches(words, item.topic):
            if len(item.text) <= _CHARACTERS and len(words) < _WORDS:
                return False
            if not _named(stems, fold(item.text[:6_000])):
                return False
        if item.kind in WORDLESS:
            return True
        memo = self._memo
        total = self._bias
        for word in dict.fromkeys(words):
            weight = memo.get(word)
            if weight is None:
                weight = memo[word] = self._weights[_column(word)]
            total += weight
        return total >= 0.0

    def _touches(self, words: list[str], topic: TopicContext) -> bool:
        close = self._close.get(topic)
        if close is None:
            if len(self._close) > _TOPICS_KEPT:
                self._close.clear()
            close = self._close[topic] = self._close_words(topic)
        return len(close.intersection(words)) >= _CLOSE_NEEDED


class Cascade:
    """A scorer for raw streams: the sieve first, the exact stage for what passes."""

    def __init__(self, sieve: Sieve, exact: Scorer) -> None:
        self._sieve, self._exact = sieve, exact

    @property
    def version(self) -> str:
        """The exact stage's version, and that a sieve stands before it."""
        return f"{self._exact.version}+sieve"

    def score(self, inputs: Sequence[ScorerInput]) -> Sequence[Score]:
        """Scores of the same length and order; left out posts all get the same low one."""
        kept = [row for row, keep in enumerate(self._sieve.keep(inputs)) if keep]
        out = [_OUT] * len(inputs)
        exact = self._exact.score([inputs[row] for row in kept])
        for row, score in zip(kept, exact, strict=True):
            out[row] = score
        return out


_OUT: Final = Score(_INTENTS, 0.02, logistic(_LEFT_OUT), (Reason("sieve.left_out", _LEFT_OUT),))
