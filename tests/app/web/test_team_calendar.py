"""What a manager decides about people and their time: leave, ramps, holidays, handing over."""

from __future__ import annotations

from datetime import date, time, timedelta

from sqlalchemy import select

from app.bootstrap import Workspace
from models import Assignment, Reassignment, Rep, Team
from quotas.periods import Period
from quotas.touches import undo_limit
from quotas.working_time import calendar_of
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import TODAY

_HERE = "/team/calendar"


def _works(workspace: Workspace, rep_id: int, on: date) -> tuple[int, int]:
    with workspace.db.read() as session:
        calendar = calendar_of(session.get_one(Rep, rep_id))
        return calendar.worked_percent(on), calendar.ramp_percent(on)


def test_leave_is_entered_shown_and_taken_back(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    assert "Nobody is away today" in browser.open(_HERE).text
    page = browser.send(
        f"{_HERE}/reps/leave", rep=str(rep_id), to="2026-11-26", reason="holiday",
        **{"from": "2026-11-25"},
    ).text  # fmt: skip
    assert "1 rep is away today" in page
    assert "holiday" in page
    assert _works(workspace, rep_id, TODAY) == (0, 100)
    page = browser.send(f"{_HERE}/reps/{rep_id}/withdraw", leave="1").text
    assert "Nobody is away today" in page
    assert _works(workspace, rep_id, TODAY) == (100, 100)


def test_part_time_and_a_ramp_change_what_a_day_is(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    browser.open(_HERE)
    browser.send(f"{_HERE}/reps/works", rep=str(rep_id), day2="yes", percent="50")
    page = browser.send(f"{_HERE}/reps/ramp", rep=str(rep_id), percents="20 40 % 60").text
    assert "owes 20" in page
    assert _works(workspace, rep_id, TODAY) == (50, 20)
    assert _works(workspace, rep_id, date(2026, 11, 26)) == (0, 20)


def test_holidays_of_a_country_and_of_ones_own(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    browser.open(_HERE)
    page = browser.send(f"{_HERE}/teams/1/holidays", country="us", subdivision="").text
    assert "Thanksgiving" in page
    page = browser.send(f"{_HERE}/teams/1/holidays", day="2026-11-27", name="Team day").text
    assert "Team day" in page
    assert _works(workspace, rep_id, date(2026, 11, 26))[0] == 0
    assert _works(workspace, rep_id, date(2026, 11, 27))[0] == 0


def test_a_manager_lets_the_week_begin_on_another_day(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    browser.open(_HERE)
    assert "when this week is over" in browser.page
    page = browser.send(f"{_HERE}/teams/1/week", first_weekday="sunday").text
    assert "The new time zone and week begin on 30 November" in page
    with workspace.db.read() as session:
        calendar = calendar_of(session.get_one(Rep, rep_id))
        days = [date(2026, 11, 29), date(2026, 11, 30), date(2026, 12, 6)]
        starts = [calendar.bounds(Period.WEEK, day)[0] for day in days]
        assert starts == [date(2026, 11, 23), date(2026, 11, 30), date(2026, 12, 6)]
    assert browser.send(f"{_HERE}/teams/1/week", first_weekday="someday").status_code == 400


def test_a_manager_sets_the_working_day_and_how_long_contacts_may_be_undone(
    browser: Browser, workspace: Workspace
) -> None:
    browser.open(_HERE)
    browser.send(f"{_HERE}/teams/1/day", opens="08:00", closes="18:30", undo="٩٠")
    assert 'value="18:30"' in browser.page
    with workspace.db.read() as session:
        team = session.get_one(Team, 1)
        assert (team.opens, team.closes, team.undo_minutes) == (time(8), time(18, 30), 90)
        assert undo_limit(team, timedelta(days=1)) == timedelta(minutes=90)
    for wrong, says in (
        ({"opens": "9 o'clock"}, "not a time of day"), ({"opens": "19:00"}, "before it begins"),
        ({"undo": "soon"}, "not a number"), ({"undo": "99999"}, "not usable"),
    ):  # fmt: skip
        browser.open(_HERE)
        asked = {"opens": "08:00", "closes": "18:30", "undo": ""} | wrong
        answer = browser.send(f"{_HERE}/teams/1/day", **asked)
        assert answer.status_code == 400
        assert says in answer.text


def test_holidays_are_named_in_the_readers_language_where_it_is_known(browser: Browser) -> None:
    browser.open(_HERE)
    browser.send(f"{_HERE}/teams/1/holidays", country="sa", subdivision="")
    assert "اليوم الوطني" in browser.open(f"{_HERE}?lang=ar").text
    assert "National Day" in browser.open(f"{_HERE}?lang=en").text


def test_what_is_refused_is_said_beside_the_form(browser: Browser, rep_id: int) -> None:
    rep = str(rep_id)
    for path, fields, says in (
        ("reps/leave", {"rep": rep, "from": "soon"}, "is not a date"),
        ("reps/leave", {"rep": rep, "from": "2026-11-25", "to": "2026-11-01"}, "before the first"),
        ("reps/leave", {"rep": rep, "from": "2026-11-25", "percent": "400"}, "at most 100"),
        ("reps/works", {"rep": rep, "percent": "half"}, "at most 100"),
        ("reps/ramp", {"rep": rep, "percents": "20 900"}, "such as 20 40 60 80"),
        ("teams/1/holidays", {"country": "QQ"}, "not known"),
    ):
        browser.open(_HERE)
        answer = browser.send(f"{_HERE}/{path}", **fields)
        assert answer.status_code == 400, fields
        assert says in answer.text
        assert 'aria-describedby="slip"' in answer.text
        for value in fields.values():  # what was typed stays
            assert f'value="{value}"' in answer.text, fields
    browser.open(_HERE)
    assert browser.send(f"{_HERE}/reps/nothing", rep=rep).status_code == 404


def test_an_open_prospect_is_given_to_another_rep_with_a_reason(
    browser: Browser, workspace: Workspace
) -> None:
    with workspace.db.read() as session:
        mate = session.scalars(select(Rep).where(Rep.name == "Ines")).one()
        given = session.scalars(
            select(Assignment).where(Assignment.closed_at.is_(None)).order_by(Assignment.rank)
        ).first()
        assert given is not None
    browser.open(_HERE)
    missing = browser.send(f"/team/give/{given.id}", to=str(mate.id), reason=" ")
    assert missing.status_code == 400
    assert "Give a reason" in missing.text
    browser.open(_HERE)
    done = browser.send(f"/team/give/{given.id}", to=str(mate.id), reason="speaks Arabic")
    assert done.status_code == 200
    with workspace.db.read() as session:
        row = session.scalars(select(Reassignment)).one()
        assert (row.from_id, row.reason) == (given.id, "speaks Arabic")
        assert session.get_one(Assignment, row.to_id).rep_id == mate.id
    browser.open(_HERE)
    again = browser.send(f"/team/give/{given.id}", to=str(mate.id), reason="twice")
    assert again.status_code == 409
    assert "not open on that list any more" in again.text
