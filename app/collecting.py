"""One run of one collection: ask page by page, store data and cursor together, say how it ended."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.bootstrap import Workspace
from app.ears import Ears
from config.errors import Conflict, Refused
from models import Source
from prospects.corrections import revive
from prospects.tuning import load_weights
from signals.collection import (
    Lease,
    Progress,
    advance,
    fail,
    finish,
    pause,
    wait_for_budget,
)
from signals.collectors.contract import (
    Budget,
    Collector,
    Cost,
    Cursor,
    Misconfigured,
    OverBudget,
    Page,
    Query,
    RateLimited,
    Rechecks,
    Rereads,
    Unauthorised,
    Unavailable,
)
from signals.collectors.registry import CollectorSettings, build_collector
from signals.collectors.traits import traits_of
from signals.ingest import store_page
from signals.listening import Counts
from signals.pacing import Pace, next_interval
from signals.policy import check_source, terms_of
from signals.quarantine import keep_malformed
from signals.spending import day_end, left_today, record_spend
from signals.targets import (
    is_known,
    load_targets,
    load_unchecked,
    load_watch,
    load_words,
    mark_asked,
    mark_checked,
    mark_reread,
)

_STREAM_LIMIT = 2_000_000  # engagements per run: a bound against a stream that never ends
_log: Any = structlog.get_logger("collect")
_NO_IDS: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one run of one collection came to."""

    network: str
    outcome: str  # done, failed, paused, budget, lost
    read: int = 0
    matched: int = 0
    stored: int = 0
    suppressed: int = 0
    malformed: int = 0
    deleted: int = 0
    error: str | None = None
    source: str = ""
    task: str = "collect"
    topic: str | None = None
    scope: str = ""
    requests: int = 0
    money: float = 0.0
    gap: str | None = None


class Watched:
    """The watch set of a run; grows as the run itself stores posts."""

    def __init__(self, external_ids: set[str]) -> None:
        self._ids = external_ids

    def __contains__(self, external_id: object, /) -> bool:
        return external_id in self._ids

    def add_matched(self, external_ids: set[str]) -> None:
        """Watch these from now on."""
        self._ids |= external_ids


class Known:
    """Whether an engagement is stored: asked one by one, where a reader may stop."""

    def __init__(self, workspace: Workspace, network: str) -> None:
        self._workspace = workspace
        self._network = network

    def __contains__(self, external_id: object, /) -> bool:
        with self._workspace.db.read() as session:
            return is_known(session, self._network, str(external_id))


@dataclass
class Run:
    """One run on its way: what it may spend, what it has brought."""

    workspace: Workspace
    lease: Lease
    ears: Ears
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]
    total: RunReport
    budget: Budget = field(default_factory=Budget)
    keyword_ids: Mapping[str, int] = field(default_factory=lambda: _NO_IDS)
    spent: Cost = field(default_factory=Cost)
    exhausted: bool = True

    @property
    def is_broke(self) -> bool:
        """Whether the day's money is spent."""
        return self.budget.money is not None and self.spent.money >= self.budget.money > 0


def collector_settings(
    workspace: Workspace,
    network: str,
    *,
    url: str | None,
    options: Mapping[str, Any],
    approval_ref: str | None,
    clock: Callable[[], datetime],
    stream: bool,
) -> CollectorSettings:
    """What a collector of this workspace is built from."""
    settings = workspace.settings
    default = settings.bluesky_url if network == "bluesky" else ""
    return CollectorSettings(
        url=url or default,
        clock=lambda: clock().timestamp(),
        max_seconds=settings.collect.stream_seconds if stream else settings.collect.run_seconds,
        user_agent=settings.user_agent,
        secrets=settings.secrets.get(network, {}),
        options=options,
        prices=settings.prices.get(network, {}),
        allow_hosts=tuple(settings.collect.allow_hosts),
        approval_ref=approval_ref,
    )


def run_lease(
    workspace: Workspace,
    lease: Lease,
    ears: Ears,
    *,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> RunReport:
    """Run one leased collection to its end, whatever that is; never raises for a network's fault.

    Once ``stopping`` says so, it ends well behind the page it has just stored.
    """
    total = RunReport(lease.network, "done", source=lease.name, task=lease.task, scope=lease.scope)
    run = Run(workspace, lease, ears, clock, stopping, total)
    try:
        _go(run)
    except Conflict as error:
        return replace(run.total, outcome="lost", error=str(error))
    except OverBudget as error:
        return _wait_for_budget(run, str(error), error.retry_at)
    except Misconfigured as error:
        return _pause(run, error.who_must_do_what, isinstance(error, Unauthorised))
    except Refused as error:
        return _pause(run, f"An administrator must act: {error}", whole_source=True)
    except (RateLimited, Unavailable) as error:
        return _fail(run, str(error), error.retry_at)
    except Exception as error:  # noqa: BLE001 - a collector's bug must not end the others' runs
        _log.exception("bug", network=lease.network, task=lease.task)
        return _fail(run, f"unexpected {type(error).__name__}", None)
    if run.is_broke:
        return _wait_for_budget(run, "today's budget is spent", None)
    interval = _interval(run)
    with workspace.db.write() as session:
        now = clock()
        finish(
            session, lease, now=now, next_due_at=now + timedelta(seconds=interval),
            interval=interval,
        )  # fmt: skip
    return run.total


def _go(run: Run) -> None:
    lease, workspace = run.lease, run.workspace
    check_source(lease.network, lawful_basis=lease.lawful_basis, approval_ref=lease.approval_ref)
    with workspace.db.read() as session:
        source = session.get_one(Source, lease.source_id)
        budget = left_today(session, source, defaults=workspace.settings.budgets, now=run.clock())
        words = load_words(session, lease.topic_id, lease.network) if lease.topic_id else None
    run.budget = budget
    if budget.money == 0 or budget.requests == 0:
        raise OverBudget(None, "today's budget is spent")
    query = Query(budget=budget, scope=lease.scope, known=Known(workspace, lease.network))
    if words is not None:
        run.keyword_ids = words.ids
        run.total = replace(run.total, topic=words.name)
        query = replace(
            query, topic=words.name, keywords=words.keywords, exclusions=words.exclusions,
            languages=words.languages, communities=words.communities,
        )  # fmt: skip
    settings = collector_settings(
        workspace, lease.network, url=lease.url, options=lease.options,
        approval_ref=lease.approval_ref, clock=run.clock, stream=lease.is_stream,
    )  # fmt: skip
    with contextlib.closing(settings):
        collector = build_collector(lease.network, settings)
        if lease.task == "recheck":
            _recheck(run, collector, budget)
        elif lease.task == "reread":
            _reread(run, collector, query)
        else:
            _collect(run, collector, query)


def _collect(run: Run, collector: Collector, query: Query) -> None:
    settings, lease = run.workspace.settings.collect, run.lease
    with run.workspace.db.read() as session:
        since = run.clock() - timedelta(days=settings.watch_days)
        watched = Watched(load_watch(session, lease.network, since=since))
    limit = _STREAM_LIMIT if lease.is_stream else settings.run_items
    cursor = Cursor(lease.cursor) if lease.cursor else None
    run.exhausted = False
    pages = collector.collect(replace(query, watch=watched), cursor, limit=limit)
    for page in _until_broke(run, pages):
        watched.add_matched(_store(run, page))
        run.exhausted = page.exhausted


def _reread(run: Run, collector: Collector, query: Query) -> None:
    settings, lease = run.workspace.settings.collect, run.lease
    if not isinstance(collector, Rereads) or lease.topic_id is None:
        return
    now = run.clock()
    with run.workspace.db.read() as session:
        targets = load_targets(
            session,
            lease.network,
            topic_id=lease.topic_id,
            since=now - timedelta(days=settings.watch_days),
            unread_since=now - timedelta(seconds=traits_of(lease.network).reread_every),
            limit=settings.reread_targets,
        )
    if not targets:
        return
    watched = Watched({target.ref.external_id for target in targets})
    pages = collector.reread(targets, replace(query, watch=watched), limit=settings.run_items)
    for page in _until_broke(run, pages):
        _store(run, page, keep_cursor=True)


def _recheck(run: Run, collector: Collector, budget: Budget) -> None:
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
        _store(run, page, keep_cursor=True, checked=found.checked)
        if run.stopping() or run.is_broke:
            return


def _until_broke(run: Run, pages: Iterator[Page]) -> Iterator[Page]:
    for page in pages:
        yield page
        if run.stopping() or run.is_broke:
            return


def _store(
    run: Run,
    page: Page,
    *,
    keep_cursor: bool = False,
    checked: tuple[Any, ...] = (),
) -> set[str]:
    """Store a page with everything that belongs to it; returns the ids of what matched."""
    lease, settings = run.lease, run.workspace.settings.collect
    selection = run.ears.select(page.engagements)
    if not lease.allow_person_level:
        selection = replace(selection, matched=(), dependent=(), archived=())
    for malformed in page.malformed:
        _log.warning("malformed", network=lease.network, reason=malformed.reason)
    with run.workspace.db.write() as session:
        now = run.clock()
        counts, affected = store_page(session, selection, page.deletions, now=now)
        counts.malformed += len(page.malformed)
        if affected:
            weights = load_weights(session, run.workspace.settings.warmth)
            revive(session, affected, weights=weights)
        if page.malformed:
            keep_malformed(
                session, lease.network, page.malformed, collection_id=lease.collection_id,
                characters=settings.payload_characters, now=now,
            )  # fmt: skip
        mark_reread(session, page.reread, now=now)
        mark_checked(session, checked, now=now)
        asked = page.keywords or tuple(run.keyword_ids)
        record_spend(
            session, source_id=lease.source_id, network=lease.network,
            collection_id=lease.collection_id, topic_id=lease.topic_id,
            keyword_ids=[run.keyword_ids[one] for one in asked if one in run.keyword_ids],
            cost=page.cost, now=now,
        )  # fmt: skip
        advance(
            session, lease, page,
            Progress(counts.stored, counts.matched, counts.malformed, len(page.deletions)),
            now=now, extend=timedelta(seconds=settings.lease_seconds), keep_cursor=keep_cursor,
        )  # fmt: skip
    _count(run, page, counts)
    return {engagement.external_id for engagement, _ in selection.matched}


def _count(run: Run, page: Page, counts: Counts) -> None:
    run.spent += page.cost
    total = run.total
    run.total = replace(
        total,
        read=total.read + (page.seen or len(page.engagements)),
        matched=total.matched + counts.matched,
        stored=total.stored + counts.stored,
        suppressed=total.suppressed + counts.suppressed,
        malformed=total.malformed + counts.malformed,
        deleted=total.deleted + len(page.deletions),
        requests=total.requests + page.cost.requests,
        money=total.money + page.cost.money,
        gap=page.gap.reason if page.gap is not None else total.gap,
    )


def _interval(run: Run) -> float:
    lease = run.lease
    if lease.task != "collect" or lease.is_stream or lease.fixed_interval is not None:
        return (
            lease.fixed_interval
            if lease.fixed_interval and lease.task == "collect"
            else (lease.interval)
        )
    traits = traits_of(lease.network)
    money, now = run.budget.money, run.clock()
    return next_interval(
        lease.interval,
        Pace(traits.fastest, traits.slowest, traits.page_size),
        found=run.total.read,
        exhausted=run.exhausted,
        money=run.spent.money,
        money_left=None if money is None else max(0.0, money - run.spent.money),
        day_left=day_end(now) - now,
    )


def _pause(run: Run, what: str, whole_source: bool) -> RunReport:  # noqa: FBT001 - two of ours call it
    with run.workspace.db.write() as session:
        pause(session, run.lease, now=run.clock(), who_must_do_what=what, whole_source=whole_source)
    return replace(run.total, outcome="paused", error=what)


def _fail(run: Run, error: str, retry_at: datetime | None) -> RunReport:
    settings = run.workspace.settings.collect
    with run.workspace.db.write() as session:
        fail(
            session, run.lease, now=run.clock(), error=error, retry_at=retry_at,
            first=timedelta(seconds=settings.backoff_first_seconds),
            longest=timedelta(seconds=settings.backoff_longest_seconds),
        )  # fmt: skip
    return replace(run.total, outcome="failed", error=error)


def _wait_for_budget(run: Run, why: str, until: datetime | None) -> RunReport:
    now = run.clock()
    with run.workspace.db.write() as session:
        wait_for_budget(session, run.lease, now=now, until=until or day_end(now), why=why)
    return replace(run.total, outcome="budget", error=why)
