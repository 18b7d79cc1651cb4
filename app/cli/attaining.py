"""``attainment``: how far each rep has come on each quota, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import named, print_json, print_table, say
from app.cli.language import said, spelled
from app.cli.words import CAUSES
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from models import Rep
    from quotas.attainment import Attainment
    from quotas.outlook import Outlook
    from quotas.standings import Standing


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("attainment", short_help="Show how far each rep has come.")(attainment)


def attainment(
    team: Annotated[str | None, typer.Option(help="One team only.")] = None,
    rep: Annotated[str | None, typer.Option(help="One rep only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show how far each rep has come on each quota, where they should stand, and the likely end."""
    from sqlalchemy import select

    from app.bootstrap import open_workspace, read_clock
    from models import Rep
    from quotas.staff import find_rep, find_team

    workspace = open_workspace()
    now = read_clock()
    with workspace.db.read() as session:
        reps = select(Rep).where(Rep.active).order_by(Rep.team_id, Rep.name)
        if team is not None:
            reps = reps.where(Rep.team_id == find_team(session, team).id)
        if rep is not None:
            reps = reps.where(Rep.id == find_rep(session, rep).id)
        rows = attainment_rows(session, session.scalars(reps).all(), now)
    if as_json:
        print_json(rows)
    elif not rows:
        say("No rep has a quota. Run: warmlist rep add NAME --team TEAM --quota 50")
    else:
        ranked = any(r["rank"] is not None for r in rows)
        print_table(
            ["Team", "Rep", "Of", "Per", "Counted", "Target", "Ahead", "Today", "Due today",
             "Likely end", "Row", "Missing because", *(["Rank"] if ranked else [])],
            [
                [r["team"], r["rep"], spelled(r["activity"]), named(r["period"]), r["counted"],
                 r["target"], f"{r['ahead']:+d}", r["today"], r["due_today"],
                 f"{r['projection']['low']}-{r['projection']['high']}", r["streak"]["periods"],
                 _causes(r["missing"]["causes"]), *([r["rank"] or ""] if ranked else [])]
                for r in rows
            ],
            numbers=(4, 5, 6, 7, 8, 10, 12),
        )  # fmt: skip
        for name, share in {r["rep"]: r["scorecard"] for r in rows}.items():
            if share is not None and sum(r["rep"] == name for r in rows) > 1:
                say(
                    "%(name)s: %(share)s over all quotas by their weights",
                    name=name,
                    share=f"{share:.0%}",
                )


def attainment_rows(session: Session, reps: Sequence[Rep], now: datetime) -> list[dict[str, Any]]:
    """Where these reps stand on each quota, with their rank where their team shows ranks."""
    from quotas.activities import scorecard
    from quotas.leaderboard import rank_reps
    from quotas.standings import load_reps, load_standings

    standings: dict[int, list[Standing]] = {}
    ranks: dict[int, int] = {}
    for team in {rep.team_id: rep.team for rep in reps}.values():
        mates = load_reps(session, team.id)
        gone = [rep for rep in reps if rep.team_id == team.id and not rep.active]
        standings |= load_standings(session, [*mates, *gone], now)
        if team.leaderboard:
            of_mates = {rep.id: standings[rep.id] for rep in mates}
            ranks |= {place.rep_id: place.rank for place in rank_reps(of_mates)}
    rows: list[dict[str, Any]] = []
    for rep in reps:
        found = [one.attainment for one in standings[rep.id]]
        share = scorecard([(s.weight, s.counted, s.target) for s in found])
        rows += [
            attainment_document(one.attainment, one.outlook, share) | {"rank": ranks.get(rep.id)}
            for one in standings[rep.id]
        ]
    return rows


def attainment_document(s: Attainment, outlook: Outlook, share: float | None) -> dict[str, Any]:
    """One standing with its outlook as plain values; ``share`` is the rep's over all quotas."""
    end = outlook.projection
    return {
        "rep": s.rep, "team": s.team, "activity": s.activity, "period": s.period.value,
        "start": s.start.isoformat(), "end": s.end.isoformat(), "target": s.target,
        "counted": s.counted, "today": s.today, "pace": round(s.pace, 2), "ahead": s.ahead,
        "due_today": s.due_today, "weight": s.weight,
        "scorecard": None if share is None else round(share, 4),
        "streak": {"periods": outlook.periods_met, "days": outlook.days_met},
        "projection": {"low": end.low, "expected": end.expected, "high": end.high,
                       "chance": end.chance, "based_on_days": end.based_on,
                       "limited_by": "supply" if end.limited else "pace"},
        "missing": {"count": outlook.missing.count, "causes": dict(outlook.missing.causes)},
    }  # fmt: skip


def _causes(causes: dict[str, int]) -> str:
    return ", ".join(
        f"{number} {said(CAUSES.get(cause, cause))}" for cause, number in causes.items()
    )
