"""The first list of a new workspace: as soon as the networks brought a little, not tomorrow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.first_steps import note_built, read_first_list
from app.jobs import build_all_lists
from models import Assignment, Collection, CollectionRun, Prospect, Rep, Signal, Source, Topic

_log = structlog.get_logger("setup")


@dataclass(frozen=True, slots=True)
class Brought:
    """What is there so far: items ``read``, signals ``matched``, people ranked, places filled.

    ``error``: the newest failure of a source, with its network, where nothing came yet.
    """

    read: int
    matched: int
    people: int
    listed: int
    running: int
    error: tuple[str, str] | None = None


def build_when_asked(
    workspace: Workspace, *, clock: Callable[[], datetime], score: Callable[[], None]
) -> bool:
    """Build the list somebody waits for, once every source was asked or its time is up.

    Repeatable: whoever stops in between starts again here. Returns whether it built.
    """
    with workspace.db.read() as session:
        asked = read_first_list(session)
        if asked.asked_at is None or asked.built_at is not None:
            return False
        patience = timedelta(seconds=workspace.settings.lists.first_seconds)
        if clock() - asked.asked_at < patience and is_listening(session):
            return False
    score()
    builds = build_all_lists(workspace, on=None, now=clock())
    with workspace.db.write() as session:
        note_built(session, now=clock())
    _log.info("first list", people=sum(len(build.lists) for build in builds))
    return True


def is_listening(session: Session) -> bool:
    """Whether a source that is switched on has not answered once."""
    sources = session.scalars(select(Source.id).where(Source.paused_reason.is_(None))).all()
    if not sources or session.scalar(select(Topic.id).where(Topic.active).limit(1)) is None:
        return False
    ended = select(CollectionRun.collection_id).where(CollectionRun.ended_at.is_not(None))
    own = (
        Collection.active
        & (Collection.task == "collect")
        & Collection.source_id.in_(sources)
        & Collection.paused_reason.is_(None)
    )
    if session.scalar(select(Collection.id).where(own).limit(1)) is None:
        # made at the next tick; a source whose topic names no place never gets one
        return session.scalar(select(CollectionRun.id).limit(1)) is None
    waiting = select(Collection.id).where(own, Collection.id.not_in(ended))
    return session.scalar(waiting.limit(1)) is not None


def read_brought(session: Session, *, team_ids: list[int]) -> Brought:
    """What a new workspace has so far; ``listed`` of these teams alone."""
    read = session.scalar(select(func.sum(CollectionRun.read))) or 0
    listed = (
        select(func.count(Assignment.id))
        .join(Rep, Rep.id == Assignment.rep_id)
        .where(Rep.team_id.in_(team_ids), Assignment.closed_at.is_(None))
    )
    failed = session.execute(
        select(Source.network, CollectionRun.error)
        .join(Collection, Collection.source_id == Source.id)
        .join(CollectionRun, CollectionRun.collection_id == Collection.id)
        .where(CollectionRun.error.is_not(None), Collection.task == "collect")
        .order_by(CollectionRun.id.desc())
        .limit(1)
    ).first()
    running = select(func.count(Collection.id)).where(Collection.lease_until.is_not(None))
    return Brought(
        read=int(read),
        matched=session.scalar(select(func.count(Signal.id))) or 0,
        people=session.scalar(select(func.count(Prospect.person_id.distinct()))) or 0,
        listed=session.scalar(listed) or 0,
        running=session.scalar(running) or 0,
        error=(failed[0], failed[1] or "") if failed is not None and not read else None,
    )
