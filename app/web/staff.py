"""Teams and territories: who works where, and which prospects each rep may receive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.access.who import ADMINS
from app.bootstrap import Workspace
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording, render
from app.web.setup_forms import (
    RepRow,
    Slip,
    TeamForm,
    explain_rep,
    explain_team,
    first_team,
    form_of,
    list_zones,
    read_team,
)
from app.web.staff_log import note_change
from app.wording import LANGUAGES, Wording
from app.words.signals import NETWORKS
from config.errors import NotFound, Reasonless, Refused
from models import DailyList, Rep, Team, Topic
from quotas.calendars import WEEKDAYS
from quotas.cool_down import read_cool_down, set_cool_down
from quotas.departures import bring_back, deactivate
from quotas.staff import (
    UnknownLanguage,
    change_team,
    create_rep,
    create_team,
    set_territory,
)
from quotas.working_time import calendar_of

#: Kinds of a territory that are typed as codes, with commas between.
_TYPED: Final = ("language", "place")


class StaffPages(Controller):
    """Every team with its reps and what each may receive."""

    path = "/people/teams"
    opt = {"allow": ADMINS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """The page."""
        with workspace.db.read() as session:
            form = first_team(read_wording(request))
            return _render(request, workspace, session, form, Slip(), {}, 200, clock())

    @post(sync_to_thread=True)
    def add_team(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """One more team."""
        form, now, wording = read_team(data), clock(), read_wording(request)

        def change(session: Session) -> int:
            team = create_team(
                session, name=form.name, time_zone=form.time_zone, language=form.language,
                first_weekday=form.first_weekday, weekend=form.weekend, now=now,
            )  # fmt: skip
            note_change(session, request, "team_add", team, now)
            return team.id

        def explain(error: Refused) -> Slip:
            return explain_team(wording, error)

        return _change(request, workspace, now, change, explain, {}, form)

    @post("/{team_id:int}", sync_to_thread=True)
    def change_team(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        team_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Another name, language, time zone, week or cool-down; days gone by keep theirs."""
        form, now, wording = read_team(data), clock(), read_wording(request)

        def change(session: Session) -> int:
            team = _find_team(session, team_id)
            change_team(
                session, team, name=form.name, time_zone=form.time_zone,
                first_weekday=form.first_weekday, weekend=form.weekend, language=form.language,
                now=now,
            )  # fmt: skip
            if "cool_down" in data:
                set_cool_down(team, read_cool_down(read_field(data, "cool_down", 40)))
            note_change(session, request, "team_change", team, now)
            return team_id

        def explain(error: Refused) -> Slip:
            return Slip(f"change{team_id}", explain_team(wording, error).text)

        return _change(request, workspace, now, change, explain, data)

    @post("/reps/{rep_id:int}/active", sync_to_thread=True)
    def set_active(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        rep_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Deactivate a rep, whose open prospects go on or back to the pool, or bring one back."""
        now, wording = clock(), read_wording(request)

        def change(session: Session) -> int:
            rep = _find_rep(session, rep_id)
            if read_field(data, "do") == "return":
                bring_back(session, rep)
                note_change(session, request, "rep_return", rep, now)
            else:
                to_id = read_number(read_field(data, "to"))
                deactivate(
                    session, rep, to=session.get(Rep, to_id) if to_id else None,
                    reason=read_field(data, "reason", 400),
                    by=require_who(request).name or "admin", now=now,
                )  # fmt: skip
                note_change(session, request, "rep_stop", rep, now)
            return rep.team_id

        def explain(error: Refused) -> Slip:
            if isinstance(error, Reasonless):
                return Slip(f"stop{rep_id}", wording.gettext("Give a reason, then choose."))
            return Slip(f"stop{rep_id}", wording.refusal(error))

        return _change(request, workspace, now, change, explain, data)

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
        row, now = RepRow(" ".join(read_field(data, "name", 300).split())), clock()
        wording = read_wording(request)

        def change(session: Session) -> int:
            rep = create_rep(session, _find_team(session, team_id), name=row.name, now=now)
            note_change(session, request, "rep_add", rep, now)
            return team_id

        def explain(error: Refused) -> Slip:
            return Slip(f"team{team_id}", explain_rep(wording, error, row).removeprefix(": "))

        return _change(request, workspace, now, change, explain, data)

    @post("/reps/{rep_id:int}", sync_to_thread=True)
    def change(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        rep_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """What a rep may receive from the next list on; nothing of a kind: all of it."""
        now, wording = clock(), read_wording(request)

        def change(session: Session) -> int:
            rep = _find_rep(session, rep_id)
            _change_territory(session, rep, data)
            note_change(session, request, "territory", rep, now)
            return rep.team_id

        def explain(error: Refused) -> Slip:
            return Slip(f"rep{rep_id}", _explain(wording, error))

        return _change(request, workspace, now, change, explain, data)


def _change(
    request: PageRequest,
    workspace: Workspace,
    now: datetime,
    change: Callable[[Session], int],
    explain: Callable[[Refused], Slip],
    typed: Mapping[str, Any],
    form: TeamForm | None = None,
) -> Response[str] | Redirect:
    """Make a change and go to the team it names, or draw the page with what was typed and why."""
    try:
        with workspace.db.write() as session:
            team_id = change(session)
    except NotFound:
        raise
    except Refused as error:
        form = form or first_team(read_wording(request))
        with workspace.db.read() as session:
            return _render(request, workspace, session, form, explain(error), typed, 400, now)
    return Redirect(f"/people/teams#t{team_id}", status_code=303)


def _find_team(session: Session, team_id: int) -> Team:
    team = session.get(Team, team_id)
    if team is None:
        raise NotFound("There is no such team.")
    return team


def _find_rep(session: Session, rep_id: int) -> Rep:
    rep = session.get(Rep, rep_id)
    if rep is None:
        raise NotFound("There is no such rep.")
    return rep


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
            raise UnknownLanguage(
                "Language %(text)s is not known.",
                "Use codes such as en or ar.",
                text=repr(typed[:40]),
            )
        set_territory(session, rep, kind, codes)


def _explain(wording: Wording, error: Refused) -> str:
    _ = wording.gettext
    if isinstance(error, UnknownLanguage):
        return _("Write languages as codes with commas between: en, ar.")
    return _("Write places as codes or short names with commas between.")


def _choose_form(slip: Slip, asked: str, *, any_team: bool) -> str:
    """The one form that is drawn: that of a refusal, or what the address asks for.

    ``r3`` and ``stop3`` are of a rep, ``change1`` is of a team, ``new`` adds one.
    """
    if slip.about.startswith("rep"):
        return f"r{slip.about.removeprefix('rep')}"
    if slip.about.startswith(("stop", "change")):
        return slip.about
    if slip.about and not slip.about.startswith("team"):
        return "new"
    return asked if any_team else "new"


def _render(
    request: PageRequest,
    workspace: Workspace,
    session: Session,
    form: TeamForm,
    slip: Slip,
    typed: Mapping[str, Any],
    status: int,
    now: datetime,
) -> Response[str]:
    teams = session.scalars(
        select(Team)
        .options(selectinload(Team.reps).selectinload(Rep.territory))
        .order_by(Team.name)
    ).all()
    topics = session.execute(select(Topic.id, Topic.name).order_by(Topic.name)).all()
    listed = set(
        session.scalars(
            select(Rep.team_id).where(Rep.id.in_(select(DailyList.rep_id).distinct())).distinct()
        )
    )
    days = {team.id: calendar_of(team) for team in teams}
    edit = _choose_form(slip, request.query_params.get("edit") or "", any_team=bool(teams))
    context = {
        "edit": edit,
        "of_team": edit == "new" or edit.startswith("change"),
        "listed": listed,
        "begins": {
            team_id: begins
            for team_id, calendar in days.items()
            if (begins := calendar.changes_on(now))
        },
        "todays": {team_id: calendar.today(now) for team_id, calendar in days.items()},
        "form_of": form_of,
        "read_team": read_team,
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
        "usual_cool_down": workspace.settings.lists.cool_down_days,
    }
    return render(request, "people-teams.html", context, status=status)
