"""Teams and territories: who works where, and which prospects each rep may receive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.access.who import ADMINS
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_wording, render
from app.web.setup_forms import (
    RepRow,
    Slip,
    TeamForm,
    explain_rep,
    explain_team,
    first_team,
    list_zones,
    read_team,
)
from app.wording import LANGUAGES, Wording
from app.words.signals import NETWORKS
from config.errors import NotFound, Refused
from models import Rep, Team, Topic
from quotas.calendars import WEEKDAYS
from quotas.staff import create_rep, create_team, set_territory

#: Kinds of a territory that are typed as codes, with commas between.
_TYPED: Final = ("language", "place")


class StaffPages(Controller):
    """Every team with its reps and what each may receive."""

    path = "/people/teams"
    opt = {"allow": ADMINS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(self, request: PageRequest, workspace: GivenWorkspace) -> Response[str]:
        """The page."""
        with workspace.db.read() as session:
            form = first_team(read_wording(request))
            return _render(request, session, form, Slip(), {}, 200)

    @post(sync_to_thread=True)
    def add_team(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """One more team."""
        form = read_team(data)
        try:
            with workspace.db.write() as session:
                team = create_team(
                    session, name=form.name, time_zone=form.time_zone,
                    first_weekday=form.first_weekday, weekend=form.weekend, language=form.language,
                    now=clock(),
                )  # fmt: skip
                anchor = f"t{team.id}"
        except Refused as error:
            slip = explain_team(read_wording(request), error)
            with workspace.db.read() as session:
                return _render(request, session, form, slip, {}, 400)
        return Redirect(f"/people/teams#{anchor}", status_code=303)

    @post("/{team_id:int}/reps", sync_to_thread=True)
    def add_rep(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        team_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """One more rep of a team."""
        row = RepRow(" ".join(read_field(data, "name", 300).split()))
        try:
            with workspace.db.write() as session:
                team = session.get(Team, team_id)
                if team is None:
                    raise NotFound("There is no such team.")
                create_rep(session, team, name=row.name, now=clock())
        except NotFound:
            raise
        except Refused as error:
            wording = read_wording(request)
            slip = Slip(f"team{team_id}", explain_rep(wording, error, row).removeprefix(": "))
            with workspace.db.read() as session:
                return _render(request, session, first_team(wording), slip, data, 400)
        return Redirect(f"/people/teams#t{team_id}", status_code=303)

    @post("/reps/{rep_id:int}", sync_to_thread=True)
    def change(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        rep_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """What a rep may receive from the next list on; nothing of a kind: all of it."""
        wording = read_wording(request)
        try:
            with workspace.db.write() as session:
                rep = session.get(Rep, rep_id)
                if rep is None:
                    raise NotFound("There is no such rep.")
                team_id = rep.team_id
                _change_territory(session, rep, data)
        except NotFound:
            raise
        except Refused as error:
            slip = Slip(f"rep{rep_id}", _explain(wording, error))
            with workspace.db.read() as session:
                return _render(request, session, first_team(wording), slip, data, 400)
        return Redirect(f"/people/teams#t{team_id}", status_code=303)


def _change_territory(session: Session, rep: Rep, data: Mapping[str, Any]) -> None:
    topics = [str(one) for one in session.scalars(select(Topic.id)) if f"topic{one}" in data]
    networks = [code for code in NETWORKS if f"network_{code}" in data]
    set_territory(session, rep, "topic", topics)
    set_territory(session, rep, "network", networks)
    for kind in _TYPED:
        typed = read_field(data, kind, 400).replace("،", ",")
        codes = [code.strip().lower() for code in typed.split(",") if code.strip()]
        if kind == "language" and not all(
            code.isascii() and code.isalpha() and 2 <= len(code) <= 3 for code in codes
        ):
            raise Refused(f"Language {typed[:40]!r} is not known.", "Use codes such as en or ar.")
        set_territory(session, rep, kind, codes)


def _explain(wording: Wording, error: Refused) -> str:
    _ = wording.gettext
    if error.what.startswith("Language"):
        return _("Write languages as codes with commas between: en, ar.")
    return _("Write places as codes or short names with commas between.")


def _render(
    request: PageRequest,
    session: Session,
    form: TeamForm,
    slip: Slip,
    typed: Mapping[str, Any],
    status: int,
) -> Response[str]:
    teams = session.scalars(
        select(Team)
        .options(selectinload(Team.reps).selectinload(Rep.territory))
        .order_by(Team.name)
    ).all()
    topics = session.execute(select(Topic.id, Topic.name).order_by(Topic.name)).all()
    context = {
        "page": "people",
        "rep": None,
        "teams": teams,
        "rep_count": sum(rep.active for team in teams for rep in team.reps),
        "topics": [(topic_id, name) for topic_id, name in topics],
        "topic_names": dict(topics),
        "networks": NETWORKS,
        "form": form,
        "slip": slip,
        "typed": typed,
        "zones": list_zones(read_wording(request).language),
        "tongues": LANGUAGES,
        "weekdays": WEEKDAYS,
    }
    return render(request, "people-teams.html", context, status=status)
