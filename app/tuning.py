"""Weights that a manager changed, applied: evidence made again from stored scores, in slices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from app.bootstrap import Workspace
from models import Topic
from prospects.corrections import settle
from prospects.rescore import find_scored
from prospects.tuning import in_force, load_weights

_SLICE = 2000  # signals made again in one transaction


def apply_weights(workspace: Workspace, *, clock: Callable[[], datetime]) -> int:
    """Make all evidence again by the version in force if that was not done; returns signals.

    Nothing is scored anew. Interrupted, it starts over at the next tick; new signals are counted by
    the new weights meanwhile.
    """
    with workspace.db.read() as session:
        version = in_force(session)
        topic_ids = session.scalars(select(Topic.id).order_by(Topic.id)).all()
    if version is None or version.applied_at is not None:
        return 0
    done = 0
    for topic_id in topic_ids:
        last = 0
        while True:
            with workspace.db.write() as session:
                ids = find_scored(session, topic_id, after_id=last, limit=_SLICE)
                weights = load_weights(session, workspace.settings.warmth)
                settle(session, topic_id, ids, weights=weights)
            if not ids:
                break
            done += len(ids)
            last = ids[-1]
    with workspace.db.write() as session:
        current = in_force(session)
        if current is not None and current.number == version.number:  # else: another is to come
            current.applied_at = clock()
    return done
