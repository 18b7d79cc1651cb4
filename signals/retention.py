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
from signals.lapsed import lapse
from signals.policy import kept_lifetime, name_lifetime, text_lifetime
from signals.targets import is_held

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
    go; a signal without words is shown without a quote.
    """
    gone = 0
    invented_until = _invented_until(session)
    for network, limit in _limits(session, text_lifetime).items():
        seen_at = func.coalesce(Visit.checked_at, Signal.observed_at)
        ids = session.scalars(
            select(Signal.id)
            .outerjoin(Visit, Visit.signal_id == Signal.id)
            .where(
                Signal.network == network,
                Signal.text.is_not(None),
                Signal.id > invented_until,
                seen_at < now - limit,
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


def purge_kept(session: Session, *, now: datetime) -> tuple[int, set[int]]:
    """Let lapse what was heard longer ago than its network is asked for it again.

    Returns how many went, at most some thousands at a time, and the prospects that lost evidence.
    """
    gone = 0
    affected: set[int] = set()
    for network, longest in _limits(session, kept_lifetime).items():
        if longest is None:
            continue
        ids = session.scalars(
            select(Signal.id)
            .where(
                *is_held(network),
                Signal.id > _invented_until(session),
                Signal.observed_at < now - longest,
            )
            .order_by(Signal.id)
            .limit(_BATCH)
        ).all()
        gone += len(ids)
        affected |= lapse(session, ids, now=now)
    return gone, affected


def _invented_until(session: Session) -> int:
    marked = session.get(WorkspaceValue, _INVENTED_UNTIL)
    return int(marked.value) if marked is not None else 0


def purge_names(session: Session, *, now: datetime) -> int:
    """Drop names and links of accounts not seen at their network for too long; returns how many.

    Seen is what of theirs is stored, was found there again, or their profile. The number that the
    network gave an account stays: what was done with a person refers to it.
    """
    gone = 0
    invented_until = _invented_until(session)
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
