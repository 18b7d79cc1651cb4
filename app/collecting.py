"""One run of one collection: ask page by page, store data and cursor together, say how it ended."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app.apart import collect_apart, load_turns
from app.bootstrap import Workspace
from app.ears import Ears
from app.rations import ration_of
from app.runs import Known, Run, RunReport, book_rest
from app.tasks import collect, read_profiles, recheck, reread
from config.errors import Conflict, Refused
from models import Source
from signals.budgets import bound_budget, bound_pace
from signals.collection import fail, find_rest, finish, pause, rest, wait_for_budget
from signals.collectors.contract import (
    Meter,
    Misconfigured,
    OverBudget,
    Query,
    RateLimited,
    Unauthorised,
    Unavailable,
)
from signals.collectors.registry import CollectorSettings, build_collector
from signals.collectors.traits import traits_of
from signals.leases import Lease
from signals.pacing import Pace, next_interval
from signals.policy import check_source, terms_of
from signals.shares import bound_share
from signals.spending import day_end, left_today
from signals.targets import load_words
from signals.turns import take_turns

_log: Any = structlog.get_logger("collect")


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
        try:
            _go(run)
        finally:
            book_rest(run)
    except Conflict as error:
        return replace(run.total, outcome="lost", error=str(error))
    except OverBudget as error:
        return _wait_for_budget(run, str(error), error.retry_at)
    except Misconfigured as error:
        return _pause(run, error.who_must_do_what, isinstance(error, Unauthorised))
    except Refused as error:
        return _pause(run, f"An administrator must act: {error}", whole_source=True)
    except (RateLimited, Unavailable) as error:
        for_all = isinstance(error, RateLimited) and error.for_all
        return _fail(run, str(error), error.retry_at, for_all=for_all)
    except Exception as error:  # noqa: BLE001 - a collector's bug must not end the others' runs
        _log.exception("bug", network=lease.network, task=lease.task)
        return _fail(run, f"unexpected {type(error).__name__}", None)
    if run.is_broke:
        return _wait_for_budget(run, "today's budget is spent", None)
    interval = _interval(run)
    with workspace.db.write() as session:
        now = clock()
        wait = _stretch(session, run, interval)
        finish(
            session, lease, now=now, next_due_at=now + timedelta(seconds=wait), interval=interval,
            todo=run.total.error,
        )  # fmt: skip
    return run.total


def _go(run: Run) -> None:
    lease, workspace = run.lease, run.workspace
    check_source(lease.network, lawful_basis=lease.lawful_basis, approval_ref=lease.approval_ref)
    with workspace.db.read() as session:
        resting = find_rest(session, lease.network, now=run.clock())
        if resting is not None:
            raise RateLimited(resting, f"{terms_of(lease.network).name} asked us to wait")
        source = session.get_one(Source, lease.source_id)
        budget = left_today(session, source, defaults=workspace.settings.budgets, now=run.clock())
        budget = bound_share(
            session, budget, source, collection_id=lease.collection_id,
            is_recheck=lease.task == "recheck", ration=ration_of(workspace.settings),
            now=run.clock(),
        )  # fmt: skip
        # last, since what a source has left is shared out by its own budget
        budget = bound_budget(
            session, budget, topic_id=lease.topic_id, network=lease.network, now=run.clock()
        )
        words = load_words(session, lease.topic_id, lease.network) if lease.topic_id else None
    run.budget = budget = replace(budget, meter=Meter())
    if budget.money == 0 or budget.requests == 0:
        raise OverBudget(None, "today's budget is spent")
    query = Query(budget=budget, scope=lease.scope, known=Known(workspace))
    if words is not None:
        run.turns, run.lease = load_turns(workspace.db, lease, words.ids, now=run.clock())
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
        run.sent = lambda: settings.sent
        collector = build_collector(lease.network, settings)
        if lease.task == "recheck":
            recheck(run, collector, budget)
        elif lease.task == "reread":
            reread(run, collector, query)
        elif lease.task == "profiles":
            read_profiles(run, collector, budget)
        elif run.turns:
            collect_apart(run, collector, query, run.turns)
        else:
            collect(run, collector, query)


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
    wanted = next_interval(
        lease.interval,
        Pace(traits.fastest, traits.slowest, traits.page_size),
        found=run.total.read,
        exhausted=run.exhausted,
        money=run.spent.money,
        money_left=None if money is None else max(0.0, money - run.spent.money),
        day_left=day_end(now) - now,
    )
    # its part of the day's money grows with what others leave: it asks for it before the day ends
    return min(wanted, traits.slowest)


def _stretch(session: Session, run: Run, interval: float) -> float:
    """The wait that the plan in force makes of an interval that adapts; never below the fastest."""
    lease = run.lease
    if lease.task != "collect" or lease.is_stream or lease.fixed_interval is not None:
        return interval
    fastest = min(interval, traits_of(lease.network).fastest)
    if run.turns and lease.topic_id is not None:  # when the first keyword is due again
        words, now = load_words(session, lease.topic_id, lease.network), run.clock()
        turns = take_turns(session, lease.collection_id, words.ids, interval=interval, now=now)
        if turns:
            return max(fastest, (turns[0].due_at - now).total_seconds())
    factor = bound_pace(session, topic_id=lease.topic_id, network=lease.network)
    return max(interval * factor, fastest)


def _pause(run: Run, what: str, whole_source: bool) -> RunReport:  # noqa: FBT001 - two of ours call it
    with run.workspace.db.write() as session:
        pause(session, run.lease, now=run.clock(), who_must_do_what=what, whole_source=whole_source)
    return replace(run.total, outcome="paused", error=what)


def _fail(run: Run, error: str, retry_at: datetime | None, *, for_all: bool = False) -> RunReport:
    settings = run.workspace.settings.collect
    with run.workspace.db.write() as session:
        if for_all and retry_at is not None:
            rest(session, run.lease, until=retry_at)
        fail(
            session, run.lease, now=run.clock(), error=error, retry_at=retry_at,
            first=timedelta(seconds=settings.backoff_first_seconds),
            longest=timedelta(seconds=settings.backoff_longest_seconds),
        )  # fmt: skip
    return replace(run.total, outcome="failed", error=error)


def _wait_for_budget(run: Run, why: str, until: datetime | None) -> RunReport:
    now = run.clock()
    with run.workspace.db.write() as session:
        # what others were kept is free again if nobody wants it: a topic asks before the day ends
        slowest = timedelta(seconds=traits_of(run.lease.network).slowest)
        again = min(day_end(now), now + slowest) if run.lease.topic_id else day_end(now)
        wait_for_budget(session, run.lease, now=now, until=until or again, why=why)
    return replace(run.total, outcome="budget", error=why)
