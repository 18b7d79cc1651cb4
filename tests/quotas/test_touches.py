from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from config.errors import Conflict, NotFound, Refused
from models import Assignment, Label, Person, Suppression, Team, Touch
from models.database import Database
from quotas.assign import build_lists
from quotas.touches import record_touch, set_undo_limit, undo_touch
from tests.factories import (
    list_settings,
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

LIMIT = timedelta(hours=24)


@pytest.fixture
def assignment_id(db: Database, now: datetime) -> int:
    with db.write() as session:
        rep = make_rep(session, make_team(session, at=now), "Rita", at=now)
        prospect = make_prospect(session, make_topic(session, at=now), "ann", (3.0, now))
        return make_assignment(session, rep, prospect, at=now).id


def touch(
    db: Database, number: int, now: datetime, disposition: str = "contacted", key: str = "k1",
    channel: str = "call", note: str | None = None,
) -> int:  # fmt: skip
    with db.write() as session:
        return record_touch(
            session, number, channel=channel, disposition=disposition, idempotency_key=key,
            now=now, note=note, weights=warmth_settings(),
        ).id  # fmt: skip


def undo(db: Database, number: int, now: datetime) -> int:
    with db.write() as session:
        return undo_touch(session, number, now=now, limit=LIMIT, weights=warmth_settings()).id


def state(db: Database, number: int) -> str | None:
    with db.read() as session:
        return session.get_one(Assignment, number).closed_reason


def labels(db: Database) -> list[tuple[int, bool]]:
    with db.read() as session:
        rows = session.scalars(select(Label).order_by(Label.id))
        return [(label.value, label.revokes_id is not None) for label in rows]


def test_a_touch_closes_its_assignment(db: Database, now: datetime, assignment_id: int) -> None:
    number = touch(db, assignment_id, now, note=" called\x00 \ud800 ")
    with db.read() as session:
        made = session.get_one(Touch, number)
        assert (made.note, made.occurred_at, made.undoes_id) == ("called ?", now, None)
        assert session.get_one(Assignment, assignment_id).closed_at == now
    assert state(db, assignment_id) == "touched"


def test_a_double_submit_is_one_touch(db: Database, now: datetime, assignment_id: int) -> None:
    first = touch(db, assignment_id, now)
    assert touch(db, assignment_id, now + LIMIT) == first
    with pytest.raises(Conflict, match="was closed at"):
        touch(db, assignment_id, now, key="k2")
    with db.read() as session:
        assert len(session.scalars(select(Touch)).all()) == 1


def test_a_key_of_another_contact_is_refused(
    db: Database, now: datetime, assignment_id: int
) -> None:
    with db.write() as session:
        first = session.get_one(Assignment, assignment_id)
        topic = make_topic(session, at=now, name="Other")
        prospect = make_prospect(session, topic, "bob", (3.0, now))
        rep = make_rep(session, make_team(session, at=now, name="T"), "r", at=now)
        assert first.rep_id != rep.id
        other = make_assignment(session, rep, prospect, at=now).id
    touch(db, assignment_id, now)
    with pytest.raises(Conflict, match="another contact"):
        touch(db, other, now)
    assert state(db, other) is None


@pytest.mark.parametrize(
    "wrong",
    [{"channel": "pigeon"}, {"disposition": "maybe"}, {"key": ""}, {"key": "k" * 101},
     {"key": "\x00"}],
)  # fmt: skip
def test_what_is_not_known_is_refused(
    db: Database, now: datetime, assignment_id: int, wrong: dict[str, str]
) -> None:
    with pytest.raises(Refused):
        touch(db, assignment_id, now, **wrong)
    assert state(db, assignment_id) is None


@pytest.mark.parametrize("number", [0, -1, 999, 2**63, 10**30])
def test_unknown_numbers_are_not_found(
    db: Database, now: datetime, assignment_id: int, number: int
) -> None:
    with pytest.raises(NotFound, match="no assignment"):
        touch(db, number, now)
    with pytest.raises(NotFound, match="no touch"):
        undo(db, number, now)


def test_undo_opens_the_assignment_again_by_a_new_row(
    db: Database, now: datetime, assignment_id: int
) -> None:
    first = touch(db, assignment_id, now)
    undone = undo(db, first, now + timedelta(minutes=5))
    assert undo(db, first, now + timedelta(minutes=6)) == undone  # twice is once
    assert state(db, assignment_id) is None
    with pytest.raises(NotFound):
        undo(db, undone, now)
    second = touch(db, assignment_id, now, key="k2")
    with db.read() as session:
        rows = session.scalars(select(Touch).order_by(Touch.id)).all()
        assert [row.undoes_id for row in rows] == [None, first, None]
    assert undo(db, first, now + 9 * LIMIT) == undone
    assert state(db, assignment_id) == "touched"
    undo(db, second, now)


def test_undo_has_a_limit(db: Database, now: datetime, assignment_id: int) -> None:
    first = touch(db, assignment_id, now)
    with pytest.raises(Conflict, match="older than 1440 minutes"):
        undo(db, first, now + LIMIT + timedelta(seconds=1))
    undo(db, first, now + LIMIT)
    with db.write() as session:
        team = session.scalars(select(Team)).one()
        set_undo_limit(session, team, 2 * 1440)
        for wrong in (-1, 99_999):
            with pytest.raises(Refused, match="not usable"):
                set_undo_limit(session, team, wrong)
    second = touch(db, assignment_id, now, key="k2")
    undo(db, second, now + LIMIT + timedelta(minutes=1))  # a team's own limit goes before


def test_undo_when_the_person_is_held_again_is_refused(
    db: Database, now: datetime, assignment_id: int
) -> None:
    first = touch(db, assignment_id, now)
    with db.write() as session:
        old = session.get_one(Assignment, assignment_id)
        session.add(
            Assignment(
                rep_id=old.rep_id, person_id=old.person_id, topic_id=old.topic_id,
                signal_id=old.signal_id, listed_on=old.listed_on + timedelta(days=1), rank=1,
                warmth=1.0, reasons=[], assigned_at=now,
            )
        )  # fmt: skip
    with pytest.raises(Conflict, match="somebody's list again"):
        undo(db, first, now)
    assert state(db, assignment_id) == "touched"


def test_do_not_contact_suppresses_and_undo_lifts_it(
    db: Database, now: datetime, assignment_id: int
) -> None:
    first = touch(db, assignment_id, now, "do_not_contact")
    with db.read() as session:
        assert session.scalars(select(Person.suppressed_at)).one() == now
        assert len(session.scalars(select(Suppression)).all()) == 2
    undo(db, first, now)
    with db.read() as session:
        assert session.scalars(select(Person.suppressed_at)).one() is None
        assert session.scalars(select(Suppression)).all() == []
    assert state(db, assignment_id) is None


def test_a_suppressed_person_is_not_touched(
    db: Database, now: datetime, assignment_id: int
) -> None:
    with db.write() as session:
        session.scalars(select(Person)).one().suppressed_at = now
    with pytest.raises(Conflict, match="must not be contacted"):
        touch(db, assignment_id, now)


@pytest.mark.parametrize(
    ("disposition", "value"),
    [("replied", 1), ("won", 1), ("not_relevant", 0), ("wrong_person", 0), ("no_answer", None),
     ("contacted", None), ("not_interested", None)],
)  # fmt: skip
def test_a_disposition_that_judges_leaves_a_label_which_undo_withdraws(
    db: Database, now: datetime, assignment_id: int, disposition: str, value: int | None
) -> None:
    first = touch(db, assignment_id, now, disposition)
    assert labels(db) == ([] if value is None else [(value, False)])
    undo(db, first, now)
    assert labels(db) == ([] if value is None else [(value, False), (value, True)])


def test_undo_leaves_what_was_listed_for_a_day_gone_by_closed(db: Database, now: datetime) -> None:
    with db.write() as session:
        team = make_team(session, at=now)
        make_rep(session, team, "Rita", at=now, target=5, period="day")
        make_prospect(session, make_topic(session, at=now), "ann", (3.0, now - timedelta(days=2)))
        yesterday = now.date() - timedelta(days=1)
        build_lists(session, team, yesterday, now=now, settings=list_settings())
        number, closed_at = session.execute(select(Assignment.id, Assignment.closed_at)).one()
    undo(db, touch(db, number, now), now)
    assert state(db, number) == "past"
    with db.read() as session:
        assert session.get_one(Assignment, number).closed_at == closed_at
    touch(db, number, now, key="k2")  # and it can be written down rightly
    assert state(db, number) == "touched"
