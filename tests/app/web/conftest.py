"""A small workspace on a real SQLite file and a client that behaves like a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from app.bootstrap import Workspace
from tests.app.web.apps import Apps
from tests.app.web.small_workspace import NOW, fill, open_small_workspace


@dataclass
class SettableClock:
    """A clock that stands still until told otherwise."""

    at: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Browser:
    """Follows links and sends forms with the hidden fields the page holds."""

    client: TestClient[Any]
    page: str = ""

    def open(self, path: str, **headers: str) -> httpx.Response:
        answer = self.client.get(path, headers=headers)
        self.page = answer.text
        return answer

    def send(self, path: str, **fields: str) -> httpx.Response:
        """POST the form at ``path`` of the page last opened; redirects are followed."""
        form = {"_csrf_token": self.hidden("_csrf_token"), **fields}
        answer = self.client.post(path, data=form)
        self.page = answer.text
        return answer

    def hidden(self, name: str) -> str:
        match = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        assert match, f"the page holds no {name}"
        return match.group(1)

    def mark(self, assignment: int | str, **fields: str) -> httpx.Response:
        """Record an outcome on the open card."""
        form = {"channel": "message", "disposition": "contacted", "key": self.hidden("key")}
        return self.send("/touches", assignment=str(assignment), **(form | fields))

    @property
    def opened(self) -> str:
        """The assignment of the open card."""
        return self.hidden("assignment")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = open_small_workspace(tmp_path / "home")
    yield opened
    opened.db.close()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def rep_id(workspace: Workspace) -> int:
    with workspace.db.write() as session:
        return fill(session).id


@pytest.fixture
def browser(
    workspace: Workspace, clock: SettableClock, rep_id: int, apps: Apps
) -> Iterator[Browser]:
    """Already works as the first rep."""
    app = apps.lend(workspace, clock)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        client.cookies.set("rep", str(rep_id))
        yield Browser(client)


@pytest.fixture
def stranger(workspace: Workspace, clock: SettableClock, apps: Apps) -> Iterator[Browser]:
    """A browser that chose nobody yet."""
    app = apps.lend(workspace, clock)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield Browser(client)
