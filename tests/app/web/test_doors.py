"""Closed doors: who comes in, what each role may open, and that others' rows are not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.exceptions import TooManyRequestsException
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from sqlalchemy import select

from app.access.links import invite, make_first_link, make_reset_link
from app.access.secrets import hash_password
from app.access.users import create_user, get_user, set_active
from app.bootstrap import Workspace
from app.jobs import purge
from app.web.application import create_app
from app.web.turnstile import Turnstile
from config.errors import Conflict
from models import (
    Account,
    AccountLink,
    ApiToken,
    Assignment,
    Rep,
    Statement,
    TargetProposal,
    Team,
    Topic,
    Touch,
    TouchFlag,
    User,
    UserSession,
)
from tests.app.web.apps import Apps
from tests.app.web.conftest import Browser, SettableClock
from tests.app.web.small_workspace import NOW, fill, open_small_workspace
from tests.factories import let_rewrite

_PASSWORD = "a long enough one"
_ROLES = ("rep", "manager", "admin", "stranger")
#: Routes with a row in their address that belongs to no rep, team or user, and why.
_NOBODY_S = {
    "/c/{code:str}": "whoever holds the code may follow it",
    "/hooks/{name:str}": "other systems come in by a signature",
    "/people/mails/{mail_id:int}": "an admin answers for everybody",
    "/people/teams/reps/{rep_id:int}": "an admin answers for everybody",
    "/people/teams/reps/{rep_id:int}/active": "an admin answers for everybody",
    "/people/teams/{team_id:int}": "an admin answers for everybody",
    "/people/teams/{team_id:int}/reps": "an admin answers for everybody",
    "/people/{user_id:int}": "an admin answers for everybody",
    "/prospects/{person_id:int}/leave-alone/undo": "an admin answers for everybody",
    "/sources/{name:str}": "an admin answers for everybody",
    "/static/{file_path:path}": "files of the pages",
    "/topics/{topic_id:int}": "topics are every manager's",
    "/topics/{topic_id:int}/counts": "topics are every manager's",
    "/topics/{topic_id:int}/judge": "topics are every manager's",
    "/topics/{topic_id:int}/pairs": "topics are every manager's",
    "/topics/{topic_id:int}/ready": "topics are every manager's",
    "/topics/{topic_id:int}/suggestions": "topics are every manager's",
    "/topics/{topic_id:int}/versions": "topics are every manager's",
    "/topics/{topic_id:int}/yield": "topics are every manager's",
    "/welcome/{token:str}": "whoever holds the link may follow it",
}


@dataclass
class House:
    """Two teams: the rep and the manager belong to the first, everything foreign to the second."""

    workspace: Workspace
    clock: SettableClock
    app: Litestar
    own: int
    mate: int
    foreign: int
    foreign_assignment: int
    own_assignment: int
    own_touch: int
    foreign_person: int
    asked: set[tuple[str, str]] = field(default_factory=set)

    def browser(self, email: str | None = None) -> Browser:
        client = TestClient(self.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
        client.follow_redirects = True
        client.event_hooks["request"].append(
            lambda request: self.asked.add((request.method, request.url.path))
        )
        browser = Browser(client)
        if email is not None:
            browser.open("/sign-in")
            form = {"email": email, "password": _PASSWORD,
                    "_csrf_token": browser.hidden("_csrf_token")}  # fmt: skip
            # where it leads is a page of its own, which takes long to draw
            answer = client.post("/sign-in", data=form, follow_redirects=False)
            assert answer.status_code == 303
        return browser


@pytest.fixture
def house(tmp_path: Path, apps: Apps) -> Iterator[House]:
    workspace = open_small_workspace(tmp_path / "home", "closed")
    kept = hash_password(_PASSWORD, workspace.settings.access)
    with workspace.db.write() as session:
        own = fill(session)
        mate = session.scalars(
            select(Rep).where(Rep.team_id == own.team_id, Rep.id != own.id)
        ).one()
        team = Team(
            name="Other team", time_zone="UTC", first_weekday=0, weekend=[5, 6], created_at=NOW
        )
        foreign = Rep(team=team, name="Foreign", created_at=NOW)
        session.add_all([team, foreign])
        session.flush()
        moved = session.scalars(
            select(Assignment).where(Assignment.closed_at.is_(None)).order_by(Assignment.id)
        ).first()
        assert moved is not None
        moved.rep_id = foreign.id
        touch = session.scalars(select(Touch).where(Touch.rep_id == own.id)).first()
        assert touch is not None
        for email, role, rep_id, teams in (
            ("rep@example.org", "rep", own.id, ()),
            ("manager@example.org", "manager", None, (own.team_id,)),
            ("admin@example.org", "admin", None, ()),
            ("foreign@example.org", "rep", foreign.id, ()),
        ):
            create_user(
                session, email=email, name=email, role=role, password_hash=kept, rep_id=rep_id,
                team_ids=teams, now=NOW,
            )  # fmt: skip
        still = session.scalars(
            select(Assignment).where(Assignment.closed_at.is_(None), Assignment.rep_id == own.id)
        ).first()
        assert still is not None
        ids = own.id, mate.id, foreign.id, moved.id, still.id, touch.id, moved.person_id
    clock = SettableClock()
    yield House(workspace, clock, apps.lend(workspace, clock), *ids)
    workspace.db.close()


class TestSigningIn:
    @pytest.mark.parametrize(
        ("who", "path"), [("rep", "/today"), ("manager", "/team"), ("admin", "/team")]
    )
    def test_the_first_page_is_ones_own_list_or_ones_team(
        self, house: House, who: str, path: str
    ) -> None:
        assert house.browser(f"{who}@example.org").open("/").url.path == path

    def test_a_stranger_is_sent_to_the_door_and_back_to_where_they_wanted(
        self, house: House
    ) -> None:
        browser = house.browser()
        assert browser.open("/today?done=all").url.path == "/sign-in"
        answer = browser.send(
            "/sign-in", email="REP@example.org ", password=_PASSWORD,
            next=browser.hidden("next"),
        )  # fmt: skip
        assert str(answer.url).endswith("/today?done=all")

    @pytest.mark.parametrize("wanted", ["https://elsewhere.example", "//elsewhere.example", "x"])
    def test_nobody_is_sent_to_another_site(self, house: House, wanted: str) -> None:
        browser = house.browser()
        browser.open("/sign-in")
        answer = browser.send("/sign-in", email="rep@example.org", password=_PASSWORD, next=wanted)
        assert answer.url.host == "127.0.0.1"
        assert answer.url.path == "/today"

    def test_a_wrong_password_and_an_unknown_name_read_alike(self, house: House) -> None:
        pages = []
        for email in ("rep@example.org", "nobody@example.org"):
            browser = house.browser()
            browser.open("/sign-in")
            answer = browser.send("/sign-in", email=email, password="wrong wrong wrong")
            assert answer.status_code == 400
            text = answer.text.replace(email, "")
            pages.append(re.sub(r'value="[0-9a-f]{64,}"', "", text))
        assert pages[0] == pages[1]

    def test_many_wrong_passwords_close_the_door_for_a_while(self, house: House) -> None:
        browser = house.browser()
        browser.open("/sign-in")
        for _ in range(house.workspace.settings.access.failures_per_email):
            browser.send("/sign-in", email="rep@example.org", password="wrong wrong wrong")
        answer = browser.send("/sign-in", email="rep@example.org", password=_PASSWORD)
        assert answer.status_code == 429
        house.clock.at += timedelta(minutes=house.workspace.settings.access.failure_minutes)
        answer = browser.send("/sign-in", email="rep@example.org", password=_PASSWORD)
        assert answer.url.path == "/today"

    def test_the_cookie_is_closed_to_scripts_and_holds_nothing_readable(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        token = browser.client.cookies["session"]
        with house.workspace.db.read() as session:
            kept = session.scalars(select(UserSession.token_hash)).all()
        assert token not in kept
        assert len(token) >= 43

    def test_idle_and_old_sessions_end(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        settings = house.workspace.settings.access
        house.clock.at += timedelta(hours=settings.idle_hours - 1)
        assert browser.open("/today").url.path == "/today"  # being seen keeps it alive
        house.clock.at += timedelta(hours=settings.idle_hours - 1)
        assert browser.open("/today").url.path == "/today"
        house.clock.at += timedelta(hours=settings.idle_hours + 1)
        assert browser.open("/today").url.path == "/sign-in"

    def test_a_session_ends_after_its_days_however_busy(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        settings = house.workspace.settings.access
        end = house.clock.at + timedelta(days=settings.session_days)
        while house.clock.at < end:
            assert browser.open("/reps").url.path == "/reps"
            house.clock.at += timedelta(hours=settings.idle_hours - 1)
        assert browser.open("/reps").url.path == "/sign-in"

    def test_signing_out_here_and_everywhere(self, house: House) -> None:
        first, second = house.browser("rep@example.org"), house.browser("rep@example.org")
        first.open("/account")
        first.send("/sign-out")
        assert first.open("/today").url.path == "/sign-in"
        assert second.open("/today").url.path == "/today"
        third = house.browser("rep@example.org")
        third.open("/account")
        third.send("/sign-out", everywhere="yes")
        assert second.open("/today").url.path == "/sign-in"

    def test_a_form_sent_after_signing_out_is_told_so(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        browser.open("/today")
        opened = browser.opened
        with house.workspace.db.write() as session:
            for row in session.scalars(select(UserSession)):
                row.ended_at = house.clock.at
        answer = browser.mark(opened)
        assert answer.status_code == 401
        assert "Nothing was recorded" in answer.text


class TestLinks:
    def test_the_first_admin_comes_in_once(self, tmp_path: Path) -> None:
        workspace = open_small_workspace(tmp_path / "new", "closed")
        settings = workspace.settings.access
        with workspace.db.write() as session:
            old = make_first_link(session, now=NOW, settings=settings)
            token = make_first_link(session, now=NOW, settings=settings)
        app = create_app(workspace, SettableClock())
        with TestClient(app, base_url="http://127.0.0.1") as client:
            browser = Browser(client)
            assert browser.open(f"/welcome/{old}").status_code == 404
            browser.open(f"/welcome/{token}")
            assert browser.send(f"/welcome/{token}", email="a@b", password="x").status_code == 400
            short = browser.send(f"/welcome/{token}", email="a@example.org", password="short")
            assert short.status_code == 400
            assert "at least 10 characters" in short.text
            done = browser.send(
                f"/welcome/{token}", email="A@example.org", name="Ada", password=_PASSWORD
            )
            assert done.url.path == "/setup/team"
            assert browser.open(f"/welcome/{token}").status_code == 404
        with workspace.db.write() as session:
            user = get_user(session, "a@example.org")
            assert (user.role, user.name) == ("admin", "Ada")
            assert make_first_link(session, now=NOW, settings=settings) is None
        workspace.db.close()

    def test_an_invitation_is_for_one_address_and_role(self, house: House) -> None:
        with house.workspace.db.write() as session:
            token = invite(
                session, email="new@example.org", role="rep", rep_id=house.mate, team_ids=(),
                now=house.clock.at, settings=house.workspace.settings.access,
            )  # fmt: skip
        browser = house.browser()
        browser.open(f"/welcome/{token}")
        browser.send(f"/welcome/{token}", email="other@example.org", password=_PASSWORD)
        with house.workspace.db.read() as session:
            user = get_user(session, "new@example.org")
            assert (user.role, user.rep_id) == ("rep", house.mate)
            assert session.scalar(select(User.id).where(User.email == "other@example.org")) is None

    def test_a_lost_password_is_replaced_and_every_browser_signed_out(self, house: House) -> None:
        signed_in = house.browser("rep@example.org")
        with house.workspace.db.write() as session:
            user = get_user(session, "rep@example.org")
            settings = house.workspace.settings.access
            token = make_reset_link(session, user, now=house.clock.at, settings=settings)
        browser = house.browser()
        browser.open(f"/welcome/{token}")
        browser.send(f"/welcome/{token}", password="another long one")
        assert signed_in.open("/today").url.path == "/sign-in"
        again = house.browser()
        again.open("/sign-in")
        assert again.send(
            "/sign-in", email="rep@example.org", password="another long one"
        ).url.path == "/today"  # fmt: skip

    def test_links_grow_old(self, house: House) -> None:
        with house.workspace.db.write() as session:
            user = get_user(session, "rep@example.org")
            settings = house.workspace.settings.access
            token = make_reset_link(session, user, now=house.clock.at, settings=settings)
        house.clock.at += timedelta(hours=settings.link_hours, seconds=1)
        assert house.browser().open(f"/welcome/{token}").status_code == 404

    def test_the_last_admin_stays(self, house: House) -> None:
        with house.workspace.db.write() as session, pytest.raises(Conflict):
            set_active(
                session, get_user(session, "admin@example.org"), active=False, now=house.clock.at
            )

    def test_somebody_kept_out_is_out_at_once(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        with house.workspace.db.write() as session:
            user = get_user(session, "rep@example.org")
            set_active(session, user, active=False, now=house.clock.at)
        assert browser.open("/today").url.path == "/sign-in"


class TestAccount:
    def test_a_changed_password_needs_the_old_one(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        browser.open("/account")
        wrong = browser.send("/account/password", old="wrong", new="another long one")
        assert wrong.status_code == 400
        assert "not your present password" in wrong.text
        assert browser.send("/account/password", old=_PASSWORD, new="short").status_code == 400
        done = browser.send("/account/password", old=_PASSWORD, new="another long one")
        assert done.url.path == "/sign-in"

    def test_a_key_is_shown_once_and_kept_as_a_hash(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        browser.open("/account")
        page = browser.send("/account/tokens", name="export", **{"lists:read": "yes"}).text
        token = re.search(r"<code[^>]*>(wl_[^<]+)</code>", page)
        assert token
        assert token.group(1) not in browser.open("/account").text
        with house.workspace.db.read() as session:
            row = session.scalars(select(ApiToken)).one()
            assert row.scopes == ["lists:read"]
            assert token.group(1) not in row.token_hash
        browser.open("/account")
        assert browser.send("/account/tokens", name="", **{"lists:read": "y"}).status_code == 400
        browser.open("/account")
        browser.send(f"/account/tokens/{row.id}/revoke")
        assert "export" not in browser.open("/account").text

    def test_nobody_revokes_anothers_key(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        browser.open("/account")
        browser.send("/account/tokens", name="export", **{"lists:read": "yes"})
        other = house.browser("admin@example.org")
        other.open("/account")
        assert other.send("/account/tokens/1/revoke").status_code == 404

    def test_a_key_opens_no_page(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        browser.open("/account")
        page = browser.send("/account/tokens", name="export", **{"lists:read": "yes"}).text
        token = re.search(r"<code[^>]*>(wl_[^<]+)</code>", page)
        assert token
        with TestClient(house.app, base_url="http://127.0.0.1") as client:
            for path in ("/today", "/topics", "/account"):
                answer = client.get(path, headers={"Authorization": f"Bearer {token.group(1)}"})
                assert answer.status_code == 404, path


class TestKeysInUse:
    def test_when_a_key_was_used_is_noted_now_and_then(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        browser.open("/account")
        page = browser.send("/account/tokens", name="export", **{"lists:read": "yes"}).text
        token = re.search(r"<code[^>]*>(wl_[^<]+)</code>", page)
        assert token
        assert "not yet" in page
        bearer = {"Authorization": f"Bearer {token.group(1)}"}
        with TestClient(house.app, base_url="http://127.0.0.1") as client:
            for _ in range(2):
                assert client.get("/api/lists", headers=bearer).status_code == 200
        with house.workspace.db.read() as session:
            assert session.scalars(select(ApiToken.used_at)).one() == house.clock.at
        assert "not yet" not in browser.open("/account").text


class TestAnAttacker:
    def test_every_form_needs_its_token(self, house: House) -> None:
        browser = house.browser("admin@example.org")
        browser.open("/account")
        for method, path, _ in _routes(house.app):
            if method == "GET" or path.startswith(("/hooks", "/api")):
                continue
            address = re.sub(r"\{[^}]*\}", "1", path)
            for fields in ({}, {"_csrf_token": "0" * 128}):
                answer = browser.client.request(method, address, data=fields)
                assert answer.status_code == 403, path
        assert browser.open("/account").status_code == 200  # nothing was signed out either

    def test_an_api_address_takes_no_cookie(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        for method, path, _ in _routes(house.app):
            if path.startswith("/api") and path != "/api/openapi.json":  # nobody's data
                address = re.sub(r"\{[^}]*\}", "1", path)
                answer = browser.client.request(method, address, json={})
                assert answer.status_code in {401, 404}, path

    def test_every_answer_of_every_address_is_strict(self, house: House) -> None:
        for email in (None, "admin@example.org"):
            client = house.browser(email).client
            for method, path, _ in _routes(house.app):
                address = re.sub(r"\{[^}]*\}", "1", path)
                for how in {method, "GET", "POST", "DELETE", "HEAD", "OPTIONS"}:
                    headers = client.request(how, address, follow_redirects=False).headers
                    assert "default-src 'self'" in headers["content-security-policy"], path
                    assert "unsafe" not in headers["content-security-policy"], path
                    assert headers["x-content-type-options"] == "nosniff", path

    def test_the_present_password_cannot_be_tried_out(self, house: House) -> None:
        browser = house.browser("rep@example.org")
        browser.open("/account")
        for _ in range(house.workspace.settings.access.failures_per_email):
            answer = browser.send("/account/password", old="wrong", new="another long one")
            assert answer.status_code == 400
        answer = browser.send("/account/password", old=_PASSWORD, new="another long one")
        assert answer.status_code == 429
        assert "too many attempts" in answer.text

    def test_many_at_once_get_no_more_tries_than_one_after_another(self, house: House) -> None:
        browser = house.browser()
        browser.open("/sign-in")
        token, most = browser.hidden("_csrf_token"), 6
        assert house.workspace.settings.access.failures_per_email == most

        def attempt(number: int) -> int:
            form = {"_csrf_token": token, "email": "rep@example.org", "password": f"wrong {number}"}
            return browser.client.post("/sign-in", data=form).status_code

        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(attempt, range(12)))
        assert sorted(answers) == [400] * most + [429] * (12 - most)

    def test_nobody_waits_for_a_password_to_be_hashed(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[bool] = []

        def hashing(*_: object) -> bool:
            with house.workspace.db.write():  # SQLite has one writer: it is free meanwhile
                seen.append(True)
            return False

        monkeypatch.setattr("app.web.sign_in.is_password", hashing)
        browser = house.browser()
        browser.open("/sign-in")
        assert browser.send("/sign-in", email="rep@example.org", password="x").status_code == 400
        assert seen == [True]

    def test_an_old_cookie_is_no_key_after_signing_out_or_a_new_password(
        self, house: House
    ) -> None:
        browser = house.browser("rep@example.org")
        kept = browser.client.cookies["session"]
        browser.open("/account")
        browser.send("/account/password", old=_PASSWORD, new="another long one")
        again = house.browser()
        again.client.cookies.set("session", kept)
        assert again.open("/today").url.path == "/sign-in"

    def test_where_one_is_signed_in_is_shown_and_ended(self, house: House) -> None:
        first, second = house.browser("rep@example.org"), house.browser("rep@example.org")
        page = first.open("/account").text
        assert (page.count("This one"), page.count("Another")) == (1, 1)
        first.send("/account/elsewhere")
        assert "Another" not in first.page
        assert second.open("/today").url.path == "/sign-in"

    def test_old_sessions_and_failures_are_dropped(self, house: House) -> None:
        house.browser("rep@example.org")
        purge(house.workspace, now=house.clock.at + timedelta(days=60))
        with house.workspace.db.read() as session:
            assert session.scalars(select(UserSession)).all() == []

    def test_one_who_asks_too_fast_waits_and_others_do_not(self, house: House) -> None:
        web = house.workspace.settings.web.model_copy(update={"requests_per_minute": 30})
        settings = house.workspace.settings.model_copy(update={"web": web})
        app = create_app(Workspace(settings, house.workspace.db), house.clock)
        house.app = app
        fast, other = house.browser("rep@example.org"), house.browser("admin@example.org")
        answers = [fast.open("/account") for _ in range(31)]
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert "Wait a minute" in answers[-1].text
        assert "content-security-policy" in answers[-1].headers
        assert other.open("/account").status_code == 200

    def test_over_https_cookies_and_the_browser_stay_there(self, house: House) -> None:
        web = house.workspace.settings.web.model_copy(
            update={"public_url": "https://warmlist.example.org"}
        )
        settings = house.workspace.settings.model_copy(update={"web": web})
        app = create_app(Workspace(settings, house.workspace.db), house.clock)
        # as behind a proxy that ends TLS: plain http, with the name that people use
        with TestClient(app, base_url="http://warmlist.example.org") as client:
            answer = client.get("/sign-in")
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
            assert "; Secure" in answer.headers["set-cookie"]
            assert "HttpOnly" in answer.headers["set-cookie"]
            token = re.search(r'name="_csrf_token" value="([^"]*)"', answer.text)
            assert token
            client.cookies.set("csrftoken", token.group(1))
            form = {"_csrf_token": token.group(1), "email": "rep@example.org",
                    "password": _PASSWORD}  # fmt: skip
            entered = client.post("/sign-in", data=form, follow_redirects=False)
            assert entered.status_code == 303
            cookie = entered.headers["set-cookie"]
            assert cookie.startswith("session=")
            assert {"HttpOnly", "Secure", "SameSite=lax"} <= set(cookie.split("; "))


class TestTurnstile:
    def test_a_window_ends_and_keys_are_counted_apart(self) -> None:
        now = [0.0]
        gate = Turnstile(2, lambda: now[0])
        for key in ("a", "a", "b"):
            gate.check(key)
        with pytest.raises(TooManyRequestsException):
            gate.check("a")
        gate.check("b")
        now[0] = 60.0
        gate.check("a")

    def test_nothing_is_counted_where_nothing_is_set(self) -> None:
        gate = Turnstile(0)
        for _ in range(5000):
            gate.check("a")


def _routes(app: Litestar) -> list[tuple[str, str, Any]]:
    """Every route with each of its methods and what its handler allows."""
    found = []
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"}):
                    found.append((method, route.path, handler.opt.get("allow")))
    return sorted(found, key=lambda one: one[:2])


def _pattern(path: str) -> re.Pattern[str]:
    """What addresses of a route look like."""
    return re.compile(re.sub(r"\{\w+:(\w+)\}", lambda m: _KINDS[m[1]], path))


_KINDS = {"int": r"\d+", "str": "[^/]+", "path": ".+"}


class TestEveryRoute:
    def test_every_route_says_who_may_open_it(self, house: House) -> None:
        closed = [(m, p) for m, p, allow in _routes(house.app) if not allow]
        assert closed == []

    @pytest.mark.parametrize("role", _ROLES)
    def test_no_route_opens_to_a_role_it_does_not_name(self, house: House, role: str) -> None:
        browser = house.browser(None if role == "stranger" else f"{role}@example.org")
        browser.open("/sign-in" if role == "stranger" else "/account")
        token = browser.hidden("_csrf_token")
        for method, path, allow in _routes(house.app):
            if allow == "anyone" or role in allow:
                continue
            address = re.sub(r"\{[^}]*\}", "1", path)
            answer = browser.client.request(
                method, address, data={"_csrf_token": token} if method != "GET" else None,
                follow_redirects=False,
            )  # fmt: skip
            if role == "stranger":
                gone = answer.status_code == 303 and "/sign-in" in answer.headers["location"]
                assert gone or answer.status_code == 401, (method, path)
            else:
                assert answer.status_code in {403, 404}, (method, path)

    def test_foreign_rows_are_not_there(self, house: House) -> None:
        with house.workspace.db.write() as session:
            row = Statement(
                rep_id=house.foreign, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=1),
                unit="EUR", amount=100, lines=[], closed_by="Foreign manager", closed_at=NOW,
            )  # fmt: skip
            admin = session.scalars(select(User).where(User.role == "admin")).one()
            token = ApiToken(
                user_id=admin.id, name="x", token_hash="0" * 64, scopes=["lists:read"],
                created_at=NOW,
            )  # fmt: skip
            let_rewrite(session)
            theirs = session.get_one(Touch, house.own_touch + 1)
            theirs.rep_id = house.foreign
            proposal = TargetProposal(
                rep_id=house.foreign, week_on=NOW.date(), target=9, based_on=5,
                details={"verdict": "unknown", "chance": 0.0}, proposed_at=NOW,
            )  # fmt: skip
            session.add_all([
                row, token, proposal,
                TouchFlag(touch_id=theirs.id, rule="rapid", why="x", flagged_at=NOW),
            ])  # fmt: skip
            first, second = session.scalars(
                select(Account).order_by(Account.person_id != house.foreign_person).limit(2)
            ).all()
            proposed = AccountLink(
                first_id=first.id, second_id=second.id, proof="consent", evidence={}, moved={},
                proposed_by="Foreign", proposed_at=NOW,
            )  # fmt: skip
            session.add(proposed)
            session.flush()
            statement, key, flagged, link = row.id, token.id, theirs.id, proposed.id
            target = proposal.id
        attempts: list[tuple[str, Callable[[Browser], int]]] = [
            ("rep", lambda b: b.open(f"/today?rep={house.mate}").status_code),
            ("rep", lambda b: b.open(f"/today?rep={house.foreign}").status_code),
            ("manager", lambda b: b.open(f"/today?rep={house.foreign}").status_code),
            ("rep", lambda b: _post(b, "/reps", rep=str(house.foreign))),
            ("manager", lambda b: _post(b, "/reps", rep=str(house.foreign))),
            ("rep", lambda b: _mark(b, house.foreign_assignment)),
            ("manager", lambda b: _mark(b, house.foreign_assignment)),
            ("admin", lambda b: _mark(b, house.foreign_assignment)),
            *(
                (
                    role,
                    lambda b, tail=tail: _post(
                        b, f"/assignments/{house.foreign_assignment}{tail}", until="2026-11-26"
                    ),
                )
                for role in ("rep", "manager", "admin")
                for tail in ("/later", "/later/undo", "/hand-back", "/hand-back/undo")
            ),
            *(
                (role, lambda b: b.open(f"/prospects/{house.foreign_person}").status_code)
                for role in ("rep", "manager")
            ),
            *(
                (
                    role,
                    lambda b, tail=tail: _post(
                        b,
                        f"/prospects/{house.foreign_person}{tail}",
                        what="seller",
                        topic="1",
                        verdict="bot",
                    ),
                )
                for role in ("rep", "manager")
                for tail in (
                    "/mistake",
                    "/mistake/undo",
                    "/identity",
                    "/leave-alone",
                    "/links",
                    "/links/1/undo",
                )
            ),
            ("manager", lambda b: _post(b, f"/team/links/{link}", verdict="accept", reason="r")),
            ("foreign", lambda b: _post(b, f"/touches/{house.own_touch}/undo")),
            ("manager", lambda b: _post(b, f"/touches/{house.own_touch}/undo")),
            ("manager", lambda b: b.open(f"/quotas/reps/{house.foreign}").status_code),
            ("manager", lambda b: _post(b, f"/quotas/reps/{house.foreign}/convert")),
            ("manager", lambda b: _post(b, f"/quotas/proposals/{target}/accept")),
            ("manager", lambda b: _post(b, f"/quotas/proposals/{target}/dismiss")),
            ("manager", lambda b: b.open("/team/calendar?team=2").status_code),
            ("manager", lambda b: _post(b, "/team/calendar/teams/2/holidays", country="DE")),
            ("manager", lambda b: _post(b, "/team/calendar/teams/2/week", first_weekday="sunday")),
            (
                "manager",
                lambda b: _post(b, "/team/calendar/teams/2/day", opens="08:00", closes="9:00"),
            ),
            *(
                ("manager", partial(_post, path=f"/team/calendar/reps/{rest}", **fields))
                for rest, fields in (
                    (f"{house.foreign}/ramp", {"percents": "20"}),
                    ("leave", {"rep": str(house.foreign), "from": "2026-11-25"}),
                    ("works", {"rep": str(house.foreign), "from": "2026-11-25"}),
                )
            ),
            ("manager", lambda b: _post(b, "/team/leaderboard", team="2", leaderboard="off")),
            *(
                ("manager", partial(_post, path="/team/give/all", **fields, reason="leave"))
                for fields in (
                    {"from": str(house.foreign), "to": str(house.own)},
                    {"from": str(house.own), "to": str(house.foreign)},
                )
            ),
            ("manager", lambda b: _post(b, "/today/more", key="x")),
            ("manager", lambda b: b.open("/team/rewards?team=2").status_code),
            ("manager", lambda b: b.open("/team/rewards/statements.csv?team=2").status_code),
            ("manager", lambda b: b.open(f"/rewards?rep={house.foreign}").status_code),
            ("rep", lambda b: b.open(f"/rewards?rep={house.mate}").status_code),
            *(
                ("manager", partial(_post, path=f"/team/rewards/{rest}", **fields))
                for rest, fields in (
                    (
                        "schemes?team=2",
                        {
                            "name": "A",
                            "rate": "1",
                            "unit": "EUR",
                            "mode": "whole",
                            "activity": "email",
                        },
                    ),
                    ("schemes/stop?team=2", {"scheme": "A"}),
                    (
                        "contests?team=2",
                        {"name": "A", "activity": "email", "unit": "EUR", "prizes": "100"},
                    ),
                    ("close?team=2", {"rep": "all"}),
                    ("close", {"rep": str(house.foreign), "per": "month", "date": "2026-10-01"}),
                    (f"statements/{statement}/correct", {"amount": "1", "reason": "r"}),
                    (f"statements/{statement}/correct?team=2", {"amount": "1", "reason": "r"}),
                )
            ),
            *(
                ("manager", partial(_post, path=f"/team/flags/{flagged}", verdict=one, reason="r"))
                for one in ("counts", "left_out")
            ),
            *(
                (role, partial(_post, path=f"/account/tokens/{key}/revoke"))
                for role in ("rep", "manager")
            ),
            ("manager", lambda b: _give(b, house.foreign_assignment, house.own)),
            ("manager", lambda b: _give(b, house.own_assignment, house.foreign)),
            ("rep", lambda b: _give(b, house.own_assignment, house.mate)),
            ("manager", lambda b: _post(b, "/setup/team", team="2", name="Ours")),
            ("manager", lambda b: _post(b, "/setup/reps", team="2", name0="Ours")),
            *(("manager", partial(_post, path="/setup/skip", step=s)) for s in ("team", "network")),
            *(
                ("manager", partial(_post, path=path, whose=whose, target="1", activity="email"))
                for path in (
                    "/quotas",
                    "/quotas/preview",
                    "/quotas/stop",
                    "/setup/quota",
                    "/setup/quota/preview",
                )
                for whose in (f"rep:{house.foreign}", "team:2", "role:2:adviser", "rep:x")
            ),
        ]
        for role, attempt in attempts:
            assert attempt(house.browser(f"{role}@example.org")) in {403, 404}, role
        tried = {
            path for method, path, _ in _routes(house.app)
            if "{" in path and any(
                how == method and _pattern(path).fullmatch(address) for how, address in house.asked
            )
        }  # fmt: skip
        owned = {path for _, path, _ in _routes(house.app) if "{" in path} - set(_NOBODY_S)
        assert owned - tried == set()
        assert set(_NOBODY_S) <= {path for _, path, _ in _routes(house.app)}
        with house.workspace.db.read() as session:
            foreign = session.get_one(Assignment, house.foreign_assignment)
            assert (foreign.closed_at, foreign.put_off_until) == (None, None)

    def test_a_manager_reads_the_lists_of_the_team_without_recording(self, house: House) -> None:
        manager = house.browser("manager@example.org")
        page = manager.open(f"/today?rep={house.own}").text
        assert "@sample_fernridge" in page
        assert f"/today?rep={house.own}&amp;open=" in page
        assert 'action="/team/give/' in page
        assert 'action="/team/give/' not in house.browser("rep@example.org").open("/today").text
        assert 'action="/touches"' not in page

    def test_a_person_is_known_to_who_holds_them_the_manager_and_admins(self, house: House) -> None:
        with house.workspace.db.write() as session:
            touch = session.get_one(Touch, house.own_touch)
            touch.note, person_id = "prefers the afternoon", touch.person_id
        for email, status, reads in (
            ("rep", 200, True), ("manager", 200, True), ("admin", 200, False),
            ("foreign", 404, False),
        ):  # fmt: skip
            answer = house.browser(f"{email}@example.org").open(f"/prospects/{person_id}")
            assert answer.status_code == status, email
            assert ("prefers the afternoon" in answer.text) == reads, email

    def test_notes_are_read_by_rep_and_manager_but_not_by_an_admin(self, house: House) -> None:
        with house.workspace.db.write() as session:
            session.get_one(Touch, house.own_touch).note = "prefers the afternoon"
            newest = session.scalars(select(Touch).order_by(Touch.id.desc())).first()
            assert newest is not None
            newest.note = "prefers the afternoon"
        for email, reads in (
            ("rep@example.org", True), ("manager@example.org", True), ("admin@example.org", False)
        ):  # fmt: skip
            page = house.browser(email).open(f"/today?rep={house.own}&done=all").text
            assert ("prefers the afternoon" in page) == reads, email

    def test_search_finds_nobody_else_s_people(self, house: House) -> None:
        with house.workspace.db.read() as session:
            handle = session.scalars(
                select(Account.handle).where(Account.person_id == house.foreign_person)
            ).one()
        for email, finds in (("rep", 0), ("manager", 0), ("foreign", 1), ("admin", 1)):
            page = house.browser(f"{email}@example.org").open(f"/search?q={handle}").text
            assert page.count(f'href="/prospects/{house.foreign_person}"') == finds, email

    def test_reps_see_no_topics_in_the_menu(self, house: House) -> None:
        with house.workspace.db.read() as session:
            assert session.scalar(select(Topic.id))
        assert 'href="/topics"' not in house.browser("rep@example.org").open("/today").text
        assert 'href="/topics"' in house.browser("manager@example.org").open("/reps").text


def _post(browser: Browser, path: str, **fields: str) -> int:
    browser.open("/account")
    return browser.send(path, **fields).status_code


def _mark(browser: Browser, assignment: int) -> int:
    return _post(
        browser, "/touches", assignment=str(assignment), channel="call", disposition="contacted",
        key="k1",
    )  # fmt: skip


def _give(browser: Browser, assignment: int, to: int) -> int:
    return _post(browser, f"/team/give/{assignment}", to=str(to), reason="closer to them")
