"""What a run does: collect, reread, recheck, read profiles. Each page is stored before the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.identities import rank_anew
from app.rations import ration_of
from app.runs import Run, Watched, store, store_answer
from models import Source
from prospects.tuning import load_weights
from signals.authors import load_unread
from signals.collection import record_gap
from signals.collectors.authors import ReadsProfiles
from signals.collectors.contract import (
    Budget,
    Collector,
    Cursor,
    Gap,
    Page,
    Query,
    Rechecks,
    Ref,
    Rereads,
    Target,
)
from signals.collectors.traits import traits_of
from signals.policy import terms_of
from signals.shares import forget_unaffordable
from signals.targets import RECHECK_AT, load_targets, load_unchecked, load_watch
from signals.visits import mark_asked

_STREAM_LIMIT = 2_000_000  # engagements per run: a bound against a stream that never ends


def collect(run: Run, collector: Collector, query: Query, *, cursor: Cursor | None = None) -> None:
    """Bring what is new behind the collection's cursor, or that of the keyword whose turn it is."""
    settings, lease = run.workspace.settings.collect, run.lease
    with run.workspace.db.read() as session:
        since = run.clock() - timedelta(days=settings.watch_days)
        watched = Watched(load_watch(session, lease.network, since=since))
    limit = _STREAM_LIMIT if lease.is_stream else settings.run_items
    if run.turn is None:
        cursor = Cursor(lease.cursor) if lease.cursor else None
    run.exhausted = False
    pages = collector.collect(replace(query, watch=watched), cursor, limit=limit)
    for page in _until_broke(run, pages):
        watched.add_matched(store(run, page))
        run.exhausted = page.exhausted


def reread(run: Run, collector: Collector, query: Query) -> None:
    """Read who engaged with stored posts, longest unread first."""
    settings, lease = run.workspace.settings.collect, run.lease
    if not isinstance(collector, Rereads):
        return
    with run.workspace.db.read() as session:
        targets = due_targets(
            session, run.workspace, lease.network, lease.topic_id, now=run.clock()
        )
    if not targets:
        return
    watched = Watched({target.ref.external_id for target in targets})
    pages = collector.reread(targets, replace(query, watch=watched), limit=settings.run_items)
    for page in _until_broke(run, pages):
        store(run, page, keep_cursor=True)


def recheck(run: Run, collector: Collector, budget: Budget) -> None:
    """Ask which stored posts are gone, longest unseen first."""
    if not isinstance(collector, Rechecks):
        return
    now = run.clock()
    _forget(run)
    with run.workspace.db.read() as session:
        refs = due_refs(session, run.workspace, run.lease.network, now=now)
    if not refs:
        return
    with run.workspace.db.write() as session:  # before the network may fail on one of them
        mark_asked(session, refs, now=now)
    for found in collector.recheck(refs, budget=budget):
        page = Page(
            found.edited, Cursor(""), deletions=found.deletions, cost=found.cost,
            seen=len(found.checked) + len(found.missing), rest_until=found.rest_until,
        )  # fmt: skip
        store(run, page, keep_cursor=True, checked=found.checked, missing=found.missing)
        if run.stopping() or run.is_broke:
            return


def _forget(run: Run) -> None:
    """Let lapse what no budget pays to ask for again, and leave it to be seen as a gap."""
    lease, gone = run.lease, 0
    ration = ration_of(run.workspace.settings)
    while True:
        with run.workspace.db.write() as session:
            source = session.get_one(Source, lease.source_id)
            some, affected = forget_unaffordable(session, source, ration=ration, now=run.clock())
            weights = load_weights(session, run.workspace.settings.warmth)
            rank_anew(session, sorted(affected), weights=weights, now=run.clock())
            gone += some
            if gone and not some:
                reason = (
                    f"the oldest {gone} posts went and count no more: to ask for them every day"
                    " would cost too much of the budget"
                )
                record_gap(session, lease, Gap(None, None, reason), now=run.clock())
                run.total = replace(run.total, gap=reason)
        if not some:
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


def due_targets(
    session: Session, workspace: Workspace, network: str, topic_id: int | None, *, now: datetime
) -> list[Target]:
    """The posts of a topic of which one run reads again who engaged with them."""
    if topic_id is None:
        return []
    settings, traits = workspace.settings.collect, traits_of(network)
    return load_targets(
        session,
        network,
        topic_id=topic_id,
        since=now - timedelta(days=settings.watch_days),
        unread_since=now - timedelta(seconds=traits.reread_every),
        seen_before=now - timedelta(seconds=traits.settles_after) if traits.settles_after else None,
        limit=settings.reread_targets,
        names_late=traits.names_late,
    )


def due_refs(session: Session, workspace: Workspace, network: str, *, now: datetime) -> list[Ref]:
    """The posts that one run asks for again."""
    hours = terms_of(network).recheck_hours
    if hours is None:
        return []
    return load_unchecked(
        session,
        network,
        before=now - timedelta(hours=hours) * RECHECK_AT,
        limit=workspace.settings.collect.recheck_batch,
        now=now,
    )
