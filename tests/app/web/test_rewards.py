"""The rewards page: schemes, contests, statements closed and corrected; a rep's own page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.bootstrap import Workspace
from models import Assignment, Contest, Quota, RewardScheme, Statement, Touch
from tests.app.web.conftest import Browser, SettableClock
from tests.factories import let_rewrite

#: The day after the week of the small workspace's contacts, and one in the month after.
NEXT_WEEK = datetime(2026, 11, 30, 15, tzinfo=UTC)
PAGE = "/team/rewards"


def _scheme(browser: Browser, **changes: str) -> str:
    browser.open(PAGE)
    form = {"name": "Above", "rate": "2.50", "unit": "EUR", "tiers": "100=1.0 120=1.5",
            "mode": "whole", "activity": "engaged_contact"}  # fmt: skip
    return browser.send(f"{PAGE}/schemes", **(form | changes)).text


def _contest(browser: Browser, **changes: str) -> str:
    browser.open(PAGE)
    form = {"name": "Sprint", "prizes": "100 50", "unit": "EUR", "activity": "engaged_contact",
            "from": "2026-11-23", "to": "2026-11-29"}  # fmt: skip
    return browser.send(f"{PAGE}/contests", **(form | changes)).text


def _earn(browser: Browser, workspace: Workspace) -> None:
    """A scheme and a contest this week, in which five of four are counted."""
    with workspace.db.write() as session:
        let_rewrite(session)
        for quota in session.scalars(select(Quota)):
            quota.target = 4
    _scheme(browser, **{"from": "2026-11-20"})
    _contest(browser)


def test_a_scheme_is_set_shown_changed_and_stopped(browser: Browser, workspace: Workspace) -> None:
    assert "what is above target earns nothing" in browser.open(PAGE).text
    assert f'href="{PAGE}?team=' in browser.open("/team").text
    page = _scheme(browser)
    assert "2.50" in page
    assert "The tier reached holds for all." in page
    assert "5.00" in _scheme(browser, rate="5", mode="marginal")
    assert "7.25" in _scheme(browser, rate="٧٫٢٥")
    browser.open(PAGE)
    assert "what is above target earns nothing" in browser.send(
        f"{PAGE}/schemes/stop", name="Above"
    ).text  # fmt: skip
    with workspace.db.read() as session:
        rows = session.scalars(select(RewardScheme).order_by(RewardScheme.id)).all()
        assert [(row.rate, row.stops) for row in rows] == [
            (250, False), (500, False), (725, False), (0, True)
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rate": "much"}, "is not an amount. Write it as 12.50."),
        ({"rate": "-1"}, 'role="alert"'),
        ({"tiers": "120=1.5 150=1.0"}, "A higher tier pays less than a lower one."),
        ({"tiers": "x"}, "is not a tier. Write it as 120=1.5."),
        ({"unit": "E U R"}, "Use a word such as EUR or points."),
        ({"name": "  "}, "Use 1 to 120 characters."),
        ({"from": "tomorrow"}, "is not a date"),
        ({"mode": "odd"}, 'role="alert"'),
    ],
)
def test_a_scheme_that_cannot_be_is_said_beside_its_form_and_what_was_typed_stays(
    browser: Browser, workspace: Workspace, wrong: dict[str, str], said: str
) -> None:
    page = _scheme(browser, name=wrong.get("name", "Kept name"), **{
        key: value for key, value in wrong.items() if key != "name"
    })  # fmt: skip
    assert said in page
    assert wrong.get("name", "Kept name") in page
    with workspace.db.read() as session:
        assert session.scalars(select(RewardScheme)).all() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"prizes": "50 100"}, "The prizes are not usable."),
        ({"prizes": ""}, "The prizes are not usable."),
        ({"to": "2026-11-22"}, "A contest ends after it starts."),
        ({"from": "2026-11-01", "to": "2026-11-20"}, "A contest that is over already"),
        ({"from": ""}, "is not a date"),
    ],
)
def test_a_contest_that_cannot_be_is_refused(
    browser: Browser, workspace: Workspace, wrong: dict[str, str], said: str
) -> None:
    assert said in _contest(browser, **wrong)
    with workspace.db.read() as session:
        assert session.scalars(select(Contest)).all() == []


def test_a_contest_shows_who_stands_where(browser: Browser) -> None:
    page = _contest(browser)
    assert "1. <bdi>Noor</bdi>" in page
    assert "100.00" in page
    assert "has a contest" in _contest(browser)
    mine = browser.open("/rewards").text
    assert "Place 1 of 2 with" in mine  # the other rep takes part, whatever they owe
    assert "Ines" not in mine


def test_a_statement_is_looked_at_closed_and_corrected_by_a_row_of_its_own(
    browser: Browser, workspace: Workspace, clock: SettableClock, rep_id: int
) -> None:
    _earn(browser, workspace)
    week = f"{PAGE}?per=week&date=2026-11-25"
    page = browser.open(week).text
    assert "Nothing ended from" in page
    clock.at = NEXT_WEEK
    page = browser.open(week).text
    assert "5 of 4" in page
    assert "place 1 with 5" in page
    closed = browser.send(
        f"{PAGE}/close?team=1", rep=str(rep_id), per="week", date="2026-11-25"
    ).text
    assert "Export as CSV" in closed
    with workspace.db.read() as session:
        statement = session.scalars(select(Statement)).one()
        amount, number = statement.amount, statement.id
        assert amount == 100_00 + 2_50 * 3 // 2  # 125 %: half as much again
        assert sum(line["amount"] for line in statement.lines) == amount
    again = browser.send(f"{PAGE}/close?team=1", rep=str(rep_id), per="week", date="2026-11-25")
    assert again.status_code == 400
    assert "has a closed statement within" in again.text
    for wrong in ({"amount": "x", "reason": "r"}, {"amount": "0", "reason": "r"},
                  {"amount": "1", "reason": " "}):  # fmt: skip
        answer = browser.send(f"{PAGE}/statements/{number}/correct?team=1", **wrong)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
    page = browser.send(
        f"{PAGE}/statements/{number}/correct?team=1", amount="-2.50", reason="counted twice"
    ).text
    assert "counted twice" in page
    assert "\N{MINUS SIGN}2.50" in page
    with workspace.db.read() as session:
        rows = session.scalars(select(Statement).order_by(Statement.id)).all()
        assert [(row.amount, row.corrects_id) for row in rows] == [(amount, None), (-250, number)]
    sheet = browser.open(f"{PAGE}/statements.csv?team=1")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert "-2.50" in sheet.text
    assert browser.open(f"{PAGE}/statements.csv?team=1&from=2027-01-01").text.count("\n") == 1
    mine = browser.open("/rewards").text
    assert "counted twice" in mine


def test_what_came_out_differently_afterwards_is_said_with_the_amount_to_correct(
    browser: Browser, workspace: Workspace, clock: SettableClock, rep_id: int
) -> None:
    _earn(browser, workspace)
    clock.at = NEXT_WEEK
    week = f"{PAGE}?per=week&date=2026-11-25"
    browser.open(week)
    browser.send(f"{PAGE}/close?team=1", rep="all", per="week", date="2026-11-25")
    with workspace.db.write() as session:
        touch = session.scalars(select(Touch).where(Touch.rep_id == rep_id)).first()
        assert touch is not None
        session.add(
            Touch(
                rep_id=rep_id, person_id=touch.person_id, assignment_id=touch.assignment_id,
                channel=touch.channel, disposition=touch.disposition, undoes_id=touch.id,
                occurred_at=clock.at, recorded_at=clock.at, idempotency_key="undo:1",
            )
        )  # fmt: skip
    page = browser.open(week).text
    assert "would be" in page
    assert 'name="amount" value="-' in page


def test_nothing_is_closed_while_the_time_runs_or_nothing_ended(
    browser: Browser, workspace: Workspace, clock: SettableClock, rep_id: int
) -> None:
    browser.open(PAGE)
    early = browser.send(f"{PAGE}/close", rep=str(rep_id), per="month", date="2026-11-25")
    assert early.status_code == 400
    assert "is not over." in early.text
    clock.at = NEXT_WEEK + timedelta(days=10)
    browser.open(PAGE)
    empty = browser.send(f"{PAGE}/close", rep=str(rep_id), per="week", date="2026-11-25")
    assert "has no scheme or contest" in empty.text
    assert (
        browser.send(f"{PAGE}/close", rep="all", per="week", date="2026-11-25").status_code == 200
    )
    assert browser.send(f"{PAGE}/close", rep="999", per="week", date="x").status_code == 404
    with workspace.db.read() as session:
        assert session.scalars(select(Statement)).all() == []


@pytest.mark.parametrize(
    "odd", ["per=year", "date=2026-13-45", "date=0001-01-01&per=quarter", "date=9999-12-31", "per="]
)
def test_an_odd_address_shows_this_month(browser: Browser, odd: str) -> None:
    assert browser.open(f"{PAGE}?{odd}").status_code == 200


def test_both_pages_speak_arabic(browser: Browser, rep_id: int) -> None:
    _scheme(browser)
    page = browser.open(f"{PAGE}?lang=ar").text
    assert "أنظمة المكافأة" in page
    assert "٢٫٥٠" in page
    assert "المكافآت" in browser.open("/rewards").text


def test_of_a_stranger_nothing_is_known(stranger: Browser) -> None:
    assert stranger.open("/rewards").status_code == 404


def test_a_tag_in_a_name_stays_words(browser: Browser) -> None:
    page = _scheme(browser, name="<b>Bold</b>")
    assert "&lt;b&gt;Bold" in page
    assert "<b>Bold" not in page


def test_assignments_are_not_touched_by_any_of_it(browser: Browser, workspace: Workspace) -> None:
    with workspace.db.read() as session:
        before = len(session.scalars(select(Assignment)).all())
    _scheme(browser)
    _contest(browser)
    with workspace.db.read() as session:
        assert len(session.scalars(select(Assignment)).all()) == before
