from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.tuning import apply_weights
from config.errors import Refused
from config.settings import load_settings
from models import Evidence, Prospect, StoredScore, WarmthVersion
from models.database import Database
from prospects.refresh import load_pending, store_scores
from prospects.tuning import (
    CONFIGURATION,
    history,
    in_force,
    load_weights,
    note_configuration,
    tune,
)
from prospects.warmth import value_of
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.scoring.contract import Score
from signals.topics import Matcher
from tests.factories import make_engagement, make_topic, warmth_settings

CONFIGURED = warmth_settings()


def change(session: Session, now: datetime, changes: dict[str, float]) -> WarmthVersion:
    return tune(
        session, changes, author="Dina", why="likes are cheap", configured=CONFIGURED, now=now
    )


def bring(db: Database, now: datetime, probability: float) -> None:
    with db.write() as session:
        make_topic(session, at=now)
        listener = Listener(Matcher(load_phrases(session)), {})
        store_page(session, listener.select([make_engagement("s1", at=now)]), (), now=now)
    with db.read() as session:
        pending = load_pending(session, limit=10)
    with db.write() as session:
        store_scores(
            session, [(one, Score({}, 0.9, probability)) for one in pending],
            scorer_version="fixed.v1", weights=load_weights(session, CONFIGURED), now=now,
        )  # fmt: skip


def test_a_change_is_a_version_and_evidence_follows_without_scoring(
    db: Database, now: datetime
) -> None:
    workspace = Workspace(load_settings(), db)
    bring(db, now, 0.5)
    with db.write() as session:
        version = change(session, now, {"post": 4.0, "identity.unknown": 0.5})
        assert (version.number, version.applied_at) == (2, None)
    assert apply_weights(workspace, clock=lambda: now) == 1
    assert apply_weights(workspace, clock=lambda: now) == 0
    with db.write() as session:
        row = session.scalars(select(Evidence)).one()
        assert (row.points, row.weight, row.identity) == (1.0, 4.0, 0.5)
        assert len(session.scalars(select(StoredScore)).all()) == 1
        first, second = history(session)[::-1]
        assert (first.author, second.author, second.why) == (
            CONFIGURATION, "Dina", "likes are cheap",
        )  # fmt: skip
        assert second.applied_at == now
        change(session, now, {"floor": 1.5})
    apply_weights(workspace, clock=lambda: now)
    with db.write() as session:
        assert session.scalars(select(Evidence)).all() == []
        change(session, now, {"floor": 0.05})
    apply_weights(workspace, clock=lambda: now)
    with db.read() as session:  # what was under the floor comes back from its score
        assert session.scalars(select(Evidence.points)).all() == [1.0]


def test_the_configuration_counts_until_somebody_tunes(db: Database, now: datetime) -> None:
    other = CONFIGURED.model_copy(update={"like": 0.4})
    with db.write() as session:
        assert load_weights(session, CONFIGURED) == CONFIGURED
        assert note_configuration(session, CONFIGURED, now=now).number == 1
        assert note_configuration(session, CONFIGURED, now=now).number == 1
        assert note_configuration(session, other, now=now).number == 2
        change(session, now, {"like": 0.3})
        assert note_configuration(session, CONFIGURED, now=now).number == 4
        assert load_weights(session, CONFIGURED).like == 0.3
        newest = in_force(session)
        assert newest is not None
        assert newest.applied_at == now  # there was nothing to make again


@pytest.mark.parametrize(
    "changes",
    [{"nonsense": 1.0}, {"identity": 1.0}, {"like": -1.0}, {"repeat": 2.0}, {"like": 0.5}],
)
def test_what_is_no_change_is_refused(
    db: Database, now: datetime, changes: dict[str, float]
) -> None:
    with db.write() as session:
        with pytest.raises(Refused):
            change(session, now, changes)
        with pytest.raises(Refused):
            tune(session, {"like": 0.4}, author="", why="x", configured=CONFIGURED, now=now)


def test_a_half_life_is_tuned_like_a_weight(db: Database, now: datetime) -> None:
    workspace = Workspace(load_settings(), db)
    bring(db, now - timedelta(hours=168), 0.5)
    with db.write() as session:
        before = session.scalars(select(Prospect.warmth_key)).one()
        version = change(session, now, {"half_life.Retirement": 84.0})
        assert version.settings["half_lives"] == {"Retirement": 84.0}
        with pytest.raises(Refused):
            change(session, now, {"half_life.Retirement": 0.0})
    apply_weights(workspace, clock=lambda: now)
    with db.write() as session:
        after = session.scalars(select(Prospect.warmth_key)).one()
        assert value_of(before, now, timedelta(hours=168)) == pytest.approx(0.75)
        assert value_of(after, now, timedelta(hours=84)) == pytest.approx(0.375)
        assert change(session, now, {"like": 0.4}).settings["half_lives"] == {"Retirement": 84.0}
