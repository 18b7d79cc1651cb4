"""The command-line program. Commands import what they need when they run; ``--help`` is quick."""

from __future__ import annotations

import sys

import typer

from app.cli import collecting, importing, lists, serving, teams, topics, workspace
from app.cli.console import report_crash, report_refusal
from config.errors import Refused

app = typer.Typer(
    name="warmlist",
    help="Turns public engagements into today's list of warm prospects.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
workspace.register(app)
topics.register(app)
teams.register(app)
importing.register(app)
collecting.register(app)
lists.register(app)
serving.register(app)


def main() -> None:
    """Run the program; every failure becomes one line and an exit code."""
    try:
        code = app(standalone_mode=False)
    except Refused as error:
        sys.exit(report_refusal(error))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output went away, for example `| head`
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback reaches a user
        sys.exit(report_crash(error))
    sys.exit(code if isinstance(code, int) else 0)
