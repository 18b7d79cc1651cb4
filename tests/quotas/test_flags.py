"""Implausible touches: flagged once, decided with a reason, sampled by chance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from config.settings import HonestySettings, read_defaults
from models import Account, Rep, Topic
from models.database import Database
from prospects.corrections import standing_labels
from quotas.attainment import load_attainment
from quotas.audits import draw_audit
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

        def contact(first: int, number: int) -> None:
            for n in range(first, first + number):
                record_contact(
                    session, rep, channel="email", disposition="contacted",
                    idempotency_key=f"k{n}", now=NOON + timedelta(minutes=2 * n),
                )  # fmt: skip

        contact(0, 30)
        first = draw_audit(session, rep, NOON.date(), now=NOON, limits=LIMITS, seed=4)
        assert (first.starts_on, first.ends_on) == (date(2026, 10, 1), date(2026, 12, 31))
        assert (first.population, first.size) == (30, 19)
        assert draw_audit(session, rep, NOON.date(), now=NOON, limits=LIMITS, seed=4) == first
        contact(30, 30)
        second = draw_audit(session, rep, NOON.date(), now=NOON, limits=LIMITS, seed=4)
        assert second.population == 60
        assert set(first.drawn) <= set(second.drawn)
        assert len(second.drawn) >= second.size
        decide(
            session,
            second.drawn[0],
            "void",
            reason="unknown there",
            by="Mona",
            now=NOON,
            weights=warmth_settings(),
        )
        decide(
            session,
            second.drawn[1],
            "accept",
            reason="confirmed",
            by="Mona",
            now=NOON,
            weights=warmth_settings(),
        )
        looked = draw_audit(session, rep, NOON.date(), now=NOON, limits=LIMITS, seed=4)
        assert (looked.voided, len(looked.to_look_at)) == (1, len(second.drawn) - 2)
        earlier = draw_audit(session, rep, date(2026, 8, 1), now=NOON, limits=LIMITS, seed=4)
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
