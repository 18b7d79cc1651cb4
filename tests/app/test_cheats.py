"""Reps who cheat and reps who only look like it, two weeks at work in the program itself.

Most ways of working were written down before the rules were read, from what a quota pays for. What
is asserted is what `docs/honesty.md` says: what rules show, what counts for nothing, what only a
random sample finds, and what nobody can see.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from config.errors import Conflict
from config.settings import load_settings
from models import Rep, Topic, Touch, WorkspaceValue
from models.database import Database
from quotas.flags import decide, limits_of, load_flagged
from quotas.handover import reassign
from quotas.references import KEY_NAME
from quotas.rewards import set_scheme
from quotas.statements import close_statement, find_drift
from quotas.tiers import MARGINAL, read_tiers
from quotas.touches import record_touch, undo_touch
from quotas.working_time import add_leave
from tests.app.cheating_ways import CHEATS
from tests.app.honest_ways import HONEST
from tests.app.office import START, Office, Seen
from tests.factories import (
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

SHOWN = {
    "logs_at_once": "double_logged",
    "splits_people": "split_person",
    "friday_bulk": "rapid",
    "friday_unhurried": "rapid",
    "pastes": "same_note",
    "pastes_with_names": "same_note",
    "pastes_unseen": "same_note",
    "one_night": "off_hours",
    "some_nights": "off_hours",
    "saturdays": "off_hours",
    "on_leave": "off_hours",
    "always_answered": "same_people",
    "next_week_again": "same_people",
}
WORTHLESS = {
    "logs_other_channel", "logs_next_day", "logs_at_once", "beside_the_list", "marks_and_unmarks",
    "swaps", "swaps_back",
}  # fmt: skip
SAMPLED = {
    "friday_slowly", "trickles", "small_batches", "by_script", "pastes_reworded", "pastes_messages",
    "every_night", "no_outcome", "dismisses", "one_in_ten",
}  # fmt: skip
UNSEEN = {"own_puppets"}
_NAMES = "Anna Boris Clara David Emma Farid Greta Hakan Ines Jonas Karim Layla".split()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, sqlite_pattern: Path) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("office")
    settings = load_settings().model_copy(update={"home": home, "database_url": None})
    path = shutil.copy(sqlite_pattern, home / "office.db")
    workspace = Workspace(settings, Database(f"sqlite:///{path}"))
    with workspace.db.write() as session:
        # everybody else's is random: here the same touches are to be drawn each time
        session.add(WorkspaceValue(key=KEY_NAME, value="a" * 64))
    office = Office(workspace, weeks=2)
    # every fourth account is somebody's second, under a name written otherwise
    office.handles["splits_people"] = lambda n: f"Human_{n - (n % 4 == 1)}" + "." * (n % 4 == 1)
    office.handles["pastes_with_names"] = lambda n: f"{_NAMES[n % 12]}_{n}"
    works = HONEST | CHEATS
    office.employ(works, set_up=_agree_on_leave)
    office.go(works)
    yield office
    workspace.db.close()


@pytest.fixture(scope="module")
def seen(office: Office) -> dict[str, Seen]:
    return office.look()


def _agree_on_leave(session: Session, rep: Rep) -> None:
    days = {"back_from_leave": 9, "on_leave": 4}.get(rep.name)
    if days is not None:
        first = START + timedelta(days=7 if rep.name == "on_leave" else 1)
        add_leave(
            session, rep, starts_on=first, ends_on=first + timedelta(days=days), reason="holiday",
            now=rep.created_at,
        )  # fmt: skip


def test_every_way_to_cheat_is_judged_once() -> None:
    assert set(SHOWN) | WORTHLESS | SAMPLED | UNSEEN == set(CHEATS)
    assert not set(SHOWN) & SAMPLED
    assert len(HONEST) >= 21


def test_nobody_honest_is_shown_however_odd(seen: dict[str, Seen]) -> None:
    assert {name: seen[name].rules for name in HONEST if seen[name].shown} == {}
    assert all(sum(seen[name].counted) > 20 for name in HONEST)


def test_what_rules_can_tell_is_shown_by_the_rule_for_it(seen: dict[str, Seen]) -> None:
    for name, rule in SHOWN.items():
        one = seen[name]
        assert one.is_caught, (name, one)
        assert set(one.rules) == {rule}, (name, one.rules)
        # and nothing that happened stands beside it
        assert one.shown == one.true, (name, one)
        assert one.true >= 0.45 * one.invented, (name, one)


def test_what_counts_no_more_for_being_logged_again(seen: dict[str, Seen]) -> None:
    assert seen["beside_the_list"].counted == (0, 0)
    for name in ("logs_other_channel", "logs_next_day", "logs_at_once"):
        one = seen[name]
        assert one.invented > 20
        assert sum(one.counted) <= one.touches - one.invented, name
    again = seen["marks_and_unmarks"]
    assert sum(again.counted) == again.touches  # those left standing, each once
    # who is passed to and fro counts for one of the two
    both = zip(seen["swaps"].people, seen["swaps_back"].people, strict=True)
    assert all(mine.isdisjoint(theirs) for mine, theirs in both)


def test_what_no_rule_tells_is_in_the_sample(seen: dict[str, Seen]) -> None:
    for name in sorted(SAMPLED):
        one = seen[name]
        assert one.rules == {}, name  # said so plainly in docs/honesty.md
        assert one.invented >= 0.1 * one.touches, name
        assert one.audit_chance >= 0.95, (name, one.audit_chance)
        assert one.drawn_invented > 0, name
        assert len(one.audit.drawn) <= 30, name


def test_friends_who_pose_as_prospects_are_seen_by_nobody(seen: dict[str, Seen]) -> None:
    one = seen["own_puppets"]
    assert one.rules == {}
    assert one.drawn_invented > 0  # drawn they are, and asked they say yes


def test_voiding_what_is_shown_takes_it_off(office: Office, seen: dict[str, Seen]) -> None:
    now = datetime.combine(START + timedelta(days=15), datetime.min.time(), UTC)
    with office.workspace.db.write() as session:
        for one in load_flagged(session, None, open_only=True):
            decide(
                session, one.touch.id, "void", reason="asked", by="Mona", now=now,
                weights=warmth_settings(),
            )  # fmt: skip
    after = office.look()
    assert after["friday_bulk"].counted == (0, 0)
    for name in ("always_answered", "next_week_again"):
        assert (seen[name].counted, after[name].counted) == ((40, 40), (40, 0))
    for name in HONEST:
        assert after[name].people == seen[name].people


def test_a_touch_taken_back_after_the_statement_is_told_and_changes_nothing_paid(
    db: Database,
) -> None:
    sunday = datetime(2026, 3, 1, 20, tzinfo=UTC)
    with db.write() as session:
        topic, team = make_topic(session, at=sunday), make_team(session, at=sunday)
        rep = make_rep(session, team, "Rita", at=sunday, target=5)
        set_scheme(
            session, team, name="Above", unit="EUR", rate=100, mode=MARGINAL, now=sunday,
            tiers=read_tiers(["100=1"]), starts_on=date(2026, 2, 1),
        )  # fmt: skip
        touches = [
            _touch(session, rep, topic, n, sunday + timedelta(minutes=9 * n)) for n in range(9)
        ]
        monday = sunday + timedelta(hours=5)
        week = date(2026, 2, 23), date(2026, 3, 2)
        limits = limits_of(load_settings().honesty)
        (paid,) = close_statement(session, rep, *week, by="Mona", now=monday, limits=limits)
        assert paid.amount == 400
        assert find_drift(session, [rep], now=monday) == []
        words = {"limit": timedelta(days=1), "weights": warmth_settings()}
        for touch in touches[:3]:
            undo_touch(session, touch.id, now=monday, **words)
        session.refresh(paid)
        assert paid.amount == 400
        (drift,) = find_drift(session, [rep], now=monday)
        assert (drift.paid, drift.now_worth, drift.difference) == (400, 100, -300)
        with pytest.raises(Conflict, match="older than"):
            undo_touch(session, touches[5].id, now=monday + timedelta(days=1), **words)


def _touch(session: Session, rep: Rep, topic: Topic, number: int, at: datetime) -> Touch:
    prospect = make_prospect(session, topic, f"p{number}", (3.0, at))
    assignment = make_assignment(session, rep, prospect, at=at)
    return record_touch(
        session, assignment.id, channel="message", disposition="contacted",
        idempotency_key=f"k{number}", now=at, weights=warmth_settings(),
    )  # fmt: skip


def test_nobody_marks_a_touched_prospect_of_somebody_else(db: Database) -> None:
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with db.write() as session:
        topic, team = make_topic(session, at=at), make_team(session, at=at)
        rita, omar = (make_rep(session, team, name, at=at) for name in ("Rita", "Omar"))
        touch = _touch(session, rita, topic, 1, at)
        assert touch.assignment_id is not None
        with pytest.raises(Conflict, match="was closed"):
            reassign(session, touch.assignment_id, omar, reason="swap", by="Rita", now=at)
        with pytest.raises(Conflict, match="was closed"):
            record_touch(
                session, touch.assignment_id, channel="call", disposition="replied",
                idempotency_key="again", now=at, weights=warmth_settings(),
            )  # fmt: skip
