"""Ranks: shown where the team wants them, and nowhere at all where it does not."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.bootstrap import Workspace
from app.cli.attaining import attainment_rows
from config.errors import Refused
from models import Quota, Rep, Team
from quotas.leaderboard import load_leaderboard, rank_reps
from quotas.standings import load_reps, load_standings
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW


def _give_everybody_a_quota(workspace: Workspace) -> None:
    with workspace.db.write() as session:
        team = session.scalars(select(Team)).one()
        session.add(
            Quota(
                team_id=team.id, activity="engaged_contact", target=10, period="week",
                threshold=1.0, starts_on=date(2026, 1, 1), created_at=NOW,
            )
        )  # fmt: skip
        for name in ("Ahmed", "Wei"):
            session.add(Rep(team_id=team.id, name=name, created_at=NOW))


def test_who_is_as_far_shares_a_rank(workspace: Workspace, rep_id: int) -> None:
    _give_everybody_a_quota(workspace)
    with workspace.db.read() as session:
        places = rank_reps(load_standings(session, load_reps(session), NOW))
    assert [(one.rank, one.rep, one.share) for one in places] == [
        (1, "Noor", 0.5), (2, "Ahmed", 0.0), (2, "Ines", 0.0), (2, "Wei", 0.0),
    ]  # fmt: skip
    assert places[0].rep_id == rep_id


def test_switched_off_ranks_are_nowhere(browser: Browser, workspace: Workspace) -> None:
    _give_everybody_a_quota(workspace)
    page = browser.open("/leaderboard").text
    assert "Noor: 50\N{NO-BREAK SPACE}% of what is owed" in page
    assert "rank 1 of 4" in page
    assert 'href="/leaderboard"' in browser.open("/today").text
    assert 'class="places"' in browser.open("/team").text
    assert browser.send("/team/leaderboard", team="1", leaderboard="off").status_code == 200
    assert "nobody sees ranks" in browser.page
    assert 'class="places"' not in browser.page
    assert browser.open("/leaderboard").status_code == 404
    assert 'href="/leaderboard"' not in browser.open("/today").text
    with workspace.db.read() as session:
        team = session.scalars(select(Team)).one()
        with pytest.raises(Refused, match="switched off"):
            load_leaderboard(session, team, NOW)
        reps = session.scalars(select(Rep)).all()
        assert {row["rank"] for row in attainment_rows(session, reps, NOW)} == {None}
    browser.open("/team")
    browser.send("/team/leaderboard", team="1", leaderboard="on")
    assert browser.open("/leaderboard").status_code == 200
