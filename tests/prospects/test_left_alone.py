"""Whatever happens, nobody who objected, was erased or is listed ever appears again."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.cli.leaving import COLUMNS, _row, export_list
from app.documents import write_json
from config.errors import Conflict, NotFound, Refused
from config.settings import PeopleSettings, load_settings
from models import (
    Account,
    AccountIdentity,
    AccountLink,
    Assignment,
    Evidence,
    Fingerprint,
    Person,
    Prospect,
    Rep,
    Signal,
    StoredScore,
    Team,
    Topic,
    Touch,
)
from models.database import Database
from prospects.blocklist import import_list, read_rows
from prospects.erase import erase_person, keep_out, object_to_profiling
from prospects.ranking import rank_supply
from prospects.records import find_one, find_people
from prospects.refresh import load_pending, mark_pending, recompute, store_scores
from prospects.resolve import decide_link, find_account, propose_link, unlink
from prospects.suppress import drop_suppressed, is_a_reps_word
from prospects.verdicts import judge_accounts
from quotas.assign import build_lists
from quotas.lists import load_list
from quotas.sheet import write_sheet
from quotas.touches import record_touch, undo_touch
from signals.collectors.contract import Author, Kind, Ref
from signals.ingest import store_page
from signals.listening import Listener
from signals.scoring.contract import Score
from signals.topics import Matcher, TopicPhrases
from tests.factories import (
    list_settings,
    make_engagement,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

START = datetime(2026, 11, 25, 9, tzinfo=UTC)
WHO = ("ann", "bob", "carl", "dora")
people = st.sampled_from(WHO)
PAGES = {
    "bluesky": "https://bsky.app/profile/{0}", "reddit": "https://www.reddit.com/user/{0}",
}  # fmt: skip
#: However an operator may spell whom they mean; ``page`` is the address of the profile.
NAMED = ("{0}", "@{0}", "page")
LISTED = ("handle,@{0}", ",{0}", ",page", "domain,{0}.example", "domain,https://www.{0}.example/a")


class LeftAlone(RuleBasedStateMachine):
    """Four people, two reps; ``gone`` are those who must never appear again."""

    pattern: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="left-alone-"))
        self.db = Database(f"sqlite:///{shutil.copy(self.pattern, self.folder / 'test.db')}")
        self.workspace = Workspace(load_settings(), self.db)
        self.now = START
        self.numbers = itertools.count(1)
        self.gone: set[str] = set()
        self.said: set[str] = set()  # of those gone, who was known when they said so
        self.links: dict[int, set[str]] = {}

    def teardown(self) -> None:
        self.db.close()
        shutil.rmtree(self.folder)

    @initialize(network=st.sampled_from(sorted(PAGES)))
    def set_up(self, network: str) -> None:
        self.network = network
        with self.db.write() as session:
            topic = make_topic(session, at=self.now)
            team = make_team(session, at=self.now, weekend=())
            for name in ("Rita", "Omar"):
                make_rep(session, team, name, at=self.now, target=14)
            phrases = TopicPhrases(topic.id, ((topic.keywords[0].id, "retirement planning"),))
        self.listener = Listener(Matcher([phrases]), {})

    def author(self, who: str) -> Author:
        page = PAGES[self.network].format(who)
        return Author(f"did:{who}", who, url=page, description=f"I run https://{who}.example/shop")

    def together(self, who: str) -> set[str]:
        """Whoever is one person with somebody now."""
        found = {who}
        for _ in self.links:
            found.update(*(pair for pair in self.links.values() if pair & found))
        return found

    def away(self) -> set[str]:
        """Who is gone, or joined to somebody who said so themselves."""
        return self.gone.union(*(self.together(who) for who in self.said))

    @rule(who=people, kind=st.sampled_from([Kind.POST, Kind.COMMENT]), mail=st.booleans())
    def collect(self, who: str, kind: Kind, mail: bool) -> None:
        self.now += timedelta(minutes=5)
        words = f"retirement planning? {who}@mail.example" if mail else "retirement planning?"
        post = make_engagement(
            f"{who}-{next(self.numbers)}", words, at=self.now, kind=kind, network=self.network,
        )  # fmt: skip
        post = replace(post, author=self.author(who))
        with self.db.write() as session:
            counts, affected = store_page(session, self.listener.select([post]), (), now=self.now)
            recompute(session, affected)
        if who in self.away():
            assert counts.stored == 0

    @rule(who=people, to=people)
    def like(self, who: str, to: str) -> None:
        self.now += timedelta(minutes=1)
        with self.db.write() as session:
            target = session.scalar(
                select(Signal.external_id)
                .join(Account)
                .where(Account.external_id == f"did:{to}", Signal.text.is_not(None))
            )
            if target is None:
                return
            one = make_engagement(
                f"{target}:did:{who}", None, at=self.now, kind=Kind.LIKE, target=target,
                network=self.network,
            )  # fmt: skip
            one = replace(one, author=self.author(who))
            store_page(session, self.listener.select([one]), (), now=self.now)

    @rule()
    def score(self) -> None:
        with self.db.write() as session:
            pending = load_pending(session, limit=100)
            store_scores(
                session, [(one, Score({}, 0.9, 0.9)) for one in pending],
                scorer_version="t", weights=warmth_settings(), now=self.now,
                marks=mark_pending(pending),
            )  # fmt: skip
            judge_accounts(
                session, {one.account_id for one in pending}, now=self.now,
                weights=warmth_settings(), duplicates=load_settings().duplicates,
            )  # fmt: skip

    @rule()
    def score_again(self) -> None:
        with self.db.write() as session:
            session.execute(update(Signal).where(Signal.text.is_not(None)).values(scored_at=None))
        self.score()

    @rule(who=people, of=people)
    def mention(self, who: str, of: str) -> None:
        self.now += timedelta(minutes=5)
        words = f"retirement planning? u/{of} said, unlike u/{of}abel"
        post = make_engagement(
            f"{who}-{next(self.numbers)}", words, at=self.now, network=self.network
        )
        post = replace(post, author=self.author(who))
        with self.db.write() as session:
            store_page(session, self.listener.select([post]), (), now=self.now)

    @rule(days=st.integers(0, 2))
    def assign(self, days: int) -> None:
        self.now += timedelta(days=days)
        with self.db.write() as session:
            team = session.scalars(select(Team)).one()
            build_lists(session, team, self.now.date(), now=self.now, settings=list_settings())

    @rule(
        which=st.integers(0, 3), what=st.sampled_from(["contacted", "no_answer", "do_not_contact"])
    )
    def touch(self, which: int, what: str) -> None:
        with self.db.write() as session:
            rows = session.scalars(
                select(Assignment.id).where(Assignment.closed_at.is_(None))
            ).all()
            if rows:
                record_touch(
                    session, rows[which % len(rows)], channel="call", disposition=what,
                    idempotency_key=f"k{next(self.numbers)}", now=self.now,
                    weights=warmth_settings(), note="spoke of bonds",
                )  # fmt: skip

    @rule(which=st.integers(0, 3))
    def undo(self, which: int) -> None:
        with self.db.read() as session:
            rows = session.scalars(select(Touch.id).where(Touch.undoes_id.is_(None))).all()
        if not rows:
            return
        try:
            with self.db.write() as session:
                undo_touch(
                    session, rows[which % len(rows)], now=self.now, limit=timedelta(days=1),
                    weights=warmth_settings(),
                )  # fmt: skip
        except Conflict:
            pass  # too late, or somebody else holds the person

    @rule(who=people, forget=st.booleans(), named=st.sampled_from(NAMED))
    def demand(self, who: str, forget: bool, named: str) -> None:
        name = named.replace("page", PAGES[self.network]).format(who)
        with self.db.write() as session:
            if find_people(session, name):
                act = erase_person if forget else object_to_profiling
                act(session, find_one(session, name), actor="Maja", now=self.now)
                if forget:
                    texts = session.scalars(select(Signal.text)).all()
                    assert not [one for one in texts if f"u/{who} " in (one or "")]
                meant = self.together(who)
                self.said |= meant
                self.gone |= meant
                if forget:
                    self.links = {id_: pair for id_, pair in self.links.items() if not pair & meant}
            else:
                keep_out(session, name, "any", reason="objection", actor="Maja", now=self.now)
        self.gone.add(who)

    @rule(who=people, row=st.sampled_from(LISTED))
    def list_name(self, who: str, row: str) -> None:
        named = row.replace("page", PAGES[self.network]).format(who.upper())
        shared = f"{named}\ndomain,bsky.app\n,reddit.com\n"  # would close the list to everybody
        with self.db.write() as session:
            done = import_list(session, read_rows(f"kind,value\n{shared}"), now=self.now)
        assert (done.refused, done.added + done.known) == (2, 1)
        assert done.people <= 1
        self.gone.add(who)

    @rule()
    def night(self) -> None:
        """Whoever a rep left alone, or who was joined to such a one, is not profiled either."""
        undo = timedelta(days=1)
        with self.db.write() as session:
            while drop_suppressed(session, now=self.now, undo=undo, limit=1):
                pass
            before = or_(Person.suppressed_at < self.now - undo, ~is_a_reps_word())
            silent = select(Person.id).where(Person.suppressed_at.is_not(None), before)
            assert _derived_of(session, silent) == 0

    @rule(who=people)
    def delete_account(self, who: str) -> None:
        with self.db.write() as session:
            gone = (Ref(self.network, None, f"did:{who}", account=True),)
            _, affected = store_page(session, self.listener.select([]), gone, now=self.now)
            recompute(session, affected)

    @rule(one=people, other=people)
    def link(self, one: str, other: str) -> None:
        self.now += timedelta(minutes=1)
        people_settings = PeopleSettings(link_accounts=True)
        try:
            with self.db.write() as session:
                pair = [find_account(session, f"{self.network}:did:{who}") for who in (one, other)]
                link = propose_link(
                    session, *pair,
                    proof="consent", evidence={"record": "letter"}, by="Rita",
                    settings=people_settings, now=self.now,
                )  # fmt: skip
                decide_link(
                    session, link.id, accept=True, by="Maja", reason="seen",
                    settings=people_settings, now=self.now,
                )  # fmt: skip
                self.links[link.id] = {one, other}
        except (Conflict, NotFound, Refused):
            pass  # nobody's, one account, or one person already

    @rule(which=st.integers(0, 3))
    def part(self, which: int) -> None:
        if not self.links:
            return
        link_id = sorted(self.links)[which % len(self.links)]
        try:
            with self.db.write() as session:
                unlink(session, link_id, by="Maja", now=self.now)
            del self.links[link_id]
        except Conflict:
            pass  # another builds upon it

    @precondition(lambda self: self.gone)
    @invariant()
    def nobody_gone_leaves(self) -> None:
        with self.db.read() as session:
            lists = [
                load_list(session, rep, self.now.date() - timedelta(days=day), now=self.now)
                for rep in session.scalars(select(Rep))
                for day in range(3)
            ]
        for shown in lists:
            document = export_list(self.workspace, shown, now=self.now, taken_by="Maja")
            rows = [_row(item) for item in document["items"]]
            text = write_json(document) + write_sheet(COLUMNS, rows)
            for who in self.away():
                assert f"@{who}" not in text
                assert f"/{who}-" not in text

    @precondition(lambda self: self.gone)
    @invariant()
    def nobody_gone_appears(self) -> None:
        with self.db.write() as session:
            accounts = [f"did:{who}" for who in self.away()]
            # who deleted their account has no handle left to be found by, and nothing to be shown
            persons = select(Account.person_id).where(
                Account.external_id.in_(accounts), Account.handle.is_not(None)
            )
            still_open = select(Assignment.id).where(
                Assignment.closed_at.is_(None), Assignment.person_id.in_(persons)
            )
            assert session.scalars(still_open).all() == []
            mine = set(session.scalars(persons))
            suppressed = set(
                session.scalars(select(Person.id).where(Person.suppressed_at.is_not(None)))
            )
            assert mine <= suppressed
            for rep in session.scalars(select(Rep)):
                for day in range(3):
                    shown = load_list(
                        session, rep, self.now.date() - timedelta(days=day), now=self.now
                    )
                    names = {item.handle for item in shown.items}
                    assert not names & {f"@{who}" for who in self.away()}
                    assert not {item.person_id for item in shown.items} & mine
            supply = rank_supply(
                session, wanted=10, suits=[lambda _: True], as_of=self.now, is_past=False,
                settings=list_settings(),
            )  # fmt: skip
            assert not {one.person_id for one in supply} & suppressed
            for assignment_id in session.scalars(
                select(Assignment.id).where(Assignment.person_id.in_(suppressed))
            ).all():
                with pytest.raises(Refused):
                    record_touch(
                        session, assignment_id, channel="call", disposition="contacted",
                        idempotency_key="never", now=self.now, weights=warmth_settings(),
                    )  # fmt: skip

    @precondition(lambda self: self.gone)
    @invariant()
    def nobody_listed_is_profiled(self) -> None:
        """Who is listed, objected or was erased has no rank, evidence, score or verdict left."""
        joined = {link.moved[one] for link in self._standing() for one in ("keeper", "joined")}
        with self.db.read() as session:
            alone = select(Person.id).where(
                Person.suppressed_at.is_not(None), ~is_a_reps_word(), Person.id.not_in(joined)
            )
            assert _derived_of(session, alone) == 0

    def _standing(self) -> list[AccountLink]:
        with self.db.read() as session:
            return list(
                session.scalars(select(AccountLink).where(AccountLink.decision == "accepted"))
            )

    @invariant()
    def prospects_rest_on_evidence(self) -> None:
        with self.db.read() as session:
            for prospect in session.scalars(select(Prospect)):
                assert session.get(Person, prospect.person_id) is not None
                assert session.get(Topic, prospect.topic_id) is not None


def _derived_of(session: Session, persons: Select[int]) -> int:
    """Rows that were made of these people's signals."""
    accounts = select(Account.id).where(Account.person_id.in_(persons))
    signals = select(Signal.id).where(Signal.account_id.in_(accounts))
    return sum(
        session.scalar(select(func.count()).where(which)) or 0
        for which in (
            Prospect.person_id.in_(persons),
            Evidence.signal_id.in_(signals),
            StoredScore.signal_id.in_(signals),
            Fingerprint.signal_id.in_(signals),
            AccountIdentity.account_id.in_(accounts) & (AccountIdentity.source == "derived"),
        )
    )


def _run(pattern: Path, examples: int) -> None:
    LeftAlone.pattern = pattern
    machine = LeftAlone.TestCase
    machine.settings = settings(
        max_examples=examples, stateful_step_count=18, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    machine("runTest").runTest()


def test_nobody_gone_appears_again(sqlite_pattern: Path) -> None:
    _run(sqlite_pattern, 8)


@pytest.mark.soak
def test_nobody_gone_appears_again_in_many_orders(sqlite_pattern: Path) -> None:
    _run(sqlite_pattern, 400)
