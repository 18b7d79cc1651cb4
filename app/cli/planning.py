"""``supply``: who will be there, whether a quota can be met, and what is fair."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import check_choice, named, print_json, print_line, print_table, say, who
from app.cli.language import persons, said
from app.cli.lists import read_day
from app.cli.words import FIXES
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from app.bootstrap import Workspace
    from models import Quota
    from quotas.supply import Feasibility, Fix

supply = typer.Typer(
    help="Whether there are enough people to contact.", no_args_is_help=True, rich_markup_mode=None
)
TeamName = Annotated[str, typer.Option("--team", help="The team's name or number.")]
ProposalNumber = Annotated[int, typer.Argument(help="As supply proposed shows it.")]
By = Annotated[str | None, typer.Option("--by", help="Who decides; usually who is signed in.")]
Since = Annotated[
    str | None, typer.Option("--from", help="First day, YYYY-MM-DD; its week's if left out.")
]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(supply, name="supply")


@supply.command("forecast", short_help="Who will be there in the next weeks.")
def forecast(
    weeks: Annotated[int, typer.Option(min=1, max=26, help="Weeks to look ahead.")] = 4,
    team: Annotated[
        str | None, typer.Option("--team", help="By the territories of this team.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show per topic and network who is contactable now and how many will come, week by week.

    With --team per territory instead, as far as its reps share in them, beside what they owe.
    """
    from app.bootstrap import open_workspace, read_clock
    from quotas.supply_record import forecast_parts, read_supply

    workspace = open_workspace()
    if team is not None:
        _forecast_territories(workspace, team, weeks, as_json=as_json)
        return
    with workspace.db.read() as session:
        record = read_supply(session, now=read_clock(), settings=workspace.settings.lists)
    parts = forecast_parts(record, weeks)
    if as_json:
        print_json({"weeks_known": record.weeks, "parts": [asdict(part) for part in parts]})
    elif not parts:
        say("Nobody became contactable yet. Collect or import first: warmlist import FILE")
    else:
        say(
            "From %(weeks)s past weeks; ranges hold with probability 0.8",
            weeks=record.weeks,
        )
        print_table(
            ["Topic", "Network", "Now", *(said("Week %(n)s", n=n) for n in range(1, weeks + 1))],
            [
                [p.topic, p.network, p.stock, *(f"{one.low}-{one.high}" for one in p.ahead)]
                for p in parts
            ],
            numbers=tuple(range(2, 3 + weeks)),
        )


def _forecast_territories(workspace: Workspace, team: str, weeks: int, *, as_json: bool) -> None:
    from app.bootstrap import read_clock
    from models import Topic
    from quotas.staff import find_team
    from quotas.standings import load_reps
    from quotas.supply_record import Supplies
    from quotas.team_supply import weigh_supply

    now, settings = read_clock(), workspace.settings.lists
    with workspace.db.read() as session:
        found = find_team(session, team)
        told = weigh_supply(
            session, Supplies(session, now=now, settings=settings).of, load_reps(session),
            found.id, now=now, settings=settings, weeks=weeks,
        )  # fmt: skip
        rows: list[dict[str, Any]] = [
            {
                "reps": [rep.name for rep in one.reps],
                "territory": [
                    session.get_one(Topic, int(part.value)).name
                    if part.kind == "topic"
                    else part.value
                    for part in one.reps[0].territory
                ],
                "owed": one.need,
                "verdict": one.supply.verdict,
                "now": one.stock,
                "ahead": [asdict(week) for week in one.ahead],
            }
            for one in told
        ]
    if as_json:
        print_json({"team": found.name, "territories": rows})
    elif not rows:
        say("Nobody of this team owes engaged contacts.")
    else:
        print_table(
            ["Reps", "Territory", "Owed a week", "Now",
             *(said("Week %(n)s", n=n) for n in range(1, weeks + 1))],
            [
                [", ".join(r["reps"]), ", ".join(r["territory"]) or said("everything"), r["owed"],
                 r["now"], *(f"{week['low']}-{week['high']}" for week in r["ahead"])]
                for r in rows
            ],
            numbers=tuple(range(2, 4 + weeks)),
        )  # fmt: skip


@supply.command("check", short_help="Whether a quota can be met.")
def check(
    rep: Annotated[str, typer.Option(help="The rep's name or number.")],
    quota: Annotated[int, typer.Option(min=0, max=100_000, help="Engaged contacts a period.")],
    per: Annotated[str, typer.Option(help="day, week, month or quarter.")] = "week",
    as_json: AsJson = False,
) -> None:
    """Hold a quota against supply before it is set, and say what would make it possible."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.feasibility import check_quota
    from quotas.periods import Period
    from quotas.staff import find_rep

    check_choice("--per", per, [period.value for period in Period])
    workspace = open_workspace()
    with workspace.db.read() as session:
        found = find_rep(session, rep)
        told = check_quota(
            session, found, target=quota, per=Period(per), now=read_clock(),
            settings=workspace.settings.lists,
        )  # fmt: skip
        name = found.name
    if as_json:
        print_json({"rep": name} | asdict(told))
    else:
        for line in describe(name, told):
            print_line(line)


def describe(name: str, told: Feasibility) -> list[str]:
    """A feasibility in lines for people."""
    if told.verdict == "unknown":
        return [
            said(
                "%(name)s: whether %(target)s a week can be met is not known yet: %(there)s now.",
                name=name, target=told.target, there=persons(told.supply.low),
            )
        ]  # fmt: skip
    head = said(
        "%(name)s: %(target)s a week is %(verdict)s; supply is %(low)s to %(high)s a week"
        " (%(chance)s likely to suffice).",
        name=name, target=told.target, verdict=named(told.verdict), low=told.supply.low,
        high=told.supply.high, chance=f"{told.chance:.0%}",
    )  # fmt: skip
    return [head, *("    " + _describe_fix(fix) for fix in told.fixes)]


def _describe_fix(fix: Fix) -> str:
    from quotas.supply import ANY_AGE

    kind = "any_age" if fix.to == ANY_AGE else fix.kind
    return said(FIXES[kind], to=fix.to, brings=fix.brings)


def judge_new(workspace: Workspace, rep_id: int, quota: Quota, *, as_json: bool) -> dict[str, Any]:
    """Hold a quota that was just set against supply; say what it lacks, or that this is not known.

    Returns the judgement as plain values for a JSON document.
    """
    from app.bootstrap import read_clock
    from models import Rep
    from quotas.feasibility import check_quota
    from quotas.needs import standard_of
    from quotas.periods import Period

    settings = workspace.settings.lists
    with workspace.db.read() as session:
        rep = session.get_one(Rep, rep_id)
        told = check_quota(
            session, rep, target=quota.target, per=Period(quota.period), now=read_clock(),
            settings=settings, standard=standard_of(quota, settings),
        )  # fmt: skip
        name = rep.name
    if not as_json and told.verdict != "feasible":
        for line in describe(name, told):
            print_line(line)
    return asdict(told)


@supply.command("propose", short_help="Targets from what reps reached.")
def propose(team: TeamName, as_json: AsJson = False) -> None:
    """Propose a week's target for each rep: the 80th percentile of what comparable reps reached."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.proposals import propose_targets
    from quotas.staff import find_team

    workspace = open_workspace()
    with workspace.db.read() as session:
        reps = [rep for rep in find_team(session, team).reps if rep.active]
        rows = [asdict(one) for one in propose_targets(session, reps, now=read_clock())]
    if as_json:
        print_json(rows)
    else:
        print_table(
            ["Rep", "Role", "Now", "Proposed", "Next week", "From weeks"],
            [
                [r["rep"], r["role"], r["current"],
                 said("too little known") if r["target"] is None else r["target"], r["next_week"],
                 r["based_on"]]
                for r in rows
            ],
            numbers=(2, 3, 4, 5),
        )  # fmt: skip


@supply.command("proposed", short_help="Proposals that wait for a decision.")
def proposed(team: TeamName, as_json: AsJson = False) -> None:
    """Show the targets proposed for the coming week that nobody decided yet, with their numbers.

    They are made once a week while ``warmlist serve`` runs; none applies itself.
    """
    from app.bootstrap import open_workspace, read_clock
    from quotas.proposed import list_proposals
    from quotas.staff import find_team

    workspace = open_workspace()
    with workspace.db.read() as session:
        rows = [
            {
                "proposal": one.number, "rep": one.rep.name, "role": one.role,
                "week": one.week_on.isoformat(), "current": one.current, "target": one.target,
                "based_on": one.based_on, "supply": one.verdict, "chance": one.chance,
            }
            for one in list_proposals(session, find_team(session, team), read_clock())
        ]  # fmt: skip
    if as_json:
        print_json(rows)
    elif not rows:
        say("Nothing is proposed. See at any time: warmlist supply propose --team TEAM")
    else:
        print_table(
            ["Number", "Rep", "Role", "Now", "Proposed", "From weeks", "Week of", "Supply"],
            [
                [r["proposal"], r["rep"], r["role"], r["current"], r["target"], r["based_on"],
                 r["week"], r["supply"]]
                for r in rows
            ],
            numbers=(0, 3, 4, 5),
        )  # fmt: skip


@supply.command("accept", short_help="Make a proposal the quota.")
def accept(
    number: ProposalNumber, since: Since = None, by: By = None, as_json: AsJson = False
) -> None:
    """Make a proposal the rep's quota from its week on, or from a later day."""
    from app.bootstrap import open_workspace, read_clock
    from models import Rep
    from quotas.proposed import accept_proposal

    workspace = open_workspace()
    starts_on = read_day(since)
    with workspace.db.write() as session:
        quota = accept_proposal(
            session, number, by=who(by), now=read_clock(), starts_on=starts_on,
            threshold=workspace.settings.lists.threshold,
        )  # fmt: skip
        assert quota.rep_id is not None  # a proposal is a rep's
        name = session.get_one(Rep, quota.rep_id).name
        document = {
            "proposal": number, "rep": name, "quota": quota.id, "target": quota.target,
            "from": quota.starts_on.isoformat(),
        }  # fmt: skip
    if as_json:
        print_json(document)
    else:
        say(
            "%(rep)s: %(count)s engaged contacts a week from %(day)s on.",
            rep=name, count=document["target"], day=document["from"],
        )  # fmt: skip


@supply.command("dismiss", short_help="Put a proposal away.")
def dismiss(number: ProposalNumber, by: By = None, as_json: AsJson = False) -> None:
    """Put a proposal away; the quota stays as it is."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.proposed import dismiss_proposal

    workspace = open_workspace()
    with workspace.db.write() as session:
        dismiss_proposal(session, number, by=who(by), now=read_clock())
    if as_json:
        print_json({"proposal": number, "verdict": "dismissed"})
    else:
        say("Proposal %(number)s was put away.", number=number)
