"""What a run does: collect, reread, recheck, read profiles. Each page is stored before the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.runs import Run, Watched, store, store_answer
from signals.authors import load_unread
from signals.collectors.authors import ReadsProfiles
from signals.collectors.contract import (
    Budget,
    Collector,
    Cursor,
    Page,
    Query,
    Rechecks,
    Rereads,
)
from signals.collectors.traits import traits_of
from signals.policy import terms_of
from signals.targets import load_targets, load_unchecked, load_watch, mark_asked

_STREAM_LIMIT = 2_000_000  # engagements per run: a bound against a stream that never ends


def collect(run: Run, collector: Collector, query: Query) -> None:
    settings, lease = run.workspace.settings.collect, run.lease
    with run.workspace.db.read() as session:
        since = run.clock() - timedelta(days=settings.watch_days)
        watched = Watched(load_watch(session, lease.network, since=since))
    limit = _STREAM_LIMIT if lease.is_stream else settings.run_items
    cursor = Cursor(lease.cursor) if lease.cursor else None
    run.exhausted = False
    pages = collector.collect(replace(query, watch=watched), cursor, limit=limit)
    for page in _until_broke(run, pages):
        watched.add_matched(store(run, page))
        run.exhausted = page.exhausted


def reread(run: Run, collector: Collector, query: Query) -> None:
    settings, lease = run.workspace.settings.collect, run.lease
    if not isinstance(collector, Rereads) or lease.topic_id is None:
        return
    now, traits = run.clock(), traits_of(lease.network)
    with run.workspace.db.read() as session:
        targets = load_targets(
            session,
            lease.network,
            topic_id=lease.topic_id,
            since=now - timedelta(days=settings.watch_days),
            unread_since=now - timedelta(seconds=traits.reread_every),
            seen_before=now - timedelta(seconds=traits.settles_after)
            if traits.settles_after
            else None,
            limit=settings.reread_targets,
        )
    if not targets:
        return
    watched = Watched({target.ref.external_id for target in targets})
    pages = collector.reread(targets, replace(query, watch=watched), limit=settings.run_items)
    for page in _until_broke(run, pages):
        store(run, page, keep_cursor=True)


def recheck(run: Run, collector: Collector, budget: Budget) -> None:
    hours = terms_of(run.lease.network).recheck_hours
    if hours is None or not isinstance(collector, Rechecks):
        return
    now = run.clock()
    with run.workspace.db.read() as session:
        refs = load_unchecked(
            session,
            run.lease.network,
            before=now - timedelta(hours=hours) * 0.8,  # the rest is for waiting its turn
            limit=run.workspace.settings.collect.recheck_batch,
        )
    if not refs:
        return
    with run.workspace.db.write() as session:  # before the network may fail on one of them
        mark_asked(session, refs, now=now)
    for found in collector.recheck(refs, budget=budget):
        page = Page(
            found.edited, Cursor(""), deletions=found.deletions, cost=found.cost,
            seen=len(found.checked),
        )  # fmt: skip
        store(run, page, keep_cursor=True, checked=found.checked)
        if run.stopping() or run.is_broke:
            return


def _until_broke(run: Run, pages: Iterator[Page]) -> Iterator[Page]:
    for page in pages:
        yield page
        if run.stopping() or run.is_broke:
            return


def read_profiles(run: Run, collector: Collector, budget: Budget) -> None:
    """Ask who the authors of what matched are; whoever was asked lately is not asked again."""
    lease = run.lease
    if not isinstance(collector, ReadsProfiles) or not lease.allow_person_level:
        return
    with run.workspace.db.read() as session:
        account_ids = unread_authors(session, run.workspace, lease.network, now=run.clock())
    for answer in collector.read_profiles(account_ids, budget=budget):
        store_answer(run, answer)
        if run.stopping() or run.is_broke:
            return


def unread_authors(
    session: Session, workspace: Workspace, network: str, *, now: datetime
) -> list[str]:
    """The authors one run asks for: of what still counts, not asked for lately."""
    settings = workspace.settings
    return load_unread(
        session,
        network,
        since=now - timedelta(days=settings.topic.window_days),
        before=now - timedelta(days=settings.collect.profile_days),
        limit=settings.collect.profile_batch,
    )
