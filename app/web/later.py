"""What a rep does with somebody on the list besides a contact: put off, hand back, and not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from litestar import Controller, Response, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import SIGNED_IN
from app.bootstrap import Workspace
from app.web.day_page import check_rep, read_day, read_worker, render_day
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.outcomes import Trouble
from app.web.pages import PageRequest, read_field, read_wording
from app.wording import Wording
from config.errors import Conflict, NotFound, Refused
from models import Assignment, Rep
from quotas.handover import hand_back, take_back
from quotas.later import last_day, put_off, take_up


class LaterPages(Controller):
    """Forms beside the outcomes; each has its way back."""

    path = "/assignments/{assignment_id:int}"
    opt = {"allow": SIGNED_IN}  # noqa: RUF012 - Litestar declares it on the instance

    @post("/later", sync_to_thread=True)
    def put_off(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        assignment_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Not today: back on a later day."""
        now, until = clock(), read_field(data, "until", 20) or read_field(data, "day", 20)

        def change(session: Session) -> None:
            on = read_day(until)
            if on is None:
                raise Refused("There is no such day.")
            put_off(session, assignment_id, on, now=now, settings=workspace.settings.lists)

        return _change(request, workspace, now, assignment_id, change, f"later={assignment_id}")

    @post("/later/undo", sync_to_thread=True)
    def take_up(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        assignment_id: FromPath[int],
    ) -> Response[str] | Redirect:
        """Today after all."""

        def change(session: Session) -> None:
            take_up(session, assignment_id)

        done = f"taken={assignment_id}&open={assignment_id}"
        return _change(request, workspace, clock(), assignment_id, change, done)

    @post("/hand-back", sync_to_thread=True)
    def hand_back(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        assignment_id: FromPath[int],
    ) -> Response[str] | Redirect:
        """Give somebody back to the pool."""
        now = clock()

        def change(session: Session) -> None:
            hand_back(session, assignment_id, now=now)

        return _change(request, workspace, now, assignment_id, change, f"handed={assignment_id}")

    @post("/hand-back/undo", sync_to_thread=True)
    def take_back(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        assignment_id: FromPath[int],
    ) -> Response[str] | Redirect:
        """Keep them after all, if nobody else has them by now."""
        now, limit = clock(), timedelta(minutes=workspace.settings.lists.undo_minutes)

        def change(session: Session) -> None:
            take_back(session, assignment_id, now=now, limit=limit)

        done = f"taken={assignment_id}&open={assignment_id}"
        return _change(request, workspace, now, assignment_id, change, done)


def _change(
    request: PageRequest,
    workspace: Workspace,
    now: datetime,
    assignment_id: int,
    change: Callable[[Session], None],
    done: str,
) -> Response[str] | Redirect:
    """Do it and show the list; where it cannot be done, the list says why."""
    rep_id = read_worker(request)
    try:
        with workspace.db.write() as session:
            check_rep(session, assignment_id, rep_id)
            change(session)
    except Refused as error:
        if isinstance(error, NotFound) or rep_id is None:
            raise
        with workspace.db.read() as session:
            rep = session.get_one(Rep, rep_id)
            assignment = session.get_one(Assignment, assignment_id)
            text = _explain(session, read_wording(request), error, assignment, now, workspace)
            trouble = Trouble(text, assignment_id if assignment.closed_at is None else None)
            status = 409 if isinstance(error, Conflict) else 400
            return render_day(request, workspace, session, rep, now, trouble, status)
    return Redirect(f"/today?{done}#work", status_code=303)


def _explain(
    session: Session,
    wording: Wording,
    error: Refused,
    assignment: Assignment,
    now: datetime,
    workspace: Workspace,
) -> str:
    _ = wording.gettext
    if not isinstance(error, Conflict):
        last = last_day(session, assignment, workspace.settings.lists)
        if last <= now.date():
            return _("They waited as long as anybody may. Contact them, or hand them back.")
        return _("Choose a day after today and up to %(day)s.") % {"day": wording.full_day(last)}
    if assignment.closed_reason == "handed_back":
        return _("They cannot be taken back: somebody else has them, or it was too long ago.")
    return _("This person is no longer on your list. Nothing was changed.")
