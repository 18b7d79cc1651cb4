"""Store what a collector brought: one page, one transaction, data and cursor together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import (
    Account,
    ArchivedPost,
    Keyword,
    Match,
    Person,
    Signal,
    Topic,
)
from models.upsert import insert_for, insert_ignore
from signals.collectors.contract import WORDLESS_KINDS, Engagement, Kind, Ref
from signals.policy import find_refusal
from signals.text import is_storable
from signals.tombstones import Hashes, chunks, forget
from signals.topics import Hit, Matcher, TopicPhrases

_ROUNDS = 5  # how deep a reply to a reply to a matched post may stand within one page
_HOLDING = (Kind.POST, Kind.COMMENT, Kind.QUOTE)  # kinds that can be a target


@dataclass(slots=True)
class Counts:
    """What became of a page, in engagements. ``matched`` includes those stored before."""

    read: int = 0
    matched: int = 0
    stored: int = 0
    duplicate: int = 0
    suppressed: int = 0
    malformed: int = 0

    def add(self, other: Counts) -> None:
        """Sum up, in place."""
        self.read += other.read
        self.matched += other.matched
        self.stored += other.stored
        self.duplicate += other.duplicate
        self.suppressed += other.suppressed
        self.malformed += other.malformed


@dataclass(frozen=True, slots=True)
class Selection:
    """A page after matching, before any database: what matched, what may count by its target."""

    matched: tuple[tuple[Engagement, tuple[Hit, ...]], ...]
    dependent: tuple[Engagement, ...]
    archived: tuple[Engagement, ...]
    counts: Counts = field(default_factory=Counts)


def load_phrases(session: Session) -> list[TopicPhrases]:
    """The active topics with their active keywords, for ``Matcher``."""
    rows = session.execute(
        select(Keyword.topic_id, Keyword.id, Keyword.phrase, Keyword.role)
        .join(Topic)
        .where(Topic.active, Keyword.active)
        .order_by(Keyword.topic_id, Keyword.id)
    )
    topics: dict[int, tuple[list[tuple[int, str]], list[tuple[int, str]]]] = {}
    for topic_id, keyword_id, phrase, role in rows:
        keywords, exclusions = topics.setdefault(topic_id, ([], []))
        (keywords if role == "keyword" else exclusions).append((keyword_id, phrase))
    return [
        TopicPhrases(topic_id, tuple(keywords), tuple(exclusions))
        for topic_id, (keywords, exclusions) in topics.items()
    ]


def load_languages(session: Session) -> dict[int, frozenset[str]]:
    """The languages each topic listens to; a topic without any listens to all and is absent."""
    rows = session.execute(select(Topic.id, Topic.languages).where(Topic.active))
    return {topic_id: frozenset(languages) for topic_id, languages in rows if languages}


@dataclass(frozen=True)
class Listener:
    """What a page is held against; built once per run."""

    matcher: Matcher
    languages: Mapping[int, frozenset[str]]
    detect: Any = None  # Callable[[Sequence[str]], list[str | None]]; None: languages stay unknown
    archive_share: float = 0.0

    def select(self, engagements: Sequence[Engagement]) -> Selection:
        """Match a page. Touches no database, so it runs before the transaction."""
        counts = Counts(read=len(engagements))
        worded = [e for e in engagements if e.text and e.kind not in WORDLESS_KINDS]
        hits_of = self.matcher.match([e.text or "" for e in worded])
        matched: list[tuple[Engagement, tuple[Hit, ...]]] = []
        dependent = [e for e in engagements if e.kind in WORDLESS_KINDS and e.target_external_id]
        dependent = [e for e in dependent if _is_storable(e)]
        archived: list[Engagement] = []
        for engagement, hits in zip(worded, hits_of, strict=True):
            if hits:
                if not _is_storable(engagement):
                    counts.malformed += 1
                elif find_refusal(engagement) is not None:
                    counts.matched += 1
                    counts.suppressed += 1
                else:
                    matched.append((engagement, hits))
            elif engagement.target_external_id:
                if _is_storable(engagement):
                    dependent.append(engagement)
            elif (
                self.archive_share
                and _is_storable(engagement)
                and _sampled(engagement, self.archive_share)
                and find_refusal(engagement) is None
            ):
                archived.append(engagement)
        return Selection(
            tuple(self._keep_languages(matched)), tuple(dependent), tuple(archived), counts
        )

    def _keep_languages(
        self, matched: list[tuple[Engagement, tuple[Hit, ...]]]
    ) -> Iterable[tuple[Engagement, tuple[Hit, ...]]]:
        unknown = [i for i, (e, _) in enumerate(matched) if not e.language]
        if unknown and self.detect is not None:
            languages = self.detect([_storable(matched[i][0].text) or "" for i in unknown])
            for i, language in zip(unknown, languages, strict=True):
                matched[i] = (replace(matched[i][0], language=language), matched[i][1])
        for engagement, hits in matched:
            language = (engagement.language or "").split("-")[0].lower()
            if not language:
                yield engagement, hits
                continue
            kept = tuple(h for h in hits if language in self.languages.get(h.topic_id, {language}))
            if kept:
                yield engagement, kept


def store_page(
    session: Session, selection: Selection, deletions: Sequence[Ref], *, now: datetime
) -> tuple[Counts, tuple[int, ...]]:
    """Store a matched page and honour its deletions.

    Returns the counts and the ids of prospects that lost evidence, for ``prospects.refresh``.
    """
    counts = Counts()
    counts.add(selection.counts)
    hashes = Hashes(session)
    _store(session, [(e, _matches(hits)) for e, hits in selection.matched], counts, hashes, now)
    waiting = sorted(selection.dependent, key=lambda e: (e.occurred_at, e.external_id))
    for _ in range(_ROUNDS):
        inherited = _inherit(session, waiting)
        if not inherited:
            break
        _store(session, inherited, counts, hashes, now)
        done = {id(engagement) for engagement, _ in inherited}
        waiting = [engagement for engagement in waiting if id(engagement) not in done]
    _archive(session, selection.archived, hashes)
    affected = forget(session, deletions, now=now, hashes=hashes) if deletions else ()
    return counts, affected


@dataclass(frozen=True, slots=True)
class _FoundKeyword:
    topic_id: int
    keyword_id: int
    start: int = -1
    end: int = -1


def _matches(hits: tuple[Hit, ...]) -> list[_FoundKeyword]:
    first: dict[int, _FoundKeyword] = {}  # one row per keyword: its first place
    for hit in hits:
        first.setdefault(
            hit.keyword_id, _FoundKeyword(hit.topic_id, hit.keyword_id, hit.start, hit.end)
        )
    return list(first.values())


def _inherit(
    session: Session, waiting: Sequence[Engagement]
) -> list[tuple[Engagement, list[_FoundKeyword]]]:
    """Those whose target is a stored signal, with the target's keywords."""
    wanted = {(e.network, e.target_external_id) for e in waiting}
    if not wanted:
        return []
    found: dict[tuple[str, str], list[_FoundKeyword]] = {}
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
                    _FoundKeyword(topic_id, keyword_id)
                )
    return [
        (engagement, found[engagement.network, engagement.target_external_id])
        for engagement in waiting
        if engagement.target_external_id
        and (engagement.network, engagement.target_external_id) in found
    ]


def _store(
    session: Session,
    matched: Sequence[tuple[Engagement, list[_FoundKeyword]]],
    counts: Counts,
    hashes: Hashes,
    now: datetime,
) -> None:
    if not matched:
        return
    counts.matched += len(matched)
    fresh: dict[tuple[str, str, str], tuple[Engagement, list[_FoundKeyword]]] = {}
    known = _known(session, [engagement for engagement, _ in matched])
    for engagement, found in matched:
        key = (engagement.network, engagement.kind.value, engagement.external_id)
        if key in known or key in fresh:
            counts.duplicate += 1
        elif hashes.refuse(engagement) or (
            (engagement.kind in WORDLESS_KINDS or not found or found[0].start < 0)
            and find_refusal(engagement) is not None
        ):
            counts.suppressed += 1
        else:
            fresh[key] = (engagement, found)
    if not fresh:
        return
    accounts = _store_accounts(session, [engagement for engagement, _ in fresh.values()], now)
    ids = _insert_signals(session, [e for e, _ in fresh.values()], accounts, now)
    counts.stored += len(ids)
    counts.duplicate += len(fresh) - len(ids)  # another process was quicker
    insert_ignore(
        session,
        Match,
        [
            {
                "signal_id": ids[key],
                "keyword_id": one.keyword_id,
                "topic_id": one.topic_id,
                "start": one.start,
                "end": one.end,
            }
            for key, (_, found) in fresh.items()
            if key in ids
            for one in found
        ],
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
            "handle": _cut(authors[network, external_id].handle, 300),
            "display_name": _cut(authors[network, external_id].display_name, 300),
            "url": _storable(authors[network, external_id].url),
            "first_seen_at": now,
        }
        for person_id, (network, external_id) in zip(sorted(persons), missing, strict=True)
    ]
    insert_ignore(session, Account, rows)
    return ids | _account_ids(session, missing)


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
            "text": _storable(e.text),
            "url": _storable(e.url),
            "community": _cut(e.community, 300),
            "target_external_id": e.target_external_id,
            "parent_external_id": e.parent_external_id,
            "record_ref": e.record_ref,
            "language": _cut(e.language, 16),
            "metrics": {_storable(name): count for name, count in e.metrics.items()},
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


def _archive(session: Session, engagements: Sequence[Engagement], hashes: Hashes) -> None:
    insert_ignore(
        session,
        ArchivedPost,
        [
            {
                "network": e.network,
                "external_id": e.external_id,
                "author_hash": hashes.of(e.network, e.author.external_id),
                "text": _storable(e.text),
                "language": _cut(e.language, 16),
                "occurred_at": e.occurred_at,
            }
            for e in engagements
            if not hashes.refuse(e)
        ],
    )


def _sampled(engagement: Engagement, share: float) -> bool:
    digest = hashlib.blake2b(engagement.external_id.encode(), digest_size=4).digest()
    return int.from_bytes(digest) < share * 2**32


def _cut(value: str | None, length: int) -> str | None:
    value = _storable(value)
    return value if value is None or len(value) <= length else value[:length]


def _is_storable(engagement: Engagement) -> bool:
    """Whether its names fit their columns; a name that was cut would be another's."""
    author = engagement.author.external_id
    names = (
        engagement.network, engagement.external_id, author, engagement.target_external_id,
        engagement.parent_external_id, engagement.record_ref,
    )  # fmt: skip
    return (
        0 < len(engagement.network) <= 40
        and len(author) <= 300
        and all(name is None or (len(name) <= 600 and is_storable(name)) for name in names)
    )


def _storable(text: str | None) -> str | None:
    """Without NUL and lone surrogates, which PostgreSQL and UTF-8 refuse."""
    if text is None:
        return None
    if "\x00" in text:
        text = text.replace("\x00", "")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace").decode()
    return text
