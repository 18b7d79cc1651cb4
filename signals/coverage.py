"""What the archive covers: since when it holds posts, and of which networks it holds none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ArchivedPost, ArchiveLabel, Source
from signals.policy import terms_of

_SHORTER: Final = timedelta(days=1)


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
    networks = session.scalars(select(Source.network).distinct()).all()
    return Coverage(
        _load_oldest(session),
        tuple(sorted(network for network in networks if not terms_of(network).archive)),
    )


def find_later(session: Session, since: datetime | None) -> tuple[tuple[str, datetime | None], ...]:
    """Networks of which posts are kept for over a day less than since then, with since when.

    ``None``: none yet. Reads many rows where a network was added lately.
    """
    networks = sorted(session.scalars(select(Source.network).distinct()))
    found: list[tuple[str, datetime | None]] = []
    for network in networks if since is not None else ():
        if terms_of(network).archive:
            oldest = _load_oldest(session, network)
            if oldest is None or since is None or oldest - since > _SHORTER:
                found.append((network, oldest))
    return tuple(found)


def _load_oldest(session: Session, network: str | None = None) -> datetime | None:
    of = () if network is None else (ArchivedPost.network == network,)
    if of and session.scalar(select(ArchivedPost.id).where(*of).limit(1)) is None:
        return None  # told by the index of names, without looking at every post
    # what was judged is kept longer than what it was drawn from
    judged = ArchivedPost.id.in_(select(ArchiveLabel.archive_id))
    return session.scalar(
        select(ArchivedPost.occurred_at)
        .where(*of, ~judged)
        .order_by(ArchivedPost.occurred_at)
        .limit(1)
    )
