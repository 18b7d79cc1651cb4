"""More, please; and whom a rep handed back, or a manager voided, in the lists that follow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from config.errors import Conflict, Refused
from models import Account, Assignment, DailyList, ExtraRequest, ListBuild, Quota, Rep, Team, Topic
from models.database import Database
from quotas.allocation import Candidate, Capacity
from quotas.assign import build_lists
from quotas.attainment import load_attainment
from quotas.flags import decide
from quotas.handover import hand_back
from quotas.more import ask_for_more, read_more
from quotas.record import read_inputs
from quotas.replay import replay_list
from quotas.touches import record_touch
from quotas.why import explain_choice
from tests.factories import (
    let_rewrite,
    list_settings,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()
DAY = timedelta(days=1)


def prepare(db: Database, people: int = 40, target: int = 25, *, two: bool = False) -> None:
    with db.write() as session:
        topic = make_topic(session, at=NOW - 30 * DAY)
        team = make_team(session, at=NOW - 30 * DAY)
        make_rep(session, team, "Rita", at=NOW - 30 * DAY, target=target)
        if two:
            make_rep(session, team, "Omar", at=NOW - 30 * DAY, target=target)
        for number in range(people):
            make_prospect(
                session, topic, f"person{number}", (3.0 - number / 50, NOW - timedelta(hours=2))
            )


def build(db: Database, now: datetime = NOW, **changes: Any) -> None:
    with db.write() as session:
        team = session.scalars(select(Team)).one()
        build_lists(session, team, now.date(), now=now, settings=list_settings(**changes))


def work(db: Database, now: datetime = NOW, disposition: str = "contacted") -> None:
    """Everybody open on Rita's list is touched."""
    with db.write() as session:
        for row in session.scalars(
            select(Assignment).where(Assignment.closed_at.is_(None), Assignment.rep_id == 1)
        ).all():
            record_touch(
                session, row.id, channel="message", disposition=disposition,
                idempotency_key=f"t{row.id}", now=now, weights=warmth_settings(),
            )  # fmt: skip


def ask(db: Database, key: str, now: datetime = NOW, **more: Any) -> int:
    count = more.pop("count", None)
    with db.write() as session:
        rep = session.get_one(Rep, 1)
        return ask_for_more(
            session, rep, idempotency_key=key, now=now, count=count,
            settings=list_settings(explore_share=0.0, **more),
        ).count  # fmt: skip


def listed(db: Database, rep_id: int = 1) -> list[int]:
    with db.read() as session:
        return list(
            session.scalars(
                select(Assignment.person_id)
                .where(Assignment.rep_id == rep_id)
                .order_by(Assignment.id)
            )
        )


def test_who_is_done_gets_more_once_for_a_key_and_it_counts(db: Database) -> None:
    prepare(db)
    build(db, explore_share=0.0)
    first = listed(db)
    with pytest.raises(Conflict, match="still open"):
        ask(db, "k0")
    work(db)
    assert ask(db, "k1") == 5
    assert ask(db, "k1") == 5
    again = listed(db)
    assert len(again) == len(first) + 5
    assert len(set(again)) == len(again)
    build(db, explore_share=0.0)  # building again adds nobody
    assert listed(db) == again
    work(db, NOW + timedelta(hours=1))
    with db.read() as session:
        rep = session.get_one(Rep, 1)
        standing = load_attainment(session, rep, NOW + timedelta(hours=2))
        assert standing is not None
        assert standing.counted == len(again)
        row = session.scalars(select(DailyList)).one()
        assert (row.wanted, row.shortfall) == (len(first), 0)
        replay = replay_list(session, rep, TODAY)
        assert replay.decided_alike
        assert replay.faults == ()


def test_who_has_done_more_than_was_wanted_gets_as_many_more(db: Database) -> None:
    prepare(db, target=40)
    build(db, explore_share=0.0)
    work(db)
    with db.write() as session:  # the quota falls while the day runs
        let_rewrite(session)
        session.scalars(select(Quota)).one().target = 10
    before = len(listed(db))
    assert ask(db, "k1") == 5
    assert len(listed(db)) == before + 5
    work(db, NOW + timedelta(hours=1))
    assert ask(db, "k2") == 5
    assert len(listed(db)) == before + 10


def test_a_day_has_a_most_and_the_next_day_starts_anew(db: Database) -> None:
    prepare(db)
    build(db, explore_share=0.0)
    work(db)
    assert ask(db, "k1", more_most=7) == 5
    work(db)
    assert ask(db, "k2", more_most=7) == 2
    work(db)
    with pytest.raises(Conflict, match="asked for 7 more today already"):
        ask(db, "k3", more_most=7)
    with db.read() as session:
        room = read_more(session, session.get_one(Rep, 1), TODAY, list_settings(more_most=7))
        assert room is not None
        assert (room.asked, room.left, room.may_ask) == (7, 0, False)
        tomorrow = read_more(session, session.get_one(Rep, 1), TODAY + DAY, list_settings())
        assert tomorrow is not None
        assert tomorrow.may_ask


def test_where_nobody_else_fits_nothing_is_kept(db: Database) -> None:
    prepare(db, people=5)
    build(db, explore_share=0.0)
    work(db)
    with pytest.raises(Conflict, match="Nobody else"):
        ask(db, "k1")
    with db.read() as session:
        assert session.scalar(select(func.count(ExtraRequest.id))) == 0


def test_fewer_than_asked_for_are_asked_for_no_more(db: Database) -> None:
    prepare(db, people=8, target=10)
    build(db, explore_share=0.0)
    first = len(listed(db))
    work(db)
    assert ask(db, "k1", count=9) == 8 - first


@pytest.mark.parametrize("count", [0, -3])
def test_bad_requests_are_refused(db: Database, count: int) -> None:
    prepare(db)
    build(db, explore_share=0.0)
    work(db)
    with pytest.raises(Refused):
        ask(db, "k", count=count)
    for key in ("", "x" * 101, "a\x00b"):
        with pytest.raises(Refused, match="key"):
            ask(db, key)


def test_somebody_without_a_quota_or_a_key_of_somebody_else_gets_nobody(db: Database) -> None:
    prepare(db, two=True)
    build(db, explore_share=0.0)
    work(db)
    ask(db, "k1")
    with db.write() as session:
        omar = session.get_one(Rep, 2)
        with pytest.raises(Conflict, match="somebody else"):
            ask_for_more(session, omar, idempotency_key="k1", now=NOW, settings=list_settings())
        vera = make_rep(session, omar.team, "Vera", at=NOW, target=None)
        with pytest.raises(Refused, match="no quota"):
            ask_for_more(session, vera, idempotency_key="k9", now=NOW, settings=list_settings())


def test_more_for_one_moves_nobody_of_another(db: Database) -> None:
    prepare(db, two=True)
    build(db, explore_share=0.0)
    before = listed(db, 2)
    work(db)
    ask(db, "k1")
    assert listed(db, 2) == before
    assert not set(before) & set(listed(db, 1))


def test_whom_a_rep_handed_back_comes_to_others_but_not_to_them(db: Database) -> None:
    prepare(db, people=4, target=10, two=True)
    build(db, explore_share=0.0)
    with db.write() as session:
        mine = session.scalars(
            select(Assignment).where(Assignment.rep_id == 1).order_by(Assignment.rank)
        ).all()
        back = mine[0].person_id
        for row in mine:
            hand_back(session, row.id, now=NOW + timedelta(hours=1))
    build(db, NOW + DAY, explore_share=0.0)
    with db.read() as session:
        again = session.scalars(
            select(Assignment.rep_id).where(
                Assignment.person_id == back, Assignment.listed_on == TODAY + DAY
            )
        ).all()
        assert 1 not in again
        why = explain_choice(
            session, session.get_one(Rep, 1), TODAY + DAY, "person0", settings=list_settings()
        )
        assert not why.listed
        made = session.scalars(select(ListBuild).order_by(ListBuild.id.desc())).first()
        assert made is not None
        _, candidates, _ = read_inputs(made)
        assert {one.not_for for one in candidates if one.person_id == back} <= {frozenset({1})}


def test_alone_a_rep_gets_them_again_only_after_a_while(db: Database) -> None:
    prepare(db, people=1, target=50)
    build(db, explore_share=1.0, explore_threshold=0.0)
    with db.write() as session:
        row = session.scalars(select(Assignment)).one()
        hand_back(session, row.id, now=NOW + timedelta(hours=1))
    build(db, NOW + DAY, explore_share=1.0, explore_threshold=0.0)
    assert len(listed(db)) == 1
    with db.read() as session:
        why = explain_choice(
            session, session.get_one(Rep, 1), TODAY + DAY, "person0", settings=list_settings()
        )
        assert "handed them back" in why.because[0]
    build(db, NOW + DAY, handed_back_days=0, explore_share=0.0)
    assert len(listed(db)) == 2


def test_whom_a_rep_let_lie_goes_to_others_first(db: Database) -> None:
    prepare(db, people=4, target=10, two=True)
    build(db, explore_share=0.0)
    first = {rep_id: set(listed(db, rep_id)) for rep_id in (1, 2)}
    assert [len(people) for people in first.values()] == [2, 2]
    build(db, NOW + 8 * DAY, explore_share=0.0)  # nobody was contacted in a week
    assert set(listed(db, 1)[2:]) == first[2]
    assert set(listed(db, 2)[2:]) == first[1]
    with db.read() as session:
        on = TODAY + 8 * DAY
        replayed = replay_list(session, session.get_one(Rep, 1), on)
        assert replayed.decided_alike
        assert replayed.faults == ()


def test_why_somebody_let_lie_is_not_listed_is_said(lite: Database) -> None:
    prepare(lite, people=4, target=10, two=True)
    build(lite, explore_share=0.0)
    later = NOW + 8 * DAY
    with lite.write() as session:
        topic = session.scalars(select(Topic)).one()
        for number in range(10):  # as many as both need, and warmer
            make_prospect(session, topic, f"new{number}", (3.0, later))
    build(lite, later, explore_share=0.0)
    with lite.read() as session:
        first = session.scalars(select(Assignment).order_by(Assignment.id)).first()
        assert first is not None
        name = session.scalars(
            select(Account.handle).where(Account.person_id == first.person_id)
        ).one()
        why = explain_choice(
            session, session.get_one(Rep, first.rep_id), later.date(), name or "",
            settings=list_settings(),
        )  # fmt: skip
        assert "left them untouched" in why.because[0]


def test_whom_nobody_else_may_have_comes_again_to_the_rep_who_let_them_lie(lite: Database) -> None:
    prepare(lite, people=1, target=50)
    for days in (0, 8):
        build(lite, NOW + days * DAY, explore_share=0.0)
    assert len(listed(lite)) == 2
    with lite.write() as session:  # a colleague has one place, which is for one of two
        topic, team = session.scalars(select(Topic)).one(), session.scalars(select(Team)).one()
        make_rep(session, team, "Omar", at=NOW, target=1, period="day")
        make_prospect(session, topic, "person1", (3.0, NOW + 8 * DAY))
    for days in (8, 16):
        build(lite, NOW + days * DAY, explore_share=0.0, hold_days=5)
    assert (len(listed(lite)), len(listed(lite, 2))) == (4, 1)


def test_an_allocation_knows_whom_somebody_handed_back() -> None:
    back = Candidate(7, 1, 1.0, not_for=frozenset({1}))
    assert not Capacity(1, 1, 1.0).admits(back)
    assert Capacity(2, 1, 1.0).admits(back)


def test_a_voided_touch_leaves_nobody_alone_but_a_refusal_stands(db: Database) -> None:
    prepare(db, people=3, target=50)
    build(db, explore_share=0.0)
    with db.write() as session:
        rows = session.scalars(select(Assignment).order_by(Assignment.rank)).all()
        people = [row.person_id for row in rows]
        for row, outcome in zip(rows, ("contacted", "do_not_contact", "contacted"), strict=True):
            touch = record_touch(
                session, row.id, channel="message", disposition=outcome,
                idempotency_key=f"t{row.id}", now=NOW, weights=warmth_settings(),
            )  # fmt: skip
            if row is not rows[2]:
                decide(
                    session, touch.id, "void", reason="never happened", by="Mona", now=NOW,
                    weights=warmth_settings(),
                )  # fmt: skip
    build(db, NOW + DAY, explore_share=0.0)
    with db.read() as session:
        again = session.scalars(
            select(Assignment.person_id).where(Assignment.listed_on == TODAY + DAY)
        ).all()
    assert again == people[:1]
