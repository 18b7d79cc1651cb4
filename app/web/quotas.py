"""Quotas: what every rep owes, changed only after a look at what the change comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import MANAGERS
from app.bootstrap import Workspace
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording, render
from app.web.quota_form import (
    draft,
    explain,
    find_field,
    find_owner,
    key_of,
    list_activities,
    list_choices,
    list_teams,
    read_typed,
    reps_of,
)
from app.web.quota_rows import load_rows, load_shared
from config.errors import NotFound, Refused
from models import Quota, Rep, Team
from quotas.conversion import convert_quota, load_exchange
from quotas.exchange import Exchange
from quotas.history import load_spans
from quotas.periods import Period
from quotas.preview import DraftEffect, ListedCost, load_cost, preview_drafts
from quotas.proposed import list_proposals
from quotas.setting import first_day, stop_quota
from quotas.templates import TEMPLATES
from quotas.working_time import calendar_of

_EVER: Final = date(2000, 1, 1)
_FAR: Final = date(2999, 1, 1)
_PREVIEWED: Final = 8
#: Calls held against engaged contacts where only the rate matters.
_CALLS: Final = 250


@dataclass(frozen=True)
class Preview:
    """What the typed quota comes to, or why it cannot be."""

    key: str
    drafts: tuple[Quota, ...] = ()
    effects: tuple[DraftEffect, ...] = ()
    left_out: int = 0
    cost: ListedCost | None = None
    slip: str = ""
    field: str = ""  # which field the slip is about


class QuotaPages(Controller):
    """What a manager's own teams owe; an admin's every team."""

    path = "/quotas"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """Every rep's quotas, and the form to change them."""
        with workspace.db.read() as session:
            return _render(request, workspace, session, clock(), {}, None, 200)

    @post("/preview", sync_to_thread=True, status_code=200)
    def preview(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str]:
        """The same page with what the typed quota would come to; nothing is stored."""
        now = clock()
        with workspace.db.read() as session:
            shown = preview_typed(request, workspace, session, data, now)
            return _render(
                request, workspace, session, now, data, shown, 400 if shown.slip else 200
            )

    @post(sync_to_thread=True)
    def save(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Store what was typed, from its first day on."""
        now, who, typed = clock(), require_who(request), read_typed(data)
        try:
            with workspace.db.write() as session:
                owner = find_owner(session, who, typed["whose"])
                rows = draft(
                    session, owner, typed, threshold=workspace.settings.lists.threshold, now=now
                )
                session.add_all(rows)
                session.flush()
                saved = next(row.id for row in reversed(rows) if not row.stops)
        except NotFound:
            raise
        except Refused as error:
            slip = _refuse(request, typed, error)
            with workspace.db.read() as session:
                return _render(request, workspace, session, now, data, slip, 400)
        return Redirect(f"/quotas?saved={saved}", status_code=303)

    @post("/stop", sync_to_thread=True)
    def stop(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """End one owner's own quota of an activity from today on."""
        now, who = clock(), require_who(request)
        try:
            with workspace.db.write() as session:
                owner = find_owner(session, who, read_field(data, "whose", 100))
                stop_quota(
                    session, owner, activity=read_field(data, "activity", 60),
                    starts_on=first_day(session, owner, now), now=now,
                )  # fmt: skip
        except NotFound:
            raise
        except Refused as error:
            slip = Preview("", slip=explain(read_wording(request), error))
            with workspace.db.read() as session:
                return _render(request, workspace, session, now, {}, slip, 400)
        return Redirect("/quotas", status_code=303)

    @get("/reps/{rep_id:int}", sync_to_thread=True)
    def history(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        rep_id: FromPath[int],
    ) -> Response[str]:
        """What counted for one rep when, and where each target came from."""
        now = clock()
        with workspace.db.read() as session:
            rep = _find_rep(request, session, rep_id)
            spans = [
                span
                for of_one in load_spans(session, [rep], _EVER, _FAR)[rep.id].values()
                for span in reversed(of_one)
            ]
            context = {
                "page": "quotas",
                "rep": None,
                "of": rep,
                "spans": spans,
                "ever": _EVER,
                "far": _FAR,
                "today": calendar_of(rep).today(now),
                "zone": calendar_of(rep).zone,
                "key_of": key_of,
            }
            return render(request, "quota-history.html", context)

    @post("/reps/{rep_id:int}/convert", sync_to_thread=True)
    def convert(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        rep_id: FromPath[int],
    ) -> Response[str] | Redirect:
        """Turn a rep's quota of calls into engaged contacts by the team's own rate."""
        now, who = clock(), require_who(request)
        try:
            with workspace.db.write() as session:
                rep = _find_rep(request, session, rep_id)
                convert_quota(
                    session, rep, threshold=workspace.settings.lists.threshold,
                    starts_on=calendar_of(rep).today(now), by=who.name or "manager", now=now,
                )  # fmt: skip
        except NotFound:
            raise
        except Refused as error:
            slip = Preview("", slip=explain(read_wording(request), error))
            with workspace.db.read() as session:
                return _render(request, workspace, session, now, {}, slip, 400)
        return Redirect(f"/quotas/reps/{rep_id}", status_code=303)


def _find_rep(request: PageRequest, session: Session, rep_id: int) -> Rep:
    rep = session.get(Rep, rep_id)
    if rep is None or not require_who(request).manages(rep.team_id):
        raise NotFound("There is no such rep.")
    return rep


def preview_typed(
    request: PageRequest,
    workspace: Workspace,
    session: Session,
    data: Mapping[str, Any],
    now: datetime,
) -> Preview:
    """What the typed quota comes to, or why it cannot be; nothing is stored."""
    typed, settings = read_typed(data), workspace.settings.lists
    owner = find_owner(session, require_who(request), typed["whose"])
    try:
        drafts = draft(session, owner, typed, threshold=settings.threshold, now=now)
    except Refused as error:
        return _refuse(request, typed, error)
    reps = reps_of(owner)
    effects = preview_drafts(session, reps[:_PREVIEWED], drafts, now=now, settings=settings)
    return Preview(
        typed["whose"], tuple(drafts), tuple(effects), max(0, len(reps) - _PREVIEWED),
        load_cost(session, now),
    )  # fmt: skip


def _refuse(request: PageRequest, typed: Mapping[str, str], error: Refused) -> Preview:
    slip = explain(read_wording(request), error)
    return Preview(typed["whose"], slip=slip, field=find_field(error, typed))


def _render(
    request: PageRequest,
    workspace: Workspace,
    session: Session,
    now: datetime,
    data: Mapping[str, Any],
    preview: Preview | None,
    status: int,
) -> Response[str]:
    who = require_who(request)
    teams = list_teams(session, who)
    rows = [(team, load_rows(session, team, now)) for team in teams]
    reps = {row.rep.id for _, of_team in rows for row in of_team}
    bare = {row.rep.id for _, of_team in rows for row in of_team if row.quota is None}
    typed = read_typed(data)
    context = {
        "page": "quotas",
        "rep": None,
        "rows": rows,
        "many": load_shared(session, teams, now),
        "proposed": [
            (team, found) for team in teams if (found := list_proposals(session, team, now))
        ],
        "rates": {team.id: rate for team in teams if (rate := _rate(workspace, session, team))},
        "rep_count": len(reps),
        "with_quota": len(reps) - len(bare),
        "choices": list_choices(teams),
        "activities": list_activities(session),
        "periods": [period.value for period in Period],
        "templates": TEMPLATES,
        "typed": typed,
        "preview": preview,
        "usual": workspace.settings.lists.threshold,
        "saved": _find_saved(request, session),
        "today": min((calendar_of(team).today(now) for team in teams), default=now.date()),
    }
    return render(request, "quotas.html", context, status=status)


def _rate(workspace: Workspace, session: Session, team: Team) -> Exchange | None:
    rate = load_exchange(
        session, team, calls=_CALLS, threshold=workspace.settings.lists.threshold,
        control_only=True,
    )  # fmt: skip
    return rate if rate.enough else None


def _find_saved(request: PageRequest, session: Session) -> tuple[str, Quota] | None:
    """The quota saved just before, with whose it is."""
    row_id = read_number(request.query_params.get("saved"))
    quota = session.get(Quota, row_id) if row_id is not None else None
    if quota is None:
        return None
    try:
        return find_owner(session, require_who(request), key_of(quota)).name, quota
    except NotFound:
        return None
