"""``import``."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.console import check_choice, note, print_json, print_line, progress
from app.cli.workspace import AsJson


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_)


def import_(
    file: Annotated[
        str, typer.Argument(help="A file (.gz and .zst too), or - for standard input.")
    ],
    network: Annotated[
        str | None, typer.Option(help="reddit, x, bluesky or file; told by content if not given.")
    ] = None,
    format: Annotated[str, typer.Option(help="auto, jsonl, csv or parquet.")] = "auto",  # noqa: A002 - the option's name
    shift_dates: Annotated[
        bool, typer.Option("--shift-dates", help="Move all dates so that the newest is now.")
    ] = False,
    lawful_basis: Annotated[
        str | None,
        typer.Option(help="Why you may process these people; privacy.lawful_basis if left out."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import engagements, match and score them. Repeating it stores nothing twice."""
    from app.bootstrap import open_workspace
    from app.importing import ImportOrder, run_import
    from app.topic_scorers import load_topic_scorer
    from signals.files.formats import FORMATS, NETWORKS
    from signals.policy import terms_of

    if network is not None:
        check_choice("--network", network, NETWORKS)
    check_choice("--format", format, FORMATS)
    workspace = open_workspace()
    with progress("Reading") as advance:
        result = run_import(
            workspace,
            ImportOrder(file, network, format, shift_dates, lawful_basis),
            scorer=lambda: load_topic_scorer(workspace),
            progress=advance,
        )
    if as_json:
        print_json(result.as_json())
    else:
        rate = result.read / result.cpu_seconds if result.cpu_seconds else 0
        print_line(
            f"{result.read:,} read, {result.matched:,} matched, {result.stored:,} stored,"
            f" {result.duplicate:,} duplicate, {result.suppressed:,} suppressed,"
            f" {result.malformed:,} malformed"
        )
        print_line(
            f"{result.seconds:,.1f} s, {rate:,.0f} a CPU-second, {result.peak_mb:,.0f} MB at most"
        )
        if result.shift_seconds:
            print_line(f"All dates were moved by {result.shift_seconds / 86400:+,.2f} days.")
        for name, days in sorted(result.words_days.items()):
            kept = f"{days:g} days" if days > 2 else f"{days * 24:g} hours"
            print_line(
                f"Words from {terms_of(name).name} are kept for {kept}, then quotes are empty: "
                "its terms allow no more without seeing them there again."
            )
        for bad in result.problems:
            note(f"line {bad.number:,}: {bad.reason}")
        if result.malformed > len(result.problems):
            note(f"and {result.malformed - len(result.problems):,} more")
        if result.quarantine:
            note(f"Malformed lines are kept in {result.quarantine}")
    if result.truncated:
        note(
            f"warmlist: {result.truncated}. What came before is stored;"
            " get a whole copy and import it again."
        )
        raise typer.Exit(1)
    if result.malformed:
        raise typer.Exit(3)
