"""Store what a collector brought: one page, one transaction, data and cursor together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import ArchivedPost, Signal
from models.upsert import insert_for, insert_ignore
from signals.accounts import name_accounts, store_accounts, take_as_own
from signals.collectors.contract import WORDLESS_KINDS, Engagement, Own, Ref
from signals.edits import Found, FoundKeyword, apply_edits, find_stored, insert_matches
from signals.given_again import give_again
from signals.listening import Counts, Selection
from signals.own import Team, adopt, inherit
from signals.policy import find_refusal, terms_of
from signals.text import cut, storable
from signals.tombstones import Hashes, chunks, forget
from signals.topics import Hit

_ROUNDS = 5  # how deep a reply to a reply to a matched post may stand within one page


def store_page(
    session: Session, selection: Selection, deletions: Sequence[Ref], *, now: datetime
) -> tuple[Counts, tuple[int, ...]]:
    """Store a matched page, take over edits of what is stored, and honour its deletions.

    Returns the counts and the ids of prospects that lost evidence, for ``prospects.refresh``.
    """
    counts = Counts()
    counts.add(selection.counts)
    hashes = Hashes(session)
    hashes.load([e for e, _ in selection.matched])
    team = Team(session, selection)
    matched = [
        (claimed, [*_matches(hits), *team.of_topics(engagement)])
        for engagement, hits in selection.matched
        if (claimed := team.claim(engagement)) is not None
    ]
    waiting = [e for e in map(team.claim, selection.dependent) if e is not None]
    waiting.sort(key=lambda e: (e.occurred_at, e.external_id))
    affected = set(_take_edits(session, selection, matched, waiting, hashes, now))
    own = [pair for pair in matched if pair[0].own is Own.POST]
    others = [pair for pair in matched if pair[0].own is not Own.POST]
    affected |= _store(session, own, counts, hashes, now)
    others = team.find_engaged(session, others)
    affected |= _store(session, others, counts, hashes, now)
    heard: set[tuple[str, str, str]] = set()
    for _ in range(_ROUNDS):
        inherited = inherit(session, waiting)
        if not inherited:
            break
        affected |= _store(session, [pair for _, pair in inherited], counts, hashes, now)
        done = {id(engagement) for engagement, _ in inherited}
        heard |= {_key(engagement) for engagement, _ in inherited}
        waiting = [engagement for engagement in waiting if id(engagement) not in done]
    counts.own_accounts |= take_as_own(session, team.marked)
    _archive(session, selection, hashes, heard)
    deletions = [*deletions, *find_stored(session, selection.lapsed)]
    affected |= {*forget(session, deletions, now=now, hashes=hashes)} if deletions else set()
    return counts, tuple(sorted(affected))


def _take_edits(
    session: Session,
    selection: Selection,
    matched: Sequence[Found],
    waiting: Sequence[Engagement],
    hashes: Hashes,
    now: datetime,
) -> tuple[int, ...]:
    """Newer versions with what is found in them; one that holds no keyword may still count."""
    edits: list[Found] = [pair for pair in matched if pair[0].edited_at is not None]
    edits += [(engagement, []) for engagement in selection.unheard]
    answers = [engagement for engagement in waiting if engagement.edited_at is not None]
    if answers:
        found = {id(engagement): pair[1] for engagement, pair in inherit(session, answers)}
        edits += [(engagement, found.get(id(engagement), [])) for engagement in answers]
    return apply_edits(session, edits, now=now, hashes=hashes)


def _matches(hits: tuple[Hit, ...]) -> list[FoundKeyword]:
    first: dict[int, FoundKeyword] = {}  # one row per keyword: its first place
    for hit in hits:
        first.setdefault(
            hit.keyword_id, FoundKeyword(hit.topic_id, hit.keyword_id, hit.start, hit.end)
        )
    return list(first.values())


def _store(
    session: Session,
    matched: Sequence[Found],
    counts: Counts,
    hashes: Hashes,
    now: datetime,
) -> set[int]:
    """Store what is new of these; returns the prospects that must be ranked again."""
    if not matched:
        return set()
    counts.matched += len(matched)
    fresh: dict[tuple[str, str, str], Found] = {}
    known = _known(session, [engagement for engagement, _ in matched])
    again = give_again(
        session, [pair for pair in matched if _key(pair[0]) in known], hashes=hashes, now=now
    )
    counts.stored += len(again)
    for engagement, found in matched:
        key = _key(engagement)
        if key in again:
            continue
        if key in known or key in fresh:
            counts.duplicate += 1
            if key in fresh and engagement.kind in WORDLESS_KINDS:
                fresh[key] = (engagement, found)  # taken back in between: the last one stands
        elif hashes.refuse(engagement) or (
            (engagement.kind in WORDLESS_KINDS or not found or found[0].start < 0)
            and find_refusal(engagement) is not None
        ):
            counts.suppressed += 1
        else:
            fresh[key] = (engagement, found)
    name_accounts(session, [e for e, _ in matched if _key(e) in known])
    affected = adopt(session, [pair for pair in matched if _key(pair[0]) in known], now=now)
    if not fresh:
        return affected
    accounts = store_accounts(session, [engagement for engagement, _ in fresh.values()], now)
    ids = _insert_signals(session, [e for e, _ in fresh.values()], accounts, now)
    counts.stored += len(ids)
    counts.duplicate += len(fresh) - len(ids)  # another process was quicker
    insert_matches(session, [(ids[key], found) for key, (_, found) in fresh.items() if key in ids])
    return affected


def _key(engagement: Engagement) -> tuple[str, str, str]:
    return engagement.network, engagement.kind.value, engagement.external_id


def _known(session: Session, engagements: Sequence[Engagement]) -> set[tuple[str, str, str]]:
    known: set[tuple[str, str, str]] = set()
    for network in sorted({e.network for e in engagements}):
        ids = sorted({e.external_id for e in engagements if e.network == network})
        for chunk in chunks(ids):
            rows = session.execute(
                select(Signal.kind, Signal.external_id).where(
                    Signal.network == network, Signal.external_id.in_(chunk)
                )
            )
            known.update((network, kind, external_id) for kind, external_id in rows)
    return known


def _insert_signals(
    session: Session,
    engagements: Sequence[Engagement],
    accounts: Mapping[tuple[str, str], int],
    now: datetime,
) -> dict[tuple[str, str, str], int]:
    rows = [
        {
            "network": e.network,
            "kind": e.kind.value,
            "external_id": e.external_id,
            "account_id": accounts[e.network, e.author.external_id],
            "text": storable(e.text) if terms_of(e.network).store_text else None,
            "url": storable(e.url),
            "community": cut(e.community, 300),
            "target_external_id": e.target_external_id,
            "parent_external_id": e.parent_external_id,
            "record_ref": e.record_ref,
            "own": e.own.value if e.own is not None else None,
            "language": cut(e.language, 16),
            "metrics": {storable(name): count for name, count in e.metrics.items()},
            "occurred_at": min(e.occurred_at, now),  # a clock that is ahead gains nothing by it
            "edited_at": e.edited_at,
            "observed_at": now,
            "scored_at": now if e.own is Own.POST else None,  # nobody's signal waits for no score
        }
        for e in engagements
    ]
    statement = (
        insert_for(session, Signal)
        .on_conflict_do_nothing()
        .returning(Signal.network, Signal.kind, Signal.external_id, Signal.id)
    )
    return {
        (network, kind, external_id): id_
        for network, kind, external_id, id_ in session.execute(statement, rows)
    }


def _archive(
    session: Session, selection: Selection, hashes: Hashes, heard: set[tuple[str, str, str]]
) -> None:
    edited = [
        engagement
        for engagement in (
            *(of for of, _ in selection.matched), *selection.dependent, *selection.unheard,
            *selection.archived,
        )
        if engagement.edited_at is not None
    ]  # fmt: skip
    _drop_outdated(session, edited, selection.lapsed)
    heard |= _known(session, edited)  # a signal that was edited is no passing post
    insert_ignore(
        session,
        ArchivedPost,
        [
            {
                "network": e.network,
                "kind": e.kind.value,
                "external_id": e.external_id,
                "author_hash": hashes.of(e.network, e.author.external_id),
                "text": storable(e.text),
                "language": cut(e.language, 16),
                "share": selection.archive_share,
                "occurred_at": e.occurred_at,
            }
            for e in selection.archived
            if _key(e) not in heard and not hashes.refuse(e)
        ],
    )


def _drop_outdated(session: Session, edited: Sequence[Engagement], lapsed: Sequence[Ref]) -> None:
    """Take archived posts whose author has changed their words since out of the archive.

    ``lapsed``: whose newest words may not be kept at all.
    """
    now = {(e.network, e.external_id): storable(e.text) for e in edited}
    now |= {(ref.network, ref.external_id): None for ref in lapsed}
    for network in sorted({network for network, _ in now}):
        words = {external_id: text for (of, external_id), text in now.items() if of == network}
        for chunk in chunks(sorted(words)):
            rows = session.execute(
                select(ArchivedPost.id, ArchivedPost.external_id, ArchivedPost.text).where(
                    ArchivedPost.network == network, ArchivedPost.external_id.in_(chunk)
                )
            )
            old = [id_ for id_, external_id, kept in rows if kept != words[external_id]]
            session.execute(delete(ArchivedPost).where(ArchivedPost.id.in_(old)))
