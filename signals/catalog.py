"""Topics as people tune them: create, edit, find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound, Refused
from config.settings import TopicSettings
from models import Community, Keyword, Topic
from signals.collectors.traits import TRAITS
from signals.policy import SUBJECT_NAMES, find_sensitive_topic, spread_place
from signals.text import is_storable
from signals.topics import check_phrase
from signals.versions import (
    Definition,
    keep_present,
    keep_version,
    load_version,
    require_reason,
    spell_place,
)

_LONGEST_NAME = 120
#: Codes for several languages, none, or one that nobody knows.
_NO_LANGUAGE: Final = frozenset({"mis", "mul", "root", "und", "zxx"})


def find_topic(session: Session, name_or_id: str) -> Topic:
    """The topic of that name (case does not matter) or row number."""
    wanted = name_or_id.strip()
    topic = None
    if is_storable(wanted):
        topic = session.scalar(select(Topic).where(func.lower(Topic.name) == wanted.lower()))
    if topic is None and wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
        topic = session.get(Topic, int(wanted))
    if topic is None:
        names = session.scalars(select(Topic.name).order_by(Topic.name).limit(6)).all()
        raise NotFound(
            "There is no topic %(name_or_id)s.",
            "Known topics: %(known)s." if names else "Add one: warmlist topic add",
            name_or_id=repr(name_or_id),
            known=", ".join(names),
        )
    return topic


def create_topic(
    session: Session,
    *,
    name: str,
    keywords: Sequence[str],
    exclusions: Sequence[str] = (),
    languages: Sequence[str] = (),
    places: Sequence[str] = (),
    communities: Sequence[str] = (),
    description: str = "",
    defaults: TopicSettings,
    now: datetime,
    author: str = "",
    reason: str = "",
    allow_hosts: Sequence[str] = (),
) -> Topic:
    """A new topic and its first version; refuses a taken or sensitive name, and no keywords.

    A place that is an address must be public, or of ``allow_hosts``.
    """
    name = _check_name(session, name)
    if not keywords:
        raise Refused(
            "Topic %(name)s has no keyword.",
            "Give at least one, with --keyword.",
            name=repr(name),
            fault="no_keyword",
        )
    topic = Topic(
        name=name,
        description=description.strip(),
        languages=check_languages(languages),
        places=check_places(places),
        half_life_hours=defaults.half_life_hours,
        window_days=defaults.window_days,
        created_at=now,
        updated_at=now,
    )
    session.add(topic)
    _add_phrases(topic, "keyword", keywords, now)
    _add_phrases(topic, "exclusion", exclusions, now)
    _add_communities(topic, communities, allow_hosts)
    _check_subject(topic)
    session.flush()
    topic.version = 1
    keep_version(session, topic, author=author, reason=reason, now=now)
    return topic


def edit_topic(
    session: Session,
    topic: Topic,
    *,
    add_keywords: Sequence[str] = (),
    remove_keywords: Sequence[str] = (),
    add_exclusions: Sequence[str] = (),
    remove_exclusions: Sequence[str] = (),
    languages: Sequence[str] | None = None,
    places: Sequence[str] | None = None,
    add_communities: Sequence[str] = (),
    remove_communities: Sequence[str] = (),
    description: str | None = None,
    name: str | None = None,
    active: bool | None = None,
    now: datetime,
    author: str = "",
    reason: str,
    allow_hosts: Sequence[str] = (),
) -> Topic:
    """Change a topic; ``None`` leaves a field alone. Takes effect at the next collection.

    What it is afterwards is kept as a version with its reason. Refuses a change without one, to
    remove what is not there, and to leave a topic without any keyword. Other languages or places
    leave ``fit_applied`` false.
    """
    reason = require_reason(reason)
    # the row is the lock: two edits at once get two numbers
    session.get_one(Topic, topic.id, with_for_update=True)
    keep_present(session, topic)
    if name is not None and name.strip() != topic.name:
        topic.name = _check_name(session, name, besides=topic.id)
    if description is not None:
        topic.description = description.strip()
    before = (topic.languages, topic.places)
    if languages is not None:
        topic.languages = check_languages(languages)
    if places is not None:
        topic.places = check_places(places)
    if (topic.languages, topic.places) != before:
        topic.fit_applied = False
    if active is not None:
        topic.active = active
    _add_phrases(topic, "keyword", add_keywords, now)
    _add_phrases(topic, "exclusion", add_exclusions, now)
    _remove_phrases(topic, "keyword", remove_keywords)
    _remove_phrases(topic, "exclusion", remove_exclusions)
    _add_communities(topic, add_communities, allow_hosts)
    for name_ in remove_communities:
        found = [c for c in topic.communities if c.name.lower() == name_.strip().lower()]
        if not found:
            raise NotFound(
                "Topic %(topic)s does not listen in %(name)s.",
                "Check the name.",
                topic=repr(topic.name),
                name=repr(name_),
            )
        for community in found:
            topic.communities.remove(community)
    if not any(k.active and k.role == "keyword" for k in topic.keywords):
        raise Refused(
            "Topic %(topic)s would be left without a keyword.",
            "Add another first, or switch the topic off.",
            topic=repr(topic.name),
            fault="no_keyword",
        )
    _check_subject(topic)
    topic.version += 1
    topic.updated_at = now
    session.flush()
    session.refresh(topic, ["keywords", "communities"])
    keep_version(session, topic, author=author, reason=reason, now=now)
    return topic


def redefine_topic(
    session: Session,
    topic: Topic,
    wanted: Definition,
    *,
    now: datetime,
    author: str = "",
    reason: str,
    allow_hosts: Sequence[str] = (),
) -> Topic:
    """Make the topic what ``wanted`` says, in one new version; its name and switch stay."""
    present = Definition.of(topic)
    communities = [spell_place(place) for place in wanted.communities]
    listening = [spell_place(place) for place in present.communities]
    return edit_topic(
        session,
        topic,
        add_keywords=wanted.keywords,
        remove_keywords=_missing(present.keywords, wanted.keywords),
        add_exclusions=wanted.exclusions,
        remove_exclusions=_missing(present.exclusions, wanted.exclusions),
        languages=wanted.languages,
        places=wanted.places,
        add_communities=communities,
        remove_communities=[
            name
            for (_, name), spelled in zip(present.communities, listening, strict=True)
            if spelled.lower() not in {place.lower() for place in communities}
        ],
        description=wanted.description,
        now=now,
        author=author,
        reason=reason,
        allow_hosts=allow_hosts,
    )


def restore_topic(
    session: Session,
    topic: Topic,
    number: int,
    *,
    now: datetime,
    author: str = "",
    reason: str,
    allow_hosts: Sequence[str] = (),
) -> Topic:
    """Bring an earlier version back, as a new one with a reason of its own."""
    wanted = load_version(session, topic, number)
    return redefine_topic(
        session, topic, wanted, now=now, author=author, reason=reason, allow_hosts=allow_hosts
    )


def _missing(had: Sequence[str], wanted: Sequence[str]) -> list[str]:
    kept = {check_phrase(phrase) for phrase in wanted}
    return [phrase for phrase in had if check_phrase(phrase) not in kept]


def _check_name(session: Session, name: str, besides: int | None = None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or not is_storable(name):
        raise Refused(
            "Topic name %(name)s is empty, too long or not text.",
            "Choose a name of at most %(longest_name)s characters.",
            name=repr(name[:40]),
            longest_name=_LONGEST_NAME,
            fault="bad_name",
        )
    same = session.scalar(select(Topic.id).where(func.lower(Topic.name) == name.lower()))
    if same is not None and same != besides:
        raise Conflict(
            "There is a topic %(name)s already.",
            "Edit it: warmlist topic edit",
            name=repr(name),
            fault="topic_exists",
        )
    return name


def check_languages(languages: Iterable[str]) -> list[str]:
    """Codes in lower case, each once; refuses what is none, as a topic would hear nothing by it."""
    checked: list[str] = []
    for language in languages:
        code = language.strip().lower().split("-")[0]
        if code not in _language_names():
            raise _unknown_language(language)
        if code not in checked:
            checked.append(code)
    return checked


@cache
def _language_names() -> Mapping[str, str]:
    """Every language there is a code for, by code, in English."""
    from babel import Locale

    return {
        code: name.lower()
        for code, name in Locale("en").languages.items()
        if code.isalpha() and 2 <= len(code) <= 3 and code not in _NO_LANGUAGE
    }


def _unknown_language(written: str) -> Refused:
    wanted = written.strip().lower()
    meant = [code for code, name in _language_names().items() if name == wanted]
    if meant:
        return Refused(
            "Language %(language)s is not known.", "Use its code: %(code)s.",
            language=repr(written[:40]), code=meant[0],
        )  # fmt: skip
    return Refused(
        "Language %(language)s is not known.", "Use codes such as en or ar.",
        language=repr(written[:40]),
    )  # fmt: skip


def check_places(places: Iterable[str]) -> list[str]:
    """Countries' codes in upper case, each once; refuses what is none."""
    checked: list[str] = []
    for place in places:
        code = place.strip().upper()
        if not (code.isascii() and code.isalpha() and len(code) == 2):
            raise Refused(
                "Place %(place)s is no country's code.",
                "Use codes such as AE or DE.",
                place=repr(place),
            )
        if code not in checked:
            checked.append(code)
    return checked


def _add_phrases(topic: Topic, role: str, phrases: Iterable[str], now: datetime) -> None:
    known = {keyword.folded: keyword for keyword in topic.keywords if keyword.role == role}
    for phrase in phrases:
        phrase_ = " ".join(phrase.split())
        folded = check_phrase(phrase_)
        if folded in known:
            known[folded].active = True
            known[folded].phrase = phrase_
            continue
        keyword = Keyword(role=role, phrase=phrase_, folded=folded, active=True, created_at=now)
        topic.keywords.append(keyword)
        known[folded] = keyword


def _remove_phrases(topic: Topic, role: str, phrases: Iterable[str]) -> None:
    for phrase in phrases:
        folded = check_phrase(phrase)
        found = [k for k in topic.keywords if k.role == role and k.folded == folded and k.active]
        if not found:
            raise NotFound(
                "Topic %(topic)s has no %(role)s %(phrase)s.",
                "Check the spelling.",
                topic=repr(topic.name),
                role=role,
                phrase=repr(phrase),
            )
        for keyword in found:
            keyword.active = False


def read_place(name: str) -> tuple[str, str]:
    """Network and name of a community as it is typed: r/Fire, mastodon:#pension, a tag."""
    clean = name.strip()
    if not clean:
        raise Refused(
            "A community has an empty name.", "Name a subreddit, tag or feed.", fault="empty"
        )
    network = "reddit" if clean.lower().startswith(("r/", "/r/")) else "any"
    clean = clean.removeprefix("/") if network == "reddit" else clean
    owner, colon, rest = clean.partition(":")
    if colon and rest.strip() and owner.strip().lower() in TRAITS:  # mastodon:#pension
        network, clean = owner.strip().lower(), rest.strip()
    return network, clean


def check_place(network: str, name: str, *, allow_hosts: Sequence[str] = ()) -> None:
    """Refuse a place that is an address which could never be asked, such as a private one."""
    if "://" not in name:
        return
    from signals.sources import check_url  # its client is heavy

    for one, traits in TRAITS.items():
        if network in {"any", one} and traits.url_is_place and traits.place(name) is not None:
            check_url(one, name, allow_hosts=allow_hosts)


def _add_communities(topic: Topic, names: Iterable[str], allow_hosts: Sequence[str]) -> None:
    known = {(community.network, community.name.lower()) for community in topic.communities}
    for name in names:
        network, clean = read_place(name)
        if (network, clean.lower()) not in known:
            check_place(network, clean, allow_hosts=allow_hosts)
            known.add((network, clean.lower()))
            topic.communities.append(Community(network=network, name=clean))


def _check_subject(topic: Topic) -> None:
    texts = [k.phrase for k in topic.keywords if k.role == "keyword" and k.active]
    places = [spell_place((one.network, one.name)) for one in topic.communities]
    for text in (topic.name, topic.description, *texts, *places):
        subject = find_sensitive_topic(spread_place(text) if text in places else text)
        if subject is not None:
            name = SUBJECT_NAMES[subject]
            raise Refused(
                "%(value)s touches a subject nothing may be derived from: %(name)s.",
                "Choose words that do not single people out by it.",
                value=repr(_shorten(text)),
                name=name,
                fault="sensitive",
            )


def _shorten(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
