"""How alike two notes are, but for what a template fills in. Pure."""

from __future__ import annotations

import re

from signals.text import fold

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 3  # letters of a word that says something


def words_of(note: str) -> frozenset[str]:
    """The words of a note, folded, without numbers and signs nobody sees."""
    return frozenset(word for word in _WORD.findall(fold(note)) if len(word) >= _SHORTEST)


def likeness_of(
    one: frozenset[str], other: frozenset[str], called: str = "", other_called: str = ""
) -> float:
    """The share of words that two notes have in common, 0..1.

    ``called`` is what the person of a note is called, folded: words of one note alone that stand
    in it are a name filled in, and no difference.
    """
    both = len(one & other)
    if 2 * both <= max(len(one), len(other)):  # too little for a name to matter
        return both / max(1, len(one) + len(other) - both)
    apart = sum(word not in called for word in one - other)
    apart += sum(word not in other_called for word in other - one)
    return both / (both + apart)
