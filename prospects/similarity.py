"""Whether two texts are the same posted again: MinHash over words, bands, an exact check. Pure.

A title on the first line does not count, so that a fresh one hides nothing. Word by word and not by
runs of words, since every edit breaks as many runs as they are long: with a fifth of the words
changed, two thirds of the words are still shared, but only a third of the runs of three.

Short texts are another matter: people ask for the same thing in nearly the same words. So many
accounts' short texts are one only word for word, or where they name the same address, handle or
number; one account's also with edits; and a few words that anybody says are never one.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
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
#: Distinct telling words under which a text is short.
SHORT: Final = 10
#: From so many telling words, and words in all, a short one is told from others in spite of edits.
_MIDDLE, _MIDDLE_WORDS = 7, 10
#: Under so many telling words, or one less and so many in all, a text without an address is
#: anybody's: of 245,000 posts three authors shared none so long but some sayings (decision 14).
_FEWEST, _FEWEST_WORDS = 6, 8
#: The same for one that names an address, handle or number, which itself tells most.
_FEWEST_BESIDE, _FEWEST_BESIDE_WORDS = 3, 5
_EDITED: Final = 0.2  # of the words of a short text may differ
_SKETCHED: Final = 6  # pairs of least words by which a short text with edits is found
_CONTACTS: Final = 2  # read of one text
_CONTACT: Final = re.compile(
    r"https?://\S+|www\.\S+|[\w-]+\.[a-z]{2,}/\S+|@[\w.-]{3,}|\+?\d[\d ().-]{7,}\d", re.IGNORECASE
)
_SAME: Final = 0.5  # of all telling words of two texts, the share that must be common
_SAME_PAIRS: Final = 0.22  # and of all neighbouring pairs of words
_READ: Final = 1500  # characters of a body: enough to tell it, and the same for every copy
_TELLING: Final = 4  # letters; shorter ones are mostly grammar, in English and Arabic alike
_LARGEST_CACHE: Final = 300_000
_BATCH: Final = 256  # texts hashed at a time: their hashes stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Mark:
    """What a text is found by: ``shared`` keys by everybody's, ``own`` ones by its account's alone.

    Signed 64 bits each; a text without words has none.
    """

    shared: tuple[int, ...]
    own: tuple[int, ...] = ()


def body_of(text: str) -> str:
    """The text without a title on its first line, unless what were left is anybody's."""
    head, gap, body = text.partition("\n\n")
    if gap and "\n" not in head.strip() and (len(body) > 6 * SHORT or _is_telling(body)):
        return body
    return text


def _is_telling(body: str) -> bool:
    """Whether a short text may be told from what anybody says."""
    words = _fold_words(body)
    telling = len(tell(words))
    if telling >= _FEWEST or (telling == _FEWEST - 1 and len(words) >= _FEWEST_WORDS):
        return True
    return (
        telling >= _FEWEST_BESIDE
        and len(words) >= _FEWEST_BESIDE_WORDS
        and _CONTACT.search(body) is not None
    )


@lru_cache(maxsize=1024)  # what was marked a moment ago is compared now
def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text's body."""
    return _fold_words(body_of(text)[:_READ])


def _fold_words(body: str) -> tuple[str, ...]:
    spelled = body.translate(_WORDS)  # one pass where each character stands for itself
    if is_folded_by_characters(spelled):
        return tuple(spelled.replace("(", " ").replace(")", " ").split())
    return tuple(fold(body).translate(_SPACES).split())


def tell(words: Sequence[str]) -> list[str]:
    """The words that tell a text from others, each once, in order."""
    return list(dict.fromkeys([word for word in words if len(word) >= _TELLING]))


def mark(texts: Sequence[str]) -> list[Mark]:
    """The marks of texts, in order; one without words has no keys."""
    marks: list[Mark] = []
    banded: list[tuple[int, list[str]]] = []
    for number, text in enumerate(texts):
        words = words_of(text)
        telling = tell(words)
        if len(telling) >= SHORT:
            marks.append(Mark(()))
        else:
            marks.append(_mark_short(text, words))
        if len(telling) >= SHORT or _is_middling(words, len(telling)):
            banded.append((number, telling))
    for start in range(0, len(banded), _BATCH):
        part = banded[start : start + _BATCH]
        for (number, _), keys in zip(part, _keys([words for _, words in part]), strict=True):
            marks[number] = Mark((*keys, *marks[number].shared), marks[number].own)
    return marks


def _mark_short(text: str, words: tuple[str, ...]) -> Mark:
    if not words:
        return Mark(())
    whole = _key_of_short(words)
    body = body_of(text)
    if not _is_telling(body):
        return Mark((), (whole,))
    sketch = _sketch(words)
    named = [zlib.crc32(one.encode("utf-8", "surrogatepass")) for one in contacts_in(body)]
    beside = [_signed(key ^ (one << 32 | one)) for one in named for key in sketch]
    return Mark((whole, *beside), tuple(_signed(key) for key in sketch))


def contacts_in(text: str) -> tuple[str, ...]:
    """The addresses, handles and numbers of a short text, the first ones, in lower case."""
    found = [one.rstrip(".,;:!?)…") for one in _CONTACT.findall(text.lower())]
    return tuple(dict.fromkeys(found))[:_CONTACTS]


def _is_middling(words: Sequence[str], telling: int) -> bool:
    return telling >= _MIDDLE and len(words) >= _MIDDLE_WORDS


def is_copy(one: str, other: str, *, by_one: bool = False) -> bool:
    """Whether two texts are the same but for edits of up to about a fifth of their words.

    ``by_one``: whether one account wrote both, which tells short ones as well.
    """
    first, second = words_of(one), words_of(other)
    telling, others = _told(first), _told(second)
    if min(len(telling), len(others)) < SHORT:
        return first == second or (
            _is_edited(first, second)
            and (
                (by_one and _is_telling(body_of(one)) and _is_telling(body_of(other)))
                or (_is_middling(first, len(telling)) and _is_middling(second, len(others)))
                or not set(contacts_in(body_of(one))).isdisjoint(contacts_in(body_of(other)))
            )
        )
    if _share(telling, others) < _SAME:
        return False
    return _share(set(pairwise(first)), set(pairwise(second))) >= _SAME_PAIRS


def _is_edited(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether short texts differ in a fifth of their words at most, in about one order."""
    allowed = max(1, round(_EDITED * max(len(first), len(second))))
    if abs(len(first) - len(second)) > allowed:
        return False
    here, there = Counter(first), Counter(second)
    if max((here - there).total(), (there - here).total()) > allowed:
        return False
    return _share(set(pairwise(first)), set(pairwise(second))) >= _SAME_PAIRS


@lru_cache(maxsize=64)  # one text is compared with several
def _told(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset([word for word in words if len(word) >= _TELLING])


def _share(one: AbstractSet[Any], other: AbstractSet[Any]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def _key_of_short(words: Sequence[str]) -> int:
    text = " ".join(words).encode()
    return _signed((zlib.crc32(text) << 32) | zlib.adler32(text))


def _sketch(words: Sequence[str]) -> list[int]:
    """Pairs of least words under some orders; two texts with most words alike share one."""
    numbers = {_numbers[word] for word in words}
    least = [
        min([(number ^ seed) * odd & 0xFFFFFFFF for number in numbers]) for seed, odd in _orders()
    ]
    return [(least[2 * place] << 32 | least[2 * place + 1]) ^ place for place in range(_SKETCHED)]


@cache
def _orders() -> list[tuple[int, int]]:
    """Seeds and odd factors, the same in every process: stored keys depend on them."""
    made = [zlib.crc32(f"order {number}".encode()) for number in range(4 * _SKETCHED)]
    return [(seed, odd | 1) for seed, odd in zip(made[::2], made[1::2], strict=True)]


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
