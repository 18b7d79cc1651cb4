"""Words as numbers: every token is looked up once and all n-grams are made by arithmetic.

Three readings of one text stand side by side: *lexical* (the words), *style* (words common to all
communities, everything else a blank, so that "which _ should i buy" is the same in every topic) and
*topical* (the same, but words close to the topic are marked, so that "looking for a T" differs from
"looking for a _"). Hashes are functions of the words alone, so no vocabulary has to be shipped.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from signals.scoring.cues import Reading

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Floats = NDArray[np.float32]

TOKEN: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[?!.,:$؟،]")
#: Tokens read of one text; posts say what they want before this.
MAX_TOKENS: Final = 320

LEXICAL_BITS: Final = 19
STYLE_BITS: Final = 18
TOPICAL_BITS: Final = 16

_BLANK: Final = zlib.crc32(b"_")
_DIGITS: Final = zlib.crc32(b"#")
#: Marks of the topical reading: a keyword, a word close to the topic, a word near it.
KEYWORD_MARK: Final = zlib.crc32(b"<K>")
CLOSE_MARK: Final = zlib.crc32(b"<T>")
NEAR_MARK: Final = zlib.crc32(b"<t>")
_MARKS: Final = np.array([KEYWORD_MARK, CLOSE_MARK, NEAR_MARK, _BLANK], np.uint64)
_MEMO_LIMIT: Final = 400_000
_OPENING: Final = 15  # tokens whose words are also learned as the first ones
_HEAD: Final = 12  # tokens that count as the opening
_TAIL: Final = 10  # tokens that count as the ending
_WINDOW: Final = 5  # tokens on either side of a topical word
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


class Lexicon:
    """Token -> number, hash of the word, hash of its style and row of its vector (-1 for none).

    ``common``: words kept by the style reading. ``vocabulary``: words with a vector, in row order.
    Numbers are given as words are met and never leave this object.
    """

    def __init__(self, common: Iterable[str], vocabulary: Sequence[str]) -> None:
        self._common = frozenset(common)
        self._rows = {word: row for row, word in enumerate(vocabulary)}
        self._clear()

    def _clear(self) -> None:
        self._numbers: dict[str, int] = {}
        self._words: list[int] = []
        self._styles: list[int] = []
        self._vectors: list[int] = []

    def _add(self, word: str) -> int:
        number = len(self._words)
        self._numbers[word] = number
        self._words.append(zlib.crc32(word.encode()))
        if word in self._common or not word[0].isalnum():
            self._styles.append(zlib.crc32(word.encode()))
        else:
            self._styles.append(_DIGITS if word[0].isdigit() else _BLANK)
        self._vectors.append(self._rows.get(word, -1))
        return number

    def encode(self, readings: Sequence[Reading]) -> Batch:
        """All tokens of a batch as arrays."""
        if len(self._words) > _MEMO_LIMIT:  # a stream brings new words for ever
            self._clear()
        numbers, add = self._numbers, self._add
        flat: list[int] = []
        lengths: list[int] = []
        titles: list[int] = []
        asking: list[bool] = []
        findall = TOKEN.findall
        for reading in readings:
            before = len(flat)
            title = 0
            for start, end, asks in reading.sentences:
                words = findall(reading.folded, start, end)
                for word in words:
                    number = numbers.get(word)
                    flat.append(add(word) if number is None else number)
                asking += [asks] * len(words)
                if start < reading.title_end:
                    title += len(words)
                if len(flat) - before >= MAX_TOKENS:
                    del flat[before + MAX_TOKENS :], asking[before + MAX_TOKENS :]
                    break
            lengths.append(len(flat) - before)
            titles.append(min(title, MAX_TOKENS))
        index = np.array(flat, np.int64)
        return Batch(
            np.array(self._words, np.uint64)[index] if flat else np.zeros(0, np.uint64),
            np.array(self._styles, np.uint64)[index] if flat else np.zeros(0, np.uint64),
            np.array(self._vectors, np.int64)[index] if flat else np.zeros(0, np.int64),
            np.array(asking, bool),
            np.array(lengths, np.int64),
            np.array(titles, np.int64),
        )


class Batch:
    """The tokens of several texts, one after the other.

    ``words``, ``styles``: hashes; ``vectors``: vector rows; ``asking``: stands in a sentence that
    asks; ``lengths``, ``titles``: tokens per text and of its title; ``rows``: text of each token;
    ``offsets``: first token of each text; ``within``: place of a token in its text.
    """

    def __init__(
        self,
        words: Hashes,
        styles: Hashes,
        vectors: Ints,
        asking: NDArray[np.bool_],
        lengths: Ints,
        titles: Ints,
    ) -> None:
        self.words, self.styles, self.vectors = words, styles, vectors
        self.asking, self.lengths, self.titles = asking, lengths, titles
        self.size = len(lengths)
        self.offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        self.rows = np.repeat(np.arange(self.size), lengths)
        self.within = np.arange(len(words)) - self.offsets[self.rows]

    def take(self, texts: Ints) -> Batch:
        """The tokens of these texts, in this order; a text may be taken more than once."""
        lengths = self.lengths[texts]
        ends = np.cumsum(lengths)
        first = np.repeat(self.offsets[texts] - (ends - lengths), lengths)
        at = first + np.arange(len(first))
        return Batch(
            self.words[at],
            self.styles[at],
            self.vectors[at],
            self.asking[at],
            lengths,
            self.titles[texts],
        )

    def grams(self) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """Counts of lexical and of style n-grams, each of shape (texts, columns)."""
        head = self.within < _HEAD
        tail = self.within >= (self.lengths[self.rows] - _TAIL)
        opening = self.within < _OPENING
        lexical = [
            *_runs(self.words, self.rows, 2, 1),
            *_runs(self.words, self.rows, 2, 9, opening),
        ]
        style = [
            *_runs(self.styles, self.rows, 3, 2),
            *_runs(self.styles, self.rows, 3, 3, head),
            *_runs(self.styles, self.rows, 2, 4, tail),
        ]
        return (
            _counts(lexical, LEXICAL_BITS, self.size),
            _counts(style, STYLE_BITS, self.size),
        )

    def topical_grams(self, marks: NDArray[np.int8]) -> sparse.csr_matrix:
        """Counts of topical n-grams; ``marks`` per token: 0 keyword, 1 close, 2 near, 3 none."""
        hashes = np.where(marks < 3, _MARKS[np.clip(marks, 0, 3)], self.styles)
        # A run of the same mark or blank counts once: "roth ira account" is one thing.
        blank = (marks < 3) | (hashes == _BLANK)
        repeat = np.zeros(len(hashes), bool)
        repeat[1:] = (hashes[1:] == hashes[:-1]) & blank[1:] & (self.rows[1:] == self.rows[:-1])
        keep = ~repeat
        hashes, rows, marks = hashes[keep], self.rows[keep], marks[keep]
        title = (self.within < self.titles[self.rows])[keep]
        parts = [*_runs(hashes, rows, 3, 5), *_runs(hashes, rows, 3, 6, title)]
        anchors = np.flatnonzero(marks < 2)
        for distance in range(1, _WINDOW + 1):
            for sign, salt in ((-1, 7), (1, 8)):
                at = anchors + sign * distance
                inside = (at >= 0) & (at < len(hashes))
                source = anchors[inside]
                at = at[inside]
                same = rows[at] == rows[source]
                at, source = at[same], source[same]
                parts.append((_salted(hashes[at], salt), rows[source]))
                nxt = at + 1
                pair = (nxt < len(hashes)) & (distance < _WINDOW)
                nxt = np.minimum(nxt, len(hashes) - 1)
                pair &= rows[nxt] == rows[at]
                both = hashes[at] * np.uint64(0x85EBCA6B) + hashes[nxt]
                parts.append((_salted(both[pair], salt + 2), rows[source[pair]]))
        return _counts(parts, TOPICAL_BITS, self.size)


def _salted(hashes: Hashes, salt: int) -> Hashes:
    mixed: Hashes = (hashes + np.uint64(salt * 0x51_7C_C1)) * _MIX
    return mixed


def _runs(
    hashes: Hashes, rows: Ints, longest: int, salt: int, where: NDArray[np.bool_] | None = None
) -> list[tuple[Hashes, Ints]]:
    """N-grams of lengths 1..``longest`` whose first token satisfies ``where``, with their rows."""
    out: list[tuple[Hashes, Ints]] = []
    joined = hashes
    for length in range(1, longest + 1):
        if length > 1:
            joined = joined[:-1] * np.uint64(0x85EBCA6B) + hashes[length - 1 :]
        if not len(joined):
            break
        last = length - 1
        whole = rows[: len(joined)] == rows[last : last + len(joined)]
        if where is not None:
            whole = whole & where[: len(joined)] & where[last : last + len(joined)]
        out.append((_salted(joined[whole], salt * 16 + length), rows[: len(joined)][whole]))
    return out


def _counts(parts: Sequence[tuple[Hashes, Ints]], bits: int, size: int) -> sparse.csr_matrix:
    hashes = np.concatenate([part[0] for part in parts]) if parts else np.zeros(0, np.uint64)
    rows = np.concatenate([part[1] for part in parts]) if parts else np.zeros(0, np.int64)
    columns_of = (hashes >> np.uint64(64 - bits)).astype(np.int32)
    data = np.ones(len(rows), np.float32)
    matrix = sparse.coo_matrix((data, (rows, columns_of)), shape=(size, 1 << bits)).tocsr()
    matrix.sum_duplicates()
    return matrix


def weigh(matrix: sparse.csr_matrix, idf: Floats) -> sparse.csr_matrix:
    """Sublinear counts times idf, each row of length one."""
    weighted = matrix.astype(np.float32)
    weighted.data = (1.0 + np.log(weighted.data)) * idf[weighted.indices]
    rows = np.repeat(np.arange(weighted.shape[0]), np.diff(weighted.indptr))
    norms = np.sqrt(np.bincount(rows, weighted.data**2, minlength=weighted.shape[0]))
    weighted.data = (weighted.data / np.maximum(norms, 1e-9)[rows]).astype(np.float32)
    return weighted
