"""``init`` and ``doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.console import print_json, print_line, remark, say
from app.cli.language import said, told

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
By = Annotated[str | None, typer.Option(help="Who asks for it; your user name if left out.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init")(init)
    app.command("doctor")(doctor)


def init(as_json: AsJson = False) -> None:
    """Set up the workspace, or bring it up to this version. Safe to repeat."""
    from app.bootstrap import open_workspace

    workspace = open_workspace(must_exist=False)
    before, after = workspace.db.migrate()
    where = workspace.db.url.render_as_string(hide_password=True)
    if as_json:
        print_json({"home": str(workspace.home), "database": where, "before": before, "now": after})
    elif before == after:
        say(
            "The workspace is up to date: %(where)s",
            where=where,
        )
    else:
        say(
            "The workspace is ready: %(where)s",
            where=where,
        )


def doctor(as_json: AsJson = False) -> None:
    """Say what is set up, what is not, and what to do."""
    from app.doctor import examine

    findings = examine()
    if as_json:
        print_json(
            {
                "ok": all(finding.ok is not False for finding in findings),
                "findings": [
                    {"name": f.name, "ok": f.ok, "found": f.found, "do": f.remedy} for f in findings
                ],
            }
        )
    else:
        for finding in findings:
            mark = {True: said("ok  "), False: said("MISS"), None: "    "}[finding.ok]
            values = {
                place: told(value) if isinstance(value, str) else value
                for place, value in finding.values.items()
            }
            name, found, remedy = (
                said(text, **values) if text else ""
                for text in (finding.title, finding.sentence, finding.advice)
            )
            print_line(f"{mark}  {name}: {found}")
            if remedy:
                print_line(f"      -> {remedy}")
    if any(finding.ok is False for finding in findings):
        remark("Something is missing; see the lines marked MISS.")
        raise typer.Exit(1)
