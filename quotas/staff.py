"""Teams and reps as people manage them: add and find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound, Refused
from models import Rep, Team, Territory
from quotas.calendars import read_weekday, read_weekend, read_zone
from quotas.periods import Period
from quotas.setting import ALWAYS as ALWAYS  # noqa: PLC0414 - kept where others find it
from quotas.setting import set_quota as set_quota  # noqa: PLC0414 - kept where others find it
from quotas.working_time import calendar_of, has_worked
from signals.catalog import find_topic
from signals.text import is_storable

_LONGEST_NAME = 120


class UnknownLanguage(Refused):
    """A language is not given as a code of two or three letters; nothing is stored."""


def create_team(
    session: Session,
    *,
    name: str,
    time_zone: str,
    first_weekday: str,
    weekend: Sequence[str],
    language: str | None = None,
    now: datetime,
) -> Team:
    """A new team; day names in English. ``language``: what messages to it are written in."""
    team = Team(
        name=_check_team_name(session, name),
        time_zone=read_zone(time_zone).key,
        first_weekday=read_weekday(first_weekday),
        weekend=sorted(read_weekend(weekend)),
        language=_read_language(language) if language else None,
        created_at=now,
    )
    session.add(team)
    session.flush()
    return team


def change_team(
    session: Session,
    team: Team,
    *,
    name: str,
    time_zone: str,
    first_weekday: str,
    weekend: Sequence[str],
    language: str | None,
    now: datetime,
) -> date | None:
    """Change a team at any time; returns the day another zone or week begins, if it has worked.

    Days before that one keep the zone and week they were worked in, and so does today. Another
    first day of the week begins when the running week is over, so that every week gone by stays as
    it was counted; the days up to that first day are a short week. Without lists and touches
    everything holds at once.
    """
    zone, first, off = (
        read_zone(time_zone), read_weekday(first_weekday), sorted(read_weekend(weekend)),
    )  # fmt: skip
    begins = None
    if has_worked(session, team):
        was = (team.time_zone, list(team.weekend), team.first_weekday)
        if (zone.key, off, first) != was:
            begins = _keep_time(team, zone, first, now)
    team.name = _check_team_name(session, name, besides=team.id)
    team.time_zone, team.first_weekday, team.weekend = zone.key, first, off
    team.language = _read_language(language) if language else None
    session.flush()
    return begins


def _keep_time(team: Team, zone: ZoneInfo, first: int, now: datetime) -> date:
    """Write down the zone and week that hold until others begin, and when they do."""
    calendar = calendar_of(team)
    today = calendar.today(now)
    begins = max(today, now.astimezone(zone).date()) + timedelta(days=1)
    earlier = list(team.earlier_times or ())
    held: list[Any] = [team.time_zone, list(team.weekend), team.first_weekday]
    if calendar.changes_on(now):
        last = calendar.earlier[-1]
        earlier.pop()  # what was to begin never did
        begins = max(begins, last.until)
        held = [last.zone.key, sorted(last.weekend), last.first_weekday]
    if first != held[-1]:
        begins = max(begins, calendar.bounds(Period.WEEK, today)[1])
    team.earlier_times = [*earlier, [begins.isoformat(), *held]]
    return begins


def _check_team_name(session: Session, name: str, besides: int | None = None) -> str:
    name = _check_name(name, "team")
    same = session.scalar(select(Team.id).where(func.lower(Team.name) == name.lower()))
    if same is not None and same != besides:
        raise Conflict(
            "There is a team %(name)s already.",
            "Choose another name.",
            name=repr(name),
            fault="name_taken",
        )
    return name


def _read_language(text: str) -> str:
    code = text.strip().lower()
    if not (code.isascii() and code.isalpha() and 2 <= len(code) <= 3):
        raise UnknownLanguage(
            "Language %(text)s is not known.", "Use codes such as en or ar.", text=repr(text)
        )
    return code


def find_team(session: Session, name_or_id: str) -> Team:
    """The team of that name or row number."""
    wanted = name_or_id.strip()
    team = None
    if is_storable(wanted):
        team = session.scalar(select(Team).where(func.lower(Team.name) == wanted.lower()))
    if team is None and _is_number(wanted):
        team = session.get(Team, int(wanted))
    if team is None:
        names = session.scalars(select(Team.name).order_by(Team.name).limit(6)).all()
        raise NotFound(
            "There is no team %(name_or_id)s.",
            "Known teams: %(known)s." if names else "Add one: warmlist team add NAME",
            name_or_id=repr(name_or_id),
            known=", ".join(names),
        )
    return team


def create_rep(
    session: Session, team: Team, *, name: str, languages: Sequence[str] = (), now: datetime
) -> Rep:
    """A new rep of a team; ``languages`` limit what the rep receives."""
    name = _check_name(name, "rep")
    same = select(Rep.id).where(Rep.team_id == team.id, func.lower(Rep.name) == name.lower())
    if session.scalar(same) is not None:
        raise Conflict(
            "Team %(team)s has a rep %(name)s already.",
            "Choose another name.",
            team=team.name,
            name=repr(name),
            fault="name_taken",
        )
    rep = Rep(team_id=team.id, name=name, created_at=now)
    for language in dict.fromkeys(map(_read_language, languages)):
        rep.territory.append(Territory(kind="language", value=language))
    session.add(rep)
    session.flush()
    return rep


def set_territory(session: Session, rep: Rep, kind: str, values: Sequence[str]) -> None:
    """What of one kind the rep may receive from now on; none: all.

    Kinds: language and place by code, topic by name or number, network by name.
    """
    wanted = []
    for value in dict.fromkeys(" ".join(text.split()) for text in values):
        if kind == "topic":
            wanted.append(str(find_topic(session, value).id))
        elif value and len(value) <= _LONGEST_NAME and is_storable(value):
            wanted.append(value.lower())
        else:
            raise Refused(
                "%(kind)s %(value)s is not usable.",
                "Use a short name.",
                kind=kind.capitalize(),
                value=repr(value[:40]),
            )
    wanted = list(dict.fromkeys(wanted))
    kept = {part.value: part for part in rep.territory if part.kind == kind}
    for value, part in kept.items():
        if value not in wanted:
            rep.territory.remove(part)
    for value in wanted:
        if value not in kept:
            rep.territory.append(Territory(kind=kind, value=value))
    session.flush()


def find_rep(session: Session, name_or_id: str) -> Rep:
    """The rep of that name or row number; a name that several teams have is refused."""
    wanted = name_or_id.strip()
    found: Sequence[Rep] = []
    if is_storable(wanted):
        found = session.scalars(
            select(Rep).where(func.lower(Rep.name) == wanted.lower()).order_by(Rep.id)
        ).all()
    if not found and _is_number(wanted):
        rep = session.get(Rep, int(wanted))
        found = [rep] if rep is not None else []
    if not found:
        names = session.scalars(select(Rep.name).order_by(Rep.name).limit(6)).all()
        raise NotFound(
            "There is no rep %(name_or_id)s.",
            "Known reps: %(known)s."
            if names
            else "Add one: warmlist rep add NAME --team TEAM --quota 50 --per week",
            name_or_id=repr(name_or_id),
            known=", ".join(names),
        )
    if len(found) > 1:
        numbers = ", ".join(f"{rep.id} ({rep.team.name})" for rep in found)
        raise Refused(
            "Several reps are named %(wanted)s: %(numbers)s.",
            "Use the number.",
            wanted=repr(wanted),
            numbers=numbers,
        )
    return found[0]


def _check_name(name: str, what: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("The %(kind)s's name is empty.", "Give a name.", kind=what)
    if len(name) > _LONGEST_NAME or not is_storable(name):
        raise Refused(
            "The %(kind)s's name %(name)s is too long or not text.",
            "Use at most %(longest_name)s characters.",
            kind=what,
            name=repr(name[:40]),
            longest_name=_LONGEST_NAME,
        )
    return name


def _is_number(text: str) -> bool:
    """Whether it may be a row number; longer ones fit no database."""
    return text.isascii() and text.isdigit() and len(text) < 19
