"""Handing over: a manager gives an open prospect of one rep to another, with a reason."""

from __future__ import annotations

from litestar import Controller, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.who import MANAGERS, Who
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording
from app.wording import Wording
from config.errors import NotFound, Reasonless, Refused
from models import Assignment, Rep
from quotas.handover import NotOpen, reassign, reassign_all


class HandoverPages(Controller):
    """What a manager decides about an open prospect of the team's."""

    path = "/team/give"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @post("/{assignment_id:int}", sync_to_thread=True)
    def give(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        assignment_id: FromPath[int],
        data: Form,
    ) -> Redirect:
        """Close it for the one rep and open it for the other, in one transaction."""
        who, now = require_who(request), clock()
        try:
            with workspace.db.write() as session:
                found = session.get(Assignment, assignment_id)
                rep = _find_rep(session, who, found.rep_id if found is not None else None)
                to = _find_rep(session, who, read_number(read_field(data, "to")))
                from_id = rep.id
                reassign(
                    session, assignment_id, to, reason=read_field(data, "reason", 400),
                    by=who.name or "manager", now=now,
                )  # fmt: skip
        except NotFound:
            raise
        except Refused as error:
            raise type(error)(_explain(read_wording(request), error)) from error
        return Redirect(f"/today?rep={from_id}#work", status_code=303)

    @post("/all", sync_to_thread=True)
    def give_all(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Redirect:
        """Everybody whom one rep has open goes to another of the team, as far as possible."""
        who, now = require_who(request), clock()
        try:
            with workspace.db.write() as session:
                rep = _find_rep(session, who, read_number(read_field(data, "from")))
                to = _find_rep(session, who, read_number(read_field(data, "to")))
                given, kept = reassign_all(
                    session, rep, to, reason=read_field(data, "reason", 400),
                    by=who.name or "manager", now=now,
                )  # fmt: skip
                team_id = rep.team_id
        except NotFound:
            raise
        except Refused as error:
            raise type(error)(_explain(read_wording(request), error)) from error
        told = f"given={given}&kept={kept}"
        return Redirect(f"/team?team={team_id}&{told}#open", status_code=303)


def list_receivers(session: Session, who: Who, rep: Rep) -> list[Rep]:
    """The reps to whom this person may give what ``rep`` has open; for a rep nobody."""
    if who.role == "rep" or not who.manages(rep.team_id):
        return []
    rows = session.scalars(
        select(Rep)
        .where(Rep.team_id == rep.team_id, Rep.active, Rep.id != rep.id)
        .order_by(Rep.name)
    )
    return list(rows)


def _find_rep(session: Session, who: Who, rep_id: int | None) -> Rep:
    rep = session.get(Rep, rep_id) if rep_id is not None else None
    if rep is None or not who.manages(rep.team_id):
        raise NotFound("There is no such rep.")
    return rep


def _explain(wording: Wording, error: Refused) -> str:
    if isinstance(error, Reasonless):
        return wording.gettext("Give a reason, then choose.")
    if isinstance(error, NotOpen):
        return wording.gettext("This person is not open on that list any more.")
    return wording.refusal(error)
