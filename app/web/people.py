"""People: who may sign in, as what, and for which team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.access.links import invite, make_reset_link
from app.access.mails import list_unsent, mail_invitation, mail_reset, try_again
from app.access.users import list_users, set_active
from app.access.who import ADMINS
from app.mailing import is_mailing
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording, render
from app.web.sign_in import welcome_address
from app.wording import Wording
from config.errors import NotFound, Refused
from models import ROLES, ManagedTeam, Team, User

_FIELDS: Final = ("email", "role", "rep", "team")


@dataclass(frozen=True)
class _Answer:
    """What the last form came to: a link to pass on, or what was wrong and what was typed."""

    link: str = ""
    link_for: str = ""
    mailed_to: str = ""
    text: str = ""
    typed: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(_FIELDS, ""))


class PeoplePages(Controller):
    """Users and invitations."""

    path = "/people"
    opt = {"allow": ADMINS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """The page."""
        with workspace.db.read() as session:
            return _render(request, session, clock(), _Answer(), 200)

    @post(sync_to_thread=True)
    def invite(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str]:
        """Make an invitation: mailed where that is set up and wanted, else shown once."""
        now, settings = clock(), workspace.settings.access
        typed = {name: read_field(data, name, 300).strip() for name in _FIELDS}
        team_id = read_number(typed["team"])
        rep_id = read_number(typed["rep"])
        mailing = is_mailing(workspace) and read_field(data, "do") == "mail"
        try:
            with workspace.db.write() as session:
                token = invite(
                    session, email=typed["email"], role=typed["role"],
                    rep_id=rep_id if typed["role"] == "rep" else None,
                    team_ids=[team_id] if team_id and typed["role"] == "manager" else (),
                    now=now, settings=settings,
                )  # fmt: skip
                if mailing:
                    language = read_wording(request).language
                    mail_invitation(session, token, language=language, now=now)
            answer = (
                _Answer(mailed_to=typed["email"])
                if mailing
                else _Answer(welcome_address(request, workspace, token), typed["email"])
            )
        except Refused as error:
            answer = _Answer(text=_explain(read_wording(request), error), typed=typed)
        with workspace.db.read() as session:
            return _render(request, session, now, answer, 400 if answer.text else 200)

    @post("/{user_id:int}", sync_to_thread=True)
    def act(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        user_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Keep somebody out, let them in again, or make a link for a lost password."""
        now, do = clock(), read_field(data, "do")
        answer = _Answer()
        try:
            with workspace.db.write() as session:
                user = session.get(User, user_id)
                if user is None:
                    raise NotFound("There is no such user.")
                if do == "link":
                    settings = workspace.settings.access
                    token = make_reset_link(session, user, now=now, settings=settings)
                    answer = _Answer(welcome_address(request, workspace, token), user.email)
                elif do == "mail" and is_mailing(workspace):
                    mail_reset(session, user, language=read_wording(request).language, now=now)
                    answer = _Answer(mailed_to=user.email)
                elif do in {"close", "reopen"}:
                    set_active(session, user, active=do == "reopen", now=now)
        except NotFound:
            raise
        except Refused as error:
            answer = _Answer(text=_explain(read_wording(request), error))
        if answer == _Answer():
            return Redirect("/people", status_code=303)
        with workspace.db.read() as session:
            return _render(request, session, now, answer, 400 if answer.text else 200)

    @post("/mails/{mail_id:int}", sync_to_thread=True)
    def send_again(
        self, workspace: GivenWorkspace, clock: GivenClock, mail_id: FromPath[int]
    ) -> Redirect:
        """Try a mail again that could not be sent."""
        with workspace.db.write() as session:
            try_again(session, mail_id, now=clock())
        return Redirect("/people", status_code=303)


def _explain(wording: Wording, error: Refused) -> str:
    _ = wording.gettext
    said = {
        "not_an_address": _("That is not an e-mail address."),
        "user_exists": _("Somebody of this address may sign in already."),
        "needs_rep": _("Choose the rep whose list this person works."),
        "rep_taken": _("That rep belongs to somebody else already."),
        "last_admin": _("This is the last admin. Make another one first."),
    }
    return said.get(error.fault) or wording.refusal(error)


def _render(
    request: PageRequest, session: Session, now: datetime, answer: _Answer, status: int
) -> Response[str]:
    teams = session.scalars(select(Team).options(selectinload(Team.reps)).order_by(Team.name)).all()
    names = {team.id: team.name for team in teams}
    managed: dict[int, list[str]] = {}
    for user_id, team_id in session.execute(select(ManagedTeam.user_id, ManagedTeam.team_id)):
        managed.setdefault(user_id, []).append(names.get(team_id, "?"))
    users = list_users(session)
    taken = {user.rep_id for user in users}
    context = {
        "page": "people",
        "rep": None,
        "users": users,
        "managed": managed,
        "reps": {rep.id: rep.name for team in teams for rep in team.reps},
        "teams": teams,
        "free_reps": [
            rep for team in teams for rep in team.reps if rep.active and rep.id not in taken
        ],
        "roles": ROLES,
        "answer": answer,
        "mailing": request.app.state.get("mailing"),
        "unsent": list_unsent(session),
        "now": now,
        "zone": UTC,
    }
    return render(request, "people.html", context, status=status)
