"""A kept page is what would be drawn now: whoever wrote, by whatever way, in any order."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import delete, event, select, text, update
from sqlalchemy.orm import Session

from app.access.sessions import open_session
from app.access.users import create_user, end_sessions
from app.bootstrap import Workspace
from app.web.application import create_app
from app.web.door import COOKIE
from app.web.kept import KeptWhile
from config.errors import Refused
from models import (
    Account,
    Assignment,
    Evidence,
    Leave,
    Match,
    Person,
    Quota,
    Rep,
    Signal,
    Team,
    Topic,
    Touch,
)
from models.database import Database
from prospects.erase import erase_person
from prospects.suppress import lift_suppression, suppress_person
from quotas.handover import hand_back, reassign, take_back
from quotas.later import put_off, take_up
from quotas.touches import record_touch, undo_touch
from quotas.working_time import add_holiday
from tests.app.web.conftest import Browser, SettableClock
from tests.app.web.small_workspace import NOW, fill, open_small_workspace

_STEPS = 24
_OWN = re.compile(r'(name="(?:key|_csrf_token)" value=")[^"]*')


@dataclass
class Twice:
    """The same workspace served by one that keeps pages and by one that never does."""

    workspace: Workspace
    clock: SettableClock
    rep_id: int
    keeping: TestClient[Any]
    forgetting: TestClient[Any]

    def compare(self, path: str) -> str:
        """The page, which both give alike, and the one that keeps it gives twice."""
        drawn, again, fresh = (
            _OWN.sub(r"\1", client.get(path).text)
            for client in (self.keeping, self.keeping, self.forgetting)
        )
        assert again == drawn
        assert drawn == fresh
        return drawn


@pytest.fixture
def twice(database_url: str, tmp_path: Path) -> Iterator[Twice]:
    opened = open_small_workspace(tmp_path / "home")
    opened.db.close()
    workspace = replace(opened, db=Database(database_url))
    with workspace.db.write() as session:
        rep_id = fill(session).id
    clock = SettableClock()
    web = workspace.settings.web
    none = workspace.settings.model_copy(update={"web": web.model_copy(update={"kept_mb": 0})})
    with (
        TestClient(create_app(workspace, clock), base_url="http://127.0.0.1") as keeping,
        TestClient(
            create_app(replace(workspace, settings=none), clock), base_url="http://127.0.0.1"
        ) as forgetting,
    ):
        for client in (keeping, forgetting):
            client.cookies.set("rep", str(rep_id))
        yield Twice(workspace, clock, rep_id, keeping, forgetting)
    workspace.db.close()


class Writers:
    """Ways in which a rep's page changes, each drawn at random and refused where it must be."""

    def __init__(self, twice: Twice, chance: random.Random) -> None:
        self._twice = twice
        self._chance = chance
        self._settings = twice.workspace.settings
        self.ways: tuple[Callable[[Session], object], ...] = (
            self._touch, self._touch, self._undo, self._put_off, self._take_up, self._hand_back,
            self._take_back, self._give, self._suppress, self._lift, self._erase, self._evidence,
            self._rename, self._retitle, self._quota, self._leave, self._holiday, self._delete,
            self._unmatch, self._team,
        )  # fmt: skip

    @property
    def _now(self) -> Any:
        return self._twice.clock.at

    def _any(self, session: Session, what: type[Any], *conditions: Any) -> Any:
        numbers = session.scalars(select(what.id).where(*conditions).order_by(what.id)).all()
        if not numbers:
            raise Refused("There is none.")
        return session.get_one(what, self._chance.choice(numbers))

    def _listed(self, session: Session, *conditions: Any) -> Any:
        return self._any(session, Assignment, *conditions)

    def _touch(self, session: Session) -> None:
        item = self._listed(session, Assignment.closed_at.is_(None))
        record_touch(
            session, item.id, channel="call",
            disposition=self._chance.choice(
                ("contacted", "replied", "not_relevant", "do_not_contact")
            ),
            idempotency_key=f"k{self._chance.random()}", now=self._now,
            weights=self._settings.warmth, note="a note",
        )  # fmt: skip

    def _undo(self, session: Session) -> None:
        touch = self._any(session, Touch, Touch.undoes_id.is_(None))
        undo_touch(
            session, touch.id, now=self._now, limit=timedelta(hours=1),
            weights=self._settings.warmth,
        )  # fmt: skip

    def _put_off(self, session: Session) -> None:
        item = self._listed(session, Assignment.closed_at.is_(None))
        on = self._now.date() + timedelta(days=2)
        put_off(session, item.id, on, now=self._now, settings=self._settings.lists)

    def _take_up(self, session: Session) -> None:
        take_up(session, self._listed(session, Assignment.put_off_until.is_not(None)).id)

    def _hand_back(self, session: Session) -> None:
        item = self._listed(session, Assignment.closed_at.is_(None))
        hand_back(session, item.id, now=self._now)

    def _take_back(self, session: Session) -> None:
        item = self._listed(session, Assignment.closed_reason == "handed_back")
        take_back(session, item.id, now=self._now, limit=timedelta(hours=1))

    def _give(self, session: Session) -> None:
        item = self._listed(session, Assignment.closed_at.is_(None))
        to = self._any(session, Rep, Rep.id != item.rep_id)
        reassign(session, item.id, to, reason="away", by="Maja", now=self._now)

    def _suppress(self, session: Session) -> None:
        suppress_person(
            session, self._any(session, Person, Person.suppressed_at.is_(None)), reason="objection",
            now=self._now,
        )  # fmt: skip

    def _lift(self, session: Session) -> None:
        person = self._any(session, Person, Person.suppressed_at.is_not(None))
        lift_suppression(session, person, reason=person.suppressed_for or "")

    def _erase(self, session: Session) -> None:
        erase_person(session, self._any(session, Person), actor="Maja", now=self._now)

    def _evidence(self, session: Session) -> None:
        signal = self._any(session, Signal)
        session.execute(
            update(Evidence)
            .where(Evidence.signal_id == signal.id)
            .values(occurred_at=self._now - timedelta(hours=3))
        )

    def _rename(self, session: Session) -> None:
        self._any(session, Account).handle = f"sample_{self._chance.randrange(10**6)}"

    def _retitle(self, session: Session) -> None:
        self._any(session, Topic).name = f"Topic {self._chance.randrange(10**6)}"

    def _quota(self, session: Session) -> None:
        session.add(
            Quota(
                rep_id=self._twice.rep_id, activity="engaged_contact", period="week",
                target=self._chance.randrange(1, 200), threshold=self._chance.random() * 3,
                starts_on=self._now.date() - timedelta(days=30), created_at=self._now,
            )
        )  # fmt: skip

    def _leave(self, session: Session) -> None:
        on = self._now.date() + timedelta(days=self._chance.randrange(-2, 4))
        session.add(
            Leave(
                rep_id=self._twice.rep_id, starts_on=on, ends_on=on + timedelta(days=1),
                reason="away", created_at=self._now,
            )
        )  # fmt: skip

    def _holiday(self, session: Session) -> None:
        on = self._now.date() + timedelta(days=self._chance.randrange(-2, 3))
        add_holiday(session, self._any(session, Team), on, name="A feast", now=self._now)

    def _delete(self, session: Session) -> None:
        signal = self._any(session, Signal, Signal.text.is_not(None))
        signal.text, signal.deleted_at = None, self._now

    def _unmatch(self, session: Session) -> None:
        signal = self._any(session, Signal)  # past the mapper, as bulk writes go
        session.execute(delete(Match).where(Match.signal_id == signal.id))

    def _team(self, session: Session) -> None:
        self._any(session, Team).time_zone = self._chance.choice(("Asia/Riyadh", "Europe/Paris"))


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_writes_a_kept_page_is_the_one_drawn_anew(
    twice: Twice, database_url: str, seed: int
) -> None:
    chance = random.Random(seed)
    writers = Writers(twice, chance)
    elsewhere = Database(database_url)  # another connection, as the command line or a job has
    pages = {twice.compare("/today")}
    for step in range(_STEPS):
        db = chance.choice((twice.workspace.db, elsewhere))
        # one that refuses has written nothing, and the page is still the same
        with suppress(Refused), db.write() as session:
            chance.choice(writers.ways)(session)
        if step % 4 == 3:
            twice.clock.at += timedelta(minutes=chance.choice((1, 7, 60, 600)))
        lang = chance.choice(("en", "ar"))
        path = chance.choice(("/today?", "/today?done=all&", "/today?open=none&"))
        pages.add(twice.compare(f"{path}lang={lang}"))
        pages.add(twice.compare(f"/today?lang={lang}"))
    elsewhere.close()
    assert len(pages) > _STEPS / 2


def test_who_is_erased_or_suppressed_elsewhere_is_gone_at_once(
    twice: Twice, database_url: str
) -> None:
    assert "sample_fernridge" in twice.compare("/today")
    other = Database(database_url)
    with other.write() as session:
        account = session.scalars(select(Account).where(Account.handle == "sample_fernridge")).one()
        erase_person(session, session.get_one(Person, account.person_id), actor="M", now=NOW)
    page = twice.compare("/today")
    assert "sample_fernridge" not in page
    assert "lump sum or the annuity" not in page
    with other.write() as session:
        session.execute(
            text(
                "UPDATE persons SET suppressed_at = created_at, suppressed_for = 'objection' WHERE"
                " id = (SELECT person_id FROM accounts WHERE handle = 'sample_harborlight')"
            )
        )
    assert "sample_harborlight" not in twice.compare("/today")
    other.close()


def test_what_is_kept_is_not_read_again(twice: Twice) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(twice.workspace.db.engine, "before_cursor_execute", note)
    twice.keeping.get("/today")
    assert len(statements) > 10
    statements.clear()
    twice.clock.at += timedelta(seconds=20)
    twice.keeping.get("/today")
    assert not statements
    twice.clock.at += timedelta(seconds=40)  # another minute: "2 h ago" may be another
    twice.keeping.get("/today")
    assert statements


def test_each_browser_has_its_own_token_and_each_form_its_own_key(twice: Twice) -> None:
    browsers = [
        Browser(TestClient(twice.keeping.app, base_url="http://127.0.0.1")) for _ in range(2)
    ]
    tokens, keys = set(), set()
    for browser in browsers:
        browser.client.cookies.set("rep", str(twice.rep_id))
        for _ in range(2):
            browser.open("/today")
            tokens.add(browser.hidden("_csrf_token"))
            keys.add(browser.hidden("key"))
        assert browser.hidden("_csrf_token") == browser.client.cookies["csrftoken"]
        assert browser.mark(browser.opened).status_code == 200
    assert len(tokens) == 2
    assert len(keys) == 4


def test_what_a_browser_remembers_is_its_own(twice: Twice) -> None:
    pages = []
    for cookies in ("lang=ar", "lang=ar; digits=latn", "lang=en", "lang=ar"):
        headers = {"Cookie": f"rep={twice.rep_id}; {cookies}"}
        page, fresh = (
            _OWN.sub(r"\1", client.get("/today", headers=headers).text)
            for client in (twice.keeping, twice.forgetting)
        )
        assert page == fresh
        pages.append(page)
    assert len(set(pages)) == 3
    assert pages[0] == pages[3]


def test_a_token_from_outside_cannot_write_into_the_page(twice: Twice) -> None:
    answer = twice.keeping.get(
        "/today", headers={"Cookie": f'rep={twice.rep_id}; csrftoken="><script>x</script>'}
    )
    assert answer.status_code == 200
    assert "<script>x" not in answer.text


def test_a_browser_that_is_signed_out_elsewhere_is_out_at_once(
    tmp_path: Path, clock: SettableClock
) -> None:
    workspace = open_small_workspace(tmp_path / "closed", "closed")
    settings = workspace.settings.access
    with workspace.db.write() as session:
        rep = fill(session)
        user = create_user(
            session, email="noor@example.org", name="Noor", role="rep", password_hash=None,
            rep_id=rep.id, now=NOW,
        )  # fmt: skip
        token = open_session(session, user, now=NOW, settings=settings)
    with TestClient(create_app(workspace, clock), base_url="http://127.0.0.1") as client:
        client.cookies.set(COOKIE, token)
        client.follow_redirects = False
        assert [client.get("/today").status_code for _ in range(2)] == [200, 200]
        clock.at += timedelta(hours=settings.idle_hours)
        assert client.get("/today").status_code != 200  # nothing was written, time alone passed
        clock.at = NOW
        assert client.get("/today").status_code == 200
        other = Database(str(workspace.db.url))
        with other.write() as session:
            end_sessions(session, user.id, now=NOW)
        other.close()
        assert client.get("/today").status_code != 200
    workspace.db.close()


def test_things_are_kept_for_one_state_and_up_to_a_weight() -> None:
    kept: KeptWhile[str] = KeptWhile(10)
    assert kept.find(1, "a") is None
    kept.keep(1, "a", "A", 6)
    kept.keep(1, "b", "B", 6)  # too heavy beside the first
    assert (kept.find(1, "a"), kept.find(1, "b")) == ("A", None)
    kept.keep(0, "c", "C")  # made of a state that is gone
    assert kept.find(1, "c") is None
    assert kept.find(2, "a") is None
    assert kept.find(1, "a") is None  # what was dropped does not come back
    kept.keep(None, "d", "D")
    assert kept.find(None, "d") is None
