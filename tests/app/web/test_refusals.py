from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from litestar.testing import TestClient
from sqlalchemy import func, select

from app.bootstrap import Workspace
from app.web.application import create_app
from app.web.served import read_secret
from config.errors import Refused
from models import Rep, Topic, Touch
from tests.app.web.conftest import Browser, SettableClock
from tests.app.web.small_workspace import Post, add_listed, open_small_workspace

_ROOT = Path(__file__).resolve().parents[3]


class TestAnswers:
    @pytest.mark.parametrize(
        "path", ["/nothing", "/today/x", "/topics/99", "/topics/x", "/static/x"]
    )
    def test_unknown_addresses_are_404(self, browser: Browser, path: str) -> None:
        answer = browser.open(path)
        assert answer.status_code == 404
        assert "Traceback" not in answer.text

    @pytest.mark.parametrize("path", ["/touches/999/undo", "/touches", "/reps", "/topics/99"])
    def test_unknown_rows_are_404(self, browser: Browser, path: str) -> None:
        browser.open("/today")
        answer = browser.send(path, assignment="999", rep="999", keyword="pension")
        assert answer.status_code == 404
        assert "<h1" in answer.text

    def test_a_form_address_is_405_for_readers(self, browser: Browser) -> None:
        answer = browser.open("/touches")
        assert answer.status_code == 405
        assert "takes a form" in answer.text

    def test_an_oversized_form_is_413(self, browser: Browser) -> None:
        browser.open("/today")
        answer = browser.mark(browser.opened, note="x" * 400_000)
        assert answer.status_code == 413

    def test_an_unreadable_date_is_404(self, browser: Browser) -> None:
        assert browser.open("/today?date=2026-02-30").status_code == 404

    @pytest.mark.parametrize("rep", ["0", "-1", "999999999999999999999", "x", "1 or 1"])
    def test_odd_rep_cookies_lead_to_the_picker(self, browser: Browser, rep: str) -> None:
        browser.client.cookies.set("rep", rep)
        assert "Who is working today?" in browser.open("/today").text

    def test_a_failure_tells_no_innards(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(*_args: object, **_more: object) -> NoReturn:
            raise RuntimeError("secret path")

        monkeypatch.setattr("app.web.day_page.load_day", fail)
        with caplog.at_level(logging.ERROR, "warmlist.web"):
            answer = browser.open("/today")
        assert answer.status_code == 500
        assert "secret path" not in answer.text
        assert "Something went wrong here" in answer.text
        assert "secret path" in caplog.text


class TestForms:
    def test_without_the_token_nothing_is_recorded(
        self, browser: Browser, workspace: Workspace
    ) -> None:
        browser.open("/today")
        before = _count(workspace)
        fields = {"assignment": browser.opened, "channel": "call", "disposition": "contacted"}
        for token in ({}, {"_csrf_token": "0" * 128}):
            answer = browser.client.post("/touches", data=fields | token)
            assert answer.status_code == 403
            assert "too old or came from elsewhere" in answer.text
        assert _count(workspace) == before

    def test_the_secret_outlives_a_restart(self, browser: Browser, workspace: Workspace) -> None:
        browser.open("/today")
        assert read_secret(workspace) == read_secret(workspace)
        with TestClient(create_app(workspace), base_url="http://127.0.0.1") as again:
            again.cookies.update(browser.client.cookies)
            token = browser.hidden("_csrf_token")
            answer = again.post("/reps", data={"_csrf_token": token, "rep": "1"})
            assert answer.status_code == 200

    def test_a_stale_cookie_heals_itself(self, browser: Browser) -> None:
        browser.client.cookies.set("csrftoken", "f" * 128)
        browser.open("/today")
        assert browser.mark(browser.opened).status_code == 403
        browser.client.cookies.delete("csrftoken")
        browser.open("/today")
        assert browser.mark(browser.opened).status_code == 200


class TestHead:
    @pytest.mark.parametrize(
        ("path", "status"), [("/today", 200), ("/people", 200), ("/api/openapi.json", 200),
                             ("/static/warmlist.css", 200), ("/nothing", 404), ("/touches", 405)]
    )  # fmt: skip
    def test_it_is_answered_as_get_without_a_body(
        self, browser: Browser, path: str, status: int
    ) -> None:
        answer = browser.client.head(path)
        assert (answer.status_code, answer.content) == (status, b"")
        got = browser.client.get(path)
        assert got.status_code == status
        assert answer.headers["content-type"] == got.headers["content-type"]


class TestHeaders:
    @pytest.mark.parametrize("path", ["/today", "/nothing", "/static/warmlist.css", "/touches"])
    def test_every_answer_is_strict(self, browser: Browser, path: str) -> None:
        headers = browser.open(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"

    def test_pages_hold_no_inline_script_style_or_handler(self, browser: Browser) -> None:
        for path in ("/today", "/reps", "/topics", "/topics/1"):
            page = browser.open(path).text
            assert "<script>" not in page
            assert "<style" not in page
            assert " style=" not in page
            assert " onclick" not in page

    @pytest.mark.parametrize(
        ("host", "status"),
        [
            ("127.0.0.1:8321", 200),
            ("localhost", 200),
            ("[::1]:8321", 200),
            ("evil.example", 400),
            ("127.0.0.1.evil.example", 400),
            ("evil.example:8321", 400),
        ],
    )
    def test_bound_to_loopback_only_its_names_are_answered(
        self, browser: Browser, host: str, status: int
    ) -> None:
        assert browser.open("/today", host=host).status_code == status

    def test_bound_to_the_network_any_name_is_answered(self, tmp_path: Path) -> None:
        app = create_app(open_small_workspace(tmp_path / "closed", "closed"), host="0.0.0.0")
        with TestClient(app, base_url="http://warmlist.example") as client:
            assert client.get("/sign-in").status_code == 200

    def test_an_open_workspace_is_not_served_to_the_network(self, workspace: Workspace) -> None:
        with pytest.raises(Refused, match="everybody could do everything"):
            create_app(workspace, host="0.0.0.0")

    def test_cookies_are_closed_to_scripts_and_other_sites(self, browser: Browser) -> None:
        answer = browser.open("/today?rep=1&lang=ar")
        cookies = answer.headers.get_list("set-cookie")
        assert {cookie.split("=")[0] for cookie in cookies} == {"rep", "lang", "csrftoken"}
        assert all("HttpOnly" in c and "samesite=lax" in c.lower() for c in cookies)


class TestOutsideText:
    def test_markup_and_tricks_are_defused(self, browser: Browser, workspace: Workspace) -> None:
        post = Post(
            "sample_x\u202egnp.exe\u200b<img src=x>",
            "<script>alert(1)</script> [which \u202eevil\u2066] \u200b& <svg onload=alert(2)>",
            community="r/<b>x</b>",
            url="javascript:alert(3)",
            reasons=((900, "cue.question"),),
        )
        _list(workspace, post)
        page = browser.open("/today").text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<svg onload" not in page
        assert "<img src=x>" not in page
        assert "r/<b>" not in page
        assert "javascript:" not in page
        assert not {"\u202e", "\u2066", "\u200b"} & set(page)
        assert "Open original" not in page.split('class="open"')[1].split("</header>")[0]

    @pytest.mark.parametrize(
        "url",
        ["javascript:alert(1)", "data:text/html,x", "//example.org/x", "ftp://example.org/",
         "https://bank.example@example.org/", "https://", "http://exa mple.org", "http://[::1"],
    )  # fmt: skip
    def test_only_plain_web_addresses_become_links(
        self, browser: Browser, workspace: Workspace, url: str
    ) -> None:
        _list(
            workspace, Post("sample_odd", "Which [one]?", url=url, reasons=((900, "cue.question"),))
        )
        card = browser.open("/today").text.split('class="open"')[1].split("</article>")[0]
        leads = re.findall(r'<a [^>]*href="([^"]*)"', card)
        assert leads
        assert all(re.fullmatch(r"/prospects/12(#s\d+)?", lead) for lead in leads)
        assert "cite=" not in card

    def test_a_deleted_post_says_so(self, browser: Browser, workspace: Workspace) -> None:
        _list(workspace, Post("sample_gone", "", reasons=((900, "cue.question"),)))
        assert "The words are gone" in browser.open("/today").text


def test_the_web_process_stays_light(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from litestar.testing import TestClient
from tests.app.web.small_workspace import fill, open_small_workspace
from app.web.application import create_app
workspace = open_small_workspace(Path(sys.argv[1]))
with workspace.db.write() as session:
    fill(session)
with TestClient(create_app(workspace), base_url="http://127.0.0.1") as client:
    for path in ("/today?rep=1", "/topics", "/topics/1", "/reps", "/people/teams", "/team",
                 "/topics/1?draft=1&k=rollover&add_k=lump", "/topics/1?suggest=1"):
        assert client.get(path).status_code == 200, path
print([name for name in ("spacy", "sklearn", "lingua", "scipy", "numpy") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "w")],
        cwd=_ROOT, env=os.environ | {"PYTHONPATH": str(_ROOT)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_reps_are_picked_from_the_list(stranger: Browser, rep_id: int) -> None:
    page = stranger.open("/").text
    assert "Who is working today?" in page
    assert "10 a week" in page
    answer = stranger.send("/reps", rep=str(rep_id))
    assert "6 people left today" in answer.text
    assert stranger.open("/").url.path == "/today"


def test_an_empty_workspace_says_what_to_do(stranger: Browser) -> None:
    page = stranger.open("/today").text
    assert "Add a team and its reps first" in page
    assert 'href="/setup"' in page
    assert "No topic yet" in stranger.open("/topics").text


def _count(workspace: Workspace) -> int:
    with workspace.db.read() as session:
        return session.scalar(select(func.count()).select_from(Touch)) or 0


def _list(workspace: Workspace, post: Post) -> None:
    """Put one more person at the top of the first rep's list."""
    now = SettableClock().at
    with workspace.db.write() as session:
        rep = session.scalars(select(Rep).order_by(Rep.id)).first()
        topic = session.scalars(select(Topic).order_by(Topic.id)).first()
        assert rep
        assert topic
        add_listed(session, post, topic, rep, now.date(), now, rank=90)
