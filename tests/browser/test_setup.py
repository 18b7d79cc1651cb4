"""Setup in a real browser: from nothing to a first list, against a network on this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.access.links import make_first_link
from app.bootstrap import Workspace
from app.scheduler import Ticker
from app.web.application import create_app
from models import Assignment, Source
from tests.app.web.small_workspace import NOW, open_small_workspace
from tests.browser.conftest import Site, serve
from tests.fakes.lemmy import Lemmy, view
from tests.fakes.web_server import WebServer

pytestmark = pytest.mark.browser

_ENGLISH = (
    "I am leaving my employer in January. Which pension should I choose, and whom do I ask?",
    "Can anyone recommend an adviser for my pension? I have to decide by Friday.",
    "Looking for help: is it better to take the pension now or to wait two years?",
    "My pension is with an old employer. How do I move it, and who can help me with it?",
)
_ARABIC = (
    "أترك عملي الشهر القادم، أي معاش التقاعد أختار؟ ومن أستشير؟",
    "هل يوصي أحد بمستشار لأجل معاش التقاعد؟ عليّ أن أقرر يوم الخميس.",
    "أبحث عن مساعدة: معاش التقاعد الآن أم بعد سنتين؟ ما الأفضل لي؟",
    "كيف أنقل معاش التقاعد من صاحب العمل السابق؟ من يساعدني؟",
)  # fmt: skip


@dataclass
class _Clock:
    """Runs as any, from a Wednesday on, so that no weekend decides what a test sees."""

    began: float

    def __call__(self) -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - self.began)


@contextmanager
def _ticking(workspace: Workspace, clock: Callable[[], datetime]) -> Iterator[None]:
    ticker, over = Ticker(workspace, clock=clock), threading.Event()

    def tick() -> None:
        while not over.wait(0.2):
            ticker.collect()
            ticker.build_first_list()

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(30)
    ticker.stop()
    ticker.wait(10)


def _network(texts: tuple[str, ...]) -> Lemmy:
    at = NOW.timestamp()
    posts = [
        view(number, at - 600 * number, site="https://lemmy.example", text="?", body=text)
        for number, text in enumerate(texts, 1)
    ]
    for post, text in zip(posts, texts, strict=True):
        post["post"]["name"] = text
        post["creator"] = {
            "id": post["post"]["id"], "name": f"someone{post['post']['id']}",
            "actor_id": f"https://lemmy.example/u/someone{post['post']['id']}",
        }  # fmt: skip
    return Lemmy(posts)


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[tuple[Site, str, _Clock]]:
    """An empty workspace behind closed doors, and the first admin's link."""
    workspace = open_small_workspace(tmp_path / "home", "closed")
    collect = workspace.settings.collect.model_copy(update={"allow_hosts": ["127.0.0.1"]})
    lists = workspace.settings.lists.model_copy(update={"first_seconds": 20.0})
    settings = workspace.settings.model_copy(update={"collect": collect, "lists": lists})
    workspace = Workspace(settings, workspace.db)
    clock = _Clock(time.monotonic())
    with workspace.db.write() as session:
        token = make_first_link(session, now=clock(), settings=settings.access)
    with serve(create_app(workspace, clock)) as url:
        yield Site(url, workspace), f"/welcome/{token}", clock
    workspace.db.close()


def _walk(page: Page, link: str, server: WebServer, say: dict[str, str]) -> None:
    page.goto(link)
    page.locator("#email").fill("ada@example.org")
    page.locator("#name").fill("Ada")
    page.locator("#password").fill("a long enough one")
    page.get_by_role("main").get_by_role("button").click()
    expect(page.locator("h1")).to_contain_text(say["step_1"])
    page.locator("#name").fill(say["team"])
    page.locator("#time_zone").select_option("Africa/Cairo")
    page.get_by_role("button", name=say["save"]).click()
    page.locator("#name0").fill("Noor")
    page.locator("#name1").fill("Ines")
    page.get_by_role("button", name=say["save"]).click()
    page.locator("#name").fill(say["topic"])
    page.get_by_role("button", name=say["suggest"]).click()
    expect(page.get_by_role("checkbox", name=say["keyword"], exact=True)).to_be_checked()
    page.get_by_role("button", name=say["save"]).click()
    page.get_by_role("radio", name="Lemmy").check()
    page.locator("#url").fill(server.url)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=say["switch_on"]).click()
    expect(page.locator("#preview")).to_contain_text("Noor")
    page.get_by_role("button", name=say["save"]).click()
    page.get_by_role("button", name=say["build"]).click()
    expect(page.locator("h1")).to_contain_text(say["under_way"])


_IN_ENGLISH = {
    "step_1": "Who is it for?",
    "team": "North", "save": "Save and go on", "topic": "Pension", "suggest": "Suggest keywords",
    "keyword": "pension", "switch_on": "Switch on and go on", "build": "Build the first list",
    "under_way": "The first list is on its way",
}  # fmt: skip
_IN_ARABIC = {
    "step_1": "لمن هذا؟",
    "team": "الشمال", "save": "حفظ ومتابعة", "topic": "التقاعد", "suggest": "اقتراح كلمات",
    "keyword": "معاش التقاعد", "switch_on": "تشغيل ومتابعة", "build": "بناء القائمة الأولى",
    "under_way": "القائمة الأولى في الطريق",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "width", "scripted", "texts", "say"),
    [
        ("en", 1280, True, _ENGLISH, _IN_ENGLISH),
        ("en", 1280, False, _ENGLISH, _IN_ENGLISH),
        ("ar", 390, True, _ARABIC, _IN_ARABIC),
    ],
    ids=["english", "without-a-script", "arabic-narrow"],
)
def test_from_nothing_to_a_first_list(
    chromium: Browser, new_site: tuple[Site, str, _Clock], language: str, width: int,
    scripted: Any, texts: tuple[str, ...], say: dict[str, str],
) -> None:  # fmt: skip
    site, link, clock = new_site
    context = chromium.new_context(
        base_url=site.url, locale=language, java_script_enabled=scripted,
        viewport={"width": width, "height": 844},
    )  # fmt: skip
    page = site.watch(context.new_page())
    with WebServer(_network(texts)) as server, _ticking(site.workspace, clock):
        _walk(page, link, server, say)
        page.wait_for_url("**/team", timeout=40_000)
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    expect(page.locator("main")).to_contain_text("Noor")
    with site.workspace.db.read() as session:
        listed = session.scalars(select(Assignment)).all()
        assert len(listed) >= 3
        assert len({one.person_id for one in listed}) == len(listed)
        assert session.scalars(select(Source.network)).all() == ["lemmy"]
    context.close()
    assert [url for url in site.requested if not url.startswith(site.url)] == []
    assert site.complaints == []
