"""What the Team page says of a team, read in one session with no statement per rep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.stock import Stock
from app.web.charts import Bar, Range, Step, draw_range, draw_standing, draw_steps
from app.web.pace import Course, Pace, course_of, course_of_all, draw_pace
from app.web.plots import Rate, Spread, draw_rate, draw_spread
from app.web.team_checks import Checks, load_checks
from config.settings import ListSettings
from models import ENGAGED_CONTACT, Assignment, Rep, Team, Topic
from quotas.calendars import Calendar
from quotas.conversion import load_exchange
from quotas.exchange import Exchange
from quotas.funnel import FunnelStep, count_funnels
from quotas.history import QuotaSpan, load_spans, period_parts
from quotas.leaderboard import Place, rank_reps
from quotas.needs import Standard
from quotas.standings import Standing, load_reps, load_standings
from quotas.supply_record import PartForecast, forecast_parts
from quotas.team_supply import TerritorySupply, weigh_supply
from quotas.templates import CALLS_FOR_CONTACTS
from quotas.working_time import calendar_of

_FUNNEL: Final = timedelta(days=28)
_LARGE: Final = 20  # reps; of more, so many have a plot:
_PLOTS_SHOWN: Final = 5
_PARTS_SHOWN: Final = 8
_COMPARED: Final = 8  # topics, and networks, of the funnel
_PACE_HEIGHT: Final = 180
_SMALL_HEIGHT: Final = 56


@dataclass(frozen=True)
class RepRow:
    """One rep on the quota looked at; without it only the name."""

    rep: Rep
    standing: Standing | None = None
    bar: Bar | None = None
    pace: Pace | None = None


@dataclass(frozen=True)
class QuotaKind:
    """What reps owe per what: the quotas that add up."""

    activity: str
    period: str

    @property
    def key(self) -> str:
        """As the address names it."""
        return f"{self.activity}.{self.period}"


@dataclass(frozen=True)
class SupplyRow:
    """One territory: what is owed a week there, as an ink line, and who will be there."""

    part: TerritorySupply
    range: Range
    need_x: float


@dataclass(frozen=True)
class ComingRow:
    """One topic and network: who is there now and who will likely come next week."""

    part: PartForecast
    range: Range


@dataclass(frozen=True)
class FunnelRow:
    """The funnel of one topic or network; ``name`` is a topic's name or a network's code."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class OpenRow:
    """What a rep has open: how many people, the oldest of them since when; whether on leave."""

    rep: Rep
    count: int
    since: date
    is_away: bool = False


@dataclass(frozen=True)
class TeamWeek:
    """Everything the page says; ``kind`` is the quota looked at, ``course`` that of all reps."""

    rows: tuple[RepRow, ...]
    kinds: tuple[QuotaKind, ...]
    kind: QuotaKind | None
    course: Course | None
    pace: Pace | None
    places: tuple[Place, ...]
    funnel: tuple[Step, ...]
    by_topic: tuple[FunnelRow, ...]
    by_network: tuple[FunnelRow, ...]
    supply: tuple[SupplyRow, ...]
    coming: tuple[ComingRow, ...]
    pool: Spread | None
    exchange: Exchange
    rate: Rate | None
    assumed: float
    checks: Checks
    open_rows: tuple[OpenRow, ...]
    topic_names: Mapping[int, str]

    @property
    def ahead(self) -> int:
        """Whole contacts ahead of pace, all reps together."""
        return self.course.counted - round(self.course.due) if self.course else 0

    @property
    def plotted(self) -> tuple[RepRow, ...]:
        """Whose pace is drawn: everybody's, or of a large team those furthest behind."""
        drawn = [(row.standing.attainment.ahead, row) for row in self.rows if row.standing]
        order = sorted(range(len(drawn)), key=lambda place: (drawn[place][0], place))
        shown = len(drawn) if len(drawn) <= _LARGE else _PLOTS_SHOWN
        return tuple(drawn[place][1] for place in sorted(order[:shown]))

    @property
    def behind(self) -> int:
        """How many reps are behind."""
        return sum(
            row.standing is not None and row.standing.attainment.ahead < 0 for row in self.rows
        )


def load_team_week(
    session: Session,
    team: Team,
    stock: Stock,
    settings: ListSettings,
    *,
    kind: str,
    now: datetime,
    rtl: bool,
) -> TeamWeek:
    """The page's figures at ``now``; ``kind`` names the quota looked at, or none: the first."""
    everybody = load_reps(session)
    reps = [rep for rep in everybody if rep.team_id == team.id]
    standings = load_standings(session, reps, now)
    kinds = _list_kinds(standings)
    chosen = next((one for one in kinds if one.key == kind), kinds[0] if kinds else None)
    rows, courses = [], []
    shown = [one.attainment for rep in reps for one in standings[rep.id]]
    spans = (
        load_spans(session, reps, min(a.start for a in shown), max(a.end for a in shown))
        if shown
        else {}
    )
    for rep in reps:
        found = next((one for one in standings[rep.id] if _kind_of(one) == chosen), None)
        if found is None:
            rows.append(RepRow(rep))
            continue
        course = _course(found, spans[rep.id], calendar_of(rep), now)
        courses.append(course)
        rows.append(
            RepRow(
                rep,
                found,
                _draw_bar(found, rtl=rtl),
                draw_pace(course, height=_SMALL_HEIGHT, rtl=rtl),
            )
        )
    whole = course_of_all(courses, calendar_of(team), now) if courses else None
    record = stock.read(session, team, now)
    common = Standard(settings.threshold, None)
    exchange = load_exchange(
        session, team, calls=CALLS_FOR_CONTACTS[0], threshold=settings.threshold, control_only=True
    )
    assumed = CALLS_FOR_CONTACTS[0] / CALLS_FOR_CONTACTS[1]
    names = dict(session.execute(select(Topic.id, Topic.name)).all())
    funnel, by_topic, by_network = _load_funnels(session, reps, names, now, rtl=rtl)
    return TeamWeek(
        rows=tuple(rows),
        kinds=kinds,
        kind=chosen,
        course=whole,
        pace=draw_pace(whole, height=_PACE_HEIGHT, rtl=rtl) if whole else None,
        places=tuple(rank_reps(standings)) if team.leaderboard else (),
        funnel=funnel,
        by_topic=by_topic,
        by_network=by_network,
        supply=_draw_supply(
            weigh_supply(
                session,
                lambda one: record if one == common else stock.read(session, team, now, one),
                everybody,
                team.id,
                now=now,
                settings=settings,
            ),
            rtl=rtl,
        ),
        coming=_draw_coming(forecast_parts(record, 1), rtl=rtl),
        pool=draw_spread(record.pool, settings.threshold, height=96, rtl=rtl, each=record.each),
        exchange=exchange,
        rate=_draw_exchange(exchange, assumed, rtl=rtl),
        assumed=assumed,
        checks=load_checks(session, team),
        open_rows=_load_open(session, reps, now),
        topic_names=names,
    )


def _kind_of(one: Standing) -> QuotaKind:
    return QuotaKind(one.attainment.activity, one.attainment.period.value)


def _list_kinds(standings: Mapping[int, Sequence[Standing]]) -> tuple[QuotaKind, ...]:
    """Engaged contacts first, then what most reps owe."""
    counts: dict[QuotaKind, int] = {}
    for one in (one for of_rep in standings.values() for one in of_rep):
        counts[_kind_of(one)] = counts.get(_kind_of(one), 0) + 1
    order = sorted(counts, key=lambda one: (one.activity != ENGAGED_CONTACT, -counts[one], one.key))
    return tuple(order)


def _course(
    found: Standing,
    spans: Mapping[str, Sequence[QuotaSpan]],
    calendar: Calendar,
    now: datetime,
) -> Course:
    one = found.attainment
    parts = period_parts(spans.get(one.activity, ()), one.start, one.end, calendar)
    return course_of(one, found.outlook.projection, calendar, now, parts)


def _draw_bar(one: Standing, *, rtl: bool) -> Bar | None:
    at = one.attainment
    unfilled = sum(
        count for cause, count in one.outlook.missing.causes.items() if cause != "not_worked"
    )
    return draw_standing(
        target=at.target, counted=at.counted, today=at.today, pace=at.pace, unfilled=unfilled,
        rtl=rtl,
    )  # fmt: skip


def _load_funnels(
    session: Session,
    reps: Sequence[Rep],
    names: Mapping[int, str],
    now: datetime,
    *,
    rtl: bool,
) -> tuple[tuple[Step, ...], tuple[FunnelRow, ...], tuple[FunnelRow, ...]]:
    found = count_funnels(session, since=now - _FUNNEL, until=now, rep_ids=[rep.id for rep in reps])

    def drawn(steps: Sequence[FunnelStep]) -> tuple[Step, ...]:
        return tuple(draw_steps([(step.name, step.count) for step in steps], rtl=rtl))

    def rows(named: Sequence[tuple[str, tuple[FunnelStep, ...]]]) -> tuple[FunnelRow, ...]:
        order = sorted(named, key=lambda one: (-one[1][0].count, one[0]))
        return tuple(FunnelRow(name, drawn(steps)) for name, steps in order[:_COMPARED])

    return (
        drawn(found.whole),
        rows([(names[topic_id], steps) for topic_id, steps in found.by_topic.items()]),
        rows(list(found.by_network.items())),
    )


def _draw_supply(parts: Sequence[TerritorySupply], *, rtl: bool) -> tuple[SupplyRow, ...]:
    most = max([1, *(max(part.need, part.supply.supply.high) for part in parts)]) * 1.05
    rows = []
    for part in parts:
        told = part.supply.supply
        need = draw_range(part.need, part.need, part.need, most, rtl=rtl).dot_x
        drawn = draw_range(told.low, told.expected, told.high, most, rtl=rtl)
        rows.append(SupplyRow(part, drawn, need))
    return tuple(rows)


def _draw_coming(parts: Sequence[PartForecast], *, rtl: bool) -> tuple[ComingRow, ...]:
    most = max([1, *(part.ahead[0].high for part in parts)])
    rows = [
        ComingRow(
            part,
            draw_range(
                part.ahead[0].low, part.ahead[0].expected, part.ahead[0].high, most, rtl=rtl
            ),
        )
        for part in parts
    ]
    return tuple(sorted(rows, key=lambda row: -row.part.ahead[0].expected)[:_PARTS_SHOWN])


def _draw_exchange(exchange: Exchange, assumed: float, *, rtl: bool) -> Rate | None:
    if not exchange.enough:
        return None
    return draw_rate(
        exchange.calls / exchange.high, exchange.times, exchange.calls / exchange.low, assumed,
        rtl=rtl,
    )  # fmt: skip


def _load_open(session: Session, reps: Sequence[Rep], now: datetime) -> tuple[OpenRow, ...]:
    of = {rep.id: rep for rep in reps}
    calendars = {rep.id: calendar_of(rep) for rep in reps}
    away = {number for number, one in calendars.items() if one.is_away(one.today(now))}
    rows = session.execute(
        select(Assignment.rep_id, func.count(), func.min(Assignment.listed_on))
        .where(Assignment.closed_at.is_(None), Assignment.rep_id.in_(of))
        .group_by(Assignment.rep_id)
    ).all()
    found = {
        rep_id: OpenRow(of[rep_id], count, since, rep_id in away) for rep_id, count, since in rows
    }
    return tuple(found[rep.id] for rep in reps if rep.id in found)
