"""Who may run a collection: wanted, due, leased to one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.orm import Session

from models import Collection, CollectionRun, Source
from signals.sources import STREAM


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one collection until the lease ends; ``owner`` is of this run alone."""

    collection_id: int
    run_id: int
    source_id: int
    name: str
    network: str
    task: str
    topic_id: int | None
    scope: str
    cursor: str | None
    interval: float
    owner: str
    url: str | None = None
    lawful_basis: str = ""
    approval_ref: str | None = None
    fixed_interval: float | None = None
    allow_person_level: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_stream(self) -> bool:
        """Whether it runs beside others of its source."""
        return self.topic_id is None and self.task == "collect"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which collections a person asked for: by source or network, by topic, due or not."""

    name: str | None = None
    topic_id: int | None = None
    even_if_not_due: bool = False
    tasks: frozenset[str] = frozenset()  # empty: all


_ALL = Wanted()


def find_wanted(
    session: Session, wanted: Wanted, *, now: datetime
) -> list[tuple[Collection, Source]]:
    """The collections a person asked for that may run, longest waiting first.

    Of one source a re-check comes before anything else: what it forgets cannot wait, and what
    collecting leaves of a day's budget may not be enough for it.
    """
    conditions = [
        Collection.active,
        Collection.paused_reason.is_(None),
        Source.paused_reason.is_(None),
    ]
    if not wanted.even_if_not_due:
        conditions.append(Collection.next_due_at <= now)
    if wanted.name is not None:
        conditions.append(or_(Source.name == wanted.name, Source.network == wanted.name))
    if wanted.topic_id is not None:
        conditions.append(
            or_(Collection.topic_id == wanted.topic_id, Collection.topic_id.is_(None))
        )
    if wanted.tasks:
        conditions.append(Collection.task.in_(sorted(wanted.tasks)))
    rows = session.execute(
        select(Collection, Source)
        .join(Source, Source.id == Collection.source_id)
        .where(*conditions)
        .order_by(Collection.next_due_at, Collection.id)
    )
    found = [(collection, source) for collection, source in rows]
    first: dict[int, datetime] = {}
    for collection, source in found:
        first.setdefault(source.id, collection.next_due_at)
    return sorted(found, key=lambda one: (first[one[1].id], one[1].id, one[0].task != "recheck"))


def lease_due(
    session: Session,
    *,
    now: datetime,
    lease: timedelta,
    owner: str,
    limit: int = 1_000,
    wanted: Wanted = _ALL,
    besides: frozenset[int] = frozenset(),
    is_dead: Callable[[str], bool] = lambda owner: False,  # noqa: ARG005 - nobody is known dead
) -> list[Lease]:
    """Take collections that are due, not paused and in nobody's hands, longest waiting first.

    Of one source one poll runs at a time, so that its budget cannot be spent twice; streams run
    beside. A run that never ended loses its lease here, at once where ``is_dead`` says so of its
    owner, and is closed as lost; its cursor stands where its last stored page left it. ``besides``
    are collections to leave out.
    """
    _free_dead(session, now=now, is_dead=is_dead)
    busy = set(session.scalars(_polls_held(now)))
    leases: list[Lease] = []
    for collection, source in find_wanted(session, wanted, now=now):
        if len(leases) >= limit:
            break
        stream = collection.topic_key == STREAM and collection.task == "collect"
        if collection.id in besides or (not stream and source.id in busy):
            continue
        if not stream and not _lock_source(session, source, now=now):
            continue
        if not _lock(session, collection, wanted, now=now):
            continue
        if not stream:
            busy.add(source.id)
        leases.append(_take(session, collection, source, now=now, lease=lease, owner=owner))
    return leases


def _polls_held(now: datetime) -> Select[int]:
    """The sources of which a poll is in somebody's hands."""
    return select(Collection.source_id).where(
        Collection.lease_until > now,
        or_(Collection.topic_key != STREAM, Collection.task != "collect"),
    )


def _lock_source(session: Session, source: Source, *, now: datetime) -> bool:
    """Whether this transaction alone may lease a poll of this source.

    On PostgreSQL two processes may look at the same moment, each at another poll of the source:
    who holds its row decides, and looks again at what the one before has leased meanwhile. Not the
    strongest lock, which would wait for every page that is being stored with its spending.
    """
    locked = session.scalar(
        select(Source.id)
        .where(Source.id == source.id, Source.paused_reason.is_(None))
        .with_for_update(skip_locked=True, key_share=True)
    )
    if locked is None:
        return False
    held = _polls_held(now).where(Collection.source_id == source.id).limit(1)
    return session.scalar(held) is None


def _lock(session: Session, collection: Collection, wanted: Wanted, *, now: datetime) -> bool:
    """Lock a collection and read it anew: it may have run since it was found due."""
    conditions = [
        Collection.id == collection.id,
        Collection.active,
        Collection.paused_reason.is_(None),
        or_(Collection.lease_until.is_(None), Collection.lease_until <= now),
    ]
    if not wanted.even_if_not_due:
        conditions.append(Collection.next_due_at <= now)
    locked = session.scalar(
        select(Collection)
        .where(*conditions)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return locked is not None


def _free_dead(session: Session, *, now: datetime, is_dead: Callable[[str], bool]) -> None:
    for collection in session.scalars(select(Collection).where(Collection.lease_until > now)):
        if is_dead(collection.lease_owner or ""):
            collection.lease_until = now
    session.flush()


def _take(
    session: Session,
    collection: Collection,
    source: Source,
    *,
    now: datetime,
    lease: timedelta,
    owner: str,
) -> Lease:
    session.execute(
        update(CollectionRun)
        .where(CollectionRun.collection_id == collection.id, CollectionRun.ended_at.is_(None))
        .values(ended_at=now, outcome="lost")
    )
    run = CollectionRun(collection_id=collection.id, started_at=now)
    session.add(run)
    session.flush()
    collection.lease_until = now + lease
    collection.lease_owner = f"{owner}:{run.id}"
    session.flush()
    return Lease(
        collection_id=collection.id,
        run_id=run.id,
        source_id=source.id,
        name=source.name,
        network=source.network,
        task=collection.task,
        topic_id=collection.topic_id,
        scope=collection.scope,
        cursor=collection.cursor,
        interval=collection.interval_seconds,
        owner=collection.lease_owner,
        url=source.url,
        lawful_basis=source.lawful_basis,
        approval_ref=source.approval_ref,
        fixed_interval=source.interval_seconds,
        allow_person_level=source.allow_person_level,
        options=dict(source.options),
    )


def renew(session: Session, leases: Sequence[Lease], *, now: datetime, extend: timedelta) -> None:
    """A sign of life: these runs go on. Whoever lost a lease does not get it back."""
    if leases:
        pairs = [
            and_(Collection.id == one.collection_id, Collection.lease_owner == one.owner)
            for one in leases
        ]
        session.execute(update(Collection).where(or_(*pairs)).values(lease_until=now + extend))
