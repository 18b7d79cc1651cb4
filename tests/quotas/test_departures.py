"""A rep deactivated and brought back, and a team changed after it has lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Conflict, Refused
from models import Assignment, Rep, Team
from models.database import Database
from quotas.assign import build_lists
from quotas.calendars import Calendar, EarlierTime
from quotas.contacts import record_contact
from quotas.departures import REP_LEFT, bring_back, deactivate
from quotas.history import find_quota, load_target
from quotas.periods import Period
from quotas.staff import change_team
from quotas.working_time import calendar_of
from tests.factories import list_settings, make_prospect, make_rep, make_team, make_topic

_ZONES = ("UTC", "Asia/Riyadh", "America/New_York", "Pacific/Auckland", "America/Los_Angeles")


def _prepare(session: Session, now: datetime) -> tuple[Team, Rep, Rep]:
    team = make_team(session, at=now, weekend=())
    ines, omar = (make_rep(session, team, name, at=now) for name in ("Ines", "Omar"))
    topic = make_topic(session, at=now)
    for n in range(6):
        make_prospect(session, topic, f"p{n}", (2.0, now - timedelta(hours=3)))
    build_lists(session, team, now.date(), now=now, settings=list_settings())
    return team, ines, omar


def _open(session: Session, rep: Rep) -> set[int]:
    rows = select(Assignment.person_id).where(
        Assignment.rep_id == rep.id, Assignment.closed_at.is_(None)
    )
    return set(session.scalars(rows))


def test_who_was_open_with_a_rep_goes_back_to_the_pool_and_to_others_next_day(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        team, ines, omar = _prepare(session, now)
        held = _open(session, ines)
        assert held
        assert deactivate(session, ines, by="Mona", now=now) == (0, len(held))
        assert deactivate(session, ines, by="Mona", now=now) == (0, 0)
        assert find_quota(session, ines.id, now.date()) is not None
        reasons = session.scalars(
            select(Assignment.closed_reason).where(Assignment.rep_id == ines.id)
        ).all()
        assert set(reasons) == {REP_LEFT}
        later = now + timedelta(days=1)
        build_lists(session, team, later.date(), now=later, settings=list_settings())
        assert held <= _open(session, omar)
        assert not _open(session, ines)
        bring_back(session, ines)
        make_prospect(session, make_topic(session, at=now, name="New"), "new", (2.0, later))
        last = later + timedelta(days=1)
        build_lists(session, team, last.date(), now=last, settings=list_settings())
        assert _open(session, ines)


def test_who_was_open_with_a_rep_is_given_on_with_a_reason(db: Database, now: datetime) -> None:
    with db.write() as session:
        _, ines, omar = _prepare(session, now)
        held = _open(session, ines)
        other = make_rep(session, make_team(session, at=now, name="South"), "Else", at=now)
        with pytest.raises(Refused, match="needs a reason"):
            deactivate(session, ines, to=omar, by="Mona", now=now)
        with pytest.raises(Conflict, match="another team"):
            deactivate(session, ines, to=other, reason="left", by="Mona", now=now)
        assert ines.active
        found = deactivate(session, ines, to=omar, reason="left", by="Mona", now=now)
        assert found == (len(held), 0)
        assert held <= _open(session, omar)


def test_a_team_changed_later_keeps_the_days_gone_by(db: Database, now: datetime) -> None:
    with db.write() as session:
        team, _, _ = _prepare(session, now)
        before = calendar_of(team)
        today = before.today(now)
        same = {"name": "North", "first_weekday": "monday", "now": now}
        new = {"time_zone": "Asia/Riyadh", "weekend": ["friday", "saturday"], "language": "ar"}
        begins = change_team(session, team, **same, **new)
        assert begins is not None
        assert begins > today
        after = calendar_of(team)
        for back in range(60):
            day = today - timedelta(days=back)
            assert after.is_working(day)
            assert after.start_of(day) == before.start_of(day)
        assert after.start_of(begins) == datetime.combine(
            begins, datetime.min.time(), ZoneInfo("Asia/Riyadh")
        )
        assert [after.is_regular(begins + timedelta(days=n)) for n in range(7)].count(False) == 2
        # changed once more before it began: what never began is not kept
        again = new | {"weekend": ["sunday"]}
        assert change_team(session, team, **same, **again) == begins
        assert team.earlier_times == [[begins.isoformat(), "UTC", [], 0]]
        assert change_team(session, team, **(same | again | {"name": "Far"})) is None
        assert (team.name, team.language) == ("Far", "ar")


def test_a_team_that_only_calls_keeps_the_days_gone_by_too(db: Database, now: datetime) -> None:
    with db.write() as session:
        team = make_team(session, at=now)
        rep = make_rep(session, team, "Ines", at=now, target=None)
        record_contact(
            session, rep, channel="call", disposition="contacted", idempotency_key="c", now=now
        )
        new = {"name": "North", "time_zone": "Asia/Tokyo", "weekend": ["friday"], "language": None}
        begins = change_team(session, team, **new, first_weekday="monday", now=now)  # type: ignore[arg-type] # one dict for several types
        assert begins is not None
        assert begins > now.date()
        assert calendar_of(team).start_of(now.date()).hour == 0


def test_another_first_day_of_the_week_leaves_every_week_gone_by(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        team, ines, _ = _prepare(session, now)
        team.weekend = [4, 5]
        quota = find_quota(session, ines.id, now.date())
        assert quota is not None
        monday = now.date() - timedelta(days=now.weekday())
        spans = [load_target(session, ines, quota, monday - timedelta(weeks=n)) for n in range(4)]
        same = {"name": "North", "time_zone": "UTC", "weekend": ["friday", "saturday"],
                "language": None, "now": now}  # fmt: skip
        begins = change_team(session, team, **same, first_weekday="sunday")  # type: ignore[arg-type] # one dict for several types
        after = monday + timedelta(days=7)
        assert begins == after
        for n, span in enumerate(spans):
            assert load_target(session, ines, quota, monday - timedelta(weeks=n)) == span
        # six days, of which Friday and Saturday are off: four fifths of a week
        short = (after, after + timedelta(days=6), round(quota.target * 4 / 5))
        assert load_target(session, ines, quota, after) == short
        start, end, owed = load_target(session, ines, quota, after + timedelta(days=6))
        assert (start.weekday(), end - start, owed) == (6, timedelta(days=7), quota.target)
        # back before it began: weeks start on Mondays throughout
        assert change_team(session, team, **same, first_weekday="monday") == begins  # type: ignore[arg-type] # as above
        assert load_target(session, ines, quota, after)[:2] == (after, after + timedelta(days=7))


@given(
    st.lists(st.integers(0, 6), min_size=2, max_size=4),
    st.dates(date(2026, 1, 1), date(2026, 3, 31)),
)
def test_weeks_follow_one_another_without_a_gap_where_they_begin_anew(
    firsts: list[int], day: date
) -> None:
    calendar, began = Calendar(ZoneInfo("UTC"), first_weekday=firsts[0]), [day]
    for first in firsts[1:]:
        began.append(calendar.bounds(Period.WEEK, began[-1] + timedelta(days=9))[1])
        held = EarlierTime(began[-1], calendar.zone, calendar.weekend, calendar.first_weekday)
        calendar = replace(calendar, first_weekday=first, earlier=(*calendar.earlier, held))
    start, weeks = day, 0
    while start < began[-1] + timedelta(days=21):
        since, until = calendar.bounds(Period.WEEK, start)
        assert since <= start < until
        assert until - since <= timedelta(days=7)
        assert weeks == 0 or since == start
        assert all(
            calendar.bounds(Period.WEEK, since + timedelta(days=n)) == (since, until)
            for n in range((until - since).days)
        )
        start, weeks = until, weeks + 1
    assert calendar.bounds(Period.WEEK, start)[0].weekday() == firsts[-1]


def test_a_team_without_lists_is_changed_at_once(db: Database, now: datetime) -> None:
    with db.write() as session:
        team = make_team(session, at=now)
        begins = change_team(
            session, team, name="North", time_zone="Asia/Riyadh", first_weekday="sunday",
            weekend=["friday"], language=None, now=now,
        )  # fmt: skip
        assert begins is None
        assert (team.first_weekday, team.weekend, team.earlier_times) == (6, [4], None)


@given(
    st.sampled_from(_ZONES),
    st.sampled_from(_ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
)
def test_days_follow_one_another_without_a_gap_where_the_zone_changes(
    old: str, new: str, at: datetime
) -> None:
    now = at.replace(tzinfo=UTC)
    before = ZoneInfo(old)
    begins = max(now.astimezone(before).date(), now.astimezone(ZoneInfo(new)).date())
    begins += timedelta(days=1)
    calendar = Calendar(ZoneInfo(new), earlier=(EarlierTime(begins, before, frozenset({5, 6})),))
    assert calendar.today(now) == min(now.astimezone(before).date(), begins - timedelta(days=1))
    for shift in range(-3, 4):
        day: date = begins + timedelta(days=shift)
        assert calendar.today(calendar.start_of(day)) == day
        assert calendar.today(calendar.end_of(day) - timedelta(seconds=1)) == day
