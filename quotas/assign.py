"""Builds the daily lists: reads what is there, calls ``allocate``, writes assignments."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, selectinload

from config.settings import ListSettings
from models import (
    Account,
    Assignment,
    DailyList,
    Person,
    Prospect,
    Quota,
    Rep,
    Signal,
    Team,
    Topic,
)
from models.upsert import insert_ignore, upsert
from prospects.ranking import RankedProspect, rank_supply
from quotas.allocate import Allocation, Candidate, Capacity, allocate
from quotas.attainment import calendar_of, count_engaged, find_quota
from quotas.calendars import Calendar
from quotas.history import load_target
from quotas.targets import due_on


@dataclass(frozen=True, slots=True)
class BuiltList:
    """One rep's list after a build."""

    rep: str
    listed_on: date
    wanted: int
    assigned: int  # by this build
    held: int  # carried over or built before
    shortfall: int
    reason: str | None
    content_hash: str


@dataclass(frozen=True, slots=True)
class _Need:
    rep: Rep
    quota: Quota
    wanted: int
    held: int
    given_in_period: int
    share: float  # of the quota, per working day: a weekly and a monthly one compare

    @property
    def missing(self) -> int:
        return max(0, self.wanted - self.held)


def build_lists(
    session: Session, team: Team, on: date, *, now: datetime, settings: ListSettings, seed: int = 0
) -> list[BuiltList]:
    """Build or complete the lists of one team for one day, as of that day.

    Idempotent: with nothing changed a second build adds nothing. A prospect somebody holds stays
    with that rep. For a past day only evidence of up to that day's end counts.
    """
    calendar = calendar_of(team)
    as_of = min(now, calendar.end_of(on) - timedelta(microseconds=1))
    is_past = on < calendar.today(now)
    release_stale(session, team, as_of=as_of, hold=timedelta(days=settings.hold_days))
    needs = _read_needs(session, team, on, calendar)
    capacities = [_capacity(need) for need in needs]
    supply = rank_supply(
        session,
        wanted=sum(need.missing for need in needs),
        suits=[_suits(capacity) for capacity in capacities if capacity.count],
        as_of=as_of,
        is_past=is_past,
        settings=settings,
    )
    allocation = allocate(
        capacities,
        [_candidate(ranked) for ranked in supply],
        frozenset(),
        {need.rep.id: need.given_in_period for need in needs},
        seed=seed,
    )
    _write_assignments(session, allocation, supply, on, now)
    return [_write_list(session, need, allocation, on, now, settings, seed) for need in needs]


def release_stale(session: Session, team: Team, *, as_of: datetime, hold: timedelta) -> None:
    """Give back untouched prospects held too long, and those who may not be contacted any more."""
    mine = select(Rep.id).where(Rep.team_id == team.id)
    still_open = Assignment.closed_at.is_(None) & Assignment.rep_id.in_(mine)
    session.execute(
        update(Assignment)
        .where(still_open, Assignment.assigned_at < as_of - hold)
        .values(closed_at=as_of, closed_reason="expired")
    )
    gone = select(Person.id).where(Person.suppressed_at.is_not(None))
    session.execute(
        update(Assignment)
        .where(still_open, Assignment.person_id.in_(gone))
        .values(closed_at=as_of, closed_reason="suppressed")
    )
    # What they said was deleted since: there is nothing left to call them about.
    ranked = select(Prospect.id).where(
        Prospect.person_id == Assignment.person_id, Prospect.topic_id == Assignment.topic_id
    )
    session.execute(
        update(Assignment)
        .where(still_open, ~ranked.exists())
        .values(closed_at=as_of, closed_reason="evidence_gone")
        .execution_options(synchronize_session=False)
    )


def _read_needs(session: Session, team: Team, on: date, calendar: Calendar) -> list[_Need]:
    needs = []
    reps = session.scalars(
        select(Rep)
        .where(Rep.team_id == team.id, Rep.active)
        .options(selectinload(Rep.territory))
        .order_by(Rep.id)
    )
    for rep in reps:
        quota = find_quota(session, rep.id, on)
        if quota is None:
            continue
        own = calendar_of(rep)
        start, end, target = load_target(session, rep, quota, on)
        counted = count_engaged(
            session, rep.id, calendar.start_of(start), calendar.start_of(on), quota.threshold
        )
        listed = select(func.count()).select_from(Assignment).where(Assignment.rep_id == rep.id)
        # Handed back and expired ones freed their place; the others of today keep it.
        today = session.scalar(
            listed.where(
                Assignment.listed_on == on,
                Assignment.closed_at.is_(None) | (Assignment.closed_reason == "touched"),
            )
        )
        # One that was carried over and touched today keeps its place too, like those of today.
        carried = session.scalar(
            listed.where(
                Assignment.listed_on < on,
                Assignment.closed_at.is_(None)
                | (
                    (Assignment.closed_reason == "touched")
                    & (Assignment.closed_at >= calendar.start_of(on))
                    & (Assignment.closed_at < calendar.end_of(on))
                ),
            )
        )
        given = session.scalar(
            listed.where(Assignment.listed_on >= start, Assignment.listed_on < end)
        )
        needs.append(
            _Need(
                rep,
                quota,
                wanted=due_on(target, len(counted), on, start, end, own, quota.missed),
                held=(today or 0) + (carried or 0),
                given_in_period=given or 0,
                share=target / max(1, len(calendar.working_days(start, end))),
            )
        )
    return needs


def _capacity(need: _Need) -> Capacity:
    of_kind: dict[str, set[str]] = {}
    for part in need.rep.territory:
        of_kind.setdefault(part.kind, set()).add(part.value)
    return Capacity(
        rep_id=need.rep.id,
        count=need.missing,
        share=need.share,
        languages=frozenset(of_kind.get("language", ())),
        topics=frozenset(int(value) for value in of_kind.get("topic", ())),
        networks=frozenset(of_kind.get("network", ())),
    )


def _candidate(ranked: RankedProspect) -> Candidate:
    return Candidate(
        ranked.person_id, ranked.topic_id, ranked.warmth.value, ranked.language, ranked.network
    )


def _suits(capacity: Capacity) -> Callable[[RankedProspect], bool]:
    return lambda ranked: capacity.admits(_candidate(ranked))


def _write_assignments(
    session: Session,
    allocation: Allocation,
    supply: Sequence[RankedProspect],
    on: date,
    now: datetime,
) -> None:
    ranked_of = {(ranked.person_id, ranked.topic_id): ranked for ranked in supply}
    rows = []
    for rep_id, candidates in allocation.assigned.items():
        before = session.scalar(
            select(func.max(Assignment.rank)).where(
                Assignment.rep_id == rep_id, Assignment.listed_on == on
            )
        )
        for rank, candidate in enumerate(candidates, start=(before or 0) + 1):
            rows.append(_row(ranked_of[candidate.person_id, candidate.topic_id], rep_id, rank))
    insert_ignore(
        session, Assignment, [row | {"listed_on": on, "assigned_at": now} for row in rows]
    )


def _row(ranked: RankedProspect, rep_id: int, rank: int) -> dict[str, Any]:
    return {
        "rep_id": rep_id,
        "person_id": ranked.person_id,
        "topic_id": ranked.topic_id,
        "signal_id": ranked.quoted_signal_id,
        "rank": rank,
        "warmth": ranked.warmth.value,
        "reasons": [
            {"hundredths": reason.hundredths, "code": reason.code, "signal": reason.signal_id}
            for reason in ranked.warmth.reasons
        ],
    }


def _write_list(
    session: Session,
    need: _Need,
    allocation: Allocation,
    on: date,
    now: datetime,
    settings: ListSettings,
    seed: int,
) -> BuiltList:
    rep_id = need.rep.id
    missing = allocation.shortfall.get(rep_id)
    content_hash = hash_list(session, rep_id, on)
    assigned = len(allocation.assigned.get(rep_id, ()))
    row = {
        "rep_id": rep_id,
        "listed_on": on,
        "wanted": need.wanted,
        "shortfall": missing.count if missing else 0,
        "shortfall_reason": missing.reason if missing else None,
        "seed": seed,
        "content_hash": content_hash,
        "details": {
            "threshold": settings.threshold,
            "given_in_period": allocation.given.get(rep_id, 0),
            "mean_value": allocation.means.get(rep_id, 0.0),
        },
        "built_at": now,
    }
    upsert(
        session,
        DailyList,
        [row],
        key=("rep_id", "listed_on"),
        update=("wanted", "shortfall", "shortfall_reason", "seed", "content_hash", "details"),
    )
    return BuiltList(
        rep=need.rep.name,
        listed_on=on,
        wanted=need.wanted,
        assigned=assigned,
        held=need.held,
        shortfall=missing.count if missing else 0,
        reason=missing.reason if missing else None,
        content_hash=content_hash,
    )


def hash_list(session: Session, rep_id: int, on: date) -> str:
    """SHA-256 over what a list says, in names that do not depend on this database's row numbers."""
    rows = session.execute(
        select(
            Assignment.rank, Assignment.warmth, Assignment.reasons, Assignment.person_id,
            Topic.name, Signal.network, Signal.kind, Signal.external_id,
        )
        .join(Topic, Topic.id == Assignment.topic_id)
        .outerjoin(Signal, Signal.id == Assignment.signal_id)
        .where(Assignment.rep_id == rep_id, Assignment.listed_on == on)
        .order_by(Assignment.rank, Assignment.id)
    ).all()  # fmt: skip
    accounts: dict[int, list[str]] = {}
    for person_id, network, external_id in session.execute(
        select(Account.person_id, Account.network, Account.external_id)
        .where(Account.person_id.in_([row.person_id for row in rows]))
        .order_by(Account.network, Account.external_id)
    ):
        accounts.setdefault(person_id, []).append(f"{network}:{external_id}")
    items = [
        {
            "rank": row.rank,
            "accounts": accounts.get(row.person_id, []),
            "topic": row.name,
            "signal": [row.network, row.kind, row.external_id],
            "warmth": round(row.warmth * 100),
            "reasons": [[reason["hundredths"], reason["code"]] for reason in row.reasons],
        }
        for row in rows
    ]
    document = {"date": on.isoformat(), "items": items}
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
