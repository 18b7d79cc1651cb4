"""What a run needs to know: a topic's words, what to watch, to read and to check again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session

from models import Account, Community, Evidence, Keyword, Match, Signal, Topic, Visit
from signals.collectors.contract import Kind, Own, Ref, Target, Whole
from signals.tombstones import chunks
from signals.visits import SECOND_LOOK

_HOLDING = (Kind.POST, Kind.COMMENT, Kind.QUOTE)  # kinds that others engage with
#: Of the time within which a post must be asked for again, what it rests first: the remainder is
#: for waiting its turn.
RECHECK_AT: Final = 0.8
_REACTIONS = (Kind.LIKE, Kind.REPOST)
#: How long an engagement is stored before its absence from a list counts. A stream stores likes
#: while a list is read, and the servers that lists come from lag behind it: by seconds mostly, by
#: minutes when they are busy. Targets are read again by the day, so an hour costs nothing.
_SETTLED: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TopicWords:
    """What a topic asks a network for. ``ids`` are its keywords' row numbers by phrase."""

    name: str
    keywords: tuple[str, ...]
    exclusions: tuple[str, ...]
    languages: tuple[str, ...]
    communities: tuple[str, ...]
    ids: dict[str, int]


def load_words(session: Session, topic_id: int, network: str) -> TopicWords:
    """The words and places of one topic, as they are now."""
    topic = session.get_one(Topic, topic_id)
    rows = session.execute(
        select(Keyword.id, Keyword.phrase, Keyword.role)
        .where(Keyword.topic_id == topic_id, Keyword.active)
        .order_by(Keyword.id)
    ).all()
    places = session.scalars(
        select(Community.name)
        .where(Community.topic_id == topic_id, Community.network.in_((network, "any")))
        .order_by(Community.id)
    )
    return TopicWords(
        name=topic.name,
        keywords=tuple(phrase for _, phrase, role in rows if role == "keyword"),
        exclusions=tuple(phrase for _, phrase, role in rows if role == "exclusion"),
        languages=tuple(topic.languages),
        communities=tuple(places),
        ids={phrase: id_ for id_, phrase, role in rows if role == "keyword"},
    )


def load_watch(session: Session, network: str, *, since: datetime) -> set[str]:
    """The stored posts whose likes, reposts and replies count."""
    return set(
        session.scalars(
            select(Signal.external_id).where(
                Signal.network == network,
                Signal.kind.in_(_HOLDING),
                Signal.deleted_at.is_(None),
                Signal.occurred_at >= since,
            )
        )
    )


def is_known(session: Session, ref: Ref) -> bool:
    """Whether that engagement is stored, of any kind where none is named.

    A post that was deleted is known, a like that was taken back is not: it may be given again.
    """
    found = session.scalar(
        select(Signal.id)
        .where(
            Signal.network == ref.network,
            Signal.external_id == ref.external_id,
            *(() if ref.kind is None else (Signal.kind == ref.kind,)),
            Signal.deleted_at.is_(None) | Signal.kind.not_in(_REACTIONS),
        )
        .limit(1)
    )
    return found is not None


def load_targets(
    session: Session,
    network: str,
    *,
    topic_id: int,
    since: datetime,
    unread_since: datetime,
    limit: int,
    seen_before: datetime | None = None,
    names_late: bool = False,
) -> list[Target]:
    """Posts on a topic whose engagements were not read since; those never read come first.

    ``seen_before``: only such as were stored by then. ``names_late``: also those that were read
    before their score showed that the author's name is worth its price.
    """
    is_worth_it = Account.handle.is_(None) & exists().where(Evidence.signal_id == Signal.id)
    is_due = (Visit.reread_at.is_(None)) | (Visit.reread_at < unread_since)
    if names_late:
        is_due |= is_worth_it & (Visit.reread_at < Signal.scored_at)
    rows = session.execute(
        select(
            Signal,
            Account.external_id,
            Visit.reread_at,
            is_worth_it,
        )
        .join(Account, Account.id == Signal.account_id)
        .outerjoin(Visit, Visit.signal_id == Signal.id)
        .where(
            Signal.network == network,
            Signal.kind.in_(_HOLDING),
            Signal.deleted_at.is_(None),
            Signal.occurred_at >= since,
            # what only engages with the team is no post whose engagements are read
            # (EXISTS: a list that looks at the signal would be made anew for each of them)
            exists().where(
                Match.signal_id == Signal.id,
                Match.topic_id == topic_id,
                Match.keyword_id.is_not(None) | (Signal.own == Own.POST.value),
            ),
            # of what lapsed nothing counts, nor who liked it
            Signal.text.is_not(None) | (Signal.own == Own.POST.value),
            is_due,
            *(() if seen_before is None else (Signal.observed_at <= seen_before,)),
        )
        .order_by(Visit.reread_at.is_not(None), Visit.reread_at, Signal.occurred_at.desc())
        .limit(limit)
    )
    found = rows.all()
    reactions = _load_reactions(session, network, [signal.external_id for signal, *_ in found])
    return [
        Target(
            ref=Ref(network, Kind(signal.kind), signal.external_id),
            author_external_id=author,
            occurred_at=signal.occurred_at,
            url=signal.url,
            record_ref=signal.record_ref,
            parent_external_id=signal.parent_external_id,
            read_at=read_at,
            own=signal.own == Own.POST,
            wants_author=bool(wants_author),
            metrics=dict(signal.metrics),
            stored_kinds=frozenset(reactions.get(signal.external_id, ())),
        )
        for signal, author, read_at, wants_author in found
    ]


def _load_reactions(session: Session, network: str, names: Sequence[str]) -> dict[str, set[Kind]]:
    kinds: dict[str, set[Kind]] = {}
    for chunk in chunks(names):
        for name, kind in session.execute(
            select(Signal.target_external_id, Signal.kind)
            .where(
                Signal.network == network,
                Signal.target_external_id.in_(chunk),
                Signal.kind.in_(_REACTIONS),
                Signal.deleted_at.is_(None),
            )
            .distinct()
        ):
            kinds.setdefault(name or "", set()).add(Kind(kind))
    return kinds


def load_unchecked(
    session: Session, network: str, *, before: datetime, limit: int, now: datetime
) -> list[Ref]:
    """Stored posts and comments last seen at the network before then, longest unseen first.

    One that was missing hours ago comes before all others, one that was just now not at all. One
    that was asked for since and got no answer waits until the others had their turn.
    """
    seen_at = func.coalesce(Visit.checked_at, Signal.observed_at)
    rows = session.execute(
        select(Signal.kind, Signal.external_id)
        .outerjoin(Visit, Visit.signal_id == Signal.id)
        .where(
            *_unchecked(network, before),
            Visit.missed_at.is_(None) | (Visit.missed_at <= now - SECOND_LOOK),
        )
        .order_by(
            Visit.missed_at.is_(None),
            case((Visit.asked_at > seen_at, Visit.asked_at), else_=seen_at),
            Signal.id,
        )
        .limit(limit)
    )
    return [Ref(network, Kind(kind), external_id) for kind, external_id in rows]


def count_unchecked(session: Session, network: str, *, before: datetime) -> int:
    """How many stored posts and comments the network was not heard of since before then."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Signal)
            .outerjoin(Visit, Visit.signal_id == Signal.id)
            .where(*_unchecked(network, before))
        )
        or 0
    )


def is_held(network: str) -> tuple[ColumnElement[bool], ...]:
    """Whether a post or comment of a network is asked for again: its words are kept, or it counts.

    Where words may be kept for a while only, what was made of them still goes with the post.
    """
    return (
        Signal.network == network,
        Signal.kind.in_(_HOLDING),
        Signal.deleted_at.is_(None),
        Signal.text.is_not(None) | exists().where(Evidence.signal_id == Signal.id),
    )


def _unchecked(network: str, before: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        *is_held(network),
        func.coalesce(Visit.checked_at, Signal.observed_at) < before,
    )


def find_parts(session: Session, refs: Sequence[Ref]) -> dict[int, float]:
    """By topic, what part of these stored posts is its own; one of several is shared equally.

    Empty where none of them is of a topic.
    """
    topics: dict[int, set[int]] = {}
    for network in sorted({ref.network for ref in refs}):
        for chunk in chunks([ref.external_id for ref in refs if ref.network == network]):
            for signal_id, topic_id in session.execute(
                select(Match.signal_id, Match.topic_id)
                .join(Signal, Signal.id == Match.signal_id)
                .where(
                    Signal.network == network,
                    Signal.external_id.in_(chunk),
                    Signal.kind.in_(_HOLDING),
                )
                .distinct()
            ):
                topics.setdefault(signal_id, set()).add(topic_id)
    parts: dict[int, float] = {}
    for of in topics.values():
        for topic_id in sorted(of):
            parts[topic_id] = parts.get(topic_id, 0.0) + 1 / len(of) / len(topics)
    return parts


def find_withdrawn(session: Session, whole: Sequence[Whole], *, now: datetime) -> list[Ref]:
    """Stored engagements that are not among all there are: they were taken back.

    What was stored within the last hour may be newer than the list. What is not named by its target
    and author came from a file or a hook: no list would name it so.
    """
    return [
        Ref(one.target.network, one.kind, external_id)
        for one in whole
        for external_id in session.scalars(
            select(Signal.external_id).where(
                Signal.network == one.target.network,
                Signal.kind == one.kind.value,
                Signal.target_external_id == one.target.external_id,
                Signal.deleted_at.is_(None),
                Signal.observed_at <= now - _SETTLED,
            )
        )
        if external_id.startswith(f"{one.target.external_id}:")
        and external_id not in one.external_ids
    ]
