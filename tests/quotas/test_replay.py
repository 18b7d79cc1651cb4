from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from config.errors import NotFound
from models import Account, Assignment, Evidence, Person, Prospect, Rep, Team
from models.database import Database
from prospects.suppress import suppress_person
from quotas.assign import build_lists
from quotas.handover import reassign
from quotas.replay import Replay, replay_list
from quotas.touches import record_touch
from quotas.why import Why, explain_choice
from tests.factories import (
    list_settings,
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


def fill(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        team = make_team(session, at=now)
        make_rep(session, team, "a", at=now, target=4, period="day", threshold=1.0)
        make_rep(session, team, "b", at=now, target=2, period="day", territory={"language": ["ar"]})
        for number in range(8):
            make_prospect(session, topic, f"p{number}", (2.0 + number, now - DAY))
        make_prospect(session, topic, "mild", (0.6, now))
        make_prospect(session, topic, "arab", (5.0, now), language="ar")
        for number in range(30):
            prospect = make_prospect(session, topic, f"u{number}", (0.4, now))
            session.execute(
                update(Evidence)
                .where(Evidence.prospect_id == prospect.id)
                .values(weight=0.8, intent=0.5)
            )


def build(db: Database, at: datetime, seed: int = 3) -> None:
    with db.write() as session:
        build_lists(
            session, session.scalars(select(Team)).one(), at.date(), now=at,
            settings=list_settings(explore_share=0.5), seed=seed,
        )  # fmt: skip


def replay(db: Database, name: str = "a", on: date = TODAY) -> Replay:
    with db.read() as session:
        return replay_list(session, session.scalars(select(Rep).where(Rep.name == name)).one(), on)


def ask(db: Database, handle: str, name: str = "a", on: date = TODAY) -> Why:
    with db.read() as session:
        rep = session.scalars(select(Rep).where(Rep.name == name)).one()
        return explain_choice(session, rep, on, handle, settings=list_settings())


def on_list(db: Database, name: str = "a", source: str = "warmth") -> list[tuple[int, int, str]]:
    with db.read() as session:
        rows = session.execute(
            select(Assignment.id, Assignment.person_id, Account.handle)
            .join(Account, Account.person_id == Assignment.person_id)
            .join(Rep, Rep.id == Assignment.rep_id)
            .where(Rep.name == name, Assignment.source == source)
            .order_by(Assignment.id)
        ).all()
    return [(row[0], row[1], row[2] or "") for row in rows]


def test_a_list_comes_out_byte_for_byte_days_later(db: Database, now: datetime) -> None:
    fill(db, now)
    build(db, now)
    number, person, _ = on_list(db)[0]
    with db.write() as session:  # the day goes on: one is worked, one goes back, a second build
        record_touch(
            session, number, channel="call", disposition="no_answer", idempotency_key="k",
            now=now, weights=warmth_settings(),
        )  # fmt: skip
        other = session.get_one(Assignment, on_list(db)[1][0])
        other.closed_at, other.closed_reason = now, "handed_back"
        topic = make_topic(session, at=now, name="Later")
        make_prospect(session, topic, "new", (99.0, now + timedelta(hours=1)))
    build(db, now + timedelta(hours=2))
    build(db, now + 2 * DAY)
    again = replay(db)
    assert again.equal
    assert again.decided_alike
    assert (again.faults, again.changes) == ((), ())
    assert len(again.items) == 4 + 2 + 1  # four by rank, two tries, one for the one handed back
    assert person in [item.person_id for item in again.items]


def test_what_changed_since_is_named(db: Database, now: datetime) -> None:
    fill(db, now)
    build(db, now)
    _, person, _ = on_list(db)[0]
    with db.write() as session:
        session.execute(
            update(Evidence)
            .where(Evidence.prospect_id == Prospect.id, Prospect.person_id == person)
            .values(points=1.0)
        )
    again = replay(db)
    assert not again.equal
    assert again.decided_alike
    assert len(again.changes) == 1
    assert "rank 1: warmth was" in again.changes[0]
    with pytest.raises(NotFound, match="No list of a"):
        replay(db, on=TODAY - DAY)


def suppress(session: Any, now: datetime) -> None:
    person = session.scalars(
        select(Person).join(Account, Account.person_id == Person.id).where(Account.handle == "p0")
    ).one()
    suppress_person(session, person, reason="objection", now=now)


def touch_before(session: Any, now: datetime) -> None:
    account = session.scalars(select(Account).where(Account.handle == "p7")).one()
    rep = session.scalars(select(Rep).where(Rep.name == "a")).one()
    prospect = session.scalars(
        select(Prospect).where(Prospect.person_id == account.person_id)
    ).one()
    assignment = make_assignment(session, rep, prospect, at=now - DAY)
    record_touch(
        session, assignment.id, channel="call", disposition="contacted", idempotency_key="x",
        now=now - DAY + timedelta(hours=1), weights=warmth_settings(),
    )  # fmt: skip
    session.execute(
        update(Evidence)
        .where(Evidence.prospect_id == prospect.id)
        .values(occurred_at=now - 2 * DAY)
    )


@pytest.mark.parametrize(
    ("handle", "rep", "before", "because", "change"),
    [
        ("@P7", "a", None, "Rank 1 with a warmth", "Without what brought"),
        ("p1", "a", None, "Every place went to somebody worth at least", "A warmth over"),
        ("p7", "b", None, "a holds them", "hands them back"),
        ("p0", "b", None, "Language en is not one of: ar.", "A wider territory"),
        ("mild", "a", None, "The quota asks for a warmth of 1.00.", "another standard"),
        ("p0", "a", suppress, "must not be contacted", "for them to decide"),
        ("p7", "a", touch_before, "contacted on 2026-11-24", "left alone until 2026-12-24"),
    ],
)
def test_why_and_why_not_and_what_would_change_it(
    db: Database,
    now: datetime,
    handle: str,
    rep: str,
    before: Callable[[Any, datetime], None] | None,
    because: str,
    change: str,
) -> None:
    fill(db, now)
    with db.write() as session:
        if before is not None:
            before(session, now)
    build(db, now)
    answer = ask(db, handle, rep)
    assert because in " ".join(answer.because), answer
    assert change in " ".join(answer.would_change), answer
    with pytest.raises(NotFound, match="Nobody is known"):
        ask(db, "nobody")


def test_a_try_says_its_odds(db: Database, now: datetime) -> None:
    fill(db, now)
    build(db, now)
    handles = [handle for _, _, handle in on_list(db, source="explore")]
    assert len(handles) == 2
    assert "The odds of being drawn were" in " ".join(ask(db, handles[0]).because)


def test_somebody_carried_over_was_on_the_list_of_the_day_after_too(
    db: Database, now: datetime
) -> None:
    fill(db, now)
    build(db, now)
    build(db, now + DAY)
    _, _, handle = on_list(db)[0]
    answer = ask(db, handle, on=TODAY + DAY)
    assert answer.listed
    assert answer.because[0] == f"a holds them since {TODAY}."
    assert "people suited 4 places of a" in " ".join(answer.because)  # of the day they were given
    assert not ask(db, handle, "b", TODAY + DAY).listed


def test_whom_a_manager_gave_is_on_the_list_for_that_reason(db: Database, now: datetime) -> None:
    fill(db, now)
    build(db, now)
    number, _, handle = on_list(db)[0]
    with db.write() as session:
        to = session.scalars(select(Rep).where(Rep.name == "b")).one()
        reassign(session, number, to, reason="speaks Arabic", by="Mona", now=now)
    answer = ask(db, handle, "b")
    assert answer.listed
    assert answer.because == (f"Mona gave them to b on {TODAY}: speaks Arabic",)


def test_whom_a_touch_put_off_is_said_to_be_put_off(db: Database, now: datetime) -> None:
    fill(db, now)
    with db.write() as session:
        account = session.scalars(select(Account).where(Account.handle == "p7")).one()
        rep = session.scalars(select(Rep).where(Rep.name == "a")).one()
        prospect = session.scalars(
            select(Prospect).where(Prospect.person_id == account.person_id)
        ).one()
        assignment = make_assignment(session, rep, prospect, at=now)
        record_touch(
            session, assignment.id, channel="call", disposition="no_answer", idempotency_key="x",
            now=now, weights=warmth_settings(), next_on=TODAY + 20 * DAY,
        )  # fmt: skip
    build(db, now + 10 * DAY)  # the cool-down after no answer is over
    answer = ask(db, "p7", on=TODAY + 10 * DAY)
    assert not answer.listed
    assert answer.because == (f"They are put off to {TODAY + 20 * DAY}.",)
