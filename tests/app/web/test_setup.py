"""Setup: from nothing to a first list, step by step, in any order, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from app.access.links import make_first_link
from app.access.secrets import hash_password
from app.access.users import create_user
from app.bootstrap import Workspace
from app.first_list import build_when_asked
from app.first_steps import is_new
from app.web.application import create_app
from models import Collection, DailyList, OneTimeLink, Quota, Rep, Source, Team, Topic
from signals.schedule import synchronise
from tests.app.web.apps import Apps
from tests.app.web.conftest import Browser, SettableClock
from tests.app.web.small_workspace import NOW, fill, open_small_workspace

_TEAM = {
    "name": "North", "language": "ar", "time_zone": "Africa/Cairo", "first_weekday": "sunday",
    "off_friday": "yes", "off_saturday": "yes",
}  # fmt: skip
_NETWORK = {"network": "bluesky", "lawful_basis": "legitimate interests", "weighed": "yes"}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Workspace]:
    workspace = open_small_workspace(tmp_path / "empty")
    yield workspace
    workspace.db.close()


@pytest.fixture
def new(empty: Workspace, clock: SettableClock, apps: Apps) -> Iterator[Browser]:
    with TestClient(
        apps.lend(empty, clock), base_url="http://127.0.0.1", raise_server_exceptions=False
    ) as client:
        yield Browser(client)


def _walk(browser: Browser) -> None:
    browser.open("/setup")
    for path, fields in (
        ("team", _TEAM), ("reps", {"name0": "Noor", "name1": "Ines"}),
        ("topic", {"name": "Pensions", "language": "ar", "keyword": "معاش التقاعد"}),
        ("network", _NETWORK), ("quota", {"whose": "team:1", "template": "probation-adviser"}),
    ):  # fmt: skip
        assert browser.send(f"/setup/{path}", **fields).status_code == 200


class TestTheWay:
    def test_an_empty_workspace_leads_there_and_a_full_one_does_not(
        self, new: Browser, browser: Browser
    ) -> None:
        assert new.open("/").url.path == "/setup/team"
        assert browser.open("/").url.path == "/today"

    def test_five_steps_make_what_they_say(self, new: Browser, empty: Workspace) -> None:
        assert new.open("/").url.path == "/setup/team"
        assert new.send("/setup/team", **_TEAM).url.path == "/setup/reps"
        assert new.send("/setup/reps", name0="Noor", name2="Ines").url.path == "/setup/topic"
        offered = new.open("/setup/topic?like=retirement").text
        assert 'value="معاش التقاعد" checked' in offered
        assert "التخطيط للتقاعد" in offered
        assert new.send(
            "/setup/topic", name="التخطيط للتقاعد", language="ar", keyword="معاش التقاعد",
            more="مكافأة نهاية الخدمة، خطة التقاعد", exclusion="كود خصم",
        ).url.path == "/setup/network"  # fmt: skip
        assert new.send("/setup/network", **_NETWORK).url.path == "/setup/quota"
        assert "50 engaged contacts a week" in new.page
        done = new.send("/setup/quota", whose="team:1", template="probation-adviser")
        assert done.url.path == "/setup/list"
        assert "Everything is there for a first list" in done.text
        with empty.db.read() as session:
            team = session.scalars(select(Team)).one()
            assert (team.name, team.language, team.time_zone) == ("North", "ar", "Africa/Cairo")
            assert (team.first_weekday, team.weekend) == (6, [4, 5])
            assert session.scalars(select(Rep.name).order_by(Rep.id)).all() == ["Noor", "Ines"]
            topic = session.scalars(select(Topic)).one()
            phrases = {(one.role, one.phrase) for one in topic.keywords}
            assert phrases == {
                ("keyword", "معاش التقاعد"), ("keyword", "مكافأة نهاية الخدمة"),
                ("keyword", "خطة التقاعد"), ("exclusion", "كود خصم"),
            }  # fmt: skip
            source = session.scalars(select(Source)).one()
            assert (source.network, source.lawful_basis) == ("bluesky", "legitimate interests")
            assert session.scalars(select(Quota)).one().target == 50

    def test_it_goes_on_where_it_was_left_in_another_browser(
        self, new: Browser, empty: Workspace, clock: SettableClock
    ) -> None:
        new.open("/setup/team")
        new.send("/setup/team", **_TEAM)
        assert new.send("/setup/skip", step="reps").url.path == "/setup/topic"
        with TestClient(create_app(empty, clock), base_url="http://127.0.0.1") as client:
            other = Browser(client)
            assert other.open("/").url.path == "/setup/topic"
            assert other.open("/setup/reps").status_code == 200  # what was skipped stays open
            assert "skipped" in other.page
            other.send("/setup/reps", name0="Noor")
            assert "skipped" not in other.open("/setup/reps").text

    def test_every_step_can_be_skipped_and_the_end_says_what_is_missing(
        self, new: Browser, empty: Workspace, clock: SettableClock
    ) -> None:
        new.open("/")
        for step in ("team", "reps", "topic", "network", "quota"):
            answer = new.send("/setup/skip", step=step)
        assert answer.url.path == "/setup/list"
        assert "0 of 5 steps done" in answer.text
        new.send("/setup/list")
        assert build_when_asked(empty, clock=clock, score=lambda: None)
        page = new.open("/setup/list").text
        assert "There is no rep to list anybody for." in page
        assert new.open("/").url.path == "/reps"  # whoever skips all is not held up again
        assert 'href="/setup"' in new.page

    def test_nothing_unknown_is_skipped(self, new: Browser) -> None:
        new.open("/setup")
        assert new.send("/setup/skip", step="everything").status_code == 404

    def test_without_a_team_the_later_steps_say_so(self, new: Browser) -> None:
        for step in ("reps", "quota"):
            page = new.open(f"/setup/{step}").text
            assert 'href="/setup/team"' in page
        assert new.send("/setup/reps", name0="Noor").status_code == 400
        assert new.send("/setup/quota", template="classic").status_code == 404


class TestForms:
    @pytest.mark.parametrize(
        ("step", "fields", "says"),
        [
            ("team", {"name": ""}, "Give the team a short name."),
            ("team", {"name": "a", "time_zone": "Mars/Olympus"}, "That is not a time zone."),
            ("team", {"name": "a", **{f"off_{d}": "y" for d in (
                "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}},
             "At least one day"),
            ("reps", {}, "Name at least one rep"),
            ("reps", {"name0": "Noor", "name1": "noor"}, "There is a rep of this name already."),
            ("reps", {"name0": "x" * 200}, "Give a short name."),
            ("topic", {"name": "Pensions"}, "at least one keyword"),
            ("topic", {"name": "", "more": "pension"}, "Write a short name first."),
            ("topic", {"name": "a", "more": "x"}, "Too short"),
            ("topic/suggest", {"name": ""}, "Write a short name first."),
            ("network", {}, "Choose a network."),
            ("network", _NETWORK | {"network": "x"}, "Choose a network."),
            ("network", _NETWORK | {"weighed": ""}, "Tick that you weighed it"),
            ("network", _NETWORK | {"lawful_basis": " "}, "Name the lawful basis"),
            ("network", _NETWORK | {"network": "discourse"}, "needs an address"),
            ("network", _NETWORK | {"network": "mastodon"}, "needs a place"),
            ("network", _NETWORK | {"network": "rss"}, "needs a place"),
            ("network", _NETWORK | {"network": "rss", "url": "http://10.0.0.1/"}, "must be public"),
            ("network", _NETWORK | {"url": "gopher://a"}, "not an address this network can have"),
            ("quota", {"whose": "team:1", "target": "many"}, "not a number"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_stands_beside_its_field_and_nothing_is_stored(
        self, new: Browser, empty: Workspace, step: str, fields: dict[str, str], says: str
    ) -> None:
        new.open("/setup/team")
        if not step.startswith("team"):
            new.send("/setup/team", **_TEAM)
        answer = new.send(f"/setup/{step}", **fields)
        assert answer.status_code == 400
        assert says in answer.text
        if value := fields.get("name") or fields.get("name0"):
            assert f'value="{value[:120]}' in answer.text
        with empty.db.read() as session:
            for table in (Rep, Topic, Source, Quota):
                assert session.scalars(select(table)).all() == []

    def test_suggestions_come_for_a_name_and_what_was_ticked_off_stays_off(
        self, new: Browser
    ) -> None:
        new.open("/setup/topic")
        page = new.send("/setup/topic/suggest", name="IRA rollover", language="en").text
        assert 'value="rollover" checked' in page
        form = {"name": "IRA rollover", "language": "en", "keyword": "IRA", "offered": "rollover"}
        page = new.send("/setup/topic/suggest", **form).text
        assert 'value="rollover"> ' in page
        assert 'value="IRA" checked' in page

    def test_a_place_is_added_to_the_topics(self, new: Browser, empty: Workspace) -> None:
        new.open("/setup/topic")
        new.send("/setup/topic", name="Pensions", more="pension")
        new.send("/setup/network", **(_NETWORK | {"network": "mastodon", "place": "#pension"}))
        with empty.db.read() as session:
            (place,) = session.scalars(select(Topic)).one().communities
            assert (place.network, place.name) == ("mastodon", "#pension")

    def test_a_feeds_address_is_the_place_it_needs(self, new: Browser, empty: Workspace) -> None:
        new.open("/setup/topic")
        new.send("/setup/topic", name="Pensions", more="pension")
        feed = "https://feeds.example.org/money.xml"
        answer = new.send("/setup/network", **(_NETWORK | {"network": "rss", "url": feed}))
        assert answer.status_code == 200
        with empty.db.write() as session:
            assert session.scalars(select(Source.url)).one() == feed
            synchronise(session, now=NOW)
            assert session.scalars(select(Collection.scope)).all() == [""]

    def test_a_private_place_is_refused_when_it_is_typed(
        self, new: Browser, empty: Workspace
    ) -> None:
        new.open("/setup/topic")
        new.send("/setup/topic", name="Pensions", more="pension")
        place = "http://192.168.1.1/feed.xml"
        answer = new.send("/setup/network", **(_NETWORK | {"network": "rss", "place": place}))
        assert answer.status_code == 400
        assert "must be public" in answer.text
        with empty.db.read() as session:
            assert session.scalars(select(Source)).all() == []
            assert session.scalars(select(Topic)).one().communities == []

    def test_the_team_is_changed_at_once_until_it_has_lists_and_later_from_a_day_to_come(
        self, new: Browser, empty: Workspace, clock: SettableClock
    ) -> None:
        _walk(new)
        page = new.open("/setup/team").text
        assert 'value="North"' in page
        assert re.search(r'value="Africa/Cairo" selected', page)
        new.send("/setup/team", team="1", **(_TEAM | {"time_zone": "Asia/Riyadh"}))
        with empty.db.read() as session:
            assert session.scalars(select(Team)).one().time_zone == "Asia/Riyadh"
        new.open("/setup/list")
        new.send("/setup/list")
        with empty.db.write() as session:
            session.scalars(select(Source)).one().paused_reason = "not in this test"
        assert build_when_asked(empty, clock=clock, score=lambda: None)
        new.open("/setup/team")
        assert new.send("/setup/team", team="1", **_TEAM).status_code == 200
        with empty.db.read() as session:
            team = session.scalars(select(Team)).one()
            assert (team.time_zone, len(team.earlier_times or ())) == ("Africa/Cairo", 1)

    def test_a_preview_stores_nothing_and_follows_what_is_typed(
        self, new: Browser, empty: Workspace
    ) -> None:
        new.open("/setup/team")
        new.send("/setup/team", **_TEAM)
        new.send("/setup/reps", name0="Noor")
        new.open("/setup/quota")
        page = new.send(
            "/setup/quota/preview", whose="team:1", template="", target="7", per="week",
            activity="engaged_contact",
        ).text  # fmt: skip
        assert "7 engaged contacts a week" in page
        assert "7 owed" in page
        with empty.db.read() as session:
            assert session.scalars(select(Quota)).all() == []

    def test_the_pages_speak_arabic(self, new: Browser) -> None:
        _walk(new)
        allowed = {"Warmlist", "English", "UTC", "North", "Noor", "Ines", "Pensions", "Bluesky"}
        allowed |= {"Hacker", "News", "Stack", "Exchange", "Lemmy", "Mastodon", "Discourse", "RSS"}
        allowed |= {"pension", "privacy", "controller", "warmlist", "toml"}
        for step in ("team", "reps", "topic", "network", "quota", "list"):
            page = new.open(f"/setup/{step}?lang=ar").text
            page = re.sub(r"<bdi>.*?</bdi>|<select.*?</select>|<!doctype html>", " ", page,
                          flags=re.S)  # fmt: skip
            words = set(re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]+>", " ", page)))
            assert words <= allowed, step


class TestTheFirstList:
    def test_it_waits_for_the_network_tells_how_far_and_leads_on(
        self, new: Browser, empty: Workspace, clock: SettableClock
    ) -> None:
        _walk(new)
        new.open("/setup/list")
        page = new.send("/setup/list").text
        assert "The first list is on its way" in page
        assert 'data-again="3"' in page
        assert '<noscript><meta http-equiv="refresh"' in page
        assert not build_when_asked(empty, clock=clock, score=lambda: None)
        clock.at += timedelta(seconds=empty.settings.lists.first_seconds + 31)
        assert "warmlist run" in new.open("/setup/list").text  # nothing collects: it says so
        assert build_when_asked(empty, clock=clock, score=lambda: None)
        assert not build_when_asked(empty, clock=clock, score=lambda: None)
        page = new.open("/setup/list").text
        assert "Nobody is on a list yet" in page
        assert "Listening goes on by itself." in page
        assert "The next list is built on Thursday at 06:00." in page
        assert new.open("/").url.path != "/setup/list"

    def test_a_list_with_people_leads_to_them(
        self, browser: Browser, workspace: Workspace, clock: SettableClock
    ) -> None:
        browser.open("/setup/list")
        browser.send("/setup/list")
        assert build_when_asked(workspace, clock=clock, score=lambda: None)
        assert browser.open("/setup/list").url.path == "/team"

    def test_a_day_off_is_said(self, new: Browser, empty: Workspace, clock: SettableClock) -> None:
        clock.at = NOW + timedelta(days=2)  # a Friday
        _walk(new)
        with empty.db.write() as session:
            session.scalars(select(Source)).one().paused_reason = "not in this test"
        new.open("/setup/list")
        new.send("/setup/list")
        assert build_when_asked(empty, clock=clock, score=lambda: None)
        assert "Today is a day off" in new.open("/setup/list").text

    def test_lists_made_otherwise_end_the_setup(self, empty: Workspace) -> None:
        with empty.db.write() as session:
            assert is_new(session)
            fill(session)
            assert not is_new(session)
            assert session.scalars(select(DailyList)).first()


_PASSWORD = "a long enough one"


class TestWhoMay:
    @pytest.fixture
    def house(
        self, tmp_path: Path, clock: SettableClock, apps: Apps
    ) -> Iterator[tuple[Workspace, Browser]]:
        workspace = open_small_workspace(tmp_path / "closed", "closed")
        with TestClient(
            apps.lend(workspace, clock), base_url="http://127.0.0.1", raise_server_exceptions=False
        ) as client:
            yield workspace, Browser(client)
        workspace.db.close()

    def test_the_first_admin_is_led_through_and_invites(
        self, house: tuple[Workspace, Browser]
    ) -> None:
        workspace, browser = house
        with workspace.db.write() as session:
            token = make_first_link(session, now=NOW, settings=workspace.settings.access)
        browser.open(f"/welcome/{token}")
        come_in = browser.send(
            f"/welcome/{token}", email="a@example.org", name="Ada", password=_PASSWORD
        )
        assert come_in.url.path == "/setup/team"
        browser.send("/setup/team", **_TEAM)
        wrong = browser.send("/setup/reps", name0="Noor", email0="nowhere")
        assert wrong.status_code == 400
        assert "That is not an e-mail address." in wrong.text
        page = browser.send("/setup/reps", name0="Noor", email0="Noor@example.org", name1="Ines")
        link = re.search(r"http://127.0.0.1/welcome/([\w-]+)", page.text)
        assert link
        assert "noor@example.org" in page.text.lower()
        assert link.group(1) not in browser.open("/setup/reps").text
        with workspace.db.read() as session:
            kept = session.scalars(
                select(OneTimeLink).where(OneTimeLink.purpose == "invitation")
            ).one()
            assert (kept.role, kept.rep_id) == ("rep", 1)
            assert len(session.scalars(select(Rep)).all()) == 2

    def test_a_manager_takes_the_steps_that_are_theirs(
        self, house: tuple[Workspace, Browser]
    ) -> None:
        workspace, browser = house
        kept = hash_password(_PASSWORD, workspace.settings.access)
        with workspace.db.write() as session:
            session.add(
                Team(name="T", time_zone="UTC", first_weekday=0, weekend=[], created_at=NOW)
            )
            session.flush()
            create_user(session, email="m@example.org", name="Mo", role="manager",
                        password_hash=kept, team_ids=(1,), now=NOW)  # fmt: skip
        browser.open("/sign-in")
        browser.send("/sign-in", email="m@example.org", password=_PASSWORD)
        assert browser.open("/").url.path == "/setup/reps"
        assert 'name="email0"' not in browser.page  # inviting is an admin's
        assert browser.send("/setup/reps", name0="Noor", email0="n@example.org").url.path == (
            "/setup/topic"
        )
        with workspace.db.read() as session:
            assert session.scalars(select(OneTimeLink)).all() == []
        assert 'href="/setup/network"' not in browser.page
        assert browser.send("/setup/skip", step="network").status_code == 404
        browser.open("/setup/topic")
        assert browser.send("/setup/topic", name="P", more="pension").url.path == "/setup/quota"
