"""What a manager changed, applied in slices: evidence by new weights, fit by new topics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update

from app.bootstrap import Workspace
from models import Topic
from prospects.corrections import settle
from prospects.place import find_place
from prospects.refit import load_unplaced, next_prospects, store_places
from prospects.refresh import recompute
from prospects.rescore import find_scored
from prospects.tuning import in_force, load_weights

_SLICE = 2000  # signals made again in one transaction
_PEOPLE = 500  # prospects judged again in one transaction


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


def apply_fit(workspace: Workspace) -> int:
    """Judge the fit of every prospect of topics whose languages or places changed; returns them.

    What their words say of where they live is read where nobody read it before. Interrupted, it
    starts over; what comes in meanwhile is judged by the new topic.
    """
    with workspace.db.read() as session:
        waiting = session.execute(
            select(Topic.id, Topic.version).where(~Topic.fit_applied).order_by(Topic.id)
        ).all()
    done = 0
    for topic_id, version in waiting:
        last = 0
        while True:
            with workspace.db.read() as session:
                ids = next_prospects(session, topic_id, after_id=last, limit=_PEOPLE)
                words = load_unplaced(session, ids)
            if not ids:
                break
            places = [(*row, find_place(text)) for row, text in words]
            with workspace.db.write() as session:
                store_places(session, [one for one in places if one[2] is not None])
                recompute(session, ids)
            done += len(ids)
            last = ids[-1]
        with workspace.db.write() as session:  # unless it was changed again meanwhile
            session.execute(
                update(Topic)
                .where(Topic.id == topic_id, Topic.version == version)
                .values(fit_applied=True)
            )
    return done
