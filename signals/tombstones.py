"""What was deleted or suppressed: hashes that stand in the way, and the removal itself."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from models import (
    Account,
    ArchivedPost,
    Evidence,
    Match,
    Signal,
    StoredScore,
    Suppression,
    Tombstone,
    WorkspaceValue,
)
from models.upsert import insert_ignore
from signals.collectors.contract import Engagement, Ref

_T = TypeVar("_T")


def chunks(values: Sequence[_T], size: int = 5000) -> Iterable[Sequence[_T]]:
    """Slices short enough to be the parameters of one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


class Hashes:
    """The workspace's salted hashes: what is suppressed or was deleted, without saying who."""

    def __init__(self, session: Session) -> None:
        self._salt = _salt(session)
        self._suppressed = frozenset(session.scalars(select(Suppression.value_hash)))
        self._has_tombstones = bool(session.scalar(select(func.count()).select_from(Tombstone)))
        self._session = session

    def of(self, *parts: str) -> str:
        """Hash of a compound name."""
        message = "\x1f".join(parts).encode("utf-8", "surrogatepass")
        return hmac.new(self._salt, message, hashlib.sha256).hexdigest()

    def has(self, *parts: str) -> bool:
        """Whether that name is suppressed."""
        return self.of(*parts) in self._suppressed

    def refuse(self, engagement: Engagement) -> bool:
        """Whether its author is suppressed or it was deleted before."""
        author = engagement.author
        if self._suppressed:
            if self.has("account", engagement.network, author.external_id):
                return True
            handle = (author.handle or "").lower()
            if handle and self.has("handle", engagement.network, handle):
                return True
        if self._has_tombstones:
            name = self.of(engagement.network, engagement.kind.value, engagement.external_id)
            return self._session.get(Tombstone, name) is not None
        return False


def _salt(session: Session) -> bytes:
    value = session.get(WorkspaceValue, "salt")
    if value is None:
        insert_ignore(session, WorkspaceValue, [{"key": "salt", "value": secrets.token_hex(32)}])
        session.flush()
        value = session.get(WorkspaceValue, "salt")
        assert value is not None  # inserted by us or by whoever was quicker
    return bytes.fromhex(value.value)


def forget(
    session: Session, refs: Sequence[Ref], *, now: datetime, hashes: Hashes | None = None
) -> tuple[int, ...]:
    """Remove what its author or network deleted; leaves a row without words and a tombstone.

    Returns the ids of prospects that lost evidence.
    """
    hashes = hashes or Hashes(session)
    ids: set[int] = set()
    by_network: dict[str, tuple[list[str], list[str]]] = {}
    for ref in refs:
        posts, accounts = by_network.setdefault(ref.network, ([], []))
        (accounts if ref.account else posts).append(ref.external_id)
    for network, (posts, accounts) in by_network.items():
        for chunk in chunks(posts):
            ids.update(
                session.scalars(
                    select(Signal.id).where(
                        Signal.network == network,
                        Signal.deleted_at.is_(None),
                        or_(Signal.external_id.in_(chunk), Signal.record_ref.in_(chunk)),
                    )
                )
            )
            session.execute(
                delete(ArchivedPost).where(
                    ArchivedPost.network == network, ArchivedPost.external_id.in_(chunk)
                )
            )
        for chunk in chunks(accounts):
            authors = [hashes.of(network, external_id) for external_id in chunk]
            session.execute(
                delete(ArchivedPost).where(
                    ArchivedPost.network == network, ArchivedPost.author_hash.in_(authors)
                )
            )
            session.execute(  # the id stays: touches refer to it, and it must stay forgotten
                update(Account)
                .where(Account.network == network, Account.external_id.in_(chunk))
                .values(handle=None, display_name=None, url=None)
            )
            ids.update(
                session.scalars(
                    select(Signal.id)
                    .join(Account, Account.id == Signal.account_id)
                    .where(
                        Account.network == network,
                        Account.external_id.in_(chunk),
                        Signal.deleted_at.is_(None),
                    )
                )
            )
    return _erase_signals(session, sorted(ids), now, hashes)


def _erase_signals(
    session: Session, ids: Sequence[int], now: datetime, hashes: Hashes
) -> tuple[int, ...]:
    affected: set[int] = set()
    for chunk in chunks(ids):
        affected.update(
            session.scalars(select(Evidence.prospect_id).where(Evidence.signal_id.in_(chunk)))
        )
        rows = session.execute(
            select(Signal.network, Signal.kind, Signal.external_id).where(Signal.id.in_(chunk))
        )
        insert_ignore(
            session,
            Tombstone,
            [{"value_hash": hashes.of(*row), "created_at": now} for row in rows],
        )
        for table in (Evidence, Match, StoredScore):
            session.execute(delete(table).where(table.signal_id.in_(chunk)))
        session.execute(
            update(Signal)
            .where(Signal.id.in_(chunk))
            .values(text=None, url=None, metrics={}, deleted_at=now)
        )
    return tuple(sorted(affected))


def purge_archive(session: Session, *, now: datetime, days: float, rows: int) -> int:
    """Drop archived posts over their age or beyond the number kept; returns how many went."""
    old = session.execute(
        delete(ArchivedPost).where(ArchivedPost.occurred_at < now - timedelta(days=days))
    )
    newest = select(ArchivedPost.id).order_by(ArchivedPost.id.desc()).offset(rows).limit(1)
    edge = session.scalar(newest)
    gone = int(getattr(old, "rowcount", 0) or 0)
    if edge is not None:
        over = session.execute(delete(ArchivedPost).where(ArchivedPost.id <= edge))
        gone += int(getattr(over, "rowcount", 0) or 0)
    return gone
