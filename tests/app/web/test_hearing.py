from __future__ import annotations

from datetime import datetime

from app.web.hearing import load_newest
from models import Person
from models.database import Database
from prospects.suppress import suppress_person
from tests.factories import make_prospect, make_topic


def test_nobody_suppressed_is_quoted_among_what_a_topic_heard(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        make_prospect(session, topic, "ann", (2.0, now))
        bob = make_prospect(session, topic, "bob", (2.0, now))
        assert {post.handle for post in load_newest(session, topic.id)} == {"@ann", "@bob"}
        person = session.get_one(Person, bob.person_id)
        suppress_person(session, person, reason="list:found", now=now)
        session.flush()
        assert {post.handle for post in load_newest(session, topic.id)} == {"@ann"}
