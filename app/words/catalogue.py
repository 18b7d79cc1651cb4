"""A catalogue as it stands in its source, read fast: the command line cannot wait for Babel."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from gettext import c2py
from importlib.resources import files
from typing import Final

_PLURAL: Final = re.compile(r"plural=([^;]+);")


@dataclass(frozen=True)
class Catalogue:
    """One language's texts by the English ones; what is missing stays English."""

    texts: dict[str, str]
    plurals: dict[str, list[str]]
    form_of: Callable[[int], int]

    def gettext(self, message: str) -> str:
        """The text in this language."""
        return self.texts.get(message) or message

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The text in the form that ``n`` asks for."""
        forms = self.plurals.get(singular)
        if forms is None:
            return singular if n == 1 else plural
        return forms[self.form_of(n)]


ENGLISH: Final = Catalogue({}, {}, lambda n: 0 if n == 1 else 1)


def read_catalogue(language: str) -> Catalogue:
    """The catalogue of a language, from its ``.po`` file.

    Such a file holds strings as JSON writes them, each on lines of its own behind a word such as
    ``msgid``: no more of the format is used, and a test compares with what Babel reads.
    """
    source = files("app").joinpath("locale", language, "LC_MESSAGES", "messages.po")
    texts: dict[str, str] = {}
    plurals: dict[str, list[str]] = {}
    entry: dict[str, str] = {}
    word = ""
    for line in (*source.read_text(encoding="utf-8").splitlines(), ""):
        if line.startswith('"'):
            entry[word] += json.loads(line)
        elif line.startswith("msg"):
            word, _, text = line.partition(" ")
            entry[word] = json.loads(text)
        elif not line and "msgid" in entry:
            if "msgid_plural" in entry:
                plurals[entry["msgid"]] = [
                    text for name, text in entry.items() if name.startswith("msgstr[")
                ]
            else:
                texts[entry["msgid"]] = entry["msgstr"]
            entry = {}
    found = _PLURAL.search(texts.pop("", ""))
    return Catalogue(texts, plurals, c2py(found[1].strip()) if found else ENGLISH.form_of)
