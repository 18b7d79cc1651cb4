"""What a page of engagements is held against before any database: topics, languages, policy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Keyword, Topic
from signals.collectors.contract import WORDLESS_KINDS, Engagement, Own, Ref
from signals.policy import find_refusal, has_opted_out, is_author_out, terms_of
from signals.text import is_storable, storable
from signals.topics import Hit, Matcher, TopicPhrases


@dataclass(slots=True)
class Counts:
    """What became of a page, in engagements. ``matched`` includes those stored before.

    ``own_accounts`` are the row numbers of accounts now known for the team's own.
    """

    read: int = 0
    matched: int = 0
    stored: int = 0
    duplicate: int = 0
    suppressed: int = 0
    malformed: int = 0
    own_accounts: set[int] = field(default_factory=set)

    def add(self, other: Counts) -> None:
        """Sum up, in place."""
        self.read += other.read
        self.matched += other.matched
        self.stored += other.stored
        self.duplicate += other.duplicate
        self.suppressed += other.suppressed
        self.malformed += other.malformed
        self.own_accounts |= other.own_accounts


@dataclass(frozen=True, slots=True)
class Selection:
    """A page after matching, before any database: what matched, what may count by its target.

    ``lapsed`` names what may not be stored, with the accounts that ask to be left alone: it may
    have been stored before that was known. ``unheard`` holds edited posts that match no more: an
    older version may be stored. ``archived``: a share of those that match nothing; some
    are ``dependent``, and not for the archive if they turn out to be signals. ``own_topics`` are
    those of which everything is that engages with the team itself; such engagements stand in
    ``matched`` even without a hit. ``team`` are accounts (network, id) named as the team's own.
    """

    matched: tuple[tuple[Engagement, tuple[Hit, ...]], ...]
    dependent: tuple[Engagement, ...]
    archived: tuple[Engagement, ...]
    counts: Counts = field(default_factory=Counts)
    lapsed: tuple[Ref, ...] = ()
    archive_share: float = 1.0
    unheard: tuple[Engagement, ...] = ()
    own_topics: tuple[int, ...] = ()
    team: frozenset[tuple[str, str]] = frozenset()


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

    def select(
        self, engagements: Sequence[Engagement], *, own_topics: Sequence[int] = ()
    ) -> Selection:
        """Match a page. Touches no database, so it runs before the transaction.

        ``own_topics``: whose the team's own posts and mentions are, whatever words they hold.
        """
        counts = Counts(read=len(engagements))
        worded = [e for e in engagements if e.text and e.kind not in WORDLESS_KINDS]
        hits_of = self.matcher.match([e.text or "" for e in worded])
        matched: list[tuple[Engagement, tuple[Hit, ...]]] = []
        dependent = [e for e in engagements if e.kind in WORDLESS_KINDS and e.target_external_id]
        dependent = [e for e in dependent if _is_storable(e)]
        archived: list[Engagement] = []
        lapsed = find_opted_out(engagements)
        unheard: list[Engagement] = []
        for engagement, hits in zip(worded, hits_of, strict=True):
            if hits or (own_topics and engagement.own is not None):
                if not _is_storable(engagement):
                    counts.malformed += 1
                elif find_refusal(engagement) is not None:
                    counts.matched += 1
                    counts.suppressed += 1
                    lapsed.append(engagement.ref)
                else:
                    matched.append((engagement, hits))
            elif engagement.target_external_id:
                if _is_storable(engagement):
                    dependent.append(engagement)
                    if self._may_archive(engagement):
                        archived.append(engagement)
            elif engagement.edited_at:
                unheard.append(engagement)
                if _is_storable(engagement) and self._may_archive(engagement):
                    archived.append(engagement)
            elif _is_storable(engagement) and self._may_archive(engagement):
                archived.append(engagement)
        kept = tuple(self._keep_languages(matched, archived, is_own=bool(own_topics)))
        archived = self._name_languages(archived)  # so that a replay need not, in the web process
        return Selection(
            kept, tuple(dependent), tuple(archived), counts, tuple(dict.fromkeys(lapsed)),
            self.archive_share,
            tuple(unheard), tuple(own_topics),
        )  # fmt: skip

    def _name_languages(self, engagements: list[Engagement]) -> list[Engagement]:
        """Each with its language, as far as it can be told."""
        unknown = [i for i, one in enumerate(engagements) if not one.language]
        if unknown and self.detect is not None:
            engagements = list(engagements)
            languages = self.detect([storable(engagements[i].text) or "" for i in unknown])
            for i, language in zip(unknown, languages, strict=True):
                engagements[i] = replace(engagements[i], language=language)
        return engagements

    def _may_archive(self, engagement: Engagement) -> bool:
        return (
            self.archive_share > 0
            and engagement.own is not Own.POST
            and terms_of(engagement.network).archive
            and _sampled(engagement, self.archive_share)
            and find_refusal(engagement) is None
        )

    def _keep_languages(
        self,
        matched: list[tuple[Engagement, tuple[Hit, ...]]],
        archived: list[Engagement],
        *,
        is_own: bool,
    ) -> Iterable[tuple[Engagement, tuple[Hit, ...]]]:
        """Those in a language of their topic; of the others a share is added to ``archived``.

        ``is_own``: what engages with the team itself stays, in whatever language.
        """
        named = self._name_languages([engagement for engagement, _ in matched])
        for engagement, (_, hits) in zip(named, matched, strict=True):
            language = (engagement.language or "").split("-")[0].lower()
            if not language:
                yield engagement, hits
                continue
            kept = tuple(h for h in hits if language in self.languages.get(h.topic_id, {language}))
            if kept or (is_own and engagement.own is not None):
                yield engagement, kept
            elif self._may_archive(engagement):
                archived.append(engagement)


def find_opted_out(engagements: Sequence[Engagement]) -> list[Ref]:
    """What is asked to be left alone, whether it matches or not, and accounts that ask it for all.

    The team's own account is none of these: it is nobody's prospect.
    """
    found: list[Ref] = []
    for engagement in engagements:
        if not (engagement.flags or engagement.author.description):
            continue
        if has_opted_out(engagement):
            found.append(engagement.ref)
        if engagement.own is not Own.POST and is_author_out(engagement):
            author = engagement.author.external_id
            found.append(Ref(engagement.network, None, author, account=True, opted_out=True))
    return found


def _sampled(engagement: Engagement, share: float) -> bool:
    digest = hashlib.blake2b(engagement.external_id.encode(), digest_size=4).digest()
    return int.from_bytes(digest) < share * 2**32


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
