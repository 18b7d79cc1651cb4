"""Two processes on one PostgreSQL: of one source one poll is read at a time, whoever looks when."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from models import Collection
from models.database import Database
from signals.collection import finish
from signals.collectors.contract import Cost
from signals.leases import Lease, lease_due
from signals.schedule import synchronise
from signals.sources import SourceTerms, add_source
from signals.spending import record_spend
from tests.conftest import PostgresServer
from tests.factories import make_topic

pytestmark = pytest.mark.postgresql
LEASE = timedelta(minutes=3)
POLLS = 4


@pytest.fixture
def pair(postgres: PostgresServer, now: datetime) -> Iterator[tuple[Database, Database]]:
    """One database as two processes see it, with several polls due of one source that costs."""
    url = postgres.create()
    one, two = Database(url), Database(url)
    with one.write() as session:
        for number in range(POLLS):
            make_topic(session, name=f"topic {number}", at=now)
        terms = SourceTerms(lawful_basis="a", daily_money=1.0)
        add_source(session, network="hackernews", terms=terms, now=now)
        synchronise(session, now=now)
    yield one, two
    one.close()
    two.close()


def lease(db: Database, now: datetime, owner: str) -> list[Lease]:
    with db.write() as session:
        return lease_due(session, now=now, lease=LEASE, owner=owner)


def test_while_one_is_deciding_nobody_else_leases_a_poll(
    pair: tuple[Database, Database], now: datetime
) -> None:
    one, two = pair
    with one.write() as session:
        [held] = lease_due(session, now=now, lease=LEASE, owner="one")
        assert lease(two, now, "two") == []
    assert lease(two, now, "two") == []
    with one.write() as session:
        finish(session, held, now=now, next_due_at=now + timedelta(days=1))
    [other] = lease(two, now, "two")
    assert other.collection_id != held.collection_id


def test_what_was_leased_since_somebody_looked_counts(
    pair: tuple[Database, Database], now: datetime
) -> None:
    one, two = pair
    took: list[Lease] = []

    def overtake(_: Any, __: Any, statement: str, *___: Any) -> None:
        """Two has seen that nothing is held; before it locks anything, one comes and goes."""
        if "FOR NO KEY UPDATE" in statement and not took:
            took.extend(lease(one, now, "one"))

    event.listen(two.engine, "before_cursor_execute", overtake)
    assert lease(two, now, "two") == []
    assert len(took) == 1


def test_a_run_that_ended_since_somebody_looked_is_not_repeated(
    pair: tuple[Database, Database], now: datetime
) -> None:
    one, two = pair
    done: list[int] = []

    def overtake(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "FOR NO KEY UPDATE" not in statement or done:
            return
        done.append(0)
        for _number in range(POLLS):
            [held] = lease(one, now, "one")
            with one.write() as session:
                finish(session, held, now=now, next_due_at=now + timedelta(hours=1))
            done.append(held.collection_id)

    event.listen(two.engine, "before_cursor_execute", overtake)
    polls = [held for held in lease(two, now, "two") if held.collection_id in done]
    assert polls == []


def test_a_page_that_is_being_stored_holds_nobody_up(
    pair: tuple[Database, Database], now: datetime
) -> None:
    one, two = pair
    with one.read() as session:
        source_id, collection_id = session.execute(
            select(Collection.source_id, Collection.id).limit(1)
        ).one()
    with one.write() as session:
        record_spend(
            session, source_id=source_id, network="hackernews", collection_id=collection_id,
            topic_id=None, keyword_ids=(), cost=Cost(requests=1), now=now,
        )  # fmt: skip
        session.flush()
        assert len(lease(two, now, "two")) == 1


def test_many_that_look_at_once_take_one_poll_between_them(
    pair: tuple[Database, Database], now: datetime
) -> None:
    for number in range(25):
        start = threading.Barrier(2)

        def look(db: Database, start: threading.Barrier = start, number: int = number) -> int:
            start.wait(10)
            return len(lease(db, now, f"round {number}"))

        with ThreadPoolExecutor(2) as pool:
            taken = sum(pool.map(look, pair))
        assert taken == 1, f"round {number}"
        with pair[0].write() as session:
            session.execute(update(Collection).values(lease_until=None, lease_owner=None))
