"""``run``, ``serve``, ``demo``, ``bench`` and the groups that other modules bring."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import learning, scorer
from app.cli.console import note, print_json, print_line, print_table
from app.cli.language import said
from app.cli.workspace import AsJson

Host = Annotated[str | None, typer.Option(help="Address to listen on; 127.0.0.1 if left out.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; 8321 if left out.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run", short_help="Collect, score, build lists and serve.")(run)
    app.command("serve")(serve)
    app.command("demo", short_help="Try it on a sample community.")(demo)
    app.command("bench", short_help="Measure the promised figures here.")(bench)
    learning.register(scorer.app)
    app.add_typer(scorer.app, name="scorer")


def run(host: Host = None, port: Port = None) -> None:
    """Do everything in one process: collect, score, build lists each morning, serve the pages."""
    from app.bootstrap import open_workspace
    from app.scheduler import start_scheduler
    from app.serving import serve_pages

    workspace = open_workspace()
    scheduler = start_scheduler(workspace)
    try:
        serve_pages(workspace, host=host, port=port, announce=note)
    finally:
        scheduler.shutdown()


def serve(host: Host = None, port: Port = None) -> None:
    """Serve the pages only."""
    from app.bootstrap import open_workspace
    from app.serving import serve_pages

    serve_pages(open_workspace(pages_only=True), host=host, port=port, announce=note)


def demo(
    host: Host = None,
    port: Port = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start again from nothing.")] = False,
    serve_: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages.")] = True,
    as_json: AsJson = False,
) -> None:
    """Make a sample workspace, run the pipeline over it and serve the pages."""
    from app.demo import prepare_demo
    from app.serving import serve_pages

    workspace, summary = prepare_demo(fresh=fresh)
    if as_json:
        print_json(summary)
    else:
        for line in summary["lines"]:
            print_line(line)
    if serve_:
        serve_pages(workspace, host=host, port=port, announce=note)


def bench(
    name: Annotated[
        str, typer.Argument(help="collect, pipeline, prospects, quotas, scorer, studio or web.")
    ],
    data: Annotated[
        str | None,
        typer.Option(help="A file of real posts to measure on (.jsonl.gz); scorer: a folder."),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="prospects and studio: an empty database to measure in.")
    ] = None,
    size: Annotated[
        int | None, typer.Option(help="prospects: signals; studio: posts.", min=10_000)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure this machine against the figures the project promises."""
    from app.bench import run_bench

    report = run_bench(name, data, url=url, size=size)
    if as_json:
        print_json(report)
        return
    print_table(
        ["Figure", "Value", "Unit", "Target", "Reference", "Ratio", "Met"],
        [
            [
                f["name"], f"{f['value']:,.3g}" if f["value"] < 10 else f"{f['value']:,.0f}",
                f["unit"], f["target"], f["reference"], f["ratio"],
                "" if f["met"] is None else said("yes") if f["met"] else said("no"),
            ]
            for f in report["figures"]
        ],
        numbers=(1, 3, 4, 5),
    )  # fmt: skip
