from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from config.errors import Refused
from models import Rep, Team
from models.database import Database
from quotas.history import Owner, find_quota, find_quotas, load_target, quota_history
from quotas.setting import ALWAYS, set_quota, stop_quota
from quotas.working_time import (
    add_holiday,
    add_leave,
    calendar_of,
    set_country,
    set_employment,
    set_hours,
    set_ramp,
    set_working_time,
    withdraw_leave,
)
from tests.factories import make_rep, make_team

TODAY = date(2026, 11, 25)  # a Wednesday
DAY = timedelta(days=1)


def people(session: Session, at: datetime) -> tuple[Team, Rep]:
    team = make_team(session, at=at)
    rep = make_rep(session, team, "a", at=at, target=None)
    rep.role = "adviser"
    return team, rep


def test_a_change_leaves_the_days_before_as_they_were(db: Database, now: datetime) -> None:
    with db.write() as session:
        _, rep = people(session, now)
        set_quota(session, rep, target=50, per="Week", threshold=0.5, now=now)
        later = TODAY + 6 * DAY
        set_quota(session, rep, target=9, per="day", threshold=0.5, now=now, starts_on=later)
        targets = [
            q.target if (q := find_quota(session, rep.id, on)) else None
            for on in (ALWAYS, later - DAY, later, later + 99 * DAY)
        ]
        assert targets == [50, 50, 9, 9]
        # planned for a day to come: may be planned anew, the row before stays in the record
        set_quota(session, rep, target=8, per="day", threshold=0.5, now=now, starts_on=later)
        spans = quota_history(session, Owner(rep=rep))
        assert [(s.quota.target, s.starts_on) for s in spans] == [(50, ALWAYS), (8, later)]
        with pytest.raises(Refused, match="rewrite the past"):
            set_quota(
                session, rep, target=5, per="day", threshold=0.5, now=now, starts_on=TODAY - DAY
            )


def test_a_quota_of_ones_own_goes_before_the_roles_before_the_teams(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        team, rep = people(session, now)
        other = make_rep(session, team, "b", at=now, target=None)

        def found(whose: Rep, on: date = TODAY) -> int | None:
            quota = find_quota(session, whose.id, on)
            return quota.target if quota else None

        assert found(rep) is None
        ask = {"per": "week", "threshold": 0.5, "now": now}
        set_quota(session, Owner(team=team), target=10, **ask)  # type: ignore[arg-type] # one dict for several types
        assert (found(rep), found(other)) == (10, 10)
        set_quota(session, Owner(role="adviser"), target=20, **ask)  # type: ignore[arg-type] # as above
        assert (found(rep), found(other)) == (20, 10)
        set_quota(session, Owner(team=team, role="adviser"), target=25, **ask)  # type: ignore[arg-type] # as above
        assert found(rep) == 25
        set_quota(session, rep, target=30, **ask)  # type: ignore[arg-type] # as above
        assert (found(rep), found(other)) == (30, 10)
        stop_quota(session, rep, activity="engaged_contact", starts_on=TODAY + DAY, now=now)
        assert [found(rep, TODAY), found(rep, TODAY + DAY)] == [30, 25]
        with pytest.raises(Refused, match="no email quota"):
            stop_quota(session, rep, activity="email", starts_on=TODAY, now=now)


def test_several_activities_stand_side_by_side(db: Database, now: datetime) -> None:
    with db.write() as session:
        team, rep = people(session, now)
        for activity, target in (("Outbound call", 250), ("engaged_contact", 50), ("webinar", 2)):
            set_quota(
                session, rep, target=target, per="week", threshold=1.0, now=now, fresh_days=14,
                activity=activity, weight=0.5, missed="forfeit",
            )  # fmt: skip
        assert [(q.activity, q.target) for q in find_quotas(session, rep.id, TODAY)] == [
            ("engaged_contact", 50), ("outbound_call", 250), ("webinar", 2),
        ]  # fmt: skip
        assert find_quotas(session, 99, TODAY) == []
        for wrong in (
            {"target": -1}, {"target": 100_001}, {"per": "fortnight"}, {"activity": "a;b"},
            {"weight": -1.0}, {"fresh_days": 0}, {"missed": "later"}, {"ends_on": TODAY},
        ):  # fmt: skip
            values = {"target": 1, "per": "day", "threshold": 1.0, "starts_on": TODAY} | wrong
            with pytest.raises(Refused):
                set_quota(session, Owner(team=team), now=now, **values)  # type: ignore[arg-type] # as above


def test_a_target_counts_each_day_under_its_own_quota_and_working_time(
    db: Database, now: datetime
) -> None:
    monday = TODAY - 2 * DAY
    with db.write() as session:
        team, rep = people(session, now)
        quota = set_quota(session, rep, target=50, per="week", threshold=0.5, now=now)
        assert load_target(session, rep, quota, TODAY) == (monday, monday + 7 * DAY, 50)
        set_quota(session, rep, target=60, per="week", threshold=0.5, now=now, starts_on=TODAY)
        assert load_target(session, rep, quota, TODAY)[2] == 10 + 10 + 3 * 12
        assert load_target(session, rep, quota, TODAY - 7 * DAY)[2] == 50
        add_holiday(session, team, TODAY + DAY, name="Founders' day", now=now)
        leave = add_leave(
            session, rep, starts_on=TODAY + 2 * DAY, ends_on=TODAY + 9 * DAY, percent=50, now=now
        )
        assert load_target(session, rep, quota, TODAY)[2] == 10 + 10 + 12 + 0 + 6
        withdraw_leave(session, rep, leave.id, now=now)
        assert load_target(session, rep, quota, TODAY)[2] == 10 + 10 + 12 + 0 + 12
        add_holiday(session, team, TODAY + DAY, name="Founders' day", works=True, now=now)
        set_working_time(session, rep, starts_on=TODAY, weekdays=[0, 1, 2], percent=50, now=now)
        assert load_target(session, rep, quota, TODAY)[2] == 10 + 10 + 6
        set_ramp(session, rep, starts_on=monday, percents=[20, 50], now=now)
        assert load_target(session, rep, quota, TODAY)[2] == 5  # 5.2: a fifth of 26
        set_employment(rep, starts_on=TODAY, ends_on=TODAY + DAY)
        assert load_target(session, rep, quota, TODAY)[2] == 1  # 1.2


def test_public_holidays_come_from_the_library_and_the_team_may_work_on_one(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        team, _ = people(session, now)
        set_country(team, "de", "by")
        assert not calendar_of(team).is_working(date(2027, 1, 6))
        add_holiday(session, team, date(2027, 1, 6), name="Epiphany", works=True, now=now)
        assert calendar_of(team).is_working(date(2027, 1, 6))
        set_country(team, "DE", None)
        assert calendar_of(team).is_working(date(2026, 1, 6))
        for country, subdivision in (("XX", None), ("DE", "ZZ"), (None, "BY")):
            with pytest.raises(Refused):
                set_country(team, country, subdivision)
        set_country(team, None, None)
        assert calendar_of(team).is_working(date(2026, 12, 25))
        with pytest.raises(Refused):
            set_hours(team, calendar_of(team).closes, calendar_of(team).opens)
