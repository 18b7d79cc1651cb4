"""``topic budget``: how polls and money are best spent over keywords and networks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import named, print_json, print_table, say, who
from app.cli.language import said
from app.cli.studio import By
from app.cli.words import SHARES
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from app.budgets import Proposal, Row
    from models import BudgetPlan


def register(group: typer.Typer) -> None:
    """Add the command to a group of topics."""
    group.command("budget", short_help="How polls and money are best spent.")(budget)


def budget(
    on: Annotated[
        bool | None, typer.Option("--on/--off", help="Keep to the proposal, or to none any more.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why it is switched on or off; kept.")] = "",
    money: Annotated[
        float | None, typer.Option(min=0, help="US dollars a day; as sources allow if left out.")
    ] = None,
    days: Annotated[float, typer.Option(min=1, max=365, help="Learn from so many days.")] = 28,
    seed: Annotated[int | None, typer.Option(help="The day's number if left out.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Propose how a day's polls and money are spent over every keyword and network.

    Nothing changes until it is switched on with --on and a reason; then it is proposed anew every
    day. --off brings every interval and budget back. No source is given more than its own budget.
    """
    from app.bootstrap import open_workspace, read_clock
    from app.budgets import make_proposal, switch_off, switch_on
    from signals.budgets import newest_plan
    from signals.schedule import synchronise

    workspace = open_workspace()
    now = read_clock()
    with workspace.db.write() as session:
        synchronise(session, now=now)  # so that new topics are proposed for, too
        found = make_proposal(session, workspace, now=now, seed=seed, money=money, days=days)
        if on:
            switch_on(session, found, author=who(by), reason=reason, now=now)
        elif on is not None:
            switch_off(session, author=who(by), reason=reason, now=now)
        plan = newest_plan(session)
    if as_json:
        print_json(_document(found, plan))
        return
    if not found.rows:
        say("No topic is polled on any network yet. Add one: warmlist source add")
    else:
        _print(found)
    if plan is not None:
        at = f"{plan.created_at:%Y-%m-%d %H:%M}"
        say(
            "Switched %(state)s by %(author)s, %(at)s: %(reason)s",
            state=named(plan.state),
            author=plan.author,
            at=at,
            reason=plan.reason,
        )
    elif found.rows:
        say("Not switched on. Switch on: warmlist topic budget --on --reason WHY")


def _print(found: Proposal) -> None:
    print_table(
        ["Topic", "Keyword", "Network", "Now a day", "Proposed", "Prospects for 100", "Why"],
        [
            [row.topic_name, row.keyword, row.network, _amount(row.unit, row.present),
             _amount(row.unit, row.amount),
             _rate(row), said(SHARES[row.why])]
            for row in found.rows
        ],
        numbers=(3, 4, 5),
    )  # fmt: skip
    say(
        "$%(money)s and %(requests)s requests a day; new prospects expected a "
        "day: %(expected_then)s, as it is now %(expected_now)s.",
        money=f"{found.money:.2f}",
        requests=f"{found.requests:.0f}",
        expected_then=f"{found.expected_then:.2g}",
        expected_now=f"{found.expected_now:.2g}",
    )


def _rate(row: Row) -> str:
    if row.rate is None or row.low is None or row.high is None:
        return said("not known")
    return said(
        "%(value)s (%(low)s to %(high)s)",
        value=f"{100 * row.rate:.2g}", low=f"{100 * row.low:.2g}", high=f"{100 * row.high:.2g}",
    )  # fmt: skip


def _amount(unit: str, value: float) -> str:
    if unit == "money":
        return f"${value:.2f}"
    return said("%(n)s requests", n=f"{value:.1f}")


def _document(found: Proposal, plan: BudgetPlan | None) -> dict[str, Any]:
    return {
        "on": plan is not None and plan.state == "on",
        "switched": None
        if plan is None
        else {
            "state": plan.state, "by": plan.author, "at": plan.created_at.isoformat(),
            "reason": plan.reason,
        },
        "seed": found.seed, "money": round(found.money, 6), "requests": round(found.requests, 3),
        "expected": {"now": found.expected_now, "proposed": found.expected_then},
        "shares": [asdict(row) for row in found.rows],
    }  # fmt: skip
