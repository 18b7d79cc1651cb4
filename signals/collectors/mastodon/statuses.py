"""Statuses and accounts of Mastodon's client API as engagements. Pure mapping.

Pleroma, Akkoma, GoToSocial, Friendica and others answer the same API with ids of other shapes and
fewer fields. Source: docs.joinmastodon.org, entities Status, Account and Notification; NETWORKS.md
section 1.5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from signals.collectors.contract import Author, Engagement, Flag, Kind, Malformed
from signals.collectors.instants import read_iso, read_optional_iso
from signals.collectors.markup import to_text

NETWORK: Final = "mastodon"
#: How much of a malformed object is kept for inspection, in characters.
KEPT_PAYLOAD: Final = 2_000

#: Words in a biography that ask machines to keep away, each with the flag it sets.
_ASKS: Final[Mapping[str, Flag]] = {
    "nobot": Flag.NO_BOT,
    "nobots": Flag.NO_BOT,
    "nobridge": Flag.NO_BOT,
    "noindex": Flag.NO_INDEX,
    "noarchive": Flag.NO_INDEX,
}
_ASKED: Final = re.compile(r"#(nobots?|nobridge|noindex|noarchive)\b", re.IGNORECASE)
_HIDDEN: Final = frozenset({"private", "direct", "limited", "followers", "mutuals_only"})
#: Mastodon writes a quote's fallback link and invisible halves of long links into the text.
_SKIPPED: Final = frozenset({"quote-inline", "invisible"})
_UNREADABLE: Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError, TypeError)

_Id = str | int


class _Field(msgspec.Struct, gc=False):
    value: str | None = None


class _Pleroma(msgspec.Struct, gc=False):
    ap_id: str | None = None
    no_rich_text: bool | None = None


class _Account(msgspec.Struct, gc=False):
    id: _Id
    acct: str
    url: str | None = None
    uri: str | None = None
    username: str | None = None
    display_name: str | None = None
    note: str | None = None
    bot: bool | None = None
    actor_type: str | None = None
    indexable: bool | None = None
    discoverable: bool | None = None
    noindex: bool | None = None
    suspended: bool | None = None
    pleroma: Any = None
    fields: Any = None


class _Status(msgspec.Struct, gc=False):
    id: _Id
    account: _Account
    created_at: str
    content: str | None = None
    text: str | None = None  # the source, which stands alone in the answer to a deletion
    uri: str | None = None
    url: str | None = None
    spoiler_text: str | None = None
    sensitive: bool | None = None
    visibility: str | None = None
    language: str | None = None
    in_reply_to_id: _Id | None = None
    edited_at: str | None = None
    reblog: Any = None
    quote: Any = None
    poll: Any = None
    replies_count: int | None = None
    reblogs_count: int | None = None
    favourites_count: int | None = None
    quotes_count: int | None = None


@dataclass(slots=True)
class Mapped:
    """What an answer held. ``items`` counts what should have been an engagement."""

    engagements: list[Engagement] = field(default_factory=list)
    malformed: list[Malformed] = field(default_factory=list)

    @property
    def items(self) -> int:
        """Everything found, mapped or not."""
        return len(self.engagements) + len(self.malformed)


def name_status(site: str, status_id: _Id) -> str:
    """The address of a status at the server that was asked; its ``record_ref``."""
    return f"{site}/api/v1/statuses/{status_id}"


def to_engagements(
    statuses: object, *, site: str, names: Mapping[str, str] = MappingProxyType({})
) -> Mapped:
    """The statuses of a timeline or context; ``site`` is the server asked, ``https://host``.

    The name of a status is its ActivityPub ``uri``, which every server gives alike; ids are the
    server's own. A status that boosts another is a REPOST and its original a POST of its own. A
    reply targets what it answers: its ``uri`` where the same answer holds it or ``names`` gives it
    by the server's id, else its address at ``site``. Followers-only and direct statuses are
    PROTECTED, unlisted ones NO_INDEX: their authors opted out of
    discovery. Never raises.
    """
    mapped = Mapped()
    if not isinstance(statuses, list):
        mapped.malformed.append(malformed("not a list of statuses", statuses))
        return mapped
    known = {**names, **_uris(statuses)}
    for item in statuses:
        _add_status(mapped, item, site, known)
    return mapped


def to_reactions(
    accounts: object, *, site: str, kind: Kind, target: str, seen_at: datetime
) -> Mapped:
    """Who favourited (LIKE) or boosted (REPOST) the status named ``target``.

    The lists carry no time: a reaction is dated when it was first seen. Never raises.
    """
    mapped = Mapped()
    for item in accounts if isinstance(accounts, list) else ():
        try:
            account = msgspec.convert(item, _Account)
            author = _author(account, site)
        except Malformed as error:
            mapped.malformed.append(malformed(error.reason, item))
        except _UNREADABLE as error:
            mapped.malformed.append(malformed(str(error), item))
        else:
            mapped.engagements.append(
                Engagement(
                    network=NETWORK,
                    external_id=f"{target}:{author.external_id}",
                    kind=kind,
                    author=author,
                    text=None,
                    url=target if target.startswith("http") else None,
                    occurred_at=seen_at,
                    target_external_id=target,
                    flags=_account_flags(account),
                )
            )
    return mapped


def malformed(reason: str, payload: object) -> Malformed:
    """The error for one item, with the head of what arrived."""
    return Malformed(f"not a status of Mastodon: {reason}", repr(payload)[:KEPT_PAYLOAD])


def _uris(statuses: list[object]) -> dict[str, str]:
    """Names of the statuses of one answer by the server's own id, originals of boosts included."""
    known: dict[str, str] = {}
    waiting = list(statuses)
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            if isinstance(item.get("uri"), str):
                known[str(item.get("id"))] = item["uri"]
            waiting.append(item.get("reblog"))
    return known


def _add_status(mapped: Mapped, item: object, site: str, known: Mapping[str, str]) -> None:
    """A status, and the original of a boost as one of its own, whatever became of the boost."""
    waiting = [item]
    while waiting:
        one = waiting.pop()
        try:
            mapped.engagements.append(_to_engagement(msgspec.convert(one, _Status), site, known))
        except Malformed as error:
            mapped.malformed.append(malformed(error.reason, one))
        except _UNREADABLE as error:
            mapped.malformed.append(malformed(str(error), one))
        if isinstance(one, Mapping) and isinstance(one.get("reblog"), Mapping):
            waiting.append(one["reblog"])


def _to_engagement(status: _Status, site: str, known: Mapping[str, str]) -> Engagement:
    account = status.account
    author = _author(account, site)
    name = _name(status, site)
    kind, target, text = Kind.POST, None, _words(status)
    if status.reblog is not None:
        kind, target, text = Kind.REPOST, _name_of(status.reblog, site), None
        if target is None:
            raise Malformed("the boosted status has no name")
    elif status.in_reply_to_id is not None:
        answered = str(status.in_reply_to_id)
        kind, target = Kind.COMMENT, known.get(answered) or name_status(site, answered)
    elif (quoted := _quoted(status.quote, site)) is not None:
        kind, target = Kind.QUOTE, quoted
    return Engagement(
        network=NETWORK,
        external_id=f"{target}:{author.external_id}" if kind is Kind.REPOST else name,
        kind=kind,
        author=author,
        text=text,
        url=_web(status.url) or _web(status.uri),
        occurred_at=read_iso(status.created_at),
        target_external_id=target,
        language=_language(status.language),
        edited_at=read_optional_iso(status.edited_at),
        record_ref=name if kind is Kind.REPOST else name_status(site, status.id),
        metrics=MappingProxyType(
            {
                "likes": status.favourites_count,
                "reposts": status.reblogs_count,
                "comments": status.replies_count,
                "quotes": status.quotes_count,
            }
        ),
        flags=_flags(status),
    )


def _name(status: _Status, site: str) -> str:
    return status.uri or _web(status.url) or name_status(site, status.id)


def _name_of(item: object, site: str) -> str | None:
    if not isinstance(item, Mapping) or item.get("id") is None:
        return None
    for key in ("uri", "url"):
        if isinstance(item.get(key), str) and item[key]:
            return str(item[key])
    return name_status(site, item["id"])


def _quoted(quote: object, site: str) -> str | None:
    """Mastodon 4.5 wraps the quoted status; others give it, or its id, as it is."""
    if not isinstance(quote, Mapping):
        return None
    if "quoted_status" in quote or "quoted_status_id" in quote:
        inner = quote.get("quoted_status")
        if inner is None and quote.get("quoted_status_id"):
            return name_status(site, quote["quoted_status_id"])
        return _name_of(inner, site)
    return _name_of(quote, site)


def _words(status: _Status) -> str | None:
    text = to_text(status.content or status.text or "", skip_classes=_SKIPPED)
    options = status.poll.get("options") if isinstance(status.poll, Mapping) else None
    for option in options if isinstance(options, list) else ():
        if isinstance(option, Mapping) and isinstance(option.get("title"), str):
            text += f"\n- {option['title']}"
    warning = to_text(status.spoiler_text or "")
    return f"{warning}\n\n{text}".strip() if warning else text.strip()


def _author(account: _Account, site: str) -> Author:
    pleroma = account.pleroma if isinstance(account.pleroma, Mapping) else {}
    given = account.uri or pleroma.get("ap_id") or account.url
    acct = account.acct or account.username
    if not acct:
        raise Malformed("the account has no name")
    own_host = urlsplit(_web(account.url) or site).netloc
    handle = acct if "@" in acct else f"{acct}@{own_host}"
    return Author(
        external_id=given if isinstance(given, str) and given else handle.lower(),
        handle=handle,
        display_name=account.display_name or None,
        url=_web(account.url) or _web(account.uri),
        description=to_text(account.note or "") or None,
    )


def _account_flags(account: _Account) -> frozenset[Flag]:
    flags: set[Flag] = set()
    if account.bot or account.actor_type in {"Service", "Application"}:
        flags.add(Flag.BOT)
    if account.noindex or account.indexable is False or account.discoverable is False:
        flags.add(Flag.NO_INDEX)
    if account.suspended:
        flags.add(Flag.PROTECTED)
    said = [account.note or "", account.display_name or ""]
    for one in account.fields if isinstance(account.fields, list) else ():
        if isinstance(one, Mapping):
            said.extend(str(one.get(key) or "") for key in ("name", "value"))
    for text in said:
        if "#" in text:
            flags.update(_ASKS[ask.lower()] for ask in _ASKED.findall(to_text(text)))
    return frozenset(flags)


def _flags(status: _Status) -> frozenset[Flag]:
    flags = set(_account_flags(status.account))
    if status.sensitive:
        flags.add(Flag.SENSITIVE)
    if status.visibility in _HIDDEN:
        flags.add(Flag.PROTECTED)
    elif status.visibility == "unlisted":
        flags.add(Flag.NO_INDEX)
    return frozenset(flags)


def _language(code: str | None) -> str | None:
    return code.replace("_", "-").partition("-")[0].lower() or None if code else None


def _web(address: str | None) -> str | None:
    return address if address and address.startswith(("https://", "http://")) else None
