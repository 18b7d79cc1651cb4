"""Today: a rep's list, and what comes of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.who import SIGNED_IN
from app.bootstrap import Workspace
from app.first_steps import is_new
from app.web.day_page import check_rep, draw_day, read_day, read_worker, render_day
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenPages, GivenWorkspace
from app.web.kept import look
from app.web.outcomes import (
    LONGEST_NOTE,
    Trouble,
    explain_refusal,
    explain_undo,
)
from app.web.pages import (
    PageRequest,
    answer,
    drawn_by,
    in_same_language,
    read_field,
    read_number,
    read_rep_id,
    read_wording,
    remember,
)
from app.web.reps import find_reader
from config.errors import Conflict, NotFound, Refused
from models import Rep, Team, Touch
from prospects.tuning import load_weights
from quotas.touches import record_touch, undo_limit, undo_touch


class TodayPages(Controller):
    """A rep's day, in plain forms."""

    opt = {"allow": SIGNED_IN}  # noqa: RUF012 - Litestar declares it on the instance

    @get("/", sync_to_thread=True)
    def start(self, request: PageRequest, workspace: GivenWorkspace) -> Redirect:
        """To one's own list, else to one's team, or first to who it is.

        Whoever runs a new workspace begins with its setup.
        """
        who, path = require_who(request), "/reps" if read_rep_id(request) is None else "/today"
        if who.role != "rep":
            with workspace.db.read() as session:
                teams = session.scalars(select(Team.id)).all()
                if is_new(session):
                    path = "/setup"
                elif path == "/reps" and not who.is_open and any(map(who.manages, teams)):
                    path = "/team"
        return Redirect(in_same_language(request, path), status_code=303)

    @get("/today")
    async def show(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        pages: GivenPages,
    ) -> Response[bytes] | Redirect:
        """The list of a day; without a rep, who it is."""
        rep_id, now = read_rep_id(request), clock()
        if rep_id is None:
            return Redirect(in_same_language(request, "/reps"), status_code=303)

        def draw() -> str | None:
            with workspace.db.read() as session:
                rep = find_reader(request, session)
                if rep is not None and rep.active:
                    return draw_day(request, workspace, session, rep, now)
                if "rep" in request.query_params and not require_who(request).is_open:
                    raise NotFound("There is no such rep.")
                return None

        state = await look(workspace.db.watch, request.scope)
        drawn = await pages.give(state, now, drawn_by(request), draw)
        if drawn is None:
            return Redirect(in_same_language(request, "/reps"), status_code=303)
        chosen = "rep" in request.query_params and require_who(request).is_open
        cookies = [remember("rep", str(rep_id))] if chosen else []
        return answer(request, drawn, cookies=cookies)

    @post("/touches", sync_to_thread=True)
    def record(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Record what came of a contact, then on to the next person."""
        now = clock()
        rep_id = read_worker(request)
        assignment_id = read_number(read_field(data, "assignment"))
        if assignment_id is None:
            raise NotFound("That person is not on a list.")
        try:
            with workspace.db.write() as session:
                check_rep(session, assignment_id, rep_id)
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
                return render_day(request, workspace, session, rep, now, trouble, status)
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
        return _undo(request, workspace, clock(), select(Touch).where(Touch.id == touch_id))

    @post("/touches/undo", sync_to_thread=True)
    def undo_by_key(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Take back what a form recorded, by the form's key: its answer may never have come."""
        key = read_field(data, "key", 100)
        return _undo(request, workspace, clock(), select(Touch).where(Touch.idempotency_key == key))


def _undo(
    request: PageRequest, workspace: Workspace, now: datetime, which: Select[Touch]
) -> Response[str] | Redirect:
    """Take one touch of the reader's own back; twice changes nothing."""
    rep_id = read_worker(request)
    limit = timedelta(minutes=workspace.settings.lists.undo_minutes)
    try:
        with workspace.db.write() as session:
            touch = session.scalar(which)
            if touch is None or touch.undoes_id is not None or touch.assignment_id is None:
                raise NotFound("There is no such touch.")
            touch_id, opened = touch.id, touch.assignment_id
            check_rep(session, opened, rep_id)
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
            own = undo_limit(rep.team, limit)
            text = explain_undo(read_wording(request), session.scalar(which), now, own, error)
            return render_day(request, workspace, session, rep, now, Trouble(text), 409)
    return Redirect(f"/today?undone={touch_id}&open={opened}#work", status_code=303)


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
        next_on=read_day(read_field(data, "next_on", 20)),
        activity=read_field(data, "activity", 60) or None,
        now=now,
        weights=load_weights(session, workspace.settings.warmth),
    )
    taken_back = session.scalar(select(Touch.id).where(Touch.undoes_id == touch.id))
    if taken_back is not None or touch.assignment_id != assignment_id:
        # the browser's Back button showed a form that was sent and undone before
        raise Conflict("This form was used before.")
    return touch.id
