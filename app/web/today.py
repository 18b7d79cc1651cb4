"""Today: a rep's list, and what comes of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.who import SIGNED_IN
from app.bootstrap import Workspace
from app.web.day import Day, load_day
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.outcomes import (
    LONGEST_NOTE,
    Trouble,
    explain_refusal,
    explain_undo,
    find_toast,
    name_outcomes,
)
from app.web.pages import (
    PageRequest,
    read_field,
    read_number,
    read_rep_id,
    read_wording,
    remember,
    render,
)
from app.web.reps import find_reader
from config.errors import Conflict, NotFound, Refused
from models import CHANNELS, Assignment, Rep, Touch
from prospects.tuning import load_weights
from quotas.touches import record_touch, undo_touch


class TodayPages(Controller):
    """A rep's day, in plain forms."""

    opt = {"allow": SIGNED_IN}  # noqa: RUF012 - Litestar declares it on the instance

    @get("/", sync_to_thread=False)
    def start(self, request: PageRequest) -> Redirect:
        """To the rep's list, or first to who it is."""
        return Redirect("/today" if read_rep_id(request) is not None else "/reps", status_code=303)

    @get("/today", sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str] | Redirect:
        """The list of a day; without a rep, who it is."""
        rep_id = read_rep_id(request)
        if rep_id is None:
            return Redirect("/reps", status_code=303)
        with workspace.db.read() as session:
            rep = find_reader(request, session)
            if rep is None or not rep.active:
                if "rep" in request.query_params and not require_who(request).is_open:
                    raise NotFound("There is no such rep.")
                return Redirect("/reps", status_code=303)
            return _render_day(request, workspace, session, rep, clock())

    @post("/touches", sync_to_thread=True)
    def record(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Record what came of a contact, then on to the next person."""
        now = clock()
        rep_id = _read_worker(request)
        assignment_id = read_number(read_field(data, "assignment"))
        if assignment_id is None:
            raise NotFound("That person is not on a list.")
        try:
            with workspace.db.write() as session:
                _check_rep(session, assignment_id, rep_id)
                touch_id = _record(session, assignment_id, data, now, workspace)
        except Refused as error:
            if isinstance(error, NotFound) or rep_id is None:
                raise
            with workspace.db.read() as session:
                rep = session.get(Rep, rep_id)
                if rep is None:
                    raise
                trouble = explain_refusal(
                    session, read_wording(request), error, assignment_id, data
                )
                status = 409 if isinstance(error, Conflict) else 400
                return _render_day(request, workspace, session, rep, now, trouble, status)
        return Redirect(f"/today?recorded={touch_id}#work", status_code=303)

    @post("/touches/{touch_id:int}/undo", sync_to_thread=True)
    def undo(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        touch_id: FromPath[int],
    ) -> Response[str] | Redirect:
        """Take a touch back; its person is open again."""
        now = clock()
        rep_id = _read_worker(request)
        limit = timedelta(minutes=workspace.settings.lists.undo_minutes)
        try:
            with workspace.db.write() as session:
                touch = session.get(Touch, touch_id)
                if touch is None or touch.undoes_id is not None or touch.assignment_id is None:
                    raise NotFound("There is no such touch.")
                opened = touch.assignment_id
                _check_rep(session, opened, rep_id)
                undo_touch(
                    session,
                    touch_id,
                    now=now,
                    limit=limit,
                    weights=load_weights(session, workspace.settings.warmth),
                )
        except Conflict as error:
            with workspace.db.read() as session:
                rep = session.get(Rep, rep_id) if rep_id is not None else None
                if rep is None:
                    raise
                touch = session.get(Touch, touch_id)
                trouble = Trouble(explain_undo(read_wording(request), touch, now, limit, error))
                return _render_day(request, workspace, session, rep, now, trouble, 409)
        return Redirect(f"/today?undone={touch_id}&open={opened}#work", status_code=303)


def _render_day(
    request: PageRequest,
    workspace: Workspace,
    session: Session,
    rep: Rep,
    now: datetime,
    trouble: Trouble | None = None,
    status: int = 200,
) -> Response[str]:
    query = request.query_params if request.method == "GET" else {}
    opened = query.get("open")
    if trouble is not None and trouble.assignment_id is not None:
        opened = str(trouble.assignment_id)
    day = load_day(
        session,
        rep,
        on=_read_date(query.get("date")),
        now=now,
        settings=workspace.settings.lists,
        opened=opened,
        all_done=query.get("done") == "all",
    )
    wording = read_wording(request)
    typed = trouble if trouble and day.open_item and _is_about(trouble, day) else None
    context = {
        "day": day,
        "rep": rep,
        "page": "today",
        "ticks": day.ticks(rtl=wording.is_rtl),
        "toast": find_toast(session, day, query),
        "trouble": trouble,
        "typed": typed,
        "key": uuid.uuid4().hex,
        "may_work": require_who(request).may_work_as(rep.id),
        "may_read_notes": require_who(request).may_read_notes(rep.id, rep.team_id),
        "outcomes": name_outcomes(wording, day),
        "channels": CHANNELS,
        "chosen": (typed.channel if typed else None) or day.usual_channel,
    }
    is_open = require_who(request).is_open
    cookies = [remember("rep", str(rep.id))] if "rep" in query and is_open else []
    return render(request, "today.html", context, status=status, cookies=cookies)


def _read_worker(request: PageRequest) -> int | None:
    """The rep in whose name this browser may record: one's own, or in an open workspace any."""
    who = require_who(request)
    return read_rep_id(request) if who.is_open else who.rep_id


def _is_about(trouble: Trouble, day: Day) -> bool:
    return day.open_item is not None and day.open_item.assignment_id == trouble.assignment_id


def _read_date(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFound("There is no such day.") from error


def _check_rep(session: Session, assignment_id: int, rep_id: int | None) -> None:
    """Refuse to work on another rep's list: the browser changed hands in another tab."""
    assignment = session.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound("That person is not on a list.")
    if assignment.rep_id != rep_id:
        raise NotFound("That person is not on your list.")


def _record(
    session: Session,
    assignment_id: int,
    data: Mapping[str, Any],
    now: datetime,
    workspace: Workspace,
) -> int:
    touch = record_touch(
        session,
        assignment_id,
        channel=read_field(data, "channel"),
        disposition=read_field(data, "disposition"),
        idempotency_key=read_field(data, "key", 100) or uuid.uuid4().hex,
        note=read_field(data, "note", LONGEST_NOTE).strip(),
        now=now,
        weights=load_weights(session, workspace.settings.warmth),
    )
    taken_back = session.scalar(select(Touch.id).where(Touch.undoes_id == touch.id))
    if taken_back is not None or touch.assignment_id != assignment_id:
        # the browser's Back button showed a form that was sent and undone before
        raise Conflict("This form was used before.")
    return touch.id
