from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import PrivacySettings, read_defaults
from models import Account, Person
from models.database import Database
from prospects.exports import papers
from prospects.notices import due_at, due_notices, mark_given, notice_text
from prospects.suppress import suppress_person
from quotas.touches import record_touch, undo_touch
from tests.factories import (
    make_assignment,
    make_person,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

DAY = timedelta(days=1)


def asked(place: str = "unknown", **more: str) -> PrivacySettings:
    return PrivacySettings(**(read_defaults()["privacy"] | {"place": place} | more))


def test_whoever_is_ranked_is_told_within_a_month_or_at_first_contact(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        rep = make_rep(session, make_team(session, at=now), "Rita", at=now)
        old = make_prospect(session, topic, "old", (2.0, now - 40 * DAY))
        new = make_prospect(session, topic, "new", (2.0, now - DAY))
        called = make_prospect(session, topic, "called", (2.0, now - 2 * DAY))
        shy = make_prospect(session, topic, "shy", (2.0, now - 2 * DAY))
        suppress_person(
            session, session.get_one(Person, shy.person_id), reason="objection", now=now
        )
        assignment = make_assignment(session, rep, called, at=now)
        touch = record_touch(
            session, assignment.id, channel="call", disposition="contacted", idempotency_key="k",
            now=now, weights=warmth_settings(),
        )  # fmt: skip
        found = due_notices(session, settings=asked(), now=now)
        assert [(one.name, one.because, one.is_overdue) for one in found] == [
            ("old", "stored", True), ("called", "contacted", True), ("new", "stored", False),
        ]  # fmt: skip
        assert found[2].due_at == now - DAY + 30 * DAY
        overdue = due_notices(session, settings=asked(), now=now, only_overdue=True)
        assert [one.name for one in overdue] == ["old", "called"]
        assert due_notices(session, settings=asked("elsewhere"), now=now) == []
        undo_touch(session, touch.id, now=now, limit=DAY, weights=warmth_settings())
        found = due_notices(session, settings=asked(), now=now)
        assert [one.because for one in found] == ["stored", "stored", "stored"]
        told = [old.person_id, new.person_id]
        assert mark_given(session, told, channel="message", given_by="Rita", now=now) == 2
        assert mark_given(session, told, channel="message", given_by="Rita", now=now) == 0
        found = due_notices(session, settings=asked(), now=now)
        assert [one.name for one in found] == ["called"]


def test_whoever_is_stored_is_told_ranked_or_not_but_for_the_teams_own(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        make_person(session, "nobody_ranked", at=now - DAY)
        ours = make_person(session, "our_page", at=now)
        session.query(Account).filter_by(person_id=ours.id).one().own = True
        session.flush()
        found = due_notices(session, settings=asked("eu"), now=now)
        assert [(one.name, one.because) for one in found] == [("nobody_ranked", "stored")]


def test_where_somebody_says_they_live_goes_before_the_setting(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        people = {}
        for name, place in (("berlin", "DE"), ("leeds", "GB"), ("dubai", "AE"), ("silent", None)):
            one = make_prospect(session, topic, name, (2.0, now))
            one.place, people[name] = place, one.person_id
        moved = make_topic(session, at=now, name="Moving", keywords=["moving"])
        later = make_prospect(
            session, moved, "dubai2", (2.0, now + DAY),
            person=session.get_one(Person, people["leeds"]),
        )  # fmt: skip
        later.place = "AE"
        session.flush()
        for setting, names in (
            ("elsewhere", {"berlin"}), ("unknown", {"berlin", "silent"}),
            ("eu", {"berlin", "silent"}),
        ):  # fmt: skip
            found = due_notices(session, settings=asked(setting), now=now)
            assert {one.name for one in found} == names, setting
        some = [people["dubai"], people["silent"]]
        assert due_notices(session, settings=asked("elsewhere"), now=now, people=some) == []
        told = papers(
            session, [(one, "bluesky") for one in people.values()],
            settings=asked("elsewhere"), now=now,
        )  # fmt: skip
        berlin = told[people["berlin"], "bluesky"]
        assert (berlin.notice, berlin.outreach) == ("due", False)  # no way to tell them is set
        assert told[people["dubai"], "bluesky"].notice == "not_required"


@given(st.floats(1, 30), st.one_of(st.none(), st.integers(0, 60)))
def test_the_earlier_rule_decides(days: float, contacted_after: int | None) -> None:
    stored = datetime(2026, 1, 1)
    contacted = None if contacted_after is None else stored + timedelta(days=contacted_after)
    at, because = due_at(stored, contacted, days)
    assert stored <= at <= stored + timedelta(days=days)
    assert because == ("contacted" if at == contacted and contacted_after != days else because)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_notice_says_who_why_and_where_to_write(language: str) -> None:
    settings = asked(controller="ACME Ltd", contact="privacy@acme.example")
    text = notice_text(language, name="@ann", network="bluesky", settings=settings)
    for word in ("@ann", "bluesky", "ACME Ltd", "privacy@acme.example"):
        assert word in text
    assert "{" not in text
    unset = notice_text("xx", name="a", network="x", settings=asked())
    assert "[controller]" in unset
