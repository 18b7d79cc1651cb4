"""Who wrote what is stored: whose profile to ask for, and what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from models import Account, Match, Person, Signal
from signals.collectors.authors import Profile, ProfileAnswer
from signals.collectors.contract import WORDLESS_KINDS, Ref
from signals.policy import find_author_refusal, terms_of
from signals.profile import read_profile
from signals.text import cut, storable
from signals.tombstones import Hashes, chunks, forget, site_codes


@dataclass(frozen=True, slots=True)
class StoredProfiles:
    """What became of an answer: ``renewed`` accounts, those of them about whom the codes changed.

    ``kept_out`` counts authors who asked to be left alone; ``affected`` are the ids of prospects
    that lost evidence, for ``prospects.refresh``.
    """

    renewed: int = 0
    changed: tuple[int, ...] = ()
    kept_out: int = 0
    affected: tuple[int, ...] = ()


def load_unread(
    session: Session, network: str, *, since: datetime, before: datetime, limit: int
) -> list[str]:
    """Authors worth asking for: of something matched since then, not asked for since ``before``.

    Never asked for first, among them who wrote before who only liked, newest first.
    """
    wrote = _did_something(since) & Signal.kind.not_in([str(kind) for kind in WORDLESS_KINDS])
    rows = session.scalars(
        select(Account.external_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            Account.network == network,
            Account.profile_read_at.is_(None) | (Account.profile_read_at < before),
            Person.suppressed_at.is_(None),
            exists().where(_did_something(since)),
        )
        .order_by(
            Account.profile_read_at.is_not(None),
            exists().where(wrote).desc(),
            Account.profile_read_at,
            Account.id.desc(),
        )
        .limit(limit)
    )
    return list(rows)


def _did_something(since: datetime) -> ColumnElement[bool]:
    return (
        (Signal.account_id == Account.id)
        & Signal.deleted_at.is_(None)
        & (Signal.occurred_at >= since)
        & exists().where(Match.signal_id == Signal.id)
    )


def store_profiles(
    session: Session, network: str, answer: ProfileAnswer, *, now: datetime
) -> StoredProfiles:
    """Keep what one request brought; whoever asks to be left alone is forgotten and kept out.

    Name, handle and address are taken over, of the words codes alone. Accounts nobody knows here
    are left out. Where the network's terms do not let profiles be read, nothing is done.
    """
    if not terms_of(network).profiles:
        return StoredProfiles()
    known = _known(session, network, answer)
    hashes = Hashes(session)
    gone = list(answer.deletions)
    kept: list[Profile] = []
    for profile in answer.profiles:
        if profile.author.external_id not in known:
            continue
        is_listed = hashes.refuse_author(network, profile.author, now=now)
        if is_listed or find_author_refusal(profile.flags) is not None:
            gone.append(
                Ref(network, None, profile.author.external_id, account=True, opted_out=True)
            )
        else:
            kept.append(profile)
    changed = [
        known[profile.author.external_id].id
        for profile in kept
        if _take_over(session, known[profile.author.external_id], profile, now)
    ]
    for chunk in chunks([account.id for account in known.values()]):
        session.execute(update(Account).where(Account.id.in_(chunk)).values(profile_read_at=now))
    affected = forget(session, gone, now=now, hashes=hashes) if gone else ()
    return StoredProfiles(len(kept), tuple(changed), len(gone) - len(answer.deletions), affected)


def _known(session: Session, network: str, answer: ProfileAnswer) -> dict[str, Account]:
    ids: Sequence[str] = sorted({*answer.asked, *(p.author.external_id for p in answer.profiles)})
    return {
        account.external_id: account
        for chunk in chunks(ids)
        for account in session.scalars(
            select(Account).where(Account.network == network, Account.external_id.in_(chunk))
        )
    }


def _take_over(session: Session, account: Account, profile: Profile, now: datetime) -> bool:
    """Write what is new of an account; whether what it says of its owner changed."""
    author = profile.author
    age = None if profile.opened_at is None else now - profile.opened_at
    codes = read_profile(author, age=age) + site_codes(session, author)
    changed = codes != list(account.profile_codes or ())
    session.execute(
        update(Account)
        .where(Account.id == account.id)
        .values(
            handle=cut(author.handle, 300) or account.handle,
            display_name=cut(author.display_name, 300),
            url=storable(author.url) or account.url,
            profile_codes=codes,
        )
    )
    return changed
