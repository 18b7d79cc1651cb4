"""``exchange``: what cold calls are worth in engaged contacts, and a quota converted by it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from app.cli.console import named, print_json, print_line, remark, say
from app.cli.language import said
from app.cli.lists import read_day
from app.cli.workspace import AsJson

exchange = typer.Typer(
    help="What cold calls are worth in engaged contacts.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip
TeamName = Annotated[str, typer.Option("--team", help="The team's name or number.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(exchange, name="exchange")


@exchange.command("show", short_help="What so many cold calls are worth.")
def show(
    team: TeamName,
    calls: Annotated[int, typer.Option(min=1, help="Cold calls to compare with.")] = 250,
    everything: Annotated[
        bool, typer.Option("--all-calls", help="Also calls that chance did not draw.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what cold calls are worth in engaged contacts, or how much more has to be seen first."""
    from app.bootstrap import open_workspace
    from quotas.conversion import describe_exchange, load_exchange
    from quotas.staff import find_team

    workspace = open_workspace()
    with workspace.db.read() as session:
        worth = load_exchange(
            session, find_team(session, team), calls=calls,
            threshold=workspace.settings.lists.threshold, control_only=not everything,
        )  # fmt: skip
    if as_json:
        shown = describe_exchange(worth) if worth.enough else {"calls": calls}
        print_json(
            shown
            | {"enough": worth.enough, "more_engaged": worth.more_engaged,
               "more_cold": worth.more_cold, "engaged": asdict(worth.engaged),
               "cold": asdict(worth.cold)}
        )  # fmt: skip
    elif worth.enough:
        say(
            "%(calls)s cold calls are worth %(target)s engaged contacts (%(low)s "
            "to %(high)s with probability 0.9).",
            calls=calls,
            target=worth.target,
            low=f"{worth.low:.0f}",
            high=f"{worth.high:.0f}",
        )
        say(
            "From %(succeeded)s of %(tried)s engaged and %(succeeded2)s of "
            "%(tried2)s cold contacts that came to a meeting, a proposal or a sale.",
            succeeded=worth.engaged.succeeded,
            tried=worth.engaged.tried,
            succeeded2=worth.cold.succeeded,
            tried2=worth.cold.tried,
        )
    else:
        say(
            "Too little is known to say. Still needed: %(more_engaged)s engaged "
            "and %(more_cold)s cold contacts.",
            more_engaged=worth.more_engaged,
            more_cold=worth.more_cold,
        )


@exchange.command("control", short_help="Call a share of cold contacts to compare.")
def control(
    team: TeamName,
    share: Annotated[float, typer.Option(help="0.1 is one in ten; 0 switches it off.")],
    as_json: AsJson = False,
) -> None:
    """Switch on a control group: a share of your cold contacts, drawn by chance."""
    import secrets

    from app.bootstrap import open_workspace, read_clock
    from quotas.control import set_control
    from quotas.staff import find_team

    workspace = open_workspace()
    with workspace.db.write() as session:
        row = set_control(
            session, find_team(session, team), share, seed=secrets.randbelow(2**31),
            now=read_clock(),
        )  # fmt: skip
        document = {"team": team, "share": row.share}
    if as_json:
        print_json(document)
    else:
        print_line(
            said("One of %(n)s cold contacts is called for comparison.", n=f"{1 / share:.0f}")
            if share
            else said("No cold contact is called for comparison.")
        )


@exchange.command("draw", short_help="Which of your cold contacts to call.")
def draw(
    file: Annotated[str, typer.Argument(help="One number or name a line; - reads standard input.")],
    team: TeamName,
    as_json: AsJson = False,
) -> None:
    """Draw the control group from a file and deal it to reps; the file is not kept."""
    import sys
    from pathlib import Path

    from app.bootstrap import open_workspace
    from config.errors import Refused
    from models import Rep
    from quotas.control import deal_control
    from quotas.references import read_reference
    from quotas.sheet import write_sheet
    from quotas.staff import find_team

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            "%(file)s cannot be read as text.",
            "Give a UTF-8 file.",
            file=file,
        ) from error
    workspace = open_workspace()
    refused = 0
    with workspace.db.write() as session:
        found = find_team(session, team)
        lines: dict[str, str] = {}
        for line in filter(None, map(str.strip, text.splitlines())):
            try:
                lines.setdefault(read_reference(session, line), line)
            except Refused:
                refused += 1
        dealt = deal_control(session, found, list(lines))
        names = {one: session.get_one(Rep, one).name for one in set(dealt.values())}
    rows = sorted((names[rep], lines[reference]) for reference, rep in dealt.items())
    if as_json:
        print_json({"read": len(lines), "refused": refused,
                    "drawn": [{"rep": rep, "reference": line} for rep, line in rows]})  # fmt: skip
    else:
        sys.stdout.write(write_sheet(["rep", "reference"], rows))
        remark(
            "%(rows)s of %(lines)s drawn.",
            rows=len(rows),
            lines=len(lines),
        )
    if refused:
        remark(
            "%(refused)s lines named nobody.",
            refused=refused,
        )
        raise typer.Exit(3)


@exchange.command("convert", short_help="Turn a call quota into engaged contacts.")
def convert(
    rep: Annotated[str, typer.Option(help="The rep's name or number.")],
    by: Annotated[str, typer.Option(help="Who decides; kept.")],
    start: Annotated[str | None, typer.Option("--from", help="YYYY-MM-DD; today if none.")] = None,
    everything: Annotated[
        bool, typer.Option("--all-calls", help="Also calls that chance did not draw.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Turn a rep's quota of outbound calls into one of engaged contacts, keeping the reasoning."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.conversion import convert_quota
    from quotas.staff import find_rep
    from quotas.working_time import calendar_of

    day = read_day(start)
    workspace = open_workspace()
    now = read_clock()
    with workspace.db.write() as session:
        found = find_rep(session, rep)
        quota, worth = convert_quota(
            session, found, threshold=workspace.settings.lists.threshold,
            starts_on=day or calendar_of(found).today(now), by=by, now=now,
            control_only=not everything,
        )  # fmt: skip
        document = {
            "rep": found.name,
            "target": quota.target,
            "per": quota.period,
            "from": quota.starts_on.isoformat(),
            "basis": quota.basis,
        }
    if as_json:
        print_json(document)
    else:
        say(
            "%(rep)s owes %(target)s engaged contacts a %(period)s instead of "
            "%(calls)s calls from %(start)s on.",
            rep=document["rep"],
            target=quota.target,
            period=named(quota.period),
            calls=worth.calls,
            start=document["from"],
        )
        kept = (quota.basis or {}).get("kept")
        if kept:
            say(
                "In it are the %(target)s engaged contacts a %(period)s owed before; "
                "their warmth (%(threshold)s) and freshness hold for all.",
                target=kept["target"],
                period=named(kept["period"]),
                threshold=kept["threshold"],
            )
