"""Whether a quota can be met by who will be there to contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import ENGAGED_CONTACT, Quota, Rep
from quotas.allocate import Candidate, Capacity
from quotas.calendars import FULL_DAY, Calendar, days_of
from quotas.cool_down import by_team
from quotas.history import find_quotas, load_spans
from quotas.needs import Standard, standard_of
from quotas.periods import Period
from quotas.sharing import Claim, Sharing
from quotas.supply import Feasibility, judge
from quotas.supply_record import STEPS, Supplies, SupplyRecord
from quotas.working_time import calendar_of

_WEEK = timedelta(days=7)
STOCK_WEEKS = 4  # who is there now has to last
_PER_WEEK = {Period.WEEK: 1.0, Period.MONTH: 12 / 52.18, Period.QUARTER: 4 / 52.18}
_FRESH_STEPS = (2, 4)  # times the days since somebody said something that are tried as remedies
_AWAY = 400  # days of leave looked over


def check_quota(
    session: Session,
    rep: Rep,
    *,
    target: int,
    per: Period,
    now: datetime,
    settings: ListSettings,
    standard: Standard | None = None,
    supplies: Supplies | None = None,
    drafts: Sequence[Quota] = (),
    claims: Mapping[int, Claim] | None = None,
) -> Feasibility:
    """Hold a rep's quota of engaged contacts, as a week's, against the rep's part of the supply.

    ``standard`` is the warmth and freshness that the quota asks for, else that of the one in force.
    A week's is what the rep owes in the coming four, by working time, leave and ramp; of somebody
    away it is the four after the return.
    Who may go to several reps is shared by their quotas, and nobody shares in whom their own quota
    would not count; who is there now has to last four weeks.
    ``drafts`` are quotas not stored yet that the other reps would have by then; ``claims`` what
    ``load_claims`` says with them, where several reps are checked.
    """
    calendar = calendar_of(rep)
    today = calendar.today(now)
    standard = standard or _find_standard(session, rep, today, settings, drafts)
    supplies = supplies or Supplies(session, now=now, settings=by_team(settings, rep.team))
    record = supplies.of(standard)
    returns = (day for day in days_of(today, today + timedelta(days=_AWAY)) if calendar.load(day))
    wanted = per_week(target, per, calendar, next(returns, today))
    mine = capacity_of(rep, wanted)
    if claims is None:
        claims = load_claims(session, now=now, settings=settings, drafts=drafts)
    others = [claim for rep_id, claim in claims.items() if rep_id != rep.id]
    sharing = Sharing([Claim(mine, standard)], others)
    real = record.usable * record.each
    weekly = {share: [0.0] * record.weeks for share in record.arrivals}
    outside: dict[str, float] = {}
    for share, arrivals in record.arrivals.items():
        for one in arrivals:
            if one.weeks_ago >= record.weeks:
                continue
            part = real * sharing.part_of(one)
            if part > 0:
                weekly[share][-1 - one.weeks_ago] += part
            elif share == 1.0:
                name = _beyond(mine, one.candidate)
                brings = real * sharing.part_if_open(one) / record.weeks
                outside[name] = outside.get(name, 0.0) + brings
    mean = {share: sum(weeks) / max(1, record.weeks) for share, weeks in weekly.items()}
    topics = [t for t in record.topics if not mine.topics or t in mine.topics]
    keywords = sum(record.keywords.get(topic, 0) for topic in topics)
    stock = real * sum(map(sharing.part_of, record.stock))
    return judge(
        round(wanted),
        stock=int(stock / STOCK_WEEKS),
        arrivals=weekly[1.0],
        threshold=standard.threshold,
        at_threshold={
            round(share * standard.threshold, 2): int(mean[share] - mean[1.0]) for share in STEPS
        },
        at_fresh={
            days: int(real * _part_up_to(sharing, record, days) / STOCK_WEEKS)
            for days in _looser(standard)
        },
        outside={name: int(number) for name, number in outside.items()},
        per_keyword=mean[1.0] / keywords if keywords else 0.0,
    )


def load_claims(
    session: Session,
    reps: Sequence[Rep] | None = None,
    *,
    now: datetime,
    settings: ListSettings,
    drafts: Sequence[Quota] = (),
) -> dict[int, Claim]:
    """What each active rep takes part in: their quota of engaged contacts as a week's, if any.

    With ``drafts`` it is the quota they will have once these count. ``reps`` spares reading them;
    one statement then.
    """
    if reps is None:
        reps = session.scalars(select(Rep).where(Rep.active).order_by(Rep.id)).all()
    if not reps:
        return {}
    calendars = {rep.id: calendar_of(rep) for rep in reps}
    today = {rep.id: calendars[rep.id].today(now) for rep in reps}
    starts = [draft.starts_on for draft in drafts]
    days = {rep_id: max([day, *starts]) for rep_id, day in today.items()}
    last = max(days.values()) + timedelta(days=1)
    spans = load_spans(session, reps, min(days.values()), last, drafts)
    claims = {}
    for rep in reps:
        for span in spans[rep.id].get(ENGAGED_CONTACT, ()):
            if span.starts_on <= days[rep.id] < span.ends_on:
                period = Period(span.quota.period)
                share = per_week(span.quota.target, period, calendars[rep.id], today[rep.id])
                if share:
                    standard = standard_of(span.quota, settings)
                    claims[rep.id] = Claim(capacity_of(rep, share), standard)
    return claims


def _find_standard(
    session: Session, rep: Rep, today: date, settings: ListSettings, drafts: Sequence[Quota]
) -> Standard:
    on = max([today, *(draft.starts_on for draft in drafts)])
    for quota in find_quotas(session, rep.id, on, drafts):
        if quota.activity == ENGAGED_CONTACT:
            return standard_of(quota, settings)
    return Standard(settings.threshold, None)


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


def _looser(standard: Standard) -> tuple[int | None, ...]:
    """Days since somebody said something that are tried as remedies, mildest first."""
    if standard.fresh_days is None:
        return ()
    return (*(step * standard.fresh_days for step in _FRESH_STEPS), None)


def _part_up_to(sharing: Sharing, record: SupplyRecord, days: int | None) -> float:
    """The part in who is there and warm enough, but said something longer ago than is asked for."""
    limit = timedelta.max if days is None else timedelta(days=days)
    return sum(sharing.part_of(one) for one in record.stale if one.age <= limit)


def _beyond(mine: Capacity, one: Candidate) -> str:
    if mine.networks and one.network not in mine.networks:
        return f"network {one.network}"
    if mine.languages and one.language and one.language not in mine.languages:
        return f"language {one.language}"
    if mine.topics and one.topic_id not in mine.topics:
        return "another topic"
    return "another place"
