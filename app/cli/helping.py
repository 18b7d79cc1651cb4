"""Help and wrong use in another language than English, which the parser itself speaks."""

from __future__ import annotations

import re
from typing import Any, Final

from app.cli.language import said
from app.cli.words import WRONG_USES

_EXTRA: Final = re.compile(r"\[([^\[\]]*)\]$")
_DEFAULT: Final = "default: "


def translate_help(command: Any) -> None:
    """Let a command and everything below it explain itself in the reader's language.

    Typer reads its help texts when modules are imported; this runs once the language is known.
    """
    formatter = command.context_class.formatter_class
    context = type("Context", (command.context_class,), {"formatter_class": _speaking(formatter)})
    _translate(command, context)


def _translate(command: Any, context: type) -> None:
    command.context_class = context
    command.help = in_paragraphs(command.help)
    command.short_help = in_paragraphs(command.short_help)
    for parameter in command.params:
        parameter.help = in_paragraphs(getattr(parameter, "help", None))
    for below in getattr(command, "commands", {}).values():
        _translate(below, context)


def in_paragraphs(text: str | None) -> str | None:
    """A text of help, each paragraph for itself: catalogues know nothing of broken lines."""
    return "\n\n".join(map(said, paragraphs_of(text))) if text else text


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text of help, each on one line."""
    return [" ".join(part.split()) for part in text.split("\n\n")]


def _speaking(formatter: Any) -> type:
    """The parser's way of writing help, with its own words translated."""

    class Formatter(formatter):  # type: ignore[misc]  # a class known only when the program runs
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, prefix or said("Usage: "))

        def write_heading(self, heading: str) -> None:
            super().write_heading(_HEADINGS.get(heading, lambda: heading)())

        def write_dl(self, rows: Any, *more: Any, **named: Any) -> None:
            super().write_dl([(name, _say_extra(text)) for name, text in rows], *more, **named)

    return Formatter


_HEADINGS: Final = {
    "Options": lambda: said("Options"),
    "Arguments": lambda: said("Arguments"),
    "Commands": lambda: said("Commands"),
}


def _say_extra(text: str) -> str:
    """What the parser adds to an option: its default, and whether it must be given."""
    if text == "Show this message and exit.":
        return said("Show this message and exit.")
    found = _EXTRA.search(text)
    if found is None:
        return text
    parts = [
        said("required")
        if part == "required"
        else said("default: %(value)s", value=part.removeprefix(_DEFAULT))
        if part.startswith(_DEFAULT)
        else part
        for part in found[1].split("; ")
    ]
    return f"{text[: found.start()]}[{'; '.join(parts)}]"


def explain_use(error: Any) -> list[str]:
    """A wrong use in lines: how it is used, where help is, what was wrong."""
    lines = []
    context = getattr(error, "ctx", None)
    if context is not None:
        lines += context.get_usage().splitlines()
        lines.append(said("For help: %(command)s --help", command=context.command_path))
    message = " ".join(error.format_message().split())
    for pattern, sentence in WRONG_USES.items():
        found = re.match(pattern, message)
        if found is not None:
            message = said(sentence, **found.groupdict())
            break
    return [*lines, said("Wrong use: %(why)s", why=message)]
