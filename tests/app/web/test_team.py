"""The manager's page: against pace, the funnel, and touches to judge."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.bootstrap import Workspace
from models import Rep, Touch, TouchFlag, TouchVerdict
from quotas.attainment import load_attainment
from quotas.funnel import count_funnel
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW


def _flag(workspace: Workspace) -> int:
    with workspace.db.write() as session:
        touch = session.scalars(select(Touch).order_by(Touch.id.desc())).first()
        assert touch is not None
        session.add(
            TouchFlag(touch_id=touch.id, rule="rapid", why="8 within a minute", flagged_at=NOW)
        )
        return touch.id


def test_the_headline_adds_up_what_the_reps_reached(browser: Browser, workspace: Workspace) -> None:
    page = browser.open("/team").text
    with workspace.db.read() as session:
        standings = [load_attainment(session, rep, NOW) for rep in session.scalars(select(Rep))]
    counted = sum(one.counted for one in standings if one is not None)
    target = sum(one.target for one in standings if one is not None)
    assert f'value="{counted}"' in page
    assert f"of {target} this week" in page
    assert "No quota is set" in page  # the second rep


def test_a_touch_is_judged_with_a_reason(browser: Browser, workspace: Workspace) -> None:
    touch_id = _flag(workspace)
    page = browser.open("/team").text
    assert "1 touch to judge" in page
    assert "many within seconds" in page
    missing = browser.send(f"/team/flags/{touch_id}", verdict="void", reason=" ")
    assert missing.status_code == 400
    assert "Give a reason" in missing.text
    with workspace.db.read() as session:
        rep = session.scalars(select(Rep).order_by(Rep.id)).first()
        assert rep is not None
        before = load_attainment(session, rep, NOW)
    page = browser.send(f"/team/flags/{touch_id}", verdict="void", reason="tried twice").text
    assert "Nothing waits for you" in page
    with workspace.db.read() as session:
        verdict = session.scalars(select(TouchVerdict)).one()
        assert (verdict.verdict, verdict.reason) == ("void", "tried twice")
        after = load_attainment(session, session.get_one(Rep, rep.id), NOW)
    assert before is not None
    assert after is not None
    assert after.counted == before.counted - 1


def test_unknown_touches_and_teams_are_not_there(browser: Browser) -> None:
    browser.open("/topics")
    assert browser.send("/team/flags/999", verdict="void", reason="x").status_code == 404
    assert browser.open("/team?team=999").status_code == 404


def test_each_step_of_the_funnel_is_part_of_the_one_before(
    workspace: Workspace, rep_id: int
) -> None:
    with workspace.db.read() as session:
        steps = count_funnel(
            session, since=NOW - timedelta(days=28), until=NOW + timedelta(seconds=1),
            rep_ids=[rep_id],
        )  # fmt: skip
        narrowed = count_funnel(
            session, since=NOW - timedelta(days=28), until=NOW + timedelta(seconds=1),
            rep_ids=[rep_id], topic_id=999, network="reddit",
        )  # fmt: skip
    counts = {step.name: step.count for step in steps}
    assert list(counts) == ["signals", "prospects", "contacted", "replied", "meeting", "won"]
    assert counts["contacted"] == 5
    assert counts["contacted"] >= counts["replied"] >= counts["meeting"] >= counts["won"]
    assert all(step.count == 0 for step in narrowed)


def test_the_page_reads_arabic(browser: Browser) -> None:
    page = browser.open("/team?lang=ar").text
    assert '<html lang="ar" dir="rtl">' in page
    assert "من الإشارة إلى الفوز" in page
