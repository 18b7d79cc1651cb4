"""Marks kept in the browser: none is lost when somebody is signed out or has two tabs open."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from models import Assignment
from tests.app.web.small_workspace import TODAY
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser
_KEPT = "Kept here, sent when you are back (%d)"


def _pick(page: Page) -> None:
    page.clock.install()  # so that what is tried again by itself is waited for in no time
    page.goto("/")
    page.get_by_role("button", name="Noor").click()
    expect(page.locator("#list-h")).to_have_text("6 people left today")
    page.wait_for_load_state()  # the keys are there


def _keep(page: Page, site: Site, marks: int) -> int:
    """Marks made while nothing answers; returns how many touches there are."""
    _pick(page)
    before = site.touches()
    page.route("**/touches", lambda route: route.abort())
    page.keyboard.press("m")
    for number in range(1, marks + 1):
        page.keyboard.press("1")
        expect(page.get_by_role("alert")).to_have_text(_KEPT % number)
    return before


def _wait(page: Page, site: Site, touches: int) -> None:
    """Until so many are recorded; a while later there are no more."""
    deadline = time.monotonic() + 20
    while site.touches() < touches and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    page.wait_for_timeout(300)
    assert site.touches() == touches


def test_they_wait_for_somebody_signed_out_to_sign_in(page: Page, site: Site) -> None:
    before = _keep(page, site, 1)
    page.unroute("**/touches")
    page.route("**/touches", lambda route: route.fulfill(status=401, body=""))
    with page.expect_response("**/touches"):
        pass
    page.unroute("**/touches")
    page.clock.run_for(3500)  # nothing is sent again from this page
    assert site.touches() == before
    page.reload()
    expect(page.get_by_role("alert")).to_have_text("You are back. Sent: 1")
    assert site.touches() == before + 1
    site.complaints.clear()  # the browser itself reports the failed requests


def test_they_are_sent_with_the_token_the_browser_has_by_then(page: Page, site: Site) -> None:
    before = _keep(page, site, 1)
    page.context.clear_cookies(name="csrftoken")
    page.unroute("**/touches")
    expect(page.get_by_role("alert")).to_have_text("You are back. Sent: 1")
    assert site.touches() == before + 1
    site.complaints.clear()


def test_a_page_of_somebody_in_between_is_no_answer(page: Page, site: Site) -> None:
    _pick(page)
    before = site.touches()
    body = "<html><body><h1>502 Bad Gateway</h1></body></html>"
    page.route("**/touches", lambda route: route.fulfill(status=502, body=body))
    page.keyboard.press("m")
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_have_text(_KEPT % 1)
    expect(page.locator(".open h2")).to_have_text("@sample_fernridge")
    page.unroute("**/touches")
    expect(page.get_by_role("alert")).to_have_text("You are back. Sent: 1")
    assert site.touches() == before + 1
    page.route("**/today?open=*", lambda route: route.fulfill(status=502, body=body))
    page.keyboard.press("Escape")
    page.locator(".row h3 a").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Not saved: the server could not be reached.")
    expect(page.locator("#list-h")).to_have_text("5 people left today")
    site.complaints.clear()


def test_two_tabs_send_each_once(page: Page, site: Site) -> None:
    before = _keep(page, site, 2)
    held: list[Route] = []
    page.unroute("**/touches")
    page.context.route("**/touches", lambda route: held.append(route))  # noqa: PLW0108 - the driver takes no bound method
    other = site.watch(page.context.new_page())
    other.goto("/today")
    deadline = time.monotonic() + 15
    while len(held) < 2 and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert len(held) == 2  # both tabs send the first
    page.context.unroute("**/touches")  # lets go of both
    _wait(page, site, before + 2)
    site.complaints.clear()


def _hang(page: Page) -> list[Route]:
    """What is posted from here on, unanswered."""
    held: list[Route] = []
    page.route("**/touches", lambda route: held.append(route))  # noqa: PLW0108 - the driver takes no bound method
    return held


def _work_two_unanswered(page: Page, site: Site) -> tuple[int, list[Route]]:
    """A mark that hangs, another row opened and worked meanwhile."""
    _pick(page)
    before, held = site.touches(), _hang(page)
    page.keyboard.press("m")
    page.keyboard.press("1")
    expect(page.locator(".open h2")).to_have_text("@sample_fernridge")
    expect(page.locator(".open")).to_be_focused()
    expect(page.locator(".done.kept")).to_contain_text("@sample_harborlight")
    expect(page.locator(".done.kept")).to_contain_text("Saving")
    assert "contacted" in page.evaluate("localStorage.getItem('warmlist.kept')")
    page.get_by_role("link", name="@sample_tidepool", exact=True).click()
    expect(page.locator(".open h2")).to_have_text("@sample_tidepool")
    expect(page.locator(".done.kept")).to_contain_text("@sample_harborlight")
    page.keyboard.press("e")
    page.keyboard.press("2")
    expect(page.locator(".done.kept")).to_have_count(2)
    expect(page.locator(".open h2")).to_have_text("@sample_fernridge")
    page.clock.run_for(3500)  # nothing on its way is sent beside it
    assert len(held) == 2
    assert site.touches() == before
    return before, held


def test_the_next_card_does_not_wait_for_an_answer(page: Page, site: Site) -> None:
    before, held = _work_two_unanswered(page, site)
    held[0].continue_()
    expect(page.locator(".done.kept")).to_have_count(1)
    expect(page.locator("#list-h")).to_have_text("5 people left today")
    held[1].continue_()
    expect(page.locator("#list-h")).to_have_text("4 people left today")
    expect(page.get_by_role("status")).to_contain_text("E-mail to @sample_tidepool recorded.")
    expect(page.locator(".done.kept")).to_have_count(0)
    expect(page.locator(".open h2")).to_have_text("@sample_fernridge")
    expect(page.locator(".open .tally")).to_be_visible()
    expect(page.locator(".open")).to_be_focused()
    assert page.evaluate("localStorage.getItem('warmlist.kept')") is None
    _wait(page, site, before + 2)


def test_a_mark_that_fails_while_another_row_is_open_is_kept(page: Page, site: Site) -> None:
    before, held = _work_two_unanswered(page, site)
    for route in held:
        route.abort()
    expect(page.get_by_role("alert")).to_have_text(_KEPT % 2)
    expect(page.locator(".done.kept").first).to_contain_text("kept here")
    page.unroute("**/touches")
    expect(page.get_by_role("alert")).to_have_text("You are back. Sent: 2")
    expect(page.locator("#list-h")).to_have_text("4 people left today")
    _wait(page, site, before + 2)
    site.complaints.clear()


def test_an_answer_takes_nothing_from_whoever_writes_a_note(page: Page, site: Site) -> None:
    _pick(page)
    before, held = site.touches(), _hang(page)
    page.keyboard.press("m")
    page.keyboard.press("1")
    expect(page.locator(".open h2")).to_have_text("@sample_fernridge")
    page.locator("summary", has_text="Note").click()
    page.get_by_label("Note for your team").fill("asked for a call")
    held[0].continue_()
    expect(page.locator("#list-h")).to_have_text("5 people left today")
    expect(page.get_by_label("Note for your team")).to_have_value("asked for a call")
    expect(page.get_by_label("Note for your team")).to_be_focused()
    _wait(page, site, before + 1)


def test_they_wait_for_whoever_made_them(page: Page, site: Site) -> None:
    before = _keep(page, site, 2)
    page.goto("/reps")
    page.get_by_role("button", name="Ines").click()
    page.wait_for_url("**/today*")
    page.unroute("**/touches")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.run_for(3500)
    assert site.touches() == before
    page.goto("/reps")
    page.get_by_role("button", name="Noor").click()
    expect(page.get_by_role("alert")).to_have_text("You are back. Sent: 2")
    _wait(page, site, before + 2)
    site.complaints.clear()


def test_they_wait_where_another_tab_changed_hands(page: Page, site: Site) -> None:
    before = _keep(page, site, 1)
    page.context.route("**/touches", lambda route: route.abort())
    other = site.watch(page.context.new_page())
    other.goto("/reps")
    other.get_by_role("button", name="Ines").click()
    other.wait_for_url("**/today*")
    page.context.unroute("**/touches")
    page.unroute("**/touches")
    page.clock.run_for(3500)  # sent in the name of Ines, it is refused
    assert site.touches() == before
    page.goto("/reps")
    page.get_by_role("button", name="Noor").click()
    expect(page.get_by_role("alert")).to_have_text("You are back. Sent: 1")
    _wait(page, site, before + 1)
    site.complaints.clear()


def test_a_minute_without_the_network_loses_nothing_and_repeats_nothing(
    page: Page, site: Site
) -> None:
    _pick(page)
    before = site.touches()
    page.keyboard.press("m")
    page.keyboard.press("1")  # recorded, and taken back while away
    expect(page.get_by_role("status")).to_contain_text("recorded")
    page.context.set_offline(True)
    for kept, keys in enumerate(("u", "m2", "s\n", "h\n", "u", "1", "u"), start=1):
        for key in keys:
            page.keyboard.press("Enter" if key == "\n" else key)
        expect(page.get_by_role("alert")).to_have_text(_KEPT % kept)
    expect(page.locator(".done.kept")).to_have_count(4)
    expect(page.locator(".done.kept", has_text="taken back, kept here")).to_have_count(2)
    expect(page.locator(".open")).to_be_focused()
    page.clock.run_for(60_000)
    assert site.touches() == before + 1
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_have_text("You are back. Sent: 7")
    expect(page.locator("#list-h")).to_have_text("4 people left today")
    _wait(page, site, before + 5)  # two marks more, and two rows that take one back
    with site.workspace.db.read() as session:
        rows = session.scalars(select(Assignment).order_by(Assignment.rank)).all()
        assert len([row for row in rows if row.put_off_until and row.put_off_until > TODAY]) == 1
        assert [row for row in rows if row.closed_reason == "handed_back"] == []
    page.clock.run_for(60_000)
    assert site.touches() == before + 5
    assert page.evaluate("localStorage.getItem('warmlist.kept')") is None
    site.complaints.clear()  # the browser itself reports the failed requests


def test_what_was_done_without_its_answer_is_done_once(page: Page, site: Site) -> None:
    """The server did it, the browser does not know: sent again it changes nothing."""
    _pick(page)
    before = site.touches()

    def lose_the_answer(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    for pattern in ("**/touches", "**/later", "**/hand-back"):
        page.route(pattern, lose_the_answer)
    for kept, keys in enumerate(("m1", "s\n", "h\n"), start=1):
        for key in keys:
            page.keyboard.press("Enter" if key == "\n" else key)
        expect(page.get_by_role("alert")).to_have_text(_KEPT % kept)
    page.keyboard.press("u")  # the hand-back, which the server did
    expect(page.get_by_role("alert")).to_have_text(_KEPT % 4)
    for pattern in ("**/touches", "**/later", "**/hand-back"):
        page.unroute(pattern)
    expect(page.get_by_role("alert")).to_have_text("You are back. Sent: 4")
    expect(page.locator("#list-h")).to_have_text("4 people left today")
    _wait(page, site, before + 1)
    site.complaints.clear()
