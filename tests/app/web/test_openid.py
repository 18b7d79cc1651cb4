"""Signing in by OpenID Connect against a provider on this machine, honest and not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from litestar.testing import TestClient
from pydantic import SecretStr
from sqlalchemy import select

from app.access.links import invite
from app.access.secrets import hash_password
from app.access.users import create_user, get_user, set_active
from app.bootstrap import Workspace
from config.errors import Refused
from models import OutsideIdentity, Rep, Team, User, UserSession
from tests.app.web.apps import Apps
from tests.app.web.conftest import Browser, SettableClock
from tests.app.web.small_workspace import NOW, open_small_workspace
from tests.fakes.openid_provider import CLIENT, SECRET, Provider, make_key
from tests.fakes.web_server import HTML, RESET, Reply, WebServer


@dataclass
class House:
    """A workspace with one rep, and the provider it trusts."""

    workspace: Workspace
    provider: Provider
    server: WebServer
    clock: SettableClock
    browser: Browser
    apps: Apps

    def set(self, **settings: Any) -> None:
        """Open the pages anew with other settings of the provider."""
        changed = self.workspace.settings.openid.model_copy(update=settings)
        settings_ = self.workspace.settings.model_copy(update={"openid": changed})
        self.workspace = Workspace(settings_, self.workspace.db)
        client = TestClient(
            self.apps.lend(self.workspace, self.clock), base_url="http://127.0.0.1",
            raise_server_exceptions=False,
        )  # fmt: skip
        self.browser = Browser(client)

    def go(self, wanted: str = "") -> str:
        """Start; the address by which the provider sends the browser back."""
        start = self.browser.client.get(f"/sign-in/openid{wanted}", follow_redirects=False)
        assert start.status_code == 303, start.text
        there = httpx.get(start.headers["location"], follow_redirects=False)
        assert there.status_code == 303
        return there.headers["location"]

    def enter(self, wanted: str = "") -> httpx.Response:
        return self.browser.open(self.go(wanted))

    def users(self) -> list[str]:
        with self.workspace.db.read() as session:
            return list(session.scalars(select(User.email).order_by(User.id)))

    def signed_in(self) -> int:
        with self.workspace.db.read() as session:
            return len(session.scalars(select(UserSession)).all())


@pytest.fixture
def house(tmp_path: Path, apps: Apps) -> Iterator[House]:
    workspace = open_small_workspace(tmp_path / "home", "closed")
    clock = SettableClock()
    provider = Provider(NOW)
    with WebServer(provider) as server:
        provider.issuer = server.url
        settings = workspace.settings.model_copy(
            update={"secrets": {"openid": {"client_secret": SecretStr(SECRET)}}}
        )
        workspace = Workspace(settings, workspace.db)
        kept = hash_password("a long enough one", settings.access)
        with workspace.db.write() as session:
            team = Team(
                name="North", time_zone="UTC", first_weekday=0, weekend=[5, 6], created_at=NOW
            )
            rep = Rep(team=team, name="Noor", created_at=NOW)
            session.add_all([team, rep])
            session.flush()
            create_user(session, email="rep@example.org", name="Noor", role="rep",
                        password_hash=kept, rep_id=rep.id, now=NOW)  # fmt: skip
        made = House(workspace, provider, server, clock, Browser(None), apps)  # type: ignore[arg-type] # set below
        made.set(issuer=server.url, client_id=CLIENT, name="Example login")
        yield made
    workspace.db.close()


class TestTheWayIn:
    def test_somebody_known_by_address_comes_in_and_is_linked(self, house: House) -> None:
        assert 'href="/sign-in/openid"' in house.browser.open("/sign-in").text
        assert "Sign in with Example login" in house.browser.page
        answer = house.enter("?next=%2Faccount")
        assert answer.url.path == "/account"
        assert "rep@example.org" in answer.text
        assert house.provider.bad == []
        with house.workspace.db.read() as session:
            linked = session.scalars(select(OutsideIdentity)).one()
            assert (linked.issuer, linked.subject) == (house.server.url, "s-1")

    def test_later_issuer_and_subject_count_and_not_the_address(self, house: House) -> None:
        house.enter()
        house.browser.client.cookies.clear()
        house.provider.person["email"] = "married@example.org"
        assert house.enter("?next=%2Faccount").url.path == "/account"
        assert house.users() == ["rep@example.org"]

    def test_nobody_gets_an_account_that_another_person_is_linked_to(self, house: House) -> None:
        house.enter()
        house.browser.client.cookies.clear()
        house.provider.person = {"sub": "s-2", "email": "rep@example.org", "email_verified": True}
        answer = house.enter()
        assert answer.status_code == 400
        assert "kept out" in answer.text
        assert house.signed_in() == 1

    @pytest.mark.parametrize("verified", [False, None, "false", 1.5, "yes"])
    def test_an_address_nobody_verified_opens_nothing(self, house: House, verified: Any) -> None:
        house.provider.person["email_verified"] = verified
        answer = house.enter()
        assert answer.status_code == 400
        assert "has not verified your e-mail address" in answer.text
        assert house.signed_in() == 0

    def test_the_address_may_come_from_userinfo_of_the_same_person(self, house: House) -> None:
        house.provider.in_userinfo = True
        assert house.enter("?next=%2Faccount").url.path == "/account"

    def test_an_unknown_address_is_told_to_ask(self, house: House) -> None:
        house.provider.person["email"] = "stranger@example.org"
        answer = house.enter()
        assert answer.status_code == 400
        assert "Ask an admin for an invitation." in answer.text
        assert house.users() == ["rep@example.org"]

    def test_an_invited_address_comes_in_without_a_password(self, house: House) -> None:
        with house.workspace.db.write() as session:
            invite(session, email="boss@example.org", role="manager", rep_id=None, team_ids=[1],
                   now=NOW, settings=house.workspace.settings.access)  # fmt: skip
        house.provider.person |= {"email": "Boss@Example.org", "sub": "s-9"}
        answer = house.enter("?next=%2Faccount")
        assert answer.url.path == "/account"
        assert 'action="/account/password"' not in answer.text
        with house.workspace.db.read() as session:
            user = get_user(session, "boss@example.org")
            assert (user.role, user.password_hash) == ("manager", None)

    def test_somebody_kept_out_stays_out(self, house: House) -> None:
        house.enter()
        house.browser.client.cookies.clear()
        with house.workspace.db.write() as session:
            user = get_user(session, "rep@example.org")
            set_active(session, user, active=False, now=NOW)
        assert "kept out" in house.enter().text

    def test_only_domains_that_are_named_and_newcomers_only_where_wanted(
        self, house: House
    ) -> None:
        house.set(domains=["elsewhere.example"])
        assert "may not sign in here" in house.enter().text
        house.set(domains=["example.org"], create_in="North")
        house.provider.person |= {"email": "new@example.org", "sub": "s-3", "name": "Noor"}
        assert house.enter("?next=%2Faccount").url.path == "/account"
        with house.workspace.db.read() as session:
            user = get_user(session, "new@example.org")
            rep = session.get_one(Rep, user.rep_id)
            assert (user.role, rep.name, rep.team.name) == ("rep", "new@example.org", "North")
        house.set(domains=[], create_in="North")  # without a domain nobody is created
        house.provider.person |= {"email": "more@example.org", "sub": "s-4"}
        assert "Ask an admin" in house.enter().text


class TestWhatIsNotTrusted:
    @pytest.mark.parametrize(
        "over",
        [
            {"nonce": "another"}, {"nonce": None}, {"iss": "https://other.example"},
            {"iss": None}, {"aud": "another-client"}, {"aud": [CLIENT, "another"]},
            {"aud": None}, {"exp": int(NOW.timestamp()) - 120}, {"exp": None},
            {"iat": int(NOW.timestamp()) + 900}, {"nbf": int(NOW.timestamp()) + 900},
            {"azp": "another-client"}, {"sub": ""}, {"sub": None}, {"at_hash": "wrong"},
        ],
        ids=str,
    )  # fmt: skip
    def test_a_token_with_a_wrong_claim(self, house: House, over: dict[str, Any]) -> None:
        house.provider.over = over
        answer = house.enter()
        assert answer.status_code == 400
        assert "cannot be trusted. Nobody was signed in." in answer.text
        assert house.signed_in() == 0

    def test_a_token_without_a_signature(self, house: House) -> None:
        house.provider.alg_none = True
        assert "cannot be trusted" in house.enter().text

    def test_a_token_signed_with_the_shared_secret(self, house: House) -> None:
        house.provider.by_secret = True
        assert "cannot be trusted" in house.enter().text

    def test_a_token_signed_with_a_key_that_is_not_the_providers(self, house: House) -> None:
        house.provider.sign_with = make_key("one")
        assert "cannot be trusted" in house.enter().text
        assert house.signed_in() == 0

    def test_a_provider_that_names_another_issuer(self, house: House) -> None:
        house.provider.says_issuer = "https://other.example"
        answer = house.browser.open("/sign-in/openid")
        assert answer.status_code == 400
        assert "cannot be trusted" in answer.text


class TestTheReturn:
    def test_another_state_is_not_ours(self, house: House) -> None:
        back = house.go()
        query = parse_qs(urlsplit(back).query)
        answer = house.browser.open(f"/sign-in/openid/back?code={query['code'][0]}&state=other")
        assert answer.status_code == 400
        assert "Start it again" in answer.text
        assert house.signed_in() == 0

    def test_another_browser_is_not_let_in_by_somebodys_return(self, house: House) -> None:
        back = house.go()
        house.browser.client.cookies.clear()
        assert "Start it again" in house.browser.open(back).text
        assert house.signed_in() == 0

    def test_a_return_counts_once(self, house: House) -> None:
        back = house.go()
        house.browser.open(back)
        house.browser.client.cookies.delete("session")
        assert house.browser.open(back).status_code == 400
        assert house.signed_in() == 1

    @pytest.mark.parametrize("cookie", ["", "a", "a.b.c.d", "x.99999999999.YQ==.mark"])
    def test_a_cookie_we_did_not_make(self, house: House, cookie: str) -> None:
        house.browser.client.cookies.set("openid", cookie)
        assert house.browser.open("/sign-in/openid/back?code=a&state=b").status_code == 400

    def test_too_late(self, house: House) -> None:
        back = house.go()
        house.clock.at += timedelta(minutes=16)
        assert "Start it again" in house.browser.open(back).text

    def test_no_at_the_provider(self, house: House) -> None:
        house.provider.denies = True
        assert "did not let you in" in house.enter().text

    @pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil"])
    def test_nobody_is_sent_to_another_site(self, house: House, wanted: str) -> None:
        answer = house.enter(f"?next={wanted}")
        assert answer.url.host == "127.0.0.1"
        assert answer.url.path == "/today"

    def test_an_answer_of_another_issuer(self, house: House) -> None:
        assert "cannot be trusted" in house.browser.open(
            house.go() + "&iss=https%3A%2F%2Fother.example"
        ).text  # fmt: skip


class TestTheProvider:
    def test_a_new_key_is_looked_for_once_it_is_met(self, house: House) -> None:
        house.enter()
        house.browser.client.cookies.clear()
        house.provider.rotate("two")
        house.clock.at += timedelta(minutes=2)
        house.provider.now = house.clock.at
        assert house.enter("?next=%2Faccount").url.path == "/account"

    @pytest.mark.parametrize("fault", [RESET, Reply(500, {}), HTML, Reply(200, body=b"[]"),
                                       Reply(200, body=b" " * 1_100_000)])  # fmt: skip
    def test_down_before(self, house: House, fault: Reply) -> None:
        house.server.faults = [fault]
        answer = house.browser.open("/sign-in/openid")
        assert answer.status_code == 503
        assert "cannot be reached now" in answer.text
        assert 'name="password"' in answer.text  # the other door stays

    def test_a_provider_that_is_down_is_not_asked_by_everybody(self, house: House) -> None:
        house.server.faults = [RESET]
        house.browser.open("/sign-in/openid")
        asked = len(house.server.asked)
        assert house.browser.open("/sign-in/openid").status_code == 503
        assert len(house.server.asked) == asked
        house.clock.at += timedelta(seconds=11)
        assert house.go()

    @pytest.mark.parametrize("fault", [RESET, Reply(500, {}), HTML])
    def test_down_behind(self, house: House, fault: Reply) -> None:
        back = house.go()
        house.server.faults = [fault]
        answer = house.browser.open(back)
        assert answer.status_code in {400, 503}
        assert house.signed_in() == 0

    def test_a_wrong_secret_is_a_refusal_not_a_fault(self, house: House) -> None:
        settings = house.workspace.settings.model_copy(
            update={"secrets": {"openid": {"client_secret": SecretStr("wrong")}}}
        )
        house.workspace = Workspace(settings, house.workspace.db)
        house.set()
        assert house.enter().status_code == 400

    def test_an_issuer_without_https_is_refused(self, house: House) -> None:
        with pytest.raises(Refused, match="no https"):
            house.set(issuer="http://login.example.org")
        with pytest.raises(Refused, match="client_id"):
            house.set(issuer=house.server.url, client_id="")


class TestOff:
    def test_without_a_provider_nothing_is_there(self, house: House) -> None:
        house.set(issuer="")
        assert "/sign-in/openid" not in house.browser.open("/sign-in").text
        assert house.browser.open("/sign-in/openid").status_code == 404
        assert house.browser.open("/sign-in/openid/back?code=a&state=b").status_code == 404

    def test_the_library_is_not_loaded_before_somebody_signs_in_by_it(self) -> None:
        code = (
            "import sys, app.web.application, app.serving\n"
            "print([n for n in sys.modules if n.startswith(('authlib', 'joserfc', 'requests'))])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            cwd=Path(__file__).parents[3],
        )  # fmt: skip
        assert done.stdout.strip() == "[]"
