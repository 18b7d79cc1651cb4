"""Tuning a topic in a real browser: typed, tried, saved with a reason; judged by keys."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from app.jobs import index_posts
from models import ArchivedPost, ArchiveLabel, Topic, TopicVersion
from tests.app.web.small_workspace import NOW
from tests.browser.conftest import Site

POSTS = (
    *(f"An annuity or not, number {n}? I cannot decide and need advice." for n in range(22)),
    "المعاش السنوي: بم تنصحون؟ أريد أن أقرر هذا الشهر", "سؤال عن المعاش السنوي لو سمحتم",
    "a fine day at the lake", "<script>document.title = 'broken'</script> annuity \"x\" onload=y",
)  # fmt: skip


@pytest.fixture
def archived(site: Site) -> Site:
    with site.workspace.db.write() as session:
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", text=text,
                language="ar" if "المعاش" in text else "en", occurred_at=NOW - timedelta(hours=n),
            )
            for n, text in enumerate(POSTS)
        )  # fmt: skip
    index_posts(site.workspace)
    return site


def version(site: Site, topic_id: int = 1) -> int:
    with site.workspace.db.read() as session:
        return session.get_one(Topic, topic_id).version


def reason(site: Site, topic_id: int = 1) -> str:
    with site.workspace.db.read() as session:
        return session.scalars(
            select(TopicVersion.reason)
            .where(TopicVersion.topic_id == topic_id)
            .order_by(TopicVersion.number.desc())
        ).first() or ""  # fmt: skip


def reach(page: Page, name: str, *, presses: int = 200) -> None:
    """Tab until the focus is on what bears that accessible name."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        held = page.evaluate(
            "(document.activeElement.getAttribute('aria-label')"
            " || document.activeElement.labels?.[0]?.textContent"
            " || document.activeElement.textContent || '').trim()"
        )
        if held == name:
            return
    pytest.fail(f"{name!r} cannot be reached by Tab")


def test_a_topic_is_tuned_by_keyboard_in_english(page: Page, archived: Site) -> None:
    page.goto("/topics/1")
    reach(page, "Add to keywords")
    page.keyboard.type("annuity")  # what it would bring is there before it is added
    expect(page.locator("#diff-h")).to_have_text("What would change", timeout=30_000)
    expect(page.locator("mark", has_text="annuity").first).to_be_visible()
    assert version(archived) == 1
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove annuity")).to_be_visible()
    expect(page.locator("#gain-h")).to_have_text("23 gained posts")
    assert version(archived) == 1  # a draft is not saved
    reach(page, "Reason")
    page.keyboard.type("people ask for it")
    page.keyboard.press("Enter")
    expect(page.locator(".history")).to_contain_text("people ask for it")
    expect(page.locator("#diff-h")).to_have_count(0)
    assert (version(archived), reason(archived)) == (2, "people ask for it")
    page.get_by_role("link", name="Compare and bring back version 1").click()
    expect(page.locator("#lost-h")).to_contain_text("23 lost posts")
    expect(page.get_by_label("Reason", exact=True)).to_have_value("Version 1 again.")
    assert version(archived) == 2
    page.get_by_role("button", name="Save as version 3").click()
    expect(page.locator(".history li").first).to_contain_text("Version 1 again.")
    expect(page.locator(".history li").first).to_contain_text("In use")
    assert (version(archived), reason(archived)) == (3, "Version 1 again.")
    assert page.title() != "broken"
    assert archived.complaints == []


def test_enter_right_after_the_last_letter_adds_the_phrase(page: Page, archived: Site) -> None:
    page.goto("/topics/1")
    page.get_by_label("Add to keywords").focus()
    page.keyboard.type("annuity")
    page.keyboard.press("Enter")  # before the field has asked for what it would bring
    expect(page.get_by_role("button", name="Remove annuity")).to_be_visible(timeout=30_000)
    expect(page.locator("#gain-h")).to_have_text("23 gained posts")
    assert archived.complaints == []


def test_a_topic_is_tuned_in_arabic(page: Page, archived: Site) -> None:
    page.goto("/topics/2?lang=ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    reach(page, "إضافة إلى الكلمات المفتاحية")
    page.keyboard.type("المعاش السنوي")
    page.keyboard.press("Enter")
    expect(page.locator("#diff-h")).to_have_text("ما الذي سيتغيّر", timeout=30_000)
    expect(page.locator("#gain-h")).to_have_text("منشوران مكسوبان")
    expect(page.locator("mark").first).to_have_text("المعاش السنوي")
    expect(page.locator("#results")).to_contain_text("مهتمّون")
    reach(page, "السبب")
    page.keyboard.type("يسأل الناس عنه")
    page.keyboard.press("Enter")
    expect(page.locator(".history")).to_contain_text("يسأل الناس عنه")
    assert (version(archived, 2), reason(archived, 2)) == (2, "يسأل الناس عنه")
    assert archived.complaints == []


def test_without_a_reason_the_browser_and_the_server_save_nothing(
    page: Page, archived: Site
) -> None:
    page.goto("/topics/1?draft=1&k=rollover&add_k=annuity")
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_label("Reason", exact=True)).to_be_focused()
    page.get_by_label("Reason", exact=True).fill(" … ")  # passes the browser's own check
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.locator("#reason-error")).to_contain_text("Nothing is saved without a reason")
    assert version(archived) == 1
    archived.complaints.clear()  # a refused form is a 400, which the browser reports


def test_twenty_posts_are_judged_by_keys_in_a_minute(page: Page, archived: Site) -> None:
    page.goto("/topics/1?draft=1&k=rollover&add_k=annuity")
    page.get_by_role("link", name="Judge 20 posts").first.click()
    expect(page.locator("#turn-h")).to_have_text("Post 1 of 20")
    began = time.monotonic()
    for number in range(1, 21):
        expect(page.locator("#turn-h")).to_have_text(f"Post {number} of 20")
        page.keyboard.press("s" if number == 3 else "n" if number % 3 == 0 else "y")
    expect(page.locator("#turn-h")).to_have_text("That was the last of them.")
    assert time.monotonic() - began < 60  # the minute the issue allows a manager, machine and all
    expect(page.locator("#answer")).to_have_text("19 of 20 judged")
    with archived.workspace.db.read() as session:
        assert session.scalar(select(func.count()).select_from(ArchiveLabel)) == 19
    assert archived.complaints == []


def test_posts_are_judged_with_arabic_keys_and_gone_back_to(page: Page, archived: Site) -> None:
    page.goto("/topics/1/judge?lang=ar&draft=1&k=rollover&add_k=annuity&seed=4")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("[data-judge]")).to_be_focused()

    def press(letter: str, place: str) -> None:
        page.evaluate(
            "([key, code]) => document.activeElement.dispatchEvent("
            "new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }))",
            [letter, place],
        )

    press("غ", "KeyY")  # where Y stands on an Arabic keyboard
    expect(page.locator("#answer")).to_contain_text("١")
    expect(page.locator("[data-judge]")).to_be_focused()
    press("ن", "KeyK")
    expect(page.locator(".judge .meta b")).to_have_text("مهتمّ")


def test_a_topic_is_tuned_and_judged_without_script(chromium: Browser, archived: Site) -> None:
    context = chromium.new_context(base_url=archived.url, java_script_enabled=False)
    page = archived.watch(context.new_page())
    page.goto("/topics/1")
    page.get_by_label("Add to keywords").fill("annuity")
    page.keyboard.press("Enter")
    expect(page.locator("#gain-h")).to_have_text("23 gained posts")
    page.get_by_label("Reason", exact=True).fill("asked for")
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.locator(".history")).to_contain_text("asked for")
    page.goto("/topics/1/judge")
    page.get_by_role("button", name="No prospect").click()
    expect(page.locator("#answer")).to_contain_text("1 of")
    assert version(archived) == 2
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1440])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_studio_page_is_wider_than_the_window(
    page: Page, archived: Site, width: int, language: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in (
        "/topics/1?draft=1&k=rollover&add_k=annuity&suggest=1",
        "/topics/1/judge?draft=1&k=rollover&add_k=annuity&seed=1",
        "/topics/1/yield?days=7", "/topics/budget?days=7", "/topics/1?version=1",
    ):  # fmt: skip
        page.goto(f"{path}&lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
