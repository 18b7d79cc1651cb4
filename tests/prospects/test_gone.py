"""Evidence that disappears lowers the score at once, by what it was worth and no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from models import Account, Prospect, Signal
from models.database import Database
from prospects.corrections import revive
from prospects.ranking import explain_person, rank_supply
from prospects.refresh import load_pending, mark_pending, store_scores
from signals.collectors.contract import Engagement, Kind, Ref
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.scoring.contract import Score
from signals.topics import Matcher
from tests.factories import list_settings, make_engagement, make_topic, warmth_settings


def collect(
    db: Database, now: datetime, said: Sequence[Engagement] = (), gone: Sequence[Ref] = ()
) -> None:
    """A page as it is collected: stored, what is gone taken back, the new scored."""
    with db.write() as session:
        listener = Listener(Matcher(load_phrases(session)), {})
        _, affected = store_page(session, listener.select(said), gone, now=now)
        revive(session, affected, weights=warmth_settings())
    with db.read() as session:
        pending = load_pending(session, limit=100)
    with db.write() as session:
        store_scores(
            session, [(one, Score({}, 0.9, 0.5)) for one in pending], scorer_version="fixed.v1",
            weights=warmth_settings(), now=now, marks=mark_pending(pending),
        )  # fmt: skip


def terms_of(db: Database, person: str, now: datetime) -> dict[str, int]:
    """What each of a person's signals is worth now, in hundredths, by the network's id."""
    with db.read() as session:
        person_id = session.scalars(
            select(Account.person_id).where(Account.external_id == person)
        ).one()
        found = explain_person(session, person_id, as_of=now, settings=list_settings())
        return {
            session.get_one(Signal, reason.signal_id).external_id: reason.hundredths
            for one in found
            for reason in one.warmth.reasons
        }


def listed(db: Database, now: datetime) -> list[int]:
    with db.read() as session:
        supply = rank_supply(
            session, wanted=10, suits=[lambda _: True], as_of=now, is_past=False,
            settings=list_settings(threshold=0.01),
        )  # fmt: skip
        return [one.warmth.hundredths for one in supply]


def test_a_withdrawn_like_and_a_deleted_post_lower_the_score_at_once(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        make_topic(session, at=now)
    earlier = now - timedelta(days=2)
    post = make_engagement("p1", "retirement planning, which one?", at=earlier, author="ann")
    like = make_engagement(
        "p1:bob", None, at=earlier, author="bob", kind=Kind.LIKE, target="p1",
        record_ref="at://bob/like/1",
    )  # fmt: skip
    said = make_engagement("c1", "retirement planning is on my mind", at=now, author="bob",
                           kind=Kind.COMMENT)  # fmt: skip
    collect(db, now, [post, like, said])
    before, ann = terms_of(db, "bob", now), terms_of(db, "ann", now)
    assert set(before) == {"p1:bob", "c1"}
    assert all(points > 0 for points in before.values())
    assert sorted(listed(db, now)) == sorted([sum(before.values()), sum(ann.values())])

    collect(db, now, gone=[Ref("bluesky", None, "at://bob/like/1")])
    assert terms_of(db, "bob", now) == {"c1": before["c1"]}
    assert terms_of(db, "ann", now) == ann
    assert sorted(listed(db, now)) == sorted([before["c1"], sum(ann.values())])

    collect(db, now, gone=[Ref("bluesky", Kind.COMMENT, "c1")])
    assert terms_of(db, "bob", now) == {}
    assert listed(db, now) == [sum(ann.values())]

    collect(db, now, gone=[Ref("bluesky", Kind.POST, "p1")])
    assert listed(db, now) == []
    with db.read() as session:
        assert session.scalars(select(Prospect)).all() == []
