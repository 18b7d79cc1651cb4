"""Standing orders: what is due, who runs it, when it runs again, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound, Refused
from models import Collection, CollectionRun, Signal
from signals.collectors.contract import Kind, Page

STREAM = "-"  # topic_key of a collection that serves every topic


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one collection until the lease ends."""

    collection_id: int
    run_id: int
    network: str
    scope: str
    cursor: str | None
    settings: Mapping[str, Any]
    owner: str


def add_collection(
    session: Session,
    *,
    network: str,
    scope: str = "",
    settings: Mapping[str, Any],
    lawful_basis: str,
    interval: timedelta,
    now: datetime,
) -> Collection:
    """Order a stream that serves every topic; refuses one without a lawful basis."""
    if not lawful_basis.strip():
        raise Refused(
            f"Source {network} has no lawful basis.",
            "State one with --lawful-basis, for example 'legitimate interests, assessed 2026-11'.",
        )
    known = session.scalar(
        select(Collection.id).where(
            Collection.network == network,
            Collection.topic_key == STREAM,
            Collection.scope == scope,
        )
    )
    if known is not None:
        raise Conflict(f"Source {network} is listened to already.", "See: warmlist source list")
    collection = Collection(
        network=network,
        topic_id=None,
        topic_key=STREAM,
        scope=scope,
        settings=dict(settings),
        lawful_basis=lawful_basis.strip(),
        interval_seconds=interval.total_seconds(),
        next_due_at=now,
        created_at=now,
    )
    session.add(collection)
    session.flush()
    return collection


def lease_due(session: Session, *, now: datetime, lease: timedelta, owner: str) -> list[Lease]:
    """Take every collection that is due, not paused and in nobody's hands.

    A run that never ended loses its lease here and is closed as lost; its cursor stands where its
    last stored page left it.
    """
    due = session.scalars(
        select(Collection)
        .where(
            Collection.next_due_at <= now,
            Collection.paused_reason.is_(None),
            or_(Collection.lease_until.is_(None), Collection.lease_until <= now),
        )
        .order_by(Collection.next_due_at, Collection.id)
        .with_for_update(skip_locked=True)
    ).all()
    leases = []
    for collection in due:
        session.execute(
            update(CollectionRun)
            .where(CollectionRun.collection_id == collection.id, CollectionRun.ended_at.is_(None))
            .values(ended_at=now, outcome="lost")
        )
        run = CollectionRun(collection_id=collection.id, started_at=now)
        session.add(run)
        collection.lease_until = now + lease
        collection.lease_owner = owner
        session.flush()
        leases.append(
            Lease(
                collection.id, run.id, collection.network, collection.scope, collection.cursor,
                dict(collection.settings), owner,
            )
        )  # fmt: skip
    return leases


def advance(
    session: Session,
    lease: Lease,
    page: Page,
    *,
    stored: int,
    matched: int,
    malformed: int,
    now: datetime,
    extend: timedelta,
) -> None:
    """Move cursor and lease in the transaction that stored the page.

    Refuses when the lease went to somebody else meanwhile, which rolls the page back with it.
    """
    collection = session.get_one(Collection, lease.collection_id, with_for_update=True)
    if collection.lease_owner != lease.owner:
        raise Conflict(
            f"Source {lease.network} was taken over by another process.", "Nothing to do."
        )
    collection.cursor = page.cursor.value
    collection.lease_until = now + extend
    run = session.get_one(CollectionRun, lease.run_id)
    run.read += page.seen or len(page.engagements)
    run.stored += stored
    run.matched += matched
    run.malformed += malformed
    run.requests += page.cost.requests
    run.money += page.cost.money
    if page.gap is not None:
        run.gap = page.gap.reason


def finish(session: Session, lease: Lease, *, now: datetime, next_due_at: datetime) -> None:
    """The run ended well. Whoever lost the lease meanwhile changes nothing, here and below."""
    collection = session.get_one(Collection, lease.collection_id, with_for_update=True)
    if collection.lease_owner != lease.owner:
        return
    collection.next_due_at = next_due_at
    collection.failures = 0
    _release(session, collection, lease, now, "done", None)


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

    The wait doubles with every failure, spread by the collection's number so that several do not
    come back at once; a time the network named is obeyed.
    """
    collection = session.get_one(Collection, lease.collection_id, with_for_update=True)
    if collection.lease_owner != lease.owner:
        return collection.next_due_at
    collection.failures += 1
    wait = min(longest, first * 2 ** min(collection.failures - 1, 20))
    spread = 1 + (collection.id * 37 % 20) / 100
    due = now + min(longest, wait * spread) if retry_at is None else max(now, retry_at)
    collection.next_due_at = due
    _release(session, collection, lease, now, "failed", error)
    return due


def pause(session: Session, lease: Lease, *, now: datetime, who_must_do_what: str) -> None:
    """The run cannot go on without a person; says who must do what."""
    collection = session.get_one(Collection, lease.collection_id, with_for_update=True)
    if collection.lease_owner != lease.owner:
        return
    collection.paused_reason = who_must_do_what
    _release(session, collection, lease, now, "paused", who_must_do_what)


def resume(session: Session, network: str, *, now: datetime) -> None:
    """A person did what was asked: due again at once."""
    found = session.scalars(select(Collection).where(Collection.network == network)).all()
    if not found:
        raise NotFound(f"There is no source {network!r}.", "See: warmlist source list")
    for collection in found:
        collection.paused_reason = None
        collection.failures = 0
        collection.next_due_at = now


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


def load_watch(session: Session, network: str, *, since: datetime) -> set[str]:
    """The stored posts whose likes, reposts and replies count."""
    return set(
        session.scalars(
            select(Signal.external_id).where(
                Signal.network == network,
                Signal.kind.in_((Kind.POST, Kind.COMMENT, Kind.QUOTE)),
                Signal.deleted_at.is_(None),
                Signal.occurred_at >= since,
            )
        )
    )
