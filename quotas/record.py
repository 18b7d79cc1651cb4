"""What a build of lists leaves behind: assignments, each rep's list, and what it all came of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Assignment, DailyList, ListBuild, Team, Topic
from models.upsert import insert_ignore, upsert
from prospects.ranked import RankedProspect
from prospects.tuning import in_force
from quotas.allocation import Allocation, Candidate, Capacity, Standing
from quotas.needs import PAST, Need, TeamNeeds


@dataclass(frozen=True, slots=True)
class Given:
    """One prospect given to one rep, why (an assignment source), and by what odds."""

    rep_id: int
    ranked: RankedProspect
    source: str
    value: float | None = None
    propensity: float = 1.0

    @property
    def person_id(self) -> int:
        """Who."""
        return self.ranked.person_id


@dataclass(frozen=True, slots=True)
class Pool:
    """Whom tries were drawn from, by what weights, and how many were wanted."""

    wanted: int = 0
    people: tuple[RankedProspect, ...] = ()
    weights: tuple[float, ...] = ()


def write_assignments(
    session: Session,
    given: Sequence[Given],
    on: date,
    *,
    now: datetime,
    closed_at: datetime | None,
) -> int:
    """Write assignments in the order given, ranks going on after those of the day; how many."""
    last = dict(
        session.execute(
            select(Assignment.rep_id, func.max(Assignment.rank))
            .where(Assignment.rep_id.in_({one.rep_id for one in given}), Assignment.listed_on == on)
            .group_by(Assignment.rep_id)
        ).all()
    )
    rows = []
    for one in given:
        rank = last[one.rep_id] = last.get(one.rep_id, 0) + 1
        ranked = one.ranked
        rows.append(
            {
                "rep_id": one.rep_id,
                "person_id": ranked.person_id,
                "topic_id": ranked.topic_id,
                "signal_id": ranked.quoted_signal_id,
                "listed_on": on,
                "rank": rank,
                "warmth": ranked.warmth.value,
                "value": one.value,
                "reasons": [
                    {"hundredths": r.hundredths, "code": r.code, "signal": r.signal_id}
                    | ({"signals": list(r.signal_ids)} if r.signal_ids else {})
                    for r in ranked.warmth.reasons
                ],
                "source": one.source,
                "propensity": one.propensity,
                "evidence_at": ranked.newest_at,
                "assigned_at": now,
                "closed_at": closed_at,
                "closed_reason": PAST if closed_at is not None else None,
            }
        )
    insert_ignore(session, Assignment, rows)
    return len(rows)


def write_list(
    session: Session,
    need: Need,
    allocation: Allocation,
    on: date,
    *,
    now: datetime,
    settings: ListSettings,
    seed: int,
    build_id: int | None,
    shortfall: int,
    reason: str | None,
    content_hash: str,
    asked: int,
) -> None:
    """Write what a rep's list came to; of a list already there, what this build changed."""
    rep_id = need.rep.id
    certificate = allocation.certificate
    details: dict[str, Any] = {
        "threshold": max(settings.threshold, need.quota.threshold),
        "fresh_days": need.quota.fresh_days,
        "quota": need.quota.id,
        "mean_value": round(allocation.means.get(rep_id, 0.0), 4),
        "price": round(certificate.prices.get(rep_id, 0.0), 6),
        "owed": certificate.owed.get(rep_id, need.standing.owed),
        "tries": need.tries,
        "more": need.more,
        "asked": asked,
        "warmth_version": _warmth_version(session),
        "topic_versions": topic_versions(session),
    }
    update = ["wanted", "shortfall", "shortfall_reason", "content_hash"]
    if build_id is not None:
        details["build"] = build_id
        update += ["seed", "details"]
    upsert(
        session,
        DailyList,
        [
            {
                "rep_id": rep_id,
                "listed_on": on,
                "wanted": need.wanted - need.more,
                "shortfall": shortfall,
                "shortfall_reason": reason,
                "seed": seed,
                "content_hash": content_hash,
                "details": details,
                "built_at": now,
            }
        ],
        key=("rep_id", "listed_on"),
        update=update,
    )


def keep_build(
    session: Session,
    team: Team,
    on: date,
    *,
    now: datetime,
    as_of: datetime,
    settings: ListSettings,
    seed: int,
    day: TeamNeeds,
    capacities: Sequence[Capacity],
    candidates: Sequence[Candidate],
    allocation: Allocation,
    given: Sequence[Given],
    pool: Pool,
) -> int:
    """Keep what a build was made from, so that it can be made again; its number.

    People stand in it by number, without a word of theirs.
    """
    topics = session.execute(
        select(Topic.id, Topic.half_life_hours, Topic.window_days, Topic.languages)
        .where(Topic.active)
        .order_by(Topic.id)
    )
    details = {
        "settings": settings.model_dump(),
        "warmth_version": _warmth_version(session),
        "topics": [list(row) for row in topics],
        "topic_versions": topic_versions(session),
        "standards": [[one.threshold, one.fresh_days] for one in day.standards],
        "capacities": [_plain(asdict(capacity)) for capacity in capacities],
        "ledger": {str(n.rep.id): list(asdict(n.standing).values()) for n in day.needs},
        "candidates": [
            [
                c.person_id,
                c.topic_id,
                c.value,
                c.language,
                c.network,
                c.place,
                c.only_rep,
                c.meets,
                sorted(c.not_for),
            ]
            for c in candidates
        ],
        "tries": pool.wanted,
        "pool": [
            [one.person_id, one.topic_id, weight]
            for one, weight in zip(pool.people, pool.weights, strict=True)
        ],
        "given": [[g.rep_id, g.person_id, g.ranked.topic_id, g.source] for g in given],
        "certificate": {
            name: {str(k): v for k, v in value.items()} if isinstance(value, Mapping) else value
            for name, value in asdict(allocation.certificate).items()
        },
    }
    text = json.dumps(details["given"], separators=(",", ":"))
    build = ListBuild(
        team_id=team.id,
        listed_on=on,
        as_of=as_of,
        seed=seed,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        details=details,
        built_at=now,
    )
    session.add(build)
    session.flush()
    return build.id


def _warmth_version(session: Session) -> int | None:
    """The number of the weights in force; ``None`` while nobody set any and nothing was scored."""
    version = in_force(session)
    return None if version is None else version.number


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {k: sorted(v) if isinstance(v, frozenset) else v for k, v in values.items()}


def read_inputs(
    build: ListBuild,
) -> tuple[list[Capacity], list[Candidate], dict[int, Standing]]:
    """The allocator's input of a build as it was kept."""
    details = build.details
    capacities = [
        Capacity(
            rep_id=row["rep_id"],
            count=row["count"],
            share=row["share"],
            languages=frozenset(row["languages"]),
            topics=frozenset(row["topics"]),
            networks=frozenset(row["networks"]),
            places=frozenset(row["places"]),
            standard=row["standard"],
        )
        for row in details["capacities"]
    ]
    candidates = [
        replace(Candidate(*values[:8]), not_for=frozenset(values[8] if len(values) > 8 else ()))
        for values in details["candidates"]
    ]
    return capacities, candidates, {int(k): _standing(v) for k, v in details["ledger"].items()}


def _standing(values: Sequence[Any]) -> Standing:
    """A ledger as it was kept; an older build kept no days, and was decided without them."""
    owed, count, value = values[:3]
    days = values[3] if len(values) > 3 else ()
    return Standing(owed, count, value, tuple((left, n, worth) for left, n, worth in days))


def topic_versions(session: Session) -> dict[str, int]:
    """The version of every active topic, by its row number: what a list was made with."""
    rows = session.execute(select(Topic.id, Topic.version).where(Topic.active).order_by(Topic.id))
    return {str(topic_id): version for topic_id, version in rows}
