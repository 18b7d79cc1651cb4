"""What a topic was at each saving: kept, compared, brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotFound, Reasonless, Refused
from models import Topic, TopicVersion
from signals.text import fold, is_storable

LONGEST_REASON = 500  # characters


@dataclass(frozen=True, slots=True)
class Definition:
    """A topic's whole definition, as a version keeps it. ``communities``: (network, name)."""

    name: str
    description: str = ""
    keywords: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    communities: tuple[tuple[str, str], ...] = ()
    active: bool = True
    places: tuple[str, ...] = ()  # countries (ISO 3166) where its people live; none: any

    @classmethod
    def of(cls, topic: Topic) -> Definition:
        """What the topic is now."""
        said = [k for k in topic.keywords if k.active]
        return cls(
            topic.name,
            topic.description,
            tuple(k.phrase for k in said if k.role == "keyword"),
            tuple(k.phrase for k in said if k.role == "exclusion"),
            tuple(topic.languages),
            tuple((c.network, c.name) for c in topic.communities),
            topic.active,
            tuple(topic.places),
        )

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Definition:
        """What ``as_json`` gave."""
        return cls(
            row["name"], row["description"], tuple(row["keywords"]), tuple(row["exclusions"]),
            tuple(row["languages"]), tuple((n, name) for n, name in row["communities"]),
            row["active"], tuple(row.get("places", ())),  # versions from before have none
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "name": self.name,
            "description": self.description,
            "keywords": list(self.keywords),
            "exclusions": list(self.exclusions),
            "languages": list(self.languages),
            "communities": [list(one) for one in self.communities],
            "active": self.active,
            "places": list(self.places),
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two definitions: a ``field`` and what was added or removed."""

    field: str  # keyword, exclusion, language, place, community, name, description, active
    added: str | None = None
    removed: str | None = None


def compare(before: Definition, after: Definition) -> tuple[Change, ...]:
    """What makes ``after`` of ``before``; a phrase spelled another way is no change."""
    changes: list[Change] = []
    for field, old, new in (
        ("keyword", before.keywords, after.keywords),
        ("exclusion", before.exclusions, after.exclusions),
        ("language", before.languages, after.languages),
        ("place", before.places, after.places),
        ("community", _names(before), _names(after)),
    ):
        changes += _differ(field, old, new)
    for field, was, now in (
        ("name", before.name, after.name),
        ("description", before.description, after.description),
        ("active", _yes(before.active), _yes(after.active)),
    ):
        if was != now:
            changes.append(Change(field, now, was))
    return tuple(changes)


def _differ(field: str, old: Sequence[str], new: Sequence[str]) -> list[Change]:
    had, has = {fold(one) for one in old}, {fold(one) for one in new}
    return [
        *(Change(field, added=one) for one in new if fold(one) not in had),
        *(Change(field, removed=one) for one in old if fold(one) not in has),
    ]


def spell_place(place: tuple[str, str]) -> str:
    """A community as it is typed."""
    network, name = place
    return name if network in {"any", "reddit"} else f"{network}:{name}"


def _names(definition: Definition) -> list[str]:
    return [spell_place(place) for place in definition.communities]


def _yes(value: bool) -> str:  # noqa: FBT001 - a word for a truth
    return "yes" if value else "no"


def require_reason(reason: str) -> str:
    """A reason on one line; refuses none at all, too: a version says why it was made."""
    tidy = check_reason(reason)
    if not any(character.isalnum() for character in tidy):
        raise Reasonless("The reason is missing.", "Say in a few words why: --reason.", 2)
    return tidy


def check_reason(reason: str) -> str:
    """A reason on one line; refuses one that is too long or no text."""
    tidy = " ".join(reason.split())
    if len(tidy) > LONGEST_REASON or not is_storable(tidy):
        raise Refused(
            "The reason has %(n)s characters, or some that cannot be kept.",
            "Use at most %(longest_reason)s.",
            n=len(tidy),
            longest_reason=LONGEST_REASON,
        )
    return tidy


def keep_version(
    session: Session, topic: Topic, *, author: str, reason: str, now: datetime
) -> TopicVersion:
    """Write what the topic is now under its number."""
    version = TopicVersion(
        topic_id=topic.id,
        number=topic.version,
        definition=Definition.of(topic).as_json(),
        author=author[:200],
        reason=check_reason(reason),
        created_at=now,
    )
    session.add(version)
    session.flush()
    return version


def keep_present(session: Session, topic: Topic) -> None:
    """Write what the topic is now, if nobody did: before it changes."""
    known = session.scalar(
        select(TopicVersion.id).where(
            TopicVersion.topic_id == topic.id, TopicVersion.number == topic.version
        )
    )
    if known is None:
        keep_version(session, topic, author="", reason="", now=topic.updated_at)


def load_history(session: Session, topic: Topic) -> list[tuple[TopicVersion, tuple[Change, ...]]]:
    """Every version, newest first, each with what it changed; a first one changed nothing."""
    rows = session.scalars(
        select(TopicVersion)
        .where(TopicVersion.topic_id == topic.id)
        .order_by(TopicVersion.number)
    ).all()  # fmt: skip
    found: list[tuple[TopicVersion, tuple[Change, ...]]] = []
    before: Definition | None = None
    for row in rows:
        after = Definition.from_json(row.definition)
        found.append((row, compare(before, after) if before is not None else ()))
        before = after
    return found[::-1]


def compare_versions(session: Session, topic: Topic, before: int, after: int) -> tuple[Change, ...]:
    """What differs between any two versions, older or newer, the present one too."""
    of = {number: load_version(session, topic, number) for number in (before, after)}
    return compare(of[before], of[after])


def load_version(session: Session, topic: Topic, number: int) -> Definition:
    """The definition of one version; the present one's even if it was never kept."""
    row = session.scalar(
        select(TopicVersion).where(
            TopicVersion.topic_id == topic.id, TopicVersion.number == number
        )
    )  # fmt: skip
    if row is None and number == topic.version:
        return Definition.of(topic)
    if row is None:
        raise NotFound(
            "Topic %(topic)s has no version %(number)s.",
            'See: warmlist topic history "%(topic2)s"',
            topic=repr(topic.name),
            number=number,
            topic2=topic.name,
        )
    return Definition.from_json(row.definition)
