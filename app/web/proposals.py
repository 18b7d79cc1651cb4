"""Proposed targets on the Quotas page: a manager accepts one from a day on, or puts it away."""

from __future__ import annotations

from datetime import date

from litestar import Controller, Response, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import MANAGERS
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field
from config.errors import Conflict, NotFound
from models import Rep
from quotas.proposed import accept_proposal, dismiss_proposal, find_proposal


class ProposalPages(Controller):
    """Forms beside each proposal; what was decided once stays decided."""

    path = "/quotas/proposals/{number:int}"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @post("/accept", sync_to_thread=True)
    def accept(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        number: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Make it the rep's quota from the day given, or from its week on."""
        saved = None
        try:
            with workspace.db.write() as session:
                who = _check(request, session, number)
                saved = accept_proposal(
                    session, number, by=who, now=clock(), starts_on=_read_day(data),
                    threshold=workspace.settings.lists.threshold,
                ).id  # fmt: skip
        except NotFound:
            raise
        except Conflict:  # a second click: it is decided
            return Redirect("/quotas", status_code=303)
        return Redirect(f"/quotas?saved={saved}", status_code=303)

    @post("/dismiss", sync_to_thread=True)
    def dismiss(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        number: FromPath[int],
    ) -> Response[str] | Redirect:
        """Put it away; the quota stays."""
        try:
            with workspace.db.write() as session:
                who = _check(request, session, number)
                dismiss_proposal(session, number, by=who, now=clock())
        except Conflict:  # see above
            pass
        return Redirect("/quotas", status_code=303)


def _check(request: PageRequest, session: Session, number: int) -> str:
    """Who decides, if the rep is one of theirs."""
    who = require_who(request)
    rep = session.get_one(Rep, find_proposal(session, number).rep_id)
    if not who.manages(rep.team_id):
        raise NotFound("There is no such rep.")
    return who.name or "manager"


def _read_day(data: Form) -> date | None:
    text = read_field(data, "from", 20).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None  # a browser's date field sends none of these
