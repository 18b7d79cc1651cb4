"""The admin's erase in a real browser: found, exported, erased, and not brought back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.access.secrets import hash_password
from app.access.users import create_user
from app.importing import ImportOrder, run_import
from app.web.application import create_app
from app.wording import Wording
from models import Account, Signal
from signals.scoring.rules import RuleScorer
from tests.app.web.small_workspace import NOW, fill, open_small_workspace
from tests.browser.conftest import Site, serve

pytestmark = pytest.mark.browser

_PASSWORD = "a long enough one"
_HANDLE = "sample_harborlight"
_ASKED = "Which IRA should I choose for the rollover? I would rather ask someone now."


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Site]:
    """A workspace with closed doors, its admin and its rep."""
    workspace = open_small_workspace(tmp_path / "home", "closed")
    kept = hash_password(_PASSWORD, workspace.settings.access)
    with workspace.db.write() as session:
        own = fill(session)
        for role, rep_id in (("admin", None), ("rep", own.id)):
            create_user(session, email=f"{role}@example.org", name=role, role=role,
                        password_hash=kept, rep_id=rep_id, now=NOW)  # fmt: skip
    with serve(create_app(workspace, lambda: NOW)) as url:
        yield Site(url, workspace)
    workspace.db.close()


@contextmanager
def _signed_in(
    chromium: Browser, site: Site, role: str, say: Callable[[str], str], *, script: bool,
    language: str, width: int,
) -> Iterator[Page]:  # fmt: skip
    context = chromium.new_context(
        base_url=site.url, java_script_enabled=script, viewport={"width": width, "height": 844}
    )
    page = site.watch(context.new_page())
    page.goto(f"/sign-in?lang={language}")
    page.get_by_label(say("E-mail")).fill(f"{role}@example.org")
    page.get_by_label(say("Password"), exact=True).fill(_PASSWORD)
    page.get_by_role("button", name=say("Sign in"), exact=True).click()
    expect(page).not_to_have_url(f"{site.url}/sign-in?lang={language}")
    yield page
    context.close()


def _download(page: Page, name: str) -> tuple[str, str]:
    with page.expect_download() as waited:
        page.get_by_role("button", name=name, exact=True).click()
    return waited.value.suggested_filename, waited.value.path().read_text(encoding="utf-8")


def _post(handle: str, number: int) -> str:
    return json.dumps({
        "network": "reddit", "external_id": f"{handle}:again{number}", "kind": "comment",
        "author": {"external_id": f"id:{handle}", "handle": handle}, "text": _ASKED,
        "language": "en", "minutes_ago": 30,
    })  # fmt: skip


def _handles(site: Site) -> set[str | None]:
    with site.workspace.db.read() as session:
        return set(session.scalars(select(Account.handle)))


@pytest.mark.parametrize(("language", "script", "width"), [("en", False, 1280), ("ar", True, 390)])
def test_somebody_is_found_exported_and_erased_and_stays_away(
    chromium: Browser, closed: Site, tmp_path: Path, language: str, script: bool, width: int
) -> None:
    say = Wording(language).gettext
    with closed.workspace.db.read() as session:
        person = session.scalars(select(Account.person_id).where(Account.handle == _HANDLE)).one()
    look = {"script": script, "language": language, "width": width}
    with (
        _signed_in(chromium, closed, "rep", say, **look) as rep,
        _signed_in(chromium, closed, "admin", say, **look) as admin,
    ):
        expect(rep.locator(".open h2")).to_have_text(f"@{_HANDLE}")
        admin.goto(f"/prospects/{person}")
        expect(admin.locator("main")).to_contain_text(_HANDLE)

        admin.goto("/privacy")
        admin.get_by_label(say("Handle, or the account’s id")).fill(_HANDLE)
        admin.get_by_role("button", name=say("Find"), exact=True).click()
        expect(admin.locator(".panel")).to_contain_text(_HANDLE)
        if script:  # without one, the driver cannot measure
            assert admin.evaluate("document.documentElement.scrollWidth") <= width
        name, text = _download(admin, say("Export as JSON"))
        assert name == "about.json"
        assert _HANDLE in json.dumps(json.loads(text))
        name, text = _download(admin, say("Export to read"))
        assert name == "about.html"
        assert _HANDLE in text
        assert "<script" not in text
        assert f'<html lang="{language}"' in text

        erase = admin.get_by_role("button", name=say("Erase"), exact=True)
        erase.click()
        expect(admin.get_by_role("alert")).to_have_text(
            say("An erasure cannot be undone. Tick the box if it is meant.")
        )
        assert _HANDLE in _handles(closed)
        admin.get_by_label(say("Yes, everything about them goes for good")).check()
        erase.click()
        expect(admin.get_by_role("status")).to_have_text(
            say("Erased. Only salted hashes stay, so that nothing comes back.")
        )

        gone = admin.goto(f"/prospects/{person}")
        assert gone is not None
        assert gone.status == 404
        rep.goto("/today")
        expect(rep.locator(".open h2")).to_have_text("@sample_fernridge")
        expect(rep.locator("main")).not_to_contain_text(_HANDLE)

        file = tmp_path / "again.jsonl"
        file.write_text(f"{_post(_HANDLE, 1)}\n{_post('sample_newcomer', 2)}\n", encoding="utf-8")
        run_import(closed.workspace, ImportOrder(str(file)), scorer=RuleScorer, clock=lambda: NOW)
        assert "sample_newcomer" in _handles(closed)
        assert _HANDLE not in _handles(closed)
        with closed.workspace.db.read() as session:
            stored = session.scalars(
                select(Signal.external_id).where(Signal.external_id.contains(":again"))
            ).all()
        assert stored == ["sample_newcomer:again2"]
        admin.goto("/privacy")
        admin.get_by_label(say("Handle, or the account’s id")).fill(_HANDLE)
        admin.get_by_role("button", name=say("Find"), exact=True).click()
        expect(admin.locator(".panel")).to_have_count(0)
        expect(admin.locator("main")).to_contain_text(say("Nothing is stored about them."))
    assert [url for url in closed.requested if not url.startswith(closed.url)] == []
    # the refused erasure and the page that is gone, which the browser reports
    assert all("400" in said or "404" in said for said in closed.complaints), closed.complaints
