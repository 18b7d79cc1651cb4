"""Collects every text the pages and the program may show, from sources and templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from app.wording import table_messages
from app.words.texts import is_for_command_line

_ROOT = Path(__file__).resolve().parents[3]
_APP = _ROOT / "app"
_REFUSALS: Final = frozenset(
    {"Refused", "NotFound", "Conflict", "Reasonless", "UnknownLanguage", "NotOpen"}
)

#: Modules below the pages whose refusals a page may show.
_MODULES: Final = (
    "signals/catalog.py", "signals/sources.py", "signals/topics.py", "signals/versions.py",
    "signals/policy/terms.py", "prospects/blocklist.py", "prospects/erase.py",
    "prospects/exports.py", "prospects/judging.py", "prospects/mistakes.py",
    "prospects/records.py", "prospects/resolve.py", "prospects/suppress.py",
    "quotas/calendars.py", "quotas/contacts.py", "quotas/conversion.py", "quotas/departures.py",
    "quotas/flags.py", "quotas/handover.py", "quotas/later.py", "quotas/leaderboard.py",
    "quotas/more.py", "quotas/references.py", "quotas/rewards.py", "quotas/setting.py",
    "quotas/staff.py", "quotas/statements.py", "quotas/templates.py", "quotas/tiers.py",
    "quotas/touches.py", "quotas/working_time.py", "app/access/links.py", "app/access/secrets.py",
    "app/access/tokens.py", "app/access/users.py",
    "app/linking.py", "app/profiles.py", "quotas/linking.py",
)  # fmt: skip


def extract_messages() -> dict[str, str | None]:
    """Each message with its plural, ``None`` where it has no plural form."""
    found: dict[str, str | None] = dict.fromkeys(table_messages())
    for message in _extract():
        if isinstance(message, tuple):
            found[message[0]] = message[1]
        else:
            found.setdefault(message, None)
    for sentence in refusal_sentences():
        found.setdefault(sentence, None)
    return found


def refusal_sentences() -> Iterable[str]:
    """What pages and the modules below them refuse with, and what to do where a page can say it."""
    for _, call in _refusals():
        for part in call.args[:2]:
            text = part.value if isinstance(part, ast.Constant) else None
            if not isinstance(text, str) or is_for_command_line(text):
                continue
            if re.search(r"[A-Za-z]", re.sub(r"%\(\w+\)s", "", text)):
                yield text


def refusals_put_together() -> list[str]:
    """Where such a refusal is an f-string, which no catalogue can hold."""
    return [
        f"{module}:{call.lineno}"
        for module, call in _refusals()
        if any(isinstance(part, ast.JoinedStr) for part in call.args[:2])
    ]


def _refusals() -> Iterable[tuple[str, ast.Call]]:
    pages = sorted(
        str(path.relative_to(_ROOT))
        for path in (_APP / "web").glob("*.py")
        if path.name != "application.py"  # which refuses to start, before there is a page
    )
    for module in (*_MODULES, *pages):
        for node in ast.walk(ast.parse((_ROOT / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _REFUSALS:
                yield module, node


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
