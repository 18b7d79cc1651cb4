"""The first steps of a new workspace: team, reps, and at their end the first list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.links import invite
from app.access.mails import mail_invitation
from app.access.who import MANAGERS, Who
from app.bootstrap import Workspace
from app.first_list import read_brought
from app.first_steps import (
    REPS,
    STEPS,
    TEAM,
    ask_for_list,
    find_own_teams,
    read_first_list,
    skip_step,
)
from app.mailing import is_mailing
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_wording
from app.web.setup_forms import (
    ROWS,
    RepRow,
    Slip,
    TeamForm,
    explain_rep,
    explain_team,
    first_team,
    form_of,
    list_zones,
    read_reps,
    read_team,
)
from app.web.setup_pages import find_team, go_on, is_theirs, render_step
from app.web.sign_in import welcome_address
from app.web.staff_log import note_change
from app.wording import LANGUAGES
from config.errors import NotFound, Refused
from models import Rep, Source, Team
from quotas.attainment import calendar_of, find_quota
from quotas.calendars import WEEKDAYS
from quotas.staff import change_team, create_rep, create_team

#: Behind the time a first list waits for networks; then nothing seems to be collecting here.
_LATE: Final = timedelta(seconds=30)


class SetupPages(Controller):
    """From nothing to a first list; every step can be passed over and come back to."""

    path = "/setup"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def start(self, request: PageRequest, workspace: GivenWorkspace) -> Redirect:
        """On where the workspace was left, in whichever browser."""
        with workspace.db.read() as session:
            return go_on(session, require_who(request))

    @post("/skip", sync_to_thread=True)
    def skip(self, request: PageRequest, workspace: GivenWorkspace, data: Form) -> Redirect:
        """Pass over a step."""
        who, step = require_who(request), read_field(data, "step", 20)
        if step not in STEPS or not is_theirs(step, who):
            raise NotFound("There is no such step.")
        with workspace.db.write() as session:
            skip_step(session, step)
        with workspace.db.read() as session:
            return go_on(session, who, after=step)

    @get("/team", sync_to_thread=True)
    def show_team(self, request: PageRequest, workspace: GivenWorkspace) -> Response[str]:
        """The team's form; with what the first team has."""
        with workspace.db.read() as session:
            team = find_team(session, require_who(request), {})
            form = first_team(read_wording(request)) if team is None else form_of(team)
            return _render_team(request, session, form, Slip(), 200)

    @post("/team", sync_to_thread=True)
    def save_team(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Make the team, or change it; once it has lists, from a day to come."""
        who, form, now = require_who(request), read_team(data), clock()
        values: dict[str, Any] = {
            "name": form.name, "time_zone": form.time_zone, "first_weekday": form.first_weekday,
            "weekend": form.weekend, "language": form.language,
        }  # fmt: skip
        try:
            with workspace.db.write() as session:
                team = find_team(session, who, data)
                if team is not None:
                    if form != form_of(team):
                        change_team(session, team, **values, now=now)
                        note_change(session, request, "team_change", team, now)
                elif who.role == "admin":
                    team = create_team(session, **values, now=now)
                    note_change(session, request, "team_add", team, now)
                else:
                    raise NotFound("There is no such team.")
        except NotFound:
            raise
        except Refused as error:
            slip = explain_team(read_wording(request), error)
            with workspace.db.read() as session:
                return _render_team(request, session, form, slip, 400)
        with workspace.db.read() as session:
            return go_on(session, who, after=TEAM)

    @get("/reps", sync_to_thread=True)
    def show_reps(self, request: PageRequest, workspace: GivenWorkspace) -> Response[str]:
        """Who is there, and rows for more."""
        with workspace.db.read() as session:
            rows = [RepRow()] * ROWS
            return _render_reps(request, session, {}, rows, Slip(), (), 200)

    @post("/reps", sync_to_thread=True)
    def save_reps(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Add the reps that are named; those with an e-mail get an invitation.

        All or none: a refused row leaves everything as typed.
        """
        rows = read_reps(data)
        try:
            links = _add_reps(request, workspace, data, rows, clock())
        except _RefusedRow as error:
            with workspace.db.read() as session:
                slip = Slip("reps", error.said)
                return _render_reps(request, session, data, rows, slip, (), 400)
        with workspace.db.read() as session:
            if links:  # shown once: a redirect would lose them
                return _render_reps(request, session, data, [RepRow()] * ROWS, Slip(), links, 200)
            return go_on(session, require_who(request), after=REPS)

    @get("/list", sync_to_thread=True)
    def show_list(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str] | Redirect:
        """What is behind and what comes next; on to the list once there is one."""
        who, now = require_who(request), clock()
        with workspace.db.read() as session:
            teams = find_own_teams(session, who)
            asked = read_first_list(session)
            brought = read_brought(session, team_ids=[team.id for team in teams])
            if asked.built_at is not None and brought.listed:
                return Redirect(_target(who), status_code=303)
            patience = timedelta(seconds=workspace.settings.lists.first_seconds)
            context = {
                "asked": asked,
                "brought": brought,
                "networks": session.scalars(select(Source.network).order_by(Source.id)).all(),
                "is_late": asked.asked_at is not None and now > asked.asked_at + patience + _LATE,
                "why": _find_reason(session, teams, now),
                "next_day": _next_day(teams, now),
                "build_hour": workspace.settings.lists.build_hour,
                "threshold": workspace.settings.lists.threshold,
                "target": _target(who),
                "now": now,
                "zone": calendar_of(teams[0]).zone if teams else None,
            }
            return render_step(request, session, "list", context)

    @post("/list", sync_to_thread=True)
    def build(self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock) -> Redirect:
        """Let the first list be built; the page tells how far it is."""
        require_who(request)
        with workspace.db.write() as session:
            ask_for_list(session, now=clock())
        return Redirect("/setup/list", status_code=303)


def _target(who: Who) -> str:
    """Where the first list is looked at: one's own, else everybody's."""
    return "/today" if who.rep_id is not None else "/team"


class _RefusedRow(Exception):
    """A rep is refused, and with them all others of the form; ``said`` in the reader's words."""

    def __init__(self, said: str) -> None:
        self.said = said
        super().__init__(said)


def _add_reps(
    request: PageRequest,
    workspace: Workspace,
    data: Mapping[str, Any],
    rows: Sequence[RepRow],
    now: datetime,
) -> list[tuple[str, str]]:
    """Add them all or none; returns addresses with the links that no mail takes to them."""
    who, wording = require_who(request), read_wording(request)
    links = []
    with workspace.db.write() as session:
        team = find_team(session, who, data)
        if team is None:
            raise _RefusedRow(wording.gettext("Add a team first."))
        named = [row for row in rows if row.name or row.email]
        if not named:
            raise _RefusedRow(wording.gettext("Name at least one rep, or skip this step."))
        for row in named:
            token = _add_or_explain(session, team, row, request, workspace, now)
            if token and is_mailing(workspace):
                mail_invitation(session, token, language=wording.language, now=now)
            elif token:
                links.append((row.email, welcome_address(request, workspace, token)))
    return links


def _add_or_explain(
    session: Session,
    team: Team,
    row: RepRow,
    request: PageRequest,
    workspace: Workspace,
    now: datetime,
) -> str:
    try:
        return _add_rep(session, team, row, require_who(request), now, request, workspace)
    except NotFound:
        raise
    except Refused as error:
        raise _RefusedRow(explain_rep(read_wording(request), error, row)) from error


def _add_rep(
    session: Session,
    team: Team,
    row: RepRow,
    who: Who,
    now: datetime,
    request: PageRequest,
    workspace: Workspace,
) -> str:
    """The token of an invitation, empty where none is wanted; inviting is an admin's."""
    name = row.name or row.email.partition("@")[0]
    rep = create_rep(session, team, name=name, now=now)
    note_change(session, request, "rep_add", rep, now)
    if not row.email or who.role != "admin":
        return ""
    return invite(
        session, email=row.email, role="rep", rep_id=rep.id, team_ids=(), now=now,
        settings=workspace.settings.access,
    )  # fmt: skip


def _find_reason(session: Session, teams: Sequence[Team], now: datetime) -> str:
    """Why nobody is listed: reps, quota, day_off, or people."""
    reps = [rep for team in teams for rep in team.reps if rep.active]
    if not reps:
        return "reps"
    owing = [rep for rep in reps if find_quota(session, rep.id, calendar_of(rep).today(now))]
    if not owing:
        return "quota"
    if not any(calendar_of(rep).is_working(calendar_of(rep).today(now)) for rep in owing):
        return "day_off"
    return "people"


def _next_day(teams: Sequence[Team], now: datetime) -> Any:
    if not teams:
        return None
    calendar = calendar_of(teams[0])
    day = calendar.today(now) + timedelta(days=1)
    for _ in range(60):
        if calendar.is_working(day):
            return day
        day += timedelta(days=1)
    return None


def _render_team(
    request: PageRequest, session: Session, form: TeamForm, slip: Slip, status: int
) -> Response[str]:
    who = require_who(request)
    context = {
        "form": form,
        "slip": slip,
        "teams": find_own_teams(session, who),
        "may_add": who.role == "admin",
        "zones": list_zones(read_wording(request).language),
        "tongues": LANGUAGES,
        "weekdays": WEEKDAYS,
    }
    return render_step(request, session, TEAM, context, status=status)


def _render_reps(
    request: PageRequest, session: Session, data: Mapping[str, Any], rows: Sequence[RepRow],
    slip: Slip, links: Sequence[tuple[str, str]], status: int,
) -> Response[str]:  # fmt: skip
    who = require_who(request)
    team = find_team(session, who, data)
    reps = session.scalars(
        select(Rep).where(Rep.team_id == (team.id if team else 0), Rep.active).order_by(Rep.id)
    ).all()
    context = {
        "team": team,
        "reps": reps,
        "rows": rows,
        "slip": slip,
        "links": links,
        "may_invite": who.role == "admin" and who.user_id is not None,
        "mailing": request.app.state.get("mailing"),
    }
    return render_step(request, session, REPS, context, status=status)
