"""``honesty``: implausible touches, verdicts on them, and samples by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import check_choice, counted, named, print_json, print_table, say
from app.cli.language import spoken, wording
from app.cli.lists import read_day
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from quotas.flags import FlaggedTouch

group = typer.Typer(
    help="Touches that look implausible.", no_args_is_help=True, rich_markup_mode=None
)
TeamName = Annotated[str | None, typer.Option("--team", help="One team only.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="honesty")


@group.command("check", short_help="Hold touches against the rules.")
def check(team: TeamName = None, as_json: AsJson = False) -> None:
    """Hold the touches of the last quarter against the rules; nothing is dropped by it."""
    from app.bootstrap import open_workspace, read_clock
    from app.jobs import flag_team
    from quotas.flags import load_flagged

    workspace = open_workspace()
    new = 0
    for team_id in _teams(workspace, team):
        new += flag_team(workspace, team_id, now=read_clock())
    with workspace.db.read() as session:
        waiting = len(load_flagged(session, _find(session, team), open_only=True))
    if as_json:
        print_json({"new": new, "waiting": waiting})
    else:
        say(
            "%(new)s new; %(waiting)s waiting for a verdict. See: warmlist honesty list",
            new=counted(new, "flag"),
            waiting=counted(waiting, "contact"),
        )


@group.command("list", short_help="Show flagged touches.")
def show(
    team: TeamName = None,
    everything: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the touches that wait for a manager, with the rule each broke."""
    from app.bootstrap import open_workspace

    workspace = open_workspace()
    with workspace.db.read() as session:
        from quotas.flags import load_flagged

        rows = [
            _document(one)
            for one in load_flagged(session, _find(session, team), open_only=not everything)
        ]
    if as_json:
        print_json(rows)
    elif not rows:
        say("No touch waits for a verdict.")
    else:
        print_table(
            ["Touch", "Rep", "At", "By", "Outcome", "Verdict", "Why"],
            [
                [r["touch"], r["rep"], r["at"][:16], named(r["channel"]), named(r["disposition"]),
                 named(r["verdict"]), _say_why(r)]
                for r in rows
            ],
            numbers=(0,),
        )  # fmt: skip


@group.command("decide", short_help="Accept or void a touch.")
def decide(
    touch: Annotated[int, typer.Argument(help="The touch's number.")],
    verdict: Annotated[str, typer.Option(help="accept or void.")],
    reason: Annotated[str, typer.Option(help="Why; kept.")],
    by: Annotated[str, typer.Option(help="Who decided; kept.")],
    as_json: AsJson = False,
) -> None:
    """Accept or void a touch with a reason; a voided one stays on record and counts for nothing."""
    from app.bootstrap import open_workspace, read_clock
    from models import VERDICTS
    from prospects.tuning import load_weights
    from quotas.flags import decide as keep_verdict

    check_choice("--verdict", verdict, VERDICTS)
    workspace = open_workspace()
    with workspace.db.write() as session:
        keep_verdict(
            session, touch, verdict, reason=reason, by=by, now=read_clock(),
            weights=load_weights(session, workspace.settings.warmth),
        )  # fmt: skip
    if as_json:
        print_json({"touch": touch, "verdict": verdict, "reason": reason, "by": by})
    elif verdict == "accept":
        say("Touch %(touch)s is accepted.", touch=touch)
    else:
        say("Touch %(touch)s counts no more.", touch=touch)


@group.command("audit", short_help="Draw a quarter's random sample.")
def audit(
    team: TeamName = None,
    date: Annotated[
        str | None, typer.Option(help="YYYY-MM-DD: a day of the quarter; today if left out.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Decides which are drawn; else the workspace does.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw each rep's sample of a quarter, sized so that inventing a tenth is found.

    While the quarter runs, the part of it that is due by now.
    """
    from app.bootstrap import open_workspace, read_clock
    from quotas.audits import audited_reps, draw_audits
    from quotas.flags import limits_of

    day = read_day(date)
    workspace = open_workspace()
    now = read_clock()
    limits = limits_of(workspace.settings.honesty)
    with workspace.db.write() as session:
        reps = audited_reps(session, _find(session, team), day or now.date())
        audits = draw_audits(session, reps, day, now=now, limits=limits, seed=seed)
    rows = [
        {"rep": one.rep, "from": str(one.starts_on), "to": str(one.ends_on),
         "touches": one.population, "sample": one.size, "drawn": len(one.drawn),
         "to_look_at": list(one.to_look_at),
         "voided": one.voided}
        for one in audits
    ]  # fmt: skip
    if as_json:
        print_json(rows)
    else:
        print_table(
            ["Rep", "From", "To", "Touches", "Sample", "To look at", "Voided"],
            [
                [r["rep"], r["from"], r["to"], r["touches"], r["sample"],
                 ", ".join(map(str, one.to_look_at)), r["voided"]]
                for r, one in zip(rows, audits, strict=True)
            ],
            numbers=(3, 4, 6),
        )  # fmt: skip


def _find(session: Any, team: str | None) -> Any:
    from quotas.staff import find_team

    return None if team is None else find_team(session, team)


def _teams(workspace: Any, team: str | None) -> list[int]:
    from sqlalchemy import select

    from models import Team

    with workspace.db.read() as session:
        if team is not None:
            return [_find(session, team).id]
        return list(session.scalars(select(Team.id).order_by(Team.id)))


def _document(one: FlaggedTouch) -> dict[str, Any]:
    return {
        "touch": one.touch.id,
        "rep": one.rep,
        "at": one.touch.recorded_at.isoformat(),
        "channel": one.touch.channel,
        "disposition": one.touch.disposition,
        "rules": list(one.rules),
        "why": list(one.why),
        "verdict": one.verdict,
        "reason": one.reason,
    }


def _say_why(document: dict[str, Any]) -> str:
    """What made a touch implausible: as it was found, or by its rule in another language."""
    if spoken() is None:
        return " ".join(document["why"])
    return ", ".join(map(wording().rule, document["rules"]))
