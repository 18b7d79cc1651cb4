"""Markup, scripts and letters that turn or hide text, in everything that people write."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.bootstrap import Workspace
from models import (
    Account,
    Assignment,
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
from tests.app.web.small_workspace import NOW

_TRICKS: Final = "\u202e\u2066\u200b\u00ad\ufeff\x07"
_HOSTILE: Final = (
    f"<script>alert(1)</script><svg onload=alert(2)><img src=x onerror=alert(3)>'\" {_TRICKS}"
    "{{7*7}} &amp; [x](javascript:alert(4))"
)
_FIELDS: Final[tuple[InstrumentedAttribute[Any], ...]] = (
    Account.handle, Account.display_name, Account.external_id, Community.name, Keyword.phrase,
    Rep.name, Signal.community, Signal.text, Team.name, Topic.description, Topic.name,
    Touch.next_step, Touch.note, TouchFlag.why,
)  # fmt: skip
_PAGES: Final = (
    "/today?rep=1", "/today?rep=1&done=all", "/today?rep=1&open=none",
    "/today?rep=1&date=2026-11-24", "/prospects/{held}", "/prospects/{touched}", "/reps", "/team",
    "/topics", "/topics/1", "/topics/1/yield",
    "/topics/budget", "/sources", "/people", "/privacy",
)  # fmt: skip


def _poison(workspace: Workspace) -> dict[str, int]:
    with workspace.db.write() as session:
        touch = session.scalars(select(Touch).order_by(Touch.id.desc())).first()
        assert touch is not None
        session.add(TouchFlag(touch_id=touch.id, rule="rapid", why="x", flagged_at=NOW))
        session.flush()
        for field in _FIELDS:
            table = field.class_
            for (number,) in session.execute(select(table.id)).all():
                session.execute(
                    update(table).where(table.id == number).values({field: f"{_HOSTILE}{number}"})
                )
        for address in (Signal.url, Account.url):
            session.execute(update(address.class_).values({address: "javascript:alert(5)"}))
        held = session.scalars(
            select(Assignment.person_id).where(Assignment.closed_at.is_(None))
        ).first()
    return {"held": held or 0, "touched": touch.person_id or 0}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_shown_as_text_on_every_page(
    browser: Browser, workspace: Workspace, language: str
) -> None:
    people = _poison(workspace)
    met = 0
    for path in _PAGES:
        address = path.format(**people)
        answer = browser.open(f"{address}{'&' if '?' in address else '?'}lang={language}")
        page = answer.text
        assert answer.status_code == 200, address
        met += "alert(1)" in page
        for trick in ("<script>", "<svg onload", "<img src=x", "49 &amp;amp;"):
            assert trick not in page, (address, trick)
        assert not re.search(r"""(?:href|src|cite|action)=["']?\s*javascript:""", page), address
        found = {f"{ord(letter):04x}" for letter in set(_TRICKS) & set(page)}
        assert not found, (address, found)
        assert not re.search(r"<[^>]*\sonerror=", re.sub(r'"[^"]*"', '""', page)), address
    assert met >= 10


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
