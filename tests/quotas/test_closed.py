"""What may be entered of days gone by: facts until a statement is closed, plans never."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from config.errors import Refused
from models import DailyList, Rep, Statement, Team
from models.database import Database
from quotas.contacts import record_contact
from quotas.history import find_quota, load_target
from quotas.working_time import (
    add_holiday,
    add_leave,
    calendar_of,
    set_employment,
    set_hours,
    set_ramp,
    set_working_time,
    withdraw_leave,
)
from tests.factories import make_rep, make_team

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()
DAY = timedelta(days=1)
MONDAY = TODAY - 2 * DAY


def prepare(session: Session) -> tuple[Team, Rep]:
    """A rep who owes 50 a week and called somebody and had a list on Monday."""
    team = make_team(session, at=NOW - 60 * DAY)
    rep = make_rep(session, team, "Rita", at=NOW - 60 * DAY, target=50)
    record_contact(
        session, rep, channel="call", disposition="contacted", idempotency_key="k",
        now=NOW - 2 * DAY,
    )  # fmt: skip
    session.add(
        DailyList(
            rep_id=rep.id, listed_on=MONDAY, wanted=10, shortfall=0, seed=0, content_hash="h",
            details={}, built_at=NOW - 2 * DAY,
        )
    )  # fmt: skip
    session.flush()
    return team, rep


def owed(session: Session, rep: Rep) -> int:
    quota = find_quota(session, rep.id, TODAY)
    assert quota is not None
    return load_target(session, rep, quota, TODAY)[2]


def test_illness_is_told_afterwards_and_takes_off_what_was_owed(db: Database) -> None:
    with db.write() as session:
        team, rep = prepare(session)
        leave = add_leave(session, rep, starts_on=MONDAY, ends_on=MONDAY + DAY, now=NOW)
        assert (owed(session, rep), leave.created_at) == (40, NOW)
        add_holiday(session, team, TODAY - DAY, name="No power", now=NOW)
        assert owed(session, rep) == 30
        withdraw_leave(session, rep, leave.id, now=NOW)
        assert owed(session, rep) == 40
        with pytest.raises(Refused, match="cannot become a working day"):
            add_holiday(session, team, TODAY - DAY, name="Power", works=True, now=NOW)


def test_a_plan_does_not_begin_before_what_was_worked(lite: Database) -> None:
    plans: tuple[Callable[[Session, Rep, date], object], ...] = (
        lambda session, rep, on: set_ramp(session, rep, starts_on=on, percents=[20], now=NOW),
        lambda session, rep, on: set_working_time(session, rep, starts_on=on, percent=50, now=NOW),
    )
    with lite.write() as session:
        team, rep = prepare(session)
        new = make_rep(session, team, "Omar", at=NOW)
        for plan in plans:
            before = owed(session, rep)
            with pytest.raises(Refused, match="2026-11-23 on would rewrite") as refused:
                plan(session, rep, MONDAY)
            assert refused.value.fault == "rewrites_past"
            assert owed(session, rep) == before
            plan(session, rep, TODAY)
            plan(session, new, MONDAY)  # nothing was asked of them yet
        session.refresh(rep)
        assert owed(session, rep) == 10 + 10 + 3  # and a fifth of half of what is left


def test_days_of_a_closed_statement_stay_as_they_were(db: Database) -> None:
    first = date(2026, 11, 10)
    with db.write() as session:
        team, rep = prepare(session)
        leave = add_leave(session, rep, starts_on=first, ends_on=first + 20 * DAY, now=NOW)
        over = add_leave(session, rep, starts_on=first - DAY, ends_on=first, now=NOW)
        session.add(
            Statement(
                rep_id=rep.id, starts_on=date(2026, 11, 1), ends_on=first + 5 * DAY, unit="EUR",
                amount=0, lines=[], closed_by="Mona", closed_at=NOW,
            )
        )  # fmt: skip
        session.flush()
        refused: tuple[Callable[[], object], ...] = (
            lambda: add_leave(session, rep, starts_on=first, ends_on=first + 9 * DAY, now=NOW),
            lambda: withdraw_leave(session, rep, over.id, now=NOW),
            lambda: add_holiday(session, team, first, name="Feast", now=NOW),
            lambda: set_employment(session, rep, starts_on=first + DAY, ends_on=None),
            lambda: set_employment(session, rep, starts_on=None, ends_on=first),
        )
        days = [first + n * DAY for n in range(-2, 20)]
        before = [calendar_of(rep).worked_percent(day) for day in days]
        for change in refused:
            with pytest.raises(Refused, match="closed for days before 2026-11-15"):
                change()
        assert [calendar_of(rep).worked_percent(day) for day in days] == before
        # the leave ended early: what was closed of it stays, the rest is worked
        withdraw_leave(session, rep, leave.id, now=NOW)
        after = [calendar_of(rep).worked_percent(day) for day in days]
        assert after[:7] == before[:7]
        assert after[8:13] == [100] * 5
        set_employment(session, rep, starts_on=date(2026, 10, 1), ends_on=TODAY + 9 * DAY)


def test_other_hours_leave_the_days_gone_by(lite: Database) -> None:
    with lite.write() as session:
        team, rep = prepare(session)
        set_hours(session, team, time(7), time(15), now=NOW)
        set_hours(session, team, time(8), time(20), now=NOW)  # what began today never held
        calendar = calendar_of(rep)
        hours = [[at.hour for at in calendar.hours_on(TODAY + n * DAY)] for n in (-1, 0, 1)]
        assert hours == [[9, 17], [8, 20], [8, 20]]
        assert calendar.share_passed(NOW) == pytest.approx(4 / 12)
        set_hours(session, team, time(10), time(18), now=NOW + DAY)
        calendar = calendar_of(team)
        hours = [[at.hour for at in calendar.hours_on(TODAY + n * DAY)] for n in (-1, 0, 1)]
        assert hours == [[9, 17], [8, 20], [10, 18]]
