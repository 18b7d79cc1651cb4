"""Teams and territories on the page: added, changed, and refused beside the field."""

from __future__ import annotations

from sqlalchemy import select

from app.bootstrap import Workspace
from models import Assignment, PrivacyEntry, Reassignment, Rep, Team, Territory
from quotas.calendars import WEEKDAYS
from tests.app.web.conftest import Browser


def _territory(workspace: Workspace, rep_id: int) -> set[tuple[str, str]]:
    with workspace.db.read() as session:
        rows = session.scalars(select(Territory).where(Territory.rep_id == rep_id))
        return {(row.kind, row.value) for row in rows}


def test_a_territory_is_changed_and_emptied(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    page = browser.open("/people/teams").text
    assert "2 reps" in page
    assert "everything" in page
    path = f"/people/teams/reps/{rep_id}"
    page = browser.send(
        path, language="en، AR", place="us-ny", topic1="yes", network_bluesky="yes"
    ).text
    assert _territory(workspace, rep_id) == {
        ("language", "en"), ("language", "ar"), ("place", "us-ny"), ("topic", "1"),
        ("network", "bluesky"),
    }  # fmt: skip
    assert "Bluesky" in page
    assert 'value="en, ar"' not in page
    assert 'value="en, ar"' in browser.open(f"/people/teams?edit=r{rep_id}").text
    assert browser.send(path).status_code == 200
    assert _territory(workspace, rep_id) == set()


def test_what_is_no_language_is_said_beside_it_and_stays(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    browser.open("/people/teams")
    answer = browser.send(f"/people/teams/reps/{rep_id}", language="English")
    assert answer.status_code == 400
    assert 'value="English"' in answer.text
    assert "with commas between" in answer.text
    assert _territory(workspace, rep_id) == set()


def test_teams_and_reps_are_added(browser: Browser, workspace: Workspace) -> None:
    browser.open("/people/teams")
    new = {"name": "Riyadh", "time_zone": "Asia/Riyadh", "language": "ar",
           "first_weekday": "sunday", "off_friday": "yes", "off_saturday": "yes"}  # fmt: skip
    assert "Riyadh" in browser.send("/people/teams", **new).text
    assert browser.send("/people/teams", **new).status_code == 400
    with workspace.db.read() as session:
        team = session.scalars(select(Team).where(Team.name == "Riyadh")).one()
        assert (team.first_weekday, team.weekend, team.language) == (6, [4, 5], "ar")
    assert "Huda" in browser.send(f"/people/teams/{team.id}/reps", name="Huda").text
    again = browser.send(f"/people/teams/{team.id}/reps", name="Huda")
    assert again.status_code == 400
    assert "There is a rep of this name already." in again.text
    assert browser.send("/people/teams/99/reps", name="x").status_code == 404
    browser.open("/people/teams")
    assert browser.send("/people/teams/reps/99").status_code == 404
    with workspace.db.read() as session:
        assert session.scalar(select(Rep.team_id).where(Rep.name == "Huda")) == team.id


def test_a_rep_is_deactivated_and_brought_back(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    browser.open("/people/teams")
    path = f"/people/teams/reps/{rep_id}/active"
    with workspace.db.read() as session:
        team = session.get_one(Rep, rep_id).team
        other = next(one.id for one in team.reps if one.id != rep_id)
    refused = browser.send(path, do="stop", to=str(other))
    assert refused.status_code == 400
    assert "Give a reason, then choose." in refused.text
    page = browser.send(path, do="stop", to=str(other), reason="Left").text
    assert "no longer active" in page
    with workspace.db.read() as session:
        assert not session.get_one(Rep, rep_id).active
        open_rows = select(Assignment.rep_id).where(Assignment.closed_at.is_(None)).distinct()
        assert rep_id not in session.scalars(open_rows).all()
        given = session.scalars(select(Reassignment)).all()
        assert given
        assert {row.reason for row in given} == {"Left"}
    assert "no longer active" not in browser.send(path, do="return").text
    assert browser.send("/people/teams/reps/99/active", do="return").status_code == 404


def test_a_team_is_changed_from_a_day_to_come(browser: Browser, workspace: Workspace) -> None:
    browser.open("/people/teams")
    with workspace.db.read() as session:
        team = session.scalars(select(Team)).first()
        assert team is not None
        first = WEEKDAYS[team.first_weekday]
    new = {"name": "Gulf", "time_zone": "Asia/Riyadh", "language": "ar", "first_weekday": first,
           "off_friday": "yes", "off_saturday": "yes", "cool_down": "14"}  # fmt: skip
    path = f"/people/teams/{team.id}"
    page = browser.send(path, **new).text
    assert "The new time zone and week begin on" in page
    with workspace.db.read() as session:
        now = session.get_one(Team, team.id)
        assert (now.name, now.weekend, now.language) == ("Gulf", [4, 5], "ar")
        assert now.earlier_times
        assert now.cool_down_days == 14
    assert 'name="cool_down" value="14"' in browser.open(f"/people/teams?edit=change{team.id}").text
    refused = browser.send(path, **(new | {"cool_down": "soon"}))
    assert refused.status_code == 400
    assert "is no number of days" in refused.text
    other = next(day for day in WEEKDAYS if day != first)
    browser.open("/people/teams")
    assert browser.send(path, **(new | {"first_weekday": other})).status_code == 200
    with workspace.db.read() as session:
        assert WEEKDAYS[session.get_one(Team, team.id).first_weekday] == other
    browser.open("/people/teams")
    assert browser.send("/people/teams/99", **new).status_code == 404


def test_every_change_of_teams_and_reps_stands_in_the_log(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    browser.open("/people/teams")
    new = {"name": "Riyadh", "time_zone": "Asia/Riyadh", "language": "ar",
           "first_weekday": "sunday", "off_friday": "yes"}  # fmt: skip
    browser.send("/people/teams", **new)
    with workspace.db.read() as session:
        team_id = session.scalars(select(Team.id).where(Team.name == "Riyadh")).one()
    browser.send(f"/people/teams/{team_id}", **(new | {"name": "Jeddah"}))
    browser.send(f"/people/teams/{team_id}/reps", name="Huda")
    browser.send(f"/people/teams/reps/{rep_id}", language="en")
    browser.send(f"/people/teams/reps/{rep_id}/active", do="stop", reason="left")
    browser.send(f"/people/teams/reps/{rep_id}/active", do="return")
    browser.send(f"/people/teams/{team_id}/reps", name="Huda")  # refused: nothing to note
    with workspace.db.read() as session:
        rows = session.scalars(select(PrivacyEntry).order_by(PrivacyEntry.id)).all()
        huda = session.scalars(select(Rep.id).where(Rep.name == "Huda")).one()
        assert [(row.action, row.reason) for row in rows] == [
            ("team_add", f"team {team_id}"), ("team_change", f"team {team_id}"),
            ("rep_add", f"rep {huda}"), ("territory", f"rep {rep_id}"),
            ("rep_stop", f"rep {rep_id}"), ("rep_return", f"rep {rep_id}"),
        ]  # fmt: skip
    page = browser.open("/privacy").text
    assert "rep brought back" in page
    assert f"Rep {rep_id}" in page
    assert "إعادة مندوب" in browser.open("/privacy?lang=ar").text
