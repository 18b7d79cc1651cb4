"""The manager's page: against pace, the funnel, and touches to judge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.bootstrap import Workspace
from app.jobs import draw_team_audits
from models import (
    Assignment,
    AuditDraw,
    Person,
    Quota,
    Rep,
    Team,
    Topic,
    Touch,
    TouchFlag,
    TouchVerdict,
)
from quotas.attainment import load_attainment
from quotas.audits import load_drawn
from quotas.funnel import count_funnels
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW, TODAY, Post, add_listed
from tests.statements import counting


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


def test_each_night_draws_touches_to_look_at_of_who_left_too(
    browser: Browser, workspace: Workspace
) -> None:
    assert "drawn by chance" not in browser.open("/team").text
    with workspace.db.write() as session:
        touch = session.scalars(select(Touch).order_by(Touch.id)).first()
        assert touch is not None
        rep = session.get_one(Rep, touch.rep_id)
        rep.active = False
        team_id, touch_id = rep.team_id, touch.id
    for days in (38, 60):  # the quarter is over
        draw_team_audits(workspace, team_id, now=NOW + timedelta(days=days))
    with workspace.db.write() as session:
        session.execute(update(AuditDraw).values(drawn_at=NOW))  # the browser's clock stands still
    page = browser.open("/team").text
    assert "touches drawn by chance" in page
    assert 'href="/prospects/' in page[page.index("drawn by chance") :]  # whom to ask
    with workspace.db.read() as session:
        drawn = {one.id for one, _ in load_drawn(session, session.get_one(Team, team_id))}
        waiting = len(drawn)
        assert touch_id in drawn
    browser.send(f"/team/flags/{touch_id}", verdict="accept", reason="heard the call")
    with workspace.db.read() as session:
        left = load_drawn(session, session.get_one(Team, team_id))
    assert len(left) == waiting - 1


def test_unknown_touches_and_teams_are_not_there(browser: Browser) -> None:
    browser.open("/topics")
    assert browser.send("/team/flags/999", verdict="void", reason="x").status_code == 404
    assert browser.open("/team?team=999").status_code == 404


def test_each_step_of_the_funnel_is_part_of_the_one_before(
    workspace: Workspace, rep_id: int
) -> None:
    since, until = NOW - timedelta(days=28), NOW + timedelta(seconds=1)
    with workspace.db.read() as session:
        found = count_funnels(session, since=since, until=until, rep_ids=[rep_id])
        nobody = count_funnels(session, since=until, until=until, rep_ids=[])
        topics = dict(session.execute(select(Topic.name, Topic.id)).all())
    counts = {step.name: step.count for step in found.whole}
    assert list(counts) == ["signals", "prospects", "contacted", "replied", "meeting", "won"]
    assert counts["contacted"] == 5
    assert counts["contacted"] >= counts["replied"] >= counts["meeting"] >= counts["won"]
    assert all(step.count == 0 for step in nobody.whole)
    assert set(found.by_network) == {"reddit", "hackernews", "bluesky", "x"}
    for parts in (found.by_topic.values(), found.by_network.values()):
        # each person here is known for one topic on one network
        assert [sum(part[i].count for part in parts) for i in range(6)] == list(counts.values())
    arabic = found.by_topic[topics["التخطيط للتقاعد"]]
    assert [step.count for step in arabic] == [1, 1, 0, 0, 0, 0]


def test_the_page_reads_arabic(browser: Browser) -> None:
    page = browser.open("/team?lang=ar").text
    assert '<html lang="ar" dir="rtl">' in page
    assert "من الإشارة إلى الفوز" in page


def test_the_plots_are_named_and_stand_as_tables_too(browser: Browser) -> None:
    page = browser.open("/team").text
    assert '<title id="pwt">Pace of all reps together</title>' in page
    assert "5 counted, 5 due by now" in page
    assert page.count("<desc ") == page.count("<title id=") == 2
    assert page.count("The same as a table") == 1
    assert "Nobody is free at the moment." in page  # all are on lists already
    assert " style=" not in page


def test_everybody_open_goes_to_another_rep_but_who_may_not(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    with workspace.db.write() as session:
        other = session.scalars(select(Rep).where(Rep.id != rep_id)).one().id
        someone = session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))).first()
        assert someone is not None
        session.get_one(Person, someone.person_id).suppressed_at = NOW
    browser.open("/team")
    sent = {"from": str(rep_id), "to": str(other)}
    assert browser.send("/team/give/all", **sent, reason=" ").status_code == 400
    browser.open("/team")
    page = browser.send("/team/give/all", **sent, reason="on leave").text
    assert "5 people were handed over." in page
    assert "1 stays" in page
    with workspace.db.read() as session:
        opened = select(Assignment.rep_id).where(Assignment.closed_at.is_(None))
        assert sorted(session.scalars(opened)) == sorted([rep_id, *[other] * 5])


def test_twenty_reps_cost_no_more_statements_than_two_and_less_than_100_kb(
    browser: Browser, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what took long to read is kept for a while: on a busy machine one page and not the other
    monkeypatch.setattr("app.stock._WORTH_KEEPING", 1e9)
    browser.open("/team")
    with counting(workspace.db) as of_few:
        browser.open("/team")
    with workspace.db.write() as session:
        team = session.scalars(select(Team)).one()
        for number in range(18):
            rep = Rep(team_id=team.id, name=f"Rep {number}", created_at=NOW)
            session.add(rep)
            session.flush()
            for activity, target in (("engaged_contact", 50), ("outbound_call", 30)):
                session.add(
                    Quota(
                        rep_id=rep.id, activity=activity, target=target + number, period="week",
                        threshold=1.0, starts_on=TODAY - timedelta(days=30), created_at=NOW,
                    )
                )  # fmt: skip
    with counting(workspace.db) as of_many:
        page = browser.open("/team")
    assert page.text.count('class="pace"') == 20
    assert "calls a week" in page.text
    assert len(page.content) < 100_000
    # one more: those with calls
    assert len(of_few) <= len(of_many) <= len(of_few) + 1


def test_of_fifty_reps_those_furthest_behind_are_drawn_and_the_page_stays_small(
    browser: Browser, workspace: Workspace
) -> None:
    with workspace.db.write() as session:
        team = session.scalars(select(Team)).one()
        topic = session.scalars(select(Topic)).first()
        assert topic is not None
        for number in range(48):
            rep = Rep(team_id=team.id, name=f"Rep {number}", created_at=NOW)
            session.add(rep)
            session.flush()
            session.add(
                Quota(
                    rep_id=rep.id, activity="engaged_contact", target=50 + number, period="week",
                    threshold=1.0, starts_on=TODAY - timedelta(days=30), created_at=NOW,
                )
            )  # fmt: skip
            add_listed(session, Post(f"sample_of_{number}", "A [rollover]?"), topic, rep, TODAY,
                       NOW, rank=1)  # fmt: skip
    page = browser.open("/team")
    assert "The 5 furthest behind." in page.text
    assert page.text.count('<tr><th scope="row"><bdi>Rep ') == 5
    everybody = browser.open("/team?team=1&table=all").text
    assert everybody.count('<tr><th scope="row"><bdi>Rep ') == 48
    assert 'class="small-plots"' not in everybody
    drawn = page.text.partition('class="small-plots"')[2].partition("</ul>")[0]
    assert [f"Rep {number}</bdi>" in drawn for number in (0, 41, 42, 47)] == [
        False, False, True, True,
    ]  # fmt: skip
    assert page.text.count('name="from"') == 1
    assert len(page.content) < 75_000


def test_supply_against_quota_says_what_is_owed_and_what_is_there(
    browser: Browser, workspace: Workspace
) -> None:
    with workspace.db.write() as session:
        rep = session.scalars(select(Rep).order_by(Rep.id)).first()
        assert rep is not None
        quota = session.scalars(select(Quota).where(Quota.rep_id == rep.id)).one()
        owed = quota.target
    page = browser.open("/team").text
    supply = page[page.index("Supply against quota") : page.index("Warmth of who is free")]
    assert f"<bdi>{rep.name}</bdi>" in supply
    assert f"owed {owed}" in supply
    assert "not known yet" in supply  # nobody came in weeks that are over
    arabic = browser.open("/team?lang=ar").text
    assert "المتاح مقابل الحصة" in arabic
