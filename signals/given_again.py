"""Likes and reposts that were taken back and given again: one row each, which counts anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Signal
from signals.collectors.contract import Engagement, Kind
from signals.edits import Found, insert_matches
from signals.policy import find_refusal
from signals.text import storable
from signals.tombstones import Hashes, chunks

_GIVEN = frozenset({Kind.LIKE, Kind.REPOST})
_Key = tuple[str, str, str]


def give_again(
    session: Session, known: Sequence[Found], *, hashes: Hashes, now: datetime
) -> set[_Key]:
    """Of stored likes and reposts revive those taken back before; returns their identities.

    One under another record's name goes by that name from now on, so that taking it back once more
    is understood. Whoever is kept out stays out.
    """
    given = {
        (e.network, e.kind.value, e.external_id): (e, found)
        for e, found in known
        if e.kind in _GIVEN and find_refusal(e) is None
    }
    revived: set[_Key] = set()
    for chunk in chunks(sorted({external_id for _, _, external_id in given})):
        rows = session.execute(
            select(
                Signal.id, Signal.network, Signal.kind, Signal.external_id, Signal.record_ref,
                Signal.deleted_at,
            ).where(
                Signal.network.in_(sorted({network for network, _, _ in given})),
                Signal.external_id.in_(chunk),
                Signal.kind.in_(_GIVEN),
            )
        )  # fmt: skip
        for id_, network, kind, external_id, record_ref, deleted_at in rows:
            key = (network, kind, external_id)
            if key not in given:
                continue
            engagement, found = given[key]
            if not _is_another(engagement, record_ref, deleted_at):
                continue
            values: dict[str, object] = {"record_ref": engagement.record_ref or record_ref}
            if deleted_at is not None:
                if hashes.refuse_again(engagement):
                    continue
                hashes.unbury(engagement)
                insert_matches(session, [(id_, found)])
                values |= {
                    "deleted_at": None, "scored_at": None, "observed_at": now,
                    "occurred_at": min(engagement.occurred_at, now),
                    "url": storable(engagement.url),
                }  # fmt: skip
                revived.add(key)
            session.execute(update(Signal).where(Signal.id == id_).values(**values))
    return revived


def _is_another(
    engagement: Engagement, record_ref: str | None, deleted_at: datetime | None
) -> bool:
    """Whether it is another act than the stored one, and not that one heard once more.

    Records have names of their own; without them only the time tells, by which a list that lags
    still shows what was taken back.
    """
    if engagement.record_ref is not None and record_ref is not None:
        return engagement.record_ref != record_ref
    return deleted_at is not None and engagement.occurred_at > deleted_at
