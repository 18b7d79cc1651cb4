"""Putting off, handing back and both taken back; what a card says apart; why nothing is due."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select

from app.bootstrap import Workspace
from models import Assignment, DailyList, Leave, Quota, Rep, Team, TeamHoliday, Touch
from tests.app.web.conftest import Browser, SettableClock
from tests.app.web.small_workspace import NOW, TODAY
from tests.factories import let_rewrite

DAY = timedelta(days=1)


def _touches(workspace: Workspace) -> int:
    with workspace.db.read() as session:
        return session.scalar(select(func.count()).select_from(Touch)) or 0


class TestLater:
    def test_putting_off_counts_for_nothing_and_is_taken_back(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        before = _touches(workspace)
        page = browser.open("/today").text
        first = browser.opened
        assert 'value="2026-11-26">Tomorrow</button>' in page
        assert 'value="2026-11-30">Monday 30 November</button>' in page
        page = browser.send(f"/assignments/{first}/later", until="2026-11-26").text
        assert "<bdi>@sample_harborlight</bdi> is put off until Thursday 26 November." in page
        assert "5 people left today" in page
        assert browser.opened != first
        page = browser.send(f"/assignments/{first}/later/undo").text
        assert "is open again" in page
        assert browser.opened == first
        assert _touches(workspace) == before

    def test_a_day_of_ones_own_or_a_reason_why_not(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        browser.open("/today")
        first = browser.opened
        for day in ("", "soon", "2026-11-25", "2027-11-25"):
            answer = browser.send(f"/assignments/{first}/later", day=day)
            assert answer.status_code == 400, day
            assert "Choose a day after today and up to Wednesday 9 December" in answer.text
            assert browser.opened == first
        answer = browser.send(f"/assignments/{first}/later", until="", day="2026-12-04")
        assert "put off until Friday 4 December" in answer.text
        with workspace.db.write() as session:
            session.get_one(Assignment, int(browser.opened)).assigned_at = NOW - 14 * DAY
        page = browser.open("/today").text
        assert "They waited as long as anybody may" in page
        answer = browser.send(f"/assignments/{browser.opened}/later", until="2026-11-26")
        assert "They waited as long as anybody may" in answer.text

    def test_they_are_back_on_their_day(self, browser: Browser, clock: SettableClock) -> None:
        browser.open("/today")
        browser.send(f"/assignments/{browser.opened}/later", until="2026-11-26")
        clock.at += DAY
        assert "6 people left today" in browser.open("/today").text

    def test_everybody_put_off_is_said(self, browser: Browser, workspace: Workspace) -> None:
        with workspace.db.write() as session:
            let_rewrite(session)
            session.execute(delete(Touch))
            for one in session.scalars(select(Assignment)):
                if one.closed_at is None:
                    one.put_off_until = TODAY + DAY
                else:
                    one.closed_reason = "expired"
        assert "Everybody is put off to a later day" in browser.open("/today").text


class TestHandBack:
    def test_handing_back_frees_the_person_and_is_taken_back(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        before = _touches(workspace)
        browser.open("/today")
        first = browser.opened
        page = browser.send(f"/assignments/{first}/hand-back").text
        assert "<bdi>@sample_harborlight</bdi> is handed back." in page
        assert f"/assignments/{first}/hand-back/undo" in page
        browser.send(f"/assignments/{first}/hand-back/undo")
        assert browser.opened == first
        assert _touches(workspace) == before

    def test_it_is_said_when_somebody_else_has_them_by_now(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        browser.open("/today")
        first = int(browser.opened)
        browser.send(f"/assignments/{first}/hand-back")
        with workspace.db.write() as session:
            other = session.scalars(select(Rep).where(Rep.name == "Ines")).one()
            given = session.get_one(Assignment, first)
            session.add(
                Assignment(
                    rep_id=other.id, person_id=given.person_id, topic_id=given.topic_id,
                    listed_on=TODAY, rank=1, warmth=3.0, reasons=[], assigned_at=NOW,
                )
            )  # fmt: skip
        answer = browser.send(f"/assignments/{first}/hand-back/undo")
        assert answer.status_code == 409
        assert "somebody else has them" in answer.text

    def test_somebody_contacted_is_not_handed_back(self, browser: Browser) -> None:
        browser.open("/today")
        first = browser.opened
        browser.mark(first)
        answer = browser.send(f"/assignments/{first}/hand-back")
        assert answer.status_code == 409
        assert "Nothing was changed." in answer.text


class TestCard:
    def test_fit_and_why_not_higher_are_said_apart(self, browser: Browser) -> None:
        page = browser.open("/today").text
        apart = page[page.index('class="apart"') :]
        assert "They fit<small>English, about the topic" in apart
        assert "Why not higher: most of it has faded (0.51 more)." in page

    def test_a_try_is_marked(self, browser: Browser, workspace: Workspace) -> None:
        browser.open("/today")
        with workspace.db.write() as session:
            session.get_one(Assignment, int(browser.opened)).source = "explore"
        assert "Chosen by chance" in browser.open("/today").text

    def test_a_next_step_is_kept_and_a_bad_one_refused(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        browser.open("/today")
        first = browser.opened
        for day in ("2026-01-01", "soon"):
            answer = browser.mark(first, next_on=day, key="k1")
            assert answer.status_code == 400
            assert "The day to see them again cannot be used" in answer.text
        page = browser.mark(first, next_on="2026-12-01", key="k2").text
        assert "again on 1 December" in page
        with workspace.db.read() as session:
            touch = session.scalars(select(Touch).order_by(Touch.id.desc())).first()
            assert touch
            assert touch.next_on == TODAY + 6 * DAY

    def test_other_quotas_stand_at_the_side(self, browser: Browser, workspace: Workspace) -> None:
        with workspace.db.write() as session:
            session.add(
                Quota(
                    rep_id=1, activity="outbound_call", target=250, period="week", threshold=0.0,
                    starts_on=TODAY - 60 * DAY, ends_on=None, created_at=NOW,
                )
            )  # fmt: skip
        page = browser.open("/today").text
        side = page[page.index("Also due") :]
        assert "<bdi>Calls</bdi> <small>this week</small>" in side
        assert "2 of 250" in side


class TestNothingDue:
    def _empty(self, workspace: Workspace, row: Leave | TeamHoliday) -> None:
        with workspace.db.write() as session:
            for one in session.scalars(select(Assignment)):
                one.closed_at, one.closed_reason = NOW - 9 * DAY, "expired"
                one.listed_on = TODAY - 9 * DAY
            let_rewrite(session)
            session.execute(delete(Touch))
            session.execute(delete(DailyList))
            session.add(row)

    def test_leave_is_named(self, browser: Browser, workspace: Workspace) -> None:
        self._empty(
            workspace,
            Leave(
                rep_id=1, starts_on=TODAY, ends_on=TODAY + 2 * DAY, percent=100, reason="leave",
                created_at=NOW,
            ),
        )  # fmt: skip
        page = browser.open("/today").text
        assert "You are on leave today" in page
        assert "built on Friday" in page

    def test_a_holiday_is_named(self, browser: Browser, workspace: Workspace) -> None:
        with workspace.db.read() as session:
            team_id = session.scalars(select(Team.id)).one()
        self._empty(
            workspace,
            TeamHoliday(
                team_id=team_id, held_on=TODAY, name="Founders’ day", works=False, created_at=NOW
            ),
        )
        assert "Today is a holiday: <bdi>Founders’ day</bdi>" in browser.open("/today").text
