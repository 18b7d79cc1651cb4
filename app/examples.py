"""What suggestions are learned from: posts of prospects and of others, pairs, who writes in two."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.yields import find_positive
from models import (
    Account,
    ArchivedPost,
    ArchiveLabel,
    Match,
    Person,
    PhrasePair,
    Signal,
    StoredScore,
)
from models.bulk import among
from prospects.corrections import standing_labels
from signals.policy import find_sensitive
from signals.scoring.contract import Intent
from signals.suggest import phrases_of

_READ: Final = 3_000  # posts of each side
_WELL: Final = 0.5  # from this probability on, a post speaks for a prospect
_ILL: Final = 0.1


def read_judged(
    session: Session, topic_id: int, since: datetime
) -> tuple[list[str], list[float], list[str]]:
    """Posts whose authors are prospects with how surely, and posts of sellers and of others.

    Of archived posts those that somebody judged.
    """
    rows = session.execute(
        select(Signal.id, Signal.text, StoredScore.prospect, StoredScore.intents)
        .join(StoredScore, StoredScore.signal_id == Signal.id)
        .where(
            StoredScore.topic_id == topic_id,
            Signal.occurred_at >= since,
            Signal.text.is_not(None),
            Signal.deleted_at.is_(None),
        )
        .order_by(Signal.id.desc(), StoredScore.id.desc())
        .limit(2 * _READ)
    ).all()
    labels = {one.signal_id: one.value for one in standing_labels(session, topic_id)}
    well: list[str] = []
    weights: list[float] = []
    ill: list[str] = []
    seen: set[int] = set()
    for signal_id, text, prospect, intents in rows:
        if not text or signal_id in seen or find_sensitive(text) is not None:
            continue
        seen.add(signal_id)
        said = labels.get(signal_id)
        chance = float(said) if said is not None else prospect
        if chance >= _WELL:
            well.append(text)
            weights.append(chance)
        elif said == 0 or (intents.get(Intent.SELLER, 0.0) >= _WELL and chance < _ILL):
            ill.append(text)
    thumbs = session.execute(
        select(ArchivedPost.id, ArchivedPost.text, ArchiveLabel.value)
        .join(ArchiveLabel, ArchiveLabel.archive_id == ArchivedPost.id)
        .where(ArchiveLabel.topic_id == topic_id, ArchivedPost.occurred_at >= since)
        .order_by(ArchiveLabel.id)
    )
    for text, value in {id_: (text, value) for id_, text, value in thumbs}.values():
        if text and find_sensitive(text) is None:
            (well if value else ill).append(text)
            weights += [1.0] * value
    return well, weights, ill


def read_around(session: Session, topic_id: int) -> list[str]:
    """The background: archived posts and posts of other topics, spread over all there are."""
    archived = session.scalars(
        select(ArchivedPost.text).where(
            among(session, ArchivedPost.id, _spread(session, ArchivedPost.id))
        )
    )
    own = select(Match.signal_id).where(Match.topic_id == topic_id)
    others = session.scalars(
        select(Signal.text).where(
            among(session, Signal.id, _spread(session, Signal.id)),
            Signal.text.is_not(None),
            Signal.deleted_at.is_(None),
            Signal.id.not_in(own),
        )
    )
    return [*list(archived)[:_READ], *[text for text in others if text][:_READ]]


def _spread(session: Session, column: InstrumentedAttribute[int]) -> list[int]:
    """Rows' numbers, evenly spaced: all of few, of very many some thousands."""
    first, last = session.execute(
        select(func.coalesce(func.min(column), 1), func.coalesce(func.max(column), 0))
    ).one()
    # closer together than needed: what was judged long ago stands far before the others
    numbers = range(first, last + 1, max(1, (last - first) // (4 * _READ)))
    found = session.scalars(select(column).where(among(session, column, numbers)).order_by(column))
    there = list(found)
    return there[:: -(-len(there) // _READ) or 1]


def read_pairs(session: Session, keywords: Collection[str]) -> list[tuple[str, str]]:
    """Every pair one half of which is a keyword: that, and the other half."""
    found = []
    for pair in session.scalars(select(PhrasePair).order_by(PhrasePair.id)):
        if pair.folded in keywords:
            found.append((pair.folded, pair.other))
        elif pair.other_folded in keywords:
            found.append((pair.other_folded, pair.phrase))
    return found


def read_bilingual(session: Session, topic_id: int) -> list[dict[str, set[str]]]:
    """What confirmed prospects of the topic wrote on it, by person and language.

    Confirmed is who answered well, or of whom somebody said that they are one.
    """
    said = {one.signal_id for one in standing_labels(session, topic_id) if one.value == 1}
    rows = session.execute(
        select(Signal.id, Account.person_id, Signal.language, Signal.text)
        .join(Account, Account.id == Signal.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            Signal.id.in_(select(Match.signal_id).where(Match.topic_id == topic_id)),
            Signal.text.is_not(None),
            Signal.deleted_at.is_(None),
            Signal.language.is_not(None),
            Person.suppressed_at.is_(None),
        )
        .order_by(Signal.id.desc())
        .limit(4 * _READ)
    ).all()
    confirmed = find_positive(session, topic_id)
    confirmed |= {person_id for signal_id, person_id, _, _ in rows if signal_id in said}
    people: dict[int, dict[str, set[str]]] = {}
    for _, person_id, language, text in rows:
        if person_id in confirmed and text and language and find_sensitive(text) is None:
            written = people.setdefault(person_id, {})
            written.setdefault(language.split("-")[0], set()).update(phrases_of(text))
    return [people[person_id] for person_id in sorted(people)]
