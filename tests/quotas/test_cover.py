"""Who answers a rep who is away goes to a colleague, and back once the rep is back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from models import Assignment, Rep, Team, Touch
from models.database import Database
from prospects.relations import relationships
from quotas.assign import build_lists
from quotas.cover import find_away
from quotas.departures import deactivate
from quotas.handover import hand_back, reassign
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

DAY = timedelta(days=1)


def prepare(
    db: Database, now: datetime, languages: tuple[str, ...] = ("", ""), days: int = 7
) -> int:
    """On a Wednesday somebody answers Ines, who goes on leave the next day; Ben and Cem work."""
    with db.write() as session:
        topic = make_topic(session, at=now)
        team = make_team(session, at=now)
        ines = make_rep(session, team, "Ines", at=now, target=5)
        for name, code in zip(("Ben", "Cem"), languages, strict=True):
            make_rep(
                session,
                team,
                name,
                at=now,
                target=5,
                territory={"language": [code]} if code else {},
            )
        answered = make_prospect(session, topic, "ann", (3.0, now - DAY))
        given = make_assignment(session, ines, answered, at=now)
        record_touch(
            session, given.id, channel="message", disposition="replied", idempotency_key="a",
            now=now, weights=warmth_settings(),
        )  # fmt: skip
        first = now.date() + DAY
        add_leave(session, ines, starts_on=first, ends_on=first + days * DAY, now=now)
        return answered.person_id


def build(db: Database, at: datetime) -> dict[str, str]:
    """Who has somebody open after the day's build, and why."""
    with db.write() as session:
        team = session.scalars(select(Team)).one()
        for _ in range(2):  # the second adds nothing
            build_lists(session, team, at.date(), now=at, settings=list_settings(explore_share=0.0))
        rows = session.execute(
            select(Rep.name, Assignment.source)
            .join(Rep, Rep.id == Assignment.rep_id)
            .where(Assignment.closed_at.is_(None))
        ).all()
        assert len(dict(rows)) == len(rows)
        return dict(rows)


def touch(db: Database, at: datetime, disposition: str) -> None:
    with db.write() as session:
        given = session.scalars(select(Assignment.id).where(Assignment.closed_at.is_(None))).one()
        record_touch(
            session, given, channel="message", disposition=disposition,
            idempotency_key=f"{given}:{at}", now=at, weights=warmth_settings(),
        )  # fmt: skip


def test_an_answer_goes_to_a_colleague_until_the_rep_is_back(db: Database, now: datetime) -> None:
    person_id = prepare(db, now)
    assert build(db, now + DAY) == {"Ben": "cover"}
    assert build(db, now + 2 * DAY) == {"Ben": "cover"}
    # Ines is back on the eighth day: who is there on the day before finds them tomorrow
    assert build(db, now + 7 * DAY) == {"Ines": "relationship"}
    with db.read() as session:
        rows = session.execute(
            select(Rep.name, Assignment.closed_reason)
            .join(Rep, Rep.id == Assignment.rep_id)
            .where(Assignment.person_id == person_id)
            .order_by(Assignment.id)
        ).all()
    assert [tuple(row) for row in rows] == [
        ("Ines", "touched"),
        ("Ben", "rep_back"),
        ("Ines", None),
    ]


def test_what_a_colleague_does_meanwhile_takes_nobody_away(lite: Database, now: datetime) -> None:
    person_id = prepare(lite, now)
    build(lite, now + DAY)
    touch(lite, now + DAY, "replied")
    assert build(lite, now + 2 * DAY) == {"Ben": "cover"}  # the same colleague goes on
    touch(lite, now + 2 * DAY, "replied")
    with lite.read() as session:
        ines = session.scalars(select(Rep.id).where(Rep.name == "Ines")).one()
        found = relationships(session, as_of=now + 3 * DAY, settings=list_settings())
        assert found[person_id].rep_id == ines
        assert session.scalars(select(Touch.rep_id).distinct()).all() != [ines]
    assert build(lite, now + 8 * DAY) == {"Ines": "relationship"}


def test_somebody_handed_on_for_good_stays(lite: Database, now: datetime) -> None:
    prepare(lite, now)
    build(lite, now + DAY)
    with lite.write() as session:
        given = session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))).one()
        cem = session.scalars(select(Rep).where(Rep.name == "Cem")).one()
        reassign(session, given.id, cem, reason="knows them", by="Mona", now=now + DAY)
    touch(lite, now + DAY, "replied")
    assert build(lite, now + 8 * DAY) == {"Cem": "relationship"}


def test_who_waited_on_the_list_when_leave_began_moves_on_too(
    lite: Database, now: datetime
) -> None:
    prepare(lite, now - DAY, days=20)
    with lite.write() as session:
        rep = session.scalars(select(Rep).where(Rep.name == "Ines")).one()
        (leave,) = rep.leaves
        leave.starts_on = now.date() + DAY
    assert build(lite, now - timedelta(hours=1)) == {"Ines": "relationship"}
    assert build(lite, now + DAY) == {"Ben": "cover"}
    with lite.write() as session:
        given = session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))).one()
        hand_back(session, given.id, now=now + DAY)
    assert build(lite, now + 2 * DAY) == {"Cem": "cover"}


def test_an_answer_that_a_colleague_lets_lie_goes_to_another(lite: Database, now: datetime) -> None:
    prepare(lite, now, days=20)
    assert build(lite, now + DAY) == {"Ben": "cover"}
    assert build(lite, now + 9 * DAY) == {"Cem": "cover"}


def test_an_answer_to_a_rep_who_left_is_not_lost(lite: Database, now: datetime) -> None:
    prepare(lite, now)
    with lite.write() as session:
        rep = session.scalars(select(Rep).where(Rep.name == "Ines")).one()
        deactivate(session, rep, by="Mona", now=now)
    assert build(lite, now + DAY) == {"Ben": "cover"}
    touch(lite, now + DAY, "replied")
    assert build(lite, now + 2 * DAY) == {"Ben": "relationship"}  # theirs from here on


def test_a_day_off_or_a_language_nobody_else_has_moves_nobody(
    lite: Database, now: datetime
) -> None:
    prepare(lite, now, languages=("ar", "de"))
    assert build(lite, now + DAY) == {"Ines": "relationship"}  # where a manager sees them
    with lite.read() as session:
        team = session.scalars(select(Team)).one()
        ines = session.scalars(select(Rep).where(Rep.name == "Ines")).one()
        away = [find_away(team, [ines], now.date() + n * DAY) for n in range(9)]
    assert away == [frozenset(), *[{ines.id}] * 6, frozenset(), frozenset()]
