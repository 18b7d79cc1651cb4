"""``team`` and ``rep``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli import calendars, staffing
from app.cli.console import (
    check_choice,
    counted,
    judging_words,
    named,
    print_json,
    print_table,
    say,
)
from app.cli.planning import judge_new
from app.cli.workspace import AsJson

teams = typer.Typer(help="Groups with a time zone.", no_args_is_help=True, rich_markup_mode=None)
reps = typer.Typer(help="Who contacts prospects.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add the groups."""
    app.add_typer(teams, name="team")
    app.add_typer(reps, name="rep")
    calendars.register(teams, reps)
    staffing.register(teams, reps)


@teams.command("add")
def add_team(
    name: Annotated[str, typer.Argument(help="The team's name.")],
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Paris.")] = "UTC",
    first_weekday: Annotated[str, typer.Option(help="The day weeks start on.")] = "monday",
    weekend: Annotated[
        list[str] | None, typer.Option(help="A day off; repeatable; 'none' for none.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="What messages to it are written in: en or ar.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a team."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.calendars import WEEKDAYS, read_weekday, read_weekend, read_zone
    from quotas.staff import create_team

    days = ["saturday", "sunday"] if weekend is None else [d for d in weekend if d != "none"]
    with judging_words():
        read_zone(time_zone)
        read_weekday(first_weekday)
        read_weekend(days)
    workspace = open_workspace()
    with workspace.db.write() as session:
        team = create_team(
            session, name=name, time_zone=time_zone, first_weekday=first_weekday,
            weekend=days, language=language, now=read_clock(),
        )  # fmt: skip
        document = {
            "id": team.id,
            "name": team.name,
            "time_zone": team.time_zone,
            "first_weekday": WEEKDAYS[team.first_weekday],
            "weekend": [WEEKDAYS[day] for day in team.weekend],
            "language": team.language,
        }
    if as_json:
        print_json(document)
    else:
        say(
            "Team %(name)s works in %(time_zone)s, weeks from %(first_weekday)s.",
            name=document["name"],
            time_zone=document["time_zone"],
            first_weekday=_day(str(document["first_weekday"])),
        )


@teams.command("list")
def list_teams(as_json: AsJson = False) -> None:
    """List teams and their reps."""
    from sqlalchemy import select

    from app.bootstrap import open_workspace
    from models import Team

    workspace = open_workspace()
    with workspace.db.read() as session:
        documents = [
            {
                "id": team.id,
                "name": team.name,
                "time_zone": team.time_zone,
                "reps": [
                    {"id": rep.id, "name": rep.name, "active": rep.active} for rep in team.reps
                ],
            }
            for team in session.scalars(select(Team).order_by(Team.id))
        ]
    if as_json:
        print_json(documents)
    elif not documents:
        say("No teams yet. Add one: warmlist team add NAME")
    else:
        print_table(
            ["Team", "Time zone", "Reps"],
            [
                [d["name"], d["time_zone"], ", ".join(r["name"] for r in _reps(d))]
                for d in documents
            ],
        )


@teams.command("leaderboard", short_help="Show ranks, or switch them on or off.")
def leaderboard(
    team: Annotated[str, typer.Argument(help="The team's name or number.")],
    shown: Annotated[
        bool | None, typer.Option("--on/--off", help="Show ranks in this team, or nobody's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show who of a team is how far; switched off, no page, key or command shows ranks."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.leaderboard import load_leaderboard
    from quotas.staff import find_team

    workspace = open_workspace()
    if shown is not None:
        with workspace.db.write() as session:
            found = find_team(session, team)
            found.leaderboard = shown
            document: dict[str, Any] = {"team": found.name, "leaderboard": shown}
        if not shown:
            if as_json:
                print_json(document)
            else:
                say(
                    "The leaderboard of %(team)s is switched off.",
                    team=document["team"],
                )
            return
    with workspace.db.read() as session:
        found = find_team(session, team)
        places = load_leaderboard(session, found, read_clock())
        document = {
            "team": found.name,
            "leaderboard": True,
            "places": [{"rank": p.rank, "rep": p.rep, "share": p.share} for p in places],
        }
    if as_json:
        print_json(document)
    elif not places:
        say(
            "Nobody in %(team)s has a quota.",
            team=document["team"],
        )
    else:
        print_table(
            ["Rank", "Rep", "Of what is owed"],
            [[p.rank, p.rep, f"{p.share:.0%}"] for p in places],
            numbers=(0, 2),
        )


def _day(name: str) -> str:
    """A weekday as a sentence has it."""
    return named(name).capitalize()


def _reps(document: dict[str, Any]) -> list[dict[str, Any]]:
    reps_: list[dict[str, Any]] = document["reps"]
    return reps_


@reps.command("add")
def add_rep(
    name: Annotated[str, typer.Argument(help="The rep's name.")],
    team: Annotated[str, typer.Option(help="The team's name or number.")],
    quota: Annotated[
        int, typer.Option(min=0, max=100_000, help="Engaged contacts owed per period.")
    ],
    per: Annotated[str, typer.Option(help="day, week, month or quarter.")] = "week",
    lang: Annotated[
        list[str] | None, typer.Option(help="A language the rep works in; none: all; repeatable.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a rep with an activity quota."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.history import Owner
    from quotas.periods import Period
    from quotas.setting import first_day
    from quotas.staff import create_rep, find_team, set_quota

    check_choice("--per", per, [period.value for period in Period])
    workspace = open_workspace()
    now = read_clock()
    with workspace.db.write() as session:
        found = find_team(session, team)
        rep = create_rep(session, found, name=name, languages=lang or [], now=now)
        given = set_quota(
            session, rep, target=quota, per=per,
            threshold=workspace.settings.lists.threshold, now=now,
            starts_on=first_day(session, Owner(rep=rep), now),
        )  # fmt: skip
        document = {
            "id": rep.id,
            "name": rep.name,
            "team": found.name,
            "quota": given.target,
            "per": given.period,
            "languages": lang or [],
        }
    if not as_json:
        say(
            "%(name)s of %(team)s owes %(target)s a %(per)s.",
            name=document["name"],
            team=document["team"],
            target=counted(given.target, "engaged contact"),
            per=named(str(document["per"])),
        )
    told = judge_new(workspace, given.rep_id or 0, given, as_json=as_json)
    if as_json:
        print_json(document | {"feasibility": told})
