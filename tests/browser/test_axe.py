"""Every page held against WCAG 2.2 AA by axe-core, in English and in Arabic.

What is dark differs by its colours alone, so that contrast is all that is looked at there again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.web.application import create_app
from models import Assignment
from tests.app.web.every_page import (
    BEHIND_DOORS,
    EMAIL,
    FOR_STRANGERS,
    OPEN,
    PASSWORD,
    furnish,
    with_mail,
)
from tests.app.web.small_workspace import NOW, TODAY, fill, open_small_workspace
from tests.browser.conftest import Site, serve

pytestmark = pytest.mark.browser

_AXE: Final = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RULES: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
}
_OF_COLOURS: Final = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}

#: What may be pressed and is under 44 px high at 390 px; a link within a sentence is as its line.
_TOO_SMALL: Final = """() => {
  const small = [];
  const pressed = 'button, select, textarea, summary, a[href], input:not([type=hidden])';
  for (const one of document.querySelectorAll(pressed)) {
    const style = getComputedStyle(one);
    const own = one.getBoundingClientRect();
    if (!own.width || !own.height || style.visibility === 'hidden') continue;
    if (one.matches('.vh, .vh *, .skip')) continue;
    if (one.matches('a, button.link') && style.display === 'inline') continue;
    const label = one.matches('[type=checkbox], [type=radio]') && one.closest('label');
    const box = label ? label.getBoundingClientRect() : own;
    if (Math.max(box.height, own.height) > 43.5 && box.width >= 24) continue;
    const size = `${Math.round(box.width)} x ${Math.round(box.height)}`;
    small.push(`${one.tagName} ${one.className} ${one.innerText || one.name} ${size}`);
  }
  return small;
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    if not _AXE.exists():
        if os.environ.get("CI"):
            pytest.fail("axe-core is missing; in CI the pages must be held against it: make test")
        pytest.skip("axe-core is not installed; run: make test, or npm ci")
    return _AXE.read_text(encoding="utf-8")


@contextmanager
def _opened(
    chromium: Browser, site: Site, language: str, scheme: Any
) -> Iterator[Page]:  # fmt: skip
    context = chromium.new_context(
        base_url=site.url, color_scheme=scheme, locale=language, bypass_csp=True
    )
    context.add_cookies([{"name": "rep", "value": "1", "url": site.url}])
    yield context.new_page()
    context.close()


def _check(page: Page, axe: str, name: str, scheme: str) -> list[str]:
    """What is wrong with the page shown."""
    page.evaluate(axe)
    rules = _RULES if scheme == "light" else _OF_COLOURS
    found = page.evaluate("rules => axe.run(document, rules)", rules)
    return [
        f"{name}: {one['id']} ({one['impact']}): {one['help']}: "
        f"{[' '.join(node['target']) for node in one['nodes'][:3]]}"
        for one in found["violations"]
    ]


def _measure(page: Page, name: str) -> list[str]:
    """What is too small for a finger on a phone."""
    wide = page.viewport_size
    assert wide is not None
    page.set_viewport_size({"width": 390, "height": 800})
    found = page.evaluate(_TOO_SMALL)
    page.set_viewport_size(wide)
    return [f"{name} at 390 px: {one}" for one in found]


def _in(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_breaks_a_rule(
    chromium: Browser, site: Site, axe: str, language: str, scheme: Any
) -> None:
    with site.workspace.db.write() as session:
        items = session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))).all()
        items[1].source = "explore"
        items[2].put_off_until = TODAY + timedelta(days=2)
        known = furnish(session, "Autumn", site.workspace.settings.access)
    broken: list[str] = []
    with _opened(chromium, site, language, scheme) as page:
        for address in [one.format(**known) for of in OPEN.values() for one in of]:
            answer = page.goto(_in(address, language))
            assert answer is not None
            assert answer.status == 200, address
            broken += _check(page, axe, address, scheme)
            if (language, scheme) == ("en", "light"):
                broken += _measure(page, address)
        page.goto(_in("/nothing", language))
        broken += _check(page, axe, "what is not there", scheme)
        page.goto(_in("/reps", language))
        with page.expect_navigation() as refused:  # a form without its secret
            page.evaluate(
                "document.querySelector('[name=_csrf_token]').value = '';"
                "document.querySelector('[name=_csrf_token]').form.submit()"
            )
        assert refused.value is not None
        assert refused.value.status == 403
        broken += _check(page, axe, "a form refused", scheme)
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_behind_doors_or_before_them_breaks_a_rule(
    chromium: Browser, tmp_path: Path, axe: str, language: str, scheme: Any
) -> None:
    closed = open_small_workspace(tmp_path / "closed", "closed")
    with closed.db.write() as session:
        fill(session)
        known = furnish(session, "Autumn", closed.settings.access)
    broken: list[str] = []
    with (
        serve(create_app(with_mail(closed), lambda: NOW)) as url,
        _opened(chromium, Site(url, closed), language, scheme) as page,
    ):
        for one in FOR_STRANGERS.values():
            address = one.format(**known)
            answer = page.goto(_in(address, language))
            assert answer is not None
            assert answer.status == 200, address
            broken += _check(page, axe, one, scheme)
        page.goto(_in("/sign-in", language))
        page.locator("#email").fill(EMAIL)
        page.locator("#password").fill("not this one")
        page.locator("#password").press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        broken += _check(page, axe, "a wrong password", scheme)
        page.locator("#password").fill(PASSWORD)
        page.locator("#password").press("Enter")
        expect(page.locator("#slip")).to_have_count(0)
        for address in BEHIND_DOORS.values():
            answer = page.goto(_in(address, language))
            assert answer is not None
            assert answer.status == 200, address
            broken += _check(page, axe, address, scheme)
    closed.db.close()
    assert not broken, "\n".join(broken)
