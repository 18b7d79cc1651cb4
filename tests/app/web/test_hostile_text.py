"""Markup, scripts and letters that turn or hide text, in everything that people write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.bootstrap import Workspace
from app.web.application import create_app
from models import (
    Account,
    Community,
    Keyword,
    Rep,
    Signal,
    Team,
    Topic,
    Touch,
    TouchFlag,
)
from tests.app.web.conftest import Browser
from tests.app.web.every_page import (
    BEHIND_DOORS,
    EMAIL,
    FOR_STRANGERS,
    NO_PAGE,
    OPEN,
    PASSWORD,
    furnish,
    with_mail,
)
from tests.app.web.small_workspace import NOW, fill, open_small_workspace

_TRICKS: Final = "\u202e\u2066\u200b\u00ad\ufeff\x07"
_HOSTILE: Final = (
    f"<script>alert(1)</script><svg onload=alert(2)><img src=x onerror=alert(3)>'\" {_TRICKS}"
    "{{7*7}} &amp; javascript:alert(4)"
)
_FIELDS: Final[tuple[InstrumentedAttribute[Any], ...]] = (
    Account.handle, Account.display_name, Account.external_id, Community.name, Keyword.phrase,
    Rep.name, Signal.community, Signal.text, Team.name, Topic.description, Topic.name,
    Touch.next_step, Touch.note, TouchFlag.why,
)  # fmt: skip
#: Pages on which nothing stands that somebody wrote.
_NOT_MET: Final = {"/setup/list", "/setup/network"}


def _poison(workspace: Workspace) -> dict[str, int | str]:
    with workspace.db.write() as session:
        known = furnish(session, _HOSTILE, workspace.settings.access)
        for field in _FIELDS:
            table = field.class_
            for (number,) in session.execute(select(table.id)).all():
                session.execute(
                    update(table).where(table.id == number).values({field: f"{_HOSTILE}{number}"})
                )
        for address in (Signal.url, Account.url):
            session.execute(update(address.class_).values({address: "javascript:alert(5)"}))
    return known


def _hold(address: str, page: str) -> bool:
    """Hold a page against every trick; whether the hostile text is on it.

    Scripts are the product's own files and wait until the page is there.
    """
    for trick in ("<script>", "<svg onload", "<img src=x", "49 &amp;amp;"):
        assert trick not in page, (address, trick)
    assert not re.search(r"""(?:href|src|cite|action)=["']?\s*javascript:""", page), address
    scripts = re.findall(r"<script\b[^>]*>", page)
    assert scripts, address
    assert all(re.search(r'\ssrc="/static/.*\sdefer>$', one) for one in scripts), (address, scripts)
    found = {f"{ord(letter):04x}" for letter in set(_TRICKS) & set(page)}
    assert not found, (address, found)
    assert not re.search(r"<[^>]*\sonerror=", re.sub(r'"[^"]*"', '""', page)), address
    return "alert(1)" in page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_shown_as_text_on_every_page(
    browser: Browser, workspace: Workspace, language: str
) -> None:
    known = _poison(workspace)
    met = set()
    for route, addresses in OPEN.items():
        for one in addresses:
            address = one.format(**known)
            answer = browser.open(f"{address}{'&' if '?' in address else '?'}lang={language}")
            assert answer.status_code == 200, address
            if _hold(address, answer.text):
                met.add(route)
    assert set(OPEN) - met == _NOT_MET


def test_it_is_shown_as_text_behind_doors_and_before_them(tmp_path: Path) -> None:
    closed = open_small_workspace(tmp_path / "closed", "closed")
    with closed.db.write() as session:
        fill(session)
    known = _poison(closed)
    client = TestClient(create_app(with_mail(closed), lambda: NOW), base_url="http://127.0.0.1")
    browser = Browser(client)
    for address in FOR_STRANGERS.values():
        answer = browser.open(address.format(**known))
        assert answer.status_code == 200, address
        _hold(address, answer.text)
    browser.open("/sign-in")
    browser.send("/sign-in", email=EMAIL, password=PASSWORD)
    for address in BEHIND_DOORS.values():
        assert _hold(address, browser.open(address).text)
    assert browser.open("/nothing/<script>alert(1)</script>").status_code == 404
    _hold("/nothing", browser.page)
    closed.db.close()


def test_every_route_that_is_read_is_held_against_it_or_says_why_not(workspace: Workspace) -> None:
    read = {
        route.path
        for route in create_app(workspace, lambda: NOW).routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if "GET" in handler.http_methods
    }
    listed = [*OPEN, *BEHIND_DOORS, *FOR_STRANGERS, *NO_PAGE]
    assert sorted(read) == sorted(listed)
    assert all(NO_PAGE.values())


def test_what_a_form_brings_back_is_text_too(browser: Browser) -> None:
    browser.open("/today")
    for path, fields in (
        ("/touches", {"assignment": browser.opened, "note": _HOSTILE, "channel": _HOSTILE}),
        ("/topics", {"name": _HOSTILE, "keyword": _HOSTILE}),
        ("/topics/1", {"keyword": _HOSTILE}),
        ("/topics/1", {"keyword": _HOSTILE, "reason": _HOSTILE}),
        ("/topics/1/judge", {"post": _HOSTILE, "at": "0", "do": _HOSTILE}),
        ("/topics/budget", {"do": "on", "reason": _HOSTILE}),
        (f"/assignments/{browser.opened}/later", {"day": _HOSTILE}),
    ):
        browser.open("/today")
        page = browser.send(path, **fields).text
        assert "<script>" not in page, path
        assert "<svg onload" not in page, path
