"""Today as a page: what it holds, and in whose name a form may be sent from it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from litestar import Response
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.web.day import Day, load_day
from app.web.door import require_who
from app.web.handover import list_receivers
from app.web.outcomes import Trouble, name_outcomes
from app.web.pages import PageRequest, answer, draw, read_rep_id, read_wording
from app.web.rows import row_drawer
from app.web.toasts import find_toast
from config.errors import NotFound, Refused
from models import CHANNELS, Assignment, Rep
from quotas.more import read_more


def render_day(
    request: PageRequest,
    workspace: Workspace,
    session: Session,
    rep: Rep,
    now: datetime,
    trouble: Trouble,
    status: int,
) -> Response[str]:
    """The page of a rep's day after a form that did nothing; ``trouble`` says why."""
    return answer(request, draw_day(request, workspace, session, rep, now, trouble), status=status)


def draw_day(
    request: PageRequest,
    workspace: Workspace,
    session: Session,
    rep: Rep,
    now: datetime,
    trouble: Trouble | None = None,
) -> str:
    """The page of a rep's day."""
    query = request.query_params if request.method == "GET" else {}
    opened = query.get("open")
    if trouble is not None and trouble.assignment_id is not None:
        opened = str(trouble.assignment_id)
    day = load_day(
        session,
        rep,
        on=_day_of_address(query.get("date")),
        now=now,
        settings=workspace.settings.lists,
        opened=opened,
        all_done=query.get("done") == "all",
    )
    wording = read_wording(request)
    may_work = require_who(request).may_work_as(rep.id)
    typed = trouble if trouble and day.open_item and _is_about(trouble, day) else None
    context = {
        "day": day,
        "rep": rep,
        "page": "today",
        "ticks": day.ticks(rtl=wording.is_rtl),
        "toast": find_toast(session, day, query),
        "trouble": trouble,
        "typed": typed,
        "may_work": may_work,
        "row": row_drawer(
            wording, day, request.app.state.rows, of="" if may_work else f"rep={rep.id}&"
        ),
        "receivers": []
        if day.is_past or may_work
        else list_receivers(session, require_who(request), rep),
        "more": None
        if day.is_past or day.listed.open_items or day.listed.built is None or not may_work
        else read_more(session, rep, day.on, workspace.settings.lists),
        "first_later": day.today + timedelta(days=1),
        "may_read_notes": require_who(request).may_read_notes(rep.id, rep.team_id),
        "outcomes": name_outcomes(wording, day),
        "channels": CHANNELS,
        "chosen": (typed.channel if typed else None) or day.usual_channel,
    }
    return draw(request, "today.html", context)


def read_worker(request: PageRequest) -> int | None:
    """The rep in whose name this browser may record: one's own, or in an open workspace any."""
    who = require_who(request)
    return read_rep_id(request) if who.is_open else who.rep_id


def _is_about(trouble: Trouble, day: Day) -> bool:
    return day.open_item is not None and day.open_item.assignment_id == trouble.assignment_id


def read_day(text: str | None) -> date | None:
    """A day from an address or a form; refuses what is none."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused("There is no such day.") from error


def _day_of_address(text: str | None) -> date | None:
    try:
        return read_day(text)
    except Refused as error:
        raise NotFound("There is no such day.") from error


def check_rep(session: Session, assignment_id: int, rep_id: int | None) -> None:
    """Refuse to work on another rep's list: the browser changed hands in another tab."""
    assignment = session.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound("That person is not on a list.")
    if assignment.rep_id != rep_id:
        raise NotFound("That person is not on your list.")
