"""The benchmark of the pages measures what it says: 50 people beside a bare page of 50 rows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from litestar.testing import TestClient

from app.bench.web_rows import ROWS, fill_reps, open_bench
from app.bench.web_serve import make_bare
from app.web.application import create_app

_NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_today_holds_fifty_people_and_so_does_the_bare_page(tmp_path: Path) -> None:
    listed = fill_reps(tmp_path, reps=2, now=_NOW)
    assert [len(items) for items in listed.values()] == [ROWS, ROWS]
    workspace = open_bench(tmp_path)
    with TestClient(create_app(workspace, lambda: _NOW), base_url="http://127.0.0.1") as client:
        client.cookies.set("rep", "1")
        page = client.get("/today").text
        assert "50 people left today" in page
        assert page.count('class="row"') == ROWS - 1
        assert len(page) < 100 * 1024
        styles = client.get("/static/warmlist.css", headers={"accept-encoding": "gzip"})
        assert styles.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in client.get("/today").headers
    workspace.db.close()
    with TestClient(make_bare()) as client:
        assert client.get("/hello").text == "hello"
        assert client.get("/rows").text.count("<li>") == ROWS
