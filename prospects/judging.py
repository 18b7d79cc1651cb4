"""What managers say of posts that were sampled from a topic: of signals and of archived posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from config.settings import WarmthSettings
from models import ArchivedPost, ArchiveLabel, StoredScore
from models.bulk import among
from prospects.corrections import StandingLabel, apply_label, standing_labels
from prospects.refresh import load_contexts
from signals.collectors.contract import Kind
from signals.scoring.contract import ScorerInput

#: The source of a manager's label of a signal, and of one of an archived post.
MANAGER: Final = "manager"
ARCHIVE: Final = "archive"


@dataclass(frozen=True, slots=True)
class PostKey:
    """A post by its row: in the archive or among the signals, written a12 or s5."""

    archive_id: int | None = None
    signal_id: int | None = None

    @classmethod
    def read(cls, written: str) -> PostKey:
        """What ``str`` gave; refuses anything else."""
        kind, digits = written[:1], written[1:]
        if (
            kind not in {"a", "s"}
            or not (digits.isascii() and digits.isdigit())
            or len(digits) > 18
        ):
            raise Refused(
                "%(written)s names no post.",
                "Open the topic and judge anew.",
                written=repr(written[:40]),
            )
        return cls(int(digits)) if kind == "a" else cls(None, int(digits))

    def __str__(self) -> str:
        return f"a{self.archive_id}" if self.archive_id is not None else f"s{self.signal_id}"


def judge_post(
    session: Session, topic_id: int, key: PostKey, value: int, *, author: str, now: datetime,
    weights: WarmthSettings,
) -> bool:  # fmt: skip
    """Say whether its author is a prospect of the topic; whether that was news.

    Of a signal this moves its evidence at once. What was said before stays as a row below it.
    """
    if value not in {0, 1}:
        raise Refused(
            "A judgement is 0 or 1, not %(value)s.",
            "Use 1 for a prospect, 0 for none.",
            value=value,
        )
    if judgements(session, topic_id, [key]).get(key) == value:
        return False
    if key.signal_id is not None:
        apply_label(
            session, key.signal_id, topic_id, value, MANAGER, now, weights=weights, author=author
        )
        return True
    if key.archive_id is None or session.get(ArchivedPost, key.archive_id) is None:
        raise NotFound("This post is kept no longer.", "Judge another.")
    session.add(
        ArchiveLabel(
            topic_id=topic_id, archive_id=key.archive_id, value=value, author=author[:200],
            created_at=now,
        )
    )  # fmt: skip
    session.flush()
    return True


def judgements(session: Session, topic_id: int, keys: Sequence[PostKey]) -> dict[PostKey, int]:
    """What stands of these posts."""
    found = {
        PostKey(None, one.signal_id): one.value
        for one in standing_labels(
            session, topic_id, [key.signal_id for key in keys if key.signal_id is not None]
        )
    }
    ids = [key.archive_id for key in keys if key.archive_id is not None]
    for archive_id, value in session.execute(
        select(ArchiveLabel.archive_id, ArchiveLabel.value)
        .where(ArchiveLabel.topic_id == topic_id, among(session, ArchiveLabel.archive_id, ids))
        .order_by(ArchiveLabel.id)
    ):
        found[PostKey(archive_id)] = value
    return found


def may_judge(session: Session, topic_id: int, keys: Sequence[PostKey]) -> list[PostKey]:
    """Those that can be judged for the topic: archived posts, and signals scored for it."""
    ids = [key.signal_id for key in keys if key.signal_id is not None]
    scored = set(
        session.scalars(
            select(StoredScore.signal_id).where(
                StoredScore.topic_id == topic_id, among(session, StoredScore.signal_id, ids)
            )
        )
    )
    return [key for key in keys if key.signal_id is None or key.signal_id in scored]


def load_archive_lessons(
    session: Session, topic_id: int
) -> list[tuple[StandingLabel, ScorerInput, str]]:
    """What was said last of each archived post, with the post as a scorer reads it, its network.

    ``signal_id`` of such a label is the archive's number below zero: no signal has one.
    """
    context = load_contexts(session).get(topic_id)
    if context is None:
        return []
    rows = session.execute(
        select(
            ArchiveLabel.id, ArchiveLabel.archive_id, ArchiveLabel.value, ArchiveLabel.created_at,
            ArchivedPost.text, ArchivedPost.language, ArchivedPost.network,
        )
        .join(ArchivedPost, ArchivedPost.id == ArchiveLabel.archive_id)
        .where(ArchiveLabel.topic_id == topic_id)
        .order_by(ArchiveLabel.id)
    )  # fmt: skip
    latest: dict[int, tuple[StandingLabel, ScorerInput, str]] = {}
    for row in rows:
        latest[row.archive_id] = (
            StandingLabel(row.id, -row.archive_id, row.value, ARCHIVE, row.created_at),
            ScorerInput(row.text, row.language, Kind.POST.value, context),
            row.network,
        )
    return [
        latest[archive_id] for archive_id in sorted(latest) if latest[archive_id][1].text.strip()
    ]
