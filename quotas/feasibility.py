"""Who will be there to contact, and whether a quota can be met; read from the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import (
    ENGAGED_CONTACT,
    Assignment,
    Evidence,
    Keyword,
    Prospect,
    Quota,
    Rep,
    Signal,
    Topic,
)
from prospects.ranking import available
from prospects.warmth import value_of
from quotas.allocate import Candidate, Capacity
from quotas.calendars import FULL_DAY, Calendar, days_of
from quotas.history import find_quotas
from quotas.periods import Period
from quotas.supply import Feasibility, Forecast, crossings, forecast, judge
from quotas.working_time import calendar_of

WEEKS: int = 12
_WEEK = timedelta(days=7)
_STEPS = (0.75, 0.5, 0.25)  # of the threshold, tried as remedies
STOCK_WEEKS = 4  # who is there now has to last
_PER_WEEK = {Period.WEEK: 1.0, Period.MONTH: 12 / 52.18, Period.QUARTER: 4 / 52.18}
_LOST = ("suppressed", "evidence_gone", "evidence_old")
_MOST = 50_000  # people read; of more every so manieth stands for the others


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who became contactable: whom, at which share of the threshold, weeks ago."""

    candidate: Candidate
    weeks_ago: int


@dataclass(frozen=True, slots=True)
class SupplyRecord:
    """What the forecast rests on.

    ``arrivals`` by share of the threshold (1.0 is the threshold itself), ``stock`` who is
    contactable now, ``weeks`` how many past weeks there are, ``usable`` the share of those given
    who could be contacted, ``keywords`` per topic. Each person read stands for ``each``.
    ``pool`` holds how warm everybody is who is on nobody's list, whether warm enough or not.
    """

    arrivals: Mapping[float, Sequence[Arrival]]
    stock: Sequence[Candidate]
    weeks: int
    usable: float
    keywords: Mapping[int, int]
    topics: Mapping[int, str]
    each: int = 1
    pool: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class PartForecast:
    """One topic and network: who is there, past weeks' arrivals, and the weeks to come."""

    topic: str
    network: str
    stock: int
    past: tuple[int, ...]
    ahead: tuple[Forecast, ...]


def read_supply(
    session: Session, *, now: datetime, settings: ListSettings, most: int = _MOST
) -> SupplyRecord:
    """Read who became contactable in the last twelve weeks, and who is now.

    Of more than ``most`` people a part is read, by their numbers, and stands for all.
    """
    since = now - WEEKS * _WEEK
    people_known = session.scalar(
        select(func.count()).select_from(Prospect).where(Prospect.newest_at > since)
    )
    each = 1 + (people_known or 0) // most
    sampled = Prospect.person_id % each == 0
    topics = session.execute(
        select(Topic.id, Topic.name, Topic.half_life_hours, Topic.window_days).where(Topic.active)
    ).all()
    rest = timedelta(days=settings.cool_down_days)
    arrivals: dict[float, list[Arrival]] = {share: [] for share in (1.0, *_STEPS)}
    stock: list[Candidate] = []
    pool: list[float] = []
    first_at = now
    for topic_id, _, hours, window in topics:
        half_life = timedelta(hours=hours)
        people: dict[int, list[tuple[float, datetime, str | None, str]]] = {}
        live_in: dict[int, str | None] = {}
        for person_id, points, at, language, network, place in session.execute(
            select(
                Prospect.person_id, Evidence.points, Evidence.occurred_at, Signal.language,
                Signal.network, Prospect.place,
            )
            .join(Evidence, Evidence.prospect_id == Prospect.id)
            .join(Signal, Signal.id == Evidence.signal_id)
            .where(
                Prospect.topic_id == topic_id,
                sampled,
                # what came before still warms those of the first weeks
                Evidence.occurred_at > since - 3 * half_life,
                Evidence.occurred_at <= now,
            )
            .order_by(Evidence.occurred_at, Evidence.signal_id)
        ):  # fmt: skip
            people.setdefault(person_id, []).append((points, at, language, network))
            live_in[person_id] = place
        for person_id, evidence in people.items():
            terms = [(points, at) for points, at, _, _ in evidence]
            first_at = min(first_at, terms[0][1])
            for share, found in arrivals.items():
                for index in crossings(
                    terms, half_life=half_life, threshold=share * settings.threshold, rest=rest
                ):
                    _, at, language, network = evidence[index]
                    if at > since:
                        one = Candidate(
                            person_id, topic_id, terms[index][0], language, network,
                            live_in[person_id],
                        )  # fmt: skip
                        found.append(Arrival(one, int((now - at) / _WEEK)))
        for person_id, key, place in session.execute(
            select(Prospect.person_id, Prospect.warmth_key, Prospect.place).where(
                Prospect.topic_id == topic_id,
                sampled,
                Prospect.newest_at > now - timedelta(days=window),
                available(now, settings),
            )
        ):
            warmth = value_of(key, now, half_life)
            pool.append(warmth)
            if warmth >= settings.threshold:
                _, _, language, network = people.get(person_id, [(0, now, None, "")])[-1]
                stock.append(Candidate(person_id, topic_id, warmth, language, network, place))
    keywords = session.execute(
        select(Keyword.topic_id, func.count())
        .where(Keyword.role == "keyword")
        .group_by(Keyword.topic_id)
    )
    return SupplyRecord(
        arrivals=arrivals,
        stock=stock,
        weeks=min(WEEKS, int((now - first_at) / _WEEK)),
        usable=_usable(session, since),
        keywords=dict(keywords.all()),
        topics={topic_id: name for topic_id, name, _, _ in topics},
        each=each,
        pool=pool,
    )


def _usable(session: Session, since: datetime) -> float:
    """Of those given and closed, the share who had not vanished before anybody could contact."""
    closed, lost = session.execute(
        select(func.count(), func.count().filter(Assignment.closed_reason.in_(_LOST))).where(
            Assignment.closed_at > since
        )
    ).one()
    return 1.0 - lost / closed if closed else 1.0


def forecast_parts(record: SupplyRecord, weeks: int) -> list[PartForecast]:
    """The weeks to come per topic and network, largest first."""
    parts: dict[tuple[int, str], list[int]] = {}
    for arrival in record.arrivals[1.0]:
        key = (arrival.candidate.topic_id, arrival.candidate.network)
        if arrival.weeks_ago < record.weeks:
            parts.setdefault(key, [0] * record.weeks)[-1 - arrival.weeks_ago] += record.each
    there: dict[tuple[int, str], int] = {}
    for one in record.stock:
        there[one.topic_id, one.network] = there.get((one.topic_id, one.network), 0) + record.each
    told = [
        PartForecast(
            record.topics[key[0]], key[1], there.get(key, 0),
            tuple(parts.get(key, [0] * record.weeks)),
            tuple(forecast(parts.get(key, [0] * record.weeks), weeks)),
        )
        for key in sorted({*parts, *there})
    ]  # fmt: skip
    return sorted(told, key=lambda part: (-sum(part.past), part.topic, part.network))


def check_quota(
    session: Session,
    rep: Rep,
    *,
    target: int,
    per: Period,
    now: datetime,
    settings: ListSettings,
    record: SupplyRecord | None = None,
    drafts: Sequence[Quota] = (),
) -> Feasibility:
    """Hold a rep's quota of engaged contacts, as a week's, against the rep's part of the supply.

    A week's is what the rep owes in the coming four, by working time, leave and ramp.
    Who may go to several reps is shared by their quotas; who is there now has to last four weeks.
    ``drafts`` are quotas not stored yet that the other reps would have by then.
    """
    record = record or read_supply(session, now=now, settings=settings)
    calendar = calendar_of(rep)
    wanted = per_week(target, per, calendar, calendar.today(now))
    mine = capacity_of(rep, wanted)
    others = [
        capacity_of(
            other,
            per_week(quota.target, Period(quota.period), calendar_of(other), calendar.today(now)),
        )
        for other in session.scalars(select(Rep).where(Rep.active, Rep.id != rep.id))
        if (quota := _find_other(session, other, calendar.today(now), drafts)) is not None
    ]
    weekly = {share: [0.0] * record.weeks for share in record.arrivals}
    outside: dict[str, float] = {}
    for share, arrivals in record.arrivals.items():
        for one in arrivals:
            if one.weeks_ago >= record.weeks:
                continue
            part = record.each * record.usable * _part(mine, others, one.candidate)
            if part > 0:
                weekly[share][-1 - one.weeks_ago] += part
            elif share == 1.0:
                name = _beyond(mine, one.candidate)
                outside[name] = outside.get(name, 0.0) + record.each * record.usable / record.weeks
    mean = {share: sum(weeks) / max(1, record.weeks) for share, weeks in weekly.items()}
    topics = [t for t in record.topics if not mine.topics or t in mine.topics]
    keywords = sum(record.keywords.get(topic, 0) for topic in topics)
    stock = sum(_part(mine, others, one) for one in record.stock) * record.usable * record.each
    return judge(
        round(wanted),
        stock=int(stock / STOCK_WEEKS),
        arrivals=weekly[1.0],
        threshold=settings.threshold,
        at_threshold={
            round(share * settings.threshold, 2): int(mean[share] - mean[1.0]) for share in _STEPS
        },
        outside={name: int(number) for name, number in outside.items()},
        per_keyword=mean[1.0] / keywords if keywords else 0.0,
    )


def _find_other(session: Session, rep: Rep, today: date, drafts: Sequence[Quota]) -> Quota | None:
    on = max([today, *(draft.starts_on for draft in drafts)])
    quotas = find_quotas(session, rep.id, on, drafts)
    return next((one for one in quotas if one.activity == ENGAGED_CONTACT), None)


def per_week(target: int, per: Period, calendar: Calendar, on: date) -> float:
    """A quota as a week's, by what is worked of the four weeks from ``on``: part-time owes less."""
    days = days_of(on, on + STOCK_WEEKS * _WEEK)
    full = FULL_DAY * sum(calendar.is_regular(day) for day in days)
    worked = sum(calendar.load(day) for day in days) / full if full else 1.0
    if per is Period.DAY:
        return target * (7 - len(calendar.weekend)) * worked
    return target * _PER_WEEK[per] * worked


def capacity_of(rep: Rep, share: float) -> Capacity:
    """A rep's territory."""
    kinds: dict[str, set[str]] = {}
    for part in rep.territory:
        kinds.setdefault(part.kind, set()).add(part.value)
    return Capacity(
        rep.id, 0, share,
        languages=frozenset(kinds.get("language", ())),
        topics=frozenset(int(value) for value in kinds.get("topic", ())),
        networks=frozenset(kinds.get("network", ())),
        places=frozenset(value.lower() for value in kinds.get("place", ())),
    )  # fmt: skip


def _part(mine: Capacity, others: Sequence[Capacity], one: Candidate) -> float:
    if not mine.admits(one) or mine.share <= 0:
        return 0.0
    return mine.share / (mine.share + sum(o.share for o in others if o.admits(one)))


def _beyond(mine: Capacity, one: Candidate) -> str:
    if mine.networks and one.network not in mine.networks:
        return f"network {one.network}"
    if mine.languages and one.language and one.language not in mine.languages:
        return f"language {one.language}"
    if mine.topics and one.topic_id not in mine.topics:
        return "another topic"
    return "another place"
