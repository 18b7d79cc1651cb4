from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Person, Prospect, Topic, Touch
from models.database import Database
from prospects.ranking import RankedProspect, rank_supply
from prospects.refresh import recompute
from tests.factories import (
    list_settings,
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
)

DAY = timedelta(days=1)


def anybody(_: RankedProspect) -> bool:
    return True


def rank(
    session: Session,
    at: datetime,
    wanted: int = 10,
    *suits: Callable[[RankedProspect], bool],
    past: bool = False,
) -> list[RankedProspect]:
    return rank_supply(
        session, wanted=wanted, suits=suits or (anybody,), as_of=at, is_past=past,
        settings=list_settings(),
    )  # fmt: skip


@pytest.fixture
def topic_id(db: Database, now: datetime) -> int:
    with db.write() as session:
        return make_topic(session, at=now).id


def add(
    session: Session, topic_id: int, name: str, *evidence: tuple[float, datetime], **more: str
) -> Prospect:
    return make_prospect(session, session.get_one(Topic, topic_id), name, *evidence, **more)  # type: ignore[arg-type] # language and network


def touch(session: Session, prospect: Prospect, at: datetime, disposition: str) -> Touch:
    team = make_team(session, at=at, name=f"team {prospect.id} {disposition}")
    assignment = make_assignment(session, make_rep(session, team, "r", at=at), prospect, at=at)
    assignment.closed_at, assignment.closed_reason = at, "touched"
    one = Touch(
        assignment_id=assignment.id, rep_id=assignment.rep_id, person_id=assignment.person_id,
        channel="call", disposition=disposition, occurred_at=at, recorded_at=at,
        idempotency_key=f"{assignment.id}",
    )  # fmt: skip
    session.add(one)
    session.flush()
    return one


def undo(session: Session, touch: Touch) -> None:
    session.add(
        Touch(
            assignment_id=touch.assignment_id, rep_id=touch.rep_id, person_id=touch.person_id,
            channel="call", disposition=touch.disposition, occurred_at=touch.occurred_at,
            recorded_at=touch.occurred_at, idempotency_key=f"undo:{touch.id}", undoes_id=touch.id,
        )
    )  # fmt: skip
    session.flush()


def test_the_index_gives_the_order_that_is_explained_today_and_for_a_past_day(
    db: Database, now: datetime, topic_id: int
) -> None:
    with db.write() as session:
        for number in range(40):
            evidence = [
                (0.9 + (number * 7 % 40) / 10, now - (1 + (number + n) % 5) * DAY)
                for n in range(1 + number % 3)
            ]
            add(session, topic_id, f"p{number}", *evidence)
    with db.read() as session:
        today = rank(session, now, 40)
        past = rank(session, now, 40, past=True)
    values = [one.warmth.value for one in today]
    assert len(today) == 40
    # a shown warmth rounds up to three terms by half a hundredth each
    assert all(a >= b - 0.03 for a, b in itertools.pairwise(values))
    assert [one.person_id for one in past] == [one.person_id for one in today]
    assert [one.warmth for one in past] == [one.warmth for one in today]


def test_threshold_and_window(db: Database, now: datetime, topic_id: int) -> None:
    with db.write() as session:
        warm = add(session, topic_id, "warm", (0.5, now))
        add(session, topic_id, "cool", (0.49, now))
        add(session, topic_id, "faded", (0.9, now - 7 * DAY))
        add(session, topic_id, "old", (900.0, now - 31 * DAY))
        aged = add(session, topic_id, "aged", (900.0, now - 29 * DAY))
        ids = [aged.person_id, warm.person_id]
    with db.read() as session:
        for past in (False, True):
            assert [one.person_id for one in rank(session, now, past=past)] == ids
        assert [one.person_id for one in rank(session, now + 2 * DAY)] == []


@pytest.mark.parametrize(
    ("disposition", "days", "available"),
    [
        ("contacted", 29, False),
        ("contacted", 31, True),
        ("no_answer", 2, False),
        ("no_answer", 4, True),
        ("not_interested", 10, False),
        # beyond that the person is suppressed, which an admin may take back
        ("do_not_contact", 29, False),
        ("do_not_contact", 31, True),
    ],
)
def test_a_touch_cools_for_its_time(
    db: Database, now: datetime, topic_id: int, disposition: str, days: int, available: bool
) -> None:
    with db.write() as session:
        prospect = add(session, topic_id, "ann", (9.0, now))
        made = touch(session, prospect, now - days * DAY, disposition)
    with db.write() as session:
        assert bool(rank(session, now)) is available
        assert bool(rank(session, now, past=True)) is available
        undo(session, made)
        assert len(rank(session, now)) == 1  # an undone touch cools nobody


def test_held_and_suppressed_people_are_left_out(
    db: Database, now: datetime, topic_id: int
) -> None:
    with db.write() as session:
        held, gone, free = (add(session, topic_id, name, (3.0, now)) for name in "abc")
        rep = make_rep(session, make_team(session, at=now), "r", at=now)
        make_assignment(session, rep, held, at=now)
        session.get_one(Person, gone.person_id).suppressed_at = now
        session.flush()
        for past in (False, True):
            assert [one.person_id for one in rank(session, now, past=past)] == [free.person_id]


def test_a_past_day_knows_only_what_had_happened(
    db: Database, now: datetime, topic_id: int
) -> None:
    with db.write() as session:
        add(session, topic_id, "both", (2.0, now - 5 * DAY), (9.0, now - DAY))
        add(session, topic_id, "late", (9.0, now - DAY))
        add(session, topic_id, "early", (3.0, now - 5 * DAY))
    with db.read() as session:
        past = rank(session, now - 5 * DAY, past=True)
    assert [one.warmth.value for one in past] == [3.0, 2.0]
    assert [len(one.warmth.reasons) for one in past] == [1, 1]


def test_the_scan_goes_on_until_a_territory_has_enough(
    db: Database, now: datetime, topic_id: int
) -> None:
    def arabic(one: RankedProspect) -> bool:
        return one.language == "ar"

    with db.write() as session:
        for number in range(210):
            add(session, topic_id, f"en{number}", (5.0 + number / 100, now))
        wanted = {
            add(session, topic_id, f"ar{number}", (1.0, now), language="ar").person_id
            for number in range(5)
        }
    with db.read() as session:
        supply = rank(session, now, 3, anybody, arabic)
        people = [one.person_id for one in supply]
        assert len(people) == len(set(people))
        assert {one.person_id for one in supply if arabic(one)} == wanted
        assert len(rank(session, now, 3, anybody)) < 210
        assert len(rank(session, now, 10_000, anybody)) == 215


def test_equal_keys_are_read_to_the_end_once_each(
    db: Database, now: datetime, topic_id: int
) -> None:
    with db.write() as session:
        for number in range(205):
            add(session, topic_id, f"p{number}", (5.0, now))
    with db.read() as session:
        people = [one.person_id for one in rank(session, now, 1, lambda _: False)]
    assert sorted(people) == sorted(set(people))
    assert len(people) == 205


def test_a_person_ranked_for_two_topics_comes_once_for_each(
    db: Database, now: datetime, topic_id: int
) -> None:
    with db.write() as session:
        other = make_topic(session, at=now, name="Other")
        off = make_topic(session, at=now, name="Off")
        off.active = False
        prospect = add(session, topic_id, "ann", (3.0, now))
        person = session.get_one(Person, prospect.person_id)
        make_prospect(session, other, "ann", (4.0, now), person=person)
        make_prospect(session, off, "ann", (5.0, now), person=person)
        supply = rank(session, now)
    assert [(one.topic_id, one.warmth.value) for one in supply] == [
        (topic_id + 1, 4.0),
        (topic_id, 3.0),
    ]


def test_the_warmest_signal_with_words_is_quoted(
    db: Database, now: datetime, topic_id: int
) -> None:
    from models import Evidence, Signal

    with db.write() as session:
        prospect = add(session, topic_id, "ann", (2.0, now - 3 * DAY), (1.9, now), (5.0, now))
        numbers = session.scalars(
            select(Evidence.signal_id)
            .where(Evidence.prospect_id == prospect.id)
            .order_by(Evidence.signal_id)
        ).all()
        session.get_one(Signal, numbers[2]).text = None
        session.flush()
        [ranked] = rank(session, now)
    assert ranked.quoted_signal_id == numbers[1]
    assert [reason.signal_id for reason in ranked.warmth.reasons] == [
        numbers[2],
        numbers[1],
        numbers[0],
    ]


def test_nothing_wanted_reads_nothing(db: Database, now: datetime, topic_id: int) -> None:
    with db.write() as session:
        add(session, topic_id, "ann", (2.0, now))
        assert rank(session, now, 0) == []
        assert rank_supply(
            session, wanted=5, suits=(), as_of=now, is_past=False, settings=list_settings()
        ) == []  # fmt: skip


def test_those_who_fit_come_before_the_warmer_who_do_not(
    db: Database, now: datetime, topic_id: int
) -> None:
    with db.write() as session:
        session.get_one(Topic, topic_id).languages = ["en"]
        french = add(session, topic_id, "french", (9.0, now), language="fr")
        silent = add(session, topic_id, "silent", (5.0, now), language=None)  # type: ignore[arg-type] # not known
        fitting = add(session, topic_id, "fitting", (1.0, now))
        recompute(session, [french.id, silent.id, fitting.id])
        for past in (False, True):
            found = rank(session, now, past=past)
            assert [one.person_id for one in found] == [
                one.person_id for one in (fitting, silent, french)
            ]
            assert [one.fit_band for one in found] == [2, 1, 0]
            assert found[2].fit_reasons == ("fit.language_other",)
