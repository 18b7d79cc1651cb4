from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from models import Account, Assignment, Person, Suppression
from models.database import Database
from prospects.suppress import lift_suppression, suppress_person
from signals.tombstones import Hashes
from tests.factories import (
    make_assignment,
    make_person,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
)


def test_every_account_of_a_suppressed_person_is_kept_out_without_naming_it(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        person = make_person(session, "Ann", at=now)
        session.add(
            Account(
                person_id=person.id, network="x", external_id="7", handle=None, first_seen_at=now
            )
        )
        session.flush()
        suppress_person(session, person, reason="objection", now=now)
        suppress_person(session, person, reason="objection", now=now)
        assert person.suppressed_at == now
        hashes = Hashes(session)
        assert hashes.has("account", "bluesky", "Ann")
        assert hashes.has("handle", "bluesky", "ann")
        assert hashes.has("account", "x", "7")
        assert not hashes.has("account", "x", "Ann")
        stored = session.scalars(select(Suppression.value_hash)).all()
        assert len(stored) == 3
        assert "ann" not in "".join(stored).lower()


def test_an_open_assignment_is_closed_and_a_closed_one_keeps_its_reason(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        rep = make_rep(session, make_team(session, at=now), "Rita", at=now)
        prospect = make_prospect(session, make_topic(session, at=now), "ann", (3.0, now))
        done = make_assignment(session, rep, prospect, at=now, on=now.date().replace(day=1))
        done.closed_at, done.closed_reason = now, "touched"
        session.flush()
        make_assignment(session, rep, prospect, at=now)
        suppress_person(
            session, session.get_one(Person, prospect.person_id), reason="objection", now=now
        )
        session.flush()
        reasons = session.scalars(select(Assignment.closed_reason).order_by(Assignment.id)).all()
    assert reasons == ["touched", "suppressed"]


def test_lifting_takes_back_its_own_reason_alone(db: Database, now: datetime) -> None:
    with db.write() as session:
        ann, bob = (make_person(session, name, at=now) for name in ("ann", "bob"))
        suppress_person(session, ann, reason="touch:1", now=now)
        suppress_person(session, bob, reason="touch:2", now=now)
        lift_suppression(session, ann, reason="touch:1")
        assert ann.suppressed_at is None
        assert bob.suppressed_at == now
        assert not Hashes(session).has("account", "bluesky", "ann")
        assert Hashes(session).has("account", "bluesky", "bob")


def test_undoing_a_touch_does_not_lift_an_objection_made_before_or_after(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        for name, reasons in (
            ("ann", ("touch:1", "objection")),
            ("bob", ("objection", "touch:1")),
        ):
            person = make_person(session, name, at=now)
            for reason in reasons:
                suppress_person(session, person, reason=reason, now=now)
            lift_suppression(session, person, reason="touch:1")
            assert person.suppressed_at == now
            assert Hashes(session).has("account", "bluesky", name)
