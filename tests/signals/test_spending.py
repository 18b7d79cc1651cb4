from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import Keyword, Source, Spend
from models.database import Database
from signals.collectors.contract import Budget, Cost
from signals.sources import SourceTerms, add_source
from signals.spending import day_end, left_today, list_spent, record_spend
from tests.factories import make_topic


@pytest.fixture
def source(db: Database, now: datetime) -> Source:
    with db.write() as session:
        make_topic(session, keywords=("pension", "annuity"), at=now)
        terms = SourceTerms(lawful_basis="a", daily_money=1.0, daily_requests=10)
        return add_source(session, network="x", terms=terms, now=now)


def spend(db: Database, source: Source, cost: Cost, keywords: int, now: datetime) -> None:
    with db.write() as session:
        ids = session.scalars(select(Keyword.id).order_by(Keyword.id).limit(keywords)).all()
        record_spend(
            session, source_id=source.id, network="x", collection_id=1, topic_id=1,
            keyword_ids=ids, cost=cost, now=now,
        )  # fmt: skip


def left(db: Database, source: Source, now: datetime) -> Budget:
    with db.read() as session:
        return left_today(session, session.get_one(Source, source.id), defaults={}, now=now)


def test_a_budget_shrinks_within_a_utc_day_and_begins_anew(
    db: Database, source: Source, now: datetime
) -> None:
    assert left(db, source, now) == Budget(money=1.0, requests=10)
    spend(db, source, Cost(3, 50, 0.25), 2, now)
    spend(db, source, Cost(1, 10, 0.25), 0, now)
    assert left(db, source, now) == Budget(money=0.5, requests=6)
    spend(db, source, Cost(100, 10, 9), 1, now)
    assert left(db, source, now) == Budget(money=0, requests=0)
    tomorrow = day_end(now)
    assert tomorrow == datetime(2026, 11, 26, tzinfo=UTC)
    assert left(db, source, tomorrow - timedelta(seconds=1)).money == 0
    assert left(db, source, tomorrow) == Budget(money=1.0, requests=10)


def test_a_network_has_a_budget_where_its_source_sets_none(db: Database, now: datetime) -> None:
    with db.write() as session:
        terms = SourceTerms(lawful_basis="a")
        source = add_source(session, network="x", terms=terms, now=now)
        assert left_today(session, source, defaults={"x": 5.0}, now=now).money == 5.0
        assert left_today(session, source, defaults={"y": 5.0}, now=now) == Budget()


def test_what_was_spent_is_told_by_keyword(db: Database, source: Source, now: datetime) -> None:
    spend(db, source, Cost(1, 100, 0.5), 2, now)
    spend(db, source, Cost(2, 0, 0.0), 0, now)
    spend(db, source, Cost(), 2, now)  # costs nothing: no row
    with db.read() as session:
        spent = list_spent(session, since=now.date())
        assert len(session.scalars(select(Spend)).all()) == 3
    found = {one.keyword: (one.requests, one.resources, one.money) for one in spent}
    assert found == {"pension": (0.5, 50, 0.25), "annuity": (0.5, 50, 0.25), None: (2, 0, 0)}
