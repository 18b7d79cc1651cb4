"""Implausible touches: flagged once, decided with a reason, sampled by chance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from config.settings import HonestySettings, read_defaults
from models import Account, AuditDraw, Rep, Topic
from models.database import Database
from prospects.corrections import standing_labels
from quotas.attainment import load_attainment
from quotas.audits import Audit, draw_audit
from quotas.contacts import record_contact
from quotas.flags import decide, flag_touches, limits_of, load_flagged
from quotas.touches import record_touch, undo_touch
from tests.factories import (
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LIMITS = limits_of(HonestySettings(**read_defaults()["honesty"]))


def touch(session: Session, rep: Rep, topic: Topic, name: str, at: datetime) -> int:
    prospect = make_prospect(session, topic, name, (3.0, at))
    assignment = make_assignment(session, rep, prospect, at=at)
    return record_touch(
        session, assignment.id, channel="message", disposition="contacted",
        idempotency_key=f"{name}:{rep.id}", now=at, weights=warmth_settings(),
    ).id  # fmt: skip


def test_marking_in_bulk_is_shown_to_a_manager_and_counts_until_voided(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=NOON)
        team = make_team(session, at=NOON)
        quick, calm = (make_rep(session, team, name, at=NOON) for name in ("Quick", "Calm"))
        ids = [
            touch(session, quick, topic, f"q{n}", NOON + timedelta(seconds=3 * n)) for n in range(9)
        ]
        for n in range(9):
            touch(session, calm, topic, f"c{n}", NOON + timedelta(minutes=3 * n))
        later = NOON + timedelta(hours=1)
        assert flag_touches(session, team, now=later, limits=LIMITS) == 9
        assert flag_touches(session, team, now=later, limits=LIMITS) == 0
        shown = load_flagged(session, team, open_only=True)
        assert {one.rep for one in shown} == {"Quick"}
        assert sorted(one.touch.id for one in shown) == ids
        assert shown[0].rules == ("rapid",)
        with pytest.raises(Refused, match="reason and a name"):
            decide(
                session, ids[0], "void", reason=" ", by="Mona", now=later, weights=warmth_settings()
            )
        with pytest.raises(Refused, match="not known"):
            decide(
                session, ids[0], "drop", reason="r", by="Mona", now=later, weights=warmth_settings()
            )
        with pytest.raises(NotFound):
            decide(
                session, 9999, "void", reason="r", by="Mona", now=later, weights=warmth_settings()
            )
        decide(
            session,
            ids[0],
            "void",
            reason="nobody was written to",
            by="Mona",
            now=later,
            weights=warmth_settings(),
        )
        decide(
            session,
            ids[1],
            "accept",
            reason="sent by a tool",
            by="Mona",
            now=later,
            weights=warmth_settings(),
        )
        assert len(load_flagged(session, team, open_only=True)) == 7
        assert len(load_flagged(session, None, open_only=False)) == 9
        standing = load_attainment(session, quick, later)
        assert standing is not None
        assert standing.counted == 8
        undo_touch(session, ids[2], now=later, limit=timedelta(days=1), weights=warmth_settings())
        assert len(load_flagged(session, team, open_only=True)) == 6


def test_one_person_under_two_accounts_is_seen_and_named_nowhere(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=NOON)
        team = make_team(session, at=NOON)
        rep = make_rep(session, team, "Rita", at=NOON)
        second = []
        for number, name in enumerate(("Ann_Smith87", "Bo-Jansson", "caro.weber")):
            # two namesakes by chance accuse nobody, a third pair among six people does
            assert flag_touches(session, team, now=NOON + timedelta(hours=5), limits=LIMITS) == 0
            at = NOON + timedelta(hours=number)
            touch(session, rep, topic, name, at)
            second.append(touch(session, rep, topic, f"other{number}", at + timedelta(minutes=40)))
            other = session.query(Account).filter_by(external_id=f"other{number}").one()
            other.handle = name.lower().replace("_", "").replace("-", ".")
            session.flush()
        assert flag_touches(session, team, now=NOON + timedelta(hours=5), limits=LIMITS) == 3
        found = load_flagged(session, team, open_only=True)
    assert sorted(one.touch.id for one in found) == second
    assert {one.rules for one in found} == {("split_person",)}
    assert "smith" not in " ".join(why for one in found for why in one.why).lower()


def test_calling_a_number_again_at_once_is_seen(db: Database) -> None:
    with db.write() as session:
        team = make_team(session, at=NOON)
        rep = make_rep(session, team, "Rita", at=NOON)
        for n in range(3):
            record_contact(
                session, rep, channel="call", disposition="contacted", idempotency_key=f"k{n}",
                now=NOON + timedelta(minutes=5 * n), reference="same" if n < 2 else None,
            )  # fmt: skip
        assert flag_touches(session, team, now=NOON + timedelta(hours=2), limits=LIMITS) == 1
        (found,) = load_flagged(session, team, open_only=True)
        assert found.rules == ("double_logged",)


def test_a_quarters_sample_grows_with_it_and_keeps_what_was_drawn(db: Database) -> None:
    with db.write() as session:
        rep = make_rep(session, make_team(session, at=NOON), "Rita", at=NOON)

        def contact(day: int, number: int) -> None:
            for n in range(number):
                record_contact(
                    session, rep, channel="email", disposition="contacted",
                    idempotency_key=f"k{day}-{n}", now=NOON + timedelta(days=day, minutes=2 * n),
                )  # fmt: skip

        def draw(day: int, on: date = date(2026, 11, 25)) -> Audit:
            return draw_audit(session, rep, on, now=NOON + timedelta(days=day), limits=LIMITS)

        contact(0, 30)  # a Wednesday; 27 working days are left of the quarter
        first = draw(1)
        assert (first.starts_on, first.ends_on) == (date(2026, 10, 1), date(2026, 12, 31))
        assert (first.population, first.size) == (30, 28)
        assert len(first.drawn) <= 1
        contact(19, 30)
        middle = draw(20)
        assert (middle.population, middle.size) == (60, 26)
        assert set(first.drawn) <= set(middle.drawn)
        assert draw(20) == middle
        contact(36, 30)
        whole = draw(37)
        assert (whole.population, whole.size) == (90, 25)
        assert set(middle.drawn) <= set(whole.drawn)
        assert 25 <= len(whole.drawn) <= 28
        assert draw(60) == whole
        seeds = set(session.scalars(select(AuditDraw.seed)))
        assert len(seeds) == 1
        assert seeds != {0}  # the workspace's own: nobody can know what is looked at
        for touch_id, verdict in zip(whole.drawn, ("void", "accept"), strict=False):
            decide(
                session, touch_id, verdict, reason="asked", by="Mona",
                now=NOON + timedelta(days=40), weights=warmth_settings(),
            )  # fmt: skip
        looked = draw(41)
        assert (looked.voided, len(looked.to_look_at)) == (1, len(whole.drawn) - 2)
        undo_touch(
            session, looked.to_look_at[0], now=NOON + timedelta(days=42), limit=timedelta(days=60),
            weights=warmth_settings(),
        )  # fmt: skip
        left = draw(42).to_look_at  # nothing is asked of who was taken back; another may join
        assert looked.to_look_at[0] not in left
        assert set(looked.to_look_at[1:]) <= set(left)
        earlier = draw(41, date(2026, 8, 1))
        assert (earlier.population, earlier.size, earlier.drawn) == (0, 0, ())


def test_a_voided_touch_teaches_nothing_until_it_is_accepted_after_all(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=NOON)
        rep = make_rep(session, make_team(session, at=NOON), "Rita", at=NOON)
        prospect = make_prospect(session, topic, "ann", (3.0, NOON))
        assignment = make_assignment(session, rep, prospect, at=NOON)
        told = record_touch(
            session, assignment.id, channel="call", disposition="not_relevant",
            idempotency_key="k", now=NOON, weights=warmth_settings(),
        ).id  # fmt: skip
        standing = []
        for verdict in ("accept", "void", "void", "accept", "accept", "void"):
            decide(
                session, told, verdict, reason="r", by="Mona", now=NOON, weights=warmth_settings()
            )
            standing.append(len(standing_labels(session, topic.id)))
    assert standing == [1, 0, 0, 1, 1, 0]
