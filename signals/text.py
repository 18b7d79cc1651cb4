"""Folding: one spelling for everything that people would call the same words.

``fold`` serves matching (fast, no positions); ``fold_map`` gives the same string together with the
position of every folded character in the original, and is only called where something was found.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ARABIC_LETTER: Final = "\u0620-\u063f\u0641-\u064a"
_HAS_ARABIC: Final = re.compile(f"[{_ARABIC_LETTER}]")
# The article with the prefixes that can stand before it, or lam + article as one («لل»). What
# is left must be a word of at least three letters, so that «الله» keeps its shape where stripping
# would leave a stump.
_ARTICLE: Final = re.compile(
    f"(?<![{_ARABIC_LETTER}])(?:[وف]?[بك]?ال|[وف]?لل)(?=[{_ARABIC_LETTER}]{{3}})"
)
# «401(k)», «403(b)»: the bracketed letter belongs to the word.
_LETTER_IN_BRACKETS: Final = re.compile(r"(?<=[0-9])\(([a-z])\)")

_APOSTROPHES: Final = frozenset("’‘ʼ`´＇")
_QUOTES: Final = frozenset("“”„‟«»")
_DASHES: Final = frozenset("-‐‑‒–—―_")
_ARABIC_FORMS: Final = {"ة": "ه", "ى": "ي", "ٱ": "ا", "ک": "ك", "ی": "ي", "گ": "ك"}


class _FoldTable(dict[int, str]):
    """Code point -> folded text, filled as characters are met (``str.translate`` runs in C)."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character.isspace() or character in _DASHES:
        return " "
    if character in _APOSTROPHES:
        return "'"
    if character in _QUOTES:
        return '"'
    category = unicodedata.category(character)
    if category in {"Cc", "Zs"}:
        return " "
    if category in {"Mn", "Me", "Cf", "Cs"} or character == "\u0640":  # marks, invisible, tatweel
        return ""
    # A Korean syllable stays whole: in pieces, a word would match inside another syllable.
    parts = "" if "\uac00" <= character <= "\ud7a3" else unicodedata.normalize("NFKD", character)
    if parts not in {"", character}:  # a wide hyphen is a hyphen, a shaped tatweel a tatweel
        return "".join(map(_fold_character, parts))
    letter = _ARABIC_FORMS.get(character, character)
    if letter.isdecimal() and not letter.isascii():
        letter = str(unicodedata.digit(letter))
    return letter.casefold()


_TABLE: Final = _FoldTable()


def fold_character(code: int) -> str:
    """What a code point becomes; the empty string where it is dropped."""
    return _TABLE[code]


def fold(text: str) -> str:
    """Lower case, no diacritics, one alef, one space; Arabic words without their article.

    Dashes and underscores become spaces, so that "long-term" meets "long term" and a hashtag
    meets its phrase. ``401(k)`` becomes ``401k``.
    """
    folded = " ".join(text.translate(_TABLE).split())
    if "(" in folded:
        folded = _LETTER_IN_BRACKETS.sub(r"\1", folded)
    if not folded.isascii() and _HAS_ARABIC.search(folded):
        folded = _ARTICLE.sub("", folded)
    return folded


def is_folded_by_characters(text: str) -> bool:
    """Whether folding looks at each character alone: not where «401(k)» or an article stands.

    ``text`` is folded but for these, or not at all.
    """
    if "(" in text and _LETTER_IN_BRACKETS.search(text):
        return False
    return text.isascii() or not _HAS_ARABIC.search(text)


def fold_map(text: str) -> tuple[str, list[int]]:
    """The same string as ``fold`` and, for each of its characters, its index in ``text``."""
    characters: list[str] = []
    positions: list[int] = []
    for index, character in enumerate(text):
        for part in _TABLE[ord(character)]:
            if part.isspace() and (not characters or characters[-1] == " "):
                continue
            characters.append(" " if part.isspace() else part)
            positions.append(index)
    if characters and characters[-1] == " ":
        characters.pop()
        positions.pop()
    folded = "".join(characters)
    for pattern, keep in ((_LETTER_IN_BRACKETS, 1), (_ARTICLE, 0)):
        drops = [
            (match.start(), match.end(), match.start(keep), match.end(keep))
            if keep
            else (match.start(), match.end(), match.end(), match.end())
            for match in pattern.finditer(folded)
        ]
        for start, end, keep_start, keep_end in reversed(drops):
            folded = folded[:start] + folded[keep_start:keep_end] + folded[end:]
            positions[start:end] = positions[keep_start:keep_end]
    return folded, positions


def storable(text: str | None) -> str | None:
    """Without NUL and lone surrogates, which PostgreSQL and UTF-8 refuse."""
    if text is None:
        return None
    if "\x00" in text:
        text = text.replace("\x00", "")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace").decode()
    return text


def is_storable(text: str) -> bool:
    """Whether both databases take it: no NUL, no lone surrogate (a shell passes one for a byte)."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def has_arabic(text: str) -> bool:
    """Whether any Arabic letter occurs."""
    return _HAS_ARABIC.search(text) is not None


def cut(value: str | None, length: int) -> str | None:
    """A text as it can be stored in a column of so many characters."""
    value = storable(value)
    return value if value is None or len(value) <= length else value[:length]
