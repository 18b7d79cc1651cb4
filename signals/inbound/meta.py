"""Meta's webhooks for own Facebook pages and Instagram accounts: challenge, signature, changes.

Source: Graph API webhooks, page ``feed`` and Instagram ``comments`` fields (NETWORKS 1.9). The
signature covers the raw body. Reactions of people who gave no permission come without ``from``:
nobody is named, so nothing is stored.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from signals.collectors.contract import Author, Engagement, Kind, Malformed, Own, Ref
from signals.inbound.delivery import UNREADABLE, Delivery, Forged, is_signed

SIGNATURE: Final = "x-hub-signature-256"
_REACTIONS: Final = frozenset({"like", "reaction"})
_POSTS: Final = frozenset({"post", "status", "photo", "video", "link"})


def answer_challenge(expected: str, mode: str, given: str, challenge: str) -> str:
    """The challenge back, if whoever asks knows the word we agreed on."""
    same = hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))
    if mode != "subscribe" or not expected or not same:
        raise Forged("The verify token is not the one in the settings.")
    return challenge


def check_signature(secret: bytes, body: bytes, header: str) -> None:
    """Refuse a body that Meta did not sign."""
    if not header.startswith("sha256=") or not is_signed(secret, body, header[7:]):
        raise Forged("The signature is not Meta's: check the app secret.")


def read_body(body: bytes) -> Delivery:
    """Posts, comments and likes of a delivery."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("entry"), list):
        raise Malformed("no list of entries")
    network = "instagram" if document.get("object") == "instagram" else "facebook"
    engagements: list[Engagement] = []
    deletions: list[Ref] = []
    malformed: list[Malformed] = []
    for entry in document["entry"]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        for change in changes if isinstance(changes, list) else ():
            try:
                found = _read(network, entry, change)
            except UNREADABLE as error:
                malformed.append(Malformed(f"change not understood: {error!r}", str(change)[:2000]))
                continue
            if isinstance(found, Ref):
                deletions.append(found)
            elif found is not None:
                engagements.append(found)
    return Delivery(tuple(engagements), tuple(deletions), tuple(malformed))


def _read(network: str, entry: dict[str, Any], change: dict[str, Any]) -> Engagement | Ref | None:
    value = change["value"]
    if network == "instagram":
        return _read_instagram(entry, change, value)
    item, verb = str(value.get("item", "")), str(value.get("verb", "add"))
    post = str(value["post_id"])
    if item == "comment":
        name = str(value["comment_id"])
        if verb in {"remove", "hide"}:
            return Ref(network, Kind.COMMENT, name)
        author = _read_author(value)
        if author is None:
            return None
        return Engagement(
            network=network, external_id=name, kind=Kind.COMMENT, author=author,
            text=str(value.get("message") or ""), url=_link(post), occurred_at=_at(entry, value),
            target_external_id=post, parent_external_id=str(value.get("parent_id") or post),
            edited_at=_at(entry, value) if verb == "edited" else None,
            own=_mark(entry, author, Own.ENGAGED),
        )  # fmt: skip
    author = _read_author(value)
    if author is None:
        return None
    if item in _REACTIONS:
        name = f"{post}:{author.external_id}"
        if verb == "remove":
            return Ref(network, Kind.LIKE, name)
        return Engagement(
            network=network, external_id=name, kind=Kind.LIKE, author=author, text=None,
            url=_link(post), occurred_at=_at(entry, value), target_external_id=post,
        )  # fmt: skip
    if item in _POSTS:
        if verb == "remove":
            return Ref(network, Kind.POST, post)
        return Engagement(
            network=network, external_id=post, kind=Kind.POST, author=author,
            text=str(value.get("message") or ""), url=_link(post), occurred_at=_at(entry, value),
            own=_mark(entry, author, Own.MENTION),  # on the page's wall, so written to the team
        )  # fmt: skip
    raise ValueError(f"item {item!r}")


def _read_instagram(
    entry: dict[str, Any], change: dict[str, Any], value: dict[str, Any]
) -> Engagement | None:
    if change.get("field") != "comments":
        raise ValueError(f"field {change.get('field')!r}")
    sender = value["from"]
    media = str(value["media"]["id"])
    author = Author(str(sender["id"]), handle=sender.get("username"))
    return Engagement(
        network="instagram", external_id=str(value["id"]), kind=Kind.COMMENT, author=author,
        text=str(value.get("text") or ""), url=None, occurred_at=_at(entry, value),
        target_external_id=media, parent_external_id=str(value.get("parent_id") or media),
        own=_mark(entry, author, Own.ENGAGED),
    )  # fmt: skip


def _read_author(value: dict[str, Any]) -> Author | None:
    sender = value.get("from")
    if not sender:
        return None
    return Author(str(sender["id"]), display_name=sender.get("name"))


def _mark(entry: dict[str, Any], author: Author, of_others: Own) -> Own:
    """The page's or account's own words, or what others have to do with it."""
    return Own.POST if author.external_id == str(entry.get("id", "")) else of_others


def _at(entry: dict[str, Any], value: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(float(value.get("created_time") or entry["time"]), UTC)


def _link(post: str) -> str | None:
    return f"https://www.facebook.com/{post}" if post else None
