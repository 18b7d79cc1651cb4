"""Change a team later; deactivate a rep and bring one back."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.calendars import RepName, TeamName
from app.cli.console import counted, judging_words, named, print_json, say, who
from app.cli.language import said
from app.cli.workspace import AsJson, By
from config.errors import Refused

if TYPE_CHECKING:
    from models import Rep


def register(teams: typer.Typer, reps: typer.Typer) -> None:
    """Add the commands to the groups ``team`` and ``rep``."""
    teams.command("change", short_help="Change a team's name, zone, week or cool-down.")(change)
    reps.command("deactivate", short_help="Stop a rep's lists.")(stop)
    reps.command("return", short_help="Bring a deactivated rep back.")(return_)


def change(
    team: TeamName,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Such as Europe/Paris.")] = None,
    first_weekday: Annotated[str | None, typer.Option(help="The day weeks start on.")] = None,
    weekend: Annotated[
        list[str] | None, typer.Option(help="A day off; repeatable; 'none' for none.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Of messages to it: en or ar.")] = None,
    opens: Annotated[str | None, typer.Option(help="When the working day begins: 09:00.")] = None,
    closes: Annotated[str | None, typer.Option(help="When it ends: 17:00.")] = None,
    undo_minutes: Annotated[
        int | None, typer.Option(help="How long contacts may be undone; -1: as for every team.")
    ] = None,
    cool_down: Annotated[
        str | None,
        typer.Option(help="Days whoever was contacted is left alone; 'usual' for the workspace's."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change a team; what is left out stays.

    Once it has lists, another zone or weekend begins tomorrow at the earliest, another first day of
    the week when the running week is over, other hours today: days and weeks gone by keep theirs.
    """
    from app.bootstrap import open_workspace, read_clock
    from quotas.calendars import WEEKDAYS, read_weekday, read_weekend, read_zone
    from quotas.cool_down import by_team, read_cool_down, set_cool_down
    from quotas.staff import change_team, find_team
    from quotas.touches import set_undo_limit
    from quotas.working_time import set_hours

    days = None if weekend is None else [day for day in weekend if day != "none"]
    with judging_words():
        read_zone(time_zone or "UTC")
        read_weekday(first_weekday or WEEKDAYS[0])
        read_weekend(days or [])
        hours = _read_time(opens), _read_time(closes)
        rest = read_cool_down("" if cool_down in {None, "usual"} else cool_down or "")
    workspace = open_workspace()
    with workspace.db.write() as session:
        found = find_team(session, team)
        begins = change_team(
            session, found, name=name or found.name, time_zone=time_zone or found.time_zone,
            first_weekday=first_weekday or WEEKDAYS[found.first_weekday],
            weekend=[WEEKDAYS[day] for day in found.weekend] if days is None else days,
            language=language or found.language, now=read_clock(),
        )  # fmt: skip
        if hours != (None, None):
            begin, end = hours[0] or found.opens, hours[1] or found.closes
            set_hours(session, found, begin, end, now=read_clock())
        if undo_minutes is not None:
            set_undo_limit(session, found, None if undo_minutes == -1 else undo_minutes)
        if cool_down is not None:
            set_cool_down(found, rest)
        document: dict[str, Any] = {
            "id": found.id, "name": found.name, "time_zone": found.time_zone,
            "opens": f"{found.opens:%H:%M}", "closes": f"{found.closes:%H:%M}",
            "undo_minutes": found.undo_minutes,
            "first_weekday": WEEKDAYS[found.first_weekday],
            "weekend": [WEEKDAYS[day] for day in found.weekend], "language": found.language,
            "begins": begins, "cool_down_days": found.cool_down_days,
        }  # fmt: skip
        days_alone = by_team(workspace.settings.lists, found).cool_down_days
    if as_json:
        print_json(document)
    else:
        off = ", ".join(map(named, document["weekend"])) or said("no day of the week")
        if begins:
            say(
                "Team %(name)s: %(time_zone)s, off %(off)s from %(begins)s on.",
                name=document["name"], time_zone=document["time_zone"], off=off, begins=begins,
            )  # fmt: skip
        else:
            say(
                "Team %(name)s: %(time_zone)s, off %(off)s.",
                name=document["name"], time_zone=document["time_zone"], off=off,
            )  # fmt: skip
        if cool_down is not None:
            say("Whoever was contacted is left alone for %(n)s.", n=counted(days_alone, "day"))


def _read_time(text: str | None) -> time | None:
    if text is None:
        return None
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise Refused("%(text)s is not a time of day.", "Use 09:00.", text=repr(text)) from error


def stop(
    rep: RepName,
    to: Annotated[
        str | None, typer.Option(help="Who gets the open prospects; the pool if left out.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why they are given on; kept.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Give a rep no lists any more; quotas, contacts and statements stay."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.departures import deactivate
    from quotas.staff import find_rep

    workspace = open_workspace()
    with workspace.db.write() as session:
        found = find_rep(session, rep)
        other = find_rep(session, to) if to is not None else None
        given, freed = deactivate(
            session, found, to=other, reason=reason, by=who(by), now=read_clock()
        )
        document = _document(found) | {"given": given, "to_pool": freed}
    if as_json:
        print_json(document)
    else:
        say(
            "%(rep)s gets no lists any more: %(given)s given on, %(freed)s back in the pool.",
            rep=document["rep"],
            given=counted(given, "prospect"),
            freed=freed,
        )


def return_(rep: RepName, as_json: AsJson = False) -> None:
    """Give a deactivated rep lists again, by the quotas that stand."""
    from app.bootstrap import open_workspace
    from quotas.departures import bring_back
    from quotas.staff import find_rep

    workspace = open_workspace()
    with workspace.db.write() as session:
        found = find_rep(session, rep)
        bring_back(session, found)
        document = _document(found)
    if as_json:
        print_json(document)
    else:
        say(
            "%(rep)s gets lists again from the next one on.",
            rep=document["rep"],
        )


def _document(rep: Rep) -> dict[str, Any]:
    return {"rep": rep.name, "active": rep.active}
