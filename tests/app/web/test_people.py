"""The admin's pages of people and privacy."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from app.bootstrap import Workspace
from models import Account, PrivacyEntry, Signal, Suppression, User
from tests.app.web.conftest import Browser


class TestPeople:
    def test_somebody_is_invited_by_a_link_shown_once(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        assert "Nobody signs in here" in browser.open("/people").text
        wrong = browser.send("/people", email="no address", role="admin")
        assert wrong.status_code == 400
        assert "not an e-mail address" in wrong.text
        page = browser.send("/people", email="ada@example.org", role="admin").text
        link = re.search(r"/welcome/([\w-]{43,})", page)
        assert link
        browser.open(f"/welcome/{link.group(1)}")
        browser.send(f"/welcome/{link.group(1)}", name="Ada", password="a long enough one")
        page = browser.open("/people").text
        assert "ada@example.org" in page
        assert "1 person may sign in" in page
        assert link.group(1) not in page
        again = browser.send("/people", email="ada@example.org", role="admin")
        assert "may sign in already" in again.text
        last = browser.send("/people/1", do="close")
        assert "last admin" in last.text
        assert "/welcome/" in browser.send("/people/1", do="link").text
        assert browser.send("/people/99", do="close").status_code == 404
        with workspace.db.read() as session:
            assert session.scalars(select(User.role)).all() == ["admin"]

    def test_a_rep_needs_a_list(self, browser: Browser) -> None:
        browser.open("/people")
        wrong = browser.send("/people", email="bo@example.org", role="rep")
        assert wrong.status_code == 400
        assert "whose list" in wrong.text
        assert 'value="bo@example.org"' in wrong.text


def _count(workspace: Workspace, handle: str) -> int:
    with workspace.db.read() as session:
        return (
            session.scalar(
                select(func.count()).select_from(Account).where(Account.handle == handle)
            )
            or 0
        )


class TestPrivacy:
    def test_somebody_is_found_exported_and_erased(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        browser.open("/privacy")
        page = browser.send("/privacy", handle="@sample_fernridge", do="find").text
        assert "<code>signals</code>" in page
        exported = browser.send("/privacy", handle="sample_fernridge", do="export")
        assert exported.headers["content-disposition"] == 'attachment; filename="about.json"'
        assert "lump sum" in exported.text
        browser.open("/privacy")
        unsure = browser.send("/privacy", handle="sample_fernridge", do="erase")
        assert unsure.status_code == 400
        assert _count(workspace, "sample_fernridge") == 1
        page = browser.send("/privacy", handle="sample_fernridge", do="erase", sure="yes").text
        assert "Erased" in page
        assert _count(workspace, "sample_fernridge") == 0
        assert "@sample_fernridge" not in browser.open("/today").text
        with workspace.db.read() as session:
            assert session.scalar(select(func.count()).select_from(Suppression))
            assert session.scalars(select(PrivacyEntry.action)).all() == ["export", "erase"]
            texts = session.scalars(select(Signal.text).where(Signal.text.is_not(None))).all()
        assert not any("lump sum or the annuity" in text for text in texts)

    def test_an_objection_ends_profiling_and_is_logged(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        browser.open("/privacy")
        page = browser.send("/privacy", handle="sample_mapleandlime", do="object").text
        assert "What was derived is gone" in page
        assert "@sample_mapleandlime" not in browser.open("/today").text
        page = browser.open("/privacy?action=object").text
        assert "objection" in page
        browser.open("/privacy")
        page = browser.send("/privacy", handle="nobody_here", do="object").text
        assert "kept out from now on" in page

    def test_names_are_added_exported_and_taken_off(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        browser.open("/privacy")
        browser.send("/privacy/suppression", names="ada@example.org", do="add")
        browser.send("/privacy/suppression", names="@someone\nexample.net\n", do="add")
        csv = browser.open("/privacy/suppression.csv")
        assert csv.headers["content-type"].startswith("text/csv")
        assert len(csv.text.splitlines()) == 4
        assert "ada" not in csv.text
        browser.open("/privacy")
        browser.send("/privacy/suppression", names="ada@example.org", do="remove")
        assert len(browser.open("/privacy/suppression.csv").text.splitlines()) == 3

    def test_who_has_to_be_told_is_told(self, browser: Browser, workspace: Workspace) -> None:
        workspace.settings.privacy.place = "eu"
        page = browser.open("/privacy").text
        person = re.search(r'name="person" value="(\d+)"', page)
        assert person
        page = browser.send("/privacy/notices", person=person.group(1)).text
        assert f'name="person" value="{person.group(1)}"' not in page

    def test_nothing_is_done_without_a_handle(self, browser: Browser) -> None:
        browser.open("/privacy")
        assert browser.send("/privacy", handle=" ", do="erase", sure="yes").status_code == 400
        assert browser.send("/privacy", handle="x", do="dance").status_code == 400
