"""Store what a collector brought: one page, one transaction, data and cursor together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models import Account, ArchivedPost, Match, Person, Signal
from models.upsert import insert_for, insert_ignore
from signals.collectors.contract import WORDLESS_KINDS, Author, Engagement, Kind, Ref
from signals.edits import FoundKeyword, apply_edits, find_stored, insert_matches
from signals.listening import Counts, Selection
from signals.policy import find_refusal, terms_of
from signals.profile import read_profile
from signals.text import cut, storable
from signals.tombstones import Hashes, chunks, forget
from signals.topics import Hit

_ROUNDS = 5  # how deep a reply to a reply to a matched post may stand within one page
_HOLDING = (Kind.POST, Kind.COMMENT, Kind.QUOTE)  # kinds that can be a target


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
    edits = [(e, _matches(hits)) for e, hits in selection.matched if e.edited_at is not None]
    changed = apply_edits(session, edits, now=now, hashes=hashes)
    _store(session, [(e, _matches(hits)) for e, hits in selection.matched], counts, hashes, now)
    waiting = sorted(selection.dependent, key=lambda e: (e.occurred_at, e.external_id))
    heard: set[tuple[str, str, str]] = set()
    for _ in range(_ROUNDS):
        inherited = _inherit(session, waiting)
        if not inherited:
            break
        _store(session, inherited, counts, hashes, now)
        done = {id(engagement) for engagement, _ in inherited}
        heard |= {_key(engagement) for engagement, _ in inherited}
        waiting = [engagement for engagement in waiting if id(engagement) not in done]
    _archive(session, selection, hashes, heard)
    deletions = [*deletions, *find_stored(session, selection.lapsed)]
    affected = forget(session, deletions, now=now, hashes=hashes) if deletions else ()
    return counts, tuple(sorted({*affected, *changed}))


def _matches(hits: tuple[Hit, ...]) -> list[FoundKeyword]:
    first: dict[int, FoundKeyword] = {}  # one row per keyword: its first place
    for hit in hits:
        first.setdefault(
            hit.keyword_id, FoundKeyword(hit.topic_id, hit.keyword_id, hit.start, hit.end)
        )
    return list(first.values())


def _inherit(
    session: Session, waiting: Sequence[Engagement]
) -> list[tuple[Engagement, list[FoundKeyword]]]:
    """Those whose target is a stored signal, with the target's keywords."""
    wanted = {(e.network, e.target_external_id) for e in waiting}
    if not wanted:
        return []
    found: dict[tuple[str, str], list[FoundKeyword]] = {}
    for network in sorted({network for network, _ in wanted}):
        ids = sorted(target for name, target in wanted if name == network and target)
        for chunk in chunks(ids):
            rows = session.execute(
                select(Signal.external_id, Match.topic_id, Match.keyword_id)
                .join(Match, Match.signal_id == Signal.id)
                .where(
                    Signal.network == network,
                    Signal.external_id.in_(chunk),
                    Signal.kind.in_(_HOLDING),
                    Signal.deleted_at.is_(None),
                )
            )
            for external_id, topic_id, keyword_id in rows:
                found.setdefault((network, external_id), []).append(
                    FoundKeyword(topic_id, keyword_id)
                )
    return [
        (engagement, found[engagement.network, engagement.target_external_id])
        for engagement in waiting
        if engagement.target_external_id
        and (engagement.network, engagement.target_external_id) in found
    ]


def _store(
    session: Session,
    matched: Sequence[tuple[Engagement, list[FoundKeyword]]],
    counts: Counts,
    hashes: Hashes,
    now: datetime,
) -> None:
    if not matched:
        return
    counts.matched += len(matched)
    fresh: dict[tuple[str, str, str], tuple[Engagement, list[FoundKeyword]]] = {}
    known = _known(session, [engagement for engagement, _ in matched])
    for engagement, found in matched:
        key = _key(engagement)
        if key in known or key in fresh:
            counts.duplicate += 1
        elif hashes.refuse(engagement) or (
            (engagement.kind in WORDLESS_KINDS or not found or found[0].start < 0)
            and find_refusal(engagement) is not None
        ):
            counts.suppressed += 1
        else:
            fresh[key] = (engagement, found)
    _name_accounts(session, [e for e, _ in matched if _key(e) in known])
    if not fresh:
        return
    accounts = _store_accounts(session, [engagement for engagement, _ in fresh.values()], now)
    ids = _insert_signals(session, [e for e, _ in fresh.values()], accounts, now)
    counts.stored += len(ids)
    counts.duplicate += len(fresh) - len(ids)  # another process was quicker
    insert_matches(session, [(ids[key], found) for key, (_, found) in fresh.items() if key in ids])


def _key(engagement: Engagement) -> tuple[str, str, str]:
    return engagement.network, engagement.kind.value, engagement.external_id


def _name_accounts(session: Session, again: Sequence[Engagement]) -> None:
    """Give names to accounts that had none, where a post comes again with its author's.

    Some networks charge for a name, so it is only asked for once a post has matched.
    """
    authors = {(e.network, e.author.external_id): e.author for e in again if e.author.handle}
    for network in sorted({network for network, _ in authors}):
        ids = sorted(external_id for at, external_id in authors if at == network)
        for chunk in chunks(ids):
            nameless = session.scalars(
                select(Account.external_id).where(
                    Account.network == network,
                    Account.external_id.in_(chunk),
                    Account.handle.is_(None),
                )
            ).all()
            for external_id in nameless:
                author = authors[network, external_id]
                session.execute(
                    update(Account)
                    .where(Account.network == network, Account.external_id == external_id)
                    .values(
                        handle=cut(author.handle, 300),
                        display_name=cut(author.display_name, 300),
                        url=storable(author.url),
                    )
                )


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


def _store_accounts(
    session: Session, engagements: Sequence[Engagement], now: datetime
) -> dict[tuple[str, str], int]:
    """Ids of the authors' accounts; a new account starts as its own person."""
    authors = {(e.network, e.author.external_id): e.author for e in engagements}
    ids = _account_ids(session, authors)
    _rename(session, ids, authors)
    missing = [key for key in authors if key not in ids]
    if not missing:
        return ids
    persons = session.scalars(
        insert(Person).returning(Person.id), [{"created_at": now} for _ in missing]
    ).all()
    rows = [
        {
            "person_id": person_id,
            "network": network,
            "external_id": external_id,
            "handle": cut(authors[network, external_id].handle, 300),
            "display_name": cut(authors[network, external_id].display_name, 300),
            "url": storable(authors[network, external_id].url),
            "profile_codes": read_profile(authors[network, external_id]),
            "first_seen_at": now,
        }
        for person_id, (network, external_id) in zip(sorted(persons), missing, strict=True)
    ]
    insert_ignore(session, Account, rows)
    return ids | _account_ids(session, missing)


def _rename(
    session: Session,
    ids: Mapping[tuple[str, str], int],
    authors: Mapping[tuple[str, str], Author],
) -> None:
    """People change their handle: rights and lists must find them by the one they have now."""
    handles = {
        id_: cut(authors[key].handle, 300) for key, id_ in ids.items() if authors[key].handle
    }
    for chunk in chunks(sorted(handles)):
        for id_, handle in session.execute(
            select(Account.id, Account.handle).where(Account.id.in_(chunk))
        ).all():
            if handle != handles[id_]:
                session.execute(
                    update(Account).where(Account.id == id_).values(handle=handles[id_])
                )


def _account_ids(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    wanted: dict[str, list[str]] = {}
    for network, external_id in keys:
        wanted.setdefault(network, []).append(external_id)
    ids: dict[tuple[str, str], int] = {}
    for network, external_ids in wanted.items():
        for chunk in chunks(external_ids):
            rows = session.execute(
                select(Account.external_id, Account.id).where(
                    Account.network == network, Account.external_id.in_(chunk)
                )
            )
            ids.update(((network, external_id), id_) for external_id, id_ in rows)
    return ids


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
            "language": cut(e.language, 16),
            "metrics": {storable(name): count for name, count in e.metrics.items()},
            "occurred_at": min(e.occurred_at, now),  # a clock that is ahead gains nothing by it
            "edited_at": e.edited_at,
            "observed_at": now,
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
