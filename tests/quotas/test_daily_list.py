"""The daily list over days: who comes back, tries, thresholds, the ledger."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models import (
    Assignment,
    DailyList,
    Evidence,
    ListBuild,
    Person,
    Prospect,
    Quota,
    Rep,
    Team,
    Topic,
)
from models.database import Database
from prospects.tuning import note_configuration, tune
from quotas.allocate import allocate
from quotas.assign import BuiltList, build_lists
from quotas.attainment import load_attainment
from quotas.cool_down import set_cool_down
from quotas.lists import load_list
from quotas.record import read_inputs
from quotas.touches import record_touch
from quotas.verify import check_allocation
from quotas.why import explain_choice
from tests.factories import (
    let_rewrite,
    list_settings,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

TODAY = date(2026, 11, 25)  # a Wednesday
DAY = timedelta(days=1)


def build(db: Database, now: datetime, **changes: Any) -> list[BuiltList]:
    with db.write() as session:
        team = session.scalars(select(Team)).one()
        return build_lists(session, team, now.date(), now=now, settings=list_settings(**changes))


def sources(db: Database, on: date) -> dict[tuple[str, int], str]:
    with db.read() as session:
        return {
            (row[0], row[1]): row[2]
            for row in session.execute(
                select(Rep.name, Assignment.person_id, Assignment.source)
                .join(Rep, Rep.id == Assignment.rep_id)
                .where(Assignment.listed_on == on)
            )
        }


def touch(db: Database, person_id: int, at: datetime, disposition: str, **more: Any) -> None:
    with db.write() as session:
        assignment = session.scalars(
            select(Assignment.id).where(
                Assignment.person_id == person_id, Assignment.closed_at.is_(None)
            )
        ).one()
        record_touch(
            session, assignment, channel="message", disposition=disposition,
            idempotency_key=f"{assignment}:{at}", now=at, weights=warmth_settings(), **more,
        )  # fmt: skip


def test_nobody_is_listed_whom_the_quota_would_not_count(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        team = make_team(session, at=now)
        strict = make_rep(session, team, "strict", at=now, target=5, period="day", threshold=2.0)
        make_rep(session, team, "easy", at=now, target=5, period="day", threshold=0.1)
        let_rewrite(session)
        session.execute(update(Quota).where(Quota.rep_id == strict.id).values(fresh_days=3))
        hot = make_prospect(session, topic, "hot", (3.0, now)).person_id
        make_prospect(session, topic, "stale", (90.0, now - 5 * DAY))
        make_prospect(session, topic, "mild", (1.0, now))
        make_prospect(session, topic, "cold", (0.3, now))  # under the list's own threshold
    first, second = build(db, now)
    assert (first.assigned, first.shortfall, first.reason) == (1, 4, "no_supply")
    assert (second.assigned, second.shortfall) == (2, 3)
    assert ("strict", hot) in sources(db, TODAY)
    with db.read() as session:
        rows = session.scalars(select(Assignment)).all()
    assert all(row.evidence_at is not None and row.value is not None for row in rows)


def test_who_answers_or_was_put_off_comes_back_to_their_rep(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        team = make_team(session, at=now)
        for name in ("a", "b"):
            make_rep(session, team, name, at=now, target=2, period="day")
        people = [make_prospect(session, topic, f"p{n}", (3.0 + n, now)) for n in range(4)]
        numbers = [one.person_id for one in people]
    build(db, now)
    rep_of = {person: rep for rep, person in sources(db, TODAY)}
    replied, later, again, silent = numbers
    touch(db, replied, now, "replied")
    touch(db, later, now, "contacted", next_on=TODAY + 2 * DAY, next_step="call after the holiday")
    touch(db, again, now, "contacted")
    touch(db, silent, now, "contacted")
    assert sum(one.assigned for one in build(db, now + timedelta(hours=1))) == 0
    with db.write() as session:  # they post again
        prospect = session.scalars(select(Prospect).where(Prospect.person_id == again)).one()
        prospect.newest_at = now + timedelta(hours=9)
        evidence = session.scalars(
            select(Evidence).where(Evidence.prospect_id == prospect.id)
        ).one()
        evidence.occurred_at = now + timedelta(hours=9)
    build(db, now + DAY)
    assert sources(db, TODAY + DAY) == {
        (rep_of[replied], replied): "relationship",
        (rep_of[again], again): "relationship",
    }
    build(db, now + 2 * DAY)
    assert sources(db, TODAY + 2 * DAY) == {(rep_of[later], later): "next_step"}


def test_who_counted_in_the_period_already_takes_no_place_of_the_quota(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        make_rep(session, make_team(session, at=now), "a", at=now, target=3, period="week")
        people = [make_prospect(session, topic, f"p{n}", (4.0 - n / 9, now)) for n in range(4)]
        first, *others = [one.person_id for one in people]
    assert build(db, now, explore_share=0.0)[0].assigned == 1  # three days are left
    touch(db, first, now, "replied")
    assert build(db, now + DAY, explore_share=0.0)[0].assigned == 2
    assert sources(db, TODAY + DAY) == {("a", first): "relationship", ("a", others[0]): "warmth"}
    touch(db, first, now + DAY, "meeting")
    touch(db, others[0], now + DAY, "contacted")
    assert build(db, now + 2 * DAY, explore_share=0.0)[0].assigned == 1
    touch(db, others[1], now + 2 * DAY, "contacted")
    with db.read() as session:
        standing = load_attainment(session, session.scalars(select(Rep)).one(), now + 2 * DAY)
    assert standing is not None
    assert (standing.counted, standing.target) == (3, 3)


@pytest.mark.parametrize(
    ("own", "later", "given"), [(None, 20, 0), (10, 20, 1), (10, 9, 0), (0, 1, 1)]
)
def test_a_team_leaves_whoever_anyone_contacted_alone_for_its_own_time(
    db: Database, now: datetime, own: int | None, later: int, given: int
) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now, half_life_hours=24 * 365, window_days=90)
        first, second = (make_team(session, name=name, at=now) for name in ("first", "second"))
        make_rep(session, first, "a", at=now, target=1, period="week")
        make_rep(session, second, "b", at=now, target=1, period="week")
        set_cool_down(second, own)
        person = make_prospect(session, topic, "p", (9.0, now)).person_id
        build_lists(session, first, now.date(), now=now, settings=list_settings())
    touch(db, person, now, "contacted")
    at = now + later * DAY
    with db.write() as session:
        team = session.scalars(select(Team).where(Team.name == "second")).one()
        [built] = build_lists(session, team, at.date(), now=at, settings=list_settings())
        assert built.assigned == given
        rep = session.scalars(select(Rep).where(Rep.name == "b")).one()
        if not given:
            why = explain_choice(session, rep, at.date(), "p", settings=list_settings())
            free = now + (own or 30) * DAY
            assert f"until {free.date()}" in why.would_change[0]


def test_who_was_put_off_is_nobodys_until_that_day(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now, half_life_hours=24 * 365, window_days=90)
        team = make_team(session, at=now)
        make_rep(session, team, "a", at=now, target=1, period="day")
        person = make_prospect(session, topic, "p", (9.0, now)).person_id
    build(db, now)
    touch(db, person, now, "contacted", next_on=TODAY + 50 * DAY)
    build(db, now + 40 * DAY)  # past the cool-down
    assert sources(db, TODAY + 40 * DAY) == {}
    build(db, now + 50 * DAY)
    assert sources(db, TODAY + 50 * DAY) == {("a", person): "next_step"}


def test_who_cannot_be_chosen_is_made_up_for_further_down(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now, half_life_hours=24 * 365, window_days=90)
        team = make_team(session, at=now)
        make_rep(session, team, "a", at=now, target=20, period="day")
        people = [make_prospect(session, topic, f"w{n}", (9.0, now)).person_id for n in range(20)]
        for number in range(25):
            make_prospect(session, topic, f"p{number}", (2.0, now))
    build(db, now)
    for person in people:  # the twenty warmest are put off past their cool-down
        touch(db, person, now, "contacted", next_on=TODAY + 60 * DAY)
    [built] = build(db, now + 40 * DAY)
    assert (built.assigned, built.shortfall) == (20, 0)


def unsure(session: Any, topic: Topic, now: datetime, count: int) -> None:
    for number in range(count):
        prospect = make_prospect(session, topic, f"u{number}", (0.4, now))
        session.execute(
            update(Evidence).where(Evidence.prospect_id == prospect.id).values(
                weight=0.8, intent=0.5, relevance=1.0, identity=1.0
            )
        )  # fmt: skip


def test_tries_come_on_top_marked_with_their_odds(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        make_rep(session, make_team(session, at=now), "a", at=now, target=20, period="day")
        for number in range(30):
            make_prospect(session, topic, f"p{number}", (2.0 + number / 10, now))
        unsure(session, topic, now, 40)
    [built] = build(db, now, explore_share=0.1)
    assert (built.wanted, built.assigned, built.tries) == (20, 22, 2)
    with db.read() as session:
        tries = session.scalars(select(Assignment).where(Assignment.source == "explore")).all()
    assert [round(one.propensity, 4) for one in tries] == [0.05, 0.05]  # two of forty
    assert all(one.warmth < 0.5 for one in tries)
    [again] = build(db, now + timedelta(hours=1), explore_share=0.1)
    assert (again.assigned, again.content_hash) == (0, built.content_hash)


def test_nobody_holds_more_than_the_longest_list(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        make_rep(session, make_team(session, at=now), "a", at=now, target=20, period="day")
        for number in range(30):
            make_prospect(session, topic, f"p{number}", (2.0, now))
    [built] = build(db, now, longest=8)
    assert (built.assigned, built.shortfall, built.reason) == (8, 12, "longest")


def test_a_week_and_a_month_share_scarce_people_by_working_day(
    lite: Database, now: datetime
) -> None:
    db = lite
    with db.write() as session:
        topic = make_topic(session, at=now, half_life_hours=24 * 365)
        team = make_team(session, at=now, weekend=())
        make_rep(session, team, "weekly", at=now, target=28, period="week")  # 4 a day
        make_rep(session, team, "monthly", at=now, target=60, period="month")  # 2 a day
        make_rep(session, team, "rare", at=now, target=3, period="month")  # one in ten days
        topic_id = topic.id
    for day in range(20):
        at = now + day * DAY
        with db.write() as session:
            topic = session.get_one(Topic, topic_id)
            for number in range(3):
                worth = 1 + (day * 3 + number) * 7 % 10 / 5
                make_prospect(session, topic, f"d{day}n{number}", (worth, at))
        build(db, at)
        with db.write() as session:  # everybody is worked and never comes back
            session.execute(
                update(Assignment)
                .where(Assignment.closed_at.is_(None))
                .values(closed_at=at, closed_reason="touched")
            )
            session.execute(update(Person).values(suppressed_at=at))
    with db.read() as session:
        rows = session.execute(
            select(Rep.name, Assignment.value).join(Rep, Rep.id == Assignment.rep_id)
        ).all()
        owed = [
            row.details["owed"]
            for row in session.scalars(
                select(DailyList).where(DailyList.listed_on == TODAY + 19 * DAY)
            )
        ]
        builds = session.scalars(select(ListBuild)).all()
    counts = {name: sum(row[0] == name for row in rows) for name in ("weekly", "monthly", "rare")}
    assert sum(counts.values()) == 60
    assert all(abs(debt) < 1 for debt in owed)
    assert 34 <= counts["weekly"] <= 42
    assert counts["rare"] >= 1
    means = [sum(v for n, v in rows if n == name) / counts[name] for name in ("weekly", "monthly")]
    assert abs(means[0] - means[1]) < 0.02
    for one in builds:  # what was kept is enough to check and to repeat each day
        capacities, candidates, ledger = read_inputs(one)
        again = allocate(capacities, candidates, frozenset(), ledger, seed=one.seed)
        assert check_allocation(capacities, candidates, frozenset(), ledger, again) == []
        assert sorted(
            [rep, c.person_id, c.topic_id, "warmth"]
            for rep, got in again.assigned.items()
            for c in got
        ) == sorted(one.details["given"])


def test_a_list_says_by_which_version_of_the_weights_it_was_built(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        make_rep(session, make_team(session, at=now, weekend=()), "Rita", at=now, target=7)
        for number in range(4):
            make_prospect(session, topic, f"n{number}", (2.0, now))
    built: list[int | None] = []
    for day, like in enumerate((None, None, 0.4)):
        at = now + day * DAY
        with db.write() as session:
            if day == 1:
                note_configuration(session, warmth_settings(), now=at)
            elif like is not None:
                tune(
                    session, {"like": like}, author="Maja", why="cheap",
                    configured=warmth_settings(), now=at,
                )  # fmt: skip
        build(db, at)
        with db.read() as session:
            rep = session.scalars(select(Rep)).one()
            shown = load_list(session, rep, at.date(), now=at)
            assert shown.built is not None
            assert shown.built.details["warmth_version"] == shown.weights
            built.append(shown.weights)
            plan = session.scalars(select(ListBuild).order_by(ListBuild.id.desc())).first()
            assert plan is not None
            assert plan.details["warmth_version"] == shown.weights
            made_of = session.scalars(select(Topic)).first()
            assert made_of is not None
            assert shown.items
            assert shown.topic_versions == {made_of.name: made_of.version}
    assert built == [None, 1, 2]
    with db.read() as session:  # and the first still says what it was built by
        rep = session.scalars(select(Rep)).one()
        assert load_list(session, rep, now.date(), now=now).weights is None
