"""``collect`` and ``source``."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.console import note, print_json, print_line, print_table
from app.cli.workspace import AsJson

group = typer.Typer(help="Networks we listen to.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add the command and the group."""
    app.command("collect", short_help="Collect once from every source due.")(collect)
    app.add_typer(group, name="source")


def collect(as_json: AsJson = False) -> None:
    """Run every collection that is due, once, and score what it brought."""
    from dataclasses import asdict

    from app.bootstrap import open_workspace, read_clock
    from app.collecting import collect_due
    from app.jobs import is_pending, score_pending
    from app.topic_scorers import load_topic_scorer

    workspace = open_workspace()
    reports = collect_due(workspace, clock=read_clock)
    scored = 0
    if is_pending(workspace):
        scored = score_pending(workspace, load_topic_scorer(workspace), clock=read_clock)
    if as_json:
        print_json({"runs": [asdict(report) for report in reports], "scored": scored})
    elif not reports:
        print_line("Nothing is due. See: warmlist source list")
    else:
        print_table(
            ["Source", "Outcome", "Read", "Matched", "Stored", "Suppressed", "Malformed"],
            [
                [r.network, r.outcome, r.read, r.matched, r.stored, r.suppressed, r.malformed]
                for r in reports
            ],
            numbers=(2, 3, 4, 5, 6),
        )
    failed = [report for report in reports if report.outcome in {"failed", "paused"}]
    for report in failed:
        note(f"warmlist: {report.network}: {report.error}")
    if failed:
        raise typer.Exit(1)


@group.command("add")
def add(
    network: Annotated[str, typer.Argument(help="bluesky.")],
    lawful_basis: Annotated[
        str, typer.Option(help="Why you may process this, in your own words.")
    ] = "legitimate interests",
    url: Annotated[
        str | None, typer.Option(help="Another server; several with commas for fail-over.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Listen to a network."""
    from datetime import timedelta

    from app.bootstrap import open_workspace, read_clock
    from config.errors import NotFound, Refused
    from signals.collection import add_collection
    from signals.collectors.registry import COLLECTORS

    if network not in COLLECTORS:
        raise NotFound(
            f"Network {network!r} cannot be collected yet.",
            f"Known: {', '.join(COLLECTORS)}. For others import a file: warmlist import FILE",
        )
    if url is not None and not all(
        part.strip().startswith(("ws://", "wss://")) for part in url.split(",")
    ):
        raise Refused(f"{url!r} is not a stream's address.", "It begins with wss:// or ws://.")
    workspace = open_workspace()
    with workspace.db.write() as session:
        collection = add_collection(
            session,
            network=network,
            settings={"url": url} if url else {},
            lawful_basis=lawful_basis,
            interval=timedelta(seconds=5),
            now=read_clock(),
        )
        document = {"id": collection.id, "network": network, "lawful_basis": lawful_basis}
    if as_json:
        print_json(document)
    else:
        print_line(f"Listening to {network} from the next `warmlist collect` or `warmlist run`.")


@group.command("resume")
def resume_(network: Annotated[str, typer.Argument(help="The paused network.")]) -> None:
    """Go on after what was asked for has been done."""
    from app.bootstrap import open_workspace, read_clock
    from signals.collection import resume

    workspace = open_workspace()
    with workspace.db.write() as session:
        resume(session, network, now=read_clock())
    print_line(f"{network} is due again.")


@group.command("list")
def list_(as_json: AsJson = False) -> None:
    """List what is listened to, its state and what a person must do."""
    from sqlalchemy import select

    from app.bootstrap import open_workspace
    from models import Collection, CollectionRun

    workspace = open_workspace()
    documents = []
    with workspace.db.read() as session:
        for collection in session.scalars(select(Collection).order_by(Collection.id)):
            run = session.scalar(
                select(CollectionRun)
                .where(CollectionRun.collection_id == collection.id)
                .order_by(CollectionRun.id.desc())
                .limit(1)
            )
            documents.append(
                {
                    "network": collection.network,
                    "state": "paused" if collection.paused_reason else "listening",
                    "do": collection.paused_reason,
                    "failures": collection.failures,
                    "last_run": run.started_at.isoformat() if run else None,
                    "outcome": run.outcome if run else None,
                    "read": run.read if run else 0,
                    "matched": run.matched if run else 0,
                    "next_due_at": collection.next_due_at.isoformat(),
                }
            )
    if as_json:
        print_json(documents)
    elif not documents:
        print_line("No source yet. Add one: warmlist source add bluesky")
    else:
        print_table(
            ["Source", "State", "Last run", "Outcome", "Read", "Matched", "Next", "To do"],
            [
                [d["network"], d["state"], d["last_run"], d["outcome"], d["read"], d["matched"],
                 d["next_due_at"], d["do"]]
                for d in documents
            ],
            numbers=(4, 5),
        )  # fmt: skip
