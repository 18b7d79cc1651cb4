from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Account, AccountIdentity, Evidence, Prospect, Signal, StoredScore, Topic
from models.database import Database
from prospects.corrections import settle
from prospects.refresh import Pending, recompute, store_scores
from prospects.warmth import key_of, value_of
from signals.scoring.contract import Score, ScorerInput, TopicContext
from tests.factories import make_person, make_topic, warmth_settings

_numbers = itertools.count(1)


def bring(
    session: Session, topic: Topic, account: Account, at: datetime, kind: str, prospect: float
) -> Pending:
    """A stored signal of this account, and what waits for its score."""
    signal = Signal(
        network="bluesky", kind=kind, external_id=f"e{next(_numbers)}", account_id=account.id,
        text="retirement planning", language="en", metrics={}, occurred_at=at, observed_at=at,
    )  # fmt: skip
    session.add(signal)
    session.flush()
    words = ScorerInput("retirement planning", "en", kind, TopicContext(topic.name))
    return Pending(signal.id, account.person_id, topic.id, kind, at, words, account.id)


def score(session: Session, now: datetime, *brought: tuple[Pending, float]) -> None:
    store_scores(
        session,
        [(pending, Score({}, 0.9, prospect)) for pending, prospect in brought],
        scorer_version="fixed.v1", weights=warmth_settings(), now=now,
    )  # fmt: skip


def account_of(session: Session, name: str, at: datetime) -> Account:
    person = make_person(session, name, at=at)
    return session.scalars(select(Account).where(Account.person_id == person.id)).one()


KINDS = st.sampled_from(("post", "comment", "like"))
ACTS = st.lists(
    st.tuples(KINDS, st.floats(0.2, 1), st.integers(0, 40)), min_size=1, max_size=12
)  # kind, probability, days ago


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ACTS, st.integers(0, 11))
def test_adding_one_by_one_gives_the_key_of_all_and_a_loss_is_what_was_shown(
    db: Database, now: datetime, acts: list[tuple[str, float, int]], lost: int
) -> None:
    week = timedelta(days=7)
    with db.write() as session:
        topic = session.scalars(select(Topic)).first() or make_topic(session, at=now)
        account = account_of(session, f"ann{next(_numbers)}", now)
        for kind, prospect, days in acts:
            at = now - timedelta(days=days)
            score(session, now, (bring(session, topic, account, at, kind, prospect), prospect))
        found = session.scalars(
            select(Prospect).where(Prospect.person_id == account.person_id)
        ).one()
        running, newest, fit = found.warmth_key, found.newest_at, found.fit
        recompute(session, [found.id])
        session.refresh(found)
        assert found.warmth_key == pytest.approx(running, abs=1e-8)
        assert (found.newest_at, found.fit) == (newest, fit)
        rows = session.scalars(
            select(Evidence).where(Evidence.prospect_id == found.id).order_by(Evidence.signal_id)
        ).all()
        settle(session, topic.id, [row.signal_id for row in rows], weights=warmth_settings())
        session.refresh(found)
        assert found.warmth_key == pytest.approx(running, abs=1e-8)  # made again, it is the same
        gone = rows[lost % len(rows)]
        worth = value_of(key_of(gone.points, gone.occurred_at, week), now, week)
        before = value_of(running, now, week)
        session.execute(delete(Evidence).where(Evidence.signal_id == gone.signal_id))
        recompute(session, [found.id])
        left = session.scalar(
            select(Prospect.warmth_key).where(Prospect.person_id == account.person_id)
        )
        after = 0.0 if left is None else value_of(left, now, week)
        assert after == pytest.approx(before - worth, abs=1e-6)


def test_repeats_within_a_half_life_diminish_and_later_ones_start_anew(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        topic, ann = make_topic(session, at=now), account_of(session, "ann", now)
        for kind, days in (("post", 20), ("post", 19), ("like", 19), ("post", 2), ("post", 1)):
            at = now - timedelta(days=days)
            score(session, now, (bring(session, topic, ann, at, kind, 0.8), 0.8))
        ordinals = session.scalars(select(Evidence.ordinal).order_by(Evidence.signal_id)).all()
        assert ordinals == [1, 2, 1, 1, 2]


def test_somebody_who_posts_all_day_leaves_a_dozen_rows(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic, ann = make_topic(session, at=now), account_of(session, "ann", now)
        score(
            session,
            now,
            *((bring(session, topic, ann, now, "post", 1.0), 1.0) for _ in range(60)),
        )
        rows = session.scalars(select(Evidence)).all()
        assert len(rows) == 12
        assert sum(row.points for row in rows) < 10
        assert len(session.scalars(select(StoredScore)).all()) == 60


@pytest.mark.parametrize(
    ("verdict", "share"), [("person", 1.0), ("seller", 0.15), ("staff", 0.0), ("unknown", 1.0)]
)
def test_evidence_counts_by_who_gave_it(
    db: Database, now: datetime, verdict: str, share: float
) -> None:
    with db.write() as session:
        topic, ann = make_topic(session, at=now), account_of(session, "ann", now)
        session.add(
            AccountIdentity(
                account_id=ann.id, verdict=verdict, source="derived", reasons=[], decided_at=now
            )
        )
        session.flush()
        score(session, now, (bring(session, topic, ann, now, "post", 0.8), 0.8))
        points = session.scalars(select(Evidence.points)).all()
        assert points == ([pytest.approx(3.0 * 0.8 * share)] if share else [])
        assert len(session.scalars(select(Prospect)).all()) == len(points)
