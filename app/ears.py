"""The listener of a process: built anew when a topic changed, used by one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from sqlalchemy import select

from app.bootstrap import Workspace
from app.jobs import build_listener
from models import Topic
from signals.collectors.contract import Engagement
from signals.listening import Listener, Selection


class Ears:
    """Matches pages; ``refresh`` before a run, so that an edit takes effect with the next one.

    Matching is bound by the processor, so threads lose nothing by taking turns, and the libraries
    behind it are not made for several at once.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._turn = threading.Lock()
        self._built_from: tuple[tuple[int, int], ...] | None = None
        self._listener: Listener | None = None

    def refresh(self) -> None:
        """Read the topics again if any was added, changed or switched."""
        with self._turn:
            self._build()

    def _build(self) -> Listener:
        with self._workspace.db.read() as session:
            versions = tuple(
                (topic_id, version)
                for topic_id, version in session.execute(
                    select(Topic.id, Topic.version).where(Topic.active).order_by(Topic.id)
                )
            )
        if self._listener is None or versions != self._built_from:
            self._listener = build_listener(self._workspace, archive=True)
            self._built_from = versions
        return self._listener

    def select(
        self, engagements: Sequence[Engagement], *, own_topics: Sequence[int] = ()
    ) -> Selection:
        """What matched of a page, by the topics as they were at the last ``refresh``."""
        with self._turn:
            listener = self._listener or self._build()
            return listener.select(engagements, own_topics=own_topics)
