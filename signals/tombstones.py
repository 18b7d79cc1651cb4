"""What was deleted or suppressed: hashes that stand in the way, and the removal itself."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from models import (
    Account,
    ArchivedPost,
    ArchiveLabel,
    Assignment,
    Evidence,
    Match,
    Person,
    Signal,
    Source,
    StoredScore,
    Suppression,
    Tombstone,
    WorkspaceValue,
)
from models.upsert import insert_ignore, upsert
from signals.archive import drop_words
from signals.collectors.contract import WORDLESS_KINDS, Author, Engagement, Kind, Ref
from signals.contact_points import Point, points_in, points_in_profile, points_of_profile
from signals.derived import drop_derived
from signals.fingerprints import drop_fingerprints
from signals.policy import text_lifetime

_T = TypeVar("_T")
_HOLDING = frozenset({Kind.POST, Kind.COMMENT, Kind.QUOTE})
#: A deletion of what was never stored is remembered for as long as a network may send the post
#: again: Bluesky replays 36 hours, searches lag by hours.
_REMEMBERED = timedelta(days=3)
_ANY_KIND = "-"
#: Before the reason of the other half of a link; such a hash goes when the link is undone.
LINKED_TO: Final = "linked:"
#: Before the hash of a site among the codes of a profile.
SITE: Final = "site:"
_MOST_SITES: Final = 12
#: Why somebody is kept out whom their profile or words showed to be listed.
SEEN_AGAIN: Final = "list:seen_again"
SUPPRESSED: Final = "suppressed"  # why an assignment was closed


def chunks(values: Sequence[_T], size: int = 5000) -> Iterable[Sequence[_T]]:
    """Slices short enough to be the parameters of one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


class Hashes:
    """The workspace's salted hashes: what is suppressed or was deleted, without saying who.

    ``reading``: the session writes nothing. Where nothing was hashed yet any salt will do.
    """

    def __init__(self, session: Session, *, reading: bool = False) -> None:
        self._salt = _salt(session, reading=reading)
        rows = session.execute(select(Suppression.kind, Suppression.value_hash)).all()
        self._suppressed = {value for _, value in rows}
        self.looks_into_text = any(kind in {"email", "phone", "domain"} for kind, _ in rows)
        self._has_tombstones = session.scalar(select(Tombstone.created_at).limit(1)) is not None
        self._session = session
        self._buried: dict[str, bool] = {}

    def of(self, *parts: str) -> str:
        """Hash of a compound name."""
        return _hash(self._salt, *parts)

    def has(self, *parts: str) -> bool:
        """Whether that name is suppressed."""
        return self.of(*parts) in self._suppressed

    def has_code(self, code: object) -> bool:
        """Whether a code of a profile is a site that is suppressed (``site_codes``)."""
        return str(code).startswith(SITE) and str(code).removeprefix(SITE) in self._suppressed

    def load(self, engagements: Sequence[Engagement]) -> None:
        """Look up at once which of these were deleted before; ``refuse`` then asks nobody."""
        if not self._has_tombstones:
            return
        names = [name for engagement in engagements for name in self._names(engagement)]
        for chunk in chunks(sorted(set(names) - self._buried.keys())):
            found = set(
                self._session.scalars(
                    select(Tombstone.value_hash).where(Tombstone.value_hash.in_(chunk))
                )
            )
            self._buried.update((name, name in found) for name in chunk)

    def has_point(self, point: Point) -> bool:
        """Whether a name in its one spelling is suppressed."""
        return self.of(*point.parts) in self._suppressed

    def refuse(self, engagement: Engagement) -> bool:
        """Whether its author is suppressed, by whatever name, or it was deleted before.

        Whoever is found by another name than their account's id is remembered by the id too: a new
        handle does not bring them back.
        """
        if self.refuse_author(
            engagement.network, engagement.author, now=engagement.occurred_at, text=engagement.text
        ):
            return True
        if self._has_tombstones:
            self.load((engagement,))
            return any(self._buried[name] for name in self._names(engagement))
        return False

    def refuse_again(self, engagement: Engagement) -> bool:
        """The same of a like or repost that was taken back: its own tombstone does not count."""
        if self.refuse_author(engagement.network, engagement.author, now=engagement.occurred_at):
            return True
        self.load((engagement,))
        return any(self._buried.get(name, False) for name in self._names(engagement)[1:])

    def unbury(self, engagement: Engagement) -> None:
        """Take away the tombstone of one that its author gave again."""
        own = self._names(engagement)[0]
        self._session.execute(delete(Tombstone).where(Tombstone.value_hash == own))
        self._buried[own] = False

    def _names(self, engagement: Engagement) -> list[str]:
        """What a deletion may have called it: with its kind, without, or by its record."""
        network, external_id = engagement.network, engagement.external_id
        names = [
            self.of(network, engagement.kind.value, external_id),
            self.of(network, _ANY_KIND, external_id),
        ]
        if engagement.record_ref is not None and engagement.record_ref != external_id:
            names.append(self.of(network, _ANY_KIND, engagement.record_ref))
        return names

    def refuse_author(
        self, network: str, author: Author, *, now: datetime, text: str | None = None
    ) -> bool:
        """Whether an author is suppressed, by whatever name their profile or words give."""
        if not self._suppressed:
            return False
        account = Point("account", author.external_id, network)
        if self.has_point(account):
            return True
        profile = points_of_profile(network, author.external_id, author.handle, author.url)
        found = any(map(self.has_point, profile))
        if not found and self.looks_into_text:
            said = (points_in_profile(author.description or ""), points_in(text or ""))
            found = any(map(self.has_point, itertools.chain(*said)))
        if found:
            self.add(account, reason=SEEN_AGAIN, now=now)
            self._close(account, now)
        return found

    def _close(self, account: Point, now: datetime) -> None:
        """Somebody known before their words told that they are listed is left alone at once."""
        persons = list(
            self._session.scalars(
                select(Account.person_id).where(
                    Account.network == account.network, Account.external_id == account.value
                )
            )
        )
        self._session.execute(
            update(Person)
            .where(Person.id.in_(persons), Person.suppressed_at.is_(None))
            .values(suppressed_at=now, suppressed_for=SEEN_AGAIN)
        )
        self._session.execute(
            update(Assignment)
            .where(Assignment.person_id.in_(persons), Assignment.closed_at.is_(None))
            .values(closed_at=now, closed_reason=SUPPRESSED)
        )
        drop_derived(self._session, persons)

    def add(self, point: Point, *, reason: str, now: datetime) -> bool:
        """Suppress a name; whether it was new. What was archived of an account goes at once."""
        if point.kind == "account":
            drop_archived(self._session, point.network, [self.of(point.network, point.value)])
        return self.add_hash(point.kind, self.of(*point.parts), reason=reason, now=now)

    def add_hash(self, kind: str, value: str, *, reason: str, now: datetime) -> bool:
        """The same for a name of which only the hash is known."""
        if value in self._suppressed:
            self._take_over(kind, value, reason)
            return False
        insert_ignore(
            self._session,
            Suppression,
            [{"kind": kind, "value_hash": value, "reason": reason, "created_at": now}],
        )
        self._suppressed.add(value)
        return True

    def _take_over(self, kind: str, value: str, reason: str) -> None:
        """What may be lifted again, a rep's word or a link, must not take a name off with it."""
        self._session.execute(
            update(Suppression)
            .where(
                Suppression.kind == kind,
                Suppression.value_hash == value,
                or_(
                    Suppression.reason == "asked",
                    Suppression.reason.startswith("touch:"),
                    Suppression.reason.startswith(LINKED_TO),
                ),
            )
            .values(reason=reason)
        )


def _hash(salt: bytes, *parts: str) -> str:
    message = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hmac.new(salt, message, hashlib.sha256).hexdigest()


def _salt(session: Session, *, reading: bool) -> bytes:
    value = session.get(WorkspaceValue, "salt")
    if value is None and reading:
        return b""
    if value is None:
        insert_ignore(session, WorkspaceValue, [{"key": "salt", "value": secrets.token_hex(32)}])
        session.flush()
        value = session.get(WorkspaceValue, "salt")
        assert value is not None  # inserted by us or by whoever was quicker
    return bytes.fromhex(value.value)


def site_codes(session: Session, author: Author) -> list[str]:
    """The sites a profile's words name, each as the hash a suppression list would hold of it.

    So a list, or one of competitors, tells whom a domain means, and nobody reads the domain here.
    """
    points = points_in_profile(author.description or "")
    sites = sorted({one for one in points if one.kind == "domain"}, key=lambda one: one.value)
    if not sites:
        return []
    salt = _salt(session, reading=False)
    return [f"{SITE}{_hash(salt, *one.parts)}" for one in sites[:_MOST_SITES]]


def drop_archived(session: Session, network: str, authors: Sequence[str]) -> None:
    """Take what these authors, by their hashes, wrote out of the archive."""
    session.execute(
        delete(ArchivedPost).where(
            ArchivedPost.network == network, ArchivedPost.author_hash.in_(authors)
        )
    )


def forget(
    session: Session, refs: Sequence[Ref], *, now: datetime, hashes: Hashes | None = None
) -> tuple[int, ...]:
    """Remove what its author or network deleted; leaves a row without words and a tombstone.

    A post that was never stored leaves one too, for some days: it may still arrive by another way.
    An account that opted out is kept out by its hash until somebody takes it off the list.
    A like and a repost by one person may share an id: of these only the kind that is named goes.
    Likes and reposts of what goes, by whomever, go with it: they count through its words.
    Returns the ids of prospects that lost evidence.
    """
    hashes = hashes or Hashes(session)
    ids: set[int] = set()
    stored: set[tuple[str, str]] = set()
    kinds: dict[tuple[str, str], set[str]] = {}
    by_network: dict[str, tuple[list[str], list[str]]] = {}
    for ref in refs:
        if ref.account and ref.opted_out:
            account = Point("account", ref.external_id, ref.network)
            hashes.add(account, reason="list:opt_out", now=now)
        posts, accounts = by_network.setdefault(ref.network, ([], []))
        (accounts if ref.account else posts).append(ref.external_id)
        if not ref.account:
            kind = ref.kind.value if ref.kind in WORDLESS_KINDS else _ANY_KIND
            kinds.setdefault((ref.network, ref.external_id), set()).add(kind)
    for network, (posts, accounts) in by_network.items():
        for chunk in chunks(posts):
            found = session.execute(
                select(Signal.id, Signal.kind, Signal.external_id, Signal.record_ref).where(
                    Signal.network == network,
                    Signal.deleted_at.is_(None),
                    or_(Signal.external_id.in_(chunk), Signal.record_ref.in_(chunk)),
                )
            )
            for id_, kind, external_id, record_ref in found:
                names = {(network, external_id), (network, record_ref or external_id)}
                meant = set[str]().union(*(kinds.get(name, ()) for name in names))
                if not meant.isdisjoint({kind, _ANY_KIND}):
                    ids.add(id_)
                    stored |= names
            session.execute(
                delete(ArchivedPost).where(
                    ArchivedPost.network == network, ArchivedPost.external_id.in_(chunk)
                )
            )
        for chunk in chunks(accounts):
            authors = [hashes.of(network, external_id) for external_id in chunk]
            drop_archived(session, network, authors)
            session.execute(  # the id stays: touches refer to it, and it must stay forgotten
                update(Account)
                .where(Account.network == network, Account.external_id.in_(chunk))
                .values(handle=None, display_name=None, url=None, profile_codes=[])
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
    ids |= find_reactions(session, sorted(ids))
    unknown = [ref for ref in refs if (ref.network, ref.external_id) not in stored]
    _remember(session, unknown, now, hashes)
    return erase_signals(session, sorted(ids), now, hashes)


def find_reactions(session: Session, signal_ids: Sequence[int]) -> set[int]:
    """The stored likes and reposts of these signals."""
    found: set[int] = set()
    target = aliased(Signal)
    for chunk in chunks(signal_ids):
        found.update(
            session.scalars(
                select(Signal.id)
                .join(
                    target,
                    (target.network == Signal.network)
                    & (target.external_id == Signal.target_external_id),
                )
                .where(
                    target.id.in_(chunk),
                    target.kind.in_(_HOLDING),
                    Signal.kind.in_((Kind.LIKE, Kind.REPOST)),
                    Signal.deleted_at.is_(None),
                )
            )
        )
    return found


def _remember(session: Session, refs: Sequence[Ref], now: datetime, hashes: Hashes) -> None:
    """Likes and the like are left out: their deletions are most of a stream's and name records."""
    names = {
        hashes.of(ref.network, ref.kind.value if ref.kind else _ANY_KIND, ref.external_id)
        for ref in refs
        if not ref.account and (ref.kind is None or ref.kind in _HOLDING)
    }
    insert_ignore(
        session,
        Tombstone,
        [
            {"value_hash": name, "created_at": now, "expires_at": now + _REMEMBERED}
            for name in sorted(names)
        ],
    )


def erase_signals(
    session: Session, ids: Sequence[int], now: datetime, hashes: Hashes
) -> tuple[int, ...]:
    """Take words and everything derived from stored signals; a row and a tombstone stay."""
    affected: set[int] = set()
    for chunk in chunks(ids):
        affected.update(
            session.scalars(select(Evidence.prospect_id).where(Evidence.signal_id.in_(chunk)))
        )
        rows = session.execute(
            select(Signal.network, Signal.kind, Signal.external_id).where(Signal.id.in_(chunk))
        )
        upsert(  # one that was only remembered for some days stays for good
            session,
            Tombstone,
            [
                {"value_hash": hashes.of(*row), "created_at": now, "expires_at": None}
                for row in rows
            ],
            key=["value_hash"],
            update=["expires_at"],
        )
        drop_fingerprints(session, chunk)
        drop_words(session, chunk)
        for table in (Evidence, Match, StoredScore):
            session.execute(delete(table).where(table.signal_id.in_(chunk)))
        session.execute(
            update(Signal)
            .where(Signal.id.in_(chunk))
            .values(text=None, url=None, metrics={}, deleted_at=now)
        )
    return tuple(sorted(affected))


def purge_tombstones(session: Session, *, now: datetime) -> int:
    """Drop those that have outlived what a network may send again; returns how many went."""
    done = session.execute(delete(Tombstone).where(Tombstone.expires_at < now))
    return int(getattr(done, "rowcount", 0) or 0)


def purge_archive(
    session: Session, *, now: datetime, days: float, rows: int, judged_days: float = 0.0
) -> int:
    """Drop archived posts over their age or beyond the number kept; returns how many went.

    What somebody judged is learned from and stays for ``judged_days``, if that is longer, whatever
    the number. No network's are kept longer than its terms, or its strictest source, allow.
    """
    judged = ArchivedPost.id.in_(select(ArchiveLabel.archive_id))
    sources = session.execute(
        select(Source.network, func.min(Source.retention_days)).group_by(Source.network)
    )
    strictest = {row[0]: row[1] for row in sources}
    gone = 0
    for network in session.scalars(select(ArchivedPost.network).distinct()).all():
        allowed = text_lifetime(network, strictest.get(network))
        for which, limit in ((~judged, days), (judged, max(days, judged_days))):
            before = now - min(timedelta(days=limit), allowed)
            old = session.execute(
                delete(ArchivedPost).where(
                    ArchivedPost.network == network, ArchivedPost.occurred_at < before, which
                )
            )
            gone += int(getattr(old, "rowcount", 0) or 0)
    newest = select(ArchivedPost.id).order_by(ArchivedPost.id.desc()).offset(rows).limit(1)
    edge = session.scalar(newest)
    if edge is not None:
        over = session.execute(delete(ArchivedPost).where(ArchivedPost.id <= edge, ~judged))
        gone += int(getattr(over, "rowcount", 0) or 0)
    return gone
