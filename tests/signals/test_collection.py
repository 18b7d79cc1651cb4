from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config.errors import Conflict, NotFound, Refused
from models import Collection, CollectionGap, CollectionRun, Source, Topic
from models.database import Database
from signals.collection import Progress, advance, fail, finish, pause, wait_for_budget
from signals.collectors.contract import Cost, Cursor, Gap, Kind, Page, Ref
from signals.collectors.registry import COLLECTORS
from signals.collectors.traits import traits_of
from signals.ingest import store_page
from signals.leases import Lease, Wanted, lease_due, renew
from signals.listening import Listener, load_phrases
from signals.schedule import synchronise
from signals.sources import SourceTerms, add_source, edit_source, pause_source, resume
from signals.targets import load_watch
from signals.topics import Matcher
from tests.factories import make_engagement, make_topic

LEASE = timedelta(minutes=3)
MINUTE = timedelta(minutes=1)


def add(db: Database, now: datetime, name: str = "bluesky", basis: str = "assessed") -> None:
    with db.write() as session:
        terms = SourceTerms(url="ws://x", lawful_basis=basis)
        add_source(session, network="bluesky", name=name, terms=terms, now=now)
        synchronise(session, now=now)


def lease(db: Database, now: datetime, owner: str = "one") -> list[Lease]:
    with db.write() as session:
        return lease_due(session, now=now, lease=LEASE, owner=owner)


def move(db: Database, held: Lease, now: datetime, page: Page) -> None:
    with db.write() as session:
        session.add(Topic(name=f"with {page.cursor.value}", half_life_hours=1, window_days=1,
                          created_at=now, updated_at=now))  # fmt: skip
        advance(session, held, page, Progress(1, 2, 3, 4), now=now, extend=LEASE)


def runs(db: Database) -> list[CollectionRun]:
    with db.read() as session:
        return list(session.scalars(select(CollectionRun).order_by(CollectionRun.id)))


def row(db: Database) -> Collection:
    with db.read() as session:
        return session.scalars(select(Collection)).one()


def test_a_source_needs_a_lawful_basis_and_is_ordered_once(db: Database, now: datetime) -> None:
    with pytest.raises(Refused, match="lawful basis"):
        add(db, now, basis=" ")
    add(db, now)
    with pytest.raises(Conflict, match="already"):
        add(db, now)


def test_what_is_due_is_leased_to_one(db: Database, now: datetime) -> None:
    add(db, now)
    assert lease(db, now - MINUTE) == []
    [held] = lease(db, now)
    assert (held.network, held.cursor, held.url) == ("bluesky", None, "ws://x")
    assert held.is_stream
    assert lease(db, now, "two") == []
    assert lease(db, now + LEASE - timedelta(seconds=1), "two") == []


def test_the_cursor_moves_with_the_data_and_the_run_counts(db: Database, now: datetime) -> None:
    add(db, now)
    [held] = lease(db, now)
    page = Page((), Cursor("c1"), cost=Cost(requests=2, money=0.5), seen=10)
    move(db, held, now + 2 * MINUTE, page)
    move(db, held, now + 4 * MINUTE, Page((), Cursor("c2"), seen=5, gap=Gap(None, now, "too late")))
    assert (row(db).cursor, row(db).lease_until) == ("c2", now + 4 * MINUTE + LEASE)
    with db.write() as session:
        finish(session, held, now=now + 5 * MINUTE, next_due_at=now + 6 * MINUTE)
    [run] = runs(db)
    assert (run.read, run.stored, run.matched, run.malformed) == (15, 2, 4, 6)
    assert (run.requests, run.money, run.gap, run.outcome) == (2, 0.5, "too late", "done")
    assert run.deleted == 8
    with db.read() as session:
        [gap] = session.scalars(select(CollectionGap))
    assert (gap.started_at, gap.ended_at, gap.reason) == (None, now, "too late")
    assert (row(db).lease_owner, row(db).next_due_at) == (None, now + 6 * MINUTE)
    [again] = lease(db, now + 6 * MINUTE)
    assert again.cursor == "c2"


def test_a_crashed_run_is_taken_over_where_its_last_page_left_it(
    db: Database, now: datetime
) -> None:
    add(db, now)
    [lost] = lease(db, now)
    move(db, lost, now, Page((), Cursor("c1")))
    [taken] = lease(db, now + LEASE, "two")
    assert taken.cursor == "c1"
    assert [run.outcome for run in runs(db)] == ["lost", "running"]
    assert runs(db)[0].ended_at == now + LEASE


def test_whoever_lost_the_lease_stores_nothing_and_changes_nothing(
    db: Database, now: datetime
) -> None:
    add(db, now)
    [lost] = lease(db, now)
    [taken] = lease(db, now + LEASE, "two")
    with pytest.raises(Conflict, match="taken over"):
        move(db, lost, now + LEASE, Page((), Cursor("late")))
    with db.read() as session:
        assert session.scalars(select(Topic)).all() == []
    before = row(db).next_due_at
    with db.write() as session:
        finish(session, lost, now=now + LEASE, next_due_at=now + 100 * LEASE)
        pause(session, lost, now=now, who_must_do_what="nobody")
        fail(
            session, lost, now=now, error="late", retry_at=None, first=MINUTE, longest=LEASE
        )  # fmt: skip
    assert (row(db).cursor, row(db).next_due_at) == (None, before)
    assert row(db).lease_owner == taken.owner
    assert (row(db).failures, row(db).paused_reason) == (0, None)
    assert [run.outcome for run in runs(db)] == ["lost", "running"]
    move(db, taken, now + LEASE, Page((), Cursor("c1")))
    assert row(db).cursor == "c1"


def test_waits_double_up_to_the_bound_and_a_good_run_forgets_them(
    db: Database, now: datetime
) -> None:
    add(db, now)
    at, waits = now, []
    for _ in range(30):
        [held] = lease(db, at)
        with db.write() as session:
            due = fail(
                session, held, now=at, error="down", retry_at=None, first=MINUTE,
                longest=10 * MINUTE,
            )  # fmt: skip
        assert lease(db, due - timedelta(seconds=1)) == []
        waits.append(due - at)
        at = due
    for number, wait in enumerate(waits):
        plain = min(2**number * MINUTE, 10 * MINUTE)
        assert plain <= wait <= min(plain * 1.2, 10 * MINUTE)
    assert len({wait / MINUTE % 1 for wait in waits[:4]}) > 1  # not in step
    assert (row(db).failures, runs(db)[0].outcome, runs(db)[0].error) == (30, "failed", "down")
    [held] = lease(db, at)
    with db.write() as session:
        finish(session, held, now=at, next_due_at=at)
    assert row(db).failures == 0


@pytest.mark.parametrize("ahead", [MINUTE, timedelta(days=2), -MINUTE])
def test_a_time_the_network_named_is_obeyed(db: Database, now: datetime, ahead: timedelta) -> None:
    add(db, now)
    [held] = lease(db, now)
    with db.write() as session:
        due = fail(
            session, held, now=now, error="429", retry_at=now + ahead, first=MINUTE, longest=MINUTE
        )  # fmt: skip
    assert due == row(db).next_due_at == max(now, now + ahead)


def test_a_pause_says_who_must_do_what_and_lasts_until_resumed(db: Database, now: datetime) -> None:
    add(db, now)
    [held] = lease(db, now)
    with db.write() as session:
        pause(session, held, now=now, who_must_do_what="An admin must renew the key.")
    assert row(db).paused_reason == "An admin must renew the key."
    assert lease(db, now + timedelta(days=9)) == []
    with db.write() as session:
        resume(session, "bluesky", now=now + MINUTE)
    assert len(lease(db, now + MINUTE)) == 1
    with pytest.raises(NotFound), db.write() as session:
        resume(session, "x", now=now)


def test_due_ones_come_longest_waiting_first(db: Database, now: datetime) -> None:
    for minutes, network in ((0, "x"), (-5, "bluesky"), (-2, "reddit")):
        add(db, now + minutes * MINUTE, network)
    assert [held.name for held in lease(db, now)] == ["bluesky", "reddit", "x"]


def test_the_watch_set_is_of_stored_posts_that_stand(db: Database, now: datetime) -> None:
    with db.write() as session:
        make_topic(session, at=now)
        listener = Listener(Matcher(load_phrases(session)), {})
        page = [
            make_engagement("1", at=now),
            make_engagement("2", at=now - timedelta(days=10)),
            make_engagement("3", at=now),
            make_engagement("4", at=now, network="x"),
            make_engagement("1:b", None, at=now, kind=Kind.LIKE, target="1"),
            make_engagement("5", "weather", at=now),
        ]
        store_page(session, listener.select(page), [Ref("bluesky", None, "3")], now=now)
        assert load_watch(session, "bluesky", since=now - timedelta(days=7)) == {"1"}


def polls(db: Database, now: datetime) -> None:
    """Two topics of which Hacker News is asked, and a stream."""
    add(db, now)
    with db.write() as session:
        for name in ("one", "two"):
            make_topic(session, name=name, at=now)
        terms = SourceTerms(lawful_basis="assessed")
        add_source(session, network="x", terms=terms, now=now)
        synchronise(session, now=now)


def test_of_one_source_one_poll_runs_at_a_time_and_a_stream_beside(
    db: Database, now: datetime
) -> None:
    polls(db, now)
    held = lease(db, now)
    assert sum(one.is_stream for one in held) == 1
    by_source = [one.name for one in held if not one.is_stream]
    assert sorted(by_source) == ["bluesky", "x"]
    assert lease(db, now) == []
    for one in held:
        with db.write() as session:
            finish(session, one, now=now, next_due_at=now + MINUTE)
    assert sorted({one.name for one in lease(db, now)}) == ["bluesky", "x"]


def test_a_sign_of_life_keeps_a_lease_and_brings_none_back(db: Database, now: datetime) -> None:
    add(db, now)
    [held] = lease(db, now)
    with db.write() as session:
        renew(session, [held], now=now + LEASE / 2, extend=LEASE)
    assert lease(db, now + LEASE, "two") == []
    [taken] = lease(db, now + 2 * LEASE, "two")
    with db.write() as session:
        renew(session, [held], now=now + 2 * LEASE, extend=10 * LEASE)
    assert row(db).lease_owner == taken.owner
    assert row(db).lease_until == now + 3 * LEASE


def test_a_dead_owner_is_followed_at_once(db: Database, now: datetime) -> None:
    add(db, now)
    lease(db, now, "gone")
    with db.write() as session:
        assert lease_due(session, now=now, lease=LEASE, owner="b",
                         is_dead=lambda owner: owner.startswith("other")) == []  # fmt: skip
        [taken] = lease_due(session, now=now, lease=LEASE, owner="b",
                            is_dead=lambda owner: owner.startswith("gone"))  # fmt: skip
    assert taken.owner.startswith("b:")
    assert [run.outcome for run in runs(db)] == ["lost", "running"]


def test_a_person_may_want_some_only_and_now(db: Database, now: datetime) -> None:
    polls(db, now)
    early = now - MINUTE
    with db.write() as session:
        topic_id = session.scalars(select(Topic.id).where(Topic.name == "two")).one()
        wanted = Wanted("x", topic_id, tasks=frozenset({"collect"}))
        assert lease_due(session, now=early, lease=LEASE, owner="a", wanted=wanted) == []
        wanted = Wanted("x", topic_id, even_if_not_due=True, tasks=frozenset({"collect"}))
        [held] = lease_due(session, now=early, lease=LEASE, owner="a", wanted=wanted)
    assert (held.name, held.topic_id, held.task) == ("x", topic_id, "collect")


def test_a_paused_source_rests_as_a_whole(db: Database, now: datetime) -> None:
    polls(db, now)
    held = [one for one in lease(db, now) if one.name == "x"]
    with db.write() as session:
        pause(session, held[0], now=now, who_must_do_what="pay", whole_source=True)
    later = now + timedelta(days=1)
    assert {one.name for one in lease(db, later)} == {"bluesky"}
    with db.write() as session:
        resume(session, "x", now=later)
        pause_source(session, "bluesky", reason="rest")
    assert {one.name for one in lease(db, later)} == {"x"}


def test_a_spent_budget_waits_and_is_no_failure(db: Database, now: datetime) -> None:
    add(db, now)
    [held] = lease(db, now)
    with db.write() as session:
        wait_for_budget(session, held, now=now, until=now + 5 * MINUTE, why="spent")
    assert (row(db).failures, row(db).next_due_at) == (0, now + 5 * MINUTE)
    assert (runs(db)[0].outcome, runs(db)[0].error) == ("budget", "spent")


@pytest.mark.parametrize(
    ("network", "terms", "words"),
    [
        ("bluesky", SourceTerms(url="https://x", lawful_basis="a"), "wss://"),
        ("x", SourceTerms(), "lawful basis"),
        ("x", SourceTerms(lawful_basis="a", interval_seconds=5), "every 5 seconds"),
        ("x", SourceTerms(lawful_basis="a", daily_money=-1.0), "cannot be"),
        ("x", SourceTerms(lawful_basis="a", daily_money=float("nan")), "cannot be"),
        ("x", SourceTerms(lawful_basis="a", retention_days=999), "Retention"),
        ("nowhere", SourceTerms(lawful_basis="a"), "cannot be collected"),
        ("rss", SourceTerms(lawful_basis="a", url="http://127.0.0.1/feed"), "public internet"),
        ("rss", SourceTerms(lawful_basis="a", url="http://localhost/feed"), "public internet"),
        ("rss", SourceTerms(lawful_basis="a", url="http://169.254.169.254/"), "public internet"),
        ("mastodon", SourceTerms(lawful_basis="a", url="https://[::1]"), "public internet"),
    ],
)
def test_what_a_source_may_not_be(
    db: Database, now: datetime, network: str, terms: SourceTerms, words: str
) -> None:
    with pytest.raises(Refused, match=words), db.write() as session:
        add_source(session, network=network, terms=terms, now=now)


def test_a_source_is_changed_from_its_next_run_on(db: Database, now: datetime) -> None:
    polls(db, now)
    with db.write() as session:
        terms = SourceTerms(interval_seconds=600, options={"authors": "all"}, daily_money=2)
        edit_source(session, "x", terms, now=now)
        edit_source(session, "x", SourceTerms(options={"first_hours": "2", "lang": ""}), now=now)
        with pytest.raises(NotFound):
            edit_source(session, "nowhere", terms, now=now)
    with db.read() as session:
        source = session.scalars(select(Source).where(Source.name == "x")).one()
        assert (source.options, source.daily_money) == (
            {"authors": "all", "first_hours": "2"},
            2,
        )
        assert source.lawful_basis == "assessed"


@pytest.mark.parametrize(
    ("network", "options", "says"),
    [
        ("x", {"site": "money"}, "no option 'site'. It takes: authors, first_hours, lang"),
        ("rss", {"first_hours": "1"}, "no option 'first_hours'. It takes none"),
        ("x", {"authors": "some"}, "cannot be 'some'. Give matched or all"),
        ("mastodon", {"first_hours": "soon"}, "Give a number from 0 on"),
        ("mastodon", {"first_hours": "nan"}, "Give a number from 0 on"),
        ("reddit", {"search_hours": "-1"}, "Give a number from 0 on"),
    ],
)
def test_a_setting_that_nobody_reads_is_refused(
    db: Database, now: datetime, network: str, options: dict[str, str], says: str
) -> None:
    terms = SourceTerms(lawful_basis="a", approval_ref="b", options=options)
    with db.write() as session, pytest.raises(Refused) as caught:
        add_source(session, network=network, terms=terms, now=now)
    assert says in f"{caught.value}"


def test_every_option_that_a_collector_reads_may_be_given() -> None:
    folder = Path(__file__).resolve().parents[2] / "signals" / "collectors"
    read = {
        name
        for path in folder.rglob("*.py")
        for name in re.findall(
            r"(?:options\.get|settings\.number|settings\.whole)\(\"(\w+)\"",
            path.read_text(encoding="utf-8"),
        )
    }
    assert read == {name for network in COLLECTORS for name in traits_of(network).options}
