"""Where a whole team stands: each rep's own figures, in as many statements as for one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from models import DailyList, Quota, Rep, Team, Topic, TouchVerdict
from models.database import Database
from quotas.attainment import load_attainments
from quotas.contacts import record_contact
from quotas.outlook import load_outlook
from quotas.standings import load_reps, load_standings
from quotas.touches import record_touch
from quotas.working_time import add_leave, set_ramp
from tests.factories import (
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)
from tests.statements import counting

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOW = MONDAY + timedelta(days=2, hours=2)


def _work(session: Session, rep: Rep, topic: Topic, at: datetime, number: int) -> list[int]:
    made = []
    for n in range(number):
        warmth = 3.0 if n % 4 else 0.8
        prospect = make_prospect(session, topic, f"{at:%m%d%H}-{rep.id}-{n}", (warmth, at))
        assignment = make_assignment(session, rep, prospect, at=at)
        touch = record_touch(
            session, assignment.id, channel="call" if n % 2 else "message",
            disposition="proposal" if n == 1 else "contacted",
            idempotency_key=f"t{assignment.id}", now=at + timedelta(minutes=n),
            weights=warmth_settings(),
        )  # fmt: skip
        made.append(touch.id)
    return made


def _fill(session: Session, reps: int) -> Team:
    topic = make_topic(session, at=MONDAY)
    team = make_team(session, at=MONDAY)
    session.add(
        Quota(
            team_id=team.id, activity="outbound_call", target=30, period="month", threshold=0.0,
            starts_on=date(2026, 10, 1), created_at=MONDAY,
        )
    )  # fmt: skip
    for number in range(reps):
        rep = make_rep(
            session, team, f"Rep {number:02d}", at=MONDAY, target=10 + number,
            threshold=0.5 if number % 2 else 1.0,
        )  # fmt: skip
        for week in (5, 1, 0):
            for day in range(3 if week else 2):
                _work(session, rep, topic, MONDAY + timedelta(days=day - 7 * week), 2 + number % 3)
        if number % 3 == 0:
            add_leave(
                session, rep, starts_on=date(2026, 11, 27), ends_on=date(2026, 11, 28), now=MONDAY
            )
            record_contact(
                session, rep, channel="call", disposition="contacted",
                idempotency_key=f"cold{rep.id}", reference="x" * 32, activity="site_visit",
                now=MONDAY,
            )  # fmt: skip
            session.add(
                Quota(
                    rep_id=rep.id, activity="site_visit", target=4, period="quarter",
                    threshold=0.0, starts_on=date(2026, 11, 1), created_at=MONDAY, weight=2.0,
                )
            )  # fmt: skip
            session.add(
                DailyList(
                    rep_id=rep.id, listed_on=date(2026, 11, 24), wanted=5, shortfall=3,
                    shortfall_reason="territory", seed=0, content_hash="", details={},
                    built_at=MONDAY,
                )
            )  # fmt: skip
        if number % 3 == 1:
            begins = date(2026, 11, 16)
            planned_at = MONDAY - timedelta(days=14)
            set_ramp(session, rep, starts_on=begins, percents=[25, 50, 75], now=planned_at)
        if number % 3 == 2:
            voided = _work(session, rep, topic, MONDAY + timedelta(hours=1), 1)
            session.add(
                TouchVerdict(
                    touch_id=voided[0], verdict="void", reason="twice", decided_by="Mara",
                    decided_at=MONDAY,
                )
            )  # fmt: skip
    return team


def test_the_team_s_figures_are_each_rep_s_own(db: Database) -> None:
    with db.write() as session:
        team_id = _fill(session, 4).id
    with db.read() as session:
        of_team = load_standings(session, load_reps(session, team_id), NOW)
    assert len(of_team) == 4
    for rep_id, standings in of_team.items():
        with db.read() as session:
            rep = session.get_one(Rep, rep_id)
            own = load_attainments(session, rep, NOW)
            assert [one.attainment for one in standings] == own
            assert [one.outlook for one in standings] == [
                load_outlook(session, rep, one, NOW) for one in own
            ]
    activities = {one.attainment.activity for of_rep in of_team.values() for one in of_rep}
    assert activities == {"engaged_contact", "outbound_call", "site_visit"}
    causes = {
        cause
        for of_rep in of_team.values()
        for one in of_rep
        for cause in one.outlook.missing.causes
    }
    assert causes == {"territory", "not_worked"}


def test_more_reps_ask_no_more_statements(db: Database) -> None:
    with db.write() as session:
        few = _fill(session, 2).id
    with db.read() as session, counting(db) as of_few:
        load_standings(session, load_reps(session, few), NOW)
    with db.write() as session:
        team = session.get_one(Team, few)
        topic = make_topic(session, at=MONDAY, name="another")
        for number in range(10, 22):
            rep = make_rep(session, team, f"Rep {number}", at=MONDAY, target=number)
            _work(session, rep, topic, MONDAY, 2)
    with db.read() as session, counting(db) as of_many:
        found = load_standings(session, load_reps(session, few), NOW)
    assert len(found) == 14
    assert len(of_many) == len(of_few) <= 12


def test_a_team_of_nobody_stands_nowhere(db: Database) -> None:
    with db.write() as session:
        team_id = make_team(session, at=MONDAY).id
    with db.read() as session:
        assert load_standings(session, load_reps(session, team_id), NOW) == {}
