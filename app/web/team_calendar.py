"""A team's calendar: who works when, leave, part-time, ramps and holidays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import MANAGERS
from app.bootstrap import Workspace
from app.web.calendar_form import explain, read_day, read_minutes, read_percent, read_time
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording, render
from app.web.staff_log import note_change
from app.web.team import choose_team
from config.errors import NotFound, Refused
from models import Leave, Rep, Team
from quotas.calendars import WEEKDAYS, days_of
from quotas.staff import change_team
from quotas.touches import set_undo_limit
from quotas.working_time import (
    add_holiday,
    add_leave,
    calendar_of,
    holiday_names,
    set_country,
    set_hours,
    set_ramp,
    set_working_time,
    withdraw_leave,
)

_DAYS: Final = 14
#: The field that a refusal is about, by its kind; the first that the form has.
_AT: Final = {
    "not_a_date": ("day", "from"),
    "ends_before": ("to",),
    "unknown_country": ("country",),
    "bad_ramp": ("percents",),
    "bad_share": ("percent", "percents"),
    "bad_words": ("name", "reason"),
    "bad_weekday": ("first_weekday",),
}
_HOLIDAYS_SHOWN: Final = 12


@dataclass(frozen=True)
class _Slip:
    """Which form was refused, why, at which of its fields, and what was typed in all of them."""

    about: str = ""
    text: str = ""
    fault: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def at(self) -> str:
        """The name of the field that is wrong; empty where it is none in particular."""
        return next((name for name in _AT.get(self.fault, ()) if name in self.typed), "")


class TeamCalendarPages(Controller):
    """Working time of a manager's own teams."""

    path = "/team/calendar"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """The next two weeks, the leave entered, and forms to change either."""
        with workspace.db.read() as session:
            team, _ = choose_team(request, session, require_who(request))
            return _render(request, session, team, clock(), _Slip(), 200)

    @post("/reps/{rep_id:int}/{about:str}", sync_to_thread=True)
    def change(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        rep_id: FromPath[int],
        about: FromPath[str],
        data: Form,
    ) -> Response[str] | Redirect:
        """Enter leave or take it back, part-time, or a ramp, of one rep."""
        return self._change_rep(request, workspace, clock(), rep_id, about, data)

    @post("/reps/{about:str}", sync_to_thread=True)
    def change_chosen(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        about: FromPath[str],
        data: Form,
    ) -> Response[str] | Redirect:
        """The same for the rep that the form names."""
        rep_id = read_number(read_field(data, "rep")) or 0
        return self._change_rep(request, workspace, clock(), rep_id, about, data)

    @post("/teams/{team_id:int}/holidays", sync_to_thread=True)
    def holidays(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        team_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Keep a country's public holidays, or add a day off of the team's own."""
        now = clock()

        def change(session: Session) -> Team:
            team = _find_team(session, request, team_id)
            if read_field(data, "name") or read_field(data, "day"):
                day = read_day(read_field(data, "day", 20))
                add_holiday(session, team, day, name=read_field(data, "name", 200), now=now)
            else:
                country = read_field(data, "country", 10).strip()
                part = read_field(data, "subdivision", 10)
                set_country(session, team, country or None, part or None, now=now)
            return team

        about = "off" if "day" in data else "holidays"
        return _answer(request, workspace, now, about, change, data)

    @post("/teams/{team_id:int}/day", sync_to_thread=True)
    def day(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        team_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Other working hours, from today on, and how long contacts may be undone."""
        now = clock()

        def change(session: Session) -> Team:
            team = _find_team(session, request, team_id)
            opens, closes = (read_time(read_field(data, name, 8)) for name in ("opens", "closes"))
            set_hours(session, team, opens, closes, now=now)
            minutes = read_field(data, "undo", 10).strip()
            set_undo_limit(session, team, read_minutes(minutes) if minutes else None)
            note_change(session, request, "team_change", team, now)
            return team

        return _answer(request, workspace, now, "day", change, data)

    @post("/teams/{team_id:int}/week", sync_to_thread=True)
    def week(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        team_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Another first day of the week; weeks gone by stay as they were counted."""
        now = clock()

        def change(session: Session) -> Team:
            team = _find_team(session, request, team_id)
            change_team(
                session, team, name=team.name, time_zone=team.time_zone,
                first_weekday=read_field(data, "first_weekday", 20),
                weekend=[WEEKDAYS[day] for day in team.weekend], language=team.language, now=now,
            )  # fmt: skip
            note_change(session, request, "team_change", team, now)
            return team

        return _answer(request, workspace, now, "week", change, data)

    def _change_rep(
        self,
        request: PageRequest,
        workspace: Workspace,
        now: datetime,
        rep_id: int,
        about: str,
        data: Mapping[str, Any],
    ) -> Response[str] | Redirect:
        change_one = _CHANGES.get(about)
        if change_one is None:
            raise NotFound("There is nothing at this address.")

        def change(session: Session) -> Team:
            rep = session.get(Rep, rep_id)
            if rep is None or not require_who(request).manages(rep.team_id):
                raise NotFound("There is no such rep.")
            change_one(session, rep, data, now)
            return rep.team

        return _answer(request, workspace, now, about, change, data)


def _find_team(session: Session, request: PageRequest, team_id: int) -> Team:
    team = session.get(Team, team_id)
    if team is None or not require_who(request).manages(team.id):
        raise NotFound("There is no such team.")
    return team


def _answer(
    request: PageRequest,
    workspace: Workspace,
    now: datetime,
    about: str,
    change: Callable[[Session], Team],
    data: Mapping[str, Any],
) -> Response[str] | Redirect:
    """Do it and show the calendar; what is refused is told beside its form, with what was typed."""
    try:
        with workspace.db.write() as session:
            team_id = change(session).id
    except NotFound:
        raise
    except Refused as error:
        typed = {name: read_field(data, name, 800) for name in data}
        slip = _Slip(about, explain(read_wording(request), error), error.fault, typed)
        with workspace.db.read() as session:
            team, _ = choose_team(request, session, require_who(request))
            return _render(request, session, team, now, slip, 400)
    return Redirect(f"/team/calendar?team={team_id}", status_code=303)


def _leave(session: Session, rep: Rep, data: Mapping[str, Any], now: datetime) -> None:
    first = read_day(read_field(data, "from", 20))
    last = read_field(data, "to", 20)
    add_leave(
        session, rep, starts_on=first,
        ends_on=(read_day(last) if last else first) + timedelta(days=1),
        percent=read_percent(read_field(data, "percent")),
        reason=read_field(data, "reason", 200) or "leave", now=now,
    )  # fmt: skip


def _withdraw(session: Session, rep: Rep, data: Mapping[str, Any], now: datetime) -> None:
    withdraw_leave(session, rep, read_number(read_field(data, "leave")) or 0, now=now)


def _works(session: Session, rep: Rep, data: Mapping[str, Any], now: datetime) -> None:
    weekdays = [day for day in range(7) if f"day{day}" in data]
    since = read_field(data, "from", 20)
    set_working_time(
        session, rep, starts_on=read_day(since) if since else calendar_of(rep).today(now),
        weekdays=weekdays or None, percent=read_percent(read_field(data, "percent")), now=now,
    )  # fmt: skip


def _ramp(session: Session, rep: Rep, data: Mapping[str, Any], now: datetime) -> None:
    since = read_field(data, "from", 20)
    percents = read_field(data, "percents", 800).replace("%", " ").replace(",", " ").split()
    set_ramp(
        session, rep, starts_on=read_day(since) if since else calendar_of(rep).today(now),
        percents=[read_percent(one) for one in percents], now=now,
    )  # fmt: skip


_CHANGES: Final = {"leave": _leave, "withdraw": _withdraw, "works": _works, "ramp": _ramp}


def _render(
    request: PageRequest, session: Session, team: Team, now: datetime, slip: _Slip, status: int
) -> Response[str]:
    _, teams = choose_team(request, session, require_who(request))
    calendar = calendar_of(team)
    today = calendar.today(now)
    days = days_of(today, today + timedelta(days=_DAYS))
    reps = sorted((rep for rep in team.reps if rep.active), key=lambda rep: rep.name)
    calendars = {rep.id: calendar_of(rep) for rep in reps}
    leave: list[tuple[Rep, Leave, date]] = [
        (rep, row, row.ends_on - timedelta(days=1))
        for rep in reps
        for row in rep.leaves
        if row.withdrawn_at is None and row.ends_on > today
    ]
    names = dict(holiday_names(team, read_wording(request).language))
    names |= {row.held_on: row.name for row in team.holidays if not row.works}
    coming = sorted(day for day in calendar.holidays if day >= today)
    context = {
        "page": "team",
        "rep": None,
        "team": team,
        "teams": teams,
        "today": today,
        "days": days,
        "reps": reps,
        "worked": {
            rep.id: [(day, calendars[rep.id].worked_percent(day)) for day in days] for rep in reps
        },
        "ramps": {
            rep.id: calendars[rep.id].ramp_percent(today)
            for rep in reps
            if calendars[rep.id].ramp_percent(today) != 100
        },
        "away": sum(
            calendar.is_working(today) and not calendars[rep.id].is_working(today) for rep in reps
        ),
        "leave": sorted(leave, key=lambda one: one[1].starts_on),
        "holidays": [(day, names.get(day, "")) for day in coming[:_HOLIDAYS_SHOWN]],
        # any week will do: the form needs the names of its days
        "weekdays": [date(2024, 1, 1) + timedelta(days=(team.first_weekday + n) % 7)
                     for n in range(7)],
        "day_codes": WEEKDAYS,
        "begins": calendar.changes_on(now),
        "slip": slip,
    }  # fmt: skip
    return render(request, "team-calendar.html", context, status=status)
