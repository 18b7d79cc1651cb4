"""Short links and their clicks: the one lawful source of who followed what."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from models import Account, Click, Link, Match, Person, Signal, Topic
from models.upsert import insert_for, insert_ignore
from signals.collectors.contract import WORDLESS_KINDS, Kind
from signals.policy import terms_of
from signals.text import is_storable

_LONGEST_URL: Final = 2000
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is read as something else
_CODE_LENGTH: Final = 10  # 30**10: not to be guessed by trying

# Programs that follow links without anybody wanting to: crawlers, previews of chats and mail. By
# their own names (LinkedInBot, TelegramBot, Pinterest/0.2): people read in the browsers of the same
# apps, which name the app alone. Cubot makes telephones.
_MACHINES: Final = re.compile(
    r"(?<!cu)bot(?:\b|_)|crawl|spider|slurp|preview|facebookexternalhit|facebot|embedly|quora link|"
    r"^whatsapp/|skypeuri|slack-img|pinterest/0|vkshare|w3c_validator|redditbot|"
    r"mastodon|pleroma|misskey|lemmy|bluesky|cardyb|bitlybot|outbrain|google-|googleother|lighthouse|"
    r"headless|phantomjs|selenium|playwright|puppeteer|curl/|wget/|python-|httpx|aiohttp|go-http|"
    r"java/|okhttp|libwww|scrapy|axios|node-fetch|undici|urlscan|safelinks|barracuda|proofpoint|"
    r"mimecast|virustotal|uptime|pingdom|statuscake|monitor|feed|rss",
    re.IGNORECASE,
)


def is_machine(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is a program's: a crawler, a preview, a prefetch, or without a name."""
    agent = headers.get("user-agent", "")
    purpose = " ".join(
        headers.get(name, "") for name in ("purpose", "sec-purpose", "x-purpose", "x-moz")
    ).lower()
    return (
        method != "GET"
        or len(agent) < 12
        or _MACHINES.search(agent) is not None
        or any(word in purpose for word in ("prefetch", "preview", "prerender"))
    )


def create_link(
    session: Session, *, url: str, topic: Topic, person: Person | None, now: datetime
) -> Link:
    """A short link to ``url`` on a topic, for everybody or for one prospect.

    Refuses an address that does not lead to the web, somebody who may not be contacted, and one
    whose network forbids matching them with anything that happens elsewhere.
    """
    check_target(url)
    if person is not None:
        _check_matching(session, person)
    if person is not None and person.suppressed_at is not None:
        raise Refused("This person is not to be contacted.", "Make no link for them.")
    link = Link(
        code="".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)),
        url=url,
        topic_id=topic.id,
        person_id=person.id if person else None,
        signal_id=_find_words(session, person.id, topic.id) if person else None,
        created_at=now,
    )
    session.add(link)
    session.flush()
    return link


def _check_matching(session: Session, person: Person) -> None:
    """A click on our own address says who somebody is outside of their network."""
    networks = session.scalars(
        select(Account.network).where(Account.person_id == person.id).distinct()
    )
    for network in sorted(networks):
        if not (terms := terms_of(network)).link_people:
            raise Refused(
                "People on %(name)s get no link of their own: its terms forbid "
                "matching them with what they do elsewhere.",
                "Make one for everybody: leave the prospect out.",
                name=terms.name,
            )


def check_target(url: str) -> None:
    """Refuse what is no address on the web."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host, parts = None, urlsplit("")
    plain = is_storable(url) and url.isprintable() and " " not in url and len(url) <= _LONGEST_URL
    if not plain or parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        raise Refused(
            "%(url)s is no address on the web.",
            "Use one such as https://host/…",
            url=repr(url[:80]),
        )


def _find_words(session: Session, person_id: int, topic_id: int) -> int | None:
    """The newest words of a person on a topic; of who wrote none, what they liked or reposted."""
    has_words = Signal.text.is_not(None)
    return session.scalar(
        select(Signal.id)
        .join(Account, Account.id == Signal.account_id)
        .join(Match, Match.signal_id == Signal.id)
        .where(
            Account.person_id == person_id,
            Match.topic_id == topic_id,
            has_words | Signal.kind.in_([Kind.LIKE.value, Kind.REPOST.value]),
            Signal.deleted_at.is_(None),
        )
        .order_by(has_words.desc(), Signal.occurred_at.desc(), Signal.id.desc())
        .limit(1)
    )


def find_url(session: Session, code: str) -> tuple[int, str]:
    """A link's row number and where it leads; refuses an unknown or closed one."""
    row = session.execute(
        select(Link.id, Link.url).where(Link.code == code.lower(), Link.active)
    ).first()
    if row is None:
        raise NotFound("This link leads nowhere.")
    return row[0], row[1]


def record_click(session: Session, link_id: int, *, now: datetime) -> None:
    """Note a click; for a link made for one person it becomes that person's signal, once a day.

    The click stands under the network of the words it follows, and counts through them: their own,
    or those they liked. Where the link was made before there were any, or they are gone, the newest
    ones at the click are taken.
    """
    session.execute(insert(Click).values(link_id=link_id, clicked_at=now))
    link = session.get_one(Link, link_id)
    if link.person_id is None:
        return
    person = session.get(Person, link.person_id)
    if person is None or person.suppressed_at:
        return
    words = session.get(Signal, link.signal_id) if link.signal_id is not None else None
    if words is None or words.deleted_at is not None:
        found = _find_words(session, link.person_id, link.topic_id)
        words = session.get(Signal, found) if found is not None else None
    if words is None:
        return
    is_wordless = words.kind in WORDLESS_KINDS
    row = {
        "network": words.network,
        "kind": Kind.CLICK.value,
        "external_id": f"{link.code}@{now.date().isoformat()}:{link.person_id}",
        "account_id": words.account_id,
        "text": None,
        "url": None,
        "community": None,
        "target_external_id": words.target_external_id if is_wordless else words.external_id,
        "parent_external_id": None,
        "record_ref": None,
        "language": None,
        "metrics": {},
        "occurred_at": now,
        "edited_at": None,
        "observed_at": now,
    }
    statement = insert_for(session, Signal).on_conflict_do_nothing().returning(Signal.id)
    signal_id = session.execute(statement, [row]).scalar()
    if signal_id is None:
        return
    matches = session.execute(
        select(Match.keyword_id).where(Match.signal_id == words.id, Match.topic_id == link.topic_id)
    ).scalars()
    insert_ignore(
        session,
        Match,
        [
            {
                "signal_id": signal_id,
                "keyword_id": keyword_id,
                "topic_id": link.topic_id,
                "start": -1,
                "end": -1,
            }
            for keyword_id in matches
        ],
    )


def count_clicks(session: Session) -> Sequence[tuple[Link, str, int]]:
    """Every link with its topic's name and how often it was followed, newest first."""
    rows = session.execute(
        select(Link, Topic.name, func.count(Click.id))
        .join(Topic, Topic.id == Link.topic_id)
        .outerjoin(Click, Click.link_id == Link.id)
        .group_by(Link.id, Topic.name)
        .order_by(Link.id.desc())
    )
    return [(link, name, count) for link, name, count in rows]


def close_link(session: Session, code: str) -> None:
    """The link leads nowhere from now on."""
    link = session.scalar(select(Link).where(Link.code == code.lower()))
    if link is None:
        raise NotFound(
            "There is no link %(code)s.",
            "See: warmlist link list",
            code=repr(code),
        )
    link.active = False
