"""Roles are dated: what was owed in an earlier one stays what it was."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config.errors import Refused
from models import Rep
from models.database import Database
from quotas.history import Owner, load_spans
from quotas.role_days import role_on, split_by_role
from quotas.roles import list_roles, set_role
from quotas.setting import ALWAYS, set_quota
from tests.factories import make_rep, make_team

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
ROLES = st.sampled_from(["adviser", "senior", None])


def targets(session: Session, rep: Rep, start: date, end: date) -> list[int]:
    """What was owed on each day."""
    spans = load_spans(session, [rep], start, end)[rep.id].get("engaged_contact", [])
    return [
        next((s.quota.target for s in spans if s.starts_on <= day < s.ends_on), 0)
        for day in (start + offset * DAY for offset in range((end - start).days))
    ]


def staffed(session: Session) -> Rep:
    team = make_team(session, at=NOW)
    rep = make_rep(session, team, "Rita", at=NOW, target=None)
    rep.role = "adviser"
    for role, target in (("adviser", 50), ("senior", 80)):
        owner = Owner(team=team, role=role)
        set_quota(session, owner, target=target, per="week", threshold=0.5, now=NOW)
    return rep


def test_another_role_counts_from_its_day_on(db: Database) -> None:
    with db.write() as session:
        rep = staffed(session)
        assert set_role(session, rep, "senior", now=NOW) == TODAY
        assert targets(session, rep, TODAY - 3 * DAY, TODAY + 3 * DAY) == [50] * 3 + [80] * 3
        # planned for next week, then brought forward, then given up
        set_role(session, rep, "adviser", now=NOW, starts_on=TODAY + 7 * DAY)
        assert targets(session, rep, TODAY, TODAY + 9 * DAY) == [80] * 7 + [50] * 2
        set_role(session, rep, "adviser", now=NOW, starts_on=TODAY + 2 * DAY)
        assert targets(session, rep, TODAY, TODAY + 9 * DAY) == [80] * 2 + [50] * 7
        set_role(session, rep, "senior", now=NOW, starts_on=TODAY + 2 * DAY)
        assert list(list_roles(rep)) == [(ALWAYS, "adviser"), (TODAY, "senior")]


def test_a_role_does_not_begin_on_a_day_gone_by_where_that_changes_what_was_owed(
    db: Database,
) -> None:
    with db.write() as session:
        rep = staffed(session)
        with pytest.raises(Refused, match="rewrite the past"):
            set_role(session, rep, "senior", now=NOW, starts_on=TODAY - DAY)
        assert (rep.role, rep.earlier_roles) == ("adviser", None)
        # nothing is owed in either of these: it may be written down late, but only once
        free = make_rep(session, rep.team, "Fritz", at=NOW, target=None)
        assert set_role(session, free, "assistant", now=NOW) == ALWAYS
        set_role(session, free, "clerk", now=NOW, starts_on=TODAY - 9 * DAY)
        assert role_on(free, TODAY - 10 * DAY) == "assistant"
        assert role_on(free, TODAY - 9 * DAY) == "clerk"
        with pytest.raises(Refused, match="rewrite the past"):
            set_role(session, free, "agent", now=NOW, starts_on=TODAY - 10 * DAY)


@pytest.mark.parametrize("seed", range(6))
def test_changing_a_role_never_rewrites_the_past(db: Database, seed: int) -> None:
    rng = random.Random(seed)
    now = NOW
    with db.write() as session:
        rep = staffed(session)
        for _ in range(8):
            now += rng.randint(0, 10) * DAY
            role = rng.choice(["adviser", "senior", None])
            begins = now.date() + rng.randint(-5, 30) * DAY if rng.random() < 0.7 else None
            since = now.date() - 30 * DAY
            before = targets(session, rep, since, now.date())
            roles = [role_on(rep, since + n * DAY) for n in range(30)]
            try:
                set_role(session, rep, role, now=now, starts_on=begins)
            except Refused:
                assert begins is not None
                assert begins < now.date()
            assert targets(session, rep, since, now.date()) == before
            if begins is None or begins >= now.date():
                assert [role_on(rep, since + n * DAY) for n in range(30)] == roles
                assert role_on(rep, begins or now.date()) == role


@given(st.lists(st.tuples(st.integers(1, 40), ROLES), max_size=5), ROLES, st.integers(0, 90))
def test_stretches_of_a_role_cover_every_day_once(
    changes: list[tuple[int, str | None]], role: str | None, length: int
) -> None:
    until, earlier = TODAY, []
    for days, name in changes:
        until += days * DAY
        earlier.append([until.isoformat(), name])
    rep = Rep(name="Rita", role=role, earlier_roles=earlier or None)
    start, end = TODAY - 3 * DAY, TODAY - 3 * DAY + length * DAY
    days = [
        (first + n * DAY, name)
        for first, after, name in split_by_role(rep, start, end)
        for n in range((after - first).days)
    ]
    assert days == [(start + n * DAY, role_on(rep, start + n * DAY)) for n in range(length)]
