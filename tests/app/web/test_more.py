"""More, please: the button at the end of a list that is done, and the address for programs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.bootstrap import Workspace
from models import Assignment, ExtraRequest, Topic
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW
from tests.factories import make_prospect


@pytest.fixture
def done(browser: Browser, workspace: Workspace) -> Browser:
    """Everybody on the list was handed back; seven others are warm."""
    with workspace.db.write() as session:
        topic = session.scalars(select(Topic).order_by(Topic.id)).first()
        assert topic is not None
        for row in session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))):
            row.closed_at, row.closed_reason = NOW, "handed_back"
        for number in range(7):
            make_prospect(session, topic, f"spare{number}", (3.0, NOW - timedelta(hours=1)))
    return browser


def _open(workspace: Workspace) -> int:
    with workspace.db.read() as session:
        return len(
            session.scalars(select(Assignment.id).where(Assignment.closed_at.is_(None))).all()
        )


def test_a_list_with_somebody_open_has_no_button(browser: Browser, workspace: Workspace) -> None:
    page = browser.open("/today").text
    assert "/today/more" not in page
    before = _open(workspace)
    answer = browser.send("/today/more", key="2026-11-25:0")
    assert answer.status_code == 409
    assert "More come once everybody" in answer.text
    assert _open(workspace) == before


def test_one_press_brings_five_and_a_double_click_no_more(
    done: Browser, workspace: Workspace
) -> None:
    page = done.open("/today").text
    assert "5 more, please" in page
    assert 'name="key" value="2026-11-25:0"' in page
    assert "spare" in done.send("/today/more", key="2026-11-25:0").text
    open_now = _open(workspace)
    assert open_now >= 5
    done.send("/today/more", key="2026-11-25:0")
    assert _open(workspace) == open_now
    with workspace.db.read() as session:
        assert len(session.scalars(select(ExtraRequest)).all()) == 1


def test_arabic_asks_in_its_own_plural(done: Browser) -> None:
    assert "طلب ٥ أشخاص آخرين" in done.open("/today?lang=ar").text


def test_where_nobody_is_left_the_page_says_so(browser: Browser, workspace: Workspace) -> None:
    with workspace.db.write() as session:
        for row in session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))):
            row.closed_at, row.closed_reason = NOW, "handed_back"
    browser.open("/today")
    answer = browser.send("/today/more", key="2026-11-25:0")
    assert answer.status_code == 409
    assert "Nobody else is warm enough for your list now" in answer.text
