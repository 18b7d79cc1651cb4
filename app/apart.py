"""A run that asks for one keyword after another, each as far as its share of the budget reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.runs import Run
from app.tasks import collect
from models.database import Database
from signals.collectors.contract import Budget, Collector, Cursor, OverBudget, Query
from signals.collectors.traits import asks_apart, traits_of
from signals.leases import Lease
from signals.turns import Turn, leave_turns, rest_turn, take_turns

_WHOLE: Final[list[Turn]] = []


def load_turns(
    db: Database, lease: Lease, keywords: dict[str, int], *, now: datetime
) -> tuple[list[Turn], Lease]:
    """The turns of a collection that asks for keywords apart, none where it asks for all at once.

    And the lease, without its place where that is too old to go on from.
    """
    may = lease.task == "collect" and asks_apart(lease.network, lease.scope, lease.options)
    if not may or not keywords:
        return _WHOLE, lease
    with db.write() as session:
        turns = take_turns(session, lease.collection_id, keywords, interval=lease.interval, now=now)
        if not turns and leave_turns(session, lease.collection_id, now=now):
            lease = replace(lease, cursor=None)
    return turns, lease


def choose_due(turns: Sequence[Turn], *, now: datetime) -> list[Turn]:
    """Those whose turn it is; all that may be asked at all where somebody asks before any is."""
    due = [turn for turn in turns if turn.due_at <= now]
    return due or [turn for turn in turns if turn.may_ask]


def collect_apart(run: Run, collector: Collector, query: Query, turns: Sequence[Turn]) -> None:
    """What the team's own places bring, then each keyword whose turn it is."""
    ids, exhausted = run.keyword_ids, True
    ends_at = run.clock() + timedelta(seconds=run.workspace.settings.collect.run_seconds)
    find = traits_of(run.lease.network).beside
    beside = tuple(name for name in query.communities if find(name) is not None)
    if beside:
        collect(run, collector, replace(query, keywords=(), communities=beside))
        exhausted = run.exhausted
    for turn in choose_due(turns, now=run.clock()):
        if run.stopping() or run.is_broke or run.clock() >= ends_at:
            exhausted = False
            break
        run.turn, run.keyword_ids = turn, {turn.phrase: turn.keyword_id}
        one = replace(
            query, keywords=(turn.phrase,), communities=(), budget=_bound(run, query.budget, turn)
        )
        try:
            collect(run, collector, one, cursor=Cursor(turn.cursor) if turn.cursor else None)
        except OverBudget as error:
            if turn.money is None or error.retry_at is not None:  # the network's, or the source's
                raise
            with run.workspace.db.write() as session:
                rest_turn(session, turn, now=run.clock())
        exhausted = exhausted and run.exhausted
    run.turn, run.keyword_ids, run.exhausted = None, ids, exhausted


def _bound(run: Run, budget: Budget, turn: Turn) -> Budget:
    """What the source has left after what this run spent, and no more than the keyword's share."""
    left = None if budget.money is None else max(0.0, budget.money - run.spent.money)
    bounds = [one for one in (left, turn.money) if one is not None]
    requests = None if budget.requests is None else max(0, budget.requests - run.spent.requests)
    resources = None if budget.resources is None else max(0, budget.resources - run.spent.resources)
    return replace(budget, money=min(bounds, default=None), requests=requests, resources=resources)
