"""All topics matched in one pass: an automaton finds candidates, spaCy confirms the few.

Pure. The automaton runs over folded text; the tokeniser sees only the words around a hit, since
it manages a few thousand real posts a second and a stream brings more.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from config.errors import Refused
from signals.text import fold, fold_character, fold_map, has_arabic, is_storable

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.matcher import PhraseMatcher

#: What may stand before an Arabic word without changing it: and, so, with, for, like.
_CLITICS: Final = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "فل")
#: At most this many words of a phrase carry such a prefix at once; more is not met in practice and
#: the number of patterns would grow with a power of it.
_CLITIC_WORDS: Final = 2
_LONGEST_PHRASE: Final = 120  # characters; a longer one is a mistake, not a phrase
_SEPARATED: Final = re.compile(r"\S+")
# Stricter than spaCy's like_url, which takes "planning.any" for a host: a space is often forgotten.
_ADDRESS: Final = re.compile(
    r"[a-z]+://|^www\.|^[\w.]*\.(?:com|org|net|info|biz|gov|edu|co|io|ai|app|dev|me"
    r"|uk|us|ca|au|de|fr|es|eu|in|sa|ae|eg)(?:[/:?#]|$)"
)
# No token is an address, an e-mail address or an @name unless this is somewhere in it.
_MAY_HOLD_ADDRESS: Final = re.compile(
    r"@|://|www\.|\.(?:com|org|net|info|biz|gov|edu|co|io|ai|app|dev|me"
    r"|uk|us|ca|au|de|fr|es|eu|in|sa|ae|eg)"
)
_AROUND: Final = 200  # characters either side of a hit that the tokeniser sees at most
# Scripts written without spaces: a token boundary means nothing there, the automaton's word stands.
#: Keeps windows apart: a token that is in no phrase.
_BETWEEN: Final = " \u241e "
UNSPACED: Final = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class TopicPhrases:
    """A topic as the matcher needs it: phrases with the ids of their rows."""

    topic_id: int
    keywords: tuple[tuple[int, str], ...]
    exclusions: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One keyword of one topic at ``text[start:end]`` of the original text."""

    topic_id: int
    keyword_id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    topic_id: int
    keyword_id: int
    excludes: bool


def check_phrase(phrase: str) -> str:
    """The folded phrase; refuses one that could not match or would match nearly everything."""
    folded = fold(phrase)
    if len(phrase) > _LONGEST_PHRASE:
        raise Refused(
            "Keyword %(phrase)s… has %(n)s characters.",
            "Use a phrase of at most %(longest_phrase)s.",
            phrase=repr(phrase[:40]),
            n=len(phrase),
            longest_phrase=_LONGEST_PHRASE,
            fault="bad_keyword",
        )
    if not is_storable(phrase):
        raise Refused(
            "Keyword %(phrase)s holds a character that cannot be kept.",
            "Type it anew.",
            phrase=repr(phrase),
            fault="bad_keyword",
        )
    letters = sum(character.isalnum() for character in folded)
    if letters < 2 and not UNSPACED.search(folded):
        raise Refused(
            "Keyword %(phrase)s has fewer than two letters or digits.",
            "Use a word or phrase that people write.",
            phrase=repr(phrase),
            fault="short_keyword",
        )
    return folded


class Matcher:
    """Finds every keyword of every topic; a topic with an exclusion in the text is left out.

    spaCy is loaded when a text first needs it: 90 MB that the pages seldom do. ``tokenisers``:
    those of earlier matchers, to use again, since making one takes a tenth of a second; new ones
    are put there. Matchers that share them must not work at the same time.
    """

    def __init__(
        self, topics: Iterable[TopicPhrases], tokenisers: dict[bool, Language] | None = None
    ) -> None:
        import ahocorasick  # kept out of start-up

        self._phrases: list[_Phrase] = []
        variants: dict[str, list[int]] = {}
        for topic in topics:
            for excludes, phrases in ((False, topic.keywords), (True, topic.exclusions)):
                for keyword_id, phrase in phrases:
                    index = len(self._phrases)
                    self._phrases.append(_Phrase(topic.topic_id, keyword_id, excludes))
                    for variant in spellings(check_phrase(phrase)):
                        known = variants.setdefault(variant, [])
                        if index not in known:
                            known.append(index)
        self._languages: dict[bool, tuple[Language, PhraseMatcher]] = {}
        self._automaton: Any = ahocorasick.Automaton()
        self._tokenisers = {} if tokenisers is None else tokenisers
        for variant in variants:
            self._automaton.add_word(variant, variant)
        self._by_variant = variants
        if variants:
            self._automaton.make_automaton()

    @property
    def knows_anything(self) -> bool:
        """Whether there is any phrase to find."""
        return bool(self._by_variant)

    def match(self, texts: Iterable[str]) -> Iterator[tuple[Hit, ...]]:
        """Hits of each text in order of place; an empty tuple where nothing matched."""
        if not self._by_variant:
            for _ in texts:
                yield ()
            return
        find = self._automaton.iter
        for text in texts:
            folded = fold(text)
            found = list(find(folded))
            yield self._confirm(text, folded, found) if found else ()

    def match_one(self, text: str) -> tuple[Hit, ...]:
        """Hits of one text."""
        return next(self.match((text,)))

    def _confirm(self, text: str, folded: str, found: Sequence[tuple[int, str]]) -> tuple[Hit, ...]:
        spans: set[tuple[int, int, str]] = set()
        unsure: dict[bool, dict[tuple[int, int, str], tuple[int, int]]] = {}
        for last, variant in found:
            start, end = last - len(variant) + 1, last + 1
            left, right = folded.rfind(" ", 0, start) + 1, folded.find(" ", end)
            right = len(folded) if right < 0 else right
            # A phrase between spaces is tokenised as its pattern was: nothing is left to confirm.
            # And where a script has no spaces, a token boundary means nothing.
            if (left == start and right == end) or UNSPACED.search(variant):
                spans.add((start, end, variant))
                continue
            if not _continues(folded, end) and not _continues(folded, start - 1):
                window = max(left, start - _AROUND), min(right, end + _AROUND)
                unsure.setdefault(has_arabic(variant), {})[start, end, variant] = window
        for arabic, hits_in in unsure.items():
            windows = [
                window
                for window in _merge(sorted(set(hits_in.values())))
                if _MAY_HOLD_ADDRESS.search(folded, *window)
            ]
            confirmed, addresses = (
                self._tokenise(folded, windows, arabic=arabic) if windows else (set(), [])
            )
            # A token that goes on after the phrase ("planning.any", "~pension~") still holds it,
            # unless it is an address or a name: nobody speaks of pensions in www.pension.com.
            spans.update(
                span
                for span in hits_in
                if span in confirmed or not _overlaps(addresses, span[0], span[1])
            )
        if not spans:
            return ()
        excluded = {
            self._phrases[index].topic_id
            for _, _, variant in spans
            for index in self._by_variant.get(variant, ())
            if self._phrases[index].excludes
        }
        place = _places(text, folded)
        hits = [
            Hit(phrase.topic_id, phrase.keyword_id, *_whole(text, place(start), place(end - 1) + 1))
            for start, end, variant in sorted(spans)
            for phrase in (self._phrases[index] for index in self._by_variant.get(variant, ()))
            if not phrase.excludes and phrase.topic_id not in excluded
        ]
        return tuple(dict.fromkeys(hits))

    def load_tokenisers(self) -> None:
        """Load now what the first text that may hold an address would load: a second, 90 MB."""
        for arabic in (False, True):
            self._load_language(arabic=arabic)

    def _load_language(self, *, arabic: bool) -> tuple[Language, PhraseMatcher]:
        """The tokeniser of a script with the phrases written in it, made when first asked for."""
        if arabic not in self._languages:
            import spacy  # heavy: see the class

            language = self._tokenisers.get(arabic) or spacy.blank("ar" if arabic else "en")
            language.max_length = 1 << 30  # meant for parsers; a tokeniser needs no limit
            written = [one for one in self._by_variant if has_arabic(one) == arabic]
            self._languages[arabic] = (language, _phrase_matcher(language, written))
            self._tokenisers[arabic] = language
        return self._languages[arabic]

    def _tokenise(
        self, folded: str, windows: list[tuple[int, int]], *, arabic: bool
    ) -> tuple[set[tuple[int, int, str]], list[tuple[int, int]]]:
        """The phrases spaCy finds in the windows, and where addresses and @names stand.

        All windows go through as one document.
        """
        language, phrase_matcher = self._load_language(arabic=arabic)
        starts, length = [], 0
        for left, right in windows:
            starts.append(length)
            length += right - left + len(_BETWEEN)
        # The zone gives back what the vocabulary learned from strangers' words: a stream would
        # otherwise grow it for ever.
        with language.memory_zone():
            document = language.make_doc(
                _BETWEEN.join(folded[left:right] for left, right in windows)
            )

            def place(start: int) -> int:
                window = bisect_right(starts, start) - 1
                return windows[window][0] + start - starts[window]

            spans = [document[first:stop] for _, first, stop in phrase_matcher(document)]
            confirmed = {
                (place(span.start_char), place(span.start_char) + len(span.text), span.text)
                for span in spans
            }
            addresses = []
            for token in document:
                address = _ADDRESS.search(token.text)
                if token.like_email or token.text[0] == "@" or address:
                    start = place(token.idx)
                    within = address.start() if address else 0
                    addresses.append((start + within, start + len(token)))
        return confirmed, addresses


def _phrase_matcher(language: Language, spellings: Sequence[str]) -> PhraseMatcher:
    from spacy.matcher import PhraseMatcher

    matcher = PhraseMatcher(language.vocab, attr="ORTH")
    matcher.add("phrase", [language.make_doc(spelling) for spelling in spellings])
    return matcher


def clitics() -> tuple[str, ...]:
    """What may stand before an Arabic word, nothing included."""
    return _CLITICS


def spellings(folded: str) -> list[str]:
    """The folded phrase, run together as in a hashtag, and with Arabic prefixes on its words."""
    words = folded.split(" ")
    found = [folded]
    if len(words) > 1 and len(folded) > 8 and not has_arabic(folded):
        found.append("".join(words))
    if has_arabic(folded):
        options = [_CLITICS if has_arabic(word) else ("",) for word in words]
        for prefixes in itertools.product(*options):
            if sum(map(bool, prefixes)) <= _CLITIC_WORDS:
                found.append(" ".join(p + w for p, w in zip(prefixes, words, strict=True)))
    return list(dict.fromkeys(found))


def _continues(folded: str, index: int) -> bool:
    return 0 <= index < len(folded) and folded[index].isalnum()


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Widened to what folding took off a word: its article, marks, a closing bracket."""
    while start > 0 and _belongs(text[start - 1]):
        start -= 1
    while end < len(text) and _belongs(text[end]):
        end += 1
    if end < len(text) and text[end] == ")" and "(" in text[start:end]:
        end += 1
    return start, end


def _belongs(character: str) -> bool:
    if UNSPACED.match(character):
        return False
    return character.isalnum() or character == "\u0640" or unicodedata.category(character) == "Mn"


def _overlaps(ranges: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether any of the ranges, which are in order and apart, meets the stretch."""
    index = bisect_right(ranges, (end - 1, end)) - 1
    return index >= 0 and ranges[index][1] > start


def _merge(ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges in order, those that meet as one."""
    left, right = ranges[0]
    for start, end in ranges[1:]:
        if start <= right:
            right = max(right, end)
        else:
            yield left, right
            left, right = start, end
    yield left, right


class _Identity:
    def __call__(self, index: int) -> int:
        return index


class _Mapped:
    def __init__(self, positions: Sequence[int]) -> None:
        self._positions = positions

    def __call__(self, index: int) -> int:
        return self._positions[index]


class _Words:
    """Places by word: folding only joins words by single spaces and shortens some of them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []
        self._origins: list[tuple[int, int]] = []
        self.folded_length = -1
        plain = text.isascii() and "(" not in text  # words keep their length
        for word in _SEPARATED.finditer(text.translate(_SEPARATORS)):
            written = word.group()
            kept = plain or (written.isascii() and "(" not in written)
            length = len(written) if kept else len(fold(written))
            if length:  # a word of marks alone disappears
                self._starts.append(self.folded_length + 1)
                self._origins.append(word.span())
                self.folded_length += length + 1

    def __call__(self, index: int) -> int:
        word = bisect_right(self._starts, index) - 1
        start, end = self._origins[word]
        within = index - self._starts[word]
        part = self._text[start:end]
        return start + (within if part.isascii() and "(" not in part else fold_map(part)[1][within])


class _SeparatorTable(dict[int, str]):
    """Code point -> a space where folding makes one, else itself: lengths stay as they are."""

    def __missing__(self, code: int) -> str:
        self[code] = " " if fold_character(code) == " " else chr(code)
        return self[code]


_SEPARATORS: Final = _SeparatorTable()


def _places(text: str, folded: str) -> _Identity | _Mapped | _Words:
    if text.isascii() and len(text) == len(folded):
        return _Identity()  # nothing was dropped: folding only ever shortens ASCII
    words = _Words(text)
    if words.folded_length == len(folded):
        return words
    return _Mapped(fold_map(text)[1])  # a character that folds to several words: rare and slow
