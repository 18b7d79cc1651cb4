"""Who is working: pick a rep from the list."""

from __future__ import annotations

from litestar import Controller, Response, get, post
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.access.who import SIGNED_IN
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_rep_id, remember, render
from config.errors import NotFound
from models import Rep, Team
from quotas.attainment import calendar_of, find_quota


class RepPages(Controller):
    """The list of teams and reps."""

    path = "/reps"
    opt = {"allow": SIGNED_IN}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """Everyone who may have a list."""
        now, who = clock(), require_who(request)
        with workspace.db.read() as session:
            teams = []
            for team in session.scalars(
                select(Team).options(selectinload(Team.reps)).order_by(Team.name)
            ):
                today = calendar_of(team).today(now)
                members = [
                    (r, find_quota(session, r.id, today))
                    for r in team.reps
                    if r.active and who.may_see_rep(r.id, team.id)
                ]
                if members:
                    teams.append((team, members))
            context = {"teams": teams, "page": "reps", "rep": find_reader(request, session)}
            return render(request, "reps.html", context)

    @post(sync_to_thread=True)
    def choose(self, request: PageRequest, workspace: GivenWorkspace, data: Form) -> Redirect:
        """Look at a rep's list; an open workspace remembers in this browser who is working."""
        who = require_who(request)
        rep_id = read_number(read_field(data, "rep"))
        with workspace.db.read() as session:
            rep = session.get(Rep, rep_id) if rep_id is not None else None
            if rep is None or not rep.active or not who.may_see_rep(rep.id, rep.team_id):
                raise NotFound("There is no such rep.")
        if not who.is_open:
            return Redirect(f"/today?rep={rep.id}", status_code=303)
        return Redirect("/today", status_code=303, cookies=[remember("rep", str(rep.id))])


def find_reader(request: PageRequest, session: Session) -> Rep | None:
    """The rep whose list this browser looks at, if there is one and it may."""
    rep_id = read_rep_id(request)
    rep = session.get(Rep, rep_id) if rep_id is not None else None
    if rep is None or not require_who(request).may_see_rep(rep.id, rep.team_id):
        return None
    return rep
