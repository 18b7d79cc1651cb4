"""Entries of RSS and Atom feeds as engagements. Pure mapping, by feedparser.

Source: feedparser's documentation; RFC 4287 and 4685 (``thr``); NETWORKS.md section 1.9.
"""

from __future__ import annotations

import calendar
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from signals.collectors.contract import Author, Engagement, Kind, Malformed
from signals.collectors.markup import to_text

NETWORK: Final = "rss"
KEPT_PAYLOAD: Final = 2_000

#: What makes an entry's id unique in the whole world and not only in its feed.
_GLOBAL: Final = ("http://", "https://", "tag:", "urn:", "at://")
_PLAIN: Final = "text/plain"


@dataclass(slots=True)
class Feed:
    """What a document held. ``understood`` is false for what is no feed at all.

    ``repeated``: entries that stood there before. ``is_broken``: it is not well-formed, so that
    entries may be hidden in it.
    """

    engagements: list[Engagement] = field(default_factory=list)
    malformed: list[Malformed] = field(default_factory=list)
    understood: bool = True
    title: str | None = None
    repeated: int = 0
    is_broken: bool = False


#: What the library raises for documents that its authors did not think of.
_UNPARSED: Final = (
    ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError,
    AssertionError,
)  # fmt: skip


def to_engagements(
    document: bytes, *, feed_url: str, seen_at: datetime, content_type: str = ""
) -> Feed:
    """The entries of a feed, each once, in the order given.

    An entry is named by its guid, else its link, else a hash of its words; a guid that is only
    unique within its feed has the feed's address before it. Its author is the entry's, else the
    feed's, else the feed itself. Without a date it is dated ``seen_at``. An entry that answers
    another (``thr:in-reply-to``) is a COMMENT, any other a POST. A feed that is not well-formed is
    read as far as it goes. An entry with neither words nor link is malformed. Never raises.
    """
    import feedparser  # kept out of start-up

    # A stream on purpose: given bytes, the library would first try to open a file of that name.
    try:
        parsed = feedparser.parse(
            io.BytesIO(document),
            response_headers={"content-type": content_type} if content_type else {},
        )
    except _UNPARSED as error:
        feed = Feed(is_broken=True)
        feed.malformed.append(_malformed(f"{type(error).__name__}: {error}", document[:200]))
        return feed
    about: Mapping[str, Any] = dict(parsed.get("feed") or {})
    entries = parsed.get("entries") or ()
    feed = Feed(title=_line(about.get("title")) or None, is_broken=bool(parsed.get("bozo")))
    feed.understood = bool(parsed.get("version") or entries)
    seen: set[str] = set()
    for item in entries:
        entry = dict(item)  # the library's own lookup takes one date for another
        try:
            engagement = _to_engagement(entry, about, feed_url, seen_at)
        except Malformed as error:
            feed.malformed.append(_malformed(error.reason, entry))
        except (ValueError, OverflowError, TypeError, AttributeError) as error:
            feed.malformed.append(_malformed(str(error), entry))
        else:
            if engagement.external_id in seen:
                feed.repeated += 1
                continue
            seen.add(engagement.external_id)
            feed.engagements.append(engagement)
    return feed


def _to_engagement(
    entry: Mapping[str, Any], about: Mapping[str, Any], feed_url: str, seen_at: datetime
) -> Engagement:
    title = " ".join(_words(entry.get("title_detail")).split()) or _line(entry.get("title"))
    body = _body(entry)
    link = _web(entry.get("link")) or _first_link(entry)
    text = "\n\n".join(part for part in (title, body) if part)
    if not text and not link and not entry.get("id"):
        raise Malformed("it has neither words nor link nor guid")
    published = _instant(entry, "published", "created", "updated") or seen_at
    updated = _instant(entry, "updated")
    answered = entry.get("thr_in-reply-to")
    target = answered.get("ref") or answered.get("href") if isinstance(answered, Mapping) else None
    return Engagement(
        network=NETWORK,
        external_id=_name(entry, link, text, feed_url),
        kind=Kind.COMMENT if target else Kind.POST,
        author=_author(entry, about, feed_url),
        text=text or None,
        url=link,
        occurred_at=published,
        target_external_id=_qualified(target, feed_url) if target else None,
        community=_line(about.get("title")) or urlsplit(feed_url).netloc or None,
        language=_language(entry, about),
        edited_at=updated if updated is not None and updated > published else None,
        metrics=MappingProxyType({"comments": _count(entry.get("slash_comments"))}),
    )


def _name(entry: Mapping[str, Any], link: str | None, text: str, feed_url: str) -> str:
    guid = entry.get("id")
    if isinstance(guid, str) and guid.strip():
        return _qualified(guid.strip(), feed_url)
    if link:
        return link
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{feed_url}#{digest[:32]}"


def _qualified(guid: str, feed_url: str) -> str:
    if len(guid) > 500:  # names must fit their column; a cut one would be another's
        guid = hashlib.sha256(guid.encode("utf-8", "surrogatepass")).hexdigest()
    return guid if guid.startswith(_GLOBAL) else f"{feed_url}#{guid}"


def _author(entry: Mapping[str, Any], about: Mapping[str, Any], feed_url: str) -> Author:
    for holder in (entry, entry.get("source") or {}, about):
        detail = holder.get("author_detail") or {}
        name = _line(detail.get("name")) or None
        page = _web(detail.get("href"))
        mail = detail.get("email")
        if not (name or page or mail):
            continue
        if page:
            return Author(page, name, name, url=page)
        # The address is told apart by its hash and not kept: nobody gave it for this.
        of = name or hashlib.sha256(str(mail).lower().encode()).hexdigest()[:16]
        return Author(f"{urlsplit(feed_url).netloc}#{of}", name, name)
    site = _web(about.get("link")) or feed_url
    title = _line(about.get("title")) or urlsplit(feed_url).netloc or feed_url
    return Author(site, title, title, url=site)


def _body(entry: Mapping[str, Any]) -> str:
    """The longest of what it says: a summary may be the head of the content or more than it."""
    said = [_words(content) for content in entry.get("content") or ()]
    said.append(_words(entry.get("summary_detail")) or to_text(str(entry.get("summary") or "")))
    return max(said, key=len)


def _words(detail: Any) -> str:
    if not isinstance(detail, Mapping):
        return ""
    value = str(detail.get("value") or "")
    return value.strip() if detail.get("type") == _PLAIN else to_text(value)


def _line(value: Any) -> str:
    return " ".join(to_text(value).split()) if isinstance(value, str) else ""


def _first_link(entry: Mapping[str, Any]) -> str | None:
    for link in entry.get("links") or ():
        if isinstance(link, Mapping) and (address := _web(link.get("href"))):
            return address
    return None


def _instant(entry: Mapping[str, Any], *names: str) -> datetime | None:
    for name in names:
        parsed = entry.get(f"{name}_parsed")
        if parsed is not None:
            # A struct of UTC: mktime would take it for local time.
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    return None


def _language(entry: Mapping[str, Any], about: Mapping[str, Any]) -> str | None:
    for holder in (entry.get("title_detail"), entry.get("summary_detail"), about):
        code = holder.get("language") if isinstance(holder, Mapping) else None
        if isinstance(code, str) and code:
            return code.replace("_", "-").partition("-")[0].strip().lower()[:3] or None
    return None


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else None


def _web(address: Any) -> str | None:
    usable = isinstance(address, str) and address.startswith(("https://", "http://"))
    return address if usable and len(address) <= 600 else None


def _malformed(reason: str, payload: object) -> Malformed:
    return Malformed(f"not an entry of a feed: {reason}", repr(payload)[:KEPT_PAYLOAD])
