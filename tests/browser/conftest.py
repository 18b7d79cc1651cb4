"""A served workspace and a browser that watches what its pages ask for."""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
import uvicorn
from litestar import Litestar
from playwright.sync_api import Browser, Error, Page, sync_playwright
from sqlalchemy import func, select

from app.bootstrap import Workspace
from app.web.pages import STATIC
from models import Touch
from tests.app.web.apps import Apps
from tests.app.web.small_workspace import (
    NOW,
    fill,
    open_small_workspace,
)

#: What a page showed when its test failed; the checks on a clean machine keep this folder.
PICTURES: Final = Path(__file__).resolve().parents[2] / "test-results"
_BROWSER: Final = pytest.StashKey[Browser]()

#: Without the background flags Chromium asks its maker's hosts for things at every start.
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Site:
    """A served workspace and every request that a page made."""

    url: str
    workspace: Workspace
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def touches(self) -> int:
        with self.workspace.db.read() as session:
            return session.scalar(select(func.count()).select_from(Touch)) or 0

    def watch(self, page: Page) -> Page:
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )
        return page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; in CI the browser tests must run")
        pytest.skip("Chromium is not installed (Debian package chromium)")
    if not (STATIC / "vendor" / "htmx.min.js").exists():
        pytest.fail("the front-end files are missing; run: make setup")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def serve(app: Litestar) -> Iterator[str]:
    """The address of a served application."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def site(tmp_path: Path, apps: Apps) -> Iterator[Site]:
    workspace = open_small_workspace(tmp_path / "home")
    with workspace.db.write() as session:
        fill(session)
    with serve(apps.lend(workspace, lambda: NOW)) as url:
        yield Site(url, workspace)
    workspace.db.close()


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    yield site.watch(context.new_page())
    context.close()
    assert [url for url in site.requested if not url.startswith(site.url)] == []
    assert site.complaints == []


@pytest.fixture(autouse=True)
def _pages_of_a_test(request: pytest.FixtureRequest) -> None:
    """Notes the browser, so that a failure can show what its pages showed."""
    if "chromium" in request.fixturenames:
        request.node.stash[_BROWSER] = request.getfixturevalue("chromium")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A picture of every open page of a test whose body failed."""
    report = yield
    browser = item.stash.get(_BROWSER, None)
    if call.when == "call" and report.failed and browser is not None:
        for path in keep_pictures(browser, item.nodeid, PICTURES):
            report.sections.append(("picture", str(path)))
    return report


def keep_pictures(browser: Browser, name: str, folder: Path) -> list[Path]:
    """Pictures of all open pages, named by the test; a page that cannot be drawn is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w.-]+", "-", name)[-120:].strip("-")
    kept = []
    for number, page in enumerate([one for of in browser.contexts for one in of.pages], start=1):
        path = folder / f"{stem}-{number}.png"
        try:
            page.screenshot(path=path, full_page=True, timeout=5000)
        except Error:  # closed or crashed: the failure itself is told all the same
            continue
        kept.append(path)
    return kept
