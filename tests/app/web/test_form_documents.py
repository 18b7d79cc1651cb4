"""Every form of every page as a document of its fields, sent with odd input: none may fail inside.

A form's document is read from the page that holds it: its fields, and what a select, a radio or a
button may say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from litestar.testing import TestClient
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from app.web.application import create_app
from tests.app.web.conftest import Browser
from tests.app.web.every_page import OPEN, furnish
from tests.app.web.small_workspace import NOW, fill, open_small_workspace

#: Addresses that ask a network for whatever address was typed.
_ASKING: Final = re.compile("(/prospects/0/links|/topics/0/counts)?")
_TYPED: Final = {"type": "string", "maxLength": 60}
#: What a field of that kind takes, as a browser sends it.
_KINDS: Final = {
    "date": {"type": "string", "format": "date"},
    "email": {"type": "string", "format": "email"},
    "number": {"type": "integer", "minimum": -1, "maximum": 10**6},
}


#: By where each is sent: what each field may hold; nothing where it is typed.
Forms = dict[str, dict[str, set[str]]]


class _Reader(HTMLParser):
    """The forms of a page: where each is sent, and each field with what it may hold."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path, self._open = path, ""
        self._select = ""
        self.found: Forms = {}
        self.kinds: dict[str, str] = {}  # of a field by its name, the same in every form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field of the one that is open."""
        held = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_post = held.get("method") == "post"
            self._open = held.get("action") or self._path if is_post else ""
            self.found.setdefault(self._open, {})
        elif tag in {"input", "button", "textarea", "select"} and held.get("name"):
            fields = self.found.setdefault(self._open, {})
            known = fields.setdefault(held["name"], set())
            kind = held.get("type", "")
            if kind in {"hidden", "checkbox", "radio"} or tag == "button":
                known.add(held.get("value", ""))
            elif kind in _KINDS:
                self.kinds[held["name"]] = kind
            self._select = held["name"] if tag == "select" else ""
        elif tag == "option" and self._select:
            self.found[self._open][self._select].add(held.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """Close a form."""
        if tag == "form":
            self._open = ""


def _describe(forms: Forms, kinds: dict[str, str]) -> dict[str, Any]:
    """The OpenAPI document of these forms."""
    paths: dict[str, Any] = {}
    for action, fields in forms.items():
        properties = {
            name: {"enum": sorted(known)} if known else _KINDS.get(kinds.get(name, ""), _TYPED)
            for name, known in fields.items()
            if name != "_csrf_token"
        }
        body = {
            "schema": {
                "type": "object",
                "properties": properties,
                "required": sorted(properties),
                "additionalProperties": False,
            }
        }
        paths[action] = {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/x-www-form-urlencoded": body},
                },
                "responses": {"200": {"description": "a page"}},
            }
        }
    return {"openapi": "3.1.0", "info": {"title": "Forms", "version": "1"}, "paths": paths}


@pytest.fixture
def furnished(tmp_path: Path) -> Iterator[tuple[Browser, Forms, dict[str, str]]]:
    """A browser, and every form that a page of its workspace holds, once for each kind of row."""
    workspace = open_small_workspace(tmp_path / "home")
    with workspace.db.write() as session:
        rep = fill(session)
        known = furnish(session, "Autumn", workspace.settings.access)
        rep_id = rep.id
    forms: Forms = {}
    kinds: dict[str, str] = {}
    met: set[str] = set()
    app = create_app(workspace, lambda: NOW)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        client.cookies.set("rep", str(rep_id))
        browser = Browser(client)
        for address in [one.format(**known) for of in OPEN.values() for one in of]:
            reader = _Reader(address.partition("?")[0])
            reader.feed(browser.open(address).text)
            kinds |= reader.kinds
            for action, fields in reader.found.items():
                kind = re.sub(r"\d+", "0", action.partition("?")[0])
                has_fields = bool(set(fields) - {"_csrf_token"})
                if has_fields and kind not in met and not _ASKING.fullmatch(kind):
                    met.add(kind)
                    forms[action.partition("?")[0]] = fields
        yield browser, forms, kinds
    workspace.db.close()


def test_no_form_fails_inside_whatever_is_sent(
    furnished: tuple[Browser, Forms, dict[str, str]],
) -> None:
    browser, forms, kinds = furnished
    assert len(forms) > 40
    document = schemathesis.openapi.from_dict(_describe(forms, kinds))
    browser.open("/today")
    token = browser.hidden("_csrf_token")
    for action in forms:
        for mode, count in ((GenerationMode.POSITIVE, 3), (GenerationMode.NEGATIVE, 1)):
            _send_some(browser.client, document[action]["POST"], token, mode, count)


def _send_some(
    client: TestClient[Any], operation: Any, token: str, mode: GenerationMode, count: int
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: schemathesis.Case) -> None:
        sent = case.as_transport_kwargs(base_url="http://127.0.0.1")
        held = sent.get("data")
        body: dict[str, Any] = (
            {"data": held} if isinstance(held, dict) else {"content": held or b""}
        )
        answer = client.post(
            sent["url"],
            follow_redirects=False,
            headers={"x-csrftoken": token, "content-type": "application/x-www-form-urlencoded"},
            **body,
        )
        assert answer.status_code != 403, "the form was not let in"
        case.validate_response(answer, checks=[not_a_server_error])

    send()
