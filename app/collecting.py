"""Runs what is due: lease, collect page by page, store data and cursor together."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.bootstrap import Workspace
from app.jobs import build_listener
from config.errors import Conflict
from prospects.refresh import recompute
from signals.collection import Lease, advance, fail, finish, lease_due, load_watch, pause
from signals.collectors.contract import (
    Cursor,
    Misconfigured,
    Page,
    Query,
    RateLimited,
    Unavailable,
)
from signals.collectors.registry import CollectorSettings, build_collector
from signals.ingest import store_page
from signals.listening import Counts, Listener

_RUN_LIMIT = 2_000_000  # engagements per run: a bound against a stream that never ends
_log: Any = structlog.get_logger("collect")


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one run of one collection came to."""

    network: str
    outcome: str  # done, failed, paused, lost
    read: int
    matched: int
    stored: int
    suppressed: int
    malformed: int
    deleted: int
    error: str | None = None


class Watched:
    """The watch set of a run; grows as the run itself stores posts."""

    def __init__(self, external_ids: set[str]) -> None:
        self._ids = external_ids

    def __contains__(self, external_id: object, /) -> bool:
        return external_id in self._ids

    def add_matched(self, external_ids: set[str]) -> None:
        """Watch these from now on."""
        self._ids |= external_ids


def collect_due(
    workspace: Workspace,
    *,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> list[RunReport]:
    """Run every collection that is due, once, one after the other.

    Once ``stopping`` says so, a run ends well behind the page it has just stored.
    """
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    lease_time = timedelta(seconds=workspace.settings.collect.lease_seconds)
    with workspace.db.write() as session:
        leases = lease_due(session, now=clock(), lease=lease_time, owner=owner)
    if not leases:
        return []
    listener = build_listener(workspace, archive=True)
    return [_run(workspace, listener, lease, clock, stopping) for lease in leases]


def _run(
    workspace: Workspace,
    listener: Listener,
    lease: Lease,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool],
) -> RunReport:
    settings = workspace.settings.collect
    total = RunReport(lease.network, "done", 0, 0, 0, 0, 0, 0)
    try:
        collector = build_collector(
            lease.network,
            CollectorSettings(
                url=str(lease.settings.get("url") or workspace.settings.bluesky_url),
                clock=lambda: clock().timestamp(),
                max_seconds=settings.stream_seconds,
            ),
        )
        with workspace.db.read() as session:
            since = clock() - timedelta(days=settings.watch_days)
            watched = Watched(load_watch(session, lease.network, since=since))
        cursor = Cursor(lease.cursor) if lease.cursor else None
        query = Query(scope=lease.scope, watch=watched)
        for page in collector.collect(query, cursor, limit=_RUN_LIMIT):
            counts, newly = _store(workspace, listener, lease, page, clock)
            watched.add_matched(newly)
            total = replace(
                total,
                read=total.read + (page.seen or len(page.engagements)),
                matched=total.matched + counts.matched,
                stored=total.stored + counts.stored,
                suppressed=total.suppressed + counts.suppressed,
                malformed=total.malformed + counts.malformed,
                deleted=total.deleted + len(page.deletions),
            )
            if stopping():
                break
    except Conflict as error:
        return replace(total, outcome="lost", error=str(error))
    except Misconfigured as error:
        with workspace.db.write() as session:
            pause(session, lease, now=clock(), who_must_do_what=error.who_must_do_what)
        return replace(total, outcome="paused", error=error.who_must_do_what)
    except (RateLimited, Unavailable) as error:
        retry_at = error.retry_at if isinstance(error, RateLimited) else None
        with workspace.db.write() as session:
            fail(
                session,
                lease,
                now=clock(),
                error=str(error),
                retry_at=retry_at,
                first=timedelta(seconds=settings.backoff_first_seconds),
                longest=timedelta(seconds=settings.backoff_longest_seconds),
            )
        return replace(total, outcome="failed", error=str(error))
    with workspace.db.write() as session:
        finish(session, lease, now=clock(), next_due_at=clock() + _interval(lease))
    return total


def _interval(lease: Lease) -> timedelta:
    return timedelta(seconds=float(lease.settings.get("interval_seconds", 5)))


def _store(
    workspace: Workspace,
    listener: Listener,
    lease: Lease,
    page: Page,
    clock: Callable[[], datetime],
) -> tuple[Counts, set[str]]:
    selection = listener.select(page.engagements)
    for malformed in page.malformed:
        _log.warning("malformed", network=lease.network, reason=malformed.reason)
    with workspace.db.write() as session:
        counts, affected = store_page(session, selection, page.deletions, now=clock())
        counts.malformed += len(page.malformed)
        if affected:
            recompute(session, affected)
        advance(
            session,
            lease,
            page,
            stored=counts.stored,
            matched=counts.matched,
            malformed=counts.malformed,
            now=clock(),
            extend=timedelta(seconds=workspace.settings.collect.lease_seconds),
        )
    return counts, {engagement.external_id for engagement, _ in selection.matched}
