"""Supply, proposals and the exchange rate as read from real databases."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.errors import Refused
from models import Account, Prospect, Ramp, Rep, Topic, WorkingTime
from models.database import Database
from quotas.contacts import record_contact, record_follow_up
from quotas.conversion import convert_quota, load_exchange, read_outcomes
from quotas.feasibility import check_quota
from quotas.history import find_quota
from quotas.needs import Standard
from quotas.periods import Period
from quotas.proposals import propose_targets
from quotas.setting import set_quota
from quotas.supply import FEASIBLE, INFEASIBLE, UNKNOWN, Feasibility, crossings
from quotas.supply_record import Supplies, forecast_parts, read_supply
from quotas.touches import record_touch
from quotas.working_time import add_leave
from tests.factories import (
    list_settings,
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)
SETTINGS = list_settings(threshold=1.0)


def arrive(session: Session, topic: Topic, *, per_week: int, network: str, points: float) -> None:
    """So many new people a week for ten weeks, the last ones half a week ago."""
    for week in range(10):
        for number in range(per_week):
            at = NOW - week * WEEK - timedelta(days=3, minutes=number)
            make_prospect(
                session, topic, f"{network}{points}-{week}-{number}", (points, at), network=network
            )


def touch(session: Session, rep: Rep, topic: Topic, name: str, at: datetime, how: str) -> int:
    prospect = make_prospect(session, topic, name, (3.0, at))
    assignment = make_assignment(session, rep, prospect, at=at)
    return record_touch(
        session, assignment.id, channel="message", disposition=how,
        idempotency_key=f"{name}:{rep.id}", now=at, weights=warmth_settings(),
    ).id  # fmt: skip


def test_supply_is_told_by_topic_network_and_week(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=NOW)
        arrive(session, topic, per_week=4, network="bluesky", points=2.0)
        arrive(session, topic, per_week=2, network="reddit", points=0.8)
        record = read_supply(session, now=NOW, settings=SETTINGS)
    assert record.weeks == 9
    (part,) = forecast_parts(record, 3)
    assert (part.topic, part.network, part.past) == ("Retirement", "bluesky", (4,) * 9)
    assert part.stock == 4  # of a week before little warmth is left
    assert [one.expected for one in part.ahead] == [4.0] * 3
    assert len(record.arrivals[0.75]) == len(record.arrivals[1.0]) + 2 * 10


def test_of_many_people_a_part_stands_for_all(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=NOW)
        arrive(session, topic, per_week=12, network="bluesky", points=2.0)
        whole = read_supply(session, now=NOW, settings=SETTINGS)
        part = read_supply(session, now=NOW, settings=SETTINGS, most=50)
    assert (whole.each, part.each) == (1, 3)
    (all_told,), (told,) = forecast_parts(whole, 1), forecast_parts(part, 1)
    assert all_told.past == told.past == (12,) * 9
    assert told.stock == all_told.stock


def test_a_quota_supply_cannot_meet_says_what_would_help(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=NOW)
        team = make_team(session, at=NOW)
        rep = make_rep(session, team, "Rita", at=NOW, territory={"network": ["bluesky"]})
        arrive(session, topic, per_week=8, network="bluesky", points=2.0)
        arrive(session, topic, per_week=5, network="bluesky", points=0.8)
        arrive(session, topic, per_week=3, network="reddit", points=2.0)
        supplies = Supplies(session, now=NOW, settings=SETTINGS)

        def check(target: int, per: Period = Period.WEEK) -> object:
            return check_quota(
                session, rep, target=target, per=per, now=NOW, settings=SETTINGS, supplies=supplies
            )

        assert check(4).verdict == FEASIBLE
        assert check(1, Period.DAY).target == 5
        assert check(50, Period.MONTH).target == 11
        told = check(20)
        assert told.verdict == INFEASIBLE
        fixes = {fix.kind: (fix.to, fix.brings) for fix in told.fixes}
        assert fixes["threshold"] == ("0.75", 5)
        assert fixes["networks"] == ("network reddit", 3)
        assert fixes["target"] == (str(told.supply.low), 0)
        assert int(fixes["keywords"][0]) >= 1
        # a second rep with the same territory and quota halves what is there
        make_rep(session, team, "Omar", at=NOW, target=20)
        shared = check(20)
        assert shared.supply.expected == pytest.approx(told.supply.expected / 2, abs=1.5)


def test_part_time_and_a_ramp_owe_their_part_of_a_quota(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=NOW)
        rep = make_rep(session, make_team(session, at=NOW), "Rita", at=NOW)
        arrive(session, topic, per_week=30, network="bluesky", points=2.0)
        rep.working_times.append(
            WorkingTime(starts_on=NOW.date(), weekdays=None, percent=50, created_at=NOW)
        )
        session.flush()

        def check(target: int, per: Period = Period.WEEK) -> Feasibility:
            return check_quota(session, rep, target=target, per=per, now=NOW, settings=SETTINGS)

        told = check(50)
        assert (told.target, told.verdict) == (25, FEASIBLE)
        assert check(10, Period.DAY).target == 25
        rep.ramps.append(Ramp(starts_on=NOW.date(), percents=[40, 40, 60, 60], created_at=NOW))
        session.flush()
        assert check(80).target == 20  # half of half


def test_a_quota_is_judged_by_the_warmth_and_news_it_asks_for(lite: Database) -> None:
    with lite.write() as session:
        topic = make_topic(session, at=NOW, window_days=90)
        rep = make_rep(session, make_team(session, at=NOW), "Rita", at=NOW, threshold=1.5)
        arrive(session, topic, per_week=6, network="bluesky", points=2.0)
        for n in range(40):  # a crowd, still warm, that spoke three weeks ago
            make_prospect(session, topic, f"old{n}", (16.0, NOW - 3 * WEEK))

        def supply(**standard: Any) -> float:
            told = check_quota(
                session, rep, target=20, per=Period.WEEK, now=NOW, settings=SETTINGS,
                standard=Standard(**standard) if standard else None,
            )  # fmt: skip
            return told.supply.expected

        of_quota = supply()
        assert of_quota == supply(threshold=1.5, fresh_days=None)  # not that of all lists
        assert supply(threshold=3.0, fresh_days=None) < of_quota - 3
        # of the forty, ten a week for four weeks, nobody is left
        assert supply(threshold=1.5, fresh_days=14) == pytest.approx(of_quota - 10, abs=1)


def test_somebody_on_a_long_leave_is_judged_by_the_weeks_after_it(lite: Database) -> None:
    with lite.write() as session:
        topic = make_topic(session, at=NOW)
        rep = make_rep(session, make_team(session, at=NOW), "Rita", at=NOW)
        arrive(session, topic, per_week=6, network="bluesky", points=2.0)
        add_leave(
            session, rep, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=90), now=NOW
        )
        told = check_quota(session, rep, target=50, per=Period.WEEK, now=NOW, settings=SETTINGS)
    assert (told.target, told.verdict) == (50, INFEASIBLE)


def test_a_territory_of_places_has_the_supply_of_these_places(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=NOW)
        team = make_team(session, at=NOW)
        rep = make_rep(session, team, "Rita", at=NOW, territory={"place": ["DE"]})
        arrive(session, topic, per_week=6, network="bluesky", points=2.0)
        arrive(session, topic, per_week=4, network="reddit", points=2.0)
        bluesky = select(Account.person_id).where(Account.network == "bluesky")
        session.execute(update(Prospect).where(Prospect.person_id.in_(bluesky)).values(place="DE"))
        told = check_quota(session, rep, target=20, per=Period.WEEK, now=NOW, settings=SETTINGS)
    assert told.verdict == INFEASIBLE
    assert 5 <= told.supply.expected <= 9  # not the ten of everywhere
    assert ("networks", "another place") in {(fix.kind, fix.to) for fix in told.fixes}


def test_a_new_workspace_promises_nothing(db: Database) -> None:
    with db.write() as session:
        rep = make_rep(session, make_team(session, at=NOW), "Rita", at=NOW)
        make_topic(session, at=NOW)
        told = check_quota(session, rep, target=10, per=Period.WEEK, now=NOW, settings=SETTINGS)
        assert told.verdict == UNKNOWN
        assert propose_targets(session, [rep], now=NOW)[0].target is None


terms = st.lists(st.tuples(st.floats(0.01, 3), st.integers(0, 400)), max_size=20)


@given(terms, st.floats(0.1, 2.0))
def test_somebody_becomes_contactable_by_an_engagement_over_the_threshold(
    given_terms: list[tuple[float, int]], threshold: float
) -> None:
    ordered = sorted(
        ((p, NOW + timedelta(hours=h)) for p, h in given_terms), key=lambda term: term[1]
    )
    words = {"half_life": timedelta(hours=168), "rest": timedelta(days=30)}
    found = crossings(ordered, threshold=threshold, **words)
    assert all(warmth >= threshold for _, warmth in found)
    made = [index for index, _ in found]
    assert made == sorted(set(made))
    assert bool(made) or all(points < threshold for points, _ in ordered)
    lower = crossings(ordered, threshold=threshold / 2, **words)
    assert len(lower) >= len(made[:1])


def test_targets_come_from_what_reps_of_the_role_reached(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=NOW)
        team = make_team(session, at=NOW)
        reps = [make_rep(session, team, name, at=NOW, target=5) for name in ("A", "B", "C")]
        reps[0].role = reps[1].role = "adviser"
        for rep, counts in ((reps[0], (0, 2, 3, 4)), (reps[1], (5, 6, 2, 2))):
            for back, count in enumerate(reversed(counts), start=1):
                for n in range(count):
                    at = NOW - back * WEEK + timedelta(minutes=n)
                    touch(session, rep, topic, f"{rep.name}{back}-{n}", at, "contacted")
        found = {one.rep: one for one in propose_targets(session, reps, now=NOW)}
    assert found["A"].based_on == 7  # the weeks before the first contact say nothing
    assert found["A"].target == found["B"].target == 5
    assert (found["C"].target, found["A"].current) == (None, 5)


def test_calls_become_contacts_once_enough_is_known(db: Database) -> None:
    rng = random.Random(2)
    with db.write() as session:
        topic = make_topic(session, at=NOW)
        team = make_team(session, at=NOW)
        rep = make_rep(session, team, "Rita", at=NOW, target=None)
        set_quota(
            session, rep, target=250, per="week", activity="outbound_call", threshold=0, now=NOW
        )
        words = {"threshold": 0.5, "starts_on": NOW.date(), "by": "Mona", "now": NOW}
        with pytest.raises(Refused, match="Still needed"):
            convert_quota(session, rep, **words)
        for n in range(150):
            how = "meeting" if rng.random() < 0.5 else "contacted"
            first = touch(session, rep, topic, f"p{n}", NOW - timedelta(minutes=n), how)
            if n < 10:
                record_follow_up(
                    session, first, channel="call", disposition="won", idempotency_key=f"w{n}",
                    now=NOW,
                )  # fmt: skip
        for n in range(300):
            how = "meeting" if rng.random() < 0.2 else "no_answer"
            record_contact(
                session, rep, channel="call", disposition=how, idempotency_key=f"c{n}",
                reference=f"r{n}", control=n % 2 == 0, now=NOW,
            )  # fmt: skip
        engaged, cold = read_outcomes(session, team, threshold=0.5)
        assert (engaged.tried, cold.tried) == (150, 150)
        assert read_outcomes(session, team, threshold=0.5, control_only=False)[1].tried == 300
        assert read_outcomes(session, team, threshold=9.0)[0].tried == 0
        owing = make_rep(session, team, "Omar", at=NOW, target=None)
        # 30 a week come to 130.45 in a month of mean length
        for per, kept, more in (("week", 30, {}), ("month", 30, {"fresh_days": 14})):
            set_quota(session, owing, target=kept, per="week", threshold=0.4, now=NOW,
                      starts_on=NOW.date(), weight=2.0, **more)  # fmt: skip
            set_quota(session, owing, target=80, per=per, activity="outbound_call", threshold=0,
                      starts_on=NOW.date(), now=NOW)  # fmt: skip
            both, worth = convert_quota(session, owing, **words)
            owed = {"week": 30, "month": 30 * 365.25 / 84}[per]
            assert both.target == math.ceil(owed + worth.worth)
            assert (both.period, both.threshold, both.weight) == (per, 0.4, 3.0)
            assert both.fresh_days == more.get("fresh_days")
            assert both.basis is not None
            assert both.basis["kept"]["target"] == 30
            assert both.basis["kept"]["in_period"] == round(owed, 2)
        quota, worth = convert_quota(session, rep, **words)
        assert worth.enough
        assert worth.low <= quota.target <= worth.high + 1
        assert quota.basis is not None
        assert quota.basis["from_target"] == 250
        assert quota.basis["decided_by"] == "Mona"
        assert quota.basis["cold"]["tried"] == 150
        assert find_quota(session, rep.id, NOW.date(), "outbound_call") is None
        assert load_exchange(session, team, calls=250, threshold=0.5).target == quota.target
        with pytest.raises(Refused, match="no quota of outbound calls"):
            convert_quota(session, rep, **words)
