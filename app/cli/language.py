"""The language in which the command line speaks.

``--lang`` before the command, else ``WARMLIST_LANG``, else what the terminal is set to
(``LC_ALL``, ``LC_MESSAGES``, ``LANG``). English loads nothing; another language reads its catalogue
once. Digits are Latin unless ``--digits arab`` asks for others, for numbers are typed back. What
``--json`` prints is the same in every language.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from config.sentences import Sentence

if TYPE_CHECKING:
    from app.wording import Wording
    from app.words.texts import Texts

_ASKED: Final = ("WARMLIST_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
# Marks that turn text: a page needs them, a terminal copies them along with the command.
_MARKS: Final = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x2066, 0x206A)))


class _Speaker:
    """Whose language is spoken; ``None`` stands for English, which needs no catalogue."""

    def __init__(self) -> None:
        self.texts: Texts | None = None


_SPEAKER: Final = _Speaker()


def read_language(words: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """``ar`` or ``en``: what the words before the command ask for, else the environment."""
    asked = _option(words, "--lang")
    for name in _ASKED:
        asked = asked or environment.get(name, "")
    return "ar" if asked.lower().replace("-", "_").split("_")[0].split(".")[0] == "ar" else "en"


def speak(words: Sequence[str]) -> None:
    """Speak the language that the words of a command or the environment ask for."""
    if read_language(words) == "en":
        _SPEAKER.texts = None
        return
    from app.words.texts import Texts

    _SPEAKER.texts = Texts("ar", arabic_digits=_option(words, "--digits") == "arab")


def spoken() -> Texts | None:
    """The texts of the language spoken; ``None`` for English."""
    return _SPEAKER.texts


def said(sentence: str, **values: object) -> str:
    """A sentence or word in the reader's language, with ``values`` in its places."""
    texts = _SPEAKER.texts
    if texts is None:
        return sentence % values if values else sentence
    return texts.filled(sentence, values).translate(_MARKS)


def counted(number: int, singular: str) -> str:
    """A number with its noun: 1 keyword, 2 keywords."""
    texts = _SPEAKER.texts
    one, many = f"%(n)s {singular}", f"%(n)s {singular}s"
    if texts is None:
        return (one if number == 1 else many) % {"n": f"{number:,}"}
    return texts.ngettext(one, many, number) % {"n": texts.number(number)}


def told(text: str) -> str:
    """What was put into words below the command line, in the reader's language where it can be."""
    texts = _SPEAKER.texts
    if texts is None:
        return text
    if not isinstance(text, Sentence):  # read from a row: known again by its words
        return texts.retell(text).translate(_MARKS)
    values = {
        name: told(value) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return said(text.sentence, **values)


def persons(number: int) -> str:
    """1 person, 2 people."""
    texts = _SPEAKER.texts
    if texts is None:
        return "1 person" if number == 1 else f"{number:,} people"
    return texts.ngettext("%(n)s person", "%(n)s people", number) % {"n": texts.number(number)}


def wording() -> Wording:
    """All words of pages, for what the command line shares with them."""
    from app.wording import Wording

    texts = _SPEAKER.texts
    return Wording() if texts is None else Wording("ar", arabic_digits=texts.arabic_digits)


def named(code: str | None) -> str:
    """A stored code as a word of another language; English shows the code, as commands take it."""
    if not code or _SPEAKER.texts is None:
        return code or ""
    return said(code.replace("_", " "))


def spelled(code: str) -> str:
    """An activity or outcome as words in every language."""
    return named(code.replace("_", " "))


def _option(words: Sequence[str], name: str) -> str:
    """What an option before the command was given, read before the program is put together."""
    for index, word in enumerate(words):
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
        if word == name:
            return words[index + 1] if index + 1 < len(words) else ""
        if not word.startswith("-") and (
            index == 0 or words[index - 1] not in {"--lang", "--digits"}
        ):
            break
    return ""
