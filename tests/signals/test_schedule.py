from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from models import Collection, Topic
from models.database import Database
from signals.catalog import edit_topic
from signals.schedule import synchronise
from signals.sources import SourceTerms, add_source
from tests.factories import make_topic

BASIS = SourceTerms(lawful_basis="assessed", approval_ref="R-1")


def active(db: Database, network: str, task: str = "collect") -> list[tuple[str, str]]:
    with db.read() as session:
        rows = session.execute(
            select(Collection.topic_key, Collection.scope)
            .where(Collection.network == network, Collection.task == task, Collection.active)
            .order_by(Collection.id)
        )
        return [(row[0], row[1]) for row in rows]


def add(db: Database, network: str, now: datetime) -> None:
    with db.write() as session:
        add_source(session, network=network, terms=BASIS, now=now)
        synchronise(session, now=now)


def test_a_stream_is_one_collection_however_many_topics(db: Database, now: datetime) -> None:
    add(db, "bluesky", now)
    assert active(db, "bluesky") == [("-", "")]
    assert active(db, "bluesky", "recheck") == []  # nothing can be stored without a topic
    with db.write() as session:
        for name in ("a", "b"):
            make_topic(session, name=name, at=now)
        synchronise(session, now=now)
    assert active(db, "bluesky") == [("-", "")]
    assert active(db, "bluesky", "recheck") == [("-", "")]
    assert len(active(db, "bluesky", "reread")) == 2


def test_an_edit_of_a_topic_takes_effect_at_the_next_look(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, name="a", at=now)
        topic_id = topic.id
    add(db, "x", now)
    key = str(topic_id)
    assert active(db, "x") == [(key, "")]

    def change(**what: object) -> None:
        with db.write() as session:
            edit_topic(session, session.get_one(Topic, topic_id), now=now, reason="tried", **what)  # type: ignore[arg-type] # as given
            synchronise(session, now=now)

    with db.write() as session:
        collection = session.scalars(
            select(Collection).where(Collection.network == "x",
                                     Collection.task == "collect")
        ).one()  # fmt: skip
        collection.cursor = "here"
    change(active=False)
    assert active(db, "x") == []
    change(active=True)
    assert active(db, "x") == [(key, "")]
    with db.read() as session:
        cursors = session.scalars(
            select(Collection.cursor).where(Collection.network == "x",
                                            Collection.task == "collect")
        ).all()  # fmt: skip
    assert cursors == ["here"]  # it goes on where it stopped


def test_looking_again_changes_nothing(db: Database, now: datetime) -> None:
    with db.write() as session:
        make_topic(session, name="a", at=now)
    add(db, "x", now)
    with db.write() as session:
        assert synchronise(session, now=now + timedelta(days=1)) == 0
