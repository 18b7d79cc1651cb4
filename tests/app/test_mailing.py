"""Links by mail: to users and the invited, in their language, retried, and to nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from pydantic import SecretStr
from sqlalchemy import select

from app.access.links import invite
from app.access.mails import ask_for_reset, mail_invitation, mail_reset, purge_mails, take_due
from app.access.secrets import hash_password
from app.access.users import create_user, get_user, set_active
from app.bootstrap import Workspace
from app.mailing import send_due
from app.web.application import create_app
from config.errors import Refused
from models import OneTimeLink, OutgoingMail, Rep, Team
from models.database import Database
from tests.app.web.conftest import Browser, SettableClock
from tests.app.web.small_workspace import NOW, fill, open_small_workspace
from tests.fakes.smtp_server import SmtpServer, make_certificate

_PASSWORD = "a long enough one"


@dataclass
class House:
    """A workspace that mails, with an admin and an Arabic team's rep."""

    workspace: Workspace
    server: SmtpServer
    clock: SettableClock = field(default_factory=SettableClock)

    def set(self, **settings: Any) -> None:
        mail = self.workspace.settings.mail.model_copy(update=settings)
        changed = self.workspace.settings.model_copy(update={"mail": mail})
        self.workspace = Workspace(changed, self.workspace.db)

    def send(self) -> int:
        return send_due(self.workspace, clock=self.clock)

    def ask(self, email: str, address: str = "10.0.0.1") -> bool:
        with self.workspace.db.write() as session:
            return ask_for_reset(
                session, email, address=address, language="en", now=self.clock(),
                settings=self.workspace.settings.access,
            )  # fmt: skip

    def mails(self) -> list[OutgoingMail]:
        with self.workspace.db.read() as session:
            return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))

    def browser(self, email: str = "") -> Browser:
        app = create_app(self.workspace, self.clock)
        browser = Browser(
            TestClient(app, base_url="https://warmlist.example.org", raise_server_exceptions=False)
        )
        browser.open("/sign-in")
        if email:
            browser.send("/sign-in", email=email, password=_PASSWORD)
        return browser


def _link_of(server: SmtpServer, index: int = 0) -> str:
    """The path of the link in a mail's plain text."""
    body = server.mails[index][1].get_body(("plain",))
    assert body is not None
    found = re.search(r"https://warmlist\.example\.org(/welcome/[\w-]+)\s", body.get_content())
    assert found
    return found.group(1)


def _set_up(workspace: Workspace, server: SmtpServer, now: datetime) -> House:
    web = workspace.settings.web.model_copy(update={"public_url": "https://warmlist.example.org"})
    settings = workspace.settings.model_copy(update={"web": web})
    kept = hash_password(_PASSWORD, settings.access)
    with workspace.db.write() as session:
        team = Team(name="الشمال", time_zone="Africa/Cairo", first_weekday=6, weekend=[4, 5],
                    language="ar", created_at=now)  # fmt: skip
        rep = Rep(team=team, name="نور", created_at=now)
        session.add_all([team, rep, Rep(team=team, name="سلمى", created_at=now)])
        session.flush()
        for email, role, rep_id in (
            ("admin@example.org", "admin", None), ("rep@example.org", "rep", rep.id)
        ):  # fmt: skip
            create_user(session, email=email, name=email, role=role, password_hash=kept,
                        rep_id=rep_id, now=now)  # fmt: skip
    house = House(Workspace(settings, workspace.db), server)
    house.set(host="127.0.0.1", port=server.port, security="none",
              sender="Warmlist <warmlist@example.org>", timeout_seconds=2.0)  # fmt: skip
    return house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    workspace = open_small_workspace(tmp_path / "home", "closed")
    with SmtpServer() as server:
        yield _set_up(workspace, server, NOW)
    workspace.db.close()


class TestALostPassword:
    def test_from_the_sign_in_page_to_a_new_password(self, house: House) -> None:
        browser = house.browser()
        assert 'href="/sign-in/lost"' in browser.page
        browser.open("/sign-in/lost")
        page = browser.send("/sign-in/lost", email=" Admin@example.org").text
        assert "If somebody here has this address" in page
        assert house.server.mails == []  # the request sends nothing
        assert house.send() == 1
        (to, mail) = house.server.mails[0]
        assert to == ["admin@example.org"]
        assert mail["From"] == "Warmlist <warmlist@example.org>"
        assert mail["Subject"] == "A new password for Warmlist"
        assert mail["Auto-Submitted"] == "auto-generated"
        link = _link_of(house.server)
        browser.open(link)
        assert browser.send(link, password="another long one").status_code == 200
        again = house.browser()
        answer = again.send("/sign-in", email="admin@example.org", password="another long one")
        assert answer.url.path != "/sign-in"
        assert again.open(link).status_code == 404

    def test_nobody_learns_whether_an_address_exists(self, house: House) -> None:
        pages = []
        for email in ("admin@example.org", "nobody@example.org", "no address", ""):
            browser = house.browser()
            browser.open("/sign-in/lost")
            answer = browser.send("/sign-in/lost", email=email)
            pages.append((answer.status_code, re.sub(r'value="[0-9a-f]{64,}"', "", answer.text)))
        assert len(set(pages)) == 1
        rows = [(one.purpose, one.link_id, one.outcome) for one in house.mails()]
        assert rows == [("reset", None, None)] * 2  # what is written differs in nothing either
        assert house.send() == 1
        known, unknown = house.mails()
        assert (known.outcome, unknown.outcome, unknown.email) == ("sent", "dropped", "")

    def test_asking_is_throttled_for_any_address_alike(self, house: House) -> None:
        access = house.workspace.settings.access
        for email in ("admin@example.org", "nobody@example.org"):
            allowed = [house.ask(email) for _ in range(access.resets_per_email + 1)]
            assert allowed == [True] * access.resets_per_email + [False]
        many = [house.ask(f"u{n}@example.org") for n in range(access.resets_per_address)]
        assert not all(many)
        house.clock.at += timedelta(minutes=access.failure_minutes, seconds=1)
        assert house.ask("admin@example.org")
        browser = house.browser()
        for _ in range(access.resets_per_email):
            house.ask("rep@example.org")
        browser.open("/sign-in/lost")
        assert browser.send("/sign-in/lost", email="rep@example.org").status_code == 429

    def test_asking_ends_no_link_that_an_admin_passed_on_but_using_one_ends_all(
        self, house: House
    ) -> None:
        admin = house.browser("admin@example.org")
        admin.open("/people")
        page = admin.send("/people/2", do="link").text
        shown = re.search(r"/welcome/([\w-]+)", page)
        assert shown
        house.ask("rep@example.org")
        house.send()
        browser = house.browser()
        assert browser.open(f"/welcome/{shown.group(1)}").status_code == 200
        browser.send(f"/welcome/{shown.group(1)}", password="another long one")
        assert browser.open(_link_of(house.server)).status_code == 404

    def test_somebody_kept_out_gets_none(self, house: House) -> None:
        house.ask("rep@example.org")
        with house.workspace.db.write() as session:
            set_active(session, get_user(session, "rep@example.org"), active=False, now=NOW)
        assert house.send() == 0
        assert house.server.mails == []

    def test_without_a_server_there_is_no_such_page(self, house: House) -> None:
        house.set(host="")
        browser = house.browser()
        assert "warmlist user link" in browser.page
        assert browser.open("/sign-in/lost").status_code == 404
        assert house.send() == 0


class TestInvitations:
    def test_an_admin_mails_one_and_no_link_is_shown(self, house: House) -> None:
        admin = house.browser("admin@example.org")
        admin.open("/people")
        page = admin.send("/people", email="new@example.org", role="rep", rep="2", do="mail").text
        assert "A mail with a link is on its way to new@example.org." in page
        assert "/welcome/" not in page
        house.send()
        (to, mail) = house.server.mails[0]
        assert to == ["new@example.org"]
        assert mail["Subject"] == "دعوتك إلى Warmlist"
        assert mail["Content-Language"] == "ar"
        html = mail.get_body(("html",))
        assert html is not None
        assert '<html lang="ar" dir="rtl">' in html.get_content()
        link = re.search(r"(/welcome/[\w-]+)</a>", html.get_content())
        assert link
        browser = house.browser()
        assert browser.open(link.group(1)).status_code == 200
        browser.send(link.group(1), password=_PASSWORD)
        with house.workspace.db.read() as session:
            assert get_user(session, "new@example.org").rep_id == 2

    def test_setup_mails_its_invitations(self, house: House) -> None:
        admin = house.browser("admin@example.org")
        admin.open("/setup/reps")
        answer = admin.send("/setup/reps", name0="ليلى", email0="layla@example.org")
        assert answer.url.path == "/setup/topic"
        house.send()
        assert [to for to, _ in house.server.mails] == [["layla@example.org"]]

    def test_no_link_stands_in_the_database(self, house: House) -> None:
        with house.workspace.db.write() as session:
            token = invite(session, email="new@example.org", role="manager", rep_id=None,
                           team_ids=[1], now=NOW,
                           settings=house.workspace.settings.access)  # fmt: skip
            mail_invitation(session, token, language="en", now=NOW)
            before = session.scalars(select(OneTimeLink.token_hash)).one()
        house.send()
        with house.workspace.db.read() as session:
            assert session.scalars(select(OneTimeLink.token_hash)).one() != before
        kept = house.workspace.home.joinpath("warmlist.db").read_bytes()
        assert _link_of(house.server).removeprefix("/welcome/").encode() not in kept

    def test_an_invitation_that_was_used_or_is_old_is_not_mailed(self, house: House) -> None:
        with house.workspace.db.write() as session:
            token = invite(session, email="new@example.org", role="manager", rep_id=None,
                           team_ids=[1], now=NOW,
                           settings=house.workspace.settings.access)  # fmt: skip
            mail_invitation(session, token, language="en", now=NOW)
        house.clock.at += timedelta(hours=house.workspace.settings.access.link_hours + 1)
        assert house.send() == 0
        assert house.mails()[0].outcome == "dropped"


class TestTheServer:
    @pytest.mark.parametrize("security", ["starttls", "ssl"])
    def test_what_is_secret_goes_over_tls_alone(
        self, house: House, tmp_path: Path, security: str
    ) -> None:
        certificate = make_certificate(tmp_path)
        with SmtpServer(security, certificate, ("user", "a password")) as server:
            house.set(port=server.port, security=security, username="user",
                      ca_file=str(certificate))  # fmt: skip
            secrets = {"mail": {"password": SecretStr("a password")}}
            settings = house.workspace.settings.model_copy(update={"secrets": secrets})
            house.workspace = Workspace(settings, house.workspace.db)
            house.ask("admin@example.org")
            assert house.send() == 1
            assert {line.split()[0].upper() for line in server.in_plain} <= {
                "EHLO", "HELO", "STARTTLS"
            }  # fmt: skip
            house.set(ca_file="")  # nobody vouches for it: not trusted
            house.ask("rep@example.org")
            assert house.send() == 0
            assert "CERTIFICATE" in str(house.mails()[-1].error).upper()

    def test_a_server_without_starttls_gets_nothing(self, house: House) -> None:
        house.set(security="starttls")
        house.ask("admin@example.org")
        assert house.send() == 0
        assert house.server.mails == []
        assert not any("admin@example.org" in line for line in house.server.in_plain)

    def test_what_passes_is_tried_again_later_and_then_given_up(self, house: House) -> None:
        house.set(attempts=3)
        house.server.refuse = ["451 try later"] * 3
        with house.workspace.db.write() as session:
            user = get_user(session, "rep@example.org")
            mail_reset(session, user, language="en", now=NOW)
        waits = []
        for _ in range(3):
            assert house.send() == 0
            assert house.send() == 0  # not before its time
            mail = house.mails()[0]
            waits.append(round((mail.due_at - house.clock.at).total_seconds() / 60))
            house.clock.at = mail.due_at
        assert waits[:2] == [1, 2]
        assert (mail.outcome, mail.attempts) == ("failed", 3)
        admin = house.browser("admin@example.org")
        page = admin.open("/people").text
        assert "Given up" in page
        assert "451" in page
        admin.send("/people/mails/1")
        assert house.send() == 1
        assert "Given up" not in admin.open("/people").text
        assert admin.send("/people/mails/99").status_code == 404

    def test_a_refusal_for_good_is_not_tried_again(self, house: House) -> None:
        house.server.refuse = ["550 no such user"]
        house.ask("admin@example.org")
        house.send()
        assert (house.mails()[0].outcome, house.mails()[0].attempts) == ("failed", 1)

    def test_a_server_that_is_away_or_says_nothing(self, house: House) -> None:
        house.ask("admin@example.org")
        with SmtpServer(silent=True) as server:
            house.set(port=server.port, timeout_seconds=0.3)
            assert house.send() == 0
        assert house.mails()[0].outcome is None
        house.clock.at += timedelta(minutes=2)
        assert house.send() == 0  # the port is closed by now
        house.clock.at += timedelta(minutes=5)
        house.set(port=house.server.port, timeout_seconds=5.0)
        assert house.send() == 1
        assert _link_of(house.server)

    def test_an_unknown_request_shows_up_nowhere(self, house: House) -> None:
        house.ask("nobody@example.org")
        house.send()
        assert "nobody@example.org" not in house.browser("admin@example.org").open("/people").text

    def test_a_sender_that_is_none_is_refused(self, house: House) -> None:
        house.set(sender="nobody")
        with pytest.raises(Refused, match=r"mail\.sender"):
            house.send()

    def test_what_is_done_goes_after_a_month(self, house: House) -> None:
        house.ask("admin@example.org")
        house.send()
        with house.workspace.db.write() as session:
            purge_mails(session, now=NOW + timedelta(days=31))
        assert house.mails() == []


def test_two_processes_send_a_mail_once(db: Database, tmp_path: Path) -> None:
    small = open_small_workspace(tmp_path / "home", "closed")
    with SmtpServer() as server:
        house = _set_up(Workspace(small.settings, db), server, NOW)
        house.ask("admin@example.org")
        with db.write() as session:
            first = take_due(session, now=NOW, settings=small.settings.access)
        with db.write() as session:
            second = take_due(session, now=NOW, settings=small.settings.access)
        assert first is not None
        assert second is None
        house.clock.at += timedelta(minutes=6)  # the first one died
        assert house.send() == 1
    small.db.close()


class TestNobodyElse:
    def test_people_who_were_found_never_get_a_mail(self, house: House) -> None:
        with house.workspace.db.write() as session:
            fill(session)
        for _ in range(30):
            house.clock.at += timedelta(days=1)
            house.send()
        assert house.server.mails == []

    def test_one_module_alone_can_send_and_one_alone_can_ask_for_it(self) -> None:
        root = Path(__file__).parents[2]
        sources = [
            path
            for folder in ("app", "config", "models", "prospects", "quotas", "signals")
            for path in (root / folder).rglob("*.py")
        ]
        holding = {
            word: {
                path.relative_to(root).as_posix() for path in sources if word in path.read_text()
            }
            for word in ("smtplib", "OutgoingMail(", "sendmail(", "send_message(")
        }
        assert holding == {
            "smtplib": {"app/mailing.py"}, "send_message(": {"app/mailing.py"}, "sendmail(": set(),
            "OutgoingMail(": {"app/access/mails.py", "models/mail.py"},
        }  # fmt: skip
