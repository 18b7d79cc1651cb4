"""Signing in by a provider in a real browser: its cookies and our headers let it through."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pydantic import SecretStr
from sqlalchemy import select

from app.access.users import create_user
from app.bootstrap import Workspace
from app.web.application import create_app
from models import UserSession
from tests.app.web.small_workspace import NOW, open_small_workspace
from tests.browser.conftest import serve
from tests.fakes.openid_provider import CLIENT, SECRET, Provider
from tests.fakes.web_server import WebServer

pytestmark = pytest.mark.browser


def test_to_the_provider_and_back(chromium: Browser, tmp_path: Path) -> None:
    small = open_small_workspace(tmp_path / "home", "closed")
    provider = Provider(NOW)
    provider.person["email"] = "ada@example.org"
    with small.db.write() as session:
        create_user(session, email="ada@example.org", name="Ada", role="admin",
                    password_hash=None, now=NOW)  # fmt: skip
    with WebServer(provider) as server:
        provider.issuer = server.url
        openid = small.settings.openid.model_copy(
            update={"issuer": server.url, "client_id": CLIENT, "name": "Example login"}
        )
        secrets = {"openid": {"client_secret": SecretStr(SECRET)}}
        settings = small.settings.model_copy(update={"openid": openid, "secrets": secrets})
        workspace = Workspace(settings, small.db)
        with serve(create_app(workspace, lambda: NOW)) as url:
            context = chromium.new_context(base_url=url)
            page = context.new_page()
            page.goto("/account")
            page.get_by_role("link", name="Sign in with Example login").click()
            expect(page.locator("h1")).to_contain_text("Ada")
            assert page.url == f"{url}/account"
            names = {one["name"]: one for one in context.cookies()}
            assert names["session"]["httpOnly"]
            assert names["session"]["sameSite"] == "Lax"
            assert "openid" not in names
            context.close()
    with small.db.read() as session:
        assert len(session.scalars(select(UserSession)).all()) == 1
    small.db.close()
