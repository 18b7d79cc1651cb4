"""When stored posts were read again, asked for, found or missed at their network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import Signal, Visit
from models.upsert import upsert
from signals.collectors.contract import Engagement, Kind, Ref
from signals.text import storable
from signals.tombstones import chunks

_HOLDING = (Kind.POST, Kind.COMMENT, Kind.QUOTE)  # kinds that are asked for again
#: How much later what an answer left out must be left out again to be gone: one fault of a network
#: rarely lasts so long. Re-checks come hourly to twice a day, so a deletion counts within the day.
SECOND_LOOK: Final = timedelta(hours=3)
#: The same where nothing else was shown in between, which would say that the network answers.
_LONGER_LOOK: Final = timedelta(hours=12)


def mark_reread(
    session: Session, refs: Sequence[Ref], *, seen: Sequence[Engagement] = (), now: datetime
) -> None:
    """The engagements of these were read to the end, as far as the counts on ``seen`` tell."""
    _mark(session, refs, reread_at=now)
    read = {(ref.network, ref.external_id) for ref in refs}
    for engagement in seen:
        if (engagement.network, engagement.external_id) in read and engagement.kind in _HOLDING:
            counts = {storable(name): count for name, count in engagement.metrics.items()}
            session.execute(
                update(Signal)
                .where(
                    Signal.network == engagement.network,
                    Signal.kind == engagement.kind.value,
                    Signal.external_id == engagement.external_id,
                    Signal.deleted_at.is_(None),
                )
                .values(metrics=counts)
            )


def mark_checked(session: Session, refs: Sequence[Ref], *, now: datetime) -> None:
    """These were asked for and the network answered."""
    _mark(session, refs, checked_at=now, missed_at=None)


def find_lasting(session: Session, refs: Sequence[Ref], *, now: datetime) -> list[Ref]:
    """Those left out of an answer that were left out hours ago already; notes it of the others.

    A network that has shown nothing of the kind since then may have answered nobody for hours: what
    it left out is gone only much later.
    """
    missed: dict[Ref, datetime | None] = {}
    for network in sorted({ref.network for ref in refs}):
        for chunk in chunks([ref.external_id for ref in refs if ref.network == network]):
            rows = session.execute(
                select(Signal.kind, Signal.external_id, Visit.missed_at)
                .join(Visit, Visit.signal_id == Signal.id)
                .where(Signal.network == network, Signal.external_id.in_(chunk))
            )
            missed |= {Ref(network, Kind(kind), name): at for kind, name, at in rows}
    _mark(session, [ref for ref in refs if missed.get(ref) is None], missed_at=now)
    since = {ref: at for ref in refs if (at := missed.get(ref)) is not None}
    long_ago = [ref for ref, at in since.items() if at <= now - SECOND_LOOK]
    shown = {
        (network, kind): _last_shown(session, network, kind)
        for network, kind in {(ref.network, ref.kind) for ref in long_ago}
    }
    return [
        ref
        for ref in long_ago
        if since[ref] <= now - _LONGER_LOOK
        or ((at := shown[ref.network, ref.kind]) is not None and at > since[ref])
    ]


def _last_shown(session: Session, network: str, kind: Kind | None) -> datetime | None:
    """When a network last showed a stored post or comment that was asked for again."""
    return session.scalar(
        select(func.max(Visit.checked_at))
        .join(Signal, Signal.id == Visit.signal_id)
        .where(Signal.network == network, Signal.kind == kind)
    )


def mark_asked(session: Session, refs: Sequence[Ref], *, now: datetime) -> None:
    """These are asked for in this order, answered or not.

    The first goes behind the others: should the asking break off at it, another one leads the next
    time, and what stands behind it is reached.
    """
    _mark(session, refs[1:], asked_at=now)
    _mark(session, refs[:1], asked_at=now + timedelta(microseconds=1))


def _mark(session: Session, refs: Sequence[Ref], **values: datetime | None) -> None:
    ids: list[int] = []
    for network in sorted({ref.network for ref in refs}):
        for chunk in chunks([ref.external_id for ref in refs if ref.network == network]):
            ids += session.scalars(
                select(Signal.id).where(
                    Signal.network == network,
                    Signal.external_id.in_(chunk),
                    Signal.kind.in_(_HOLDING),
                )
            )
    rows = [{"signal_id": id_, **values} for id_ in ids]
    upsert(session, Visit, rows, key=["signal_id"], update=list(values))
