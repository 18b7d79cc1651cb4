"""``rewards``: schemes, contests, statements and their export."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import typer

from app.cli.console import check_choice, judging_words, print_json, print_line, print_table
from app.cli.lists import read_day
from app.cli.workspace import AsJson

group = typer.Typer(help="What attainment earns.", no_args_is_help=True, rich_markup_mode=None)
TeamName = Annotated[str, typer.Option("--team", help="The team's name or number.")]
Unit = Annotated[str, typer.Option(help="What is paid in, such as EUR or points.")]
Activity = Annotated[str, typer.Option(help="The activity that counts.")]
By = Annotated[str, typer.Option(help="Who decides; kept.")]
Per = Annotated[str, typer.Option(help="day, week, month or quarter.")]
Day = Annotated[
    str | None, typer.Option("--date", help="YYYY-MM-DD: a day of the period; today if left out.")
]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="rewards")


@group.command("scheme", short_help="Set what contacts above target earn.")
def scheme(
    name: Annotated[str, typer.Argument(help="The scheme's name.")],
    team: TeamName,
    unit: Unit,
    rate: Annotated[str, typer.Option(help="For one contact above the target, such as 2.50.")],
    tier: Annotated[
        list[str] | None, typer.Option(help="PERCENT=TIMES, such as 120=1.5; repeatable.")
    ] = None,
    mode: Annotated[
        str, typer.Option(help="whole: the tier reached holds for all; marginal: each by its own.")
    ] = "whole",
    activity: Activity = "engaged_contact",
    start: Annotated[str | None, typer.Option("--from", help="YYYY-MM-DD; today if none.")] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Pay nothing from that day on.")] = False,
    as_json: AsJson = False,
) -> None:
    """Set what a team's contacts above the target earn, from a day on."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.rewards import set_scheme, stop_scheme
    from quotas.staff import find_team
    from quotas.tiers import MODES, read_tiers, show_hundredths
    from quotas.working_time import calendar_of

    check_choice("--mode", mode, MODES)
    with judging_words():
        tiers, amount = read_tiers(tier or ["100=1.0"]), _read_amount(rate)
        day = read_day(start)
    workspace = open_workspace()
    now = read_clock()
    with workspace.db.write() as session:
        found = find_team(session, team)
        day = day or calendar_of(found).today(now)
        if stop:
            row = stop_scheme(session, found, name=name, starts_on=day, now=now)
        else:
            row = set_scheme(
                session, found, name=name, unit=unit, rate=amount, tiers=tiers, mode=mode,
                activity=activity, starts_on=day, now=now,
            )  # fmt: skip
        document = _scheme_document(row)
    if as_json:
        print_json(document)
    elif stop:
        print_line(f"Scheme {row.name} pays nothing from {day} on.")
    else:
        steps = ", ".join(f"from {t.percent} % {show_hundredths(t.multiple)} times" for t in tiers)
        print_line(f"Scheme {row.name}: {document['rate']} {row.unit} a contact, {steps}.")


@group.command("schemes", short_help="Show schemes and contests.")
def schemes(team: TeamName, as_json: AsJson = False) -> None:
    """Show the schemes in force and the contests of a team."""
    from sqlalchemy import select

    from app.bootstrap import open_workspace, read_clock
    from models import Contest
    from quotas.rewards import find_schemes
    from quotas.staff import find_team
    from quotas.tiers import show_hundredths
    from quotas.working_time import calendar_of

    workspace = open_workspace()
    with workspace.db.read() as session:
        found = find_team(session, team)
        today = calendar_of(found).today(read_clock())
        rows = [_scheme_document(row) for row in find_schemes(session, found.id, today)]
        contests = [
            {"name": c.name, "activity": c.activity, "unit": c.unit, "from": str(c.starts_on),
             "to": str(c.ends_on - timedelta(days=1)),
             "prizes": [show_hundredths(prize) for prize in c.prizes]}
            for c in session.scalars(
                select(Contest).where(Contest.team_id == found.id).order_by(Contest.starts_on)
            )
        ]  # fmt: skip
    if as_json:
        print_json({"schemes": rows, "contests": contests})
        return
    print_table(
        ["Scheme", "Of", "A contact", "Tiers", "How", "Since"],
        [
            [r["name"], r["activity"], f"{r['rate']} {r['unit']}",
             ", ".join(f"{t['percent']} %: {t['times']}" for t in r["tiers"]), r["mode"], r["from"]]
            for r in rows
        ],
    )  # fmt: skip
    for c in contests:
        print_line(
            f"Contest {c['name']}, {c['from']} to {c['to']}: {', '.join(c['prizes'])} {c['unit']}"
        )


@group.command("contest", short_help="Offer prizes over a date range.")
def contest(
    name: Annotated[str, typer.Argument(help="The contest's name.")],
    team: TeamName,
    unit: Unit,
    prize: Annotated[list[str], typer.Option(help="Best place first; repeatable.")],
    start: Annotated[str, typer.Option("--from", help="YYYY-MM-DD: the first day.")],
    end: Annotated[str, typer.Option("--to", help="YYYY-MM-DD: the last day.")],
    activity: Activity = "engaged_contact",
    as_json: AsJson = False,
) -> None:
    """Offer prizes to the reps who count most between two days; equal counts share."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.rewards import create_contest
    from quotas.staff import find_team

    with judging_words():
        prizes = [_read_amount(one) for one in prize]
        first, last = read_day(start), read_day(end)
    assert first is not None
    assert last is not None  # both are required
    workspace = open_workspace()
    with workspace.db.write() as session:
        row = create_contest(
            session, find_team(session, team), name=name, unit=unit, prizes=prizes,
            starts_on=first, ends_on=last + timedelta(days=1), activity=activity,
            now=read_clock(),
        )  # fmt: skip
        document = {"contest": row.id, "name": row.name, "from": start, "to": end}
    if as_json:
        print_json(document)
    else:
        print_line(f"Contest {document['name']} runs from {start} to {end}.")


@group.command("statement", short_help="Show or close what reps earned.")
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
    from config.errors import Refused
    from quotas.periods import Period
    from quotas.statements import close_statement, draft_statement
    from quotas.tiers import show_hundredths

    check_choice("--per", per, [period.value for period in Period])
    if close and not by.strip():
        raise Refused("Closing needs a name.", "Give --by NAME.", exit_code=2)
    day = read_day(date)
    workspace = open_workspace()
    now = read_clock()
    documents: list[dict[str, Any]] = []
    with workspace.db.write() if close else workspace.db.read() as session:
        reps, start, end = _period(session, team, rep, day, per, now)
        for one in reps:
            drafts = draft_statement(session, one, start, end, now=now)
            numbers = {}
            if close and drafts:
                closed = close_statement(session, one, start, end, by=by, now=now)
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
        print_line("Nothing to pay: no scheme or contest ended then. See: warmlist rewards schemes")
    else:
        for d in documents:
            number = f" (closed: statement {d['statement']})" if d["statement"] else ""
            print_line(f"{d['rep']}, {d['from']} to {d['to']}: {d['amount']} {d['unit']}{number}")
            for line in d["lines"]:
                print_line(f"    {_say_line(line)}")


@group.command("statements", short_help="List closed statements.")
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
        print_line(
            f"Statement {one['statement']} of {one['rep']} would be {one['now_worth']} now, not"
            f" {one['paid']}: warmlist rewards correct {one['statement']}"
            f" --amount={one['difference']}"
        )


@group.command("correct", short_help="Correct a closed statement.")
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
        change = _read_amount(amount)
    workspace = open_workspace()
    with workspace.db.write() as session:
        row = correct_statement(
            session, statement, amount=change, note=reason, by=by, now=read_clock()
        )
        document = {"statement": row.id, "corrects": row.corrects_id, "amount": amount}
    if as_json:
        print_json(document)
    else:
        print_line(f"Statement {document['corrects']} is corrected by {document['statement']}.")


@group.command("export", short_help="Write statements as CSV.")
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
    session: Any, team: str, rep: str | None, day: date | None, per: str, now: Any
) -> tuple[list[Any], date, date]:
    from config.errors import Refused
    from quotas.periods import Period, bounds
    from quotas.staff import find_rep, find_team
    from quotas.working_time import calendar_of

    found = find_team(session, team)
    calendar = calendar_of(found)
    start, end = bounds(Period(per), day or calendar.today(now), calendar.first_weekday)
    if rep is None:
        return list(found.reps), start, end
    one = find_rep(session, rep)
    if one.team_id != found.id:
        raise Refused(f"{one.name} is not of team {found.name}.", "Name the rep's own team.")
    return [one], start, end


def _read_amount(text: str) -> int:
    from config.errors import Refused
    from quotas.tiers import hundredths

    try:
        return hundredths(text)
    except ValueError as error:
        raise Refused(f"{text!r} is not an amount.", "Write it as 12.50.", 2) from error


def _scheme_document(row: Any) -> dict[str, Any]:
    from quotas.tiers import show_hundredths

    return {
        "name": row.name,
        "activity": row.activity,
        "unit": row.unit,
        "rate": show_hundredths(row.rate),
        "mode": row.mode,
        "tiers": [{"percent": p, "times": show_hundredths(m)} for p, m in row.tiers],
        "from": row.starts_on.isoformat(),
        "stops": row.stops,
    }


def _say_line(line: dict[str, Any]) -> str:
    if line["kind"] == "contest":
        return f"{line['name']}: place {line['target']} with {line['counted']}: {line['amount']}"
    return (
        f"{line['starts_on']}: {line['counted']} of {line['target']}"
        f" {line['activity'].replace('_', ' ')}s, {line['name']}: {line['amount']}"
    )
