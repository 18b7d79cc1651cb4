"""A person's page: what is known and where from, and what is said back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.bootstrap import Workspace
from app.web.curve import HEIGHT, draw_curve, warmth_at
from models import (
    Account,
    AccountIdentity,
    AccountLink,
    Assignment,
    Label,
    Person,
    PrivacyEntry,
    Rep,
    Suppression,
    Topic,
)
from prospects.identity import standing_verdicts
from prospects.resolve import decide_link, propose_link
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW, TODAY, Post, add_listed, add_touch

DAY = timedelta(days=1)
WEEK = 7 * DAY
_BOTH = ("mapleandlime", "tidepool")  # both on Bluesky


def _person(workspace: Workspace, handle: str = "sample_harborlight") -> int:
    with workspace.db.read() as session:
        found = select(Account.person_id).where(Account.handle == handle)
        return session.scalars(found).one()


class TestPage:
    def test_signals_touches_and_places_stand_in_one_story(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        browser.open("/today")
        browser.mark(browser.opened, note="met at the fair", next_on="2026-12-01")
        page = browser.open(f"/prospects/{_person(workspace)}").text
        for words in (
            "Leaving my employer in January", "Given to <bdi>Noor</bdi>", "Place 1, at 4.20 then",
            "<bdi>Noor</bdi>, message", "again on 1 December", "met at the fair",
            "They fit: English, about the topic", "Reddit", "3 signals, first seen just now",
        ):  # fmt: skip
            assert words in page, words
        assert page.count('class="c-dot on"') == 3
        assert page.count('class="c-hollow"') == 1

    def test_without_enough_touches_no_chance_is_invented(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        says = "Chance of a positive outcome: not yet calibrated."
        assert says in browser.open(f"/prospects/{_person(workspace)}").text

    def test_with_enough_touches_the_chance_stands_with_its_interval(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        with workspace.db.write() as session:
            rep = session.scalars(select(Rep).order_by(Rep.id)).first()
            topic = session.scalars(select(Topic).order_by(Topic.id)).first()
            assert rep is not None
            assert topic is not None
            for number in range(240):
                post = Post(f"sample_past{number}", "Is a [rollover] worth it?",
                            reasons=((100 + number, "cue.question"),))  # fmt: skip
                on = TODAY - timedelta(days=20)
                listed = add_listed(session, post, topic, rep, on, NOW - 20 * DAY, rank=number)
                came = "replied" if number > 160 else "no_answer"
                add_touch(session, listed, NOW - 20 * DAY, disposition=came)
        page = browser.open(f"/prospects/{_person(workspace)}").text
        found = re.search(
            r"Chance of a positive outcome: (\d+)\s%, between (\d+)\s% and (\d+)\s%", page
        )
        assert found
        chance, low, high = map(int, found.groups())
        assert 0 < low <= chance <= high <= 100
        assert high > low

    def test_points_add_up_to_the_headline(self, browser: Browser, workspace: Workspace) -> None:
        page = browser.open(f"/prospects/{_person(workspace)}").text
        parts = re.findall(r'class="pts" value="([\d.]+)"', page)
        total = re.search(r'is at</span> <data value="([\d.]+)"', page)
        assert len(parts) == 3
        assert total
        assert sum(round(100 * float(part)) for part in parts) == round(100 * float(total[1]))

    def test_accounts_say_who_and_why_and_links_their_proof(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        person_id = _person(workspace)
        with workspace.db.write() as session:
            account = session.scalars(select(Account).where(Account.person_id == person_id)).one()
            other = Account(
                person_id=person_id, network="mastodon", external_id="m1", handle="harbor",
                first_seen_at=NOW, url="https://sample.social/@harbor",
            )  # fmt: skip
            session.add(other)
            session.flush()
            session.add(
                AccountIdentity(
                    account_id=account.id, verdict="person", source="derived", author=None,
                    reasons=[["identity.speaks_of_self", 1.2]], decided_at=NOW,
                )
            )  # fmt: skip
            session.add(
                AccountLink(
                    first_id=account.id, second_id=other.id, proof="profile_links",
                    evidence={"first_seen_at": "2026-11-20"},
                    proposed_by="Noor", proposed_at=NOW, decision="accepted", decided_by="Mona",
                    decided_at=NOW, reason="seen", moved={},
                )
            )  # fmt: skip
        page = browser.open(f"/prospects/{person_id}").text
        assert "Person: speaks of their own life" in page
        assert "Proof: each profile links to the other. Proposed by <bdi>Noor</bdi>." in page
        assert "Joined by <bdi>Mona</bdi>" in page
        assert "<bdi>2026-11-20</bdi>" in page  # what was found
        assert f'action="/prospects/{person_id}/links/1/undo"' in page
        assert browser.send(f"/prospects/{person_id}/links/9/undo").status_code == 404
        assert 'href="https://sample.social/@harbor"' in page

    def test_it_reads_in_arabic(self, browser: Browser, workspace: Workspace) -> None:
        page = browser.open(f"/prospects/{_person(workspace)}?lang=ar").text
        assert "ما حدث" in page
        assert 'value="3.69">٣٫٦٩</data>' in page

    @pytest.mark.parametrize("number", ["0", "99999", "9999999999999999999"])
    def test_nobody_is_404(self, browser: Browser, number: str) -> None:
        assert browser.open(f"/prospects/{number}").status_code == 404

    def test_a_link_is_undone_and_both_are_themselves_again(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        first, second = (_person(workspace, f"sample_{name}") for name in _BOTH)
        settings = workspace.settings.people.model_copy(update={"link_accounts": True})
        with workspace.db.write() as session:
            one, other = (
                session.scalars(select(Account).where(Account.handle == f"sample_{name}")).one()
                for name in _BOTH
            )
            number = propose_link(
                session, one, other, proof="consent", evidence={"record": "letter 7"},
                by="Noor", settings=settings, now=NOW,
            ).id  # fmt: skip
            decide_link(
                session, number, accept=True, reason="they said so", by="Mona", settings=settings,
                now=NOW,
            )  # fmt: skip
            joined = [one.person_id, other.person_id]
        assert len(set(joined)) == 1
        browser.open(f"/prospects/{joined[0]}")
        page = browser.send(f"/prospects/{joined[0]}/links/{number}/undo").text
        assert "Unlink" not in page
        assert [_person(workspace, f"sample_{name}") for name in _BOTH] == [first, second]


class TestNotAProspect:
    @pytest.mark.parametrize("what", ["seller", "person", "topic"])
    def test_it_teaches_and_is_taken_back(
        self, browser: Browser, workspace: Workspace, what: str
    ) -> None:
        person_id = _person(workspace)
        before = browser.open(f"/prospects/{person_id}").text
        assert "is at</span>" in before
        page = browser.send(f"/prospects/{person_id}/mistake", what=what, topic="1").text
        assert "<strong>Not a prospect:</strong>" in page
        with workspace.db.read() as session:
            labels = session.scalars(select(Label)).all()
            assert [(one.value, one.source) for one in labels] == [(0, f"wrong_{what}")]
            said = session.scalars(select(AccountIdentity.verdict)).all()
            assert said == (["seller"] if what == "seller" else [])
        page = browser.send(f"/prospects/{person_id}/mistake/undo").text
        assert "<strong>Not a prospect:</strong>" not in page
        assert browser.send(f"/prospects/{person_id}/mistake/undo").status_code == 200
        with workspace.db.read() as session:
            assert session.scalar(select(func.count()).select_from(Label)) == 2

    def test_an_unknown_reason_is_404_and_nothing_to_judge_is_said(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        person_id = _person(workspace)
        browser.open(f"/prospects/{person_id}")
        path = f"/prospects/{person_id}/mistake"
        assert browser.send(path, what="ugly", topic="1").status_code == 404
        browser.open(f"/prospects/{person_id}")
        answer = browser.send(path, what="topic", topic="2")
        assert answer.status_code == 400
        assert "Nothing is left to judge" in answer.text


class TestLeaveAlone:
    def test_they_leave_every_list_and_their_words_are_not_shown(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        person_id = _person(workspace)
        browser.open(f"/prospects/{person_id}")
        page = browser.send(f"/prospects/{person_id}/leave-alone").text
        assert "Must not be contacted." in page
        assert "Leaving my employer" not in page
        assert "5 people left today" in browser.open("/today").text
        with workspace.db.read() as session:
            assert session.get_one(Person, person_id).suppressed_for == "asked"
            closed = session.scalars(
                select(Assignment.closed_reason).where(Assignment.person_id == person_id)
            ).all()
            assert closed == ["suppressed"]
            assert session.scalar(select(func.count()).select_from(Suppression)) == 2

    @pytest.mark.parametrize("how", ["page", "touch"])
    def test_an_admin_takes_it_back_with_a_reason_that_stands_in_the_log(
        self, browser: Browser, workspace: Workspace, how: str
    ) -> None:
        person_id = _person(workspace)
        if how == "page":
            browser.open(f"/prospects/{person_id}")
            browser.send(f"/prospects/{person_id}/leave-alone")
        else:
            browser.open("/today")
            browser.mark(browser.opened, disposition="do_not_contact")
        assert "Why they may be contacted again" in browser.open(f"/prospects/{person_id}").text
        path = f"/prospects/{person_id}/leave-alone/undo"
        assert browser.send(path, reason="because").status_code == 400
        page = browser.send(path, reason="consent").text
        assert "Must not be contacted." not in page
        assert "is at</span>" in page
        with workspace.db.read() as session:
            assert session.get_one(Person, person_id).suppressed_at is None
            assert session.scalar(select(func.count()).select_from(Suppression)) == 0
            last = session.scalars(select(PrivacyEntry).order_by(PrivacyEntry.id.desc())).first()
            assert last is not None
            assert (last.action, last.reason) == ("suppress_remove", "consent")

    def test_a_name_on_the_list_keeps_them_out(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        person_id = _person(workspace)
        browser.open(f"/prospects/{person_id}")
        browser.send(f"/prospects/{person_id}/leave-alone")
        with workspace.db.write() as session:
            for row in session.scalars(select(Suppression)):
                row.reason = "list:manual"
        browser.open(f"/prospects/{person_id}")
        answer = browser.send(f"/prospects/{person_id}/leave-alone/undo", reason="mistake")
        assert answer.status_code == 400
        assert "take it off there" in answer.text

    def test_who_objected_is_known_to_nobody(self, browser: Browser, workspace: Workspace) -> None:
        person_id = _person(workspace)
        with workspace.db.write() as session:
            person = session.get_one(Person, person_id)
            person.suppressed_at, person.suppressed_for = NOW, "objection"
        assert browser.open(f"/prospects/{person_id}").status_code == 404


_TERMS = st.lists(
    st.tuples(st.integers(0, 60 * 24 * 60).map(lambda m: NOW - timedelta(minutes=m)),
              st.floats(0.01, 50)),
    min_size=1, max_size=12,
)  # fmt: skip


@given(_TERMS, st.booleans())
def test_the_line_stays_in_the_picture_and_ends_at_the_warmth(
    terms: list[tuple[datetime, float]], rtl: bool
) -> None:
    curve = draw_curve(
        terms, [], now=NOW, half_life=WEEK, longest=30 * DAY, zone=UTC, threshold=2.0, rtl=rtl,
    )  # fmt: skip
    assert curve is not None
    numbers = [float(found) for found in re.findall(r"-?[\d.]+", curve.path)]
    assert all(-0.1 <= x <= 1000.1 for x in numbers[::2])
    assert all(-0.1 <= y <= HEIGHT + 0.1 for y in numbers[1::2])
    assert curve.now.x == (0.0 if rtl else 100.0)
    assert curve.now.value == pytest.approx(warmth_at(terms, NOW, WEEK))


def test_without_evidence_there_is_no_line() -> None:
    assert draw_curve(
        [], [], now=NOW, half_life=WEEK, longest=30 * DAY, zone=UTC, threshold=None, rtl=False
    ) is None  # fmt: skip


def test_who_somebody_is_can_be_said_and_counts_at_once(
    browser: Browser, workspace: Workspace
) -> None:
    person_id = _person(workspace)
    with workspace.db.read() as session:
        accounts = session.scalars(select(Account.id).where(Account.person_id == person_id)).all()
    browser.open(f"/prospects/{person_id}")
    for verdict in ("organisation", "competitor", "staff", "bot", "person"):
        page = browser.send(f"/prospects/{person_id}/identity", verdict=verdict).text
        assert f'<option value="{verdict}" selected>' in page
        with workspace.db.read() as session:
            assert set(standing_verdicts(session, accounts).values()) == {verdict}
    assert browser.send(f"/prospects/{person_id}/identity", verdict="king").status_code == 404
    assert "حدّد من هو" in browser.open(f"/prospects/{person_id}?lang=ar").text
