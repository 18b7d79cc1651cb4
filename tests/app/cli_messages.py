"""Collects every text the command line may show: help, sentences, heads, nouns, codes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer

from app.cli import app, words
from app.cli.helping import paragraphs_of

_CLI: Final = Path(__file__).resolve().parents[2] / "app" / "cli"
_SPEAKING: Final = frozenset({"said", "say", "remark"})
_TABLES: Final = (
    words.SHORTFALLS, words.CAUSES, words.SOURCES, words.SHARES, words.FIXES, words.HEADS,
    words.WRONG_USES,
)  # fmt: skip


def cli_messages() -> Iterator[tuple[str, str | None]]:
    """Each message with its plural, ``None`` where it has no plural form."""
    for text in _help(typer.main.get_command(app)):
        yield text, None
    for table in _TABLES:
        for text in table.values():
            if text:
                yield text, None
    for code in words.CODES:
        yield code, None
    for noun in words.COUNTED:
        yield f"%(n)s {noun}", f"%(n)s {noun}s"
    for node in ast.walk(ast.parse((_CLI.parent / "doctor.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name(node) in {"Finding", "_refused", "_needed"}:
            for one in (node.args[0], *node.args[2:4]):
                for text in _constants(one):
                    yield text, None
    for _, call in _calls():
        name, arguments = _name(call), call.args
        if name in {*_SPEAKING, "print_table"} and arguments:
            for text in _constants(arguments[0]):
                yield text, None
        elif name == "counted" and isinstance(arguments[1], ast.Constant):
            yield f"%(n)s {arguments[1].value}", f"%(n)s {arguments[1].value}s"


def put_together() -> list[str]:
    """Where the command line says English words that no catalogue can hold."""
    found = []
    for module, call in _calls():
        name = _name(call)
        if name in _SPEAKING and isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
            found.append(f"{module}:{call.lineno}")
        if name in {"print_line", "note", "print_table", "echo", "confirm"}:
            found += [
                f"{module}:{part.lineno} {part.value!r}"
                # the heads of a table are translated where it is printed
                for argument in (call.args[1:] if name == "print_table" else call.args)
                for part in _spoken_parts(argument)
            ]
    return found


def sentence_calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call that says a sentence or refuses something, wherever it is."""
    root = _CLI.parents[1]
    refusing = {
        "Refused",
        "NotFound",
        "Conflict",
        "Reasonless",
        "NotOpen",
        "UnknownLanguage",
        "Sentence",
    }
    for folder in ("app", "config", "models", "prospects", "quotas", "signals"):
        for path in sorted((root / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _name(node) in {
                    *_SPEAKING,
                    *refusing,
                    "Sentence",
                }:
                    yield str(path.relative_to(root)), node


def _spoken_parts(node: ast.AST) -> Iterator[ast.Constant]:
    """Constant words in what is printed, but for those that a catalogue translates or codes are."""
    if isinstance(node, ast.Call) and _name(node) in {*_SPEAKING, "counted", "named"}:
        return
    if isinstance(node, ast.FormattedValue):
        yield from _spoken_parts(node.value)
        return
    if isinstance(node, ast.Compare):
        return
    if isinstance(node, ast.Subscript | ast.Call | ast.comprehension):
        # a key, what is compared, an option of a call: nobody reads them, but for a call's own
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.Constant):
                yield from _spoken_parts(child)
        return
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) else ""
        if re.search(r"[A-Za-z]{2}", text.removeprefix("warmlist: ")):  # the program's name
            yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _spoken_parts(child)


def _help(command: Any) -> Iterator[str]:
    for text in (command.help, command.short_help):
        yield from paragraphs_of(text) if text else ()
    for parameter in command.params:
        yield from paragraphs_of(parameter.help) if getattr(parameter, "help", None) else ()
    for below in getattr(command, "commands", {}).values():
        yield from _help(below)


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(_CLI.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.name, node


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _constants(node: ast.AST) -> Iterator[str]:
    """Constant texts that an expression may come to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if re.search("[A-Za-z]", re.sub(r"%\(\w+\)s", "", node.value)):
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_constants(node.body), *_constants(node.orelse))
    elif isinstance(node, ast.List | ast.Tuple):
        for one in node.elts:
            yield from _constants(one)
    elif isinstance(node, ast.Starred):
        yield from _constants(node.value)
