"""A team's rewards: what attainment earned, closed and corrected statements, schemes, contests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import MANAGERS
from app.bootstrap import Workspace
from app.jobs import flag_team
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording, render
from app.web.rewards_form import (
    read_amount,
    read_amounts,
    read_typed_day,
    read_typed_tiers,
)
from app.web.team import choose_team
from config.errors import NotFound, Refused
from models import Contest, Rep, Statement, Team
from quotas.calendars import Calendar
from quotas.contests import Places, create_contest, list_contests
from quotas.flags import limits_of
from quotas.periods import Period
from quotas.rewards import coming_schemes, find_schemes, set_scheme, stop_scheme
from quotas.setting import ACTIVITIES
from quotas.statements import (
    Draft,
    close_statement,
    correct_statement,
    draft_statement,
    export_statements,
    find_drift,
    load_statements,
)
from quotas.tiers import Prize, show_hundredths
from quotas.working_time import calendar_of

_STATEMENTS_SHOWN: Final = 40
_CONTESTS_SHOWN: Final = 6
_PERIODS: Final = (Period.WEEK, Period.MONTH, Period.QUARTER)


@dataclass(frozen=True)
class Span:
    """The time looked at; ``end`` is exclusive."""

    per: Period
    start: date
    end: date
    before: date  # a day of the time before
    over: bool

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)


@dataclass(frozen=True)
class RepStatement:
    """One rep in the time looked at: what it comes to, and what was closed of it."""

    rep: Rep
    drafts: list[Draft]
    closed: list[Statement]


@dataclass(frozen=True)
class _Slip:
    about: str = ""
    text: str = ""


class RewardPages(Controller):
    """What a manager's own teams earn."""

    path = "/team/rewards"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """Statements of a time as they would be or were closed; schemes and contests."""
        with workspace.db.read() as session:
            return _render(request, session, clock(), {}, _Slip(), 200)

    @get("/statements.csv", sync_to_thread=True)
    def export(self, request: PageRequest, workspace: GivenWorkspace) -> Response[str]:
        """Closed statements and corrections of the team, all or of some days."""
        asked = request.query_params
        try:
            first, last = read_typed_day(dict(asked), "from"), read_typed_day(dict(asked), "to")
        except Refused as error:
            raise NotFound("There is no such day.") from error
        with workspace.db.read() as session:
            team, _ = choose_team(request, session, require_who(request))
            rows = load_statements(
                session, team.reps, first, last + timedelta(days=1) if last else None
            )
            text = export_statements(rows, {rep.id: rep.name for rep in team.reps})
        headers = {
            "Content-Disposition": 'attachment; filename="statements.csv"',
            "Cache-Control": "no-store",
        }
        return Response(text, media_type="text/csv; charset=utf-8", headers=headers)

    @post("/schemes", sync_to_thread=True)
    def add_scheme(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Set what contacts above target earn from a day on; the same name replaces."""
        now = clock()

        def change(session: Session, team: Team) -> None:
            set_scheme(
                session, team, name=read_field(data, "name", 200),
                unit=read_field(data, "unit", 40),
                rate=read_amount(read_field(data, "rate", 40)),
                tiers=read_typed_tiers(read_field(data, "tiers", 400) or "100=1.0"),
                mode=read_field(data, "mode", 20), activity=read_field(data, "activity", 60),
                starts_on=read_typed_day(data, "from") or calendar_of(team).today(now), now=now,
            )  # fmt: skip

        return _change(request, workspace, now, data, "scheme", change)

    @post("/schemes/stop", sync_to_thread=True)
    def stop_one(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """From today on a scheme pays nothing for periods that begin."""
        now = clock()

        def change(session: Session, team: Team) -> None:
            stop_scheme(
                session, team, name=read_field(data, "name", 200),
                starts_on=calendar_of(team).today(now), now=now,
            )  # fmt: skip

        return _change(request, workspace, now, data, "stop", change)

    @post("/contests", sync_to_thread=True)
    def add_contest(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Offer prizes over a date range."""
        now = clock()

        def change(session: Session, team: Team) -> None:
            first, last = read_typed_day(data, "from"), read_typed_day(data, "to")
            if first is None or last is None:
                raise Refused(
                    "A day is missing or is not a date.", "Give both days.", fault="not_a_date"
                )
            create_contest(
                session, team, name=read_field(data, "name", 200),
                unit=read_field(data, "unit", 40),
                prizes=read_amounts(read_field(data, "prizes", 400)), starts_on=first,
                ends_on=last + timedelta(days=1), activity=read_field(data, "activity", 60),
                now=now,
            )  # fmt: skip

        return _change(request, workspace, now, data, "contest", change)

    @post("/close", sync_to_thread=True)
    def close(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Close a rep's statement for good, or of everybody who has an open one: all or nobody."""
        now, by = clock(), require_who(request).name or "manager"
        limits = limits_of(workspace.settings.honesty)
        with workspace.db.read() as session:
            team_id = choose_team(request, session, require_who(request))[0].id
        flag_team(workspace, team_id, now=now)  # of its own: kept though closing is refused for it

        def change(session: Session, team: Team) -> None:
            span = _read_span(data.get("per"), data.get("date"), calendar_of(team), now)
            chosen = read_field(data, "rep", 20)
            if chosen != "all":
                rep = session.get(Rep, read_number(chosen) or 0)
                if rep is None or rep.team_id != team.id:
                    raise NotFound("There is no such rep.")
                close_statement(session, rep, span.start, span.end, by=by, now=now, limits=limits)
                return
            places = Places(session, now)
            for row in _load_reps(session, team, span, now, places):
                if row.drafts and not row.closed:
                    close_statement(
                        session, row.rep, span.start, span.end, by=by, now=now, limits=limits,
                        places=places,
                    )  # fmt: skip

        return _change(request, workspace, now, data, "close", change)

    @post("/statements/{statement_id:int}/correct", sync_to_thread=True)
    def correct(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        statement_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Add to a closed statement, or take off, by a row of its own with a reason."""
        now, by = clock(), require_who(request).name or "manager"

        def change(session: Session, team: Team) -> None:
            row = session.get(Statement, statement_id) if statement_id < 2**63 else None
            if row is None or session.get_one(Rep, row.rep_id).team_id != team.id:
                raise NotFound("There is no such statement.")
            correct_statement(
                session, statement_id, amount=read_amount(read_field(data, "amount", 40)),
                note=read_field(data, "reason", 400), by=by, now=now,
            )  # fmt: skip

        return _change(request, workspace, now, data, f"correct{statement_id}", change)


def _change(
    request: PageRequest,
    workspace: Workspace,
    now: datetime,
    data: dict[str, Any],
    about: str,
    change: Callable[[Session, Team], None],
) -> Response[str] | Redirect:
    """Do it for the team of the address and show the page; a refusal stands beside its form."""
    try:
        with workspace.db.write() as session:
            team, _ = choose_team(request, session, require_who(request))
            change(session, team)
            team_id = team.id
    except NotFound:
        raise
    except Refused as error:
        slip = _Slip(about, read_wording(request).refusal(error))
        with workspace.db.read() as session:
            return _render(request, session, now, data, slip, 400)
    per, day = read_field(data, "per", 10), read_field(data, "date", 10)
    kept = f"&per={per}&date={day}" if per.isalpha() and day[:4].isdigit() else ""
    return Redirect(f"/team/rewards?team={team_id}{kept}", status_code=303)


def _read_span(per: object, day: object, calendar: Calendar, now: datetime) -> Span:
    """The week, month or quarter asked for; this month if none can be read."""
    today = calendar.today(now)
    try:
        period = Period(str(per)) if per else Period.MONTH
        on = date.fromisoformat(str(day)) if day else today
        start, end = calendar.bounds(period, on)
        before = start - timedelta(days=1)
    except (ValueError, OverflowError):
        return _read_span(None, None, calendar, now)
    return Span(period, start, end, before, end <= today)


def _load_reps(
    session: Session, team: Team, span: Span, now: datetime, places: Places
) -> list[RepStatement]:
    """Reps with something earned, or closed, in the time; by name."""
    reps = sorted(team.reps, key=lambda rep: rep.name)
    closed: dict[int, list[Statement]] = {}
    for row in load_statements(session, reps, span.start, span.end):
        closed.setdefault(row.rep_id, []).append(row)
    found = [
        RepStatement(
            rep,
            draft_statement(session, rep, span.start, span.end, now=now, places=places),
            closed.get(rep.id, []),
        )
        for rep in reps
    ]  # fmt: skip
    return [one for one in found if one.drafts or one.closed]


def _load_contests(
    session: Session, team: Team, standing: Places
) -> list[tuple[Contest, date, list[tuple[str, Prize]]]]:
    """The latest contests with their last day, and who stands where."""
    names = {rep.id: rep.name for rep in team.reps}
    found = []
    for contest in list_contests(session, team.id)[:_CONTESTS_SHOWN]:
        found.append(
            (
                contest,
                contest.ends_on - timedelta(days=1),
                [(names.get(place.rep_id, "?"), place) for place in standing.of(contest)],
            )
        )
    return found


def _render(
    request: PageRequest,
    session: Session,
    now: datetime,
    data: dict[str, Any],
    slip: _Slip,
    status: int,
) -> Response[str]:
    team, teams = choose_team(request, session, require_who(request))
    calendar = calendar_of(team)
    asked = data if "per" in data else dict(request.query_params)
    span = _read_span(asked.get("per"), asked.get("date"), calendar, now)
    places = Places(session, now)
    rows = _load_reps(session, team, span, now, places)
    kept = load_statements(session, team.reps)
    today = calendar.today(now)
    context = {
        "page": "team",
        "rep": None,
        "team": team,
        "teams": teams,
        "today": today,
        "day": timedelta(days=1),
        "span": span,
        "periods": _PERIODS,
        "rows": rows,
        "sums": _sum_up(rows),
        "open_rows": [row for row in rows if row.drafts and not row.closed],
        "names": {rep.id: rep.name for rep in team.reps},
        "kept": list(reversed(kept))[:_STATEMENTS_SHOWN],
        "differ": {
            one.statement_id: one for one in find_drift(session, team.reps, now=now, places=places)
        },
        "schemes": find_schemes(session, team.id, today),
        "coming": coming_schemes(session, team.id, today),
        "contests": _load_contests(session, team, places),
        "activities": ACTIVITIES,
        "sum_of": show_hundredths,
        "typed": {key: read_field(data, key, 400) for key in data},
        "slip": slip,
    }
    return render(request, "team-rewards.html", context, status=status)


def _sum_up(rows: Sequence[RepStatement]) -> list[tuple[str, int]]:
    """What everybody together gets, by unit: closed ones as closed, the others as drafted."""
    sums: dict[str, int] = {}
    for row in rows:
        for part in row.closed or row.drafts:
            sums[part.unit] = sums.get(part.unit, 0) + part.amount
    return sorted(sums.items())
