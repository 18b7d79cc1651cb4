"""What a first visit loads: every page of a team of 50, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from app.bench.web_rows import fill_reps, open_bench
from app.web.application import create_app
from models import Assignment, User
from tests.app.web.conftest import Browser
from tests.app.web.every_page import OPEN, furnish
from tests.app.web.small_workspace import NOW, add_touch

_REPS: Final = 50
_MOST: Final = 100_000  # bytes, with style sheet and scripts


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, list[str]]]:
    """A browser of a team of 50, each with an account, and every address of a page."""
    home = tmp_path_factory.mktemp("large")
    fill_reps(home, reps=_REPS, now=NOW)
    workspace = open_bench(Path(home))
    with workspace.db.write() as session:
        item = session.scalars(select(Assignment)).first()
        assert item is not None
        add_touch(session, item, NOW)
        known = furnish(session, "Autumn", workspace.settings.access)
        session.add_all([
            User(email=f"rep{number}@example.org", name=f"Rep {number}", role="rep", rep_id=number,
                 password_hash="x", created_at=NOW)
            for number in range(1, _REPS + 1)
        ])  # fmt: skip
    with TestClient(create_app(workspace, lambda: NOW), base_url="http://127.0.0.1") as client:
        client.cookies.set("rep", "1")
        yield Browser(client), [one.format(**known) for of in OPEN.values() for one in of]
    workspace.db.close()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_is_heavier_than_100_kb(large: tuple[Browser, list[str]], language: str) -> None:
    browser, addresses = large
    weights: dict[str, int] = {}
    heavy = {}
    for address in addresses:
        page = browser.open(f"{address}{'&' if '?' in address else '?'}lang={language}")
        assert page.status_code == 200, address
        assets = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text))
        for asset in assets - set(weights):
            weights[asset] = int(browser.client.get(asset).headers["content-length"])
        size = len(page.content) + sum(weights[asset] for asset in assets)
        if size >= _MOST:
            heavy[address] = size
    assert heavy == {}
