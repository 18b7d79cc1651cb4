"""A served workspace and a browser that watches what its pages ask for."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from litestar import Litestar
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import func, select

from app.bootstrap import Workspace
from app.web.application import create_app
from app.web.pages import STATIC
from models import Touch
from tests.app.web.small_workspace import (
    NOW,
    fill,
    open_small_workspace,
)

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
def site(tmp_path: Path) -> Iterator[Site]:
    workspace = open_small_workspace(tmp_path / "home")
    with workspace.db.write() as session:
        fill(session)
    with serve(create_app(workspace, lambda: NOW)) as url:
        yield Site(url, workspace)
    workspace.db.close()


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    yield site.watch(context.new_page())
    context.close()
    assert [url for url in site.requested if not url.startswith(site.url)] == []
    assert site.complaints == []
