from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models import Keyword, Source, Spend
from models.database import Database
from signals.collectors.contract import Budget, Cost
from signals.sources import SourceTerms, add_source
from signals.spending import day_end, left_today, list_spent, record_spend
from tests.app.program import Program
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


def test_the_command_sums_up_as_asked(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    program.run_each(
        [
            ["init"],
            ["topic", "add", "Money", "--keyword", "pension", "--keyword", "annuity"],
            ["source", "add", "x", "--lawful-basis", "test"],
        ]
    )
    db = Database(f"sqlite:///{tmp_path / 'home' / 'warmlist.db'}")
    now = datetime.now(UTC)  # noqa: TID251 - a program run by a test reads the real clock
    with db.write() as session:
        ids = session.scalars(select(Keyword.id).order_by(Keyword.id)).all()
        for topic_id, keyword_ids, cost, back in (
            (1, ids, Cost(3, 100, 0.5), 0),
            (1, ids[:1], Cost(1, 10, 0.05), 1),
            (None, (), Cost(requests=7), 0),
            (1, ids, Cost(1, 100, 9.0), 40),
        ):
            record_spend(
                session, source_id=1, network="x", collection_id=1, topic_id=topic_id,
                keyword_ids=keyword_ids, cost=cost, now=now - timedelta(days=back),
            )  # fmt: skip
    db.close()
    day, keyword, topic, one_day, table, wrong, few = program.run_each(
        [
            ["spend", "--json"],
            ["spend", "--by", "keyword", "--json"],
            ["spend", "--by", "topic", "--json"],
            ["spend", "--days", "1", "--by", "network", "--json"],
            ["spend", "--by", "keyword"],
            ["spend", "--by", "moon"],
            ["spend", "--days", "0"],
        ]
    )
    assert day.document["total"] == {"requests": 11, "resources": 110, "money": 0.55}
    assert [row["money"] for row in day.document["rows"]] == [0.5, 0.05]
    found = {(row["topic"], row["keyword"]): row for row in keyword.document["rows"]}
    assert found["Money", "pension"]["money"] == 0.3
    assert found["Money", "annuity"]["requests"] == 1.5
    assert found[None, None]["requests"] == 7
    assert {row["topic"] for row in topic.document["rows"]} == {"Money", None}
    assert one_day.document["rows"] == [
        {"network": "x", "requests": 10, "resources": 100, "money": 0.5}
    ]
    assert "every topic" in table.out
    assert "no keyword" in table.out
    assert (wrong.code, few.code) == (2, 2)


def test_a_network_s_own_buckets_are_the_key_s_not_a_collection_s(
    db: Database, now: datetime
) -> None:
    """Two sources with several topics share one key; its day is California's."""
    search, units = Cost(1, 1, by_resource={"search": 1}), Cost(3, 3, by_resource={"unit": 3})
    with db.write() as session:
        terms = SourceTerms(lawful_basis="a", approval_ref="amendment 7")
        sources = [
            add_source(session, network="youtube", name=name, terms=terms, now=now)
            for name in ("one", "two")
        ]
        midnight = datetime(2026, 11, 25, 8, tzinfo=UTC)
        for number, (source, cost, at) in enumerate(
            [
                (sources[0], search, midnight - timedelta(seconds=1)),
                (sources[0], search, midnight), (sources[1], search, now),
                (sources[1], units, now), (sources[0], Cost(1, 1), now),
            ]
        ):  # fmt: skip
            record_spend(
                session, source_id=source.id, network="youtube", collection_id=number,
                topic_id=None, keyword_ids=[], cost=cost, now=at,
            )  # fmt: skip
    with db.read() as session:
        for source in session.scalars(select(Source)):
            assert left_today(session, source, defaults={}, now=now).used == {
                "search": 2, "unit": 3,
            }  # fmt: skip
            later = midnight + timedelta(days=1)
            assert left_today(session, source, defaults={}, now=later).used == {}


def test_a_part_of_a_request_is_a_part_of_a_bucket(
    db: Database, source: Source, now: datetime
) -> None:
    spend(db, source, Cost(1, 1, by_resource={"search": 1}), 2, now)
    with db.read() as session:
        parts = session.scalars(select(Spend.by_resource)).all()
    assert parts == [{"search": 0.5}, {"search": 0.5}]


def test_sources_of_one_key_share_their_network_s_budget(db: Database, now: datetime) -> None:
    with db.write() as session:
        terms = SourceTerms(lawful_basis="a")
        one, two = (
            add_source(session, network="x", name=name, terms=terms, now=now)
            for name in ("one", "two")
        )
        own = add_source(
            session, network="x", name="own", terms=replace(terms, daily_money=2.0), now=now
        )
    spend(db, one, Cost(1, 100, 0.5), 0, now)
    spend(db, own, Cost(1, 100, 0.25), 0, now)
    with db.read() as session:
        left = [
            left_today(session, source, defaults={"x": 5.0}, now=now).money
            for source in (one, two, own)
        ]
    assert left == [4.5, 4.5, 1.75]
