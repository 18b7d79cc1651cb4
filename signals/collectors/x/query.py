"""Queries of X's recent search from a topic's phrases. Pure.

Source: docs.x.com, "Build a query" and the list of operators: 512 characters for self-serve access;
keywords, phrases, hashtags, cashtags and mentions stand alone, ``is:`` and ``lang:`` need one that
does; AND binds before OR.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

#: Characters of a query with self-serve access.
MAX_LENGTH: Final = 512
#: Retweets have no words of their own; keyword search stopped returning them in May 2026.
_ALWAYS: Final = "-is:retweet"
#: A word that needs no quotes. Anything else might hold an operator.
_PLAIN: Final = re.compile(r"[^\W_][\w']*")
_TAG: Final = re.compile(r"[#@]\w+|\$[A-Za-z]{1,6}")
_OPERATORS: Final = frozenset({"and", "or", "not"})
_SPACES: Final = re.compile(r"\s+")
#: Exclusions take at most this part of a query; what does not fit is left to our own matching.
_EXCLUDED_PART: Final = 0.4
_MAX_LANGUAGES: Final = 8
#: Codes that mean the same to X and to us; Hebrew and Indonesian do not.
_LANGUAGES: Final = frozenset(
    "am ar bg bn ca cs cy da de el en es et eu fa fi fr gu hi hr ht hu hy is it ja ka kn ko lt lv "
    "ml mr my ne nl no or pa pl ps pt ro ru sd si sk sl sr sv ta te th tl tr uk ur vi zh".split()
)


@dataclass(frozen=True, slots=True)
class Search:
    """One query and the phrases it asks for."""

    text: str
    keywords: tuple[str, ...]

    @property
    def key(self) -> str:
        """Names the query in a cursor; another wording is another query."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def build_searches(
    keywords: Sequence[str],
    exclusions: Sequence[str] = (),
    languages: Sequence[str] = (),
    *,
    max_length: int = MAX_LENGTH,
) -> tuple[Search, ...]:
    """The fewest queries in the given order that ask for every keyword.

    A query may find more than the topic wants, never less: a phrase too long for a query is asked
    for by its first words, exclusions that do not fit are left out, and so are languages of which X
    has another name. Phrases without any letter or digit, such as emoji, are quoted as they are.
    """
    tail = _tail(exclusions, languages, max_length)
    room = max_length - len(tail) - len("() ")
    searches: list[Search] = []
    group: list[tuple[str, str]] = []
    asked: set[str] = set()
    for keyword in keywords:
        term = _term(keyword, room)
        if term is None or term.casefold() in asked:
            continue
        asked.add(term.casefold())
        if group and len(_joined([*group, (keyword, term)])) > room:
            searches.append(_search(group, tail))
            group = []
        group.append((keyword, term))
    if group:
        searches.append(_search(group, tail))
    return tuple(searches)


def _search(group: Sequence[tuple[str, str]], tail: str) -> Search:
    joined = _joined(group)
    head = f"({joined})" if len(group) > 1 else joined
    return Search(f"{head} {tail}", tuple(keyword for keyword, _ in group))


def _joined(group: Iterable[tuple[str, str]]) -> str:
    return " OR ".join(term for _, term in group)


def _tail(exclusions: Sequence[str], languages: Sequence[str], max_length: int) -> str:
    """What is said beside the keywords: never the only thing, so that it may need conjunction."""
    parts = [_ALWAYS]
    codes = list(dict.fromkeys(code.lower() for code in languages))
    if codes and len(codes) <= _MAX_LANGUAGES and _LANGUAGES.issuperset(codes):
        clause = " OR ".join(f"lang:{code}" for code in codes)
        parts.append(f"({clause})" if len(codes) > 1 else clause)
    left = int(max_length * _EXCLUDED_PART)
    for exclusion in exclusions:
        term = _term(exclusion, max_length)
        # Cut to its beginning it would exclude more than the topic does.
        if term is not None and len(term) + 2 <= left:
            parts.append(f"-{term}")
            left -= len(term) + 2
    return " ".join(parts)


def _term(phrase: str, room: int) -> str | None:
    """A phrase as a standalone operator of at most ``room`` characters; ``None``: nothing left."""
    words = _SPACES.sub(" ", phrase.replace('"', " ").replace("\\", " ")).strip()
    if not words:
        return None
    is_plain = _PLAIN.fullmatch(words) and words.lower() not in _OPERATORS
    if (is_plain or _TAG.fullmatch(words)) and len(words) <= room:
        return words
    while len(words) + 2 > room:
        shorter = words.rpartition(" ")[0]
        words = shorter or words[: max(0, room - 2)]
        if not words:
            return None
    return f'"{words}"'
