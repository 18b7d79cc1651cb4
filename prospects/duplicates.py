"""The same text posted again: found by bands that stay in the database, kept as groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain, repeat
from typing import Any, cast

from sqlalchemy import Select, Table, distinct, func, select
from sqlalchemy.orm import Session, aliased

from models import Fingerprint, FingerprintBand, Match, Signal
from models.bulk import among, among_named, fetch_plain, insert_values, pack
from prospects.similarity import Mark, is_copy
from signals.fingerprints import pack_keys
from signals.tombstones import chunks

_COMPARED = 3  # candidates read word by word: those that share most bands
_INDEXED = 8  # of a group: a text posted a thousand times is still looked up among eight
_FINGERPRINT = ("signal_id", "account_id", "group_id", "keys", "occurred_at")
_SPREAD = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Marked:
    """A signal's text with its mark, made outside of any transaction."""

    signal_id: int
    account_id: int
    occurred_at: datetime
    text: str
    mark: Mark

    @property
    def keys(self) -> tuple[int, ...]:
        """What it is found by; keys that are the account's own are met by no other."""
        own = tuple(_mix(key, self.account_id) for key in self.mark.own)
        return self.mark.shared + own


def _mix(key: int, account_id: int) -> int:
    mixed = (key ^ (account_id * _SPREAD)) & (2**64 - 1)
    return mixed - 2**64 if mixed >= 2**63 else mixed


@dataclass(frozen=True, slots=True)
class _Seen:
    group_id: int
    account_id: int
    text: str


def record_marks(session: Session, marked: Sequence[Marked]) -> dict[int, int]:
    """Put each signal into the group of what it copies, else into one of its own.

    Returns the group per signal. A signal that is known already stays where it is.
    """
    if not marked:
        return {}
    fresh = _unknown(session, [one for one in marked if one.mark.shared or one.mark.own])
    keys_of = {one.signal_id: one.keys for one in fresh}
    places = _load_places(session, set(chain.from_iterable(keys_of.values())))
    seen = _load_seen(session, {signal_id for ids in places.values() for signal_id in ids})
    groups: dict[int, int] = {}
    rows: list[tuple[Any, ...]] = []
    bands: list[tuple[int, int]] = []
    for one in sorted(fresh, key=lambda one: one.signal_id):
        keys = keys_of[one.signal_id]
        group_id, indexed = one.signal_id, 0
        hits = [found for found in map(places.get, keys) if found]
        if hits:
            group_id, indexed = _join(one, Counter(chain.from_iterable(hits)), seen)
        groups[one.signal_id] = group_id
        packed = pack_keys(keys) if indexed < _INDEXED else None
        rows.append((one.signal_id, one.account_id, group_id, packed, one.occurred_at))
        if indexed < _INDEXED:
            seen[one.signal_id] = _Seen(group_id, one.account_id, one.text)
            for key in keys:
                if key in places:
                    places[key].append(one.signal_id)
                else:
                    places[key] = [one.signal_id]
            bands.extend(zip(keys, repeat(one.signal_id)))
    insert_values(session, Fingerprint, _FINGERPRINT, rows)
    bands.sort()  # keys are scattered: in order, each page of theirs is met once
    insert_values(session, FingerprintBand, ("key", "signal_id"), bands)
    return groups


def _join(one: Marked, met: Counter[int], seen: Mapping[int, _Seen]) -> tuple[int, int]:
    """The group of what it copies, else its own, and how many of that group it met."""
    nearest = sorted(met.keys() & seen.keys(), key=lambda other: (-met[other], other))
    for other in nearest[:_COMPARED]:
        by_one = one.account_id == seen[other].account_id
        if is_copy(one.text, seen[other].text, by_one=by_one):
            group_id = seen[other].group_id
            return group_id, sum(seen[near].group_id == group_id for near in nearest)
    return one.signal_id, 0


def _unknown(session: Session, marked: Sequence[Marked]) -> list[Marked]:
    known: set[int] = set()
    ids = [one.signal_id for one in marked]
    known.update(
        session.scalars(
            select(Fingerprint.signal_id).where(among(session, Fingerprint.signal_id, ids))
        )
    )
    return [one for one in marked if one.signal_id not in known]


def _load_places(session: Session, keys: Collection[int]) -> dict[int, list[int]]:
    places: dict[int, list[int]] = {}
    dialect, numbers = pack(session, sorted(keys))
    for key, signal_id in fetch_plain(session, _select_places(dialect), {"keys": numbers}):
        places.setdefault(key, []).append(signal_id)
    return places


@cache
def _select_places(dialect: str) -> Select[int, int]:
    band = cast("Table", FingerprintBand.__table__).c
    return select(band.key, band.signal_id).where(among_named(dialect, band.key, "keys"))


def _load_seen(session: Session, signal_ids: Collection[int]) -> dict[int, _Seen]:
    seen: dict[int, _Seen] = {}
    for chunk in chunks(sorted(signal_ids)):
        for signal_id, group_id, account_id, text in session.execute(
            select(Fingerprint.signal_id, Fingerprint.group_id, Fingerprint.account_id, Signal.text)
            .join(Signal, Signal.id == Fingerprint.signal_id)
            .where(Fingerprint.signal_id.in_(chunk), Signal.text.is_not(None))
        ):
            seen[signal_id] = _Seen(group_id, account_id, text or "")
    return seen


def find_copies(session: Session, signal_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Those (signal, topic) that repeat what the same account said on the topic before."""
    copies: set[tuple[int, int]] = set()
    earlier, first = aliased(Fingerprint), aliased(Fingerprint)
    for chunk in chunks(sorted(set(signal_ids))):
        said_first = (
            select(func.min(earlier.signal_id))
            .where(
                earlier.group_id == Fingerprint.group_id,
                earlier.account_id == Fingerprint.account_id,
            )
            .correlate(Fingerprint)
            .scalar_subquery()
        )
        rows = session.execute(
            select(Fingerprint.signal_id, Match.topic_id)
            .select_from(Fingerprint)
            .join(first, first.signal_id == said_first)
            .join(Match, Match.signal_id == first.signal_id)
            .where(Fingerprint.signal_id.in_(chunk), first.signal_id < Fingerprint.signal_id)
        )
        copies.update((signal_id, topic_id) for signal_id, topic_id in rows)
    return copies


def count_accounts(session: Session, group_ids: Collection[int]) -> Mapping[int, int]:
    """How many accounts posted each group's text; many mark a campaign."""
    counts: dict[int, int] = {}
    for chunk in chunks(sorted(group_ids)):
        rows = session.execute(
            select(Fingerprint.group_id, func.count(distinct(Fingerprint.account_id)))
            .where(Fingerprint.group_id.in_(chunk))
            .group_by(Fingerprint.group_id)
        )
        counts.update(dict(rows.all()))
    return counts


def find_unmasked(session: Session, signal_ids: Collection[int], *, least: int) -> set[int]:
    """Accounts of every text that ``least`` accounts posted with these signals, and not before.

    Whoever posted it first could not be told from anybody then.
    """
    fresh, joining = set(signal_ids), dict[int, set[int]]()
    for chunk in chunks(sorted(fresh)):
        for group_id, account_id in session.execute(
            select(Fingerprint.group_id, Fingerprint.account_id).where(
                among(session, Fingerprint.signal_id, chunk),
                Fingerprint.group_id != Fingerprint.signal_id,  # else it copies nothing
            )
        ):
            joining.setdefault(group_id, set()).add(account_id)
    # a text known for long is not read again, however many have posted it
    counts = count_accounts(session, joining)
    groups = [one for one, now in counts.items() if now >= least > now - len(joining[one])]
    everybody: dict[int, set[int]] = {}
    before: dict[int, set[int]] = {}
    for chunk in chunks(sorted(groups)):
        for group_id, account_id, signal_id in session.execute(
            select(Fingerprint.group_id, Fingerprint.account_id, Fingerprint.signal_id).where(
                among(session, Fingerprint.group_id, chunk)
            )
        ):
            everybody.setdefault(group_id, set()).add(account_id)
            if signal_id not in fresh:
                before.setdefault(group_id, set()).add(account_id)
    return {
        account_id
        for group_id, accounts in everybody.items()
        if len(before.get(group_id, ())) < least <= len(accounts)
        for account_id in accounts
    }
