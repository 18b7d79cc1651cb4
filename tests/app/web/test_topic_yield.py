from __future__ import annotations

from sqlalchemy import select

from app.bootstrap import Workspace
from models import BudgetPlan, Keyword, Topic
from signals.schedule import synchronise
from signals.sources import SourceTerms, add_source
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


def test_the_budget_is_off_until_a_manager_switches_it_on_with_a_reason(
    browser: Browser, workspace: Workspace
) -> None:
    page = browser.open("/topics/budget").text
    assert "Switched off" in page
    with workspace.db.write() as session:
        add_source(
            session, network="hackernews", now=NOW,
            terms=SourceTerms(lawful_basis="assessed", approval_ref="R-1"),
        )  # fmt: skip
        synchronise(session, now=NOW)
    page = browser.open("/topics/budget").text
    assert "Kept for exploring" in page or "May bring more" in page
    assert "Keep to this proposal" in page
    refused = browser.send("/topics/budget", do="on", reason=" ")
    assert refused.status_code == 400
    assert 'aria-describedby="reason-error"' in refused.text
    assert "Switched on" in browser.send("/topics/budget", do="on", reason="a trial").text
    assert "Switched off" in browser.send("/topics/budget", do="off", reason="enough").text
    assert "ميزانية الاستماع" in browser.open("/topics/budget?lang=ar").text
    with workspace.db.read() as session:
        plans = session.scalars(select(BudgetPlan).order_by(BudgetPlan.id)).all()
    assert [(plan.state, plan.reason) for plan in plans] == [("on", "a trial"), ("off", "enough")]
