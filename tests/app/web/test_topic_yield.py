from __future__ import annotations

from sqlalchemy import select

from app.bootstrap import Workspace
from models import Keyword, Topic
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW

XSS = '"><script>alert(1)</script>'


def test_every_keyword_community_and_network_has_its_row(
    browser: Browser, workspace: Workspace
) -> None:
    with workspace.db.write() as session:
        topic = session.scalars(select(Topic)).first()
        assert topic is not None
        topic.keywords.append(
            Keyword(role="keyword", phrase=XSS, folded=XSS, active=True, created_at=NOW)
        )
    page = browser.open("/topics/1/yield").text
    for heading in ("By keyword", "By network", "Of new prospects", "Not relevant", "Per prospect"):
        assert heading in page
    assert "<script>alert" not in page
    assert "Dead: nothing heard" in page
    assert "dropping it saves $0.00 and 0 requests" in page
    assert "Try without it" in page
    assert "Of the last 90 days" in browser.open("/topics/1/yield?days=90").text
    assert "Of the last 28 days" in browser.open("/topics/1/yield?days=9999'").text


def test_a_verdict_leads_to_a_draft_without_the_keyword(browser: Browser) -> None:
    page = browser.open("/topics/1/yield?days=7").text
    start = page.index('href="/topics/1?draft=1') + 6
    address = page[start : page.index('"', start)].replace("&amp;", "&")
    draft = browser.open(address).text
    assert "What would change" in draft
    assert 'class="tag removed"' in draft


def test_the_yield_reads_in_arabic(browser: Browser) -> None:
    page = browser.open("/topics/1/yield?lang=ar").text
    assert "حسب الكلمة المفتاحية" in page
    assert "مهتمّون" in page
