"""What the archive covers: since when it holds posts, and of which networks it holds none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import ArchivedPost, ArchiveLabel, Source
from signals.policy import terms_of


@dataclass(frozen=True, slots=True)
class Coverage:
    """``since``: the oldest archived post; ``None`` where nothing that matched nothing is kept.

    ``unkept``: networks listened to of which nothing that matched nothing may be kept: what a
    change would gain there cannot be known.
    """

    since: datetime | None
    unkept: tuple[str, ...]


def load_coverage(session: Session) -> Coverage:
    """What a replay can tell of gains at all."""
    # what was judged is kept longer than what it was drawn from
    judged = ArchivedPost.id.in_(select(ArchiveLabel.archive_id))
    networks = session.scalars(select(Source.network).distinct()).all()
    return Coverage(
        session.scalar(select(func.min(ArchivedPost.occurred_at)).where(~judged)),
        tuple(sorted(network for network in networks if not terms_of(network).archive)),
    )
