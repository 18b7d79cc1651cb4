"""When teams and reps work: stored as rows that are only added, read as a ``Calendar``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from models import DailyList, Leave, Ramp, Rep, Team, TeamHoliday, Touch, WorkingTime
from quotas.calendars import (
    Absence,
    Calendar,
    EarlierHours,
    EarlierTime,
    RampUp,
    WorkingWeek,
    read_zone,
)
from quotas.closed import closed_until, refuse_closed, refuse_past

#: Public holidays are known for these years; before and after there are none.
HOLIDAY_YEARS = range(2015, 2046)
_LONGEST_RAMP = 104  # weeks
_LARGEST_PERCENT = 300


def calendar_of(whose: Team | Rep) -> Calendar:
    """The calendar of a team, or a rep's own: the team's with working time, leave and ramp."""
    team = whose if isinstance(whose, Team) else whose.team
    calendar = Calendar(
        read_zone(team.time_zone),
        team.first_weekday,
        frozenset(team.weekend),
        _holidays(team),
        team.opens,
        team.closes,
        earlier=_earlier(team),
        earlier_hours=tuple(
            EarlierHours(
                date.fromisoformat(until), time.fromisoformat(opens), time.fromisoformat(closes)
            )
            for until, opens, closes in team.earlier_hours or ()
        ),
    )
    if isinstance(whose, Team):
        return calendar
    return Calendar(
        calendar.zone,
        calendar.first_weekday,
        calendar.weekend,
        calendar.holidays,
        calendar.opens,
        calendar.closes,
        weeks=tuple(
            WorkingWeek(
                row.starts_on,
                None if row.weekdays is None else frozenset(row.weekdays),
                row.percent,
            )
            for row in whose.working_times
        ),
        ramps=tuple(RampUp(row.starts_on, tuple(row.percents)) for row in whose.ramps),
        absences=tuple(
            Absence(row.starts_on, row.ends_on, row.percent)
            for row in whose.leaves
            if row.withdrawn_at is None
        ),
        joins_on=whose.starts_on,
        leaves_on=whose.ends_on,
        earlier=calendar.earlier,
        earlier_hours=calendar.earlier_hours,
    )


def _earlier(team: Team) -> tuple[EarlierTime, ...]:
    first, found = team.first_weekday, list[EarlierTime]()
    for until, zone, weekend, *rest in reversed(team.earlier_times or ()):
        first = rest[0] if rest else first  # it could not be changed when that was written
        day = date.fromisoformat(until)
        found.insert(0, EarlierTime(day, read_zone(zone), frozenset(weekend), first))
    return tuple(found)


def _holidays(team: Team) -> frozenset[date]:
    days = set(holiday_names(team))
    for row in team.holidays:
        if row.works:
            days.discard(row.held_on)
        else:
            days.add(row.held_on)
    return frozenset(days)


def name_day_off(rep: Rep, on: date, language: str = "en") -> tuple[str, str]:
    """Why a rep does not work on a day: ``leave``, ``holiday`` with its name, else ``weekend``."""
    away = [row for row in rep.leaves if row.withdrawn_at is None and row.percent == 100]
    if any(row.starts_on <= on < row.ends_on for row in away):
        return "leave", ""
    if on in _holidays(rep.team):
        own = [row.name for row in rep.team.holidays if row.held_on == on]
        return "holiday", own[-1] if own else holiday_names(rep.team, language).get(on, "")
    return "weekend", ""


def holiday_names(team: Team, language: str = "en") -> Mapping[date, str]:
    """The public holidays a team keeps, with their names, each by the country of its day."""
    names = public_holidays(team.country, team.subdivision, language) if team.country else {}
    if not team.earlier_countries:
        return names
    found: dict[date, str] = {}
    since = date.min
    for text, country, subdivision in team.earlier_countries:
        until = date.fromisoformat(text)
        held = public_holidays(country, subdivision, language) if country else {}
        found |= {day: name for day, name in held.items() if since <= day < until}
        since = until
    return found | {day: name for day, name in names.items() if day >= since}


@cache
def public_holidays(country: str, subdivision: str | None, language: str = "en") -> dict[date, str]:
    """Public holidays with their names, by the ``holidays`` library.

    Names are English where it does not know them in ``language``: it has a country's own and a few
    others. Refuses a country or subdivision it does not know.
    """
    import holidays  # a tenth of a second, and most teams name no country

    try:
        found = holidays.country_holidays(country, subdiv=subdivision, language="en_US")
        # a country may have its own way with a language: ar_EG
        spoken = [one for one in found.supported_languages if one.split("_")[0] == language]
        if spoken and language != "en":
            found = holidays.country_holidays(country, subdiv=subdivision, language=spoken[0])
    except NotImplementedError as error:
        raise Refused(
            "Holidays of %(country)s%(value)s are not known.",
            "Use a country's two letters and, where it has them, a subdivision: DE, DE/BY, SA.",
            country=country,
            value=f"/{subdivision}" if subdivision else "",
            fault="unknown_country",
        ) from error
    for year in HOLIDAY_YEARS:
        if found.start_year <= year <= found.end_year:  # beyond it the library only warns
            date(year, 1, 1) in found  # noqa: B015 - asking fills in the whole year
    return dict(found.items())


def set_country(
    session: Session, team: Team, country: str | None, subdivision: str | None, *, now: datetime
) -> None:
    """Keep the public holidays of a country, or of none, from the team's today on.

    Days gone by keep what was owed on them; a team that has not worked yet has none.
    """
    country = country.strip().upper() if country else None
    subdivision = subdivision.strip().upper() if subdivision else None
    if subdivision and not country:
        raise Refused(
            "A subdivision needs its country.", "Give both: --country DE --subdivision BY"
        )
    if country:
        public_holidays(country, subdivision)
    if (country, subdivision) == (team.country, team.subdivision):
        return
    today = calendar_of(team).today(now).isoformat()
    earlier = list(team.earlier_countries or ())
    # what began today, or was to begin later, was kept on no day gone by
    if has_worked(session, team) and (not earlier or earlier[-1][0] < today):
        team.earlier_countries = [*earlier, [today, team.country, team.subdivision]]
    team.country, team.subdivision = country, subdivision
    session.flush()


def has_worked(session: Session, team: Team) -> bool:
    """Whether days gone by hold anything: a list, or a touch beside it, such as a call."""
    held = (
        select(kind.id).join(Rep, Rep.id == kind.rep_id).where(Rep.team_id == team.id).limit(1)
        for kind in (DailyList, Touch)
    )
    return any(session.scalar(one) is not None for one in held)


def set_hours(session: Session, team: Team, opens: time, closes: time, *, now: datetime) -> None:
    """When the working day begins and ends, in the team's zone, from the team's today on.

    Days gone by keep the hours they were worked in: what was marked then is held against these.
    """
    if opens >= closes:
        raise Refused(
            "The working day ends before it begins.",
            "Let it close after it opens.",
        )
    if (opens, closes) == (team.opens, team.closes):
        return
    today = calendar_of(team).today(now).isoformat()
    earlier = list(team.earlier_hours or ())
    if has_worked(session, team) and (not earlier or earlier[-1][0] < today):
        was = f"{team.opens:%H:%M}", f"{team.closes:%H:%M}"
        team.earlier_hours = [*earlier, [today, *was]]
    team.opens, team.closes = opens, closes
    session.flush()


def add_holiday(
    session: Session, team: Team, on: date, *, name: str, works: bool = False, now: datetime
) -> TeamHoliday:
    """A day off of the team's own, or with ``works`` a public holiday it works on.

    A day gone by may be found to have been off, as long as no statement of it is closed; it cannot
    become one on which something was owed.
    """
    if on < calendar_of(team).today(now):
        if works and has_worked(session, team):
            raise Refused(
                "%(day)s is over and cannot become a working day.",
                "Name a day to come.",
                day=on,
                fault="rewrites_past",
            )
        refuse_closed(session, team.reps, on, on + timedelta(days=1))
    row = TeamHoliday(held_on=on, name=_check_words(name, "holiday"), works=works, created_at=now)
    team.holidays.append(row)
    session.flush()
    return row


def add_leave(
    session: Session,
    rep: Rep,
    *,
    starts_on: date,
    ends_on: date,
    percent: int = 100,
    reason: str = "leave",
    now: datetime,
) -> Leave:
    """A rep is away from ``starts_on`` to before ``ends_on``, for ``percent`` of each day.

    Illness is told afterwards: days gone by are taken as long as no statement of them is closed,
    and the row says when it was entered. Lists that were built stay as they are.
    """
    if ends_on <= starts_on:
        raise Refused(
            "A leave ends after it starts.",
            "Let the last day not be before the first.",
            fault="ends_before",
        )
    if ends_on - starts_on > timedelta(days=366 * 3):
        raise Refused("A leave of over three years is not usable.", "Set an end date for the rep.")
    if not 1 <= percent <= 100:
        raise Refused(
            "%(percent)s %% of a day is not usable.",
            "Use 1 to 100.",
            percent=percent,
            fault="bad_share",
        )
    refuse_closed(session, [rep], starts_on, ends_on)
    row = Leave(
        starts_on=starts_on,
        ends_on=ends_on,
        percent=percent,
        reason=_check_words(reason, "reason"),
        created_at=now,
    )
    rep.leaves.append(row)
    session.flush()
    return row


def withdraw_leave(session: Session, rep: Rep, leave_id: int, *, now: datetime) -> Leave:
    """The rep is not away after all; withdrawing twice changes nothing.

    Days of which a statement is closed stay away, by a row of their own.
    """
    row = next((leave for leave in rep.leaves if leave.id == leave_id), None)
    if row is None:
        raise NotFound(
            "%(rep)s has no leave %(leave_id)s.",
            "See: warmlist rep calendar %(rep2)s",
            rep=rep.name,
            leave_id=leave_id,
            rep2=repr(rep.name),
        )
    if row.withdrawn_at is None:
        closed = closed_until(session, [rep], row.starts_on, row.ends_on)
        if closed is not None and closed >= row.ends_on:
            refuse_closed(session, [rep], row.starts_on, row.ends_on)
        if closed is not None:
            rep.leaves.append(
                Leave(
                    starts_on=row.starts_on, ends_on=closed, percent=row.percent,
                    reason=row.reason, created_at=now,
                )
            )  # fmt: skip
        row.withdrawn_at = now
        session.flush()
    return row


def set_ramp(
    session: Session, rep: Rep, *, starts_on: date, percents: Sequence[int], now: datetime
) -> Ramp:
    """What part of the target the rep owes week by week from ``starts_on``; none: all of it.

    A plan: not from a day gone by on which the rep has worked since.
    """
    if len(percents) > _LONGEST_RAMP or any(not 0 <= p <= _LARGEST_PERCENT for p in percents):
        raise Refused(
            "The ramp is not usable.",
            "Give up to %(longest_ramp)s weeks of 0 to %(largest_percent)s %%: 20 40 60 80.",
            longest_ramp=_LONGEST_RAMP,
            largest_percent=_LARGEST_PERCENT,
            fault="bad_ramp",
        )
    calendar = calendar_of(rep)
    refuse_past(session, rep, starts_on, calendar.today(now), calendar)
    row = Ramp(starts_on=starts_on, percents=list(percents), created_at=now)
    rep.ramps.append(row)
    session.flush()
    return row


def set_working_time(
    session: Session,
    rep: Rep,
    *,
    starts_on: date,
    weekdays: Sequence[int] | None = None,
    percent: int = 100,
    now: datetime,
) -> WorkingTime:
    """How the rep works from ``starts_on``: on which weekdays and how much of each.

    A plan, as ``set_ramp``: not from a day gone by on which the rep has worked since.
    """
    if not 0 <= percent <= 100:
        raise Refused(
            "%(percent)s %% of a day is not usable.",
            "Use 0 to 100.",
            percent=percent,
            fault="bad_share",
        )
    calendar = calendar_of(rep)
    refuse_past(session, rep, starts_on, calendar.today(now), calendar)
    row = WorkingTime(
        starts_on=starts_on,
        weekdays=None if weekdays is None else sorted(set(weekdays)),
        percent=percent,
        created_at=now,
    )
    rep.working_times.append(row)
    session.flush()
    return row


def set_employment(
    session: Session, rep: Rep, *, starts_on: date | None, ends_on: date | None
) -> None:
    """The rep's first day, and the first day no longer with the team; ``None``: open.

    Refuses to add or take off days of which a statement is closed.
    """
    if starts_on and ends_on and ends_on <= starts_on:
        raise Refused("A rep leaves after joining.", "Let the end lie after the start.")
    for was, will, end in ((rep.starts_on, starts_on, date.min), (rep.ends_on, ends_on, date.max)):
        days = sorted((was or end, will or end))
        if was != will:
            refuse_closed(session, [rep], *days)
    rep.starts_on, rep.ends_on = starts_on, ends_on


def _check_words(text: str, what: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > 120 or not text.isprintable():
        raise Refused(
            "The %(kind)s %(text)s is not usable.",
            "Use 1 to 120 characters.",
            kind=what,
            text=repr(text[:40]),
            fault="bad_words",
        )
    return text
