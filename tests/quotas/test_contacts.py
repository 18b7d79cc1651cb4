"""Contacts beside the list, next steps, and prospects handed back or over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound, Refused
from models import Assignment, Person, Reassignment, Rep, Touch
from models.database import Database
from quotas.attainment import load_attainments
from quotas.contacts import load_next_steps, record_contact, record_follow_up
from quotas.control import deal_control, find_control, is_drawn, set_control
from quotas.handover import hand_back, reassign, take_back
from quotas.later import last_day, put_off, take_up
from quotas.lists import load_list
from quotas.references import read_reference
from quotas.release import release_stale
from quotas.setting import set_quota
from quotas.touches import record_touch, undo_touch
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


def prepare(session: Session, now: datetime) -> tuple[Rep, Rep, Assignment]:
    team = make_team(session, at=now)
    rita = make_rep(session, team, "Rita", at=now, threshold=1.0)
    omar = make_rep(session, team, "Omar", at=now)
    prospect = make_prospect(session, make_topic(session, at=now), "ann", (3.0, now))
    return rita, omar, make_assignment(session, rita, prospect, at=now)


def touch(session: Session, assignment: Assignment, now: datetime, **more: object) -> Touch:
    words = {"channel": "message", "disposition": "contacted", "idempotency_key": "first"} | more
    return record_touch(session, assignment.id, now=now, weights=warmth_settings(), **words)  # type: ignore[arg-type] # words are what it takes


def test_each_kind_of_contact_counts_for_its_own_quota(db: Database, now: datetime) -> None:
    with db.write() as session:
        rita, _, assignment = prepare(session, now)
        for activity, target in (("outbound_call", 250), ("proposal", 2), ("webinar", 1)):
            set_quota(
                session, rita, activity=activity, target=target, per="week", threshold=0, now=now
            )
        first = touch(session, assignment, now)
        for number, (channel, disposition, activity) in enumerate(
            [("call", "no_answer", None), ("call", "proposal", None), ("email", "replied", None),
             ("meeting", "contacted", "webinar")]
        ):  # fmt: skip
            record_contact(
                session, rita, channel=channel, disposition=disposition, activity=activity,
                idempotency_key=f"c{number}", now=now,
            )  # fmt: skip
        follow = record_follow_up(
            session, first.id, channel="call", disposition="replied", idempotency_key="f", now=now
        )
        assert follow.person_id == first.person_id
        counted = {one.activity: one.counted for one in load_attainments(session, rita, now)}
        assert counted == {"engaged_contact": 1, "outbound_call": 3, "proposal": 1, "webinar": 1}
        undo_touch(session, follow.id, now=now, limit=DAY, weights=warmth_settings())
        calls = {one.activity: one.counted for one in load_attainments(session, rita, now)}
        assert calls["outbound_call"] == 2


def test_a_double_click_beside_the_list_is_one_contact_too(db: Database, now: datetime) -> None:
    with db.write() as session:
        rita, omar, assignment = prepare(session, now)
        words = {"channel": "call", "disposition": "contacted", "idempotency_key": "k", "now": now}
        first = record_contact(session, rita, **words)
        assert record_contact(session, rita, **words).id == first.id
        with pytest.raises(Conflict, match="another contact"):
            record_contact(session, omar, **words)
        listed = touch(session, assignment, now)
        with pytest.raises(Conflict, match="another contact"):
            record_contact(session, rita, **words | {"idempotency_key": listed.idempotency_key})
        with pytest.raises(Conflict, match="one from a list"):
            record_contact(
                session, rita, **words | {"idempotency_key": "x", "activity": "engaged contact"}
            )
        with pytest.raises(NotFound, match="no touch 999"):
            record_follow_up(session, 999, **words | {"idempotency_key": "y"})


def test_whoever_asked_to_be_left_alone_is_not_followed_up(db: Database, now: datetime) -> None:
    with db.write() as session:
        _, _, assignment = prepare(session, now)
        first = touch(session, assignment, now, next_on=now.date())
        assert load_next_steps(session, session.get_one(Rep, first.rep_id), now.date()) == [first]
        again = record_follow_up(
            session, first.id, channel="call", disposition="do_not_contact", idempotency_key="n",
            now=now,
        )  # fmt: skip
        person = session.get_one(Person, first.person_id)
        assert person.suppressed_at is not None
        with pytest.raises(Conflict, match="must not be contacted"):
            record_follow_up(
                session, again.id, channel="call", disposition="contacted", idempotency_key="m",
                now=now,
            )  # fmt: skip


def test_a_next_step_waits_for_its_day_and_is_done_by_the_next_contact(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        rita, _, assignment = prepare(session, now)
        first = touch(session, assignment, now, next_step="send the form", next_on=now.date() + DAY)
        assert load_next_steps(session, rita, now.date()) == []
        assert [one.next_step for one in load_next_steps(session, rita, now.date() + DAY)] == [
            "send the form"
        ]
        cold = record_contact(
            session, rita, channel="call", disposition="no_answer", idempotency_key="c", now=now,
            reference=read_reference(session, "+1 555 0100"), next_on=now.date(),
        )  # fmt: skip
        assert [one.id for one in load_next_steps(session, rita, now.date() + DAY)] == [
            cold.id, first.id,
        ]  # fmt: skip
        done = record_follow_up(
            session, first.id, channel="email", disposition="replied", idempotency_key="f", now=now
        )
        assert load_next_steps(session, rita, now.date() + DAY) == [cold]
        undo_touch(session, done.id, now=now, limit=DAY, weights=warmth_settings())
        assert len(load_next_steps(session, rita, now.date() + DAY)) == 2


@pytest.mark.parametrize(("days", "disposition"), [(-2, "contacted"), (800, "contacted"),
                                                   (1, "do_not_contact")])  # fmt: skip
def test_a_next_step_that_cannot_be_is_refused(
    db: Database, now: datetime, days: int, disposition: str
) -> None:
    with db.write() as session:
        _, _, assignment = prepare(session, now)
        with pytest.raises(Refused, match="next step"):
            touch(
                session, assignment, now, disposition=disposition, next_on=now.date() + days * DAY
            )


def test_a_prospect_handed_back_is_free_again(db: Database, now: datetime) -> None:
    with db.write() as session:
        _, omar, assignment = prepare(session, now)
        assert hand_back(session, assignment.id, now=now).closed_reason == "handed_back"
        assert hand_back(session, assignment.id, now=now + DAY).closed_at == now
        with pytest.raises(Conflict, match="handed_back"):
            reassign(session, assignment.id, omar, reason="r", by="Mona", now=now)
        with pytest.raises(NotFound):
            hand_back(session, 999, now=now)


def test_a_manager_gives_a_prospect_to_another_rep_and_says_why(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        rita, omar, assignment = prepare(session, now)
        for reason, by in (("", "Mona"), ("leave", " ")):
            with pytest.raises(Refused, match="reason and a name"):
                reassign(session, assignment.id, omar, reason=reason, by=by, now=now)
        with pytest.raises(Conflict, match="has this prospect"):
            reassign(session, assignment.id, rita, reason="r", by="Mona", now=now)
        given = reassign(session, assignment.id, omar, reason="on leave", by="Mona", now=now)
        assert (given.rep_id, given.warmth, given.reasons) == (
            omar.id, assignment.warmth, assignment.reasons,
        )  # fmt: skip
        assert (assignment.closed_reason, given.closed_at) == ("reassigned", None)
        with pytest.raises(Conflict, match="today already"):
            reassign(session, given.id, rita, reason="back", by="Mona", now=now)
        kept = session.scalars(select(Reassignment)).one()
        assert (kept.from_id, kept.to_id, kept.reason, kept.decided_by) == (
            assignment.id, given.id, "on leave", "Mona",
        )  # fmt: skip
        touch(session, given, now)
        assert [load_attainments(session, rep, now)[0].counted for rep in (rita, omar)] == [0, 1]
        omar.active = False
        with pytest.raises(Conflict, match="closed"):
            reassign(session, given.id, omar, reason="r", by="Mona", now=now)


def test_a_control_group_is_chance_switched_on_and_off(db: Database, now: datetime) -> None:
    with db.write() as session:
        rita, _, _ = prepare(session, now)
        names = [read_reference(session, f"customer {number}") for number in range(60)]
        assert len(set(names)) == 60
        with pytest.raises(Refused, match="exchange control"):
            deal_control(session, rita.team, names)
        with pytest.raises(Refused, match="not usable"):
            set_control(session, rita.team, 0.9, seed=1, now=now)
        set_control(session, rita.team, 0.5, seed=1, now=now)
        dealt = deal_control(session, rita.team, names)
        assert 15 <= len(dealt) <= 45
        assert all(is_drawn(session, rita.team_id, name) == (name in dealt) for name in names)
        set_control(session, rita.team, 0.0, seed=9, now=now)
        assert not any(is_drawn(session, rita.team_id, name) for name in names)
        latest = find_control(session, rita.team_id)
        assert latest is not None
        assert (latest.share, latest.seed) == (0.0, 1)
        with pytest.raises(Refused, match="names nobody"):
            read_reference(session, " +- ")


def test_a_hand_back_is_taken_back_while_nobody_else_has_them(db: Database, now: datetime) -> None:
    with db.write() as session:
        _, omar, assignment = prepare(session, now)
        hand_back(session, assignment.id, now=now)
        for _ in range(2):
            assert take_back(session, assignment.id, now=now, limit=DAY).closed_at is None
        hand_back(session, assignment.id, now=now)
        with pytest.raises(Conflict, match="24 hours ago"):
            take_back(session, assignment.id, now=now + 2 * DAY, limit=DAY)
        session.add(
            Assignment(
                rep_id=omar.id, person_id=assignment.person_id, topic_id=assignment.topic_id,
                listed_on=now.date(), rank=1, warmth=3.0, reasons=[], assigned_at=now,
            )
        )  # fmt: skip
        session.flush()
    with pytest.raises(Conflict, match="somebody else"), db.write() as session:
        take_back(session, assignment.id, now=now, limit=DAY)


def test_somebody_put_off_stays_with_the_rep_and_off_the_list(db: Database, now: datetime) -> None:
    settings = list_settings()
    with db.write() as session:
        rita, _, assignment = prepare(session, now)
        last = last_day(session, assignment, settings)
        assert last == now.date() + 14 * DAY
        for until in (now.date(), last + DAY):
            with pytest.raises(Refused, match="put off"):
                put_off(session, assignment.id, until, now=now, settings=settings)
        put_off(session, assignment.id, now.date() + 10 * DAY, now=now, settings=settings)
        today = load_list(session, rita, now.date(), now=now)
        assert (len(today.open_items), len(today.later_items)) == (0, 1)
        assert load_attainments(session, rita, now)[0].counted == 0
        for days, reason in ((9, None), (10, None), (11, "expired")):
            release_stale(session, rita.team, as_of=now + days * DAY, hold=settings.hold_days * DAY)
            session.refresh(assignment)
            assert assignment.closed_reason == reason
            if reason is None:
                then = load_list(session, rita, now.date() + days * DAY, now=now + days * DAY)
                assert len(then.open_items) == (days == 10)


def test_somebody_put_off_is_taken_up_again(db: Database, now: datetime) -> None:
    with db.write() as session:
        rita, _, assignment = prepare(session, now)
        put_off(session, assignment.id, now.date() + DAY, now=now, settings=list_settings())
        for _ in range(2):
            take_up(session, assignment.id)
            assert len(load_list(session, rita, now.date(), now=now).open_items) == 1
        touch(session, assignment, now)
        with pytest.raises(Conflict, match="touched"):
            take_up(session, assignment.id)
