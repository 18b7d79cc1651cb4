"""What a run would ask and what that would cost, without asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy.orm import Session

from app.apart import choose_due
from app.bootstrap import Workspace
from app.collecting import collector_settings
from app.rations import ration_of
from app.tasks import due_refs, due_targets, unread_authors
from config.errors import Refused
from config.sentences import Sentence
from models import Collection, Source
from signals.budgets import bound_budget
from signals.collectors.authors import ReadsProfiles
from signals.collectors.contract import (
    Budget,
    Collector,
    Cost,
    Cursor,
    Misconfigured,
    Plan,
    Plans,
    Query,
    Unauthorised,
)
from signals.collectors.registry import CollectorSettings, build_collector
from signals.collectors.traits import asks_apart, traits_of
from signals.leases import Wanted, find_wanted
from signals.policy import check_source
from signals.schedule import synchronise
from signals.shares import bound_share
from signals.spending import left_today
from signals.targets import TopicWords, load_words
from signals.turns import list_turns


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
            planned = bound_budget(
                session, budget, topic_id=collection.topic_id, network=source.network, now=clock()
            )
            left = planned.money
            budget = bound_share(
                session, budget, source, collection_id=collection.id,
                is_recheck=collection.task == "recheck",
                ration=ration_of(workspace.settings), now=clock(),
            )  # fmt: skip
            budget = replace(budget, money=_lesser(budget.money, left))
            words, rest = _choose_keywords(session, collection, source, words, now=clock())
            due = _count_due(session, workspace, collection, now=clock())
            plan = _plan(workspace, collection, source, words, budget, due, clock)
            documents.append(
                {
                    "source": source.name,
                    "network": source.network,
                    "topic": words.name if words else None,
                    "scope": collection.scope,
                    "task": collection.task,
                    "requests": list(plan.requests),
                    "notes": [*plan.notes, *rest],
                    "most_requests": plan.cost.requests,
                    "most_money": plan.cost.money,
                    "budget_left": left,
                }
            )
    return documents


def _lesser(one: float | None, other: float | None) -> float | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _choose_keywords(
    session: Session, collection: Collection, source: Source, words: TopicWords | None, *,
    now: datetime,
) -> tuple[TopicWords | None, list[str]]:  # fmt: skip
    """The words as they would be asked for now, and what the plan in force keeps back."""
    apart = asks_apart(source.network, collection.scope, source.options)
    if words is None or collection.task != "collect" or not apart:
        return words, []
    interval = source.interval_seconds or collection.interval_seconds
    turns = list_turns(session, collection, words.ids, interval=interval, now=now)
    chosen = {turn.phrase for turn in choose_due(turns, now=now)}
    if not turns or len(chosen) == len(words.keywords):
        return words, []
    resting = ", ".join(one for one in words.keywords if one not in chosen)
    note = Sentence("not their turn by the budget that is switched on: %(words)s", words=resting)
    return replace(words, keywords=tuple(w for w in words.keywords if w in chosen)), [note]


def _plan(
    workspace: Workspace,
    collection: Collection,
    source: Source,
    words: TopicWords | None,
    budget: Budget,
    due: int,
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
        settings = collector_settings(
            workspace, source.network, url=source.url, options=source.options,
            approval_ref=source.approval_ref, clock=clock, stream=collection.topic_id is None,
        )  # fmt: skip
        collector, lacking = _build(source.network, settings)
    except (Misconfigured, Refused) as error:
        return Plan((), Cost(), (_lacking(error),))
    plan = _plan_task(workspace, collection, source, collector, query, due)
    return replace(plan, notes=(*plan.notes, lacking)) if lacking else plan


def _build(network: str, settings: CollectorSettings) -> tuple[Collector, str | None]:
    """The collector, and why it would not run: nobody is asked for a plan, so it needs no key."""
    try:
        return build_collector(network, settings), None
    except Unauthorised as error:
        lacking = _lacking(error)
    given = {name: key for name, key in settings.secrets.items() if key.get_secret_value().strip()}
    unset = dict.fromkeys(traits_of(network).secrets, SecretStr("not-set"))
    return build_collector(network, replace(settings, secrets=unset | given)), lacking


def _plan_task(
    workspace: Workspace,
    collection: Collection,
    source: Source,
    collector: Collector,
    query: Query,
    due: int,
) -> Plan:
    budget = query.budget
    if collection.task == "collect" and isinstance(collector, Plans):
        cursor = Cursor(collection.cursor) if collection.cursor else None
        return collector.plan(query, cursor, limit=workspace.settings.collect.run_items)
    if isinstance(collector, ReadsProfiles) and collection.task == "profiles":
        return collector.plan_profiles(due)
    if collection.task == "collect":
        what = Sentence("listens to everything public")
        if collection.topic_id:
            words = ", ".join(query.keywords[:8])
            what = Sentence("asks for the topic's words: %(words)s", words=words)
        return Plan((what,), Cost(), (_price(workspace, source, budget),))
    return _plan_stored(workspace, source, collection.task, due, budget)


def _plan_stored(workspace: Workspace, source: Source, task: str, due: int, budget: Budget) -> Plan:
    """What asking again about what is stored would take: nothing where none of it is due."""
    if not due:
        return Plan((), Cost(), (Sentence("nothing that is stored is due to be asked for again"),))
    is_priced = source.network in workspace.settings.prices
    most = Cost(requests=due, money=(budget.money or 0.0) if is_priced else 0.0)
    notes = [_price(workspace, source, budget)]
    if task == "recheck":
        asked = Sentence("asks whether %(n)s stored posts still exist", n=due)
        return Plan((asked,), most, tuple(notes))
    notes.append(Sentence("the requests are for one page of each: more where many people engaged"))
    asked = Sentence("reads who engaged with %(n)s stored posts", n=due)
    return Plan((asked,), most + Cost(requests=4 * due), tuple(notes))


def _lacking(error: Exception) -> str:
    return Sentence("would not run: %(why)s", why=str(error))


def _price(workspace: Workspace, source: Source, budget: Budget) -> str:
    if source.network not in workspace.settings.prices:
        return Sentence("free of charge")
    if budget.money is None:
        return Sentence("costs what the network's price list says per item")
    return Sentence(
        "costs what the network's price list says per item, and ends with the day's budget"
    )


def _count_due(
    session: Session, workspace: Workspace, collection: Collection, *, now: datetime
) -> int:
    """How much of what is stored a run would ask for."""
    if collection.task == "profiles":
        return len(unread_authors(session, workspace, collection.network, now=now))
    if collection.task == "reread":
        return len(
            due_targets(session, workspace, collection.network, collection.topic_id, now=now)
        )
    if collection.task == "recheck":
        return len(due_refs(session, workspace, collection.network, now=now))
    return 0
