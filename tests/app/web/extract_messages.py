"""Collects every text the pages and the program may show, from sources and templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from app.wording import table_messages
from tests.app.cli_messages import cli_messages

_ROOT = Path(__file__).resolve().parents[3]
_APP = _ROOT / "app"
_REFUSALS: Final = frozenset(
    {"Refused", "NotFound", "Conflict", "Reasonless", "UnknownLanguage", "NotOpen", "Sentence"}
)

#: Folders whose refusals a page or the command line may show.
_FOLDERS: Final = ("app", "config", "models", "prospects", "quotas", "signals")


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
    for message, plural in cli_messages():
        found[message] = plural or found.get(message)
    return found


def refusal_sentences() -> Iterable[str]:
    """What is refused and what to do about it, wherever it is raised."""
    for constants, call in _refusals():
        for part in call.args[:2]:
            choices = (part.body, part.orelse) if isinstance(part, ast.IfExp) else (part,)
            for choice in choices:
                text = constants.get(choice.id) if isinstance(choice, ast.Name) else choice
                said = text.value if isinstance(text, ast.Constant) else None
                if isinstance(said, str) and re.search("[A-Za-z]", re.sub(r"%\(\w+\)s", "", said)):
                    yield said


def refusals_put_together() -> list[str]:
    """Where a refusal is an f-string, which no catalogue can hold."""
    return [
        ast.unparse(call)
        for _, call in _refusals()
        if any(isinstance(part, ast.JoinedStr) for part in call.args[:2])
    ]


def _refusals() -> Iterable[tuple[dict[str, ast.expr], ast.Call]]:
    """Each refusal with the constants of its module."""
    for path in sorted(path for folder in _FOLDERS for path in (_ROOT / folder).rglob("*.py")):
        if path.parent.name == "bench":  # measures for who develops, in English
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _REFUSALS:
                yield constants, node


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
