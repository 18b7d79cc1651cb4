"""A rep's day in a real browser: by click, by keys, in Arabic and without a script."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from models import Rep, Topic
from tests.app.web.small_workspace import (
    NOW,
    POSTS,
    TODAY,
    add_listed,
)
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def _pick(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Noor").click()
    expect(page.locator("#list-h")).to_have_text("6 people left today")
    page.wait_for_load_state()  # the keys are there


def _press(page: Page, key: str, code: str = "") -> None:
    """A key of another layout, which the driver cannot press itself."""
    page.evaluate(
        "([key, code]) => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true}))",
        [key, code],
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_pick_mark_by_click_and_undo(page: Page, site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    _pick(page)
    before = site.touches()
    card = page.locator(".open")
    expect(card.locator("h2")).to_have_text("@sample_harborlight")
    card.get_by_role("radio", name="E-mail").check()
    card.get_by_role("button", name="Replied").click()
    expect(page.locator("#list-h")).to_have_text("5 people left today")
    expect(page.get_by_role("status")).to_contain_text("E-mail to @sample_harborlight recorded.")
    expect(page.locator(".open h2")).to_have_text("@sample_fernridge")
    expect(page.locator(".open")).to_be_focused()
    assert site.touches() == before + 1
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#list-h")).to_have_text("6 people left today")
    expect(page.locator(".open h2")).to_have_text("@sample_harborlight")
    expect(page.locator(".open")).to_be_focused()
    assert page.url == f"{site.url}/today"


def test_the_whole_list_by_keys(page: Page, site: Site) -> None:
    _pick(page)
    before = site.touches()
    for left in range(5, 0, -1):
        page.keyboard.press("c")
        _press(page, "1" if left % 2 else "٦")
        expect(page.locator("#list-h")).to_have_text(
            f"{left} people left today" if left > 1 else "1 person left today"
        )
        expect(page.locator(".open")).to_be_focused()
    page.keyboard.press("5")
    expect(page.locator("#list-h")).to_have_text("That was everyone for today.")
    assert site.touches() == before + 6
    page.keyboard.press("u")
    expect(page.locator("#list-h")).to_have_text("1 person left today")


def test_keys_move_open_fold_and_stay_out_of_fields(page: Page, site: Site) -> None:
    _pick(page)
    before = site.touches()
    page.locator(".open").focus()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="@sample_fernridge", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".open h2")).to_have_text("@sample_fernridge")
    expect(page.locator(".open")).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="@sample_harborlight", exact=True)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".open")).to_have_count(0)
    folded = page.get_by_role("link", name="@sample_fernridge", exact=True)
    expect(folded).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="@sample_harborlight", exact=True)).to_be_focused()
    page.keyboard.press("j")
    expect(folded).to_be_focused()
    page.get_by_role("link", name="@sample_harborlight", exact=True).click()
    page.locator("summary", has_text="Note").click()
    page.get_by_label("Note for your team").fill("")
    page.keyboard.type("c1 u ?")
    expect(page.get_by_label("Note for your team")).to_have_value("c1 u ?")
    assert site.touches() == before
    page.locator(".open").focus()
    page.keyboard.press("?")
    expect(page.locator("#all-keys")).to_be_visible()
    page.get_by_label("Keys are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".open")).to_have_count(1)
    page.keyboard.press("1")
    expect(page.locator("#list-h")).to_have_text("6 people left today")
    assert site.touches() == before
    # no sign does anything either, and the keys are still to be found
    page.keyboard.press("/")
    page.keyboard.press("?")
    expect(page.locator("#all-keys")).to_be_hidden()
    page.get_by_role("button", name="All keys").click()
    page.get_by_label("Keys are on").check()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.wait_for_url("**/search")
    expect(page.get_by_label("Handle, or a part of it")).to_be_focused()


def test_enter_on_a_channel_records_nothing(page: Page, site: Site) -> None:
    _pick(page)
    before = site.touches()
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert site.touches() == before


def test_a_double_click_is_one_touch(page: Page, site: Site) -> None:
    _pick(page)
    before = site.touches()
    page.keyboard.press("m")
    page.locator(".open").get_by_role("button", name="Contacted").dblclick()
    expect(page.locator("#list-h")).to_have_text("5 people left today")
    page.wait_for_timeout(300)
    assert site.touches() == before + 1


def test_a_double_click_whose_first_press_met_no_button_counts(page: Page, site: Site) -> None:
    _pick(page)
    before = site.touches()
    page.keyboard.press("m")
    button = page.locator(".open").get_by_role("button", name="Contacted")
    expect(button).to_be_visible()
    page.evaluate("document.body.dispatchEvent(new MouseEvent('click', {detail: 1}))")
    button.dispatch_event("click", {"detail": 2})
    expect(page.locator("#list-h")).to_have_text("5 people left today")
    page.wait_for_timeout(300)
    assert site.touches() == before + 1


def test_in_arabic_with_arabic_letters(page: Page, site: Site) -> None:
    _pick(page)
    page.goto("/today?lang=ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    _press(page, "ة", "KeyM")
    _press(page, "٢")
    expect(page.locator("#list-h")).to_have_text("بقي ٥ أشخاص اليوم")
    expect(page.get_by_role("status")).to_contain_text("سُجّلت الرسالة")


@pytest.mark.parametrize("width", [320, 390, 1440])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_wider_than_the_window(
    page: Page, site: Site, width: int, language: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/today?rep=1", "/topics", "/topics/1", "/reps"):
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_topics_are_edited_in_place(page: Page, site: Site) -> None:
    page.goto("/topics/1")
    page.get_by_label("Add to keywords").fill("pension lump sum")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove pension lump sum")).to_be_visible()
    page.get_by_label("Add to keywords").fill("x")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Too short")
    expect(page.get_by_label("Add to keywords")).to_be_focused()
    page.get_by_role("button", name="Remove pension lump sum").click()
    expect(page.get_by_role("button", name="Remove pension lump sum")).to_have_count(0)
    site.complaints.clear()  # a refused form is a 400, which the browser reports


def test_a_day_without_script(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = site.watch(context.new_page())
    _pick(page)
    before = site.touches()
    expect(page.locator(".open kbd").first).not_to_be_visible()
    page.locator(".open").get_by_role("radio", name="Message").check()
    page.locator("summary", has_text="Note").click()
    page.get_by_label("Note for your team").fill("asked for a call")
    page.locator(".open").get_by_role("button", name="No answer").click()
    expect(page.locator("#list-h")).to_have_text("5 people left today")
    expect(page.get_by_role("status")).to_contain_text("Message to @sample_harborlight recorded.")
    page.get_by_role("link", name="@sample_tidepool", exact=True).click()
    expect(page.locator(".open h2")).to_have_text("@sample_tidepool")
    page.locator(".done").get_by_role("button", name="Undo @sample_harborlight").click()
    expect(page.locator("#list-h")).to_have_text("6 people left today")
    assert site.touches() == before + 2  # history is append-only: the undo is a row
    page.goto("/today")
    page.get_by_role("radio", name="Call").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was recorded yet")
    assert site.touches() == before + 2
    context.close()
    assert [url for url in site.requested if not url.startswith(site.url)] == []


def test_snooze_and_hand_back_by_keys_and_take_both_back(page: Page, site: Site) -> None:
    _pick(page)
    before = site.touches()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Tomorrow")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Tomorrow")).not_to_be_visible()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is put off until Thursday 26 November")
    expect(page.locator("#list-h")).to_have_text("5 people left today")
    expect(page.locator(".open h2")).to_have_text("@sample_fernridge")
    expect(page.locator(".open")).to_be_focused()
    page.keyboard.press("h")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("@sample_fernridge is handed back.")
    expect(page.locator("#list-h")).to_have_text("4 people left today")
    page.keyboard.press("u")
    expect(page.locator(".open h2")).to_have_text("@sample_fernridge")
    page.get_by_role("button", name="Undo @sample_harborlight").click()
    expect(page.locator("#list-h")).to_have_text("6 people left today")
    assert site.touches() == before


def test_fifty_people_by_keyboard_alone(page: Page, site: Site) -> None:
    posts = [replace(POSTS[i % len(POSTS)], handle=f"sample_more{i}") for i in range(44)]
    with site.workspace.db.write() as session:
        topic = session.get_one(Topic, 1)
        for rank, post in enumerate(posts, start=7):
            add_listed(session, post, topic, session.get_one(Rep, 1), TODAY, NOW, rank=rank)
    page.goto("/today?rep=1")
    expect(page.locator("#list-h")).to_have_text("50 people left today")
    before, started = site.touches(), time.monotonic()
    for left in range(49, -1, -1):
        page.keyboard.press("cemt"[left % 4])
        page.keyboard.press(str(left % 9 + 1))
        page.wait_for_function(
            "(left) => document.querySelectorAll('.open, .row').length === left"
            " && (!left || document.activeElement.matches('.open'))",
            arg=left,
        )
    seconds = time.monotonic() - started
    expect(page.locator("#list-h")).to_have_text("That was everyone for today.")
    assert site.touches() == before + 50
    assert seconds < 90  # the bound of the machine-paced test itself, not a figure
    print(f"web.keyboard_50_s {seconds:.1f}")


def test_marks_made_offline_are_kept_and_sent_once(page: Page, site: Site) -> None:
    _pick(page)
    before = site.touches()
    page.route("**/touches", lambda route: route.abort())
    page.keyboard.press("m")
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_have_text("Kept here, sent when you are back (1)")
    expect(page.locator(".open h2")).to_have_text("@sample_fernridge")
    expect(page.locator(".open")).to_be_focused()
    page.keyboard.press("2")
    expect(page.get_by_role("alert")).to_have_text("Kept here, sent when you are back (2)")
    expect(page.locator(".done.kept")).to_have_count(2)
    assert site.touches() == before
    page.reload()
    expect(page.get_by_role("alert")).to_have_text("Kept here, sent when you are back (2)")
    page.unroute("**/touches")
    expect(page.locator("#list-h")).to_have_text("4 people left today")
    expect(page.get_by_role("alert")).to_have_text("You are back. Sent: 2")
    assert site.touches() == before + 2
    page.reload()
    assert site.touches() == before + 2
    site.complaints.clear()  # the browser itself reports the failed requests


def test_a_mark_that_arrived_without_its_answer_is_one_touch(page: Page, site: Site) -> None:
    _pick(page)
    before = site.touches()

    def lose_the_answer(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/touches", lose_the_answer)
    page.keyboard.press("m")
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_have_text("Kept here, sent when you are back (1)")
    page.unroute("**/touches")
    expect(page.get_by_role("alert")).to_have_text("You are back. Sent: 1")
    expect(page.locator("#list-h")).to_have_text("5 people left today")
    assert site.touches() == before + 1
    site.complaints.clear()  # the browser itself reports the failed request
