"""Suggestions for a topic, each with posts as evidence and what it would gain; decided for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.examples import read_around, read_bilingual, read_judged, read_pairs
from config.errors import Conflict, NotFound, Refused
from models import (
    PhrasePair,
    SuggestionDecision,
    Topic,
)
from models.upsert import insert_for
from signals.archive import words_of
from signals.pairs import learn_pairs
from signals.policy import find_sensitive_topic
from signals.studio import Heard, replay
from signals.suggest import bar_for, choose_phrases, compare_phrases, find_common, phrases_of
from signals.text import fold
from signals.topics import check_phrase
from signals.versions import Definition, check_reason
from signals.written import find_written

#: Shown of each kind at most, in this order. Pairs first: nothing else can find them.
_SHOWN: Final = {"pair": 12, "spelling": 6, "learned": 12, "held": 6}
_EVIDENCE: Final = 3  # posts shown with a suggestion
_WEIGHED: Final = 24  # spellings of which it is asked what they would bring
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
    well, weights, ill = read_judged(session, topic.id, since)
    around = read_around(session, topic.id)
    keywords = {fold(one) for one in saved.keywords}
    exclusions = {fold(one) for one in saved.exclusions}
    found: list[tuple[str, str, str, float]] = []
    same_as: dict[str, str] = {}
    form_of: dict[str, str] = {}
    # one post's phrases at a time: of all at once they are some 20 MB of the web process
    ranked = compare_phrases(map(phrases_of, well), map(phrases_of, around), weights=weights)
    bar = bar_for(len(ranked))
    common = find_common(set(words_of(text)) for text in around)
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
    for keyword, other in read_pairs(session, keywords):
        found.append(("keyword", other, "pair", 2.0))
        same_as[other] = keyword
    if len(saved.languages) != 1:
        for twin in learn_pairs(read_bilingual(session, topic.id), keywords):
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
