"""Team: a manager's week at a glance, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.who import MANAGERS, Who
from app.bootstrap import Workspace
from app.web.charts import Bar, Range, Step, draw_range, draw_standing, draw_steps
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording, render
from config.errors import NotFound, Refused
from models import Rep, Team, Topic, Touch
from prospects.tuning import load_weights
from quotas.attainment import Attainment, load_attainment
from quotas.conversion import load_exchange
from quotas.exchange import Exchange
from quotas.feasibility import PartForecast, forecast_parts, read_supply
from quotas.flags import decide, load_flagged
from quotas.funnel import count_funnel
from quotas.outlook import Outlook, load_outlook
from quotas.working_time import calendar_of

_FUNNEL: Final = timedelta(days=28)
_FLAGS_SHOWN: Final = 20
_PARTS_SHOWN: Final = 8
_CALLS: Final = 250


@dataclass(frozen=True)
class RepRow:
    """One rep against pace, as a line of the table."""

    rep: Rep
    standing: Attainment | None
    outlook: Outlook | None
    bar: Bar | None


class TeamPages(Controller):
    """A manager's own teams; an admin's every team."""

    path = "/team"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """The page of one team; the address names another than the first."""
        with workspace.db.read() as session:
            return _render(request, workspace, session, clock(), {}, 200)

    @post("/flags/{touch_id:int}", sync_to_thread=True)
    def judge(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        touch_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Let a touch count, or leave it out, with a reason the rep can read."""
        who = require_who(request)
        try:
            with workspace.db.write() as session:
                touch = session.get(Touch, touch_id)
                rep = session.get(Rep, touch.rep_id) if touch is not None else None
                if rep is None or not who.manages(rep.team_id):
                    raise NotFound("There is no such touch.")
                team_id = rep.team_id
                decide(
                    session, touch_id, read_field(data, "verdict"),
                    reason=read_field(data, "reason", 400), by=who.name or "manager", now=clock(),
                    weights=load_weights(session, workspace.settings.warmth),
                )  # fmt: skip
        except NotFound:
            raise
        except Refused:
            text = read_wording(request).gettext("Give a reason, then choose.")
            with workspace.db.read() as session:
                return _render(request, workspace, session, clock(), {touch_id: text}, 400)
        return Redirect(f"/team?team={team_id}#flags", status_code=303)


def choose_team(request: PageRequest, session: Session, who: Who) -> tuple[Team, Sequence[Team]]:
    """The team asked for, else the first one this person answers for, and all of them."""
    teams = [
        team for team in session.scalars(select(Team).order_by(Team.name)) if who.manages(team.id)
    ]
    asked = read_number(request.query_params.get("team"))
    if asked is not None:
        teams_asked = [team for team in teams if team.id == asked]
        if not teams_asked:
            raise NotFound("There is no such team.")
        return teams_asked[0], teams
    if not teams:
        raise NotFound("There is no team here yet.")
    return teams[0], teams


def _render(
    request: PageRequest,
    workspace: Workspace,
    session: Session,
    now: datetime,
    slips: dict[int, str],
    status: int,
) -> Response[str]:
    who = require_who(request)
    team, teams = choose_team(request, session, who)
    wording = read_wording(request)
    calendar = calendar_of(team)
    reps = [rep for rep in team.reps if rep.active]
    rows = [_load_row(session, rep, now, rtl=wording.is_rtl) for rep in reps]
    measured = [row.standing for row in rows if row.standing is not None]
    flagged = load_flagged(session, team, open_only=True)
    context = {
        "page": "team",
        "rep": None,
        "team": team,
        "teams": teams,
        "today": calendar.today(now),
        "zone": calendar.zone,
        "now": now,
        "rows": rows,
        "counted": sum(one.counted for one in measured),
        "target": sum(one.target for one in measured),
        "ahead": sum(one.counted for one in measured) - round(sum(one.pace for one in measured)),
        "period": measured[0].period.value if measured else "",
        "outlooks": [row.outlook.projection for row in rows if row.outlook is not None],
        "behind": [row for row in rows if row.standing is not None and row.standing.ahead < 0],
        "funnel": _load_funnel(request, session, reps, now, rtl=wording.is_rtl),
        "topics": session.scalars(select(Topic).where(Topic.active).order_by(Topic.name)).all(),
        "topic_id": read_number(request.query_params.get("topic")),
        "supply": _load_supply(session, workspace, now, rtl=wording.is_rtl),
        "exchange": _load_exchange(session, workspace, team),
        "flagged": flagged[:_FLAGS_SHOWN],
        "flag_count": len(flagged),
        "slips": slips,
    }
    return render(request, "team.html", context, status=status)


def _load_row(session: Session, rep: Rep, now: datetime, *, rtl: bool) -> RepRow:
    standing = load_attainment(session, rep, now)
    if standing is None:
        return RepRow(rep, None, None, None)
    outlook = load_outlook(session, rep, standing, now)
    unfilled = sum(
        count for cause, count in outlook.missing.causes.items() if cause != "not_worked"
    )
    bar = draw_standing(
        target=standing.target, counted=standing.counted, today=standing.today,
        pace=standing.pace, unfilled=unfilled, rtl=rtl,
    )  # fmt: skip
    return RepRow(rep, standing, outlook, bar)


def _load_funnel(
    request: PageRequest, session: Session, reps: Sequence[Rep], now: datetime, *, rtl: bool
) -> list[Step]:
    steps = count_funnel(
        session, since=now - _FUNNEL, until=now, rep_ids=[rep.id for rep in reps],
        topic_id=read_number(request.query_params.get("topic")),
    )  # fmt: skip
    return draw_steps([(step.name, step.count) for step in steps], rtl=rtl)


@dataclass(frozen=True)
class SupplyRow:
    """One topic and network: who is there now and who will likely come next week."""

    part: PartForecast
    range: Range


def _load_supply(
    session: Session, workspace: Workspace, now: datetime, *, rtl: bool
) -> list[SupplyRow]:
    record = read_supply(session, now=now, settings=workspace.settings.lists)
    parts = forecast_parts(record, 1)
    most = max([1, *(part.stock for part in parts), *(part.ahead[0].high for part in parts)])
    rows = [
        SupplyRow(
            part,
            draw_range(
                part.ahead[0].low, part.ahead[0].expected, part.ahead[0].high, most, rtl=rtl
            ),
        )
        for part in parts
    ]
    return sorted(rows, key=lambda row: -row.part.ahead[0].expected)[:_PARTS_SHOWN]


def _load_exchange(session: Session, workspace: Workspace, team: Team) -> Exchange:
    return load_exchange(
        session, team, calls=_CALLS, threshold=workspace.settings.lists.threshold,
        control_only=True,
    )  # fmt: skip
