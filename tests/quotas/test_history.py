from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config.errors import Refused
from models import Rep, Team
from models.database import Database
from quotas.contacts import record_contact
from quotas.history import (
    Owner,
    find_quota,
    find_quotas,
    load_spans,
    load_target,
    period_target,
    quota_history,
)
from quotas.setting import ALWAYS, first_day, set_quota, stop_quota
from quotas.working_time import (
    add_holiday,
    add_leave,
    calendar_of,
    name_day_off,
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
        ask["starts_on"] = TODAY  # what goes before it may not go back
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


def test_nobody_elses_quota_rewrites_the_past_either(db: Database, now: datetime) -> None:
    ask = {"per": "week", "threshold": 0.5, "now": now}
    with db.write() as session:
        team, rep = people(session, now)
        adviser = Owner(team=team, role="adviser")
        assert first_day(session, Owner(team=team), now) == ALWAYS
        quota = set_quota(session, Owner(team=team), target=10, **ask)  # type: ignore[arg-type] # one dict for several types
        for owner in (Owner(rep=rep), adviser, Owner(role="adviser")):
            with pytest.raises(Refused, match="rewrite the past"):
                set_quota(session, owner, target=99, starts_on=TODAY - DAY, **ask)  # type: ignore[arg-type] # as above
            assert first_day(session, owner, now) == TODAY
        set_quota(session, adviser, target=99, starts_on=TODAY, **ask)  # type: ignore[arg-type] # as above
        assert load_target(session, rep, quota, TODAY - 7 * DAY)[2] == 10
        assert load_target(session, rep, quota, TODAY)[2] == 63  # two days of 2, three of 19.8
        # what nobody owed may begin in the past, and so may what a nearer one stands before
        set_quota(session, rep, target=5, activity="email", starts_on=TODAY - DAY, **ask)  # type: ignore[arg-type] # as above
        set_quota(
            session, Owner(team=team), target=7, activity="email", starts_on=TODAY - DAY, **ask
        )  # type: ignore[arg-type] # as above
        assert first_day(session, Owner(role="nobody's"), now) == ALWAYS


_NUMBERS = count()
_SETTINGS = st.lists(
    st.tuples(
        st.integers(0, 6),  # days since the setting before
        st.sampled_from(["rep", "other", "team", "role", "everywhere"]),
        st.sampled_from(["email", "meeting"]),
        st.one_of(st.none(), st.integers(-20, 9)),  # first day from that day; none said
        st.one_of(st.none(), st.integers(1, 12)),  # days it lasts
        st.one_of(st.none(), st.integers(0, 90)),  # target; none: stopped
    ),
    min_size=2,
    max_size=7,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_SETTINGS)
def test_what_was_owed_stays_after_any_settings_by_any_owners(
    db: Database,
    now: datetime,
    asked: list[tuple[int, str, str, int | None, int | None, int | None]],
) -> None:
    start = TODAY - 30 * DAY
    with db.write() as session:
        role = f"role {next(_NUMBERS)}"
        reps = []
        for zone in ("UTC", "Pacific/Auckland"):
            team = make_team(session, at=now, name=f"{zone} {role}")
            team.time_zone = zone
            reps += [make_rep(session, team, name, at=now, target=None) for name in "ab"]
        for rep in reps[1:]:
            rep.role = role
        first = reps[0].team
        owners = {
            "rep": Owner(rep=reps[0]), "other": Owner(rep=reps[1]), "team": Owner(team=first),
            "role": Owner(team=first, role=role), "everywhere": Owner(role=role),
        }  # fmt: skip

        def owed(rep: Rep, activity: str, until: date) -> list[int]:
            """Of every day, and of every week as far as it has passed."""
            spans = load_spans(session, [rep], start, until)[rep.id].get(activity, [])
            calendar = calendar_of(rep)
            days = [start + n * DAY for n in range((until - start).days)]
            parts = [(day, day + DAY) for day in days] + [(day, until) for day in days[::7]]
            return [period_target(spans, *part, calendar) for part in parts]

        at = now
        for later, whose, activity, offset, lasts, target in asked:
            at += later * DAY
            owner = owners[whose]
            untils = {rep.id: calendar_of(rep).today(at) for rep in reps}
            before = {
                (rep.id, name): owed(rep, name, untils[rep.id])
                for rep in reps
                for name in ("email", "meeting")
                if load_spans(session, [rep], ALWAYS, untils[rep.id])[rep.id].get(name)
            }
            said = at.date() + offset * DAY if offset is not None else None
            begins = said or first_day(session, owner, at)
            try:
                if target is None:
                    stop_quota(session, owner, activity=activity, starts_on=begins, now=at)
                else:
                    set_quota(
                        session, owner, target=target, per="week", threshold=0.5, now=at,
                        activity=activity, starts_on=begins,
                        ends_on=begins + lasts * DAY if lasts else None,
                    )  # fmt: skip
            except Refused:
                # what is not said is never refused, but for stopping what is not there
                assert said is not None or target is None
            for rep in reps:
                for name in ("email", "meeting"):
                    if (rep.id, name) in before:
                        assert owed(rep, name, untils[rep.id]) == before[rep.id, name]


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
        set_employment(session, rep, starts_on=TODAY, ends_on=TODAY + DAY)
        assert load_target(session, rep, quota, TODAY)[2] == 1  # 1.2


def test_public_holidays_come_from_the_library_and_the_team_may_work_on_one(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        team, _ = people(session, now)
        set_country(session, team, "de", "by", now=now)
        assert not calendar_of(team).is_working(date(2027, 1, 6))
        add_holiday(session, team, date(2027, 1, 6), name="Epiphany", works=True, now=now)
        assert calendar_of(team).is_working(date(2027, 1, 6))
        set_country(session, team, "DE", None, now=now)
        assert calendar_of(team).is_working(date(2026, 1, 6))
        for country, subdivision in (("XX", None), ("DE", "ZZ"), (None, "BY")):
            with pytest.raises(Refused):
                set_country(session, team, country, subdivision, now=now)
        set_country(session, team, None, None, now=now)
        assert calendar_of(team).is_working(date(2026, 12, 25))
        with pytest.raises(Refused):
            set_hours(session, team, team.closes, team.opens, now=now)


def test_another_countrys_holidays_leave_the_days_gone_by(db: Database) -> None:
    later = datetime(2026, 12, 30, 12, tzinfo=UTC)
    monday, christmas = date(2026, 12, 21), date(2026, 12, 25)
    with db.write() as session:
        team, rep = people(session, later)
        quota = set_quota(session, rep, target=5, per="week", threshold=0.5, now=later)
        record_contact(
            session, rep, channel="call", disposition="contacted", idempotency_key="c", now=later
        )
        set_country(session, team, "DE", None, now=later)
        assert load_target(session, rep, quota, monday)[2] == 5
        assert calendar_of(team).is_working(christmas)
        assert name_day_off(rep, date(2027, 1, 1)) == ("holiday", "New Year's Day")
        assert not calendar_of(team).is_working(date(2027, 1, 1))
        # changed once more on the same day: what began that day was kept on none before
        set_country(session, team, "SA", None, now=later)
        assert team.earlier_countries == [["2026-12-30", None, None]]
        assert calendar_of(team).is_working(date(2027, 1, 1))
        set_country(session, team, None, None, now=later + 300 * DAY)
        assert calendar_of(team).is_working(christmas)
        assert not calendar_of(team).is_working(date(2027, 9, 23))  # the kingdom's national day
        assert load_target(session, rep, quota, monday)[2] == 5
