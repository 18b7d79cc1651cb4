"""When teams and reps work: holidays, leave, ramps, part-time, first and last day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import judging_words, named, print_json, print_table, say
from app.cli.language import said, spoken
from app.cli.lists import Day, read_day
from app.cli.workspace import AsJson
from config.errors import Refused

if TYPE_CHECKING:
    from datetime import date

    from quotas.calendars import Calendar

RepName = Annotated[str, typer.Argument(help="The rep's name or number.")]
TeamName = Annotated[str, typer.Argument(help="The team's name or number.")]
Since = Annotated[
    str | None, typer.Option("--from", help="First day, YYYY-MM-DD; today if left out.")
]


def register(teams: typer.Typer, reps: typer.Typer) -> None:
    """Add the commands to the groups ``team`` and ``rep``."""
    teams.command("holidays", short_help="Set which holidays a team keeps.")(holidays)
    teams.command("calendar", short_help="Show a team's days off.")(team_calendar)
    reps.command("leave", short_help="Enter or withdraw days away.")(leave)
    reps.command("ramp", short_help="Set what a newcomer owes week by week.")(ramp)
    reps.command("works", short_help="Set part-time days and hours.")(works)
    reps.command("employ", short_help="Set role, first and last day.")(employ)
    reps.command("territory", short_help="Set what a rep may receive.")(territory)
    reps.command("calendar", short_help="Show when a rep works.")(rep_calendar)


def holidays(
    team: TeamName,
    country: Annotated[
        str | None, typer.Option(help="Two letters, such as DE; 'none' for none.")
    ] = None,
    subdivision: Annotated[str | None, typer.Option(help="Of the country, such as BY.")] = None,
    add: Annotated[str | None, typer.Option(help="A day off of your own, YYYY-MM-DD.")] = None,
    work: Annotated[str | None, typer.Option(help="A holiday you work on, YYYY-MM-DD.")] = None,
    name: Annotated[str, typer.Option(help="The day's name.")] = "day off",
    as_json: AsJson = False,
) -> None:
    """Set the public holidays a team keeps, and days of its own."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.staff import find_team
    from quotas.working_time import add_holiday, set_country

    workspace = open_workspace()
    now = read_clock()
    days = [(day, works) for day, works in ((read_day(add), False), (read_day(work), True)) if day]
    with workspace.db.write() as session:
        found = find_team(session, team)
        if country is not None:
            kept_of = None if country.lower() == "none" else country
            set_country(session, found, kept_of, subdivision, now=now)
        for day, works_then in days:
            add_holiday(session, found, day, name=name, works=works_then, now=now)
        document: dict[str, Any] = {
            "team": found.name,
            "country": found.country,
            "subdivision": found.subdivision,
            "own": [
                {"date": row.held_on.isoformat(), "name": row.name, "works": row.works}
                for row in found.holidays
            ],
        }
    if as_json:
        print_json(document)
    else:
        kept = "/".join(filter(None, (document["country"], document["subdivision"])))
        say(
            "%(team)s keeps public holidays: %(kept)s.",
            team=document["team"],
            kept=kept or said("none"),
        )
        for row in document["own"]:
            if row["works"]:
                say("%(day)s worked: %(name)s", day=row["date"], name=row["name"])
            else:
                say("%(day)s off: %(name)s", day=row["date"], name=row["name"])


def team_calendar(
    team: TeamName,
    year: Annotated[int | None, typer.Option(min=2015, max=2045, help="This one if none.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a team's holidays of a year that fall on its working weekdays."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.calendars import WEEKDAYS
    from quotas.staff import find_team
    from quotas.working_time import calendar_of, holiday_names

    workspace = open_workspace()
    now = read_clock()
    with workspace.db.read() as session:
        found = find_team(session, team)
        calendar = calendar_of(found)
        own = {row.held_on: row.name for row in found.holidays if not row.works}
        names = {**holiday_names(found), **own}
        texts = spoken()
        named_here = names if texts is None else {**holiday_names(found, texts.language), **own}
        wanted = year or calendar.today(now).year
        days = sorted(
            day for day in calendar.holidays if day.year == wanted and calendar.is_regular(day)
        )
        document: dict[str, Any] = {
            "team": found.name,
            "time_zone": found.time_zone,
            "first_weekday": WEEKDAYS[found.first_weekday],
            "weekend": [WEEKDAYS[day] for day in found.weekend],
            "year": wanted,
            "days_off": [{"date": day.isoformat(), "name": names.get(day, "")} for day in days],
        }
    if as_json:
        print_json(document)
        return
    say(
        "%(team)s, %(wanted)s: %(days)s holidays on working weekdays.",
        team=document["team"],
        wanted=wanted,
        days=len(days),
    )
    if days:
        print_table(["Day", "Holiday"], [[day, named_here.get(day, "")] for day in days])


def leave(
    rep: RepName,
    since: Since = None,
    to: Annotated[str | None, typer.Option(help="Last day away, YYYY-MM-DD.")] = None,
    percent: Annotated[int, typer.Option(min=1, max=100, help="Of each day.")] = 100,
    reason: Annotated[str, typer.Option(help="Such as holiday.")] = "leave",
    withdraw: Annotated[
        int | None, typer.Option(help="Take back the leave of this number.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Enter days away, which lower what is owed; or withdraw them."""
    from datetime import timedelta

    from app.bootstrap import open_workspace, read_clock
    from quotas.staff import find_rep
    from quotas.working_time import add_leave, calendar_of, withdraw_leave

    workspace = open_workspace()
    now = read_clock()
    first, last = read_day(since), read_day(to)
    with workspace.db.write() as session:
        found = find_rep(session, rep)
        if withdraw is not None:
            row = withdraw_leave(session, found, withdraw, now=now)
        else:
            first = first or calendar_of(found).today(now)
            row = add_leave(
                session, found, starts_on=first, ends_on=(last or first) + timedelta(days=1),
                percent=percent, reason=reason, now=now,
            )  # fmt: skip
        document = {
            "leave": row.id,
            "rep": found.name,
            "from": row.starts_on.isoformat(),
            "to": (row.ends_on - timedelta(days=1)).isoformat(),
            "percent": row.percent,
            "withdrawn": row.withdrawn_at is not None,
        }
    if as_json:
        print_json(document)
    elif document["withdrawn"]:
        say(
            "Leave %(leave)s is withdrawn.",
            leave=document["leave"],
        )
    else:
        say(
            "%(rep)s is away from %(start)s to %(to)s. To take it back: warmlist "
            "rep leave %(rep2)s --withdraw %(leave)s",
            rep=document["rep"],
            start=document["from"],
            to=document["to"],
            rep2=repr(document["rep"]),
            leave=document["leave"],
        )


def ramp(
    rep: RepName,
    percents: Annotated[
        list[int] | None, typer.Argument(help="Of the first week, the second, …; none: no ramp.")
    ] = None,
    since: Since = None,
    as_json: AsJson = False,
) -> None:
    """Set what part of the target a newcomer owes week by week, such as: 20 40 60 80."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.staff import find_rep
    from quotas.working_time import calendar_of, set_ramp

    workspace = open_workspace()
    now = read_clock()
    first = read_day(since)
    with workspace.db.write() as session:
        found = find_rep(session, rep)
        row = set_ramp(
            session, found, starts_on=first or found.starts_on or calendar_of(found).today(now),
            percents=percents or [], now=now,
        )  # fmt: skip
        document = {"rep": found.name, "from": row.starts_on.isoformat(), "percents": row.percents}
    if as_json:
        print_json(document)
    else:
        steps = ", ".join(f"{p} %" for p in row.percents)
        if steps:
            say(
                "%(rep)s owes %(steps)s week by week from %(start)s, then all of it.",
                rep=document["rep"], steps=steps, start=document["from"],
            )  # fmt: skip
        else:
            say(
                "%(rep)s owes the whole target from %(start)s on.",
                rep=document["rep"], start=document["from"],
            )  # fmt: skip


def works(
    rep: RepName,
    day: Annotated[
        list[str] | None, typer.Option(help="A weekday worked; repeatable; none: the team's.")
    ] = None,
    percent: Annotated[int, typer.Option(min=0, max=100, help="Of each day worked.")] = 100,
    since: Since = None,
    as_json: AsJson = False,
) -> None:
    """Set on which weekdays a rep works and how much of each."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.calendars import WEEKDAYS, read_weekday
    from quotas.staff import find_rep
    from quotas.working_time import calendar_of, set_working_time

    with judging_words():
        weekdays = [read_weekday(name) for name in day] if day else None
    workspace = open_workspace()
    now = read_clock()
    first = read_day(since)
    with workspace.db.write() as session:
        found = find_rep(session, rep)
        row = set_working_time(
            session, found, starts_on=first or calendar_of(found).today(now), weekdays=weekdays,
            percent=percent, now=now,
        )  # fmt: skip
        document: dict[str, Any] = {
            "rep": found.name,
            "from": row.starts_on.isoformat(),
            "weekdays": None if row.weekdays is None else [WEEKDAYS[d] for d in row.weekdays],
            "percent": row.percent,
        }
    if as_json:
        print_json(document)
    else:
        days = ", ".join(map(named, document["weekdays"] or ())) or said("the team's days")
        say(
            "%(rep)s works %(percent)s %% of %(days)s from %(start)s on.",
            rep=document["rep"],
            percent=percent,
            days=days,
            start=document["from"],
        )


def employ(
    rep: RepName,
    role: Annotated[str | None, typer.Option(help="Such as adviser.")] = None,
    role_from: Annotated[
        str | None, typer.Option(help="First day of the role, YYYY-MM-DD; usually today.")
    ] = None,
    starts: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD.")] = None,
    last: Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD.")] = None,
    as_json: AsJson = False,
) -> None:
    """Set a rep's role, first and last day; what is left out stays.

    Another role counts from a day on: what was owed in the one before stays what it was.
    """
    from datetime import timedelta

    from app.bootstrap import open_workspace, read_clock
    from quotas.roles import list_roles, read_role, set_role
    from quotas.setting import ALWAYS
    from quotas.staff import find_rep
    from quotas.working_time import set_employment

    if role is None and role_from is not None:
        raise Refused("--role-from needs a role.", "Say which: --role ROLE", exit_code=2)
    workspace = open_workspace()
    first, end, begins = read_day(starts), read_day(last), read_day(role_from)
    with workspace.db.write() as session:
        found = find_rep(session, rep)
        if role is not None:
            set_role(session, found, read_role(role), now=read_clock(), starts_on=begins)
        set_employment(
            session,
            found,
            starts_on=first or found.starts_on,
            ends_on=end + timedelta(days=1) if end else found.ends_on,
        )
        document: dict[str, Any] = {
            "rep": found.name,
            "role": found.role,
            "roles": [
                {"role": name, "from": None if day == ALWAYS else day.isoformat()}
                for day, name in list_roles(found)
            ],
            "starts_on": found.starts_on.isoformat() if found.starts_on else None,
            "ends_on": found.ends_on.isoformat() if found.ends_on else None,
        }
    if as_json:
        print_json(document)
    else:
        say(
            "%(rep)s: role %(role)s, from %(starts_on)s, to before %(ends_on)s.",
            rep=document["rep"],
            role=document["role"] or said("none"),
            starts_on=document["starts_on"] or said("ever"),
            ends_on=document["ends_on"] or said("further notice"),
        )
        since = document["roles"][-1]["from"]
        if role is not None and since is not None:
            say(
                "The role counts from %(day)s on; what was owed before stays what it was.",
                day=since,
            )  # fmt: skip


def territory(
    rep: RepName,
    lang: Annotated[list[str] | None, typer.Option(help="A language; repeatable.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="A topic; repeatable.")] = None,
    network: Annotated[list[str] | None, typer.Option(help="A network; repeatable.")] = None,
    place: Annotated[list[str] | None, typer.Option(help="A country's code; repeatable.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="First allow everything.")] = False,
    as_json: AsJson = False,
) -> None:
    """Set what a rep may receive; each kind given takes the place of what it was, others stay."""
    from app.bootstrap import open_workspace
    from models import Topic
    from quotas.staff import find_rep, set_territory

    workspace = open_workspace()
    given = {"language": lang, "topic": topic, "network": network, "place": place}
    with workspace.db.write() as session:
        found = find_rep(session, rep)
        for kind, values in given.items():
            if values or clear:
                set_territory(session, found, kind, values or [])
        document: dict[str, Any] = {"rep": found.name}
        for part in found.territory:
            value = part.value
            if part.kind == "topic":
                value = session.get_one(Topic, int(value)).name
            document.setdefault(part.kind, []).append(value)
    if as_json:
        print_json(document)
        return
    kinds = [f"{named(k)} {', '.join(v)}" for k, v in document.items() if k != "rep"]
    say(
        "%(rep)s receives %(kinds)s.",
        rep=document["rep"],
        kinds="; ".join(kinds) or said("everything"),
    )


def rep_calendar(rep: RepName, date: Day = None, as_json: AsJson = False) -> None:
    """Show when a rep works in the two weeks from a day, and the leave entered."""
    from datetime import timedelta

    from app.bootstrap import open_workspace, read_clock
    from quotas.staff import find_rep
    from quotas.working_time import calendar_of

    workspace = open_workspace()
    now = read_clock()
    with workspace.db.read() as session:
        found = find_rep(session, rep)
        calendar = calendar_of(found)
        first = read_day(date) or calendar.today(now)
        document: dict[str, Any] = {
            "rep": found.name,
            "days": [_day(calendar, first + timedelta(days=n)) for n in range(14)],
            "leave": [
                {
                    "leave": row.id,
                    "from": row.starts_on.isoformat(),
                    "to": (row.ends_on - timedelta(days=1)).isoformat(),
                    "percent": row.percent,
                    "reason": row.reason,
                }
                for row in found.leaves
                if row.withdrawn_at is None
            ],
        }
    if as_json:
        print_json(document)
        return
    print_table(
        ["Day", "", "Works", "Ramp"],
        [[d["date"], named(d["weekday"]), f"{d['working']} %", f"{d['ramp']} %"]
         for d in document["days"]],
        numbers=(2, 3),
    )  # fmt: skip
    for row in document["leave"]:
        say(
            "Leave %(leave)s: %(start)s to %(to)s, %(reason)s",
            leave=row["leave"],
            start=row["from"],
            to=row["to"],
            reason=row["reason"],
        )


def _day(calendar: Calendar, on: date) -> dict[str, Any]:
    from quotas.calendars import WEEKDAYS

    return {
        "date": on.isoformat(),
        "weekday": WEEKDAYS[on.weekday()],
        "working": calendar.worked_percent(on),
        "ramp": calendar.ramp_percent(on),
    }
