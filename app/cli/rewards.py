"""``rewards``: schemes and contests; statements stand in a module of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from app.cli.console import check_choice, judging_words, named, print_json, print_table, say
from app.cli.language import said
from app.cli.lists import read_day
from app.cli.workspace import AsJson

group = typer.Typer(help="What attainment earns.", no_args_is_help=True, rich_markup_mode=None)
TeamName = Annotated[str, typer.Option("--team", help="The team's name or number.")]
Unit = Annotated[str, typer.Option(help="What is paid in, such as EUR or points.")]
Activity = Annotated[str, typer.Option(help="The activity that counts.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    from app.cli import statements

    statements.register(group)
    app.add_typer(group, name="rewards")


@group.command("scheme", short_help="Set what contacts above target earn.")
def scheme(
    name: Annotated[str, typer.Argument(help="The scheme's name.")],
    team: TeamName,
    unit: Unit,
    rate: Annotated[str, typer.Option(help="For one contact above the target, such as 2.50.")],
    tier: Annotated[
        list[str] | None, typer.Option(help="PERCENT=TIMES, such as 120=1.5; repeatable.")
    ] = None,
    mode: Annotated[
        str, typer.Option(help="whole: the tier reached holds for all; marginal: each by its own.")
    ] = "whole",
    activity: Activity = "engaged_contact",
    start: Annotated[str | None, typer.Option("--from", help="YYYY-MM-DD; today if none.")] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Pay nothing from that day on.")] = False,
    as_json: AsJson = False,
) -> None:
    """Set what a team's contacts above the target earn, from a day on."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.rewards import set_scheme, stop_scheme
    from quotas.staff import find_team
    from quotas.tiers import MODES, read_tiers, show_hundredths
    from quotas.working_time import calendar_of

    check_choice("--mode", mode, MODES)
    with judging_words():
        tiers, amount = read_tiers(tier or ["100=1.0"]), read_amount(rate)
        day = read_day(start)
    workspace = open_workspace()
    now = read_clock()
    with workspace.db.write() as session:
        found = find_team(session, team)
        day = day or calendar_of(found).today(now)
        if stop:
            row = stop_scheme(session, found, name=name, starts_on=day, now=now)
        else:
            row = set_scheme(
                session, found, name=name, unit=unit, rate=amount, tiers=tiers, mode=mode,
                activity=activity, starts_on=day, now=now,
            )  # fmt: skip
        document = _scheme_document(row)
    if as_json:
        print_json(document)
    elif stop:
        say(
            "Scheme %(name)s pays nothing from %(day)s on.",
            name=row.name,
            day=day,
        )
    else:
        steps = ", ".join(
            said(
                "from %(percent)s %% %(times)s times",
                percent=t.percent, times=show_hundredths(t.multiple),
            )
            for t in tiers
        )  # fmt: skip
        say(
            "Scheme %(name)s: %(rate)s %(unit)s a contact, %(steps)s.",
            name=row.name,
            rate=document["rate"],
            unit=row.unit,
            steps=steps,
        )


@group.command("schemes", short_help="Show schemes and contests.")
def schemes(team: TeamName, as_json: AsJson = False) -> None:
    """Show the schemes in force and the contests of a team."""
    from sqlalchemy import select

    from app.bootstrap import open_workspace, read_clock
    from models import Contest
    from quotas.rewards import find_schemes
    from quotas.staff import find_team
    from quotas.tiers import show_hundredths
    from quotas.working_time import calendar_of

    workspace = open_workspace()
    with workspace.db.read() as session:
        found = find_team(session, team)
        today = calendar_of(found).today(read_clock())
        rows = [_scheme_document(row) for row in find_schemes(session, found.id, today)]
        contests = [
            {"name": c.name, "activity": c.activity, "unit": c.unit, "from": str(c.starts_on),
             "to": str(c.ends_on - timedelta(days=1)),
             "prizes": [show_hundredths(prize) for prize in c.prizes]}
            for c in session.scalars(
                select(Contest).where(Contest.team_id == found.id).order_by(Contest.starts_on)
            )
        ]  # fmt: skip
    if as_json:
        print_json({"schemes": rows, "contests": contests})
        return
    print_table(
        ["Scheme", "Of", "A contact", "Tiers", "How", "Since"],
        [
            [r["name"], named(r["activity"]), f"{r['rate']} {r['unit']}",
             ", ".join(f"{t['percent']} %: {t['times']}" for t in r["tiers"]),
             named(r["mode"]), r["from"]]
            for r in rows
        ],
    )  # fmt: skip
    for c in contests:
        say(
            "Contest %(name)s, %(start)s to %(to)s: %(prizes)s %(unit)s",
            name=c["name"],
            start=c["from"],
            to=c["to"],
            prizes=", ".join(c["prizes"]),
            unit=c["unit"],
        )


@group.command("contest", short_help="Offer prizes over a date range.")
def contest(
    name: Annotated[str, typer.Argument(help="The contest's name.")],
    team: TeamName,
    unit: Unit,
    prize: Annotated[list[str], typer.Option(help="Best place first; repeatable.")],
    start: Annotated[str, typer.Option("--from", help="YYYY-MM-DD: the first day.")],
    end: Annotated[str, typer.Option("--to", help="YYYY-MM-DD: the last day.")],
    activity: Activity = "engaged_contact",
    as_json: AsJson = False,
) -> None:
    """Offer prizes to the reps who count most between two days; equal counts share."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.contests import create_contest
    from quotas.staff import find_team

    with judging_words():
        prizes = [read_amount(one) for one in prize]
        first, last = read_day(start), read_day(end)
    assert first is not None
    assert last is not None  # both are required
    workspace = open_workspace()
    with workspace.db.write() as session:
        row = create_contest(
            session, find_team(session, team), name=name, unit=unit, prizes=prizes,
            starts_on=first, ends_on=last + timedelta(days=1), activity=activity,
            now=read_clock(),
        )  # fmt: skip
        document = {"contest": row.id, "name": row.name, "from": start, "to": end}
    if as_json:
        print_json(document)
    else:
        say(
            "Contest %(name)s runs from %(start)s to %(end)s.",
            name=document["name"],
            start=start,
            end=end,
        )


def read_amount(text: str) -> int:
    from config.errors import Refused
    from quotas.tiers import hundredths

    try:
        return hundredths(text)
    except ValueError as error:
        raise Refused(
            "%(given)s is not an amount.",
            "Write it as 12.50.",
            2,
            given=repr(text),
        ) from error


def _scheme_document(row: Any) -> dict[str, Any]:
    from quotas.tiers import show_hundredths

    return {
        "name": row.name,
        "activity": row.activity,
        "unit": row.unit,
        "rate": show_hundredths(row.rate),
        "mode": row.mode,
        "tiers": [{"percent": p, "times": show_hundredths(m)} for p, m in row.tiers],
        "from": row.starts_on.isoformat(),
        "stops": row.stops,
    }
