"""LinkedIn's webhook for an organisation's own page: challenge, signature, comments and likes.

Source: LinkedIn webhook validation and organisation social action notifications (NETWORKS 1.9).
LinkedIn proves the address every two hours by a challenge, signs each body, repeats a delivery for
eight hours until it is answered with 200, and names each notification once.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from signals.collectors.contract import Author, Engagement, Kind, Malformed, Own, Ref
from signals.inbound.delivery import UNREADABLE, Delivery, Forged, is_signed, sign

SIGNATURE: Final = "x-li-signature"
_COMMENTS: Final = frozenset({"COMMENT", "ADMIN_COMMENT", "COMMENT_EDIT"})
_KINDS: Final = {"LIKE": Kind.LIKE, "SHARE": Kind.REPOST, "SHARE_MENTION": Kind.QUOTE}
_LIKE: Final = re.compile(r"^urn:li:(?:like|reaction):\((urn:li:[^,]+),")
_MILLISECONDS: Final = 10_000_000_000


def answer_challenge(secret: bytes, code: str) -> dict[str, str]:
    """What LinkedIn wants to hear back within three seconds."""
    return {"challengeCode": code, "challengeResponse": sign(secret, code.encode())}


def check_signature(secret: bytes, body: bytes, header: str) -> None:
    """Refuse a body that LinkedIn did not sign."""
    if not is_signed(secret, b"hmacsha256=" + body, header.removeprefix("hmacsha256=")):
        raise Forged("The signature is not LinkedIn's: check the client secret.")


def read_body(body: bytes) -> Delivery:
    """Comments, likes and shares of a delivery, and the own posts they answer."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error
    notifications = document.get("notifications") if isinstance(document, dict) else None
    if not isinstance(notifications, list):
        raise Malformed("no list of notifications")
    engagements: dict[tuple[str, str], Engagement] = {}
    deletions: list[Ref] = []
    malformed: list[Malformed] = []
    for one in notifications:
        try:
            for found in _read(one):
                if isinstance(found, Ref):
                    deletions.append(found)
                else:
                    engagements.setdefault((found.kind, found.external_id), found)
        except UNREADABLE as error:
            malformed.append(Malformed(f"notification not understood: {error!r}", str(one)[:2000]))
    return Delivery(tuple(engagements.values()), tuple(deletions), tuple(malformed))


def _read(one: dict[str, Any]) -> list[Engagement | Ref]:
    action = str(one["action"]).upper()
    activity = str(one["generatedActivity"])
    if action == "COMMENT_DELETE":
        return [Ref("linkedin", Kind.COMMENT, activity)]
    at = _read_instant(one["lastModifiedAt"])
    target = str(one["sourcePost"])
    team = str(one["organizationalEntity"])
    made = one.get("decoratedGeneratedActivity") or {}
    found: list[Engagement | Ref] = []
    own = (one.get("decoratedSourcePost") or {}).get("text")
    if own:
        found.append(
            Engagement(
                network="linkedin", external_id=target, kind=Kind.POST,
                author=Author(team), text=str(own), url=_link(target), occurred_at=at,
                own=Own.POST,
            )
        )  # fmt: skip
    if action in _COMMENTS:
        comment = made["comment"]
        owner = str(comment["owner"])
        found.append(
            Engagement(
                network="linkedin", external_id=activity, kind=Kind.COMMENT,
                author=Author(owner), text=str(comment.get("text") or ""),
                url=_link(target), occurred_at=at, target_external_id=target,
                parent_external_id=target, edited_at=at if action == "COMMENT_EDIT" else None,
                own=Own.POST if owner == team else Own.ENGAGED,
            )
        )  # fmt: skip
        return found
    if action not in _KINDS:
        raise ValueError(f"action {action}")
    kind = _KINDS[action]
    actor = _find_actor(activity, made)
    name = f"{target}:{actor}" if kind is not Kind.QUOTE else activity
    words = (made.get("share") or {}).get("text") if kind is Kind.QUOTE else None
    found.append(
        Engagement(
            network="linkedin", external_id=name, kind=kind, author=Author(actor), text=words,
            url=_link(target), occurred_at=at, target_external_id=target, record_ref=activity,
            own=Own.MENTION if kind is Kind.QUOTE else None,
        )
    )  # fmt: skip
    return found


def _find_actor(activity: str, made: dict[str, Any]) -> str:
    for part in made.values():
        for name in ("owner", "actor", "author"):
            if isinstance(part, dict) and part.get(name):
                return str(part[name])
    match = _LIKE.match(activity)
    if match is None:
        raise ValueError("nobody is named who did it")
    return match.group(1)


def _read_instant(value: Any) -> datetime:
    seconds = float(value)
    return datetime.fromtimestamp(seconds / (1000 if seconds > _MILLISECONDS else 1), UTC)


def _link(urn: str) -> str | None:
    return f"https://www.linkedin.com/feed/update/{urn}" if urn.startswith("urn:li:") else None
