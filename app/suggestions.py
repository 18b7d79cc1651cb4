"""Suggestions for a topic, each with posts as evidence and what it would gain; decided for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.yields import find_positive
from config.errors import Conflict, NotFound, Refused
from models import (
    Account,
    ArchivedPost,
    ArchiveLabel,
    Match,
    Person,
    PhrasePair,
    Signal,
    StoredScore,
    SuggestionDecision,
    Topic,
)
from models.upsert import insert_for
from prospects.corrections import standing_labels
from signals.archive import words_of
from signals.pairs import learn_pairs
from signals.policy import find_sensitive, find_sensitive_topic
from signals.scoring.contract import Intent
from signals.studio import Heard, replay
from signals.suggest import bar_for, choose_phrases, compare_phrases, find_common, phrases_of
from signals.text import fold
from signals.topics import check_phrase
from signals.versions import Definition, check_reason
from signals.written import find_written

_READ: Final = 3_000  # posts of each side
#: Shown of each kind at most, in this order. Pairs first: nothing else can find them.
_SHOWN: Final = {"pair": 12, "spelling": 6, "learned": 12, "held": 6}
_EVIDENCE: Final = 3  # posts shown with a suggestion
_WEIGHED: Final = 24  # spellings of which it is asked what they would bring
_WELL: Final = 0.5  # from this probability on, a post speaks for a prospect
_ILL: Final = 0.1
#: Exclusions are learned from few posts; that no prospect uses them is asked besides.
_LEAST_ILL: Final = 1.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A phrase to add or to hold back. ``why``: learned, spelling, pair, twin (a learned pair).

    ``same_as``: the keyword that a phrase says in another language. ``form_of``: the one of which
    it is another form or spelling.

    ``posts``: gained by adding it, or held back by it, in the days looked at; ``estimated``: about
    so many. ``evidence``: some of these posts.
    """

    role: str
    phrase: str
    why: str
    posts: int
    estimated: bool
    evidence: tuple[Heard, ...]
    surety: float
    same_as: str = ""
    form_of: str = ""


def suggest(
    session: Session, topic: Topic, *, since: datetime, old_share: float = 1.0
) -> list[Suggestion]:
    """What posts of prospects and of others suggest: some of each kind, surest first.

    Nothing that was decided before. ``old_share``: with which posts were archived before the share
    was written beside each.
    """
    saved = Definition.of(topic)
    decided = {
        (role, folded)
        for role, folded in session.execute(
            select(SuggestionDecision.role, SuggestionDecision.folded).where(
                SuggestionDecision.topic_id == topic.id
            )
        )
    }
    well, weights, ill = _read_judged(session, topic.id, since)
    around = _read_around(session, topic.id)
    keywords = {fold(one) for one in saved.keywords}
    exclusions = {fold(one) for one in saved.exclusions}
    found: list[tuple[str, str, str, float]] = []
    same_as: dict[str, str] = {}
    form_of: dict[str, str] = {}
    behind = [phrases_of(text) for text in around]
    ranked = compare_phrases(map(phrases_of, well), behind, weights=weights)
    bar = bar_for(len(ranked))
    common = find_common(behind)
    known = keywords | exclusions
    chosen = choose_phrases(
        ranked, known=known, most=5 * _SHOWN["learned"], least_z=bar, common=common
    )
    found += [("keyword", one.words, "learned", one.z) for one in chosen]
    ranked = compare_phrases(map(phrases_of, ill), map(phrases_of, well))
    most = 2 * _SHOWN["held"]
    for one in choose_phrases(ranked, known=known, most=most, least_z=_LEAST_ILL, common=common):
        if one.outside == 0:  # a phrase that prospects use holds them back too
            found.append(("exclusion", one.words, "learned", one.z))
    for phrase, keyword in find_written(session, sorted(keywords), since=since)[:_WEIGHED]:
        found.append(("keyword", phrase, "spelling", 1.0))
        form_of[phrase] = keyword
    for keyword, other in _read_pairs(session, keywords):
        found.append(("keyword", other, "pair", 2.0))
        same_as[other] = keyword
    if len(saved.languages) != 1:
        for twin in learn_pairs(_read_bilingual(session, topic.id), keywords):
            if find_sensitive_topic(twin.phrase) is None and twin.phrase not in same_as:
                found.append(("keyword", twin.phrase, "twin", twin.z))
                same_as[twin.phrase] = twin.keyword
    suggestions: list[Suggestion] = []
    places = dict(_SHOWN)
    found.sort(key=lambda one: list(places).index(_kind_of(one[0], one[2])))
    for role, phrase, why, surety in found:
        kind = _kind_of(role, why)
        # no kind takes the places of another
        if not places[kind] or (role, fold(phrase)) in decided:
            continue
        if not _is_allowed(phrase, keywords | exclusions):
            continue
        made = _weigh(session, saved, role, phrase, why, surety, since, old_share)
        if made is not None:
            suggestions.append(
                replace(
                    made, same_as=same_as.get(phrase, ""),
                    form_of=form_of.get(phrase, "") if why == "spelling" else "",
                )
            )  # fmt: skip
            decided.add((role, fold(phrase)))  # the same word by another way is no other
            places[kind] -= 1
    return suggestions


def _kind_of(role: str, why: str) -> str:
    if role == "exclusion":
        return "held"
    return "pair" if why == "twin" else why


def _is_allowed(phrase: str, known: Collection[str]) -> bool:
    return fold(phrase) not in known and find_sensitive_topic(phrase) is None


def _weigh(
    session: Session, saved: Definition, role: str, phrase: str, why: str, surety: float,
    since: datetime, old_share: float,
) -> Suggestion | None:  # fmt: skip
    """With what it would do; ``None`` for one that would do nothing."""
    if role == "keyword":
        draft = replace(saved, keywords=(*saved.keywords, phrase))
    else:
        draft = replace(saved, exclusions=(*saved.exclusions, phrase))
    change = replay(session, saved, draft, since=since, old_share=old_share)
    posts = change.gained if role == "keyword" else change.lost
    if not posts:
        return None
    return Suggestion(
        role, _spell(phrase, posts), why, round(sum(one.step for one in posts)),
        any(one.step > 1 for one in posts) or max(change.lost_steps) > 1,
        tuple(posts[:_EVIDENCE]), surety,
    )  # fmt: skip


def _spell(phrase: str, posts: Sequence[Heard]) -> str:
    """As most of these posts write it: what was compared has lost its hamzas and capitals."""
    wanted = words_of(phrase)
    written = Counter(
        " ".join(one.post.text[start:end].split()) for one in posts for start, end in one.marks
    )
    return next((one for one, _ in written.most_common() if words_of(one) == wanted), phrase)


def _read_judged(
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


def _read_around(session: Session, topic_id: int) -> list[str]:
    """The background: newest archived posts, and posts of other topics."""
    archived = session.scalars(
        select(ArchivedPost.text).order_by(ArchivedPost.id.desc()).limit(_READ)
    ).all()
    own = select(Match.signal_id).where(Match.topic_id == topic_id)
    others = session.scalars(
        select(Signal.text)
        .where(Signal.text.is_not(None), Signal.deleted_at.is_(None), Signal.id.not_in(own))
        .order_by(Signal.id.desc())
        .limit(_READ)
    ).all()
    return [*archived, *(text for text in others if text)]


def _read_pairs(session: Session, keywords: Collection[str]) -> list[tuple[str, str]]:
    """Every pair one half of which is a keyword: that, and the other half."""
    found = []
    for pair in session.scalars(select(PhrasePair).order_by(PhrasePair.id)):
        if pair.folded in keywords:
            found.append((pair.folded, pair.other))
        elif pair.other_folded in keywords:
            found.append((pair.other_folded, pair.phrase))
    return found


def _read_bilingual(session: Session, topic_id: int) -> list[dict[str, set[str]]]:
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


def decide(
    session: Session, topic: Topic, role: str, phrase: str, decision: str, *, author: str,
    now: datetime, same_as: str = "",
) -> None:  # fmt: skip
    """Accept or dismiss a suggestion for good; an accepted one is not added to the topic here.

    ``same_as``: what it says in another language. Accepted, the two are a pair for every topic.
    """
    made = session.scalar(
        insert_for(session, SuggestionDecision)
        .values(
            topic_id=topic.id, role=role, phrase=phrase, folded=check_phrase(phrase),
            decision=decision, author=author[:200], created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(SuggestionDecision.id)
    )  # fmt: skip
    if made is None:
        raise Conflict(
            "%(phrase)s was decided before.",
            'See: warmlist topic suggest "%(name)s"',
            phrase=repr(phrase),
            name=topic.name,
        )
    if decision == "accepted" and same_as:
        add_pair(session, same_as, phrase, author=author, now=now)


def add_pair(
    session: Session, phrase: str, other: str, *, author: str, now: datetime, reason: str = ""
) -> None:
    """Keep that two phrases say the same in two languages, and why; twice is no trouble."""
    if check_phrase(phrase) == check_phrase(other):
        raise Refused(
            "Both phrases are the same.",
            "Give the phrase of the other language.",
            fault="same_phrases",
        )
    session.execute(
        insert_for(session, PhrasePair)
        .values(
            phrase=" ".join(phrase.split()), folded=check_phrase(phrase),
            other=" ".join(other.split()), other_folded=check_phrase(other),
            reason=check_reason(reason) or None, author=author[:200], created_at=now,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip


def find_suggestion(suggestions: Sequence[Suggestion], phrase: str) -> Suggestion:
    """The one of that phrase."""
    for one in suggestions:
        if fold(one.phrase) == fold(phrase):
            return one
    raise NotFound(
        "%(phrase)s is not suggested.",
        "Choose one of those listed.",
        phrase=repr(phrase),
    )
