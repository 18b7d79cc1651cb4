"""What people see of collecting: every source and every collection, its state and its cost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from models import Collection, CollectionGap, CollectionRun, Source, Spend, Topic
from signals.policy import terms_of
from signals.sources import describe_source
from signals.spending import day_of
from signals.targets import count_unchecked


def list_collections(
    workspace: Workspace, *, now: datetime, count_late: bool = False
) -> list[dict[str, Any]]:
    """Every active collection as a document, in the order of sources and topics.

    ``state`` is listening, running, waiting (after a failure), budget (until tomorrow) or paused;
    ``do`` says who must do what. ``items``, ``matched`` and ``cost`` are of the last run,
    ``cost_today`` of the day in UTC. ``gap`` is the newest one that is known. ``late``, of a
    re-check and only on request, since it reads all that is stored, counts the posts that were not
    asked for within the time the network's terms allow.
    """
    with workspace.db.read() as session:
        topics = {row[0]: row[1] for row in session.execute(select(Topic.id, Topic.name))}
        rows = session.execute(
            select(Collection, Source)
            .join(Source, Source.id == Collection.source_id)
            .where(Collection.active)
            .order_by(Source.name, Collection.topic_id, Collection.task, Collection.scope)
        ).all()
        runs = _last_runs(session)
        gaps = _last_gaps(session)
        spent = _spent_today(session, now)
        late = {
            collection.network: _count_late(session, collection.network, now)
            for collection, _ in rows
            if count_late and collection.task == "recheck"
        }
        return [
            _describe(
                collection, source, topics, runs.get(collection.id), gaps.get(collection.id),
                spent.get(collection.id, 0.0),
                late.get(collection.network, 0) if collection.task == "recheck" else 0,
            )
            for collection, source in rows
        ]  # fmt: skip


def list_sources(workspace: Workspace, *, now: datetime) -> list[dict[str, Any]]:
    """Every source with what its collections are at."""
    collections = list_collections(workspace, now=now)
    with workspace.db.read() as session:
        sources = session.scalars(select(Source).order_by(Source.id)).all()
    documents = []
    for source in sources:
        own = [c for c in collections if c["source"] == source.name]
        runs = sorted((c for c in own if c["last_run"]), key=lambda c: str(c["last_run"]))
        collecting = [c for c in own if c["task"] == "collect"]
        paused = [c for c in collecting if c["state"] == "paused"]
        is_paused = source.paused_reason is not None or (bool(paused) and paused == collecting)
        last = runs[-1] if runs else None
        documents.append(
            {
                **describe_source(source),
                "state": "paused" if is_paused else "listening",
                "do": source.paused_reason or (paused[0]["do"] if paused else None),
                "collections": len(own),
                "paused_collections": len(paused),
                "failures": max((c["failures"] for c in own), default=0),
                "last_run": last["last_run"] if last else None,
                "outcome": last["outcome"] if last else None,
                "read": last["items"] if last else 0,
                "matched": last["matched"] if last else 0,
                "spent_today": sum(c["cost_today"] for c in own),
                "next_due_at": min((c["next_due_at"] for c in own), default=None),
            }
        )  # fmt: skip
    return documents


def _count_late(session: Session, network: str, now: datetime) -> int:
    hours = terms_of(network).recheck_hours
    if hours is None:
        return 0
    return count_unchecked(session, network, before=now - timedelta(hours=hours))


def _last_runs(session: Session) -> dict[int, CollectionRun]:
    newest = select(func.max(CollectionRun.id)).group_by(CollectionRun.collection_id)
    runs = session.scalars(select(CollectionRun).where(CollectionRun.id.in_(newest)))
    return {run.collection_id: run for run in runs}


def _last_gaps(session: Session) -> dict[int, CollectionGap]:
    newest = select(func.max(CollectionGap.id)).group_by(CollectionGap.collection_id)
    gaps = session.scalars(select(CollectionGap).where(CollectionGap.id.in_(newest)))
    return {gap.collection_id: gap for gap in gaps}


def _spent_today(session: Session, now: datetime) -> dict[int, float]:
    rows = session.execute(
        select(Spend.collection_id, func.sum(Spend.money))
        .where(Spend.spent_on == day_of(now), Spend.collection_id.is_not(None))
        .group_by(Spend.collection_id)
    )
    return {collection_id: money for collection_id, money in rows if collection_id is not None}


def _describe(
    collection: Collection,
    source: Source,
    topics: dict[int, str],
    run: CollectionRun | None,
    gap: CollectionGap | None,
    spent: float,
    late: int,
) -> dict[str, Any]:
    paused = source.paused_reason or collection.paused_reason
    is_done = run is not None and run.outcome == "done"
    do = paused or (run.error if run is not None and is_done else None)
    state = "listening"
    if paused:
        state = "paused"
    elif collection.lease_until is not None:
        state = "running"
    elif run is not None and run.outcome == "budget":
        state = "budget"
    elif collection.failures:
        state = "waiting"
    return {
        "id": collection.id,
        "source": source.name,
        "network": collection.network,
        "topic": topics.get(collection.topic_id) if collection.topic_id else None,
        "scope": collection.scope,
        "task": collection.task,
        "state": state,
        "do": do,
        "error": run.error if run is not None and not is_done else None,
        "last_run": run.started_at.isoformat() if run else None,
        "outcome": run.outcome if run else None,
        "items": run.read if run else 0,
        "matched": run.matched if run else 0,
        "stored": run.stored if run else 0,
        "malformed": run.malformed if run else 0,
        "deleted": run.deleted if run else 0,
        "requests": run.requests if run else 0,
        "cost": run.money if run else 0.0,
        "cost_today": spent,
        "gap": None
        if gap is None
        else {
            "from": gap.started_at.isoformat() if gap.started_at else None,
            "to": gap.ended_at.isoformat() if gap.ended_at else None,
            "reason": gap.reason,
        },
        "late": late,
        "failures": collection.failures,
        "interval_seconds": collection.interval_seconds,
        "next_due_at": collection.next_due_at.isoformat(),
    }
