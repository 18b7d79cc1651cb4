"""``suppress``: who is never stored, shown or contacted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import check_choice, counted, named, print_json, print_table, remark, say, who
from app.cli.workspace import AsJson, By

names = typer.Typer(
    help="Who is never stored, shown or contacted.", no_args_is_help=True, rich_markup_mode=None
)

Kind = Annotated[str | None, typer.Option(help="handle, email, phone, domain or account.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(names, name="suppress")


@names.command("import", short_help="Add a list of names.")
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV of handles, e-mails, phones, domains; - is standard input.")
    ],
    kind: Kind = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Add a list of names; everybody known by one of them is closed at once."""
    from app.bootstrap import open_workspace, read_clock
    from config.errors import NotFound, Refused
    from prospects.blocklist import import_list, read_rows
    from prospects.erase import record
    from signals.contact_points import KINDS

    if kind is not None:
        check_choice("--kind", kind, KINDS)
    try:
        if str(file) == "-":
            text = sys.stdin.buffer.read().decode("utf-8-sig")
        else:
            text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(
            "There is no file %(file)s.",
            "Check its path; - reads the list from standard input.",
            file=file,
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            "%(file)s cannot be read as text.",
            "Give a CSV file in UTF-8.",
            file=file,
        ) from error
    workspace, now = open_workspace(), read_clock()
    with workspace.db.write() as session:
        result = import_list(session, read_rows(text, kind=kind), now=now)
        counts = {"added": result.added, "people": result.people}
        record(session, "suppress_import", actor=who(by), subject=None, counts=counts, now=now)
    if as_json:
        print_json(
            {
                "read": result.read, "added": result.added, "known": result.known,
                "refused": result.refused, "refused_rows": result.refused_rows,
                "people": result.people, "shared": result.shared,
            }
        )  # fmt: skip
    else:
        say(
            "%(read)s: %(added)s added, %(known)s known before, %(refused)s not "
            "usable. People known by one of them: %(people)s.",
            read=counted(result.read, "row"),
            added=f"{result.added:,}",
            known=f"{result.known:,}",
            refused=f"{result.refused:,}",
            people=f"{result.people:,}",
        )
    if result.refused:
        numbers = ", ".join(map(str, result.refused_rows))
        if result.refused > len(result.refused_rows):
            remark("Not usable, without the header: row %(numbers)s and others.", numbers=numbers)
        else:
            remark("Not usable, without the header: row %(numbers)s.", numbers=numbers)
        if result.shared:
            remark(
                "Many people have a page or a mailbox at %(hosts)s: give handles, e-mails or the "
                "addresses of profiles.",
                hosts=", ".join(result.shared),
            )
        raise typer.Exit(3)


@names.command("export")
def export_names(
    out: Annotated[Path | None, typer.Option(help="A file; standard output if left out.")] = None,
) -> None:
    """Write the list as CSV: salted hashes, why and since when."""
    from app.bootstrap import open_workspace
    from config.errors import Refused
    from prospects.blocklist import export_list

    workspace = open_workspace()
    with workspace.db.read() as session:
        text = export_list(session)
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Refused(
            "%(out)s cannot be written: %(strerror)s.",
            "Choose another.",
            out=out,
            strerror=error.strerror,
        ) from error
    remark(
        "Written to %(out)s.",
        out=out,
    )


@names.command("add")
def add(
    name: Annotated[str, typer.Argument(help="A handle, e-mail, phone number or domain.")],
    kind: Kind = None,
    network: Annotated[str, typer.Option(help="Of a handle; every network if left out.")] = "",
    reason: Annotated[str, typer.Option(help="Why, in a word.")] = "manual",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Add one name; everybody known by it is closed at once."""
    from app.bootstrap import open_workspace, read_clock
    from prospects.blocklist import add_name
    from prospects.erase import record

    workspace, now = open_workspace(), read_clock()
    with workspace.db.write() as session:
        people = add_name(session, name, kind=kind, network=network, reason=reason, now=now)
        counts = {"people": people}
        record(session, "suppress_add", actor=who(by), subject=None, counts=counts, now=now)
    if as_json:
        print_json({"people": people})
    else:
        say(
            "Added. People known by it: %(people)s.",
            people=people,
        )


@names.command("remove", short_help="Take one name off the list.")
def remove(
    name: Annotated[str, typer.Argument(help="A name that was added before.")],
    kind: Kind = None,
    network: Annotated[str, typer.Option(help="Of a handle; every network if left out.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take one name off the list; who objected or was erased stays suppressed."""
    from app.bootstrap import open_workspace, read_clock
    from prospects.blocklist import remove_name
    from prospects.erase import record

    workspace, now = open_workspace(), read_clock()
    with workspace.db.write() as session:
        people = remove_name(session, name, kind=kind, network=network)
        counts = {"people": people}
        record(session, "suppress_remove", actor=who(by), subject=None, counts=counts, now=now)
    if as_json:
        print_json({"people": people})
    else:
        say(
            "Removed. People who may be shown again: %(people)s.",
            people=people,
        )


@names.command("list", short_help="Count what stands on the list.")
def list_(as_json: AsJson = False) -> None:
    """Count what stands on the list; names are not kept, only their hashes."""
    from app.bootstrap import open_workspace
    from prospects.blocklist import count_list

    workspace = open_workspace()
    with workspace.db.read() as session:
        counts = count_list(session)
    if as_json:
        print_json(counts)
    elif not counts:
        say("The suppression list is empty.")
    else:
        print_table(
            ["Kind", "Names"], [[named(kind), count] for kind, count in counts.items()], numbers=[1]
        )
