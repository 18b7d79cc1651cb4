from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from config.settings import PeopleSettings
from models import Assignment, Quota, Rep, Topic
from models.database import Database
from prospects.resolve import decide_link, find_account, propose_link, unlink
from quotas.attainment import Attainment, load_attainment
from quotas.touches import record_touch, undo_touch
from tests.factories import (
    let_rewrite,
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)


def touch(
    session: Session, rep: Rep, topic: Topic, name: str, at: datetime, warmth: float = 2.0
) -> int:
    prospect = make_prospect(session, topic, name, (3.0, at))
    assignment = make_assignment(session, rep, prospect, at=at, warmth=warmth)
    return record_touch(
        session, assignment.id, channel="call", disposition="contacted",
        idempotency_key=f"{name}{assignment.id}", now=at, weights=warmth_settings(),
    ).id  # fmt: skip


def standing(session: Session, rep: Rep, now: datetime) -> Attainment:
    found = load_attainment(session, rep, now)
    assert found is not None
    return found


def test_people_count_once_undone_and_lukewarm_ones_do_not(db: Database, now: datetime) -> None:
    monday = now - timedelta(days=2)
    with db.write() as session:
        topic = make_topic(session, at=now)
        rep = make_rep(session, make_team(session, at=now), "Rita", at=now, threshold=1.0)
        touch(session, rep, topic, "a", monday)
        touch(session, rep, topic, "b", now)
        touch(session, rep, topic, "just", now, warmth=1.0)
        touch(session, rep, topic, "cool", now, warmth=0.99)
        undone = touch(session, rep, topic, "undone", now)
        undo_touch(session, undone, now=now, limit=timedelta(hours=1), weights=warmth_settings())
        touch(session, rep, topic, "last week", now - timedelta(days=7))
        first = session.query(Assignment).order_by(Assignment.id).first()
        assert first is not None
        again = Assignment(
            rep_id=rep.id, person_id=first.person_id, topic_id=first.topic_id, rank=9,
            signal_id=first.signal_id, listed_on=now.date(), warmth=2.0, reasons=[],
            assigned_at=now,
        )  # fmt: skip
        session.add(again)
        session.flush()
        record_touch(
            session, again.id, channel="email", disposition="replied", idempotency_key="x",
            now=now, weights=warmth_settings(),
        )  # fmt: skip
        found = standing(session, rep, now)
    assert (found.start, found.end) == (date(2026, 11, 23), date(2026, 11, 30))
    assert (found.counted, found.today, found.target) == (3, 2, 25)
    assert [day.counted for day in found.days] == [1, 0, 2, 0, 0, 0, 0]
    assert [day.working for day in found.days] == [True] * 5 + [False] * 2
    assert found.due_today == 8
    assert found.ahead == 3 - round(found.pace)


def test_a_day_ends_at_the_teams_midnight(db: Database, now: datetime) -> None:
    midnight = datetime(2026, 11, 24, 21, tzinfo=UTC)  # of the 25th in Riyadh
    with db.write() as session:
        topic = make_topic(session, at=now)
        team = make_team(session, at=now, time_zone="Asia/Riyadh", first_weekday=6, weekend=(4, 5))
        rep = make_rep(session, team, "Rania", at=now)
        touch(session, rep, topic, "before", midnight - timedelta(seconds=1))
        touch(session, rep, topic, "after", midnight)
        touch(session, rep, topic, "week before", datetime(2026, 11, 21, 20, 59, tzinfo=UTC))
        touch(session, rep, topic, "week start", datetime(2026, 11, 21, 21, tzinfo=UTC))
        found = standing(session, rep, now)
        evening = standing(session, rep, midnight - timedelta(seconds=1))
    assert [day.counted for day in found.days] == [1, 0, 1, 1, 0, 0, 0]
    assert found.days[0].on == date(2026, 11, 22)
    assert (found.counted, found.today, evening.today) == (3, 1, 1)


def test_without_a_quota_there_is_nothing_to_attain(db: Database, now: datetime) -> None:
    with db.write() as session:
        rep = make_rep(session, make_team(session, at=now), "Rita", at=now, target=None)
        assert load_attainment(session, rep, now) is None


def test_who_turns_out_to_be_one_person_counts_once_and_again_twice_when_that_was_wrong(
    db: Database,
) -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    with db.write() as session:
        topic = make_topic(session, at=now)
        rep = make_rep(session, make_team(session, at=now), "Rita", at=now, target=10)
        for name, network in (("ann", "bluesky"), ("ann_m", "mastodon")):
            prospect = make_prospect(session, topic, name, (3.0, now), network=network)
            row = make_assignment(session, rep, prospect, at=now)
            record_touch(
                session, row.id, channel="message", disposition="contacted", now=now,
                idempotency_key=name, weights=warmth_settings(),
            )  # fmt: skip

        def counted() -> int:
            standing = load_attainment(session, rep, now + timedelta(hours=1))
            assert standing is not None
            return standing.counted

        assert counted() == 2
        link = propose_link(
            session, find_account(session, "bluesky:ann"),
            find_account(session, "mastodon:ann_m"), proof="consent",
            evidence={"record": "letter of 1 November"}, by="Rita",
            settings=PeopleSettings(link_accounts=True), now=now,
        )  # fmt: skip
        decide_link(
            session, link.id, accept=True, by="Mona", reason="consent seen",
            settings=PeopleSettings(link_accounts=True), now=now,
        )  # fmt: skip
        assert counted() == 1
        unlink(session, link.id, by="Mona", now=now)
        assert counted() == 2


def test_a_quota_that_begins_on_a_wednesday_is_not_behind_that_morning(db: Database) -> None:
    now = datetime(2026, 11, 25, 0, tzinfo=UTC)
    with db.write() as session:
        rep = make_rep(session, make_team(session, at=now), "Rita", at=now, target=10)
        let_rewrite(session)
        session.query(Quota).one().starts_on = now.date()
        session.flush()
        standing = load_attainment(session, rep, now)
        assert standing is not None
        assert (standing.target, standing.pace, standing.due_today) == (6, 0.0, 2)
