"""Deliveries in Warmlist's own JSON, from any system that can sign.

The header ``X-Warmlist-Signature: t=<seconds since 1970>,v1=<hex>`` carries the HMAC-SHA256 of
``<t>.<body>``. The body is one engagement as in docs/import.md, a list of them, one a line, or
``{"engagements": [...], "deletions": [{"network": ..., "external_id": ...}]}``. The same delivery
again stores nothing twice, since engagements have identities.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from signals.collectors.contract import Engagement, Malformed, Ref
from signals.files.formats import Bad, Decoder
from signals.files.lines import Line
from signals.inbound.delivery import Delivery, Forged, is_signed, sign

SIGNATURE: Final = "x-warmlist-signature"
_MOST: Final = 2000  # engagements in one delivery
#: What a document around engagements has at its top, and what one engagement has there.
_ENVELOPE: Final = frozenset({"engagements", "deletions"})
_ENGAGEMENT: Final = frozenset({"network", "kind"})


class _Deletion(msgspec.Struct):
    network: str
    external_id: str
    account: bool = False


class _Body(msgspec.Struct):
    engagements: list[msgspec.Raw] = msgspec.field(default_factory=list)
    deletions: list[_Deletion] = msgspec.field(default_factory=list)


def make_signature(secret: bytes, body: bytes, at: datetime) -> str:
    """The header's value for a body sent at ``at``."""
    seconds = str(int(at.timestamp()))
    return f"t={seconds},v1={sign(secret, seconds.encode() + b'.' + body)}"


def check_signature(
    secret: bytes, body: bytes, header: str, *, now: datetime, tolerance: timedelta
) -> None:
    """Refuse a delivery that is not signed with our secret, or not of now."""
    parts = dict(part.strip().split("=", 1) for part in header.split(",") if "=" in part)
    seconds, given = parts.get("t", ""), parts.get("v1", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12):
        raise Forged("The signature names no time (t=...).")
    if not is_signed(secret, seconds.encode() + b"." + body, given):
        raise Forged("The signature is not ours: check the secret on both sides.")
    if abs(now.timestamp() - int(seconds)) > tolerance.total_seconds():
        raise Forged("The signature is too old: check the sender's clock.")


def read_body(body: bytes, *, now: datetime, future: timedelta) -> Delivery:
    """Engagements and deletions of a body; what cannot be read is named, the rest counts."""
    rows, deletions = _split(body)
    if len(rows) > _MOST:
        raise Malformed(f"more than {_MOST} engagements in one delivery")
    decoder = Decoder(network="file", format="jsonl", now=now, future=future)
    engagements: list[Engagement] = []
    malformed: list[Malformed] = []
    for number, row in enumerate(rows, start=1):
        read = decoder.decode(Line(number, row))
        engagements += read.engagements
        malformed += [_name(bad) for bad in read.bad]
    return Delivery(tuple(engagements), tuple(deletions), tuple(malformed))


def _name(bad: Bad) -> Malformed:
    return Malformed(f"item {bad.number}: {bad.reason}", bad.raw)


def _split(body: bytes) -> tuple[list[bytes], list[Ref]]:
    text = body.strip()
    try:
        if text.startswith(b"["):
            return [bytes(row) for row in msgspec.json.decode(text, type=list[msgspec.Raw])], []
        names = _read_names(text)
        if names is not None and names & _ENVELOPE and not names & _ENGAGEMENT:
            parsed = msgspec.json.decode(text, type=_Body)
            gone = [Ref(d.network, None, d.external_id, d.account) for d in parsed.deletions]
            return [bytes(row) for row in parsed.engagements], gone
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(f"not the JSON of a delivery: {error}") from error
    if names is not None:
        return [text], []
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and all(_read_names(line) is None for line in lines):
        raise Malformed("not the JSON of a delivery: no line of it is an object")
    return lines, []


def _read_names(text: bytes) -> set[str] | None:
    """The names at the top of a JSON object; ``None`` for what is not a single object."""
    try:
        return set(msgspec.json.decode(text, type=dict[str, msgspec.Raw]))
    except (msgspec.DecodeError, RecursionError):
        return None
