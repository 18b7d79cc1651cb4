from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from models import Assignment, DailyList, Person, Prospect, Rep, Team, Topic
from models.database import Database
from prospects.suppress import suppress_person
from quotas.assign import BuiltList, build_lists
from quotas.later import put_off
from quotas.touches import record_touch
from tests.factories import (
    list_settings,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

TODAY = date(2026, 11, 25)  # a Wednesday: three working days are left
DAY = timedelta(days=1)


def fill(
    db: Database, now: datetime, people: int = 60, names: tuple[str, ...] = ("a", "b")
) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        team = make_team(session, at=now)
        for name in names:
            make_rep(session, team, name, at=now, target=15)
        for number in range(people):
            make_prospect(
                session, topic, f"p{number}", (1 + number * 7 % 60 / 10, now - number % 3 * DAY)
            )


def build(db: Database, now: datetime, on: date = TODAY, seed: int = 0) -> list[BuiltList]:
    with db.write() as session:
        team = session.scalars(select(Team)).one()
        return build_lists(session, team, on, now=now, settings=list_settings(), seed=seed)


def held(db: Database) -> dict[int, int]:
    with db.read() as session:
        rows = session.execute(
            select(Assignment.person_id, Assignment.rep_id).where(Assignment.closed_at.is_(None))
        )
        return {row[0]: row[1] for row in rows}


def touch_first(db: Database, now: datetime, count: int = 1) -> None:
    with db.write() as session:
        numbers = session.scalars(
            select(Assignment.id)
            .where(Assignment.closed_at.is_(None), Assignment.rep_id == 1)
            .order_by(Assignment.id)
            .limit(count)
        ).all()
        assert len(numbers) == count
        for number in numbers:
            record_touch(
                session, number, channel="call", disposition="contacted",
                idempotency_key=f"k{number}", now=now, weights=warmth_settings(),
            )  # fmt: skip


def test_a_day_gets_its_part_of_the_week_with_reasons_as_shown(db: Database, now: datetime) -> None:
    fill(db, now)
    built = build(db, now)
    assert [(one.wanted, one.assigned, one.shortfall) for one in built] == [(5, 5, 0)] * 2
    with db.read() as session:
        rows = session.scalars(
            select(Assignment).order_by(Assignment.rep_id, Assignment.rank)
        ).all()
        assert [row.rank for row in rows] == [1, 2, 3, 4, 5] * 2
        for row in rows:
            assert round(row.warmth * 100) == sum(r["hundredths"] for r in row.reasons)
            assert row.signal_id is not None
        daily = session.scalars(select(DailyList)).all()
    assert {one.content_hash for one in daily} == {one.content_hash for one in built}


def test_a_second_build_adds_nothing_and_moves_nobody(db: Database, now: datetime) -> None:
    fill(db, now)
    first, before = build(db, now), held(db)
    again = build(db, now + timedelta(hours=1), seed=9)
    assert [one.assigned for one in again] == [0, 0]
    assert [one.content_hash for one in again] == [one.content_hash for one in first]
    assert held(db) == before


def test_two_databases_with_the_same_data_give_the_same_lists(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    other.migrate()
    fill(db, now)
    fill(other, now)
    assert build(db, now) == build(other, now)
    other.close()


def test_what_was_touched_today_keeps_its_place_also_when_carried_over(
    db: Database, now: datetime
) -> None:
    fill(db, now, names=("a",))
    build(db, now)
    touch_first(db, now)
    assert build(db, now)[0].assigned == 0
    tomorrow = now + DAY
    # 14 are left for two days: seven, of which four are carried over
    built = build(db, tomorrow, TODAY + DAY)
    assert (built[0].wanted, built[0].held, built[0].assigned) == (7, 4, 3)
    touch_first(db, tomorrow, 2)  # two of the carried ones
    built = build(db, tomorrow, TODAY + DAY)
    assert (built[0].wanted, built[0].held, built[0].assigned) == (7, 7, 0)


def test_untouched_ones_go_back_after_their_time(db: Database, now: datetime) -> None:
    fill(db, now, people=5, names=("a",))
    build(db, now)
    later = now + 7 * DAY + timedelta(seconds=1)
    build(db, later, TODAY + 7 * DAY)
    with db.read() as session:
        reasons = session.scalars(select(Assignment.closed_reason)).all()
    assert reasons.count("expired") == 5


def test_suppressed_people_leave_their_lists_and_never_come_back(
    db: Database, now: datetime
) -> None:
    fill(db, now, people=10)
    build(db, now)
    with db.write() as session:
        gone = session.scalars(select(Assignment.person_id).limit(1)).one()
        session.get_one(Person, gone).suppressed_at = now
    assert sum(one.assigned for one in build(db, now)) == 0
    assert gone not in held(db)
    with db.write() as session:
        other = session.scalars(
            select(Assignment.person_id).where(Assignment.closed_at.is_(None)).limit(1)
        ).one()
        suppress_person(session, session.get_one(Person, other), reason="objection", now=now)
    built = build(db, now)
    assert sum(one.shortfall for one in built) == 2
    assert {other, gone}.isdisjoint(held(db))


def test_a_past_day_is_built_from_what_was_known_then(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        make_rep(session, make_team(session, at=now), "a", at=now, target=5, period="day")
        early = make_prospect(session, topic, "early", (2.0, now - 2 * DAY)).person_id
        make_prospect(session, topic, "late", (9.0, now))
    [built] = build(db, now, TODAY - DAY)
    assert (built.assigned, built.shortfall, built.reason) == (1, 4, "no_supply")
    with db.read() as session:
        rows = session.scalars(select(Assignment)).all()
    assert [(row.person_id, row.closed_reason) for row in rows] == [(early, "past")]
    # a second time it is left as it was
    [again] = build(db, now, TODAY - DAY)
    assert (again.assigned, again.held, again.content_hash) == (0, 1, built.content_hash)


def test_building_a_day_gone_by_takes_nobody_from_today(db: Database, now: datetime) -> None:
    fill(db, now, people=12)
    build(db, now)
    before = held(db)
    # six days on, some would expire: not by building yesterday's list
    with db.write() as session:
        team = session.scalars(select(Team)).one()
        later = now + 9 * DAY
        build_lists(
            session, team, (later - DAY).date(), now=later, settings=list_settings()
        )  # fmt: skip
    assert held(db) == before
    assert len(before) == 10


def test_a_day_off_and_a_rep_without_quota_get_nothing(db: Database, now: datetime) -> None:
    fill(db, now, people=5)
    with db.write() as session:
        make_rep(session, session.scalars(select(Team)).one(), "none", at=now, target=None)
        off = make_rep(session, session.scalars(select(Team)).one(), "off", at=now)
        session.get_one(Rep, off.id).active = False
    built = build(db, now + 3 * DAY, date(2026, 11, 28))
    assert [(one.rep, one.wanted, one.assigned) for one in built] == [("a", 0, 0), ("b", 0, 0)]


def test_a_territory_is_kept_and_its_shortfall_named(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        team = make_team(session, at=now)
        make_rep(session, team, "ar", at=now, target=6, territory={"language": ["ar"]})
        for number in range(20):
            make_prospect(session, topic, f"en{number}", (5.0, now))
        make_prospect(session, topic, "ar", (1.0, now), language="ar")
    [built] = build(db, now)
    assert (built.assigned, built.shortfall, built.reason) == (1, 1, "territory")


def test_nobody_is_given_to_two_teams(db: Database, now: datetime) -> None:
    fill(db, now, people=12)
    build(db, now)
    with db.write() as session:
        other = make_team(session, at=now, name="South")
        make_rep(session, other, "c", at=now, target=15)
        [built] = build_lists(session, other, TODAY, now=now, settings=list_settings())
    assert (built.assigned, built.shortfall) == (2, 3)


def count_statements(db: Database, work: Callable[[], object]) -> int:
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(statements)


@pytest.mark.parametrize("kind", ["today", "past"])
def test_the_number_of_statements_does_not_grow_with_the_list(
    tmp_path: Path, now: datetime, kind: str
) -> None:
    counted = []
    for people in (5, 50):
        db = Database(f"sqlite:///{tmp_path / f'{people}.db'}")
        db.migrate()
        with db.write() as session:
            topic = make_topic(session, at=now)
            make_rep(session, make_team(session, at=now), "a", at=now, target=people, period="day")
            for number in range(people):
                make_prospect(session, topic, f"p{number}", (3.0, now - 2 * DAY))
        on = TODAY if kind == "today" else TODAY - DAY
        counted.append(count_statements(db, lambda db=db, on=on: build(db, now, on)))
        with db.read() as session:
            assert session.scalar(select(func.count()).select_from(Assignment)) == people
        db.close()
    assert counted[0] == counted[1]


def test_a_topic_switched_off_gives_nobody(db: Database, now: datetime) -> None:
    fill(db, now, people=5)
    with db.write() as session:
        session.scalars(select(Topic)).one().active = False
    assert sum(one.assigned for one in build(db, now)) == 0
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Prospect)) == 5


def test_whom_a_rep_put_off_fills_no_place_until_that_day(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        make_rep(session, make_team(session, at=now), "a", at=now, target=5, period="day")
        for number in range(20):
            make_prospect(session, topic, f"p{number}", (3.0, now))
    build(db, now)
    with db.write() as session:
        for number in session.scalars(select(Assignment.id).limit(4)).all():
            put_off(session, number, TODAY + 3 * DAY, now=now, settings=list_settings())
    [built] = build(db, now + DAY, TODAY + DAY)
    assert (built.wanted, built.held, built.assigned, built.shortfall) == (5, 1, 4, 0)
    assert len(held(db)) == 9
    [built] = build(db, now + DAY, TODAY + DAY)
    assert (built.held, built.assigned) == (5, 0)
