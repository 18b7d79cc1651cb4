from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from app.bootstrap import Workspace
from models import Assignment, DailyList, Person, Quota, Touch
from tests.app.web.conftest import Browser, SettableClock
from tests.app.web.small_workspace import NOW
from tests.factories import let_rewrite


def _touches(workspace: Workspace) -> int:
    with workspace.db.read() as session:
        return session.scalar(select(func.count()).select_from(Touch)) or 0


class TestList:
    def test_the_headline_answers_and_the_list_counts_down(self, browser: Browser) -> None:
        page = browser.open("/today").text
        assert re.search(r'value="5">5</data>\s*of 10 this week', page)
        assert "6 people left today" in page
        assert "Finish them and you stand at 11 of 10" in page

    def test_reasons_add_up_to_the_warmth_as_shown(self, browser: Browser) -> None:
        page = browser.open("/today").text
        table = page[page.index('class="tally"') : page.index("</table>")]
        body, foot = table.split("<tfoot>")
        parts = [Decimal(found) for found in re.findall(r">\+([\d.]+)</data>", body)]
        total = re.search(r">([\d.]+)</data>", foot)
        assert len(parts) == 3
        assert total
        assert sum(parts) == Decimal(total.group(1)) == Decimal("4.20")

    def test_words_are_marked_and_carry_their_language(self, browser: Browser) -> None:
        page = browser.open("/today").text
        assert "<mark>Which IRA should I choose</mark> for the <mark>rollover</mark>" in page
        assert re.search(r'<blockquote class="words whole" dir="auto" lang="en"', page)
        assert 'target="_blank"' in page
        assert 'rel="noreferrer noopener"' in page
        assert "example.org" in page

    def test_another_card_can_be_opened_and_all_folded(self, browser: Browser) -> None:
        browser.open("/today")
        first = browser.opened
        browser.open(f"/today?open={int(first) + 1}")
        assert browser.opened == str(int(first) + 1)
        assert 'class="open"' not in browser.open("/today?open=none").text

    def test_liked_words_are_not_passed_off_as_their_own(self, browser: Browser) -> None:
        browser.open("/today")
        page = browser.open(f"/today?open={int(browser.opened) + 4}").text
        assert "Liked a post on the topic:" in page
        assert "Five questions before you take the lump sum" in page

    def test_a_past_day_is_read_only(self, browser: Browser) -> None:
        page = browser.open("/today?date=2026-11-24").text
        assert "worked that day" in page
        assert 'action="/touches' not in page
        assert "Back to today" in page

    def test_done_rows_fold_away(self, browser: Browser) -> None:
        for _ in range(3):
            browser.open("/today")
            browser.mark(browser.opened)
        page = browser.open("/today").text
        assert page.count('class="tick"') == 2
        assert "Show 3 more done today" in page
        assert browser.open("/today?done=all").text.count('class="tick"') == 5


class TestMarking:
    def test_marking_records_moves_on_and_says_so(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        browser.open("/today")
        first = browser.opened
        answer = browser.mark(first)
        assert answer.status_code == 200
        assert [step.status_code for step in answer.history] == [303]
        assert "Message to <bdi>@sample_harborlight</bdi> recorded." in answer.text
        assert "That is 6." in answer.text
        assert browser.opened == str(int(first) + 1)
        assert "5 people left today" in answer.text
        with workspace.db.read() as session:
            touch = session.scalars(select(Touch).order_by(Touch.id.desc())).first()
            assert touch
            assert (touch.channel, touch.disposition) == ("message", "contacted")

    def test_the_channel_used_last_is_chosen_for_the_next(self, browser: Browser) -> None:
        browser.open("/today")
        page = browser.mark(browser.opened, channel="email").text
        assert re.search(r'value="email" required checked', page)

    def test_a_double_submit_is_one_touch(self, browser: Browser, workspace: Workspace) -> None:
        browser.open("/today")
        before, opened, key = _touches(workspace), browser.opened, browser.hidden("key")
        assert browser.mark(opened, key=key).status_code == 200
        assert browser.mark(opened, key=key).status_code == 200
        assert _touches(workspace) == before + 1

    def test_a_note_is_kept_and_escaped(self, browser: Browser) -> None:
        browser.open("/today")
        page = browser.mark(browser.opened, note="call <b>Friday</b>").text
        assert "call &lt;b&gt;Friday&lt;/b&gt;" in page

    def test_undo_opens_the_person_again(self, browser: Browser, workspace: Workspace) -> None:
        browser.open("/today")
        first = browser.opened
        browser.mark(first)
        touch = re.search(r"/touches/(\d+)/undo", browser.page)
        assert touch
        answer = browser.send(f"/touches/{touch.group(1)}/undo")
        assert "is open again" in answer.text
        assert browser.opened == first
        again = browser.send(f"/touches/{touch.group(1)}/undo")
        assert again.status_code == 200
        with workspace.db.read() as session:
            assert session.get_one(Assignment, int(first)).closed_at is None

    def test_undo_is_not_offered_and_refused_once_too_late(
        self, browser: Browser, clock: SettableClock, workspace: Workspace
    ) -> None:
        browser.open("/today")
        browser.mark(browser.opened)
        touch = re.search(r"/touches/(\d+)/undo", browser.page)
        clock.at = NOW + timedelta(hours=25)
        page = browser.open("/today").text
        assert touch
        assert f"/touches/{touch.group(1)}/undo" not in page
        before = _touches(workspace)
        answer = browser.send(f"/touches/{touch.group(1)}/undo")
        assert answer.status_code == 409
        assert "more than 24 hours ago" in answer.text
        assert _touches(workspace) == before

    def test_a_conflict_shows_both_versions_and_a_usable_page(self, browser: Browser) -> None:
        browser.open("/today")
        opened = browser.opened
        browser.mark(opened)
        answer = browser.mark(
            opened, channel="call", disposition="replied", key="second", note="met her"
        )
        assert answer.status_code == 409
        assert "Noor recorded this at 14:36: message, contacted." in answer.text
        assert "(call, replied) was not recorded" in answer.text
        assert "met her" in answer.text
        assert browser.opened == str(int(opened) + 1)
        assert browser.mark(browser.opened).status_code == 200

    def test_a_form_that_was_undone_is_not_silently_swallowed(self, browser: Browser) -> None:
        browser.open("/today")
        opened, key = browser.opened, browser.hidden("key")
        browser.mark(opened, key=key)
        touch = re.search(r"/touches/(\d+)/undo", browser.page)
        assert touch
        browser.send(f"/touches/{touch.group(1)}/undo")
        answer = browser.mark(opened, key=key, note="second try")
        assert answer.status_code == 409
        assert "used before" in answer.text
        assert "second try" in answer.text

    def test_an_unknown_outcome_keeps_what_was_typed(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        browser.open("/today")
        before = _touches(workspace)
        answer = browser.mark(browser.opened, disposition="sold", note="long talk")
        assert answer.status_code == 400
        assert "Nothing was recorded yet" in answer.text
        assert "long talk</textarea>" in answer.text
        assert _touches(workspace) == before

    def test_do_not_contact_takes_the_person_off(self, browser: Browser) -> None:
        browser.open("/today")
        opened = browser.opened
        page = browser.mark(opened, disposition="do_not_contact").text
        assert "do not contact" in page
        assert browser.opened != opened

    def test_a_suppressed_person_is_refused(self, browser: Browser, workspace: Workspace) -> None:
        browser.open("/today")
        opened = browser.opened
        with workspace.db.write() as session:
            person_id = session.get_one(Assignment, int(opened)).person_id
            session.get_one(Person, person_id).suppressed_at = NOW
        answer = browser.mark(opened)
        assert answer.status_code == 409
        assert "sample_harborlight" not in browser.open("/today").text

    def test_another_reps_list_is_out_of_reach(self, browser: Browser, rep_id: int) -> None:
        browser.open("/today")
        opened = browser.opened
        browser.client.cookies.set("rep", str(rep_id + 1))
        assert browser.mark(opened).status_code == 404


class TestEmpty:
    def test_no_list_yet(self, browser: Browser, workspace: Workspace) -> None:
        _empty(workspace)
        page = browser.open("/today").text
        assert "No list yet for today" in page
        assert "06:00" in page
        assert "warmlist lists build" in page

    def test_a_shortfall_says_how_many_and_why(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        _empty(workspace, shortfall=3, reason="territory")
        page = browser.open("/today").text
        assert "3 places could not be filled:" in page
        assert "nobody else over 0.50 in your territory." in page

    def test_the_list_is_done(self, browser: Browser) -> None:
        for _ in range(6):
            browser.open("/today")
            browser.mark(browser.opened)
        page = browser.open("/today").text
        assert "That was everyone for today." in page
        assert "11 of 10." in page
        assert "the quota is met" in page

    def test_quota_met_without_a_list(self, browser: Browser, workspace: Workspace) -> None:
        _empty(workspace, shortfall=0)
        with workspace.db.write() as session:
            let_rewrite(session)
            session.scalars(select(Quota)).one().target = 3
        assert "nobody more is due today" in browser.open("/today").text

    def test_a_day_off(self, browser: Browser, clock: SettableClock, workspace: Workspace) -> None:
        _empty(workspace)
        clock.at = NOW + timedelta(days=3)
        page = browser.open("/today").text
        assert "Today is a day off" in page
        assert "Monday at 06:00" in page

    def test_no_quota(self, browser: Browser, workspace: Workspace) -> None:
        with workspace.db.write() as session:
            let_rewrite(session)
            session.delete(session.scalars(select(Quota)).one())
        page = browser.open("/today").text
        assert "No quota is set" in page
        assert browser.mark(browser.opened).status_code == 200

    def test_under_the_threshold_it_does_not_count_and_says_so(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        with workspace.db.write() as session:
            let_rewrite(session)
            session.scalars(select(Quota)).one().threshold = 4.5
        page = browser.open("/today").text
        assert "Recorded, and closes" in page
        assert "does not count for the quota" in page

    def test_a_target_of_hundreds_is_drawn_in_three_stretches(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        with workspace.db.write() as session:
            let_rewrite(session)
            session.scalars(select(Quota)).one().target = 400
        figure = (
            browser.open("/today").text.split('<figure class="ticks">')[1].split("</figure>")[0]
        )
        assert figure.count("<rect") == 3


def _empty(workspace: Workspace, *, shortfall: int | None = None, reason: str = "") -> None:
    """Nobody on the list; with ``shortfall`` it was built all the same."""
    with workspace.db.write() as session:
        let_rewrite(session)
        built = session.scalars(select(DailyList)).one()
        for assignment in session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))):
            session.delete(assignment)
        today = select(Touch).join(Assignment).where(Assignment.listed_on == built.listed_on)
        for touch in session.scalars(today):
            assignment = session.get_one(Assignment, touch.assignment_id)
            session.delete(touch)
            session.flush()
            session.delete(assignment)
        if shortfall is None:
            session.delete(built)
        else:
            built.shortfall, built.shortfall_reason = shortfall, reason or None
