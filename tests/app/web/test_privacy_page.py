"""The privacy page's log, its pages, and a suppression list from a file."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.bootstrap import Workspace
from app.web.audit_log import LogFilter, load_log, read_filter
from models import PrivacyEntry, Suppression
from prospects.erase import record
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW


@pytest.fixture
def entries(workspace: Workspace) -> None:
    with workspace.db.write() as session:
        for number in range(120):
            record(
                session, "notice" if number % 2 else "export",
                actor="Mara" if number % 3 else "Omar", subject=None, counts={"people": 1},
                now=NOW - timedelta(days=number // 10),
            )  # fmt: skip


@pytest.mark.usefixtures("entries")
def test_the_log_is_filtered_by_who_what_and_when_page_by_page(
    browser: Browser, workspace: Workspace
) -> None:
    page = browser.open("/privacy?action=export&actor=Omar").text
    log = page[page.index('id="log-h"') :]
    assert log.count("<tr><th") == 1 + 20
    assert "notice</td>" not in log
    pages, address = [], "/privacy?action=notice"
    while address:
        page = browser.open(address).text
        log = page[page.index('id="log-h"') :]
        pages.append(log.count('<tr><th scope="row">'))
        older = re.search(r'href="(/privacy\?[^"#]*before=\d+)[^"]*">Older', log)
        address = older.group(1).replace("&amp;", "&") if older else ""
    assert pages == [50, 10]
    assert "Nothing like that was done." in browser.open("/privacy?from=2030-01-01").text
    with workspace.db.read() as session:
        day = (NOW - timedelta(days=2)).date()
        found = load_log(session, LogFilter(since=day, until=day)).entries
    assert {entry.done_at.date() for entry in found} == {day}
    assert len(found) == 10


@given(st.dictionaries(st.sampled_from(["action", "actor", "from", "to", "before"]), st.text()))
def test_an_address_that_cannot_be_read_filters_nothing(query: dict[str, str]) -> None:
    wanted = read_filter(query)
    assert wanted.since is None or isinstance(wanted.since, date)
    assert read_filter({"from": "x", "before": "-1"}) == LogFilter()


def test_a_list_comes_from_a_file(browser: Browser, workspace: Workspace) -> None:
    browser.open("/privacy")
    token = browser.hidden("_csrf_token")
    words = (
        "\ufeffkind,value,network\nemail,ann@example.org,\nhandle,sample_harborlight,reddit\n"
        "domain,co.uk,\nphone,twelve,\nemail,Ann@example.org,\n"
    )
    answer = browser.client.post(
        "/privacy/suppression/file", data={"_csrf_token": token},
        files={"file": ("list.csv", words.encode(), "text/csv")},
    )  # fmt: skip
    assert answer.status_code == 200
    for said in (
        "5 rows: 2 added, 1 known before, 2 not usable. People known by one of them: 1.",
        "Not usable, without the header: row 3, 4.",
        "Many people have a page or a mailbox at co.uk: give handles",
    ):
        assert said in answer.text
    with workspace.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Suppression)) >= 2
        entry = session.scalars(select(PrivacyEntry)).one()
        assert (entry.action, entry.counts["people"]) == ("suppress_import", 1)
    missing = browser.client.post(
        "/privacy/suppression/file", data={"_csrf_token": token}, files={"other": ("x", b"")}
    )
    assert missing.status_code == 400
    assert 'id="list-slip"' in missing.text
