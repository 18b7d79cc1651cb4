from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import Refused
from quotas.calendars import Calendar, read_weekday, read_weekend, read_zone

ZONES = st.sampled_from(
    "UTC Europe/Paris America/New_York Asia/Riyadh Africa/Cairo America/Havana Asia/Beirut "
    "Australia/Lord_Howe Asia/Kathmandu Pacific/Kiritimati America/Santiago".split()
).map(ZoneInfo)
DATES = st.dates(date(2020, 1, 1), date(2030, 12, 31))
RIYADH = Calendar(ZoneInfo("Asia/Riyadh"), first_weekday=6, weekend=frozenset({4, 5}))


@settings(max_examples=300, deadline=None)
@given(ZONES, DATES, st.floats(0, 0.9999))
def test_a_day_holds_the_instants_of_its_date_and_no_others(
    zone: ZoneInfo, on: date, share: float
) -> None:
    calendar = Calendar(zone)
    start, end = calendar.start_of(on), calendar.end_of(on)
    assert end == calendar.start_of(on + timedelta(days=1))
    assert timedelta(hours=23) <= end - start <= timedelta(hours=25)
    assert calendar.today(start) == on
    assert calendar.today(start + (end - start) * share) == on
    assert calendar.today(end - timedelta(microseconds=1)) == on
    assert calendar.today(start - timedelta(microseconds=1)) == on - timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "on", "start", "hours"),
    [
        ("Europe/Paris", date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        ("Europe/Paris", date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        # midnight does not exist
        ("Africa/Cairo", date(2024, 4, 26), datetime(2024, 4, 25, 22, tzinfo=UTC), 23),
        # midnight happens twice
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC), 25),
    ],
)
def test_days_on_which_clocks_change(zone: str, on: date, start: datetime, hours: int) -> None:
    calendar = Calendar(ZoneInfo(zone))
    assert calendar.start_of(on) == start
    assert calendar.end_of(on) - start == timedelta(hours=hours)


def test_friday_and_saturday_off() -> None:
    days = RIYADH.working_days(date(2026, 11, 22), date(2026, 11, 29))
    assert days == [date(2026, 11, day) for day in (22, 23, 24, 25, 26)]
    assert not RIYADH.is_working(date(2026, 11, 27))
    assert RIYADH.working_days(date(2026, 11, 29), date(2026, 11, 22)) == []


def test_holidays_are_off() -> None:
    calendar = Calendar(ZoneInfo("UTC"), holidays=frozenset({date(2026, 12, 25)}))
    assert not calendar.is_working(date(2026, 12, 25))
    assert calendar.share_passed(datetime(2026, 12, 25, 12, tzinfo=UTC)) == 0.0


@settings(max_examples=100, deadline=None)
@given(ZONES, st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), st.integers(0, 600))
def test_the_share_of_a_day_only_grows_within_it(
    zone: ZoneInfo, at: datetime, minutes: int
) -> None:
    calendar = Calendar(zone, weekend=frozenset())
    now = at.replace(tzinfo=UTC)
    later = now + timedelta(minutes=minutes)
    assert 0.0 <= calendar.share_passed(now) <= 1.0
    if calendar.today(now) == calendar.today(later):
        assert calendar.share_passed(now) <= calendar.share_passed(later)


def test_the_share_of_a_working_day() -> None:
    day = datetime(2026, 11, 25, tzinfo=UTC)  # Riyadh is three hours ahead
    shares = [RIYADH.share_passed(day + timedelta(hours=h)) for h in (0, 6, 10, 14, 20)]
    assert shares == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert RIYADH.share_passed(day + timedelta(days=2, hours=10)) == 0.0


@pytest.mark.parametrize("name", ["", "Mars/Base", "Europe", "../etc/passwd", "/etc", "a\x00b"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="not a time zone"):
        read_zone(name)


def test_weekdays_are_read_by_name() -> None:
    assert [read_weekday(name) for name in ("Monday", " sun ", "THURS")] == [0, 6, 3]
    assert read_weekend(["friday", "sat"]) == {4, 5}
    for name in ("", "mo", "s", "noday", "mondays"):
        with pytest.raises(Refused, match="not a day"):
            read_weekday(name)
    with pytest.raises(Refused, match="no working day"):
        read_weekend("monday tuesday wednesday thursday friday saturday sunday".split())
