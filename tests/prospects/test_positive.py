from __future__ import annotations

import itertools
import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Touch, TouchVerdict
from models.database import Database
from prospects.outcomes import load_curves
from prospects.positive import Outcome, fit_curve
from tests.factories import (
    list_settings,
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
)

OUTCOMES = st.lists(st.builds(Outcome, st.floats(0.1, 20), st.booleans()), max_size=300)


@given(OUTCOMES)
def test_a_curve_rises_covers_and_rests_on_every_touch(outcomes: list[Outcome]) -> None:
    curve = fit_curve(outcomes, least_touches=60, least_positive=5)
    good = sum(one.is_positive for one in outcomes)
    if len(outcomes) < 60 or good < 5 or len(outcomes) - good < 5:
        assert curve is None  # nothing is invented
        return
    assert curve is not None
    assert sum(chance.touches for chance in curve.chances) == len(outcomes)
    shares = [chance.probability for chance in curve.chances]
    assert all(a < b for a, b in itertools.pairwise(shares))
    assert list(curve.edges) == sorted(curve.edges)
    for chance in curve.chances:
        assert 0 <= chance.low <= chance.probability <= chance.high <= 1
    expected = sum(chance.probability * chance.touches for chance in curve.chances)
    assert expected == pytest.approx(good)  # calibrated on what it was learned from
    assert curve.read(0.0) == curve.chances[0]
    assert curve.read(1e9) == curve.chances[-1]


def test_it_finds_what_is_there() -> None:
    rng = random.Random(3)
    drawn = [rng.uniform(0.5, 5) for _ in range(4000)]
    outcomes = [Outcome(warmth, rng.random() < 0.05 + 0.1 * warmth) for warmth in drawn]
    curve = fit_curve(outcomes, least_touches=200, least_positive=20)
    assert curve is not None
    for warmth in (1.0, 2.5, 4.5):
        chance = curve.read(warmth)
        assert chance.probability == pytest.approx(0.05 + 0.1 * warmth, abs=0.08)
        assert chance.high - chance.low < 0.12


def test_standing_touches_of_the_topic_count(db: Database, now: datetime) -> None:
    settings = list_settings(outcome_touches=8, outcome_positive=2)
    with db.write() as session:
        topic = make_topic(session, at=now)
        rep = make_rep(session, make_team(session, at=now), "r", at=now)
        for number in range(10):
            prospect = make_prospect(session, topic, f"p{number}", (2.0, now))
            assignment = make_assignment(session, rep, prospect, at=now, warmth=1.0 + number)
            assignment.closed_at, assignment.closed_reason = now, "touched"
            session.add(
                Touch(
                    assignment_id=assignment.id, rep_id=rep.id, person_id=prospect.person_id,
                    channel="call", disposition="replied" if number > 6 else "contacted",
                    occurred_at=now, recorded_at=now, idempotency_key=str(number),
                )
            )  # fmt: skip
        session.flush()
        curve = load_curves(session, [topic.id], as_of=now, settings=settings).get(topic.id)
        assert curve is not None
        assert [(c.probability, c.touches) for c in curve.chances] == [(0.3, 10)]
        assert not load_curves(session, [topic.id + 1], as_of=now, settings=settings)
        before = now - timedelta(days=1)
        assert not load_curves(session, [topic.id], as_of=before, settings=settings)
        touch = session.query(Touch).filter_by(disposition="replied").first()
        assert touch is not None
        session.add(
            Touch(
                assignment_id=touch.assignment_id, rep_id=rep.id, person_id=touch.person_id,
                channel="call", disposition="replied", occurred_at=now, recorded_at=now,
                idempotency_key="undo", undoes_id=touch.id,
            )
        )  # fmt: skip
        session.flush()
        curve = load_curves(session, [topic.id], as_of=now, settings=settings).get(topic.id)
        assert curve is not None
        assert curve.chances[0].touches == 9
        other = session.query(Touch).filter_by(disposition="contacted").first()
        assert other is not None
        session.add(
            TouchVerdict(
                touch_id=other.id, verdict="void", reason="never made", decided_by="Mara",
                decided_at=now,
            )
        )  # fmt: skip
        session.flush()
        curve = load_curves(session, [topic.id], as_of=now, settings=settings).get(topic.id)
        assert curve is not None
        assert curve.chances[0].touches == 8
