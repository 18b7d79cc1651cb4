"""Where somebody says they live, as a country's code; only if they say so. Pure."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from signals.text import fold

_ALIASES: Final = {
    "usa": "US", "the states": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "britain": "GB", "uae": "AE", "emirates": "AE", "holland": "NL", "امارات": "AE", "امريكا": "US",
}  # fmt: skip
# Names that are more often somebody's or something else's: said of a place, they stay unknown.
_OTHERS: Final = frozenset({"georgia", "jersey", "guernsey"})
_SAID_EN: Final = (
    r"(?:(?:i|we) (?:now )?live|living|am|i'm|im|are|we're|based|located|moved|moving|relocating"
    r"|resident|citizen|here)(?: (?:back|over|now))? (?:in|to|of)(?: the)? "
)
_SAID_AR: Final = r"(?:اعيش|نعيش|اسكن|مقيم|مقيمه|ساكن|ساكنه|انا|موجود)(?: الان)? في "


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    from babel import Locale  # kept out of start-up

    codes = {}
    for language in ("en", "ar"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                codes[fold(name)] = code
    codes |= _ALIASES
    names = sorted((name for name in codes if name not in _OTHERS), key=len, reverse=True)
    named = "|".join(map(re.escape, names))
    return re.compile(rf"(?<!\w)(?:{_SAID_EN}|{_SAID_AR})({named})(?!\w)"), codes


def find_place(text: str) -> str | None:
    """The country (ISO 3166) the author says they live in or move to, the first named."""
    pattern, codes = _pattern()
    found = pattern.search(fold(text))
    return codes[found.group(1)] if found else None
