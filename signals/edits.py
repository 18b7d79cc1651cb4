"""Edits of stored posts: the words are the author's, so the newest version counts alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, exists, literal, select, update
from sqlalchemy.orm import Session

from models import Account, Evidence, Match, Signal, StoredScore
from models.base import UtcDateTime
from models.upsert import insert_ignore
from signals.archive import index_signals
from signals.collectors.contract import Engagement, Own, Ref
from signals.policy import find_refusal
from signals.text import storable
from signals.tombstones import Hashes, chunks, forget


@dataclass(frozen=True, slots=True)
class FoundKeyword:
    """A keyword found in a text, with its place; without one it counts through its target.

    ``keyword_id`` is ``None`` where it is of the topic because it engages with the team itself.
    """

    topic_id: int
    keyword_id: int | None
    start: int = -1
    end: int = -1


#: An engagement with the keywords it is to be stored with.
Found = tuple[Engagement, list[FoundKeyword]]


def insert_matches(session: Session, found: Iterable[tuple[int, Sequence[FoundKeyword]]]) -> None:
    """Keep where keywords were found, by signal."""
    insert_ignore(
        session,
        Match,
        [
            {
                "signal_id": signal_id,
                "keyword_id": one.keyword_id,
                "topic_id": one.topic_id,
                "start": one.start,
                "end": one.end,
            }
            for signal_id, keywords in found
            for one in keywords
        ],
    )


def apply_edits(
    session: Session,
    edited: Sequence[Found],
    *,
    now: datetime,
    hashes: Hashes,
) -> tuple[int, ...]:
    """Take over newer versions of stored posts; they are matched as given and wait for a score.

    What counted through something else, whatever its words, still does. A version that may not be
    stored, or in which no keyword is left, removes the post. Returns the ids of prospects that
    lost evidence.
    """
    changed = _keep_standing(session, _find_changed(session, edited))
    affected: set[int] = set()
    unwanted = [e.ref for _, e, found in changed if not found or find_refusal(e) is not None]
    if unwanted:
        affected.update(forget(session, unwanted, now=now, hashes=hashes))
    gone = set(unwanted)
    kept = [(id_, e, found) for id_, e, found in changed if e.ref not in gone]
    ids = [id_ for id_, _, _ in kept]
    affected |= drop_derived(session, ids)  # words that no longer stand take it with them
    for chunk in chunks(ids):
        session.execute(delete(Match).where(Match.signal_id.in_(chunk)))
    for id_, engagement, _ in kept:
        session.execute(
            update(Signal)
            .where(Signal.id == id_)
            .values(
                text=storable(engagement.text),
                edited_at=engagement.edited_at,
                metrics={storable(name): count for name, count in engagement.metrics.items()},
                scored_at=case(
                    (Signal.own == Own.POST.value, literal(now, UtcDateTime())), else_=None
                ),
            )
        )
    index_signals(session, [id_ for id_, _, _ in kept])
    insert_matches(session, [(id_, found) for id_, _, found in kept])
    return tuple(sorted(affected))


def drop_derived(session: Session, signal_ids: Sequence[int]) -> set[int]:
    """Take away scores and evidence of these signals; returns the prospects that lost any."""
    affected: set[int] = set()
    for chunk in chunks(signal_ids):
        affected.update(
            session.scalars(select(Evidence.prospect_id).where(Evidence.signal_id.in_(chunk)))
        )
        for table in (Evidence, StoredScore):
            session.execute(delete(table).where(table.signal_id.in_(chunk)))
    return affected


def _keep_standing(
    session: Session, changed: Sequence[tuple[int, Engagement, Sequence[FoundKeyword]]]
) -> list[tuple[int, Engagement, list[FoundKeyword]]]:
    """The same with what is stored of each without a place: it is not for the words' sake."""
    standing: dict[int, list[FoundKeyword]] = {}
    for chunk in chunks([id_ for id_, _, _ in changed]):
        for signal_id, topic_id, keyword_id in session.execute(
            select(Match.signal_id, Match.topic_id, Match.keyword_id).where(
                Match.signal_id.in_(chunk), Match.start < 0
            )
        ):
            standing.setdefault(signal_id, []).append(FoundKeyword(topic_id, keyword_id))
    kept = []
    for id_, engagement, found in changed:
        known = {(one.topic_id, one.keyword_id) for one in found}
        more = [o for o in standing.get(id_, ()) if (o.topic_id, o.keyword_id) not in known]
        kept.append((id_, engagement, [*found, *more]))
    return kept


def find_stored(session: Session, refs: Sequence[Ref]) -> list[Ref]:
    """Those of which a version is stored, and the accounts of which anything is."""
    stored: list[Ref] = []
    for network in sorted({ref.network for ref in refs}):
        for chunk in chunks([ref for ref in refs if ref.network == network and ref.account]):
            authors = set(
                session.scalars(
                    select(Account.external_id).where(
                        Account.network == network,
                        Account.external_id.in_([ref.external_id for ref in chunk]),
                        exists().where(
                            Signal.account_id == Account.id, Signal.deleted_at.is_(None)
                        ),
                    )
                )
            )
            stored += [ref for ref in chunk if ref.external_id in authors]
        own = [ref for ref in refs if ref.network == network and not ref.account]
        for chunk in chunks(own):
            rows = session.execute(
                select(Signal.kind, Signal.external_id).where(
                    Signal.network == network,
                    Signal.external_id.in_([ref.external_id for ref in chunk]),
                    Signal.deleted_at.is_(None),
                )
            )
            names = {(kind, external_id) for kind, external_id in rows}
            stored += [ref for ref in chunk if (ref.kind, ref.external_id) in names]
    return stored


def _find_changed(
    session: Session, edited: Sequence[Found]
) -> list[tuple[int, Engagement, Sequence[FoundKeyword]]]:
    """Those that are stored in an older version with other words; of several the newest."""
    by_key: dict[tuple[str, str, str], tuple[Engagement, Sequence[FoundKeyword]]] = {}
    for engagement, found in edited:
        key = (engagement.network, engagement.kind.value, engagement.external_id)
        if engagement.edited_at is None:
            continue
        known = by_key.get(key)
        before = known[0].edited_at if known is not None else None
        if before is None or before < engagement.edited_at:
            by_key[key] = (engagement, found)
    changed = []
    for network in sorted({network for network, _, _ in by_key}):
        ids = sorted({external_id for name, _, external_id in by_key if name == network})
        for chunk in chunks(ids):
            rows = session.execute(
                select(Signal.id, Signal.kind, Signal.external_id, Signal.text, Signal.edited_at)
                .where(
                    Signal.network == network,
                    Signal.external_id.in_(chunk),
                    Signal.deleted_at.is_(None),
                )
            )  # fmt: skip
            for id_, kind, external_id, text, edited_at in rows:
                candidate = by_key.get((network, kind, external_id))
                if candidate is None or candidate[0].edited_at is None:
                    continue
                newer = edited_at is None or candidate[0].edited_at > edited_at
                if newer and storable(candidate[0].text) != text:
                    changed.append((id_, *candidate))
    return changed
