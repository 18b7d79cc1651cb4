"""What nobody asks a network for any more, or what is gone there, speaks for nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from models import Evidence, Signal, Topic
from models.database import Database
from signals.collectors.contract import Kind, Own, Ref
from signals.retention import purge_kept, purge_texts
from signals.shares import Ration, forget_unaffordable
from signals.sources import SourceTerms, add_source
from signals.targets import load_targets, load_unchecked
from signals.tombstones import forget
from tests.factories import make_prospect, make_topic

DAY = timedelta(days=1)
RATION = Ration(prices={"x": {"post": 0.005}}, defaults={"x": 0.01}, recheck_share=0.5)


def store_posts(db: Database, now: datetime, *, network: str) -> dict[str, int]:
    """Posts of today and yesterday, and a like of the older; prospects by name."""
    with db.write() as session:
        topic = make_topic(session, at=now)
        prospects = {
            name: make_prospect(session, topic, name, (1.0, at), network=network).id
            for name, at in (("old", now - DAY), ("new", now), ("fan", now))
        }
        like = session.scalars(select(Signal).where(Signal.external_id.startswith("fan"))).one()
        like.kind, like.text = Kind.LIKE, None
        like.target_external_id = "old-Retirement-0"
        return prospects


def counting(db: Database) -> set[str]:
    """Whose signals are evidence."""
    with db.read() as session:
        names = session.scalars(select(Signal.external_id).join(Evidence))
        return {name.partition("-")[0] for name in names}


def test_what_no_budget_pays_to_ask_for_again_is_no_evidence(db: Database, now: datetime) -> None:
    prospects = store_posts(db, now, network="x")
    with db.write() as session:
        topic = session.get_one(Topic, 1)
        make_prospect(session, topic, "ours", (1.0, now - 2 * DAY), network="x")
        session.scalars(
            select(Signal).where(Signal.external_id.startswith("ours"))
        ).one().own = Own.POST
        source = add_source(session, network="x", terms=SourceTerms(lawful_basis="a"), now=now)
        lapsed = forget_unaffordable(session, source, ration=RATION, now=now)
        assert lapsed == (1, {prospects["old"], prospects["fan"]})
        assert forget_unaffordable(session, source, ration=RATION, now=now) == (0, set())
        targets = load_targets(
            session, "x", topic_id=1, since=now - 9 * DAY, unread_since=now, limit=9
        )
        assert {one.ref.external_id[:4] for one in targets} == {"new-", "ours"}
        old = session.scalars(select(Signal).where(Signal.external_id.startswith("old"))).one()
        assert (old.text, old.deleted_at) == (None, None)
        assert old.url
    assert counting(db) == {"new", "ours"}


def test_what_x_is_asked_for_no_more_is_no_evidence(db: Database, now: datetime) -> None:
    prospects = store_posts(db, now, network="x")
    with db.write() as session:
        assert purge_kept(session, now=now + 30.5 * DAY) == (
            2, {prospects["old"], prospects["fan"], prospects["new"]},
        )  # fmt: skip
    assert counting(db) == set()


def test_what_counts_without_its_words_is_still_asked_for(db: Database, now: datetime) -> None:
    store_posts(db, now, network="reddit")
    later = now + 3 * DAY
    with db.write() as session:
        assert purge_texts(session, now=later) == 2
        due = load_unchecked(session, "reddit", before=later, limit=9, now=later)
        assert {ref.external_id[:3] for ref in due} == {"old", "new"}
        forget(session, due, now=later)
        assert load_unchecked(session, "reddit", before=later, limit=9, now=later) == []


def test_likes_of_a_deleted_post_go_with_it(db: Database, now: datetime) -> None:
    prospects = store_posts(db, now, network="bluesky")
    with db.write() as session:
        gone = forget(session, [Ref("bluesky", None, "old-Retirement-0")], now=now)
        assert set(gone) == {prospects["old"], prospects["fan"]}
    assert counting(db) == {"new"}
