"""``simulate``: a whole quarter of invented reps and prospects through the program itself."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli.console import counted, named, print_json, print_line, print_table, progress, say
from app.cli.language import said
from app.cli.workspace import AsJson


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate", short_help="Try a quarter on invented people.")(simulate)


def simulate(
    weeks: Annotated[int, typer.Option(min=1, max=52, help="How many weeks of work.")] = 13,
    per_day: Annotated[int, typer.Option(min=1, max=5000, help="Engagements a day.")] = 220,
    cold_calls: Annotated[int, typer.Option(min=1, max=500, help="Cold calls a day.")] = 50,
    need: Annotated[float, typer.Option(min=0, max=1, help="The share who have a need.")] = 0.35,
    learn: Annotated[bool, typer.Option("--learn/--no-learn", help="Learn every week.")] = True,
    seed: Annotated[int, typer.Option(help="Another seed, another quarter.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Run a quarter on invented reps and prospects and show what a manager would see.

    It works in a workspace of its own, WARMLIST_HOME/simulation, emptied first; yours is not read.
    """
    from app.bootstrap import send_logs_to_stderr
    from app.simulation.quarter import Plan, prepare
    from app.simulation.quarter import simulate as run_quarter
    from app.simulation.report import report
    from config.settings import load_settings

    send_logs_to_stderr()
    settings = load_settings()
    workspace = prepare(settings, settings.home / "simulation")
    plan = Plan(weeks, per_day, need, cold_calls, learn, seed)
    with progress(said("Simulating")) as advance:
        run = run_quarter(workspace, plan, advance=advance)
    document = report(run)
    if as_json:
        print_json(document)
    else:
        for line in tell(document):
            print_line(line)
        _tables(document)
        say(
            "The workspace stays in %(home)s.",
            home=workspace.home,
        )


def tell(document: dict[str, Any]) -> list[str]:
    """The quarter in sentences."""
    in_need = [share for share in document["in_need"].values() if share is not None]
    lines = [
        said(
            "%(start)s to %(end)s: %(signals)s, %(touches)s contacts",
            start=document["from"], end=document["to"],
            signals=counted(document["signals"], "signal"), touches=f"{document['touches']:,}",
        )
    ]  # fmt: skip
    if in_need:
        lines.append(
            said(
                "Of those listed %(first)s had a need in the first week, %(last)s in the last;"
                " of all who spoke %(spoke)s",
                first=f"{in_need[0]:.0%}", last=f"{in_need[-1]:.0%}",
                spoke=f"{document['plan']['need_share']:.0%}",
            )
        )  # fmt: skip
    lines += [said("Learned in %(week)s", week=what) for what in document["learned"]]
    worth = document["exchange"]
    if worth["enough"]:
        lines.append(
            said(
                "250 cold calls are worth %(target)s engaged contacts (%(low)s to %(high)s)",
                target=worth["target"], low=f"{worth['low']:.0f}", high=f"{worth['high']:.0f}",
            )
        )  # fmt: skip
    else:
        lines.append(
            said(
                "What cold calls are worth is not known yet: %(engaged)s engaged and %(cold)s"
                " cold contacts are still needed",
                engaged=worth["more_engaged"], cold=worth["more_cold"],
            )
        )  # fmt: skip
    return lines


def _tables(document: dict[str, Any]) -> None:
    print_table(
        ["Rep", "Works", "Counted", "Target", "Weeks met", "Successes", "Flagged", "Voided",
         "Earned", "Invented (truth)", "of them flagged", "honest flagged"],
        [
            [r["rep"], r["works"], r["counted"], r["target"],
             said("%(met)s of %(owed)s", met=r["weeks_met"], owed=r["weeks_owed"]),
             r["successes"], r["flagged"], r["voided"], r["earned"], r["truth"]["invented"],
             r["truth"]["invented_flagged"],
             r["truth"]["honest_flagged"]]
            for r in document["reps"]
        ],
        numbers=(2, 3, 5, 6, 7, 8, 9, 10, 11),
    )  # fmt: skip
    for name in ("feasible", "three_times"):
        told = document[name]
        supply = told["supply"]
        say(
            "%(target)s a week: %(verdict)s, supply %(low)s to %(high)s for this rep",
            target=told["target"],
            verdict=named(told["verdict"]),
            low=supply["low"],
            high=supply["high"],
        )
