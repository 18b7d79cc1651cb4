"""Whether two texts are the same posted again: MinHash over words, bands, an exact check. Pure.

A title on the first line does not count, so that a fresh one hides nothing. Word by word and not by
runs of words, since every edit breaks as many runs as they are long: with a fifth of the words
changed, two thirds of the words are still shared, but only a third of the runs of three.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import Any, Final

from signals.text import fold, fold_character, is_folded_by_characters

#: Bands and rows: with two thirds of the words shared, 97 of 100 pairs meet in one band at least.
BANDS: Final = 16
ROWS: Final = 4
#: Distinct telling words under which a text is too short to be told from others like it.
SHORT: Final = 10
_SAME: Final = 0.5  # of all telling words of two texts, the share that must be common
_SAME_PAIRS: Final = 0.22  # and of all neighbouring pairs of words
_READ: Final = 1500  # characters of a body: enough to tell it, and the same for every copy
_TELLING: Final = 4  # letters; shorter ones are mostly grammar, in English and Arabic alike
_LARGEST_CACHE: Final = 300_000
_BATCH: Final = 256  # texts hashed at a time: their hashes stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Mark:
    """What a text is found by: ``keys`` (signed 64 bits), one per band; a short one has one key.

    ``is_short`` marks match only the same words by the same account.
    """

    keys: tuple[int, ...]
    is_short: bool


def body_of(text: str) -> str:
    """The text without a title on its first line, unless hardly anything were left."""
    head, gap, body = text.partition("\n\n")
    if gap and "\n" not in head.strip() and len(body) > 6 * SHORT:
        return body
    return text


@lru_cache(maxsize=1024)  # what was marked a moment ago is compared now
def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text's body."""
    body = body_of(text)[:_READ]
    spelled = body.translate(_WORDS)  # one pass where each character stands for itself
    if is_folded_by_characters(spelled):
        return tuple(spelled.replace("(", " ").replace(")", " ").split())
    return tuple(fold(body).translate(_SPACES).split())


def tell(words: Sequence[str]) -> list[str]:
    """The words that tell a text from others, each once, in order."""
    return list(dict.fromkeys([word for word in words if len(word) >= _TELLING]))


def mark(texts: Sequence[str]) -> list[Mark]:
    """The marks of texts, in order; one without words has no keys."""
    marks: list[Mark | None] = []
    long_ones: list[tuple[int, list[str]]] = []
    for number, text in enumerate(texts):
        words = words_of(text)
        telling = tell(words)
        if len(telling) >= SHORT:
            long_ones.append((number, telling))
            marks.append(None)
        else:
            marks.append(Mark((_key_of_short(words),) if words else (), is_short=True))
    for start in range(0, len(long_ones), _BATCH):
        part = long_ones[start : start + _BATCH]
        for (number, _), keys in zip(part, _keys([words for _, words in part]), strict=True):
            marks[number] = Mark(tuple(keys), is_short=False)
    return [one for one in marks if one is not None]


def is_copy(one: str, other: str) -> bool:
    """Whether two texts are the same but for edits of up to about a fifth of their words."""
    first, second = words_of(one), words_of(other)
    telling, others = _told(first), _told(second)
    if min(len(telling), len(others)) < SHORT:
        return first == second
    if _share(telling, others) < _SAME:
        return False
    pairs, other_pairs = set(pairwise(first)), set(pairwise(second))
    return _share(pairs, other_pairs) >= _SAME_PAIRS


@lru_cache(maxsize=64)  # one text is compared with several
def _told(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset([word for word in words if len(word) >= _TELLING])


def _share(one: AbstractSet[Any], other: AbstractSet[Any]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def _key_of_short(words: Sequence[str]) -> int:
    text = " ".join(words).encode()
    return _signed((zlib.crc32(text) << 32) | zlib.adler32(text))


def _signed(key: int) -> int:
    return key - (1 << 64) if key >= 1 << 63 else key


class _Spaces(dict[int, str]):
    """Code point -> itself if it may stand in a word, else a space (``str.translate`` is C)."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        found = self[code] = character if character.isalnum() else " "
        return found


_SPACES: Final = _Spaces()


class _Words(dict[int, str]):
    """Code point -> what it becomes folded; a space where it may not stand in a word.

    Brackets stay: whether they are a part of a word is seen only beside their neighbours.
    """

    def __missing__(self, code: int) -> str:
        folded = fold_character(code)
        found = self[code] = "".join(one if one.isalnum() or one in "()" else " " for one in folded)
        return found


_WORDS: Final = _Words()


class _Numbers(dict[str, int]):
    """Word -> 32 bits, the same in every process."""

    def __missing__(self, word: str) -> int:
        number = self[word] = zlib.crc32(word.encode("utf-8", "surrogatepass"))
        return number


_numbers = _Numbers()


@cache
def _constants() -> Any:
    import numpy as np  # kept out of start-up

    rng = np.random.default_rng(20261125)  # stored keys depend on it
    seeds = rng.integers(0, 2**32, (BANDS * ROWS, 1), dtype=np.uint32)
    odds = rng.integers(0, 2**32, (BANDS * ROWS, 1), dtype=np.uint32) | np.uint32(1)
    mixers = rng.integers(0, 2**63, (1, ROWS, 1), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    offsets = rng.integers(0, 2**63, (BANDS, 1), dtype=np.uint64)
    return seeds, odds, mixers, offsets


def _keys(features: Sequence[Sequence[str]]) -> list[list[int]]:
    """Band keys of texts that have at least one telling word."""
    import numpy as np

    if len(_numbers) > _LARGEST_CACHE:
        _numbers.clear()
    seeds, odds, mixers, offsets = _constants()
    flat = np.fromiter(map(_numbers.__getitem__, chain.from_iterable(features)), dtype=np.uint32)
    flat ^= flat >> np.uint32(16)  # a checksum's bits depend on each other: stir them
    flat *= np.uint32(0x85EBCA6B)
    flat ^= flat >> np.uint32(13)
    starts = np.cumsum([0, *(len(words) for words in features[:-1])])
    hashes = (flat[None, :] ^ seeds) * odds
    least = np.minimum.reduceat(hashes, starts, axis=1).astype(np.uint64)
    bands = (least.reshape(BANDS, ROWS, -1) * mixers).sum(axis=1, dtype=np.uint64) + offsets
    bands ^= bands >> np.uint64(29)
    bands *= np.uint64(0xBF58476D1CE4E5B9)
    keys: list[list[int]] = bands.T.astype(np.int64).tolist()
    return keys
