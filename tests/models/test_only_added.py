"""The past stays as it was entered, whoever asks the database; erasing and linking still can."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models import Assignment, Person, PrivacyEntry, Quota, Touch, TouchFlag, TouchVerdict
from models.database import Database
from prospects.erase import erase_person, record
from quotas.touches import record_touch
from tests.factories import (
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

_WRITES = (
    "DELETE FROM touches",
    "UPDATE touches SET disposition = 'won'",
    "UPDATE touches SET occurred_at = recorded_at",
    "UPDATE touches SET undoes_id = NULL",
    "DELETE FROM quotas",
    "UPDATE quotas SET target = 1",
    "DELETE FROM touch_verdicts",
    "UPDATE touch_verdicts SET verdict = 'accept'",
    "DELETE FROM touch_flags",
    "UPDATE touch_flags SET rule = 'other'",
    "DELETE FROM privacy_entries",
    "UPDATE privacy_entries SET actor = 'nobody'",
)


@pytest.fixture
def worked(db: Database, now: datetime) -> Database:
    with db.write() as session:
        rep = make_rep(session, make_team(session, at=now), "Ines", at=now)
        prospect = make_prospect(session, make_topic(session, at=now), "ann", (2.0, now))
        assignment = make_assignment(session, rep, prospect, at=now)
        touch = record_touch(
            session, assignment.id, channel="call", disposition="contacted", note="rang twice",
            idempotency_key="k1", now=now, weights=warmth_settings(),
        )  # fmt: skip
        session.flush()
        touch_id = session.scalars(select(Touch.id)).one()
        assert touch
        session.add_all(
            [
                TouchFlag(touch_id=touch_id, rule="rapid", why="ann, twice", flagged_at=now),
                TouchVerdict(
                    touch_id=touch_id, verdict="void", reason="ann again", decided_by="M",
                    decided_at=now,
                ),
            ]
        )  # fmt: skip
        record(session, "export", actor="M", subject=None, counts={}, now=now)
    return db


@pytest.mark.parametrize("statement", _WRITES)
def test_what_was_entered_is_neither_changed_nor_deleted(worked: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="are only added"), worked.write() as session:
        session.execute(text(statement))


def test_an_erasure_takes_the_words_and_leaves_what_counts(worked: Database, now: datetime) -> None:
    with worked.write() as session:
        touch = session.scalars(select(Touch)).one()
        before = (touch.rep_id, touch.disposition, touch.occurred_at)
        person = session.scalars(select(Assignment)).one().person_id

        erase_person(session, session.get_one(Person, person), actor="M", now=now + timedelta(1))
    with worked.read() as session:
        touch = session.scalars(select(Touch)).one()
        assert (touch.rep_id, touch.disposition, touch.occurred_at) == before
        assert (touch.note, touch.idempotency_key) == (None, f"erased:{touch.id}")
        assert session.scalars(select(TouchVerdict)).one().reason == "erased"
        assert session.scalars(select(TouchFlag)).one().why == "erased"
        assert session.scalars(select(Quota)).all()
        assert len(session.scalars(select(PrivacyEntry)).all()) == 2
