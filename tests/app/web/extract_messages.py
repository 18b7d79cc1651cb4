"""Collects every text the pages and the program may show, from sources and templates."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from app.wording import table_messages

_APP = Path(__file__).resolve().parents[3] / "app"


def extract_messages() -> dict[str, str | None]:
    """Each message with its plural, ``None`` where it has no plural form."""
    found: dict[str, str | None] = dict.fromkeys(table_messages())
    for message in _extract():
        if isinstance(message, tuple):
            found[message[0]] = message[1]
        else:
            found.setdefault(message, None)
    return found


def texts_used_both_ways() -> set[str]:
    """Messages that are asked for with a number in one place and without in another."""
    plural = {message[0] for message in _extract() if isinstance(message, tuple)}
    return plural & {message for message in _extract() if isinstance(message, str)}


def _extract() -> Iterable[str | tuple[str, ...]]:
    # a refusal raised by a page is shown as it stands, so its sentence is a message too
    keywords = DEFAULT_KEYWORDS | {"NotFound": None, "Conflict": None, "Refused": None}
    methods = [
        ("words/**.py", "python"),
        ("web/**.py", "python"),
        ("web/templates/**.html", "jinja2"),
    ]
    options = {"web/templates/**.html": {"trim_blocks": "true", "silent": "false"}}
    for _, _, message, _, _ in extract_from_dir(_APP, methods, options, keywords):
        yield message
