"""``warmth``: the weights in force, changed with a reason, and every version there was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import counted, print_json, print_table, say
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from models import WarmthVersion

group = typer.Typer(
    help="What evidence counts: weights, with who set them and why.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add the group."""
    group.command("show")(show)
    group.command("set", short_help="Change weights; evidence is made again at once.")(set_)
    group.command("history", short_help="Every version: who, when, why.")(history)
    app.add_typer(group, name="warmth")


def show(as_json: AsJson = False) -> None:
    """Show the weights in force."""
    from app.bootstrap import open_workspace
    from prospects.tuning import in_force, load_weights

    workspace = open_workspace()
    with workspace.db.read() as session:
        version = in_force(session)
        weights = load_weights(session, workspace.settings.warmth).model_dump()
    flat = {name: value for name, value in weights.items() if name != "identity"}
    flat |= {f"identity.{name}": value for name, value in weights["identity"].items()}
    if as_json:
        print_json({"version": version.number if version else None, "weights": flat})
        return
    if version:
        say("Version %(number)s (%(why)s)", number=version.number, why=version.why)
    else:
        say("As configured.")
    print_table(["Weight", "Points or share"], list(map(list, flat.items())), numbers=(1,))


def set_(
    changes: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE...", help="For example: like=0.4")
    ],
    by: Annotated[
        str,
        typer.Option(help="Who changes it: a manager, by e-mail; any name where nobody signs in."),
    ],
    why: Annotated[str, typer.Option(help="Why; kept with the version.")],
    as_json: AsJson = False,
) -> None:
    """Change weights. Evidence is made again from stored scores; nothing is scored anew."""
    from app.access.who import MANAGERS
    from app.bootstrap import open_workspace, read_clock
    from app.linking import find_answering
    from app.tuning import apply_weights
    from prospects.tuning import tune

    wanted = dict(_read(change) for change in changes)
    workspace = open_workspace()
    with workspace.db.write() as session:
        asker = find_answering(session, by, MANAGERS, system_name=by)
        version = tune(
            session, wanted, author=asker.name, why=why, configured=workspace.settings.warmth,
            now=read_clock(),
        )  # fmt: skip
    signals = apply_weights(workspace, clock=read_clock)
    if as_json:
        print_json(_document(version) | {"signals": signals})
    else:
        say(
            "Version %(number)s is in force; %(signals)s counted anew.",
            number=version.number,
            signals=counted(signals, "signal"),
        )


def history(as_json: AsJson = False) -> None:
    """List every version of the weights, newest first."""
    from app.bootstrap import open_workspace
    from prospects.tuning import history as read_history

    with open_workspace().db.read() as session:
        versions = read_history(session)
    if as_json:
        print_json([_document(version) for version in versions])
    elif not versions:
        say("As configured; nothing was scored yet.")
    else:
        print_table(
            ["Version", "Since", "By", "Why"],
            [[one.number, one.created_at.date(), one.author, one.why] for one in versions],
            numbers=(0,),
        )


def _read(change: str) -> tuple[str, float]:
    from config.errors import Refused

    name, _, value = change.partition("=")
    try:
        number = float(value)
    except ValueError as error:
        raise Refused(
            "%(change)s is no change.",
            "Write it as like=0.4.",
            2,
            change=repr(change),
        ) from error
    return name.strip(), number


def _document(version: WarmthVersion) -> dict[str, Any]:
    return {
        "version": version.number, "by": version.author, "why": version.why,
        "at": version.created_at.isoformat(), "weights": version.settings,
        "applied_at": version.applied_at.isoformat() if version.applied_at else None,
    }  # fmt: skip
