"""``quota``: set, stop, list, history, templates, preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import check_choice, counted, named, print_json, print_line, print_table, say
from app.cli.language import said, spelled
from app.cli.lists import Day, read_day
from app.cli.planning import judge_new
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Quota
    from quotas.history import Owner, QuotaSpan

quotas = typer.Typer(help="What reps owe.", no_args_is_help=True, rich_markup_mode=None)

OfRep = Annotated[str | None, typer.Option("--rep", help="Whose own quota: name or number.")]
OfTeam = Annotated[str | None, typer.Option("--team", help="All of this team.")]
OfRole = Annotated[str | None, typer.Option("--role", help="All of this role, such as adviser.")]
Since = Annotated[
    str | None,
    typer.Option("--from", help="First day, YYYY-MM-DD; today, or always if nothing was owed yet."),
]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(quotas, name="quota")


def find_owner(session: Session, rep: str | None, team: str | None, role: str | None) -> Owner:
    """Whose quota the options name."""
    from config.errors import Refused
    from quotas.history import Owner
    from quotas.staff import find_rep, find_team

    if (rep is None) == (team is None and role is None):
        raise Refused("It is not clear whose quota.", "Give --rep, or --team and/or --role.", 2)
    return Owner(
        rep=find_rep(session, rep) if rep is not None else None,
        team=find_team(session, team) if team is not None else None,
        role=" ".join(role.split()).lower() if role is not None else None,
    )


def _document(quota: Quota) -> dict[str, Any]:
    return {
        "id": quota.id,
        "activity": quota.activity,
        "target": quota.target,
        "per": quota.period,
        "weight": quota.weight,
        "threshold": quota.threshold,
        "fresh_days": quota.fresh_days,
        "missed": quota.missed,
        "template": quota.template,
        "basis": quota.basis,
        "starts_on": quota.starts_on.isoformat(),
        "ends_on": quota.ends_on.isoformat() if quota.ends_on else None,
    }


_JUDGED = 5  # reps of a team whose part of the supply is looked at when a quota is set


def _in_words(quota: Quota) -> str:
    return said(
        "%(target)s a %(period)s",
        target=counted(quota.target, quota.activity.replace("_", " ")),
        period=named(quota.period),
    )


@quotas.command("set", short_help="Set a quota, or several from a template.")
def set_(
    rep: OfRep = None,
    team: OfTeam = None,
    role: OfRole = None,
    template: Annotated[
        str | None, typer.Option(help="Take it from a template; see: quota templates.")
    ] = None,
    target: Annotated[int | None, typer.Option(min=0, max=100_000, help="How many.")] = None,
    per: Annotated[str, typer.Option(help="day, week, month or quarter.")] = "week",
    activity: Annotated[
        str, typer.Option(help="engaged_contact, outbound_call, … or a name of your own.")
    ] = "engaged_contact",
    weight: Annotated[float, typer.Option(help="Its weight in the scorecard.")] = 1.0,
    threshold: Annotated[
        float | None, typer.Option(help="Warmth that makes a contact an engaged one.")
    ] = None,
    fresh_days: Annotated[
        int | None, typer.Option(help="How old the newest evidence may be, in days.")
    ] = None,
    missed: Annotated[
        str, typer.Option(help="roll: into the days left; forfeit: not asked again.")
    ] = "roll",
    since: Since = None,
    until: Annotated[
        str | None, typer.Option(help="First day it counts no more, YYYY-MM-DD.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set a quota for a rep, a role or a team; what was owed before its first day stays."""
    from app.bootstrap import open_workspace, read_clock
    from config.errors import Refused
    from quotas.history import find_quotas, list_concerned
    from quotas.periods import Period
    from quotas.setting import first_day, set_quota
    from quotas.templates import apply_template
    from quotas.working_time import calendar_of

    check_choice("--per", per, [period.value for period in Period])
    check_choice("--missed", missed, ["roll", "forfeit"])
    if (template is None) == (target is None):
        raise Refused("A quota needs a target.", "Give --target N or --template NAME.", 2)
    workspace = open_workspace()
    now = read_clock()
    least = workspace.settings.lists.threshold if threshold is None else threshold
    starts_on, ends_on = read_day(since), read_day(until)
    with workspace.db.write() as session:
        owner = find_owner(session, rep, team, role)
        starts_on = starts_on or first_day(session, owner, now)
        if template is not None:
            rows = apply_template(
                session, owner, template, starts_on=starts_on, threshold=least, now=now
            )
        else:
            rows = [
                set_quota(
                    session, owner, target=target or 0, per=per, activity=activity, weight=weight,
                    threshold=least, fresh_days=fresh_days, missed=missed, starts_on=starts_on,
                    ends_on=ends_on, now=now,
                )
            ]  # fmt: skip
        documents = [_document(row) | {"of": owner.name} for row in rows]
        words = said(" and ").join(_in_words(row) for row in rows)
        name = owner.name
        contacts = [row for row in rows if row.activity == "engaged_contact"]
        numbers = {row.id for row in contacts}
        owing = [  # who has a nearer quota does not owe this one
            one.id
            for one in list_concerned(session, owner)
            if one.active
            and numbers
            & {
                found.id
                for found in find_quotas(
                    session, one.id, max(starts_on, calendar_of(one).today(now))
                )
            }
        ]
    if not as_json:
        whose = f"{name[0].upper()}{name[1:]}"
        if starts_on.year == 2000:
            print_line(f"{whose}: {words}.")
        else:
            say("%(whose)s: %(words)s from %(day)s on.", whose=whose, words=words, day=starts_on)
    told = [
        judge_new(workspace, rep_id, row, as_json=as_json)
        for row in contacts
        for rep_id in owing[:_JUDGED]
    ]
    if as_json:
        judged = {"feasibility": told} if told else {}
        print_json([one | (judged if one["activity"] == "engaged_contact" else {})
                    for one in documents])  # fmt: skip


@quotas.command("stop")
def stop(
    activity: Annotated[str, typer.Argument(help="Such as outbound_call.")],
    rep: OfRep = None,
    team: OfTeam = None,
    role: OfRole = None,
    since: Since = None,
    as_json: AsJson = False,
) -> None:
    """End a quota; of a rep's own, the role's or team's counts again."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.setting import first_day, stop_quota

    workspace = open_workspace()
    now = read_clock()
    with workspace.db.write() as session:
        owner = find_owner(session, rep, team, role)
        starts_on = read_day(since) or first_day(session, owner, now)
        row = stop_quota(session, owner, activity=activity, starts_on=starts_on, now=now)
        document = {"of": owner.name, "activity": row.activity, "stops_on": starts_on.isoformat()}
    if as_json:
        print_json(document)
    else:
        say(
            "%(of)s: no %(activity)s quota from %(starts_on)s on.",
            of=document["of"],
            activity=named(activity),
            starts_on=starts_on,
        )


@quotas.command("list", short_help="List the quotas in force, with what is owed.")
def list_(
    rep: OfRep = None,
    team: OfTeam = None,
    date: Day = None,
    as_json: AsJson = False,
) -> None:
    """List each rep's quotas in force on a day, and what the period comes to by working time."""
    from sqlalchemy import select

    from app.bootstrap import open_workspace, read_clock
    from models import Rep
    from quotas.history import find_quotas, load_target
    from quotas.staff import find_rep, find_team
    from quotas.working_time import calendar_of

    workspace = open_workspace()
    now = read_clock()
    rows: list[dict[str, Any]] = []
    with workspace.db.read() as session:
        wanted = select(Rep).where(Rep.active).order_by(Rep.team_id, Rep.name)
        if rep is not None:
            wanted = wanted.where(Rep.id == find_rep(session, rep).id)
        if team is not None:
            wanted = wanted.where(Rep.team_id == find_team(session, team).id)
        for one in session.scalars(wanted).all():
            on = read_day(date) or calendar_of(one).today(now)
            for quota in find_quotas(session, one.id, on):
                start, end, owed = load_target(session, one, quota, on)
                whose = "own" if quota.rep_id else "role" if quota.role else "team"
                rows.append(
                    {"rep": one.name, "team": one.team.name, "set_for": whose,
                     "start": start.isoformat(), "end": end.isoformat(), "owed": owed}
                    | _document(quota)
                )  # fmt: skip
    if as_json:
        print_json(rows)
    elif not rows:
        say("No quota is in force. Set one: warmlist quota set --rep NAME --target 50")
    else:
        print_table(
            ["Team", "Rep", "Of", "Target", "Per", "Owed", "Warmth", "Set for", "Template"],
            [
                [r["team"], r["rep"], spelled(r["activity"]), r["target"], named(r["per"]),
                 r["owed"], f"{r['threshold']:g}", named(r["set_for"]), r["template"]]
                for r in rows
            ],
            numbers=(3, 5, 6),
        )  # fmt: skip


@quotas.command("history")
def history(
    rep: OfRep = None,
    team: OfTeam = None,
    role: OfRole = None,
    as_json: AsJson = False,
) -> None:
    """Show what somebody's own quotas were, are and will be."""
    from app.bootstrap import open_workspace
    from quotas.history import quota_history

    workspace = open_workspace()
    with workspace.db.read() as session:
        owner = find_owner(session, rep, team, role)
        spans = quota_history(session, owner)
    if as_json:
        print_json([_document(s.quota) | _bounds(s) for s in spans])
    elif not spans:
        say(
            "%(name)s has no quota of its own.",
            name=owner.name,
        )
    else:
        print_table(
            ["Of", "Target", "Per", "From", "Until", "Set", "Template"],
            [
                [spelled(s.quota.activity), s.quota.target, named(s.quota.period),
                 _bounds(s)["in_force_from"], _bounds(s)["in_force_until"],
                 s.quota.created_at.date(), s.quota.template]
                for s in spans
            ],
            numbers=(1,),
        )  # fmt: skip


def _bounds(span: QuotaSpan) -> dict[str, str | None]:
    return {
        "in_force_from": span.starts_on.isoformat() if span.starts_on.year > 2000 else None,
        "in_force_until": span.ends_on.isoformat() if span.ends_on.year < 2999 else None,
    }


@quotas.command("templates")
def templates(as_json: AsJson = False) -> None:
    """List the templates."""
    from dataclasses import asdict

    from quotas.templates import TEMPLATES

    if as_json:
        print_json({key: asdict(template) for key, template in TEMPLATES.items()})
    else:
        print_table(
            ["Template", "What it asks"], [[key, said(one.name)] for key, one in TEMPLATES.items()]
        )


@quotas.command("preview", short_help="Show a period day by day.")
def preview(
    rep: Annotated[str, typer.Option("--rep", help="The rep's name or number.")],
    target: Annotated[
        int | None, typer.Option(min=0, max=100_000, help="Try this one instead.")
    ] = None,
    per: Annotated[str, typer.Option(help="day, week, month or quarter.")] = "week",
    date: Day = None,
    as_json: AsJson = False,
) -> None:
    """Show how a period's target falls on its days: working time, ramp, and what each day asks."""
    from app.bootstrap import open_workspace, read_clock
    from config.errors import NotFound
    from models import ENGAGED_CONTACT
    from quotas.history import find_quota, load_spans, load_target, period_parts
    from quotas.periods import Period
    from quotas.staff import find_rep
    from quotas.targets import Stretch, prorate, spread
    from quotas.working_time import calendar_of

    check_choice("--per", per, [period.value for period in Period])
    workspace = open_workspace()
    now = read_clock()
    with workspace.db.read() as session:
        found = find_rep(session, rep)
        calendar = calendar_of(found)
        on = read_day(date) or calendar.today(now)
        if target is not None:
            start, end = calendar.bounds(Period(per), on)
            owed = prorate([Stretch(start, end, target, Period(per))], start, end, calendar)
            parts = None
        else:
            quota = find_quota(session, found.id, on)
            if quota is None:
                raise NotFound(
                    "%(name)s has no quota of engaged contacts on %(on)s.",
                    "Try one: warmlist quota preview --rep NAME --target 50",
                    name=found.name,
                    on=on,
                )
            start, end, owed = load_target(session, found, quota, on)
            spans = load_spans(session, [found], start, end)[found.id][ENGAGED_CONTACT]
            parts = period_parts(spans, start, end, calendar)
            target, per = quota.target, quota.period
        name = found.name
    days = [
        {
            "date": day.isoformat(),
            "working": calendar.worked_percent(day),
            "ramp": calendar.ramp_percent(day),
            "planned": planned,
        }
        for day, planned in spread(owed, start, end, calendar, parts).items()
    ]
    if as_json:
        print_json(
            {"rep": name, "target": target, "per": per, "start": start.isoformat(),
             "end": end.isoformat(), "owed": owed, "days": days}
        )  # fmt: skip
        return
    say(
        "%(name)s: %(owed)s of %(target)s a %(per)s are owed, by working time.",
        name=name,
        owed=owed,
        target=target,
        per=named(per),
    )
    print_table(
        ["Day", "Works", "Ramp", "Planned"],
        [[d["date"], f"{d['working']} %", f"{d['ramp']} %", d["planned"]] for d in days],
        numbers=(1, 2, 3),
    )
