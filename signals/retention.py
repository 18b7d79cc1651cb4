"""Words are kept only as long as the network's terms, or a source's own shorter limit, allow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models import Account, CollectionRun, Signal, Source, Visit, WorkspaceValue
from models.upsert import insert_ignore
from signals.archive import drop_words
from signals.policy import kept_lifetime, name_lifetime, text_lifetime

_Limit = TypeVar("_Limit", timedelta, timedelta | None)
_BATCH = 5_000  # signals per transaction: others write in between
_INVENTED_UNTIL = "sample_signals"


def mark_invented(session: Session) -> None:
    """Everybody stored so far is made up: no network's terms bind these words.

    Of the sample workspace alone, right after its own file was read. What is imported into it
    later is kept only as long as everywhere else.
    """
    newest = session.scalar(select(func.max(Signal.id))) or 0
    rows = [{"key": _INVENTED_UNTIL, "value": str(newest)}]
    insert_ignore(session, WorkspaceValue, rows)


def purge_texts(session: Session, *, now: datetime) -> int:
    """Drop the words of signals not seen at their network for too long; returns how many.

    At most some thousands at a time: call it until it returns 0. What was derived stays, the words
    go; a signal without words is shown without a quote, and is not asked for again. Where a
    network's words are kept for a time only, they go after it though they were seen since.
    """
    gone = 0
    marked = session.get(WorkspaceValue, _INVENTED_UNTIL)
    invented_until = int(marked.value) if marked is not None else 0
    kept = _limits(session, kept_lifetime)
    for network, limit in _limits(session, text_lifetime).items():
        longest = kept[network]
        seen_at = func.coalesce(Visit.checked_at, Signal.observed_at)
        ids = session.scalars(
            select(Signal.id)
            .outerjoin(Visit, Visit.signal_id == Signal.id)
            .where(
                Signal.network == network,
                Signal.text.is_not(None),
                Signal.id > invented_until,
                (seen_at < now - limit)
                if longest is None
                else (seen_at < now - limit) | (Signal.observed_at < now - longest),
            )
            .order_by(Signal.id)
            .limit(_BATCH - gone)
        ).all()
        if ids:
            drop_words(session, ids)
            session.execute(update(Signal).where(Signal.id.in_(ids)).values(text=None))
            gone += len(ids)
        if gone >= _BATCH:
            break
    return gone


def purge_names(session: Session, *, now: datetime) -> int:
    """Drop names and links of accounts not seen at their network for too long; returns how many.

    Seen is what of theirs is stored, was found there again, or their profile. The number that the
    network gave an account stays: what was done with a person refers to it.
    """
    gone = 0
    marked = session.get(WorkspaceValue, _INVENTED_UNTIL)
    invented_until = int(marked.value) if marked is not None else 0
    for network, limit in _limits(session, name_lifetime).items():
        before = now - limit
        seen_at = func.coalesce(Visit.checked_at, Signal.observed_at)
        seen = (
            select(Signal.id)
            .outerjoin(Visit, Visit.signal_id == Signal.id)
            .where(
                Signal.account_id == Account.id,
                Signal.deleted_at.is_(None),
                (seen_at >= before) | (Signal.id <= invented_until),
            )
        )
        ids = session.scalars(
            select(Account.id)
            .where(
                Account.network == network,
                Account.handle.is_not(None) | Account.display_name.is_not(None),
                Account.first_seen_at < before,
                Account.profile_read_at.is_(None) | (Account.profile_read_at < before),
                ~seen.exists(),
            )
            .order_by(Account.id)
            .limit(_BATCH - gone)
        ).all()
        if ids:
            nothing = {"handle": None, "display_name": None, "url": None}
            session.execute(update(Account).where(Account.id.in_(ids)).values(**nothing))
            gone += len(ids)
        if gone >= _BATCH:
            break
    return gone


def _limits(session: Session, lifetime: Callable[[str, float | None], _Limit]) -> dict[str, _Limit]:
    """How long each network's words or names may be kept: by its terms, or its strictest source."""
    rows = session.execute(
        select(Source.network, func.min(Source.retention_days)).group_by(Source.network)
    )
    shortest = {row[0]: row[1] for row in rows}
    networks = session.scalars(select(Signal.network).distinct()).all()
    return {network: lifetime(network, shortest.get(network)) for network in sorted(networks)}


def purge_runs(session: Session, *, now: datetime, days: float) -> int:
    """Drop runs over their age; what they spent and missed stays."""
    done = session.execute(
        delete(CollectionRun).where(CollectionRun.started_at < now - timedelta(days=days))
    )
    return int(getattr(done, "rowcount", 0) or 0)
