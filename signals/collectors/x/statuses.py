"""Posts of X in the older form of version 1.1, as cassettes, archives and webhooks still hold them.

Pure mapping, for recorded answers; nothing is asked for in this form any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec

from signals.collectors.contract import Engagement, Kind, Malformed
from signals.collectors.x.posts import NETWORK, SITE, UNREADABLE, User, author_of, to_malformed

_TIME: Final = "%a %b %d %H:%M:%S %z %Y"
_METRICS: Final = {"likes": "favorite_count", "reposts": "retweet_count", "quotes": "quote_count"}


def is_status(item: object) -> bool:
    """Whether an object is a post of version 1.1: it carries its author as a whole."""
    return (
        isinstance(item, Mapping)
        and isinstance(item.get("user"), Mapping)
        and ("text" in item or "full_text" in item)
        and ("id_str" in item or "id" in item)
    )


def find_statuses(body: object) -> Iterator[Mapping[str, Any]]:
    """Every post of an answer, those within others included, in order."""
    waiting: list[object] = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, Mapping):
            if is_status(value):
                yield value
            waiting.extend(
                one for one in reversed([*value.values()]) if isinstance(one, list | dict)
            )


def to_status(item: Mapping[str, Any]) -> Engagement:
    """A post of version 1.1 as its newer form would be mapped. Raises ``Malformed``."""
    try:
        return _map(item)
    except Malformed as error:
        raise to_malformed(error.reason, item) from None
    except UNREADABLE as error:
        raise to_malformed(str(error), item) from None


def to_favorite(event: Mapping[str, Any]) -> Engagement:
    """A ``favorite_events`` entry of a webhook as a like. Raises ``Malformed``."""
    try:
        user = _user(event["user"])
        target = _id(event["favorited_status"])
        milliseconds = int(event["timestamp_ms"])
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (Malformed, *UNREADABLE, KeyError, OSError, AttributeError) as error:
        raise to_malformed(str(error), event) from None
    return Engagement(
        network=NETWORK,
        external_id=f"{target}:{user.id}",
        kind=Kind.LIKE,
        author=author_of(user.id, user),
        text=None,
        url=f"{SITE}/i/web/status/{target}",
        occurred_at=moment,
        target_external_id=target,
    )


def _map(item: Mapping[str, Any]) -> Engagement:
    user = _user(item["user"])
    post_id = _id(item)
    kind, target = _reference(item)
    is_repost = kind is Kind.REPOST
    extended = item.get("extended_tweet")
    longer = extended.get("full_text") if isinstance(extended, Mapping) else None
    text = longer or item.get("full_text") or item.get("text")
    if not isinstance(text, str):
        raise Malformed("it has no text")
    return Engagement(
        network=NETWORK,
        external_id=f"{target}:{user.id}" if is_repost else post_id,
        kind=kind,
        author=author_of(user.id, user),
        text=None if is_repost else _unescape(text),
        url=f"{SITE}/{user.username or 'i/web'}/status/{post_id}",
        occurred_at=datetime.strptime(str(item.get("created_at")), _TIME).astimezone(UTC),
        target_external_id=target,
        language=_language(item.get("lang")),
        record_ref=post_id,
        metrics=MappingProxyType(
            {
                ours: count if isinstance(count := item.get(theirs), int) else None
                for ours, theirs in _METRICS.items()
            }
        ),
    )


def _reference(item: Mapping[str, Any]) -> tuple[Kind, str | None]:
    for key, kind in (("retweeted_status", Kind.REPOST), ("quoted_status", Kind.QUOTE)):
        inner = item.get(key)
        if kind is Kind.QUOTE and item.get("in_reply_to_status_id_str"):
            break
        if isinstance(inner, Mapping):
            return kind, _id(inner)
    answered = item.get("in_reply_to_status_id_str") or item.get("in_reply_to_status_id")
    if answered:
        return Kind.COMMENT, str(answered)
    quoted = item.get("quoted_status_id_str")
    return (Kind.QUOTE, str(quoted)) if quoted else (Kind.POST, None)


def _user(user: Any) -> User:
    if not isinstance(user, Mapping):
        raise Malformed("it has no user")
    named = {**user, "id": _id(user), "username": user.get("screen_name")}
    return msgspec.convert(named, User)


def _id(item: Mapping[str, Any]) -> str:
    found = str(item.get("id_str") or item.get("id") or "")
    if not found.isdigit():
        raise Malformed("it has no id")
    return found


def _language(code: object) -> str | None:
    return code if isinstance(code, str) and len(code) == 2 else None


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
