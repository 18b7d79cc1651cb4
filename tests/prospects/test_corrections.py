"""A correction is seen at once in evidence and rank, and taking it back restores both."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from config.errors import NotFound, Refused
from models import Evidence, Label, Prospect, Signal, StoredScore
from models.database import Database
from prospects.corrections import apply_label, revoke_label, standing_labels
from prospects.refresh import load_pending, store_scores
from quotas.touches import record_touch, undo_touch
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.scoring.contract import Intent, Reason, Score
from signals.topics import Matcher
from tests.factories import (
    make_assignment,
    make_engagement,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

_REASONS = (Reason("cue.asks_which", 1.5, "which", 0, 5), Reason("intercept", -0.25))
Ranks = list[tuple[int, float, datetime, list[tuple[int, float, str]]]]


@pytest.fixture
def topic_id(db: Database, now: datetime) -> int:
    """Ann wrote signals 1 and 2, Bob signal 3; Ann is warmer."""
    with db.write() as session:
        topic = make_topic(session, at=now)
        listener = Listener(Matcher(load_phrases(session)), {})
        page = [
            make_engagement("1", at=now - timedelta(days=3)),
            make_engagement("2", at=now),
            make_engagement("3", at=now, author="bob"),
        ]
        store_page(session, listener.select(page), (), now=now)
        store_scores(
            session,
            [
                (one, Score({Intent.SEEKING: 0.9}, 0.8, prospect, _REASONS))
                for one, prospect in zip(
                    load_pending(session, limit=9), (0.25, 0.625, 0.375), strict=True
                )
            ],
            scorer_version="fixed.v1",
            weights=warmth_settings(),
            now=now,
        )
        return topic.id


def ranks(db: Database, topic_id: int) -> Ranks:
    """Person, key, newest and evidence of each prospect, the warmest first."""
    with db.read() as session:
        return [
            (
                one.person_id,
                one.warmth_key,
                one.newest_at,
                sorted(
                    (e.signal_id, e.points, e.code)
                    for e in session.scalars(select(Evidence).filter_by(prospect_id=one.id))
                ),
            )
            for one in session.scalars(
                select(Prospect)
                .where(Prospect.topic_id == topic_id)
                .order_by(Prospect.warmth_key.desc())
            )
        ]


def signal_of(db: Database, name: str) -> int:
    with db.read() as session:
        return session.scalars(select(Signal.id).filter_by(external_id=name)).one()


def say(db: Database, signal_id: int, topic_id: int, value: int, now: datetime) -> int:
    with db.write() as session:
        label = apply_label(
            session, signal_id, topic_id, value, "manager", now, weights=warmth_settings()
        )
        return label.id


def take_back(db: Database, label_id: int, now: datetime) -> int:
    with db.write() as session:
        return revoke_label(session, label_id, now, weights=warmth_settings()).id


def test_a_no_takes_the_evidence_and_undo_brings_back_the_same(
    db: Database, topic_id: int, now: datetime
) -> None:
    before = ranks(db, topic_id)
    ann, bob = before[0][0], before[1][0]
    label = say(db, signal_of(db, "2"), topic_id, 0, now)
    during = ranks(db, topic_id)
    assert [one[0] for one in during] == [bob, ann]
    assert [points for _, points, _ in during[1][3]] == [0.75]
    assert during[1][2] == now - timedelta(days=3)
    take_back(db, label, now)
    after = ranks(db, topic_id)
    assert [one[0] for one in after] == [ann, bob]
    assert [one[2:] for one in after] == [one[2:] for one in before]
    # adding in another order may move the last bit
    assert [one[1] for one in after] == pytest.approx([one[1] for one in before], abs=1e-12)


def test_a_yes_counts_as_certain(db: Database, topic_id: int, now: datetime) -> None:
    bob = ranks(db, topic_id)[1][0]
    say(db, signal_of(db, "3"), topic_id, 1, now)
    first = ranks(db, topic_id)[0]
    assert first[0] == bob
    assert first[3] == [(signal_of(db, "3"), warmth_settings().post, "cue.asks_which")]


def test_somebody_with_nothing_left_is_no_prospect_until_undone(
    db: Database, topic_id: int, now: datetime
) -> None:
    before = ranks(db, topic_id)
    label = say(db, signal_of(db, "3"), topic_id, 0, now)
    assert [one[0] for one in ranks(db, topic_id)] == [before[0][0]]
    first = take_back(db, label, now)
    assert take_back(db, label, now) == first
    assert ranks(db, topic_id) == before


def test_the_latest_word_stands_and_nothing_is_overwritten(
    db: Database, topic_id: int, now: datetime
) -> None:
    signal_id = signal_of(db, "1")
    no = say(db, signal_id, topic_id, 0, now)
    yes = say(db, signal_id, topic_id, 1, now + timedelta(minutes=1))
    with db.read() as session:
        assert [(one.label_id, one.value) for one in standing_labels(session, topic_id)] == [
            (yes, 1)
        ]
    take_back(db, yes, now + timedelta(minutes=2))
    with db.read() as session:
        assert [one.label_id for one in standing_labels(session, topic_id, [signal_id])] == [no]
        assert len(session.scalars(select(Label)).all()) == 3
        assert len(session.scalars(select(StoredScore)).all()) == 3
    assert len(ranks(db, topic_id)[0][3]) == 1


@pytest.mark.parametrize(("disposition", "points"), [("not_relevant", None), ("meeting", 3.0)])
def test_a_rep_who_judges_moves_the_rank_at_once_and_undo_restores_it(
    db: Database, topic_id: int, now: datetime, disposition: str, points: float | None
) -> None:
    before = ranks(db, topic_id)
    bob = before[1][0]
    with db.write() as session:
        prospect = session.scalars(select(Prospect).filter_by(person_id=bob)).one()
        rep = make_rep(session, make_team(session, at=now), "Ines", at=now)
        assignment = make_assignment(session, rep, prospect, at=now)
        touch = record_touch(
            session, assignment.id, channel="call", disposition=disposition,
            idempotency_key="k", now=now, weights=warmth_settings(),
        )  # fmt: skip
    during = {one[0]: one[3][0][1] for one in ranks(db, topic_id)}
    assert during.get(bob) == points
    with db.write() as session:
        undo_touch(session, touch.id, now=now, limit=timedelta(hours=1), weights=warmth_settings())
    assert ranks(db, topic_id) == before


def test_what_cannot_be_judged_is_refused(db: Database, topic_id: int, now: datetime) -> None:
    signal_id = signal_of(db, "1")
    with pytest.raises(Refused, match="0 or 1"):
        say(db, signal_id, topic_id, 2, now)
    with pytest.raises(NotFound, match="no signal 99"):
        say(db, 99, topic_id, 1, now)
    with db.write() as session:
        other = make_topic(session, at=now, name="Funds", keywords=("fund",)).id
    with pytest.raises(Refused, match="does not belong"):
        say(db, signal_id, other, 1, now)
    with pytest.raises(NotFound, match="no label 99"):
        take_back(db, 99, now)
    with db.write() as session:
        session.get_one(Signal, signal_id).scored_at = None
    with pytest.raises(Refused, match="not scored yet"):
        say(db, signal_id, topic_id, 1, now)
