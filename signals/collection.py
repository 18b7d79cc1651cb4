"""A leased collection on its way: how far it is, when it runs again, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config.errors import Conflict
from models import Collection, CollectionGap, CollectionRun, Source
from signals.collectors.contract import Cost, Gap, Page
from signals.leases import Lease
from signals.pacing import spread_wait


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of one page, for the run's row."""

    stored: int = 0
    matched: int = 0
    malformed: int = 0
    deleted: int = 0


def advance(
    session: Session,
    lease: Lease,
    page: Page,
    progress: Progress,
    *,
    now: datetime,
    extend: timedelta,
    keep_cursor: bool = False,
) -> None:
    """Move cursor and lease in the transaction that stored the page.

    Refuses when the lease went to somebody else meanwhile, which rolls the page back with it. With
    ``keep_cursor`` the page says nothing about where to resume.
    """
    collection = session.get_one(Collection, lease.collection_id, with_for_update=True)
    if collection.lease_owner != lease.owner:
        raise Conflict(
            "Source %(name)s was taken over by another process.",
            "Nothing to do.",
            name=lease.name,
        )
    if not keep_cursor:
        collection.cursor = page.cursor.value
    collection.lease_until = now + extend
    run = session.get_one(CollectionRun, lease.run_id)
    run.read += page.seen or len(page.engagements)
    run.stored += progress.stored
    run.matched += progress.matched
    run.malformed += progress.malformed
    run.deleted += progress.deleted
    run.requests += page.cost.requests
    run.money += page.cost.money
    if page.gap is not None:
        record_gap(session, lease, page.gap, now=now)
    if page.rest_until is not None:
        rest(session, lease, until=page.rest_until)


def rest(session: Session, lease: Lease, *, until: datetime) -> None:
    """Nothing of the lease's network is asked before then, by whatever process."""
    session.execute(
        update(Collection)
        .where(
            Collection.network == lease.network,
            Collection.rest_until.is_(None) | (Collection.rest_until < until),
        )
        .values(rest_until=until)
    )


def find_rest(session: Session, network: str, *, now: datetime) -> datetime | None:
    """Until when a network wants not to be asked; ``None``: it may be."""
    return session.scalar(
        select(func.max(Collection.rest_until)).where(
            Collection.network == network, Collection.rest_until > now
        )
    )


def add_cost(session: Session, lease: Lease, cost: Cost) -> None:
    """What a run cost beside its pages: requests that failed, or were made before one that did."""
    run = session.get_one(CollectionRun, lease.run_id)
    run.requests += cost.requests
    run.money += cost.money


def record_gap(session: Session, lease: Lease, gap: Gap, *, now: datetime) -> None:
    """Keep what was missed, for people to see."""
    session.get_one(CollectionRun, lease.run_id).gap = gap.reason
    session.add(
        CollectionGap(
            collection_id=lease.collection_id,
            run_id=lease.run_id,
            started_at=gap.started_at,
            ended_at=gap.ended_at,
            reason=gap.reason,
            recorded_at=now,
        )
    )


def finish(
    session: Session,
    lease: Lease,
    *,
    now: datetime,
    next_due_at: datetime,
    interval: float | None = None,
    todo: str | None = None,
) -> None:
    """The run ended well; ``todo`` is what a person must do for the rest, if anything.

    Whoever lost the lease meanwhile changes nothing, here and below.
    """
    collection = _held(session, lease)
    if collection is None:
        return
    collection.next_due_at = next_due_at
    collection.failures = 0
    if interval is not None:
        collection.interval_seconds = interval
    _release(session, collection, lease, now, "done", todo)


def fail(
    session: Session,
    lease: Lease,
    *,
    now: datetime,
    error: str,
    retry_at: datetime | None,
    first: timedelta,
    longest: timedelta,
) -> datetime:
    """The run failed for a while; returns when it is due again.

    The wait doubles with every failure, spread so that several do not come back at once; a time the
    network named is obeyed.
    """
    collection = _held(session, lease)
    if collection is None:
        return now
    collection.failures += 1
    wait = min(longest, first * 2 ** min(collection.failures - 1, 20)).total_seconds()
    seconds = min(longest.total_seconds(), spread_wait(wait, collection.id, collection.failures))
    due = now + timedelta(seconds=seconds) if retry_at is None else max(now, retry_at)
    collection.next_due_at = due
    _release(session, collection, lease, now, "failed", error)
    return due


def wait_for_budget(
    session: Session, lease: Lease, *, now: datetime, until: datetime, why: str
) -> None:
    """Nothing is wrong; the day's budget is spent. What was collected stays."""
    collection = _held(session, lease)
    if collection is not None:
        collection.next_due_at = until
        _release(session, collection, lease, now, "budget", why)


def pause(
    session: Session,
    lease: Lease,
    *,
    now: datetime,
    who_must_do_what: str,
    whole_source: bool = False,
) -> None:
    """The run cannot go on without a person; says who must do what, for the source if it is all."""
    collection = _held(session, lease)
    if collection is None:
        return
    collection.paused_reason = who_must_do_what
    if whole_source:
        session.get_one(Source, lease.source_id).paused_reason = who_must_do_what
    _release(session, collection, lease, now, "paused", who_must_do_what)


def _held(session: Session, lease: Lease) -> Collection | None:
    collection = session.get(Collection, lease.collection_id, with_for_update=True)
    if collection is None or collection.lease_owner != lease.owner:
        return None
    return collection


def _release(
    session: Session,
    collection: Collection,
    lease: Lease,
    now: datetime,
    outcome: str,
    error: str | None,
) -> None:
    collection.lease_owner = collection.lease_until = None
    run = session.get_one(CollectionRun, lease.run_id)
    run.ended_at, run.outcome, run.error = now, outcome, error
