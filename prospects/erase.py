"""What somebody may demand: to be forgotten (GDPR article 17), or not to be profiled (article 21).

Rows that count a rep's work stay, without a word about whom it concerned. What keeps the person
from coming back are salted hashes alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Table, delete, or_, select, update
from sqlalchemy.orm import Session

from config.errors import Refused
from models import Base, Evidence, Label, Person, PrivacyEntry, Signal, Tombstone, Touch
from models.upsert import insert_ignore
from prospects.blocklist import sweep
from prospects.records import Found, collect
from prospects.redact import redact_mentions
from prospects.refresh import recompute
from prospects.suppress import suppress_person
from signals.collectors.contract import WORDLESS_KINDS
from signals.contact_points import ANY_NETWORK, normal_handle, point_of_address, points_named
from signals.fingerprints import drop_fingerprints
from signals.tombstones import Hashes, chunks, erase_signals

#: Rows that go, in this order; their own children go with them.
DELETED: Final = (
    "clicks", "links", "labels", "post_words", "evidence", "matches", "scores", "visits",
    "fingerprints", "notices", "account_identities", "account_links", "prospects",
)  # fmt: skip
#: Rows that stay because they count somebody's work, and what is taken out of them.
EMPTIED: Final[Mapping[str, Mapping[str, Any]]] = {
    "persons": {},
    "assignments": {"reasons": [], "signal_id": None},
    "touches": {"note": None, "next_step": None, "reference": None},
    "touch_flags": {"why": "erased"},
    "touch_verdicts": {"reason": "erased"},
    "reassignments": {"reason": "erased"},
    "audit_draws": {},
}
#: Deleted after the rows that refer to them.
ROOTS: Final = ("signals", "accounts")


@dataclass(frozen=True, slots=True)
class Done:
    """What was done about one person: rows per table, and prospects of others ranked anew."""

    action: str
    counts: Mapping[str, int]


def erase_person(session: Session, person: Person, *, actor: str, now: datetime) -> Done:
    """Forget a person for good and keep them out. Returns how many rows it took, by table."""
    found = collect(session, person)
    subject = _subject(session, found)
    suppress_person(session, person, reason="erased", now=now)
    session.flush()
    signals = [row["id"] for row in found.rows.get("signals", ())]
    _bury(session, found, now)
    others = _loosen_others(session, found, now)
    redact_mentions(session, found.rows.get("accounts", ()))
    _drop_fingerprints(session, signals)
    tables = Base.metadata.tables
    for name in DELETED:
        _delete(session, tables[name], found)
    _delete_labels(session, signals)
    for name, emptied in EMPTIED.items():
        if emptied:
            _empty(session, tables[name], found, emptied)
    _empty_keys(session, found)
    for name in (*ROOTS, "archive", "quarantine", "known_parties"):
        _delete(session, tables[name], found)
    session.expire_all()
    if others:
        recompute(session, others)
    record(session, "erase", actor=actor, subject=subject, counts=found.counts, now=now)
    return Done("erase", found.counts)


def object_to_profiling(session: Session, person: Person, *, actor: str, now: datetime) -> Done:
    """No profiling from now on: everything derived goes, words go, the account stays known.

    The names stay so that the objection can be shown to have been honoured.
    """
    found = collect(session, person)
    suppress_person(session, person, reason="objection", now=now)
    session.flush()
    signals = [row["id"] for row in found.rows.get("signals", ())]
    erase_signals(session, signals, now, Hashes(session))
    tables = Base.metadata.tables
    for name in ("visits", "clicks", "links", "account_identities", "prospects"):
        _delete(session, tables[name], found)
    _delete_labels(session, signals)
    _empty(session, tables["assignments"], found, {"reasons": []})
    _empty(session, tables["accounts"], found, {"profile_codes": None})
    # where and on whose words they engaged says what they are about as their words do
    places = {"community": None, "target_external_id": None, "parent_external_id": None}
    _empty(session, tables["signals"], found, places)
    for name in ("archive", "quarantine"):
        _delete(session, tables[name], found)
    session.expire_all()
    subject = _subject(session, found)
    record(session, "object", actor=actor, subject=subject, counts=found.counts, now=now)
    return Done("object", found.counts)


def keep_out(
    session: Session, handle: str, network: str, *, reason: str, actor: str, now: datetime
) -> int:
    """Somebody of whom nothing is stored by that name objects: the name is kept out from now on.

    An e-mail, phone number or domain is kept out as one too. Returns how many known people are
    left alone for it. Refuses an address that is no profile's, and one network's of another.
    """
    points = points_named(handle, network)
    if not points:
        raise Refused(
            "%(handle)s names nobody.",
            "Give a handle, an e-mail or the address of a profile.",
            2,
            handle=repr(handle),
        )
    if {one.network for one in points} - {"", ANY_NETWORK, network} and network != ANY_NETWORK:
        raise Refused(
            "%(handle)s is no profile on %(network)s.",
            "Leave the network out, or name the one it is on.",
            2,
            handle=repr(handle),
            network=network,
        )
    hashes = Hashes(session)
    for point in points:
        hashes.add(point, reason=reason, now=now)
    people = sweep(session, now=now)
    subject = subject_hash(session, handle)
    counts = {"persons": people} if people else {}
    record(session, reason, actor=actor, subject=subject, counts=counts, now=now)
    return people


def record(
    session: Session,
    action: str,
    *,
    actor: str,
    subject: str | None,
    counts: Mapping[str, int],
    now: datetime,
    reason: str | None = None,
) -> None:
    """Note that something was done, for whom only as a hash; ``reason`` is one of a few words."""
    session.add(
        PrivacyEntry(
            action=action,
            actor=actor,
            subject_hash=subject,
            counts=dict(counts),
            done_at=now,
            reason=reason,
        )
    )
    session.flush()


def subject_hash(session: Session, handle: str) -> str:
    """By which the entries about a handle are found."""
    named = point_of_address(handle)
    return Hashes(session).of("subject", named.value if named else normal_handle(handle))


def done_before(session: Session, handle: str) -> list[PrivacyEntry]:
    """What was done about a handle so far, oldest first."""
    wanted = subject_hash(session, handle)
    return list(
        session.scalars(
            select(PrivacyEntry)
            .where(PrivacyEntry.subject_hash == wanted)
            .order_by(PrivacyEntry.id)
        )
    )


def _subject(session: Session, found: Found) -> str | None:
    for row in found.rows.get("accounts", ()):
        return Hashes(session).of("subject", normal_handle(row["handle"] or row["external_id"]))
    return None


def _bury(session: Session, found: Found, now: datetime) -> None:
    hashes = Hashes(session)
    insert_ignore(
        session,
        Tombstone,
        [
            {
                "value_hash": hashes.of(row["network"], row["kind"], row["external_id"]),
                "created_at": now,
            }
            for row in found.rows.get("signals", ())
        ],
    )


def _loosen_others(session: Session, found: Found, now: datetime) -> list[int]:
    """Others' likes of what is erased go with it, their replies forget to whom they were.

    A like's own id names its target and with it the author. Returns prospects that lost evidence.
    """
    own = {row["id"] for row in found.rows.get("signals", ())}
    by_network: dict[str, set[str]] = {}
    for row in found.rows.get("signals", ()):
        by_network.setdefault(row["network"], set()).add(row["external_id"])
    for row in found.rows.get("accounts", ()):  # a follow's target is the account
        by_network.setdefault(row["network"], set()).add(row["external_id"])
    affected: set[int] = set()
    for network, targets in by_network.items():
        for chunk in chunks(sorted(targets)):
            pointing = or_(
                Signal.target_external_id.in_(chunk), Signal.parent_external_id.in_(chunk)
            )
            rows = session.execute(
                select(Signal.id, Signal.kind).where(Signal.network == network, pointing)
            ).all()
            wordless = [id_ for id_, kind in rows if kind in WORDLESS_KINDS and id_ not in own]
            worded = [id_ for id_, kind in rows if kind not in WORDLESS_KINDS and id_ not in own]
            if wordless:
                affected.update(
                    session.scalars(
                        select(Evidence.prospect_id).where(Evidence.signal_id.in_(wordless))
                    )
                )
                erase_signals(session, wordless, now, Hashes(session))
                _delete_labels(session, wordless)
                session.execute(delete(Signal).where(Signal.id.in_(wordless)))
            session.execute(
                update(Signal)
                .where(Signal.id.in_(worded))
                .values(target_external_id=None, parent_external_id=None)
            )
    mine = {row["id"] for row in found.rows.get("prospects", ())}
    return sorted(affected - mine)


def _delete(session: Session, table: Table, found: Found) -> None:
    rows = found.rows.get(table.name, ())
    columns = list(table.primary_key.columns)
    first = columns[0]
    if len(columns) == 1:
        for chunk in chunks([row[first.name] for row in rows]):
            session.execute(delete(table).where(first.in_(chunk)))
        return
    for row in rows:
        session.execute(delete(table).where(*(column == row[column.name] for column in columns)))


def _delete_labels(session: Session, signal_ids: list[int]) -> None:
    for chunk in chunks(signal_ids):
        session.execute(delete(Label).where(Label.signal_id.in_(chunk)))


def _drop_fingerprints(session: Session, signal_ids: list[int]) -> None:
    for chunk in chunks(signal_ids, 1000):
        drop_fingerprints(session, chunk)


def _empty(session: Session, table: Table, found: Found, values: Mapping[str, Any]) -> None:
    for chunk in chunks([row["id"] for row in found.rows.get(table.name, ())]):
        session.execute(update(table).where(table.c.id.in_(chunk)).values(**values))


def _empty_keys(session: Session, found: Found) -> None:
    """A key that a program chose for a touch may hold anything."""
    for row in found.rows.get("touches", ()):
        if row["undoes_id"] is None:
            session.execute(
                update(Touch)
                .where(Touch.id == row["id"])
                .values(idempotency_key=f"erased:{row['id']}")
            )
