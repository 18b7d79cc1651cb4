"""What a run would ask and what that would cost, without asking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.bootstrap import Workspace
from app.collecting import collector_settings
from app.tasks import unread_authors
from config.errors import Refused
from models import Collection, Source
from signals.budgets import bound_budget
from signals.collectors.authors import ReadsProfiles
from signals.collectors.contract import Budget, Cost, Cursor, Misconfigured, Plan, Plans, Query
from signals.collectors.registry import build_collector
from signals.leases import Wanted, find_wanted
from signals.policy import check_source
from signals.schedule import synchronise
from signals.spending import left_today
from signals.targets import TopicWords, load_words


def plan_runs(
    workspace: Workspace, wanted: Wanted, *, clock: Callable[[], datetime]
) -> list[dict[str, Any]]:
    """One document per collection that would run, as ``collect --dry-run --json`` prints it."""
    with workspace.db.write() as session:
        synchronise(session, now=clock())
    documents = []
    with workspace.db.read() as session:
        for collection, source in find_wanted(session, wanted, now=clock()):
            words = (
                load_words(session, collection.topic_id, source.network)
                if collection.topic_id
                else None
            )
            budget = left_today(session, source, defaults=workspace.settings.budgets, now=clock())
            budget = bound_budget(
                session, budget, topic_id=collection.topic_id, network=source.network, now=clock()
            )
            authors = (
                len(unread_authors(session, workspace, source.network, now=clock()))
                if collection.task == "profiles"
                else 0
            )
            plan = _plan(workspace, collection, source, words, budget, authors, clock)
            documents.append(
                {
                    "source": source.name,
                    "network": source.network,
                    "topic": words.name if words else None,
                    "scope": collection.scope,
                    "task": collection.task,
                    "requests": list(plan.requests),
                    "notes": list(plan.notes),
                    "most_requests": plan.cost.requests,
                    "most_money": plan.cost.money,
                    "budget_left": budget.money,
                }
            )
    return documents


def _plan(
    workspace: Workspace,
    collection: Collection,
    source: Source,
    words: TopicWords | None,
    budget: Budget,
    authors: int,
    clock: Callable[[], datetime],
) -> Plan:
    query = Query(scope=collection.scope, budget=budget)
    if words is not None:
        query = Query(
            topic=words.name, keywords=words.keywords, exclusions=words.exclusions,
            languages=words.languages, scope=collection.scope, communities=words.communities,
            budget=budget,
        )  # fmt: skip
    try:
        check_source(
            source.network, lawful_basis=source.lawful_basis, approval_ref=source.approval_ref
        )
        collector = build_collector(
            source.network,
            collector_settings(
                workspace, source.network, url=source.url, options=source.options,
                approval_ref=source.approval_ref, clock=clock,
                stream=collection.topic_id is None,
            ),
        )  # fmt: skip
    except (Misconfigured, Refused) as error:
        return Plan((), Cost(), (f"would not run: {error}",))
    if collection.task == "collect" and isinstance(collector, Plans):
        cursor = Cursor(collection.cursor) if collection.cursor else None
        return collector.plan(query, cursor, limit=workspace.settings.collect.run_items)
    if isinstance(collector, ReadsProfiles) and collection.task == "profiles":
        return collector.plan_profiles(authors)
    what = {
        "collect": "listens to everything public"
        if words is None
        else "asks for the topic's words: " + ", ".join(words.keywords[:8]),
        "reread": "reads who engaged with stored posts",
        "recheck": "asks whether stored posts still exist",
        "profiles": "asks who authors are",
    }[collection.task]
    free = source.network not in workspace.settings.prices and budget == Budget()
    note = "free of charge" if free else "costs what the network's price list says per item"
    return Plan((what,), Cost(), (note,))
