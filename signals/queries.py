"""What is asked of the full-text index, in either database's own language. Pure.

A phrase is split as posts are: no quote, operator or wildcard is left that a database could take
for its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from signals.archive import split_words
from signals.text import fold, has_arabic
from signals.topics import UNSPACED, clitics, spellings

_ASKED: Final = 200  # characters of a phrase that are read


@dataclass(frozen=True, slots=True)
class Query:
    """One phrase: groups of words that all stand in a post, of each group at least one spelling.

    A spelling is several words in a row. Every word is letters and digits only.
    """

    groups: tuple[tuple[tuple[str, ...], ...], ...]

    @classmethod
    def of(cls, phrase: str) -> Query:
        folded = fold(phrase[:_ASKED])
        if has_arabic(folded):  # every word with what may stand before it, in any order
            return cls(
                tuple(
                    tuple((prefix + word,) for prefix in (clitics() if has_arabic(word) else ("",)))
                    for word in split_words(folded)
                )
            )
        options = []
        for spelling in spellings(folded):
            words = split_words(spelling)
            if UNSPACED.search(spelling):  # found anywhere: what it begins with may go on before
                words = words[0 if UNSPACED.match(words[0]) else 1 :]
                words = words if UNSPACED.match(words[-1]) else words[:-1]
            if words:
                options.append(tuple(words))
        return cls((tuple(dict.fromkeys(options)),) if options else ())

    def for_sqlite(self) -> str:
        """An expression of FTS5."""
        return self._write(lambda words: f'"{" ".join(words)}"', " OR ", " AND ")

    def for_postgresql(self) -> str:
        """Its words in any order: the index knows no places; ``patterns`` ask for them in a row."""
        return self._write(
            lambda words: "(" + " & ".join(f"'{word}'" for word in words) + ")", " | ", " & "
        )

    def patterns(self) -> list[list[str]] | None:
        """Of each group patterns of ``LIKE``, one of which its words match between two spaces.

        ``None`` where no words must stand in a row. Words hold letters and digits only, so that
        nothing in them is a wildcard.
        """
        if all(len(words) == 1 for group in self.groups for words in group):
            return None
        return [[f"% {' '.join(words)} %" for words in group] for group in self.groups]

    def _write(self, spell: Callable[[tuple[str, ...]], str], either: str, both: str) -> str:
        parts = [f"({either.join(spell(words) for words in group)})" for group in self.groups]
        return f"({both.join(parts)})"
