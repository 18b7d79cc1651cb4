from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from models import Evidence, Match, Person, Prospect, Signal, StoredScore, Topic
from models.database import Database
from prospects.refresh import Pending, headline, load_pending, recompute, store_scores
from prospects.suppress import suppress_person
from prospects.warmth import add_keys, key_of
from signals.collectors.contract import Engagement, Kind
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.scoring.contract import Intent, Reason, Score
from signals.topics import Matcher
from tests.factories import make_engagement, make_topic, warmth_settings


def bring(db: Database, now: datetime, *engagements: Engagement) -> None:
    with db.write() as session:
        listener = Listener(Matcher(load_phrases(session)), {})
        store_page(session, listener.select(engagements), (), now=now)


def pending_of(db: Database) -> list[Pending]:
    with db.read() as session:
        return load_pending(session, limit=100)


def score(db: Database, pending: Sequence[Pending], now: datetime, prospect: float = 0.5) -> None:
    reasons = (Reason("cue.asks_which", 1.5, "which", 0, 5), Reason("intercept", -0.25))
    with db.write() as session:
        store_scores(
            session,
            [(one, Score({Intent.SEEKING: 0.9}, 0.8, prospect, reasons)) for one in pending],
            scorer_version="fixed.v1", weights=warmth_settings(), now=now,
        )  # fmt: skip


@pytest.fixture(autouse=True)
def _topics(db: Database, now: datetime) -> None:
    with db.write() as session:
        make_topic(session, at=now)
        make_topic(session, at=now, name="Funds", keywords=("index fund",), half_life_hours=24)


def test_a_signal_waits_once_per_topic_with_its_words(db: Database, now: datetime) -> None:
    bring(
        db, now,
        make_engagement("1", "retirement planning with an index fund?", at=now, language="en"),
        make_engagement("1:b", None, at=now, author="bob", kind=Kind.LIKE, target="1"),
    )  # fmt: skip
    pending = pending_of(db)
    assert [(one.kind, one.input.topic.name) for one in pending] == [
        ("post", "Retirement"), ("post", "Funds"), ("like", "Retirement"), ("like", "Funds"),
    ]  # fmt: skip
    assert {one.input.text for one in pending} == {"retirement planning with an index fund?"}
    assert pending[0].input.topic.keywords == ("retirement planning",)


def test_who_must_not_be_shown_is_not_judged(db: Database, now: datetime) -> None:
    bring(db, now, make_engagement("1", at=now), make_engagement("2", at=now, author="bob"))
    waiting = pending_of(db)
    with db.write() as session:
        person = session.get_one(Person, waiting[0].person_id)
        suppress_person(session, person, reason="objection", now=now)
    assert [one.person_id for one in pending_of(db)] == [waiting[1].person_id]


def test_scores_become_evidence_and_a_rank(db: Database, now: datetime) -> None:
    earlier = now - timedelta(days=3)
    bring(db, now, make_engagement("1", at=earlier), make_engagement("2", at=now))
    score(db, pending_of(db), now)
    assert pending_of(db) == []
    with db.read() as session:
        prospect = session.scalars(select(Prospect)).one()
        first, second = session.scalars(select(Evidence).order_by(Evidence.signal_id))
        assert (first.points, first.code, first.ordinal) == (1.5, "cue.asks_which", 1)
        # the second within a half-life is a repeat
        assert (second.points, second.ordinal) == (pytest.approx(1.05), 2)
        assert (first.weight, first.intent, first.relevance) == (3.0, 0.625, 0.8)
        week = timedelta(days=7)
        expected = add_keys([key_of(1.5, earlier, week), key_of(1.05, now, week)])
        assert prospect.warmth_key == pytest.approx(expected, abs=1e-9)
        assert prospect.newest_at == now
        stored = session.scalars(select(StoredScore)).first()
        assert stored is not None
        assert stored.reasons == [["cue.asks_which", 1.5, 0, 5], ["intercept", -0.25, -1, -1]]
        assert (stored.prospect, stored.relevance, stored.intents) == (0.5, 0.8, {"seeking": 0.9})


def test_a_later_batch_adds_to_the_rank_and_an_old_signal_does_not_rejuvenate(
    db: Database, now: datetime
) -> None:
    bring(db, now, make_engagement("1", at=now))
    score(db, pending_of(db), now)
    bring(db, now, make_engagement("2", at=now - timedelta(days=9)))
    score(db, pending_of(db), now)
    with db.read() as session:
        prospect = session.scalars(select(Prospect)).one()
        assert prospect.newest_at == now
        kept = [
            key_of(e.points, e.occurred_at, timedelta(days=7))
            for e in session.scalars(select(Evidence))
        ]
        assert prospect.warmth_key == pytest.approx(add_keys(kept), abs=1e-9)


def test_scoring_the_same_batch_twice_counts_once(db: Database, now: datetime) -> None:
    bring(db, now, make_engagement("1", at=now))
    pending = pending_of(db)
    score(db, pending, now)
    with db.read() as session:
        before = session.scalars(select(Prospect.warmth_key)).one()
    score(db, pending, now)
    with db.read() as session:
        assert session.scalars(select(Prospect.warmth_key)).one() == before
        assert len(session.scalars(select(StoredScore)).all()) == 1


def test_what_was_deleted_while_it_was_scored_leaves_no_trace(db: Database, now: datetime) -> None:
    bring(db, now, make_engagement("1", at=now))
    pending = pending_of(db)
    with db.write() as session:
        session.execute(update(Signal).values(deleted_at=now, text=None))
    score(db, pending, now)
    with db.read() as session:
        assert session.scalars(select(StoredScore)).all() == []
        assert session.scalars(select(Prospect)).all() == []


def test_evidence_under_the_floor_ranks_nobody(db: Database, now: datetime) -> None:
    bring(db, now, make_engagement("1", at=now))
    score(db, pending_of(db), now, prospect=0.001)
    with db.read() as session:
        assert session.scalars(select(Prospect)).all() == []
        assert session.scalars(select(Signal.scored_at)).one() == now


def test_a_signal_whose_match_went_away_stops_waiting(db: Database, now: datetime) -> None:
    bring(db, now, make_engagement("1", at=now))
    with db.write() as session:
        session.query(Match).delete()
    pending = pending_of(db)
    assert [one.topic_id for one in pending] == [0]
    score(db, pending, now)
    assert pending_of(db) == []
    with db.read() as session:
        assert session.scalars(select(StoredScore)).all() == []


def test_recompute_ranks_from_what_is_left(db: Database, now: datetime) -> None:
    page = [make_engagement(str(n), at=now - timedelta(days=n)) for n in range(3)]
    bring(db, now, *page, make_engagement("b", at=now, author="bob"))
    score(db, pending_of(db), now)
    with db.write() as session:
        ids = session.scalars(select(Prospect.id).order_by(Prospect.person_id)).all()
        before = [session.get_one(Prospect, number).warmth_key for number in ids]
        recompute(session, ids)
        session.expire_all()
        after = [session.get_one(Prospect, number).warmth_key for number in ids]
        assert after == pytest.approx(before, abs=1e-9)
        session.query(Evidence).filter_by(prospect_id=ids[1]).delete()
        newest = session.scalars(
            select(Evidence.signal_id).order_by(Evidence.occurred_at.desc()).limit(1)
        ).one()
        session.query(Evidence).filter_by(signal_id=newest).delete()
        recompute(session, ids)
    with db.read() as session:
        left = session.scalars(select(Prospect)).one()
        assert left.id == ids[0]
        assert left.newest_at == now - timedelta(days=1)


def test_each_topic_fades_at_its_own_pace(db: Database, now: datetime) -> None:
    at = now - timedelta(days=1)
    bring(db, now, make_engagement("1", "retirement planning, index fund", at=at))
    score(db, pending_of(db), now)
    with db.read() as session:
        rows = session.execute(
            select(Topic.name, Prospect.warmth_key).join(Prospect, Prospect.topic_id == Topic.id)
        )
        keys = {row[0]: row[1] for row in rows}
    assert keys["Retirement"] == pytest.approx(key_of(1.5, at, timedelta(days=7)), abs=1e-9)
    assert keys["Funds"] == pytest.approx(key_of(1.5, at, timedelta(days=1)), abs=1e-9)


@pytest.mark.parametrize(
    ("reasons", "kind", "code"),
    [
        ([], "post", "kind.post"),
        ([("cue.asks_which", 1.0)], "like", "kind.like"),
        ([("cue.question", 2.0), ("cue.asks_which", 1.0)], "post", "cue.asks_which"),
        ([("cue.question", 2.0)], "post", "cue.question"),
        ([("cue.sells", -2.0), ("intercept", 3.0)], "comment", "kind.comment"),
    ],
)
def test_the_code_that_says_best_why(
    reasons: list[tuple[str, float]], kind: str, code: str
) -> None:
    assert headline([Reason(*one) for one in reasons], kind) == code
