"""Team: a manager's week at a glance, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.who import MANAGERS, Who
from app.bootstrap import Workspace
from app.linking import list_waiting
from app.stock import Stock
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenStock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording, render
from app.web.team_page import load_team_week
from config.errors import NotFound, Refused
from models import Rep, Team, Touch
from prospects.tuning import load_weights
from quotas.flags import decide
from quotas.working_time import calendar_of


class TeamPages(Controller):
    """A manager's own teams; an admin's every team."""

    path = "/team"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        stock: GivenStock,
    ) -> Response[str]:
        """The page of one team; the address names another than the first."""
        with workspace.db.read() as session:
            return _render(request, workspace, stock, session, clock(), {}, 200)

    @post("/flags/{touch_id:int}", sync_to_thread=True)
    def judge(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        stock: GivenStock,
        touch_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Let a touch count, or leave it out, with a reason the rep can read."""
        who = require_who(request)
        try:
            with workspace.db.write() as session:
                touch = session.get(Touch, touch_id)
                rep = session.get(Rep, touch.rep_id) if touch is not None else None
                if rep is None or not who.manages(rep.team_id):
                    raise NotFound("There is no such touch.")
                team_id = rep.team_id
                decide(
                    session, touch_id, read_field(data, "verdict"),
                    reason=read_field(data, "reason", 400), by=who.name or "manager", now=clock(),
                    weights=load_weights(session, workspace.settings.warmth),
                )  # fmt: skip
        except NotFound:
            raise
        except Refused:
            text = read_wording(request).gettext("Give a reason, then choose.")
            with workspace.db.read() as session:
                return _render(request, workspace, stock, session, clock(), {touch_id: text}, 400)
        return Redirect(f"/team?team={team_id}#flags", status_code=303)

    @post("/leaderboard", sync_to_thread=True)
    def switch_leaderboard(
        self, request: PageRequest, workspace: GivenWorkspace, data: Form
    ) -> Redirect:
        """Show ranks in a team, or nobody's."""
        who, team_id = require_who(request), read_number(read_field(data, "team"))
        with workspace.db.write() as session:
            team = session.get(Team, team_id) if team_id is not None else None
            if team is None or not who.manages(team.id):
                raise NotFound("There is no such team.")
            team.leaderboard = read_field(data, "leaderboard") == "on"
            team_id = team.id
        return Redirect(f"/team?team={team_id}#leaderboard", status_code=303)


def choose_team(request: PageRequest, session: Session, who: Who) -> tuple[Team, Sequence[Team]]:
    """The team asked for, else the first one this person answers for, and all of them."""
    teams = [
        team for team in session.scalars(select(Team).order_by(Team.name)) if who.manages(team.id)
    ]
    asked = read_number(request.query_params.get("team"))
    if asked is not None:
        teams_asked = [team for team in teams if team.id == asked]
        if not teams_asked:
            raise NotFound("There is no such team.")
        return teams_asked[0], teams
    if not teams:
        raise NotFound("There is no team here yet.")
    return teams[0], teams


def _render(
    request: PageRequest,
    workspace: Workspace,
    stock: Stock,
    session: Session,
    now: datetime,
    slips: dict[int, str],
    status: int,
) -> Response[str]:
    team, teams = choose_team(request, session, require_who(request))
    calendar = calendar_of(team)
    week = load_team_week(
        session, team, stock, workspace.settings.lists, now=now,
        kind=request.query_params.get("of") or "", rtl=read_wording(request).is_rtl,
    )  # fmt: skip
    context = {
        "page": "team",
        "rep": None,
        "team": team,
        "teams": teams,
        "today": calendar.today(now),
        "zone": calendar.zone,
        "now": now,
        "week": week,
        "proposals": list_waiting(session, require_who(request), team.id),
        "threshold": workspace.settings.lists.threshold,
        "moved": _read_moved(request),
        "slips": slips,
        "may_read_notes": require_who(request).may_read_notes(0, team.id),  # no rep has number 0
        "table_of_all": request.query_params.get("table") == "all",
    }
    return render(request, "team.html", context, status=status)


def _read_moved(request: PageRequest) -> tuple[int, int] | None:
    """How many were handed over just before, and how many could not."""
    given, kept = (read_number(request.query_params.get(name)) for name in ("given", "kept"))
    return (given, kept) if given is not None and kept is not None else None
