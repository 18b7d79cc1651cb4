from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from config.errors import Conflict, NotFound, Refused
from models import Collection, CollectionRun, Topic
from models.database import Database
from signals.collection import (
    Lease,
    add_collection,
    advance,
    fail,
    finish,
    lease_due,
    load_watch,
    pause,
    resume,
)
from signals.collectors.contract import Cost, Cursor, Gap, Kind, Page, Ref
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.topics import Matcher
from tests.factories import make_engagement, make_topic

LEASE = timedelta(minutes=3)
MINUTE = timedelta(minutes=1)


def add(db: Database, now: datetime, network: str = "bluesky", basis: str = "assessed") -> None:
    with db.write() as session:
        add_collection(
            session, network=network, settings={"url": "ws://x"}, lawful_basis=basis,
            interval=MINUTE, now=now,
        )  # fmt: skip


def lease(db: Database, now: datetime, owner: str = "one") -> list[Lease]:
    with db.write() as session:
        return lease_due(session, now=now, lease=LEASE, owner=owner)


def move(db: Database, held: Lease, now: datetime, page: Page) -> None:
    with db.write() as session:
        session.add(Topic(name=f"with {page.cursor.value}", half_life_hours=1, window_days=1,
                          created_at=now, updated_at=now))  # fmt: skip
        advance(session, held, page, stored=1, matched=2, malformed=3, now=now, extend=LEASE)


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
    assert (held.network, held.cursor, held.settings) == ("bluesky", None, {"url": "ws://x"})
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
    assert (row(db).cursor, row(db).next_due_at, row(db).lease_owner) == (None, before, "two")
    assert (row(db).failures, row(db).paused_reason) == (0, None)
    assert [run.outcome for run in runs(db)] == ["lost", "running"]
    move(db, taken, now + LEASE, Page((), Cursor("c1")))
    assert row(db).cursor == "c1"


def test_waits_double_up_to_the_bound_and_a_good_run_forgets_them(
    db: Database, now: datetime
) -> None:
    add(db, now)
    spread = 1 + (row(db).id * 37 % 20) / 100
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
    expected = [min(2**n * MINUTE * spread, 10 * MINUTE) for n in range(30)]
    assert [round(wait.total_seconds(), 3) for wait in waits] == [
        round(wait.total_seconds(), 3) for wait in expected
    ]
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
    assert [held.network for held in lease(db, now)] == ["bluesky", "reddit", "x"]


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
