"""The Quotas page: what a change comes to before it is saved, and what saving does."""

from __future__ import annotations

import re
from datetime import date, timedelta

from sqlalchemy import select

from app.bootstrap import Workspace
from models import Assignment, Person, Quota, Rep, TargetProposal, Topic, Touch
from quotas.attainment import load_attainments
from quotas.history import Owner, find_quota
from quotas.preview import preview_drafts
from quotas.setting import draft_quota, set_quota
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW, TODAY


def _quotas(workspace: Workspace) -> list[Quota]:
    with workspace.db.read() as session:
        return list(session.scalars(select(Quota).order_by(Quota.id)))


def _mate(workspace: Workspace) -> Rep:
    """The rep without a quota."""
    with workspace.db.read() as session:
        return session.scalars(select(Rep).where(Rep.name == "Ines")).one()


def test_every_rep_stands_there_with_or_without_a_quota(browser: Browser) -> None:
    page = browser.open("/quotas").text
    assert "1 of 2 reps have a quota" in page
    assert "10 engaged contacts a week" in page
    assert "No quota is set" in page


def test_a_preview_shows_days_supply_and_cost_and_stores_nothing(
    browser: Browser, workspace: Workspace
) -> None:
    before = len(_quotas(workspace))
    browser.open("/quotas")
    answer = browser.send(
        "/quotas/preview", whose=f"rep:{_mate(workspace).id}", target="25", per="week",
        activity="engaged_contact",
    )  # fmt: skip
    assert answer.status_code == 200
    assert "25 owed" in answer.text
    assert "so far 0" in answer.text
    assert "There will be enough" in answer.text or "there now." in answer.text
    assert "The networks billed nothing" in answer.text
    assert 'action="/quotas"' in answer.text
    assert len(_quotas(workspace)) == before


def test_what_was_previewed_is_what_is_owed_once_saved(
    browser: Browser, workspace: Workspace
) -> None:
    mate = _mate(workspace)
    browser.open("/quotas")
    page = browser.send("/quotas", whose=f"rep:{mate.id}", target="25", per="week",
                        activity="engaged_contact").text  # fmt: skip
    assert "25 engaged contacts a week" in page
    assert "2 of 2 reps have a quota" in page
    with workspace.db.read() as session:
        found = find_quota(session, mate.id, TODAY)
        assert found is not None
        assert (found.target, found.period) == (25, "week")


def test_a_template_is_previewed_by_one_button_and_saved_by_another(
    browser: Browser, workspace: Workspace
) -> None:
    mate = _mate(workspace)
    browser.open("/quotas")
    page = browser.send(
        "/quotas/preview", whose=f"rep:{mate.id}", template="mixed", target="", per="week",
        activity="engaged_contact",
    ).text  # fmt: skip
    assert "80 calls a week" in page
    browser.send("/quotas", whose=f"rep:{mate.id}", template="mixed")
    own = [one for one in _quotas(workspace) if one.rep_id == mate.id]
    assert [one.target for one in own] == [30, 80, 8, 4]
    assert {one.template for one in own} == {"mixed"}


def test_the_past_is_not_rewritten_and_what_was_typed_stays(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    before = len(_quotas(workspace))
    typed = {"whose": f"rep:{rep_id}", "target": "77", "per": "week",
             "activity": "engaged_contact", "from": "2026-11-01"}  # fmt: skip
    for path in ("/quotas/preview", "/quotas"):
        browser.open("/quotas")
        answer = browser.send(path, **typed)
        assert answer.status_code == 400
        assert "what was owed stays what it was" in answer.text
        assert 'value="77"' in answer.text
    assert len(_quotas(workspace)) == before


def test_a_field_that_is_no_number_is_said_so(browser: Browser, rep_id: int) -> None:
    for wrong in (
        {"target": "many"},
        {"threshold": "warm"},
        {"fresh_days": "x"},
        {"from": "x"},
        {"weight": "nan"},
        {"weight": "1001"},
        {"fresh_days": "0"},
        {"own": "../x"},
    ):
        browser.open("/quotas")
        typed = {"whose": f"rep:{rep_id}", "target": "5", "per": "week", "activity": "email"}
        answer = browser.send("/quotas/preview", **(typed | wrong))
        assert answer.status_code == 400
        (name,) = wrong
        assert re.search(
            rf'id="{name}"[^>]* aria-describedby="e-{name}" aria-invalid="true"', answer.text
        )
        assert re.search(rf'id="e-{name}" role="alert" dir="auto">[^<]', answer.text)


def test_a_quota_is_stopped_and_the_history_keeps_it(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    browser.open("/quotas")
    page = browser.send("/quotas/stop", whose=f"rep:{rep_id}", activity="engaged_contact").text
    assert "0 of 2 reps have a quota" in page
    history = browser.open(f"/quotas/reps/{rep_id}").text
    assert "10 engaged contacts a week" in history
    assert "24 November" in history  # the last day on which it counted
    browser.open("/quotas")
    again = browser.send("/quotas/stop", whose=f"rep:{rep_id}", activity="email")
    assert again.status_code == 400


def test_nothing_is_converted_while_too_little_is_known(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    with workspace.db.write() as session:
        set_quota(
            session, session.get_one(Rep, rep_id), target=250, per="week",
            activity="outbound_call", threshold=0.0, now=NOW, starts_on=TODAY,
        )  # fmt: skip
    page = browser.open("/quotas").text
    assert f'action="/quotas/reps/{rep_id}/convert"' not in page
    answer = browser.send(f"/quotas/reps/{rep_id}/convert")
    assert answer.status_code == 400
    assert "Too little is known to convert" in answer.text


def test_a_team_quota_is_drafted_for_those_without_a_nearer_one(
    workspace: Workspace, rep_id: int
) -> None:
    with workspace.db.read() as session:
        rep = session.get_one(Rep, rep_id)
        reps = sorted(rep.team.reps, key=lambda one: one.id)
        drafted = draft_quota(
            session, Owner(team=rep.team), target=8, per="month", threshold=1.0, now=NOW,
            starts_on=date(2026, 12, 1),
        )  # fmt: skip
        effects = preview_drafts(
            session, reps, [drafted], now=NOW, settings=workspace.settings.lists
        )
        assert [one.counts for one in effects] == [False, True]
        december, january = effects[1].periods
        assert (december.owed, december.before, january.owed) == (8, 0, 8)
        assert sum(owed for _, owed in december.parts) == 8
        assert december.by_week
        assert not list(session.new)


def test_a_days_quota_is_owed_on_each_working_day(workspace: Workspace, rep_id: int) -> None:
    with workspace.db.read() as session:
        rep = session.get_one(Rep, rep_id)
        drafted = draft_quota(
            session, rep, target=4, per="day", activity="email", threshold=0.0, now=NOW,
            starts_on=TODAY,
        )  # fmt: skip
        effect = preview_drafts(
            session, [rep], [drafted], now=NOW, settings=workspace.settings.lists
        )[0]
        assert [owed for _, owed in effect.periods[0].parts] == [0, 0, 4, 4, 4, 0, 0]
        assert effect.periods[1].owed == 20


def test_an_activity_of_one_s_own_is_owed_marked_and_counted(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    browser.open("/quotas")
    page = browser.send(
        "/quotas/preview", whose=f"rep:{rep_id}", target="4", per="month", own="Site visits",
        activity="email", weight="2,5",
    ).text  # fmt: skip
    assert "4 × site visits a month" in page
    assert "weight 2.5" in page
    browser.send("/quotas", whose=f"rep:{rep_id}", target="4", per="month", own="Site visits",
                 weight="2,5")  # fmt: skip
    (own,) = [one for one in _quotas(workspace) if one.activity == "site_visits"]
    assert own.weight == 2.5
    assert '<option value="site_visits">site visits</option>' in browser.open("/quotas").text
    today = browser.open("/today").text
    assert '<option value="site_visits">site visits</option>' in today
    assert "0 of" in today
    browser.mark(browser.opened, activity="site_visits")
    with workspace.db.read() as session:
        rep = session.get_one(Rep, rep_id)
        standings = {one.activity: one for one in load_attainments(session, rep, NOW)}
    assert standings["site_visits"].counted == 1
    assert standings["engaged_contact"].counted == 6


def _outcomes(workspace: Workspace, rep_id: int, engaged: int, cold: int) -> None:
    """So many of each, of whom one in ten and one in fifty came to a meeting."""
    with workspace.db.write() as session:
        rep = session.get_one(Rep, rep_id)
        topic = session.scalars(select(Topic)).first()
        assert topic is not None
        people = [Person(created_at=NOW) for _ in range(engaged)]
        session.add_all(people)
        session.flush()
        listed = [
            Assignment(
                rep_id=rep.id, person_id=one.id, topic_id=topic.id, listed_on=TODAY, rank=rank,
                warmth=2.0, reasons=[], assigned_at=NOW, closed_at=NOW, closed_reason="touched",
            )
            for rank, one in enumerate(people, start=100)
        ]  # fmt: skip
        session.add_all(listed)
        session.flush()
        at = NOW - timedelta(days=3)
        session.add_all(
            Touch(
                assignment_id=one.id, rep_id=rep.id, person_id=one.person_id, channel="message",
                disposition="contacted" if number % 10 else "meeting", occurred_at=at,
                recorded_at=at, idempotency_key=f"warm:{number}",
            )
            for number, one in enumerate(listed)
        )  # fmt: skip
        session.add_all(
            Touch(
                rep_id=rep.id, reference=f"{number:032x}", control=True, channel="call",
                disposition="no_answer" if number % 50 else "meeting", occurred_at=at,
                recorded_at=at, idempotency_key=f"cold:{number}",
            )
            for number in range(cold)
        )  # fmt: skip


def test_one_click_converts_the_calls_and_keeps_the_reasoning(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    _outcomes(workspace, rep_id, 900, 4000)
    with workspace.db.write() as session:
        set_quota(
            session, session.get_one(Rep, rep_id), target=250, per="week",
            activity="outbound_call", threshold=0.0, now=NOW, starts_on=TODAY,
        )  # fmt: skip
    assert "1 engaged contact ≈" in browser.open("/team").text
    page = browser.open("/quotas").text
    assert f'action="/quotas/reps/{rep_id}/convert"' in page
    history = browser.send(f"/quotas/reps/{rep_id}/convert").text
    with workspace.db.read() as session:
        quota = find_quota(session, rep_id, TODAY)
        assert quota is not None
        assert quota.basis is not None
        worth = quota.target - quota.basis["kept"]["in_period"]  # beside what was owed already
        assert 40 <= worth <= 60
        assert quota.basis["from_target"] == 250
        assert quota.basis["cold"] == {"tried": 4000, "succeeded": 80}
        assert quota.basis["low"] <= worth <= quota.basis["high"]
        target = quota.target
        calls = find_quota(session, rep_id, TODAY, "outbound_call")
        assert calls is None or calls.target == 0
    assert f"{target} engaged contacts a week" in history
    assert "Converted from 250 calls" in history
    assert "4,000 cold contacts" in history
    browser.open("/quotas")
    again = browser.send(f"/quotas/reps/{rep_id}/convert")
    assert again.status_code == 400
    assert "no quota of calls to convert" in again.text


def _propose(workspace: Workspace, rep_id: int) -> int:
    with workspace.db.write() as session:
        row = TargetProposal(
            rep_id=rep_id, week_on=TODAY + timedelta(days=7), target=14, based_on=9,
            details={"verdict": "tight", "chance": 0.7}, proposed_at=NOW,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def test_a_proposed_target_is_accepted_from_a_day_on(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    number = _propose(workspace, rep_id)
    page = browser.open("/quotas").text
    assert "Proposed for the coming week" in page
    assert "14 engaged contacts a week" in page
    assert "tight: 70" in page
    before = len(_quotas(workspace))
    for _ in range(2):  # a second click makes no second version
        answer = browser.send(
            f"/quotas/proposals/{number}/accept", **{"from": str(TODAY + timedelta(days=14))}
        )
        assert answer.status_code == 200
    quotas = _quotas(workspace)
    assert len(quotas) == before + 1
    assert (quotas[-1].rep_id, quotas[-1].target) == (rep_id, 14)
    assert quotas[-1].starts_on == TODAY + timedelta(days=14)
    assert "Proposed for the coming week" not in browser.open("/quotas").text
    assert "as proposed from 9 weeks" in browser.open(f"/quotas/reps/{rep_id}").text


def test_a_dismissed_proposal_is_gone_and_changes_nothing(
    browser: Browser, workspace: Workspace, rep_id: int
) -> None:
    number = _propose(workspace, rep_id)
    browser.open("/quotas")
    before = len(_quotas(workspace))
    answer = browser.send(f"/quotas/proposals/{number}/dismiss")
    assert answer.status_code == 200
    assert "Proposed for the coming week" not in answer.text
    assert len(_quotas(workspace)) == before
