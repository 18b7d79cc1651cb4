"""What comes from outside and is shown: texts without tricks, links only to the web."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from signals.quoting import Passage, choose_passage

# Embeddings, overrides and isolates: they could turn the text around them, or hide what it says.
_TURNING: Final = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
# Invisible in any text. Joiners stay in quotes: Persian words and many pictographs need them.
_INVISIBLE: Final = (0x00AD, 0x180E, 0x200B, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF)
_IN_NAMES: Final = (0x061C, 0x200C, 0x200D, 0x200E, 0x200F)
_CONTROL: Final = tuple(
    code for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in {0x09, 0x0A}
)
_FROM_WORDS: Final = dict.fromkeys((*_TURNING, *_INVISIBLE, *_CONTROL))
_FROM_NAMES: Final = _FROM_WORDS | dict.fromkeys((*_IN_NAMES, 0x09, 0x0A))
_LONGEST_NAME: Final = 80
_ROW_LENGTH: Final = 110  # about what fits beside a handle on a wide screen


@dataclass(frozen=True, slots=True)
class OutsideLink:
    """An address on another site and the host a reader sees before following it."""

    url: str
    host: str


def read_link(url: str | None) -> OutsideLink | None:
    """A link to the web, or ``None`` for anything else, such as ``javascript:``."""
    if not url or any(character.isspace() or ord(character) < 0x20 for character in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    # a name before the host ("https://bank.example@elsewhere.example") only misleads
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    try:
        shown = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return None
    return OutsideLink(url, shown.removeprefix("www."))


def calm_name(text: str) -> str:
    """A handle or a community without characters that cannot be seen or that turn the line."""
    clean = unicodedata.normalize("NFC", text.translate(_FROM_NAMES)).strip() or "?"
    return clean if len(clean) <= _LONGEST_NAME else clean[: _LONGEST_NAME - 1] + "…"


def calm_words(text: str) -> str:
    """Somebody's words without such characters; everything that can be seen stays."""
    return text.translate(_FROM_WORDS)


def calm_parts(passage: Passage) -> list[tuple[str, bool]]:
    """The pieces of a passage, each with whether it is highlighted; neighbours become one."""
    pieces: list[tuple[str, bool]] = []
    for text, marked in passage.parts():
        clean = calm_words(text)
        if marked and len(pieces) >= 2 and pieces[-2][1] and not pieces[-1][0].strip():
            between, before = pieces.pop()[0], pieces.pop()[0]
            clean = before + between + clean
        elif marked and pieces and pieces[-1][1]:
            clean = pieces.pop()[0] + clean
        pieces.append((clean, marked))
    return pieces


def shorten(passage: Passage) -> Passage:
    """The sentence that matters most, for a row: the rest is a click away."""
    short = choose_passage(passage.text, passage.marks, limit=_ROW_LENGTH)
    return replace(
        short,
        cut_before=short.cut_before or passage.cut_before,
        cut_after=short.cut_after or passage.cut_after,
    )
