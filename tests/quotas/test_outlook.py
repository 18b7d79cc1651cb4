from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import DISPOSITIONS, Assignment, DailyList, Quota, Rep, Topic, TouchVerdict
from models.database import Database
from quotas.activities import activities_of, scorecard
from quotas.attainment import load_attainment
from quotas.outlook import Outlook, load_outlook
from quotas.touches import record_touch
from tests.factories import (
    let_rewrite,
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
parts = st.tuples(st.floats(0, 9), st.integers(0, 300), st.integers(0, 100))


def work(session: Session, rep: Rep, topic: Topic, at: datetime, number: int) -> list[int]:
    made = []
    for n in range(number):
        prospect = make_prospect(session, topic, f"{at:%m%d}-{rep.id}-{n}", (3.0, at))
        assignment = make_assignment(session, rep, prospect, at=at)
        made.append(
            record_touch(
                session, assignment.id, channel="call", disposition="contacted",
                idempotency_key=f"t{assignment.id}", now=at + timedelta(minutes=n),
                weights=warmth_settings(),
            ).id
        )  # fmt: skip
    return made


def outlook(session: Session, rep: Rep, now: datetime) -> Outlook:
    standing = load_attainment(session, rep, now)
    assert standing is not None
    return load_outlook(session, rep, standing, now)


def test_streaks_and_the_likely_finish_come_from_the_touches(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=MONDAY)
        rep = make_rep(session, make_team(session, at=MONDAY), "Rita", at=MONDAY, target=10)
        for week, counts in ((2, [2, 2, 1, 1, 2]), (1, [2, 3, 2, 2, 2]), (0, [2, 2])):
            for day, count in enumerate(counts):
                work(session, rep, topic, MONDAY + timedelta(days=day - 7 * week), count)
        told = outlook(session, rep, MONDAY + timedelta(days=2))
    assert told.periods_met == 1  # last week's 11 of 10; 8 the week before
    assert told.days_met == 8  # since the Friday before last
    assert told.projection.based_on == 12
    assert told.projection.low <= 10 <= told.projection.high
    assert 8 <= told.projection.expected <= 12
    assert told.missing.causes == {"no_list": 1}  # pace 4.75 is 5 in whole contacts: "1 behind"


def test_what_is_missing_is_parted_by_cause(db: Database) -> None:
    friday = MONDAY + timedelta(days=4, hours=8)
    with db.write() as session:
        topic = make_topic(session, at=MONDAY)
        rep = make_rep(session, make_team(session, at=MONDAY), "Rita", at=MONDAY, target=10)
        work(session, rep, topic, MONDAY, 2)
        for n in range(3):
            untouched = make_prospect(session, topic, f"idle{n}", (3.0, MONDAY))
            make_assignment(session, rep, untouched, at=MONDAY)
        session.add(
            DailyList(
                rep_id=rep.id, listed_on=date(2026, 11, 24), wanted=5, shortfall=5,
                shortfall_reason="territory", seed=0, content_hash="", details={},
                built_at=MONDAY,
            )
        )  # fmt: skip
        session.flush()
        told = outlook(session, rep, friday)
    assert told.missing.count == 8
    assert told.missing.causes == {"territory": 5, "not_worked": 3}
    assert told.projection.chance < 0.5


def test_what_a_manager_voids_no_longer_counts_and_may_be_given_back(db: Database) -> None:
    now = MONDAY + timedelta(hours=4)
    with db.write() as session:
        topic = make_topic(session, at=MONDAY)
        rep = make_rep(session, make_team(session, at=MONDAY), "Rita", at=MONDAY)
        first, _ = work(session, rep, topic, MONDAY, 2)
        counted = []
        for verdict in (None, "void", "accept", "void"):
            if verdict:
                session.add(
                    TouchVerdict(
                        touch_id=first, verdict=verdict, reason="r", decided_by="Mona",
                        decided_at=now,
                    )
                )  # fmt: skip
                session.flush()
            standing = load_attainment(session, rep, now)
            assert standing is not None
            counted.append(standing.counted)
    assert counted == [2, 1, 2, 1]


def test_freshness_is_that_of_the_day_of_assignment(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=MONDAY)
        rep = make_rep(session, make_team(session, at=MONDAY), "Rita", at=MONDAY)
        touches = work(session, rep, topic, MONDAY, 3)
        rows = session.query(Assignment).order_by(Assignment.id).all()
        rows[0].evidence_at = MONDAY - timedelta(days=3)
        rows[1].evidence_at = MONDAY - timedelta(days=3, seconds=1)

        let_rewrite(session)
        session.query(Quota).one().fresh_days = 3
        session.flush()
        standing = load_attainment(session, rep, MONDAY + timedelta(hours=3))
    assert len(touches) == 3
    assert standing is not None
    assert standing.counted == 1


@given(st.sampled_from(["call", "email", "message", "meeting"]), st.sampled_from(DISPOSITIONS))
def test_every_touch_counts_for_what_its_channel_says(channel: str, disposition: str) -> None:
    found = activities_of(channel, disposition, "webinar")
    assert "webinar" in found
    assert len(found) == 2 + (disposition == "proposal")
    assert "engaged_contact" not in found


@given(st.lists(parts, max_size=6))
def test_a_scorecard_lies_between_its_parts(given_parts: list[tuple[float, int, int]]) -> None:
    share = scorecard(given_parts)
    owed = [(w, min(1.5, c / t)) for w, c, t in given_parts if t and w > 0]
    if not owed:
        assert share is None
    else:
        assert share is not None
        low, high = min(s for _, s in owed), max(s for _, s in owed)
        assert low - 1e-9 <= share <= high + 1e-9


def test_plenty_of_one_does_not_make_up_for_the_other() -> None:
    assert scorecard([(1, 500, 100), (1, 0, 10)]) == 0.75
    assert scorecard([(3, 50, 50), (1, 0, 2)]) == 0.75
    assert scorecard([(1, 0, 0)]) is None
