"""Who became contactable and who is there, read from the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Assignment, Evidence, Keyword, Prospect, Signal, Topic
from prospects.ranking import available
from prospects.warmth import value_of
from quotas.allocation import Candidate
from quotas.needs import Standard
from quotas.sharing import Contactable
from quotas.supply import Forecast, crossings, forecast

#: Shares of the threshold that are tried as remedies.
STEPS: Final = (0.75, 0.5, 0.25)
_WEEKS = 12
_WEEK = timedelta(days=7)
_LOST = ("suppressed", "evidence_gone", "evidence_old")
_MOST = 50_000  # people read; of more every so manieth stands for the others


@dataclass(frozen=True, slots=True)
class SupplyRecord:
    """What the forecast rests on.

    ``arrivals`` by share of the threshold (1.0 is the threshold itself), ``stock`` who is
    contactable now, ``weeks`` how many past weeks there are, ``usable`` the share of those given
    who could be contacted, ``keywords`` per topic. Each person read stands for ``each``.
    ``stale`` are those of ``stock`` but for the time since they said something.
    ``pool`` holds how warm everybody is who is on nobody's list, whether warm enough or not.
    """

    arrivals: Mapping[float, Sequence[Contactable]]
    stock: Sequence[Contactable]
    weeks: int
    usable: float
    keywords: Mapping[int, int]
    topics: Mapping[int, str]
    each: int = 1
    pool: Sequence[float] = ()
    stale: Sequence[Contactable] = ()


@dataclass(frozen=True, slots=True)
class PartForecast:
    """One topic and network: who is there, past weeks' arrivals, and the weeks to come."""

    topic: str
    network: str
    stock: int
    past: tuple[int, ...]
    ahead: tuple[Forecast, ...]


class Supplies:
    """The supply record by what a quota asks of a contact; each is read once."""

    def __init__(self, session: Session, *, now: datetime, settings: ListSettings) -> None:
        self._session = session
        self._now = now
        self._settings = settings
        self._read: dict[Standard, SupplyRecord] = {}

    def of(self, standard: Standard) -> SupplyRecord:
        """Who is and becomes contactable for a quota of that standard."""
        if standard not in self._read:
            self._read[standard] = read_supply(
                self._session, now=self._now, settings=self._settings, standard=standard
            )
        return self._read[standard]


def read_supply(
    session: Session,
    *,
    now: datetime,
    settings: ListSettings,
    standard: Standard | None = None,
    most: int = _MOST,
) -> SupplyRecord:
    """Read who became contactable in the last twelve weeks, and who is now.

    By ``standard``, else by the warmth every list asks for. Of more than ``most`` people a part is
    read, by their numbers, and stands for all.
    """
    standard = standard or Standard(settings.threshold, None)
    fresh = timedelta(days=standard.fresh_days) if standard.fresh_days else None
    since = now - _WEEKS * _WEEK
    people_known = session.scalar(
        select(func.count()).select_from(Prospect).where(Prospect.newest_at > since)
    )
    each = 1 + (people_known or 0) // most
    sampled = Prospect.person_id % each == 0
    topics = session.execute(
        select(Topic.id, Topic.name, Topic.half_life_hours, Topic.window_days).where(Topic.active)
    ).all()
    rest = timedelta(days=settings.cool_down_days)
    arrivals: dict[float, list[Contactable]] = {share: [] for share in (1.0, *STEPS)}
    stock: list[Contactable] = []
    stale: list[Contactable] = []
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
                for index, warmth in crossings(
                    terms, half_life=half_life, threshold=share * standard.threshold, rest=rest,
                    fresh=fresh,
                ):  # fmt: skip
                    _, at, language, network = evidence[index]
                    if at > since:
                        one = Candidate(
                            person_id, topic_id, warmth, language, network, live_in[person_id],
                        )  # fmt: skip
                        weeks_ago = int((now - at) / _WEEK)
                        found.append(Contactable(one, warmth, weeks_ago=weeks_ago))
        for person_id, key, place, newest_at in session.execute(
            select(
                Prospect.person_id, Prospect.warmth_key, Prospect.place, Prospect.newest_at
            ).where(
                Prospect.topic_id == topic_id,
                sampled,
                Prospect.newest_at > now - timedelta(days=window),
                available(now, settings),
            )
        ):  # fmt: skip
            warmth = value_of(key, now, half_life)
            pool.append(warmth)
            if warmth >= standard.threshold:
                _, _, language, network = people.get(person_id, [(0, now, None, "")])[-1]
                one = Candidate(person_id, topic_id, warmth, language, network, place)
                is_met = standard.met_by(warmth, newest_at, now)
                (stock if is_met else stale).append(Contactable(one, warmth, now - newest_at))
    keywords = session.execute(
        select(Keyword.topic_id, func.count())
        .where(Keyword.role == "keyword")
        .group_by(Keyword.topic_id)
    )
    return SupplyRecord(
        arrivals=arrivals,
        stock=stock,
        weeks=min(_WEEKS, int((now - first_at) / _WEEK)),
        usable=_usable(session, since),
        keywords=dict(keywords.all()),
        topics={topic_id: name for topic_id, name, _, _ in topics},
        each=each,
        pool=pool,
        stale=stale,
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
        key = one.candidate.topic_id, one.candidate.network
        there[key] = there.get(key, 0) + record.each
    told = [
        PartForecast(
            record.topics[key[0]], key[1], there.get(key, 0),
            tuple(parts.get(key, [0] * record.weeks)),
            tuple(forecast(parts.get(key, [0] * record.weeks), weeks)),
        )
        for key in sorted({*parts, *there})
    ]  # fmt: skip
    return sorted(told, key=lambda part: (-sum(part.past), part.topic, part.network))
