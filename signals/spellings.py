"""Other ways a word is written: inflected, or misspelled. Pure; words are folded.

Every form that may be met is made, and the index says which of them are: so each word of the
archive counts, and no list of them is kept. English endings and Arabic ones are known; words of
other languages are only looked for one or two slips apart, which holds most of their endings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from signals.text import has_arabic
from signals.topics import clitics

#: English endings of the same word, longest first where one holds another.
_ENDINGS: Final = (
    "ments", "ment", "ations", "ation", "ings", "ing", "ions", "ion", "able", "ers", "ors", "ees",
    "ed", "er", "or", "ee", "es", "s", "al", "ly",
)  # fmt: skip
#: Those that are taken off to find the word. The others end too many words that are no form of the
#: rest: "pension" is none of "pens".
_LOOSE: Final = ("ments", "ment", "ings", "ing", "ed", "ers", "er", "ors", "or", "es", "s")
#: Of these so many letters must be left, since "career" is nobody who cares.
_AGENTS: Final = frozenset({"ers", "er", "ors", "or"})
_LEAST: Final = 4  # letters of what an ending stands after
_LEAST_BEFORE_AGENT: Final = 5
_VOWELS: Final = "aeiou"
#: Arabic endings after a whole word: whose it is, how many, of what kind.
_AFTER: Final = ("ي", "ك", "ه", "ها", "هم", "هن", "كم", "نا", "ات", "ون", "ين", "ان", "يه")
#: The same where the word ends with ta marbuta, which opens before them.
_AFTER_OPENED: Final = ("تي", "تك", "ته", "تها", "تهم", "تهن", "تكم", "تنا", "ات", "تين", "تان")
_LEAST_ARABIC: Final = 3
_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
_ARABIC: Final = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءئؤ"
_FEWEST: Final = 5  # letters of a word whose slips are looked for: "loan" is not "lone"
_TWO_SLIPS: Final = 9
_LONGEST: Final = 24  # letters; of a longer word there would be a hundred thousand slips


def find_forms(word: str) -> set[str]:
    """What the word may be when it is inflected, without itself and without Arabic prefixes."""
    forms = _arabic_forms(word) if has_arabic(word) else set(_english_forms(word))
    return forms - {word}


def find_slips(word: str) -> set[str]:
    """What the word may be when it is misspelled: one slip anywhere behind the first letter.

    From nine letters on two of the usual ones, too: a letter left out, doubled, swapped with the
    next, or another vowel.
    """
    if not _FEWEST <= len(word) <= _LONGEST or not word.isalpha():
        return set()
    letters = _ARABIC if has_arabic(word) else _LATIN
    slips = {*_usual_slips(word), *_other_letters(word, letters)}
    if len(word) >= _TWO_SLIPS:
        slips |= {two for one in set(_usual_slips(word)) for two in _usual_slips(one)}
    return {slip for slip in slips if slip != word and slip[0] == word[0]}


def spread_clitics(words: Iterable[str]) -> dict[str, str]:
    """Each word as it may stand in a post, behind what Arabic writes before it: which one it is."""
    return {
        f"{before}{word}": word
        for word in sorted(words)
        for before in (clitics() if has_arabic(word) else ("",))
    }


def _english_forms(word: str) -> Iterator[str]:
    if not _LEAST <= len(word) <= _LONGEST or not word.isalpha():
        return
    stems = {word}
    for ending in _LOOSE:
        least = _LEAST_BEFORE_AGENT if ending in _AGENTS else _LEAST
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= least:
            stems.add(rest)
            if rest[-1] not in _VOWELS:  # retiring: retire; planning: plan
                stems.add(rest[:-1] if rest[-1] == rest[-2] else f"{rest}e")
    if word.endswith("ies") and len(word) > _LEAST:
        stems.add(f"{word[:-3]}y")
    for stem in stems:
        yield from _inflect(stem)


def _inflect(stem: str) -> Iterator[str]:
    yield stem
    closed = stem[-1] not in f"{_VOWELS}wxy" and stem[-2] in _VOWELS and stem[-3] not in _VOWELS
    # "plan" always doubles its end, and so is no plane; longer words may or may not
    doubles = closed and sum(letter in f"{_VOWELS}y" for letter in stem) == 1
    for ending in _ENDINGS:
        opens = ending[0] in _VOWELS
        if not (opens and doubles):
            yield stem + ending
        if opens and closed:
            yield stem + stem[-1] + ending
        if opens and stem[-1] == "e":
            yield stem[:-1] + ending
        if stem[-1] == "y" and ending[0] in "esm":
            yield f"{stem[:-1]}i{'es' if ending == 's' else ending}"


def _arabic_forms(word: str) -> set[str]:
    if not word.isalpha() or not _LEAST_ARABIC <= len(word) <= _LONGEST:
        return set()
    stems = {word}
    for ending in sorted({*_AFTER, *_AFTER_OPENED}, key=len, reverse=True):
        rest = word.removesuffix(ending)
        if rest == word:
            continue
        if ending in _AFTER_OPENED and len(rest) + 1 >= _LEAST_ARABIC:
            stems.add(f"{rest}ه")
        if len(rest) >= _LEAST_ARABIC:
            stems.add(rest)
    forms = set(stems)
    for stem in stems:
        if stem.endswith("ه"):
            forms |= {stem[:-1] + ending for ending in _AFTER_OPENED}
        forms |= {stem + ending for ending in _AFTER}
    return {form for form in forms if len(form) >= _LEAST_ARABIC}


def _usual_slips(word: str) -> Iterator[str]:
    for at in range(1, len(word)):
        before, letter, after = word[:at], word[at], word[at + 1 :]
        yield before + after
        yield before + letter + letter + after
        if after:
            yield before + after[0] + letter + after[1:]
        if letter in _VOWELS:
            for vowel in _VOWELS:
                yield before + vowel + after


def _other_letters(word: str, letters: str) -> Iterator[str]:
    for at in range(1, len(word) + 1):
        for letter in letters:
            yield word[:at] + letter + word[at:]
            if at < len(word):
                yield word[:at] + letter + word[at + 1 :]
