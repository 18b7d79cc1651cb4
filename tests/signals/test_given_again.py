"""A like that was taken back and given again counts again, whatever order they are heard in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models import Match, Signal, Tombstone
from models.database import Database
from signals.collectors.contract import Engagement, Flag, Kind, Ref
from signals.contact_points import Point
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.targets import is_known
from signals.tombstones import Hashes
from signals.topics import Matcher
from tests.factories import make_engagement, make_topic

MINUTE = timedelta(minutes=1)
LIKE = "p1:bob"


def hear(db: Database, now: datetime, *page: Engagement, gone: Sequence[str | Ref] = ()) -> int:
    """Store what came at once; how much was new."""
    refs = [one if isinstance(one, Ref) else Ref("bluesky", Kind.LIKE, one) for one in gone]
    with db.read() as session:
        listener = Listener(Matcher(load_phrases(session)), {})
    with db.write() as session:
        return store_page(session, listener.select(page), refs, now=now)[0].stored


def like(now: datetime, minutes: int, record: str | None = None) -> Engagement:
    return make_engagement(
        LIKE, None, at=now + minutes * MINUTE, author="bob", kind=Kind.LIKE, target="p1",
        record_ref=record,
    )  # fmt: skip


def counts(db: Database) -> bool:
    with db.read() as session:
        row = session.scalars(select(Signal).where(Signal.kind == Kind.LIKE)).one()
        has_match = session.scalar(select(Match.id).where(Match.signal_id == row.id)) is not None
        assert has_match == (row.deleted_at is None)
        if has_match:
            assert row.scored_at is None
            assert session.scalar(select(Tombstone.value_hash)) is None
        return has_match


@pytest.fixture(autouse=True)
def post(db: Database, now: datetime) -> None:
    with db.write() as session:
        make_topic(session, at=now)
    hear(db, now, make_engagement("p1", "retirement planning?", at=now))


def test_a_stream_names_each_of_them(db: Database, now: datetime) -> None:
    """Whatever part of it is heard again, what it said last holds."""
    happened = [(like(now, 1, "r1"), ""), (None, "r1"), (like(now, 2, "r2"), "")]
    for begin in range(3):
        for given, taken in happened[begin:]:
            hear(db, now, *([given] if given else []), gone=[taken] if taken else [])
        assert counts(db)
    hear(db, now, gone=["r2"])
    assert not counts(db)
    assert hear(db, now, like(now, 2, "r2")) == 0
    assert not counts(db)


def test_within_one_page_the_last_one_stands(db: Database, now: datetime) -> None:
    hear(db, now, like(now, 1, "r1"), like(now, 2, "r2"), gone=["r1"])
    assert counts(db)


def test_a_list_tells_them_by_their_time(db: Database, now: datetime) -> None:
    hear(db, now, like(now, 1))
    hear(db, now + 5 * MINUTE, gone=[LIKE])
    hear(db, now + 6 * MINUTE, like(now, 1))  # a server that lags still shows it
    assert not counts(db)
    assert hear(db, now + 9 * MINUTE, like(now, 8)) == 1
    assert counts(db)


def test_whoever_is_kept_out_stays_out(db: Database, now: datetime) -> None:
    hear(db, now, like(now, 1, "r1"), gone=["r1"])
    asked = replace(like(now, 2, "r2"), flags=frozenset({Flag.NO_BOT}))
    assert hear(db, now, asked) == 0
    assert not counts(db)
    with db.write() as session:
        Hashes(session).add(Point("account", "bob", "bluesky"), reason="asked", now=now)
    assert hear(db, now, like(now, 2, "r2")) == 0
    assert not counts(db)


def test_of_two_kinds_with_one_name_each_is_known_by_itself(db: Database, now: datetime) -> None:
    hear(db, now, like(now, 1, "r1"))
    refs = [Ref("bluesky", kind, LIKE) for kind in (Kind.LIKE, Kind.REPOST, None)]
    with db.read() as session:
        assert [is_known(session, ref) for ref in refs] == [True, False, True]
    hear(db, now, gone=["r1", Ref("bluesky", None, "p1")])
    with db.read() as session:
        assert not any(is_known(session, ref) for ref in refs)  # it may be given again
        assert is_known(session, Ref("bluesky", Kind.POST, "p1"))
