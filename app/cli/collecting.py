"""``collect`` and ``collections``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli.console import moment, named, print_json, print_line, print_table, remark, say
from app.cli.language import said, told
from app.cli.workspace import AsJson


def register(app: typer.Typer) -> None:
    """Add both."""
    app.command("collect", short_help="Collect once from every source due.")(collect)
    app.command("collections", short_help="List what is collected, its state and cost.")(
        collections
    )


def collect(
    network: Annotated[
        str | None, typer.Option(help="Only this source, by its name or network.")
    ] = None,
    topic: Annotated[str | None, typer.Option(help="Only for this topic.")] = None,
    once: Annotated[bool, typer.Option(help="Now, due or not.")] = False,
    dry_run: Annotated[
        bool, typer.Option(help="Say what would be asked and what it would cost; ask nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run every collection that is due, once, and score what it brought."""
    from dataclasses import asdict

    from app.bootstrap import open_workspace, read_clock
    from app.crew import collect_due
    from app.jobs import is_pending, score_pending
    from app.topic_scorers import load_topic_scorer

    workspace = open_workspace()
    wanted = _wanted(workspace, network, topic, once)
    if dry_run:
        _print_plans(workspace, wanted, as_json)
        return
    reports = collect_due(workspace, clock=read_clock, wanted=wanted)
    scored = 0
    if is_pending(workspace):
        scored = score_pending(workspace, load_topic_scorer(workspace), clock=read_clock)
    missing = _say_missing(workspace, network)
    if as_json:
        print_json({"runs": [asdict(report) for report in reports], "scored": scored})
    elif not reports:
        print_line(missing or said("Nothing is due. See: warmlist source list"))
    else:
        print_table(
            ["Source", "Topic", "Task", "Outcome", "Read", "Matched", "Stored", "Suppressed",
             "Malformed", "$"],
            [
                [r.source, r.topic, named(r.task), named(r.outcome), r.read, r.matched, r.stored,
                 r.suppressed, r.malformed, f"{r.money:.3f}"]
                for r in reports
            ],
            numbers=(4, 5, 6, 7, 8, 9),
        )  # fmt: skip
        if missing:
            print_line(missing)
    failed = [report for report in reports if report.outcome in {"failed", "paused"}]
    for report in failed:
        remark(
            "warmlist: %(source)s: %(error)s",
            source=report.source,
            error=told(report.error or ""),
        )
    if failed:
        raise typer.Exit(1)


def _wanted(workspace: Any, network: str | None, topic: str | None, once: bool) -> Any:
    from config.errors import NotFound
    from signals.catalog import find_topic
    from signals.leases import Wanted
    from signals.sources import is_source

    topic_id = None
    with workspace.db.read() as session:
        if topic is not None:
            topic_id = find_topic(session, topic).id
        if network is not None and not is_source(session, network):
            raise NotFound(
                "There is no source %(network)s.",
                "Add it: warmlist source add %(network2)s --lawful-basis TEXT",
                network=repr(network),
                network2=network,
            )
    return Wanted(network, topic_id, even_if_not_due=once)


def _say_missing(workspace: Any, network: str | None) -> str | None:
    """What must be named before a source collects anything."""
    from signals.schedule import find_missing

    if network is None:
        return None
    with workspace.db.read() as session:
        return told(find_missing(session, network) or "")


def _print_plans(workspace: Any, wanted: Any, as_json: bool) -> None:
    from app.bootstrap import read_clock
    from app.plans import plan_runs

    plans = plan_runs(workspace, wanted, clock=read_clock)
    if as_json:
        print_json(plans)
        return
    missing = _say_missing(workspace, wanted.name)
    if missing or not plans:
        print_line(missing or said("Nothing would be asked. See: warmlist collections"))
    for plan in plans:
        about = [plan["source"], plan["topic"] or said("every topic"), named(plan["task"])]
        print_line(" · ".join([*about, *([plan["scope"]] if plan["scope"] else [])]))
        for line in plan["requests"]:
            print_line(f"  {told(line)}")
        for line in plan["notes"]:
            print_line(f"  ({told(line)})")
        if not plan["requests"]:
            continue  # nothing would be asked: the notes say why
        left = plan["budget_left"]
        of = "" if left is None else said(" of $%(left)s left today", left=f"{left:.2f}")
        say(
            "  at most %(most_requests)s requests, $%(most_money)s%(of)s",
            most_requests=plan["most_requests"],
            most_money=f"{plan['most_money']:.3f}",
            of=of,
        )


def collections(as_json: AsJson = False) -> None:
    """List every collection: state, last run, items, matches, cost, gap, and what to do."""
    from app.bootstrap import open_workspace, read_clock
    from app.collections import list_collections
    from signals.schedule import synchronise

    workspace = open_workspace()
    with workspace.db.write() as session:
        synchronise(session, now=read_clock())
    documents = list_collections(workspace, now=read_clock(), count_late=True)
    if as_json:
        print_json(documents)
    elif not documents:
        say("No source yet. Add one: warmlist source add bluesky --lawful-basis TEXT")
    else:
        print_table(
            ["Source", "Topic", "Scope", "Task", "State", "Last run", "Items", "Matched", "$ today",
             "Gap", "Next", "To do"],
            [
                [d["source"], d["topic"], d["scope"], named(d["task"]), named(d["state"]),
                 moment(d["last_run"]), d["items"], d["matched"], f"{d['cost_today']:.2f}",
                 told(d["gap"]["reason"]) if d["gap"] else None, moment(d["next_due_at"]),
                 told(d["do"] or d["error"] or "") or _late(d)]
                for d in documents
            ],
            numbers=(6, 7, 8),
        )  # fmt: skip


def _late(document: dict[str, Any]) -> str | None:
    """What a re-check is behind with."""
    if not document["late"]:
        return None
    return said("%(n)s posts were not asked for in time", n=f"{document['late']:,}")
