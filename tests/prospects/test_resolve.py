from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Conflict, Refused
from config.settings import PeopleSettings
from models import Account, Assignment, Base, Link, Notice, Person, Prospect, Topic, Touch
from models.database import Database
from prospects.blocklist import import_list, read_rows
from prospects.erase import erase_person, object_to_profiling
from prospects.notices import mark_given
from prospects.refresh import load_pending
from prospects.resolve import (
    decide_link,
    find_account,
    points_to,
    propose_link,
    unlink,
)
from prospects.suppress import drop_suppressed, suppress_person
from quotas.lists import load_list
from quotas.touches import record_touch, undo_touch
from signals.clicks import create_link
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.topics import Matcher
from tests.factories import (
    make_assignment,
    make_engagement,
    make_person,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

ON = PeopleSettings(link_accounts=True)
RECORD = {"record": "letter of 3 May, folder 7"}
TABLES = (
    "persons", "accounts", "signals", "touches", "assignments", "evidence", "suppressions",
    "notices", "links",
)  # fmt: skip
AT = datetime(2026, 11, 25, 9, tzinfo=UTC)


def state(session: Session) -> dict[str, str]:
    """What undoing has to give back, row by row; prospects by whom and what they are worth."""
    session.expire_all()
    tables = {
        name: json.dumps(
            sorted(str(tuple(row)) for row in session.execute(select(Base.metadata.tables[name])))
        )
        for name in TABLES
        if name != "evidence"
    }
    evidence = Base.metadata.tables["evidence"]
    owned = session.execute(
        select(Prospect.person_id, Prospect.topic_id, evidence.c.signal_id, evidence.c.points,
               evidence.c.ordinal)
        .join(evidence, evidence.c.prospect_id == Prospect.id)
    )  # fmt: skip
    ranks = session.execute(
        select(Prospect.person_id, Prospect.topic_id, Prospect.warmth_key, Prospect.newest_at)
    )
    tables["evidence"] = str(sorted(map(tuple, owned)))
    tables["ranks"] = str(sorted((p, t, round(k, 9), str(at)) for p, t, k, at in ranks))
    return tables


def two_halves(session: Session, now: datetime) -> tuple[Account, Account]:
    topic = make_topic(session, at=now)
    make_prospect(session, topic, "ann", (2.0, now - timedelta(days=2)), (1.0, now))
    make_prospect(session, topic, "ann_m", (3.0, now), network="mastodon")
    return find_account(session, "bluesky:@ANN"), find_account(session, "mastodon:ann_m")


def join(session: Session, now: datetime) -> int:
    first, second = find_account(session, "bluesky:ann"), find_account(session, "mastodon:ann_m")
    link = propose_link(
        session, first, second, proof="consent", evidence=RECORD, by="Rita", settings=ON, now=now
    )
    decide_link(session, link.id, accept=True, by="Maja", reason="seen", settings=ON, now=now)
    return link.id


def test_linking_is_off_needs_proof_and_is_never_for_reddit(db: Database, now: datetime) -> None:
    with db.write() as session:
        first, second = two_halves(session, now)
        make_person(session, "ann_r", at=now, network="reddit")
        reddit = find_account(session, "reddit:ann_r")

        def propose(one: Account, other: Account, allowed: bool, **evidence: str) -> None:
            propose_link(
                session, one, other, proof="profile_links" if evidence else "consent",
                evidence=evidence, by="Rita", settings=PeopleSettings(link_accounts=allowed),
                now=now,
            )  # fmt: skip

        both = {"first_seen_at": "x", "second_seen_at": "y"}
        with pytest.raises(Refused, match="off in this workspace"):
            propose(first, second, False, **both)
        with pytest.raises(Refused, match="reddit are never linked"):
            propose(first, reddit, True, **both)
        with pytest.raises(Refused, match="do not link to each other"):
            propose(first, second, True, first_seen_at="x")
        with pytest.raises(Refused, match="A consent needs its record"):
            propose(first, second, True)
        with pytest.raises(Refused, match="one account"):
            propose(first, first, True, **both)
        assert session.scalar(select(Base.metadata.tables["account_links"].c.id)) is None


def test_a_manager_joins_and_evidence_adds_up(db: Database, now: datetime) -> None:
    with db.write() as session:
        two_halves(session, now)
        link_id = join(session, now)
        prospect = session.scalars(select(Prospect)).one()
        assert len(session.execute(select(Base.metadata.tables["evidence"])).all()) == 3
        assert prospect.newest_at == now
        persons = session.scalars(select(Account.person_id).distinct()).all()
        assert persons == [prospect.person_id]
        with pytest.raises(Conflict, match="was accepted by Maja"):
            decide_link(session, link_id, accept=False, by="M", reason="no", settings=ON, now=now)


def test_the_rep_who_was_given_them_first_keeps_a_joined_person(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        two_halves(session, now)
        team = make_team(session, at=now)
        first, later = session.scalars(select(Prospect).order_by(Prospect.id)).all()
        rita, omar = (make_rep(session, team, name, at=now) for name in ("Rita", "Omar"))
        make_assignment(session, omar, first, at=now)
        make_assignment(session, rita, later, at=now - timedelta(hours=1))
        link_id = join(session, now)
        held = session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))).one()
        assert held.rep_id == rita.id
        assert session.scalars(
            select(Assignment.closed_reason).where(Assignment.rep_id == omar.id)
        ).all() == ["linked"]
        unlink(session, link_id, by="Maja", now=now)
        assert len(session.scalars(select(Assignment.closed_at)).all()) == 2
        assert set(session.scalars(select(Assignment.closed_at))) == {None}


def test_who_is_joined_to_somebody_suppressed_is_suppressed_until_undone(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        first, second = two_halves(session, now)
        quiet = session.get_one(Person, second.person_id)
        suppress_person(session, quiet, reason="objection", now=now)
        session.flush()
        link_id = join(session, now)
        assert session.get_one(Person, first.person_id).suppressed_for == "objection"
        assert post(session, now, "n1", first) == post(session, now, "n2", second) == 0
        assert drop_suppressed(session, now=now, undo=timedelta(days=1)) == 1
        assert session.scalars(select(Prospect)).all() == []
        assert load_pending(session, limit=9) == []
        unlink(session, link_id, by="Maja", now=now)
        assert {one.person_id for one in load_pending(session, limit=9)} == {first.person_id}
        assert session.get_one(Person, first.person_id).suppressed_at is None
        assert session.get_one(Person, quiet.id).suppressed_at == now
        assert post(session, now, "n3", first) == 1
        assert post(session, now, "n4", second) == 0


def object_(session: Session, person: Person, now: datetime) -> None:
    object_to_profiling(session, person, actor="Maja", now=now)


def ask_a_rep(session: Session, person: Person, now: datetime) -> None:
    held = session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))).one()
    assert held.person_id == person.id
    record_touch(
        session, held.id, channel="call", disposition="do_not_contact", idempotency_key="k",
        now=now, weights=warmth_settings(),
    )  # fmt: skip


@pytest.mark.parametrize("say", [object_, ask_a_rep])
def test_what_a_joined_person_says_stands_for_both_after_undoing(
    db: Database, now: datetime, say: Callable[[Session, Person, datetime], None]
) -> None:
    with db.write() as session:
        first, second = two_halves(session, now)
        halves = first.person_id, second.person_id
        team = make_team(session, at=now)
        prospects = session.scalars(select(Prospect).order_by(Prospect.id)).all()
        reps = [make_rep(session, team, name, at=now) for name in ("Rita", "Omar")]
        for hours, rep, prospect in zip((2, 1), reps, prospects, strict=True):
            make_assignment(session, rep, prospect, at=now - timedelta(hours=hours))
        link_id = join(session, now)
        say(session, session.get_one(Person, halves[0]), now)
        unlink(session, link_id, by="Maja", now=now)
        people = [session.get_one(Person, one) for one in halves]
        assert people[0].suppressed_for == people[1].suppressed_for is not None
        assert None not in {one.suppressed_at for one in people}
        assert None not in set(session.scalars(select(Assignment.closed_at)))
        shown = [load_list(session, rep, now.date(), now=now).items for rep in reps]
        assert all(item.closed_at is not None for items in shown for item in items)
        assert post(session, now, "n1", first) == post(session, now, "n2", second) == 0
        if say is ask_a_rep:  # a mis-click is taken back for both
            undo_touch(
                session, session.scalars(select(Touch.id)).one(), now=now,
                limit=timedelta(hours=1), weights=warmth_settings(),
            )  # fmt: skip
            assert {session.get_one(Person, one).suppressed_at for one in halves} == {None}
            assert post(session, now, "n3", first) == post(session, now, "n4", second) == 1


@pytest.mark.parametrize("by_list", [False, True])
def test_who_objects_while_joined_to_somebody_suppressed_stays_so(
    db: Database, now: datetime, by_list: bool
) -> None:
    with db.write() as session:
        first, second = two_halves(session, now)
        suppress_person(
            session, session.get_one(Person, second.person_id), reason="objection", now=now
        )
        session.flush()
        link_id, mine = join(session, now), first.person_id
        if by_list:
            import_list(session, read_rows("kind,network,value\nhandle,bluesky,@Ann\n"), now=now)
        else:
            object_(session, session.get_one(Person, mine), now)
        unlink(session, link_id, by="Maja", now=now)
        said = session.get_one(Person, mine)
        assert said.suppressed_for == ("list:found" if by_list else "objection")
        assert said.suppressed_at is not None
        assert post(session, now, "n1", first) == post(session, now, "n2", second) == 0


def post(session: Session, now: datetime, name: str, account: Account) -> int:
    """How many posts are stored when the account writes one more."""
    one = make_engagement(
        name, "retirement planning?", at=now, author=account.external_id,
        handle=account.handle or "", network=account.network,
    )  # fmt: skip
    listener = Listener(Matcher(load_phrases(session)), {})
    return store_page(session, listener.select([one]), (), now=now)[0].stored


def test_erasing_a_joined_person_erases_both_halves(db: Database, now: datetime) -> None:
    with db.write() as session:
        first, _ = two_halves(session, now)
        rita = make_rep(session, make_team(session, at=now), "Rita", at=now)
        for prospect in session.scalars(select(Prospect).order_by(Prospect.id)).all():
            made = make_assignment(session, rita, prospect, at=now)
            made.reasons = [{"points": 1.0, "code": "cue.asks_which"}]
        join(session, now)
        # a rep who had both on one day keeps a row under the old number
        assert len(set(session.scalars(select(Assignment.person_id)))) == 2
        person = session.get_one(Person, first.person_id)
        erase_person(session, person, actor="Maja", now=now)
        assert session.scalars(select(Assignment.reasons)).all() == [[], []]
        assert session.scalars(select(Account)).all() == []
        assert session.execute(select(Base.metadata.tables["account_links"])).all() == []


steps = st.lists(
    st.tuples(
        st.sampled_from(["give", "touch", "close", "quiet", "rep_asked", "told", "link"]),
        st.integers(0, 1),
        st.integers(0, 1),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(before=steps)
def test_undoing_a_link_gives_back_exactly_what_was_there(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_pattern: object,
    before: list[tuple[str, int, int]],
) -> None:
    import shutil

    folder = tmp_path_factory.mktemp("link")
    db = Database(f"sqlite:///{shutil.copy(str(sqlite_pattern), folder / 'test.db')}")
    with db.write() as session:
        two_halves(session, AT)
        team = make_team(session, at=AT)
        reps = [make_rep(session, team, name, at=AT) for name in ("Rita", "Omar")]
        prospects = session.scalars(select(Prospect).order_by(Prospect.id)).all()
        for number, (what, who, rep) in enumerate(before):
            at = AT + timedelta(days=number)
            mine = session.scalar(
                select(Assignment).where(
                    Assignment.person_id == prospects[who].person_id, Assignment.closed_at.is_(None)
                )
            )
            person = session.get_one(Person, prospects[who].person_id)
            if what == "give" and mine is None and person.suppressed_at is None:
                make_assignment(session, reps[rep], prospects[who], at=at)
            elif what == "touch" and mine is not None:
                record_touch(
                    session, mine.id, channel="call", disposition="contacted",
                    idempotency_key=f"k{number}", now=at, weights=warmth_settings(),
                )  # fmt: skip
            elif what == "close" and mine is not None:
                mine.closed_at, mine.closed_reason = at, "handed_back"
                session.flush()
            elif what == "told":
                mark_given(session, [person.id], channel="message", given_by="Maja", now=at)
            elif what == "link" and person.suppressed_at is None:
                topic = session.get_one(Topic, prospects[who].topic_id)
                create_link(session, url="https://a.example", topic=topic, person=person, now=at)
            elif what in {"quiet", "rep_asked"}:
                reason = "objection" if what == "quiet" else f"touch:{900 + who}"
                if person.suppressed_at is None:
                    suppress_person(session, person, reason=reason, now=at)
                session.flush()
        kept = state(session)
        link_id = join(session, AT + timedelta(days=20))
        assert len(set(session.scalars(select(Account.person_id)))) == 1
        theirs = set(session.scalars(select(Account.person_id)))
        assert theirs >= {
            *session.scalars(select(Notice.person_id)),
            *session.scalars(select(Link.person_id)),
        }
        open_ = session.scalars(select(Assignment.id).where(Assignment.closed_at.is_(None))).all()
        assert len(open_) <= 1
        unlink(session, link_id, by="Maja", now=AT + timedelta(days=21))
        assert state(session) == kept
    db.close()


@pytest.mark.parametrize(
    ("links", "address", "is_there"),
    [
        (("https://example.org/ann/",), "http://www.example.org/Ann", True),
        (("https://example.org/bob",), "https://example.org/ann", False),
        (("https://example.org.evil.example/ann",), "https://example.org/ann", False),
        (("not an address",), "not an address", False),
        ((), "https://example.org", False),
    ],
)
def test_a_link_is_the_same_however_it_is_written(
    links: tuple[str, ...], address: str, is_there: bool
) -> None:
    assert points_to(links, address) is is_there
