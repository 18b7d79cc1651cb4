"""What every page of the first steps shares: where somebody stands, and the page around a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import Who
from app.first_steps import OF_ADMINS, STEPS, find_own_teams, read_way
from app.web.door import require_who
from app.web.pages import PageRequest, read_field, read_number, render
from config.errors import NotFound
from models import Team


def go_on(session: Session, who: Who, after: str | None = None) -> Redirect:
    """To the first step that waits, those behind ``after`` before those passed by."""
    way = read_way(session, who)
    step = way.next_step(who)
    if after is not None and step is not None:
        later = STEPS[STEPS.index(after) + 1 :]
        waiting = [one for one in later if one not in way.done and one not in way.skipped]
        step = next((one for one in waiting if is_theirs(one, who)), step)
    return Redirect(f"/setup/{step or 'list'}", status_code=303)


def is_theirs(step: str, who: Who) -> bool:
    """Whether this person may take the step."""
    return step not in OF_ADMINS or who.role == "admin"


def find_team(session: Session, who: Who, data: Mapping[str, Any]) -> Team | None:
    """The team a form names, else the first one; what others answer for is not there."""
    teams = find_own_teams(session, who)
    asked = read_field(data, "team", 30)
    if asked:
        found = next((team for team in teams if team.id == read_number(asked)), None)
        if found is None:
            raise NotFound("There is no such team.")
        return found
    return teams[0] if teams else None


def render_step(
    request: PageRequest,
    session: Session,
    step: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> Response[str]:
    """A step's page with the way around it."""
    who = require_who(request)
    way = read_way(session, who)
    around = {
        "page": "setup",
        "rep": None,
        "step": step,
        "number": STEPS.index(step) + 1 if step in STEPS else None,
        "steps": [(one, one in way.done, one in way.skipped, is_theirs(one, who)) for one in STEPS],
        "way": way,
    }
    return render(request, f"setup-{step}.html", around | dict(context), status=status)
