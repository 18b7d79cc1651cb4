"""``payloads``: for developers of collectors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import print_json, print_line, print_table, remark
from app.cli.language import said
from app.cli.workspace import AsJson
from config.errors import NotFound

group = typer.Typer(
    help="Recorded answers of networks, for developers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="payloads")


@group.callback()
def payloads() -> None:
    """Recorded answers of networks, for developers."""


@group.command("check")
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="One folder for each network.")],
    as_json: AsJson = False,
) -> None:
    """Run every mapper over recorded answers and count.

    JSON, JSON lines, HTTP archives and cassettes (YAML too), plain or gzipped. Ends with 3 when
    something was in a payload that no mapper knew, and with 1 when one raised.
    """
    from dataclasses import asdict

    from signals.collectors.payloads import check_payloads

    if not folder.is_dir():
        what = "is a file, no folder" if folder.exists() else "is no folder"
        raise NotFound(
            "%(folder)s %(said)s.",
            "Name one with a folder per network.",
            folder=repr(str(folder)),
            said=what,
        )
    found = check_payloads(_read(folder))
    if as_json:
        print_json(asdict(found))
    else:
        print_table(
            ["Outcome", "Items"],
            [
                [said("mapped"), f"{found.mapped:,}"],
                *(
                    [said("refused: %(reason)s", reason=reason), f"{count:,}"]
                    for reason, count in found.refused.items()
                ),
                [said("not mapped"), f"{len(found.unmapped):,}"],
                [said("exceptions"), f"{len(found.exceptions):,}"],
                [said("all"), f"{found.items:,}"],
            ],
            numbers=(1,),
        )
        for entry in (*found.unmapped, *found.exceptions):
            print_line(f"{entry['file']}: {entry['why']}")
    if not found.files:
        remark(
            "%(folder)s holds no payloads: no file in a folder of a network's name.",
            folder=folder,
        )
    if found.exceptions:
        remark("warmlist: A mapper raised; the files are named above. Mend the mapper.")
        raise typer.Exit(1)
    if found.unmapped:
        raise typer.Exit(3)


def _read(folder: Path) -> Iterator[tuple[str, bytes | OSError]]:
    """The payloads below a folder, named from the folder of their network on."""
    from signals.collectors.payloads import READERS, is_payload

    # A folder of one network may be given itself.
    is_network = folder.resolve().name in READERS and not any(
        (folder / network).is_dir() for network in READERS
    )
    root = folder.resolve().parent if is_network else folder
    for path in sorted(folder.resolve().rglob("*") if is_network else folder.rglob("*")):
        name = path.relative_to(root)
        if path.is_file() and is_payload(name):
            try:
                yield name.as_posix(), path.read_bytes()
            except OSError as error:
                yield name.as_posix(), error
