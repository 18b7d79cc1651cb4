from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from models import Rep, Touch
from models.database import Database
from prospects.relations import Relation, relationships
from tests.factories import (
    list_settings,
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
)

DAY = timedelta(days=1)


def contacted(
    session: Session, at: datetime, disposition: str, *evidence: tuple[float, datetime]
) -> tuple[int, Touch]:
    """A person with evidence, and one touch of theirs by a rep of their own."""
    topic = make_topic(session, at=at, name=f"{disposition} {at}")
    prospect = make_prospect(session, topic, disposition, *evidence)
    rep = make_rep(session, make_team(session, at=at, name=topic.name), "r", at=at)
    assignment = make_assignment(session, rep, prospect, at=at)
    assignment.closed_at, assignment.closed_reason = at, "touched"
    touch = Touch(
        assignment_id=assignment.id, rep_id=rep.id, person_id=prospect.person_id, channel="call",
        disposition=disposition, occurred_at=at, recorded_at=at, idempotency_key=topic.name,
    )  # fmt: skip
    session.add(touch)
    session.flush()
    return prospect.person_id, touch


@pytest.mark.parametrize(
    ("disposition", "before", "after"),
    [
        ("replied", "replied", "engaged_again"),
        ("meeting", "known", "engaged_again"),
        ("won", "known", "engaged_again"),
        ("contacted", None, "engaged_again"),
        ("no_answer", None, "engaged_again"),
        ("not_interested", None, None),
        ("wrong_person", None, None),
    ],
)
def test_a_reply_and_new_evidence_bring_somebody_to_their_rep(
    db: Database, now: datetime, disposition: str, before: str | None, after: str | None
) -> None:
    with db.write() as session:
        person_id, touch = contacted(
            session, now - 5 * DAY, disposition, (2.0, now - 6 * DAY), (2.0, now - DAY)
        )
        for as_of, why in ((now - 2 * DAY, before), (now, after)):
            found = relationships(session, as_of=as_of, settings=list_settings())
            wanted = {} if why is None else {
                person_id: Relation(touch.rep_id, why, touch.occurred_at)
            }  # fmt: skip
            assert found == wanted
            assert relationships(
                session, as_of=as_of, settings=list_settings(), person_ids=[person_id]
            ) == (wanted)
        assert relationships(session, as_of=now, settings=list_settings(), person_ids=[]) == {}


def test_a_relationship_ends_with_time_with_the_rep_and_with_an_undo(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        person_id, touch = contacted(session, now - 5 * DAY, "replied", (2.0, now - 6 * DAY))
        settings = list_settings()
        assert relationships(session, as_of=now, settings=settings)[person_id].is_due
        assert relationships(session, as_of=now + 400 * DAY, settings=settings) == {}
        rep = session.get_one(Rep, touch.rep_id)
        rep.active = False
        session.flush()
        assert relationships(session, as_of=now, settings=settings) == {}
        rep.active = True
        session.add(
            Touch(
                assignment_id=touch.assignment_id, rep_id=touch.rep_id, person_id=person_id,
                channel="call", disposition="replied", occurred_at=touch.occurred_at,
                recorded_at=now, idempotency_key="undo", undoes_id=touch.id,
            )
        )  # fmt: skip
        session.flush()
        assert relationships(session, as_of=now, settings=settings) == {}
