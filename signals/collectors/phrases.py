"""Phrases of a topic as the words of a search box: quoted, joined by OR, within a length. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_SPACES: Final = re.compile(r"\s+")


def group_phrases(
    phrases: Sequence[str], *, max_length: int, joiner: str = " OR "
) -> list[tuple[str, tuple[str, ...]]]:
    """The fewest searches in the given order, each with the phrases it asks for.

    A phrase of several words, or with anything but letters and digits in it, is quoted; quotes and
    backslashes in it become spaces. One that is too long is asked for by its first words, which
    finds more, never less.
    """
    groups: list[tuple[str, tuple[str, ...]]] = []
    asked: set[str] = set()
    for phrase in phrases:
        term = quote_phrase(phrase, max_length)
        if term is None or term.casefold() in asked:
            continue
        asked.add(term.casefold())
        if groups and len(groups[-1][0]) + len(joiner) + len(term) <= max_length:
            text, known = groups[-1]
            groups[-1] = (f"{text}{joiner}{term}", (*known, phrase))
        else:
            groups.append((term, (phrase,)))
    return groups


def quote_phrase(phrase: str, max_length: int) -> str | None:
    """One phrase as a search's term of at most ``max_length``; ``None`` where nothing is left."""
    words = _SPACES.sub(" ", phrase.replace('"', " ").replace("\\", " ")).strip()
    if words.isalnum() and words.upper() not in {"OR", "AND", "NOT"} and len(words) <= max_length:
        return words
    while len(words) + 2 > max_length:
        words = words.rpartition(" ")[0] or words[: max(0, max_length - 2)]
        if not words:
            return None
    return f'"{words}"' if words else None
