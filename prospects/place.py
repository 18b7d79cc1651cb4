"""Where somebody says they live, as a country's code; only if they say so. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from config.errors import Refused
from signals.text import fold

_ALIASES: Final = {
    "usa": "US", "the states": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "britain": "GB", "uae": "AE", "emirates": "AE", "holland": "NL", "امارات": "AE", "امريكا": "US",
    "ksa": "SA", "saudi": "SA", "سعوديه": "SA", "بريطانيا": "GB", "انجلترا": "GB",
}  # fmt: skip
# Names that are more often somebody's or something else's: said of a place, they stay unknown.
_OTHERS: Final = frozenset({"georgia", "jersey", "guernsey"})
# Unions, and codes for what is unknown: nobody's country.
_NO_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
_SAID_EN: Final = (
    r"(?:(?:i|we) (?:now )?live|living|am|i'm|im|are|we're|based|located|moved|moving|relocating"
    r"|resident|citizen|here)(?: (?:back|over|now))? (?:in|to|of)(?: the)? "
)
_SAID_AR: Final = r"(?:اعيش|نعيش|اسكن|مقيم|مقيمه|ساكن|ساكنه|انا|موجود)(?: الان)? في "


@cache
def _codes() -> dict[str, str]:
    """Folded name -> code, in English and Arabic."""
    from babel import Locale  # kept out of start-up

    codes = {}
    for language in ("en", "ar"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES:
                codes[fold(name)] = code
    return codes | _ALIASES


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    codes = _codes()
    names = sorted((name for name in codes if name not in _OTHERS), key=len, reverse=True)
    named = "|".join(map(re.escape, names))
    return re.compile(rf"(?<!\w)(?:{_SAID_EN}|{_SAID_AR})({named})(?!\w)"), codes


def find_place(text: str) -> str | None:
    """The country (ISO 3166) the author says they live in or move to, the first named."""
    pattern, codes = _pattern()
    found = pattern.search(fold(text))
    return codes[found.group(1)] if found else None


def list_countries() -> list[str]:
    """The code of every country there is."""
    return sorted(set(_codes().values()))


def read_places(typed: Iterable[str]) -> list[str]:
    """Countries by code or by English or Arabic name, as codes, each once; refuses what is none."""
    places: list[str] = []
    for text in typed:
        plain = fold(text)
        code = plain.upper()
        if code not in _codes().values():
            code = _codes().get(plain.removeprefix("the "), "")
        if not code:
            raise Refused(
                "Place %(given)s is no country that is known.",
                "Use a country's code such as AE, or its name in English or Arabic.",
                given=repr(text[:40]),
            )
        if code not in places:
            places.append(code)
    return places
