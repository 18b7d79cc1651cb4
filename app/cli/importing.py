"""``import``."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.console import check_choice, print_json, progress, remark, say
from app.cli.language import said
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
    with progress(said("Reading")) as advance:
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
        say(
            "%(read)s read, %(matched)s matched, %(stored)s stored, %(duplicate)s "
            "duplicate, %(suppressed)s suppressed, %(malformed)s malformed",
            read=f"{result.read:,}",
            matched=f"{result.matched:,}",
            stored=f"{result.stored:,}",
            duplicate=f"{result.duplicate:,}",
            suppressed=f"{result.suppressed:,}",
            malformed=f"{result.malformed:,}",
        )
        say(
            "%(seconds)s s, %(rate)s a CPU-second, %(peak_mb)s MB at most",
            seconds=f"{result.seconds:,.1f}",
            rate=f"{rate:,.0f}",
            peak_mb=f"{result.peak_mb:,.0f}",
        )
        if result.shift_seconds:
            say(
                "All dates were moved by %(shift_seconds)s days.",
                shift_seconds=f"{result.shift_seconds / 86400:+,.2f}",
            )
        for name, days in sorted(result.words_days.items()):
            kept = (
                said("%(n)s days", n=f"{days:g}")
                if days > 2
                else said("%(n)s hours", n=f"{days * 24:g}")
            )
            if terms_of(name).kept_days is not None:
                say(
                    "Words from %(name)s are kept for %(kept)s, then they count no more, also "
                    "those of posts that are still there.",
                    name=terms_of(name).name,
                    kept=kept,
                )
                continue
            say(
                "Words from %(name)s are kept for %(kept)s, then quotes are empty: its "
                "terms allow no more without seeing them there again.",
                name=terms_of(name).name,
                kept=kept,
            )
        for bad in result.problems:
            remark(
                "line %(number)s: %(reason)s",
                number=f"{bad.number:,}",
                reason=bad.reason,
            )
        if result.malformed > len(result.problems):
            remark(
                "and %(malformed)s more",
                malformed=f"{result.malformed - len(result.problems):,}",
            )
        if result.quarantine:
            remark(
                "Malformed lines are kept in %(quarantine)s",
                quarantine=result.quarantine,
            )
    if result.truncated:
        remark(
            "warmlist: %(truncated)s. What came before is stored; get a whole copy "
            "and import it again.",
            truncated=result.truncated,
        )
        raise typer.Exit(1)
    if result.malformed:
        raise typer.Exit(3)
