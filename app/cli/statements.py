"""``rewards statement``, ``statements``, ``correct`` and ``export``."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import (
    check_choice,
    counted,
    judging_words,
    print_json,
    print_line,
    print_table,
    say,
)
from app.cli.language import said
from app.cli.lists import read_day
from app.cli.rewards import TeamName, read_amount
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Rep

By = Annotated[str, typer.Option(help="Who decides; kept.")]
Per = Annotated[str, typer.Option(help="day, week, month or quarter.")]
Day = Annotated[
    str | None, typer.Option("--date", help="YYYY-MM-DD: a day of the period; today if left out.")
]


def register(group: typer.Typer) -> None:
    """Add the commands to the ``rewards`` group."""
    group.command("statement", short_help="Show or close what reps earned.")(statement)
    group.command("statements", short_help="List closed statements.")(statements)
    group.command("correct", short_help="Correct a closed statement.")(correct)
    group.command("export", short_help="Write statements as CSV.")(export)


def statement(
    team: TeamName,
    date: Day = None,
    per: Per = "month",
    rep: Annotated[str | None, typer.Option(help="One rep only.")] = None,
    close: Annotated[
        bool, typer.Option("--close", help="Close it; it never changes then.")
    ] = False,
    by: Annotated[str, typer.Option(help="Who closes it; kept.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what reps earned by what ended in a period, or close it for good."""
    from app.bootstrap import open_workspace, read_clock
    from app.jobs import flag_team
    from config.errors import Refused
    from quotas.contests import Places
    from quotas.flags import limits_of
    from quotas.periods import Period
    from quotas.staff import find_team
    from quotas.statements import close_statement, draft_statement
    from quotas.tiers import show_hundredths

    check_choice("--per", per, [period.value for period in Period])
    if close and not by.strip():
        raise Refused("Closing needs a name.", "Give --by NAME.", exit_code=2)
    day = read_day(date)
    workspace = open_workspace()
    now = read_clock()
    limits = limits_of(workspace.settings.honesty)
    documents: list[dict[str, Any]] = []
    if close:  # of its own: flags stay though closing is refused for them
        with workspace.db.read() as session:
            team_id = find_team(session, team).id
        flag_team(workspace, team_id, now=now)
    with workspace.db.write() if close else workspace.db.read() as session:
        reps, start, end = _period(session, team, rep, day, per, now)
        places = Places(session, now)
        for one in reps:
            drafts = draft_statement(session, one, start, end, now=now, places=places)
            numbers = {}
            if close and drafts:
                closed = close_statement(
                    session, one, start, end, by=by, now=now, limits=limits, places=places
                )
                numbers = {row.unit: row.id for row in closed}
            documents += [
                {"rep": one.name, "from": str(start), "to": str(end - timedelta(days=1)),
                 "unit": draft.unit, "amount": show_hundredths(draft.amount),
                 "statement": numbers.get(draft.unit),
                 "lines": [
                     line.as_json() | {"amount": show_hundredths(line.amount)}
                     for line in draft.lines
                 ]}
                for draft in drafts
            ]  # fmt: skip
    if as_json:
        print_json(documents)
    elif not documents:
        say("Nothing to pay: no scheme or contest ended then. See: warmlist rewards schemes")
    else:
        for d in documents:
            closed = d["statement"]
            number = said(" (closed: statement %(number)s)", number=closed) if closed else ""
            say(
                "%(rep)s, %(start)s to %(to)s: %(amount)s %(unit)s%(number)s",
                rep=d["rep"],
                start=d["from"],
                to=d["to"],
                amount=d["amount"],
                unit=d["unit"],
                number=number,
            )
            for line in d["lines"]:
                print_line(f"    {_say_line(line)}")


def statements(team: TeamName, as_json: AsJson = False) -> None:
    """List closed statements and corrections, and those that would come out differently now."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.staff import find_team
    from quotas.statements import find_drift, load_statements
    from quotas.tiers import show_hundredths

    workspace = open_workspace()
    with workspace.db.read() as session:
        reps = find_team(session, team).reps
        names = {one.id: one.name for one in reps}
        rows = [
            {"statement": row.id, "rep": names[row.rep_id], "from": str(row.starts_on),
             "to": str(row.ends_on - timedelta(days=1)), "unit": row.unit,
             "amount": show_hundredths(row.amount), "corrects": row.corrects_id, "note": row.note,
             "by": row.closed_by}
            for row in load_statements(session, reps)
        ]  # fmt: skip
        drifts = [
            {"statement": one.statement_id, "rep": one.rep, "unit": one.unit,
             "paid": show_hundredths(one.paid), "now_worth": show_hundredths(one.now_worth),
             "difference": show_hundredths(one.difference)}
            for one in find_drift(session, reps, now=read_clock())
        ]  # fmt: skip
    if as_json:
        print_json({"statements": rows, "differ": drifts})
        return
    print_table(
        ["Statement", "Rep", "From", "To", "Amount", "", "Corrects", "Note", "By"],
        [
            [r["statement"], r["rep"], r["from"], r["to"], r["amount"], r["unit"], r["corrects"],
             r["note"], r["by"]]
            for r in rows
        ],
        numbers=(0, 4, 6),
    )  # fmt: skip
    for one in drifts:
        say(
            "Statement %(statement)s of %(rep)s would be %(now_worth)s now, not "
            "%(paid)s: warmlist rewards correct %(statement)s "
            "--amount=%(difference)s",
            statement=one["statement"],
            rep=one["rep"],
            now_worth=one["now_worth"],
            paid=one["paid"],
            difference=one["difference"],
        )


def correct(
    statement: Annotated[int, typer.Argument(help="The statement's number.")],
    amount: Annotated[str, typer.Option(help="What is added, or with a minus taken off.")],
    reason: Annotated[str, typer.Option(help="Why; kept.")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """Correct a closed statement by a row of its own; the closed one stays."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.statements import correct_statement

    with judging_words():
        change = read_amount(amount)
    workspace = open_workspace()
    with workspace.db.write() as session:
        row = correct_statement(
            session, statement, amount=change, note=reason, by=by, now=read_clock()
        )
        document = {"statement": row.id, "corrects": row.corrects_id, "amount": amount}
    if as_json:
        print_json(document)
    else:
        say(
            "Statement %(corrects)s is corrected by %(statement)s.",
            corrects=document["corrects"],
            statement=document["statement"],
        )


def export(
    team: TeamName,
    start: Annotated[str | None, typer.Option("--from", help="YYYY-MM-DD.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="YYYY-MM-DD: the last day.")] = None,
) -> None:
    """Write closed statements and corrections as CSV on standard output."""
    import sys

    from app.bootstrap import open_workspace
    from quotas.staff import find_team
    from quotas.statements import export_statements, load_statements

    first, last = read_day(start), read_day(end)
    workspace = open_workspace()
    with workspace.db.read() as session:
        reps = find_team(session, team).reps
        rows = load_statements(session, reps, first, last + timedelta(days=1) if last else None)
        sys.stdout.write(export_statements(rows, {one.id: one.name for one in reps}))


def _period(
    session: Session, team: str, rep: str | None, day: date | None, per: str, now: datetime
) -> tuple[list[Rep], date, date]:
    from config.errors import Refused
    from quotas.periods import Period
    from quotas.staff import find_rep, find_team
    from quotas.working_time import calendar_of

    found = find_team(session, team)
    calendar = calendar_of(found)
    start, end = calendar.bounds(Period(per), day or calendar.today(now))
    if rep is None:
        return list(found.reps), start, end
    one = find_rep(session, rep)
    if one.team_id != found.id:
        raise Refused(
            "%(name)s is not of team %(name2)s.",
            "Name the rep's own team.",
            name=one.name,
            name2=found.name,
        )
    return [one], start, end


def _say_line(line: dict[str, Any]) -> str:
    if line["kind"] == "contest":
        return said(
            "%(name)s: place %(place)s with %(counted)s: %(amount)s",
            name=line["name"], place=line["target"], counted=line["counted"],
            amount=line["amount"],
        )  # fmt: skip
    return said(
        "%(day)s: %(counted)s of %(target)s, %(name)s: %(amount)s",
        day=line["starts_on"], counted=line["counted"],
        target=counted(line["target"], line["activity"].replace("_", " ")), name=line["name"],
        amount=line["amount"],
    )  # fmt: skip
