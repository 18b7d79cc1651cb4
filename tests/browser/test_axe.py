"""Every page held against WCAG 2.2 AA by axe-core, in English and in Arabic."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from models import Account, Assignment
from tests.app.web.small_workspace import TODAY
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

_AXE: Final = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RULES: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
}
_PAGES: Final = (
    "/today", "/today?date=2026-11-24", "/today?done=all", "/prospects/{person}", "/reps", "/team",
    "/leaderboard", "/search", "/search?q=sample", "/quotas", "/people/teams",
    "/setup/team", "/setup/reps", "/setup/topic?like=retirement", "/setup/network", "/setup/quota",
    "/setup/list", "/topics", "/topics/1", "/topics/1?draft=1&k=which&add_k=annuity",
    "/topics/1/judge?post=s1", "/topics/1/yield", "/topics/budget", "/sources", "/people",
    "/privacy", "/sign-in", "/nothing",
)  # fmt: skip


@pytest.fixture(scope="module")
def axe() -> str:
    if not _AXE.exists():
        if os.environ.get("CI"):
            pytest.fail("axe-core is missing; in CI the pages must be held against it: make test")
        pytest.skip("axe-core is not installed; run: make test, or npm ci")
    return _AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_breaks_a_rule(
    chromium: Browser, site: Site, axe: str, language: str, scheme: Any
) -> None:
    with site.workspace.db.write() as session:
        items = session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))).all()
        items[1].source = "explore"
        items[2].put_off_until = TODAY + timedelta(days=2)
        person = session.scalars(select(Account.person_id)).first()
    context = chromium.new_context(
        base_url=site.url, color_scheme=scheme, locale=language, bypass_csp=True
    )
    context.add_cookies([{"name": "rep", "value": "1", "url": site.url}])
    page = context.new_page()
    broken: list[str] = []
    for path in _PAGES:
        address = path.format(person=person)
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        page.evaluate(axe)
        found = page.evaluate("rules => axe.run(document, rules)", _RULES)
        for one in found["violations"]:
            places = [" ".join(node["target"]) for node in one["nodes"][:3]]
            broken.append(f"{address}: {one['id']} ({one['impact']}): {one['help']}: {places}")
    context.close()
    assert not broken, "\n".join(broken)
