"""The admin's page of sources: states in words, switching on, pausing, going on."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.bootstrap import Workspace
from config.errors import Refused
from models import Collection, CollectionGap, CollectionRun, Source, Spend
from signals.policy import check_source
from signals.schedule import synchronise
from signals.sources import SourceTerms, add_source, pause_source
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW


def _add(workspace: Workspace, network: str) -> None:
    with workspace.db.write() as session:
        terms = SourceTerms(lawful_basis="legitimate interests", daily_money=2.0)
        add_source(session, network=network, terms=terms, now=NOW)
        synchronise(session, now=NOW)


def test_the_network_s_budget_is_told_where_a_source_has_none(
    browser: Browser, workspace: Workspace
) -> None:
    with workspace.db.write() as session:
        for network in ("x", "hackernews"):
            add_source(session, network=network, terms=SourceTerms(lawful_basis="a"), now=NOW)
    page = browser.open("/sources").text
    assert page.count("of $5.00 for the network") == 1
    assert page.count("no budget set") == 1


def test_the_words_of_x_are_told_to_be_kept_for_a_month(browser: Browser) -> None:
    page = browser.open("/sources").text
    row = page[page.index('<th scope="row">X<') :]
    assert "30 days" in row[: row.index("</tr>")]


def test_a_source_paused_for_want_of_an_approval_goes_on_when_it_is_given(
    browser: Browser, workspace: Workspace
) -> None:
    terms = SourceTerms(lawful_basis="assessed", approval_ref="amendment 7")
    for name, reason in (("lacking", None), ("resting", "on holiday")):
        with workspace.db.write() as session:
            one = add_source(session, network="youtube", name=name, terms=terms, now=NOW)
            one.approval_ref = None
            with pytest.raises(Refused) as refused:
                check_source("youtube", lawful_basis="assessed", approval_ref=None)
            one.paused_reason = reason or f"An administrator must act: {refused.value}"
        browser.open("/sources")
        browser.send(
            f"/sources/{name}", do="change", lawful_basis="assessed", approval_ref="amendment 8"
        )
    with workspace.db.read() as session:
        paused = session.execute(select(Source.name, Source.paused_reason).order_by(Source.id))
        assert [tuple(row) for row in paused] == [("lacking", None), ("resting", "on holiday")]


def test_an_empty_page_says_what_to_do(browser: Browser) -> None:
    page = browser.open("/sources").text
    assert "No network is switched on" in page
    assert "need no key" in page


def test_a_network_is_switched_on_with_its_basis(browser: Browser, workspace: Workspace) -> None:
    browser.open("/sources")
    missing = browser.send("/sources", network="hackernews", lawful_basis=" ", url="")
    assert missing.status_code == 400
    assert "lawful basis" in missing.text
    done = browser.send(
        "/sources", network="hackernews", lawful_basis="legitimate interests", daily_money="٢٫٥"
    )
    assert done.url.path == "/sources"
    assert "Hacker News" in done.text
    with workspace.db.read() as session:
        source = session.scalars(select(Source)).one()
        assert (source.network, source.daily_money) == ("hackernews", 2.5)


def test_reddit_asks_for_its_approval_and_says_where(browser: Browser) -> None:
    browser.open("/sources")
    page = browser.send("/sources", network="reddit", lawful_basis="legitimate interests")
    assert page.status_code == 400
    assert "support.reddithelp.com" in page.text


def test_what_needs_somebody_stands_first_and_goes_on_when_told(
    browser: Browser, workspace: Workspace
) -> None:
    _add(workspace, "hackernews")
    reason = "An administrator must <b>top up</b> the account."
    with workspace.db.write() as session:
        pause_source(session, "hackernews", reason=reason)
    page = browser.open("/sources").text
    assert "1 needs you" in page
    assert "&lt;b&gt;top up&lt;/b&gt;" in page
    page = browser.send("/sources/hackernews", do="resume").text
    assert "needs you" not in page
    assert "2 of 2 collections are listening" in page
    assert "1 needs you" in browser.send("/sources/hackernews", do="pause").text


def test_the_terms_of_every_network_are_shown(browser: Browser) -> None:
    page = browser.open("/sources").text
    for network in ("Reddit", "YouTube", "Mastodon"):
        assert f'<th scope="row">{network}' in page
    assert "needs approval" in page


def test_what_is_stated_of_a_source_is_changed_beside_it(
    browser: Browser, workspace: Workspace
) -> None:
    _add(workspace, "hackernews")
    page = browser.open("/sources").text
    assert "$0.00 of $2.00" in page
    answer = browser.send(
        "/sources/hackernews", do="change", lawful_basis="consent", daily_money="-1"
    )
    assert answer.status_code == 400
    assert 'aria-describedby="s1e"' in answer.text
    assert 'value="-1"' in answer.text
    page = browser.send(
        "/sources/hackernews", do="change", lawful_basis="consent", daily_money="3"
    ).text
    assert "$0.00 of $3.00" in page
    with workspace.db.read() as session:
        assert session.scalars(select(Source.lawful_basis)).one() == "consent"
    assert browser.send("/sources/nowhere", do="change", lawful_basis="x").status_code == 404


@pytest.mark.parametrize(
    ("language", "spent", "gap", "needed", "used"),
    [
        ("en", "$1.50 of $2.00", "posts are missing", "needed", "Budget used"),
        ("ar", "$١٫٥٠ من $٢٫٠٠", "posts are missing", "مطلوبة", "نفدت الميزانية"),
    ],
)
def test_gap_spending_and_a_missing_approval_are_stated(
    browser: Browser, workspace: Workspace, language: str, spent: str, gap: str, needed: str,
    used: str,
) -> None:  # fmt: skip
    _add(workspace, "hackernews")
    with workspace.db.write() as session:
        approved = SourceTerms(lawful_basis="legitimate interests", approval_ref="RD-17")
        reddit = add_source(session, network="reddit", terms=approved, now=NOW)
        reddit.approval_ref = None  # withdrawn by the network
        one = session.scalars(select(Collection).where(Collection.task == "collect")).first()
        assert one is not None
        session.add(
            CollectionGap(
                collection_id=one.id, started_at=NOW, ended_at=NOW, recorded_at=NOW,
                reason="40 posts are missing: the server was away.",
            )
        )  # fmt: skip
        session.add(
            Spend(
                source_id=one.source_id, network="hackernews", collection_id=one.id, requests=3,
                resources=0, money=1.5, spent_on=NOW.date(), spent_at=NOW,
            )
        )  # fmt: skip
        session.add(
            CollectionRun(
                collection_id=one.id, started_at=NOW, outcome="budget",
                error="The day's budget is used up.",
            )
        )  # fmt: skip
    page = browser.open(f"/sources?lang={language}").text
    assert spent in page
    assert gap in page
    assert used in page
    of_reddit = page[page.index("RD-17" if "RD-17" in page else ">Reddit") :]
    assert needed in of_reddit
