"""What counts how much, changed in a real browser: refused, mended, saved as a version."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from models import WarmthVersion
from prospects.tuning import in_force, load_weights
from tests.browser.conftest import Site


def in_force_by(site: Site) -> WarmthVersion | None:
    with site.workspace.db.read() as session:
        return in_force(session)


def test_a_manager_changes_a_weight_and_reads_who_did(page: Page, site: Site) -> None:
    page.goto("/topics")
    page.get_by_role("link", name="What counts how much").click()
    like, why = page.get_by_label("like", exact=True), page.get_by_label("Reason")
    save = page.get_by_role("button", name="Change the weights")
    expect(like).to_have_value("0.5")
    like.fill("0.4")
    save.click()
    error = page.get_by_role("alert")
    expect(error).to_contain_text("Nothing is saved without a reason")
    expect(why).to_be_focused()
    expect(like).to_have_value("0.4")  # what was typed stays
    site.complaints.clear()  # the browser tells of the 400 that came with it
    before = in_force_by(site)
    why.fill("likes turned out to be cheap")
    page.keyboard.press("Enter")
    version = page.get_by_role("row").filter(has_text="likes turned out to be cheap")
    expect(version).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(like).to_have_value("0.4")
    after = in_force_by(site)
    assert after is not None
    assert after.number == (before.number if before else 1) + 1
    with site.workspace.db.read() as session:
        assert load_weights(session, site.workspace.settings.warmth).like == 0.4
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
