"""A rep says on a person's page that another account is theirs; whoever answers for it decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from app.access.secrets import hash_password
from app.access.users import create_user
from app.bootstrap import Workspace
from app.web.application import create_app
from models import Account, AccountLink, Assignment, Person, Rep, Team
from prospects.erase import object_to_profiling
from tests.app.web.apps import Apps
from tests.app.web.conftest import Browser, SettableClock
from tests.app.web.small_workspace import NOW, fill, open_small_workspace
from tests.fakes.profiles import serve_profiles

_PASSWORD = "a long enough one"
OWN, OTHER = "sample_mapleandlime", "sample_tidepool"  # both on Bluesky
FOREIGN = "sample_fernridge"  # on Hacker News
FREE = "harbor"  # on Mastodon, nobody's
REDDIT = "sample_papertrail"


@dataclass
class House:
    """Noor holds everybody but one, who is the other team's; a manager each, and one admin."""

    workspace: Workspace
    app: Litestar

    def browser(self, name: str) -> Browser:
        client = TestClient(self.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
        client.follow_redirects = True
        browser = Browser(client)
        browser.open("/sign-in")
        answer = browser.send("/sign-in", email=f"{name}@example.org", password=_PASSWORD)
        assert answer.status_code == 200
        return browser

    def account(self, handle: str) -> Account:
        with self.workspace.db.read() as session:
            return session.scalars(select(Account).where(Account.handle == handle)).one()

    def page_of(self, handle: str) -> str:
        return f"/prospects/{self.account(handle).person_id}"

    def tell(self, handle: str, page: str) -> None:
        """The network told an account's page."""
        with self.workspace.db.write() as session:
            account = session.scalars(select(Account).where(Account.handle == handle)).one()
            account.url = page

    def links(self) -> list[AccountLink]:
        with self.workspace.db.read() as session:
            return list(session.scalars(select(AccountLink).order_by(AccountLink.id)))

    def propose(self, browser: Browser, handle: str, other: str, **fields: str) -> int:
        form = {
            "account": str(self.account(handle).id), "other": other, "proof": "consent",
            "record": "letter 7", **fields,
        }  # fmt: skip
        browser.open(self.page_of(handle))
        return browser.send(f"{self.page_of(handle)}/links", **form).status_code

    def decide(self, browser: Browser, number: int = 1, verdict: str = "accept", **f: str) -> int:
        browser.open("/account")
        form = {"verdict": verdict, "reason": "both say so", **f}
        return browser.send(f"/team/links/{number}", **form).status_code


@pytest.fixture
def house(tmp_path: Path, apps: Apps) -> Iterator[House]:
    workspace = open_small_workspace(tmp_path / "home", "closed")
    kept = hash_password(_PASSWORD, workspace.settings.access)
    with workspace.db.write() as session:
        own = fill(session)
        team = Team(
            name="Other team", time_zone="UTC", first_weekday=0, weekend=[5, 6], created_at=NOW
        )
        foreign = Rep(team=team, name="Foreign", created_at=NOW)
        session.add_all([team, foreign])
        session.flush()
        theirs = session.scalars(select(Account).where(Account.handle == FOREIGN)).one()
        session.scalars(
            select(Assignment).where(Assignment.person_id == theirs.person_id)
        ).one().rep_id = foreign.id
        person = Person(created_at=NOW)
        session.add(person)
        session.flush()
        session.add(
            Account(
                person_id=person.id, network="mastodon", external_id="m1", handle=FREE,
                first_seen_at=NOW,
            )
        )  # fmt: skip
        for name, role, rep_id, teams in (
            ("rep", "rep", own.id, ()),
            ("manager", "manager", None, (own.team_id,)),
            ("foreign", "rep", foreign.id, ()),
            ("elsewhere", "manager", None, (team.id,)),
            ("admin", "admin", None, ()),
        ):
            create_user(
                session, email=f"{name}@example.org", name=name.title(), role=role,
                password_hash=kept, rep_id=rep_id, team_ids=teams, now=NOW,
            )  # fmt: skip
    settings = workspace.settings
    workspace = Workspace(
        settings.model_copy(
            update={
                "people": settings.people.model_copy(update={"link_accounts": True}),
                "collect": settings.collect.model_copy(update={"allow_hosts": ["127.0.0.1"]}),
            }
        ),
        workspace.db,
    )
    yield House(workspace, apps.lend(workspace, SettableClock()))
    workspace.db.close()


class TestProposing:
    def test_a_rep_proposes_and_the_manager_joins_them(self, house: House) -> None:
        rep, manager = house.browser("rep"), house.browser("manager")
        assert house.propose(rep, OWN, f"bluesky:{OTHER}") == 200
        assert "Not decided yet" in rep.page
        assert "Proposed by <bdi>Rep</bdi>" in rep.page
        assert "letter 7" in rep.page
        assert "/team/links/" not in rep.page
        assert "1 link to decide" in manager.open("/team").text
        assert f'action="/team/links/{house.links()[0].id}"' in manager.page
        assert house.decide(manager, team="1") == 200
        assert "link to decide" not in manager.page
        assert house.account(OWN).person_id == house.account(OTHER).person_id
        page = rep.open(house.page_of(OWN)).text
        assert "Joined by <bdi>Manager</bdi>" in page
        assert "both say so" in page
        assert "Unlink" not in page  # a rep undoes nothing
        assert "Unlink" in manager.open(house.page_of(OWN)).text
        (link,) = house.links()
        assert (link.proposed_by, link.decided_by, link.reason) == ("Rep", "Manager", "both say so")

    def test_refused_they_stay_two_people_and_the_rep_reads_why(self, house: House) -> None:
        rep, manager = house.browser("rep"), house.browser("manager")
        house.propose(rep, OWN, f"bluesky:{OTHER}")
        page = manager.open(house.page_of(OWN)).text
        assert 'action="/team/links/1"' in page
        assert house.decide(manager, verdict="refuse", person="1", reason="a namesake") == 200
        page = rep.open(house.page_of(OTHER)).text
        assert "Refused by <bdi>Manager</bdi>" in page
        assert "a namesake" in page
        assert house.account(OWN).person_id != house.account(OTHER).person_id
        assert house.decide(manager, verdict="accept") == 409  # it was decided

    def test_pages_that_name_each_other_are_proof_and_others_are_not(self, house: House) -> None:
        rep = house.browser("rep")
        with serve_profiles() as site:
            house.tell(OWN, f"{site}/a")
            for other, status, text in (
                ("c", 400, "do not link to each other"),
                ("missing", 400, "cannot be read"),
                ("b", 200, "The first names the second, seen"),
            ):
                house.tell(FREE, f"{site}/{other}")
                proof = {"proof": "profile_links"}
                assert house.propose(rep, OWN, f"mastodon:{FREE}", **proof) == status
                assert text in rep.page, other
            assert [link.proof for link in house.links()] == ["profile_links"]
            manager = house.browser("manager")
            house.tell(FREE, f"{site}/d")  # what was read is no page of theirs, or no longer
            assert house.decide(manager) == 400
            assert house.account(OWN).person_id != house.account(FREE).person_id
            house.tell(FREE, f"{site}/b")
            assert house.decide(manager) == 200
            assert house.account(OWN).person_id == house.account(FREE).person_id

    @pytest.mark.parametrize("name", ["rep", "admin"])
    def test_two_pages_of_one_s_own_prove_nothing_whoever_names_them(
        self, house: House, name: str
    ) -> None:
        asker = house.browser(name)
        with serve_profiles() as site:
            house.tell(OWN, f"{site}/a")
            given = {"proof": "profile_links", "page": f"{site}/a", "other_page": f"{site}/b"}
            assert house.propose(asker, OWN, f"mastodon:{FREE}", **given) == 400
            assert "No network told the page of" in asker.page
            house.tell(FREE, f"{site}/c")  # which names nobody back
            assert house.propose(asker, OWN, f"mastodon:{FREE}", **given) == 400
        assert house.links() == []

    @pytest.mark.parametrize(
        ("other", "fields", "text"),
        [
            ("bluesky:nobody", {}, "There is no account"),
            (f"hackernews:{FOREIGN}", {}, "There is no account"),
            (f"bluesky:{OWN}", {}, "one account, not two"),
            (f"reddit:{REDDIT}", {}, "never linked"),
            (f"mastodon:{FREE}", {"record": ""}, "when, how, and where"),
            (f"mastodon:{FREE}", {"proof": "hearsay"}, "Say what shows it"),
            (f"mastodon:{FREE}", {"proof": "rel_me"}, "No network told the page of"),
        ],
    )
    def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(
        self, house: House, other: str, fields: dict[str, str], text: str
    ) -> None:
        rep = house.browser("rep")
        assert house.propose(rep, OWN, other, **fields) == 400
        assert text in rep.page
        assert f'value="{other}"' in rep.page
        assert house.links() == []

    def test_where_nothing_may_be_linked_there_is_no_form(
        self, house: House, tmp_path: Path
    ) -> None:
        rep = house.browser("rep")
        assert "Another account of theirs" in rep.open(house.page_of(OWN)).text
        assert "Another account of theirs" not in rep.open(house.page_of(REDDIT)).text
        off = house.workspace.settings.people.model_copy(update={"link_accounts": False})
        settings = house.workspace.settings.model_copy(update={"people": off})
        house.app = create_app(Workspace(settings, house.workspace.db), SettableClock())
        rep = house.browser("rep")
        assert "Another account of theirs" not in rep.open(house.page_of(OWN)).text
        assert house.propose(rep, OWN, f"mastodon:{FREE}") == 400
        assert "is off in this workspace" in rep.page


class TestRoles:
    def test_only_who_answers_for_everybody_concerned_decides(self, house: House) -> None:
        admin = house.browser("admin")  # who knows both teams' people
        assert house.propose(admin, OWN, f"hackernews:{FOREIGN}") == 200
        for name, status in (
            ("rep", 404), ("foreign", 404), ("manager", 404), ("elsewhere", 404), ("admin", 200)
        ):  # fmt: skip
            browser = house.browser(name)
            if name in {"manager", "elsewhere"}:
                assert "link to decide" not in browser.open("/team").text
            assert house.decide(browser) == status, name
        # joined, the person is the first team's: its manager undoes it
        for name, status in (("rep", 404), ("foreign", 404), ("elsewhere", 404), ("manager", 200)):
            browser = house.browser(name)
            browser.open("/account")
            answer = browser.send(f"{house.page_of(OWN)}/links/1/undo")
            assert answer.status_code == status, name
        assert house.account(OWN).person_id != house.account(FOREIGN).person_id

    def test_a_foreign_person_is_not_there(self, house: House) -> None:
        for name in ("foreign", "elsewhere"):
            browser = house.browser(name)
            assert browser.open(house.page_of(OWN)).status_code == 404
            browser.open("/account")
            answer = browser.send(
                f"{house.page_of(OWN)}/links", account=str(house.account(OWN).id),
                other=f"mastodon:{FREE}", proof="consent", record="x",
            )  # fmt: skip
            assert answer.status_code == 404
        assert house.links() == []

    def test_an_account_of_another_person_is_not_this_one_s(self, house: House) -> None:
        rep = house.browser("rep")
        foreign = str(house.account(FOREIGN).id)
        assert house.propose(rep, OWN, f"mastodon:{FREE}", account=foreign) == 404

    def test_a_link_is_undone_only_on_its_own_people_s_pages(self, house: House) -> None:
        manager = house.browser("manager")
        house.propose(manager, OWN, f"bluesky:{OTHER}")
        house.decide(manager)
        page = f"{house.page_of('sample_oldorchard')}/links/1/undo"
        manager.open("/account")
        assert manager.send(page).status_code == 404

    def test_who_objected_is_known_to_nobody(self, house: House) -> None:
        rep, manager = house.browser("rep"), house.browser("manager")
        house.propose(rep, OWN, f"mastodon:{FREE}")
        with house.workspace.db.write() as session:
            person_id = session.scalars(
                select(Account.person_id).where(Account.handle == FREE)
            ).one()
            object_to_profiling(session, session.get_one(Person, person_id), actor="x", now=NOW)
        assert "link to decide" not in manager.open("/team").text
        assert FREE not in manager.open(house.page_of(OWN)).text
        assert house.decide(manager) == 404
        assert house.propose(rep, "sample_tidepool", f"mastodon:{FREE}") == 400
        assert "There is no account" in rep.page

    def test_what_a_rep_proposed_stays_the_manager_s_when_the_list_moved_on(
        self, house: House
    ) -> None:
        house.propose(house.browser("rep"), OWN, f"mastodon:{FREE}")
        with house.workspace.db.write() as session:
            for row in session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))):
                row.closed_at, row.closed_reason = NOW, "expired"
        manager = house.browser("manager")
        assert "1 link to decide" in manager.open("/team").text
        assert house.decide(manager, team="1") == 200
