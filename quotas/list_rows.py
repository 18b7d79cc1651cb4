"""What a list is read from: statements that are put together once and kept.

Putting a statement together costs more than running it, and a mapped object more than a row of
columns: of a page of 50 people they were two thirds.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, Protocol, cast

from sqlalchemy import BindParameter, Select, Table, and_, bindparam, func, or_, select

from models import (
    Account,
    Assignment,
    DailyList,
    Evidence,
    Match,
    Person,
    Prospect,
    Rep,
    Signal,
    StoredScore,
    Topic,
    Touch,
)
from models.bulk import among_named
from quotas.attainment import standing_touches

_ACCOUNTS = cast("Table", Account.__table__).c
_ASSIGNMENTS = cast("Table", Assignment.__table__).c
_EVIDENCE = cast("Table", Evidence.__table__).c
_MATCHES = cast("Table", Match.__table__).c
_PERSONS = cast("Table", Person.__table__).c
_PROSPECTS = cast("Table", Prospect.__table__).c
_SCORES = cast("Table", StoredScore.__table__).c
_SIGNALS = cast("Table", Signal.__table__).c
_TOPICS = cast("Table", Topic.__table__).c
_TOUCHES = cast("Table", Touch.__table__).c


class Listed(Protocol):
    """A row of ``select_listed``: an assignment, its topic, and the signal it quotes, if any."""

    id: int
    person_id: int
    topic_id: int
    listed_on: date
    rank: int
    warmth: float
    reasons: list[dict[str, Any]]
    source: str
    assigned_at: datetime
    put_off_until: date | None
    closed_at: datetime | None
    closed_reason: str | None
    topic: str
    half_life_hours: float
    signal_id: int
    network: str
    kind: str | None
    community: str | None
    text: str | None
    language: str | None
    url: str | None
    occurred_at: datetime | None
    target_external_id: str | None
    own: str | None


class Named(Protocol):
    """A row of ``select_accounts``."""

    person_id: int
    network: str
    handle: str | None
    external_id: str


class Quoted(NamedTuple):
    """The signal whose words are shown."""

    id: int
    text: str | None
    language: str | None
    url: str | None


def select_listed(on: date, today: date) -> Select[*tuple[Any, ...]]:
    """Everybody on a rep's list of ``on``; parameters ``rep_id``, ``on``, ``start`` and ``end``."""
    return _select_listed(past=on < today, running=on == today)


@cache
def _select_listed(*, past: bool, running: bool) -> Select[*tuple[Any, ...]]:
    item = _ASSIGNMENTS
    start: BindParameter[datetime] = bindparam("start")
    on: BindParameter[date] = bindparam("on")
    touched_that_day = standing_touches().where(
        _TOUCHES.assignment_id == item.id,
        _TOUCHES.occurred_at >= start,
        _TOUCHES.occurred_at < bindparam("end"),
    )
    wanted = [item.listed_on == on]
    if past or running:
        wanted.append(and_(item.listed_on < on, touched_that_day.exists()))
    if running:
        wanted.append(and_(item.listed_on < on, item.closed_at.is_(None)))
        wanted.append(and_(item.closed_reason == "handed_back", item.closed_at >= start))
    return (
        select(
            item.id, item.person_id, item.topic_id, item.listed_on, item.rank, item.warmth,
            item.reasons, item.source, item.assigned_at, item.put_off_until, item.closed_at,
            item.closed_reason,
            _TOPICS.name.label("topic"), _TOPICS.half_life_hours, item.signal_id, _SIGNALS.network,
            _SIGNALS.kind, _SIGNALS.community, _SIGNALS.text, _SIGNALS.language, _SIGNALS.url,
            _SIGNALS.occurred_at, _SIGNALS.target_external_id, _SIGNALS.own,
        )
        .join_from(Assignment.__table__, Topic.__table__, _TOPICS.id == item.topic_id)
        .join(Person.__table__, _PERSONS.id == item.person_id)
        .outerjoin(Signal.__table__, _SIGNALS.id == item.signal_id)
        .where(
            item.rep_id == bindparam("rep_id"),
            or_(*wanted),
            # Once more at the last step: nobody suppressed is ever shown as open, and whom a touch
            # suppressed is shown as done, so that a mis-click can be undone. Others are not shown.
            or_(
                _PERSONS.suppressed_at.is_(None),
                and_(
                    item.closed_at.is_not(None),
                    func.coalesce(_PERSONS.suppressed_for, "touch:").startswith("touch:"),
                ),
            ),
        )
        .order_by(item.listed_on, item.rank, item.id)
    )  # fmt: skip


@cache
def select_touches(dialect: str) -> Select[Touch]:
    """Standing touches of the assignments ``rows``; of several of one the last comes last."""
    return (
        standing_touches()
        .where(among_named(dialect, _TOUCHES.assignment_id, "rows"))
        .order_by(_TOUCHES.id)
    )


@cache
def select_accounts(dialect: str) -> Select[*tuple[Any, ...]]:
    """Accounts of the people ``rows``, the oldest last."""
    one = _ACCOUNTS
    return (
        select(one.person_id, one.network, one.handle, one.external_id)
        .where(among_named(dialect, one.person_id, "rows"))
        .order_by(one.id.desc())
    )


@cache
def select_earlier(dialect: str) -> Select[*tuple[Any, ...]]:
    """Standing touches of the people ``rows`` by anyone, the oldest first."""
    one = _TOUCHES
    return (
        standing_touches()
        .join(Rep, Rep.id == one.rep_id)
        .with_only_columns(one.person_id, one.channel, one.disposition, one.occurred_at, Rep.name)
        .where(among_named(dialect, one.person_id, "rows"))
        .order_by(one.occurred_at)
    )


@cache
def select_targets() -> Select[*tuple[Any, ...]]:
    """Signals with words of these external ids: network, external id, and what ``Quoted`` holds."""
    one = _SIGNALS
    return select(one.network, one.external_id, one.id, one.text, one.language, one.url).where(
        one.external_id.in_(bindparam("targets", expanding=True)), one.text.is_not(None)
    )


@cache
def select_matches(dialect: str) -> Select[*tuple[Any, ...]]:
    """Where keywords stand in the signals ``rows``."""
    one = _MATCHES
    return select(one.signal_id, one.topic_id, one.start, one.end).where(
        among_named(dialect, one.signal_id, "rows"), one.start >= 0
    )


@cache
def select_scored(dialect: str) -> Select[*tuple[Any, ...]]:
    """What spoke for the signals ``rows``, the oldest score first."""
    one = _SCORES
    return (
        select(one.signal_id, one.topic_id, one.reasons)
        .where(among_named(dialect, one.signal_id, "rows"))
        .order_by(one.id)
    )


@cache
def select_times(dialect: str) -> Select[*tuple[Any, ...]]:
    """When the evidence of the people ``rows`` happened, by topic."""
    return (
        select(
            _PROSPECTS.person_id, _PROSPECTS.topic_id, _EVIDENCE.signal_id, _EVIDENCE.occurred_at
        )
        .join_from(Prospect.__table__, Evidence.__table__, _EVIDENCE.prospect_id == _PROSPECTS.id)
        .where(among_named(dialect, _PROSPECTS.person_id, "rows"))
    )


@cache
def select_built() -> Select[DailyList]:
    """How the lists of ``rep_id`` from ``first`` to ``on`` were built."""
    return select(DailyList).where(
        DailyList.rep_id == bindparam("rep_id"),
        DailyList.listed_on >= bindparam("first"),
        DailyList.listed_on <= bindparam("on"),
    )
