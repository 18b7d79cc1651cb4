"""The command-line program. Commands import what they need when they run; ``--help`` is quick."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from app.cli import (
    attaining,
    collecting,
    exchange,
    honesty,
    identity,
    importing,
    leaving,
    links,
    lists,
    payloads,
    people,
    planning,
    privacy,
    quotas,
    rewards,
    serving,
    simulating,
    sources,
    spending,
    suppression,
    teams,
    topics,
    touches,
    users,
    warmth,
    why,
    workspace,
)
from app.cli.console import check_choice, remark, report_crash, report_refusal
from app.cli.language import speak, spoken
from config.errors import Refused

app = typer.Typer(
    name="warmlist",
    help="Turns public engagements into today's list of warm prospects.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def warmlist(
    lang: Annotated[
        str | None,
        typer.Option(help="en or ar; WARMLIST_LANG or the terminal's language if left out."),
    ] = None,
    digits: Annotated[
        str, typer.Option(help="latn or arab: the digits of Arabic sentences.")
    ] = "latn",
) -> None:
    """Turns public engagements into today's list of warm prospects."""
    # both were read before the program was put together, for its help speaks the language too
    check_choice("--lang", lang or "en", ("en", "ar"))
    check_choice("--digits", digits, ("latn", "arab"))


workspace.register(app)
topics.register(app)
teams.register(app)
privacy.register(app)
suppression.register(app)
people.register(app)
quotas.register(app)
importing.register(app)
collecting.register(app)
sources.register(app)
spending.register(app)
lists.register(app)
leaving.register(app)
identity.register(app)
warmth.register(app)
why.register(app)
touches.register(app)
attaining.register(app)
honesty.register(app)
rewards.register(app)
planning.register(app)
exchange.register(app)
simulating.register(app)
serving.register(app)
payloads.register(app)
users.register(app)
links.register(app)


_STOPPED = 130  # what shells expect of a program ended by Ctrl-C


def main() -> None:
    """Run the program; every failure becomes one line and an exit code."""
    # A terminal that cannot show a letter gets its code instead of a failure.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # a text file here
    try:
        speak(sys.argv[1:])
        _refuse_broken_words(sys.argv[1:])
        code = _put_together()(standalone_mode=False, prog_name="warmlist")
        sys.stdout.flush()
        if code == _STOPPED:  # Typer's word for Ctrl-C
            raise KeyboardInterrupt
    except Refused as error:
        sys.exit(report_refusal(error))
    except (KeyboardInterrupt, typer.Abort):
        remark("warmlist: Stopped. What was stored stays; the same command goes on from there.")
        sys.exit(_STOPPED)
    except BrokenPipeError:  # the reader of our output went away, for example `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback reaches a user
        sys.exit(report_crash(error))
    sys.exit(code if isinstance(code, int) else 0)


def _put_together() -> Any:
    """The program's parser, which explains itself in the reader's language."""
    command = typer.main.get_command(app)
    if spoken() is not None:
        from app.cli.helping import translate_help

        translate_help(command)
    return command


def _refuse_broken_words(words: list[str]) -> None:
    """Refuse what no database can hold; a file's name may be any bytes."""
    for word in words[1:] if words[:1] != ["import"] else []:
        if not word.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in word):
            raise Refused(
                "%(word)s is not valid UTF-8.",
                "Type it anew.",
                exit_code=2,
                word=ascii(word),
            )
