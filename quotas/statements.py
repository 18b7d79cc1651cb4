"""Statements of what a rep earned: closed once, never changed, corrected by new rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound, Reasonless, Refused
from models import Rep, Statement
from quotas.contests import Places
from quotas.flags import WINDOW, flag_rep, load_flagged
from quotas.honesty import Limits
from quotas.rewards import RewardLine, reward_lines
from quotas.sheet import write_sheet
from quotas.tiers import show_hundredths
from quotas.touches import clean_words
from quotas.working_time import calendar_of


@dataclass(frozen=True, slots=True)
class Draft:
    """What a statement says if it is closed now: per unit the lines and their sum, hundredths."""

    unit: str
    amount: int
    lines: tuple[RewardLine, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """A closed statement that would come out differently now: by how much, hundredths."""

    statement_id: int
    rep: str
    unit: str
    paid: int
    now_worth: int

    @property
    def difference(self) -> int:
        """What a correction would add or take off."""
        return self.now_worth - self.paid


def draft_statement(
    session: Session,
    rep: Rep,
    start: date,
    end: date,
    *,
    now: datetime,
    places: Places | None = None,
) -> list[Draft]:
    """What a rep earned by what ended in [start, end), by unit; ``places`` as ``reward_lines``."""
    by_unit: dict[str, list[RewardLine]] = {}
    for line in reward_lines(session, rep, start, end, now=now, places=places):
        by_unit.setdefault(line.unit, []).append(line)
    return [
        Draft(unit, sum(line.amount for line in lines), tuple(lines))
        for unit, lines in sorted(by_unit.items())
    ]


def close_statement(
    session: Session,
    rep: Rep,
    start: date,
    end: date,
    *,
    by: str,
    now: datetime,
    limits: Limits,
    places: Places | None = None,
) -> list[Statement]:
    """Close what a rep earned in [start, end); one row a unit, which the database keeps as it is.

    Touches are held against the rules (``limits``) first, however lately they were recorded.
    Refuses while the time runs, while touches of it wait for a manager's verdict, and a second
    time: what was closed is corrected by a row of its own. Whoever rolls back then drops the flags.
    """
    who = clean_words(by)
    if who is None:
        raise Refused("A statement needs the name of who closes it.", "Give --by NAME.")
    calendar = calendar_of(rep)
    if end > calendar.today(now):
        raise Conflict(
            "The time up to %(end)s is not over.", "Close it on %(end)s or later.", end=end
        )
    since, until = calendar.start_of(start), calendar.start_of(end)
    since_flagged = min(since, now - WINDOW)  # those of an older time too
    flag_rep(session, rep, since=since_flagged, now=now, limits=limits)
    waiting = [
        one
        for one in load_flagged(session, rep.team, open_only=True)
        if one.touch.rep_id == rep.id and since <= one.touch.occurred_at < until
    ]
    if waiting:
        raise Conflict(
            "%(n)s contacts of %(rep)s wait for a verdict.",
            "Decide them first: warmlist honesty list",
            n=len(waiting),
            rep=rep.name,
        )
    drafts = draft_statement(session, rep, start, end, now=now, places=places)
    if not drafts:
        raise Refused(
            "%(rep)s has no scheme or contest that ended from %(start)s to %(end)s.",
            "See: warmlist rewards schemes",
            rep=rep.name,
            start=start,
            end=end,
        )
    closed = set(
        session.scalars(
            select(Statement.unit).where(
                Statement.rep_id == rep.id,
                Statement.corrects_id.is_(None),
                Statement.starts_on < end,
                Statement.ends_on > start,
            )
        )
    )
    if any(draft.unit in closed for draft in drafts):
        raise Conflict(
            "%(rep)s has a closed statement within %(start)s to %(end)s.",
            "Correct it: warmlist rewards correct STATEMENT",
            rep=rep.name,
            start=start,
            end=end,
        )
    rows = [
        Statement(
            rep_id=rep.id, starts_on=start, ends_on=end, unit=draft.unit, amount=draft.amount,
            lines=[line.as_json() for line in draft.lines], closed_by=who[:200], closed_at=now,
        )
        for draft in drafts
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return rows


def correct_statement(
    session: Session, statement_id: int, *, amount: int, note: str, by: str, now: datetime
) -> Statement:
    """Add or take off ``amount`` hundredths; the closed row stays, this one says why."""
    why, who = clean_words(note), clean_words(by)
    if why is None or who is None:
        raise Reasonless("A correction needs a reason and a name.", "Say why, and who decided.")
    if amount == 0 or abs(amount) > 10**12:
        raise Refused("A correction of nothing is none.", "Give an amount such as -12.50.")
    found = session.get(Statement, statement_id) if 0 < statement_id < 2**63 else None
    if found is None:
        raise NotFound(
            "There is no statement %(statement_id)s.",
            "See: warmlist rewards statements",
            statement_id=statement_id,
        )
    first = found if found.corrects_id is None else session.get_one(Statement, found.corrects_id)
    row = Statement(
        rep_id=first.rep_id, starts_on=first.starts_on, ends_on=first.ends_on, unit=first.unit,
        amount=amount, lines=[], note=why, corrects_id=first.id, closed_by=who[:200],
        closed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def load_statements(
    session: Session, reps: Sequence[Rep], start: date | None = None, end: date | None = None
) -> list[Statement]:
    """Closed statements and corrections of reps, oldest first."""
    statement = (
        select(Statement)
        .where(Statement.rep_id.in_([rep.id for rep in reps]))
        .order_by(Statement.starts_on, Statement.rep_id, Statement.id)
    )
    if start is not None:
        statement = statement.where(Statement.ends_on > start)
    if end is not None:
        statement = statement.where(Statement.starts_on < end)
    return list(session.scalars(statement))


def find_drift(
    session: Session, reps: Sequence[Rep], *, now: datetime, places: Places | None = None
) -> list[Drift]:
    """Closed statements that touches voided or undone since would change, corrections included."""
    rows = load_statements(session, reps)
    paid: dict[int, int] = {}
    for row in rows:
        first = row.corrects_id or row.id
        paid[first] = paid.get(first, 0) + row.amount
    by_id = {rep.id: rep for rep in reps}
    places = places or Places(session, now)
    drifts = []
    for row in rows:
        if row.corrects_id is not None:
            continue
        rep = by_id[row.rep_id]
        drafts = draft_statement(session, rep, row.starts_on, row.ends_on, now=now, places=places)
        worth = next((draft.amount for draft in drafts if draft.unit == row.unit), 0)
        if worth != paid[row.id]:
            drifts.append(Drift(row.id, rep.name, row.unit, paid[row.id], worth))
    return drifts


def export_statements(rows: Sequence[Statement], names: dict[int, str]) -> str:
    """Statements as CSV, each followed by its lines; the amount column adds up to what is paid.

    A line's own amount stands in ``line_amount``: a period's counted contacts, target and the
    percent of the tier reached, or a contest's count and place.
    """
    rows_out: list[list[str | int | None]] = []
    for row in rows:
        head: list[str | int | None] = [
            row.id, names.get(row.rep_id, "?"), row.starts_on.isoformat(), row.ends_on.isoformat(),
            row.unit,
        ]  # fmt: skip
        rows_out.append(
            [*head, show_hundredths(row.amount), row.corrects_id, row.note, row.closed_by,
             row.closed_at.isoformat(), *([None] * len(_LINE))]
        )  # fmt: skip
        rows_out += [[*head, *([None] * 5), *_write_line(line)] for line in row.lines]
    return write_sheet(
        ["statement", "rep", "from", "to", "unit", "amount", "corrects", "note", "closed_by",
         "closed_at", *_LINE],
        rows_out,
    )  # fmt: skip


_LINE = (
    "line", "activity", "line_from", "line_to", "counted", "target", "place", "tier", "line_amount",
)  # fmt: skip


def _write_line(line: dict[str, Any]) -> list[str | int | None]:
    contest = line["kind"] == "contest"
    return [
        line["name"], line["activity"], line["starts_on"], line["ends_on"], line["counted"],
        None if contest else line["target"], line["target"] if contest else None,
        line.get("tier"),  # statements closed before it was kept have none
        show_hundredths(line["amount"]),
    ]  # fmt: skip
