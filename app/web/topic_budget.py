"""How polls and money are best spent over keywords and networks, as a page."""

from __future__ import annotations

from litestar import Controller, Response, get, post
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import MANAGERS
from app.bootstrap import Workspace
from app.budgets import make_proposal, switch_off, switch_on
from app.web.door import require_who
from app.web.given import Clock, Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_wording, render
from app.web.reps import find_reader
from app.web.topic_page import zone_of
from app.web.topic_words import explain_topic
from config.errors import Refused
from signals.budgets import newest_plan


class BudgetPages(Controller):
    """The proposal for a day, and whether collections keep to it."""

    path = "/topics/budget"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """What is proposed for today."""
        with workspace.db.read() as session:
            return _render(request, session, workspace, clock)

    @post(sync_to_thread=True)
    def switch(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Keep to the proposal from now on, or to none; with a reason."""
        now, author, reason = clock(), require_who(request).name, read_field(data, "reason")
        try:
            with workspace.db.write() as session:
                if read_field(data, "do") == "on":
                    proposal = make_proposal(session, workspace, now=now)
                    switch_on(session, proposal, author=author, reason=reason, now=now)
                else:
                    switch_off(session, author=author, reason=reason, now=now)
        except Refused as error:
            mistake = explain_topic(read_wording(request), error)
            with workspace.db.read() as session:
                return _render(request, session, workspace, clock, mistake=mistake)
        return Redirect("/topics/budget", status_code=303)


def _render(
    request: PageRequest, session: Session, workspace: Workspace, clock: Clock, *, mistake: str = ""
) -> Response[str]:
    rep = find_reader(request, session)
    context = {
        "page": "topics",
        "rep": rep,
        "proposal": make_proposal(session, workspace, now=clock()),
        "plan": newest_plan(session),
        "mistake": mistake,
        "now": clock(),
        "zone": zone_of(rep),
    }
    return render(request, "topic-budget.html", context, status=400 if mistake else 200)
