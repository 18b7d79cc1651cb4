"""What an HTTP answer means in the contract's words. Pure; used beside any client library.

Source: NETWORKS section 1.10.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from signals.collectors.contract import (
    CollectorError,
    Forbidden,
    Gone,
    Misconfigured,
    RateLimited,
    Unauthorised,
    Unavailable,
)

#: A wait longer than this is no answer to "when may I come back": quotas renew within a day.
_LONGEST: Final = timedelta(hours=25)
_EARLIEST_EPOCH: Final = 1_000_000_000  # a smaller number counts seconds from now
_RESETS: Final = ("x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset")
_WAITS: Final = ("wait_seconds", "retry_after", "backoff")
_TAGS: Final = re.compile(r"(?:<[^>]{0,200}>|\s)+")


def find_retry_at(headers: Mapping[str, str], body: object, now: datetime) -> datetime | None:
    """When the answer lets us come back, aware UTC; ``None`` where it does not say.

    Reads ``Retry-After`` in both forms, the reset headers as an instant, as seconds from now or as
    an ISO time, and ``wait_seconds`` or ``backoff`` of a JSON body. Header names in any case; what
    cannot be meant (the past, years ahead, no number) is not said.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    candidates: list[object] = [lower.get("retry-after")]
    if isinstance(body, Mapping):
        extras = body.get("extras")
        for place in (extras if isinstance(extras, Mapping) else {}, body):
            candidates += [place.get(name) for name in _WAITS]
    candidates += [lower.get(name) for name in _RESETS]
    for candidate in candidates:
        instant = _instant(candidate, now)
        if instant is not None and now <= instant <= now + _LONGEST:
            return instant
    return None


def _instant(value: object, now: datetime) -> datetime | None:
    if value is None or isinstance(value, bool):
        return None
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        return _date(text)
    if not math.isfinite(number) or number < 0 or number > 1e12:
        return None
    if number >= _EARLIEST_EPOCH:
        return datetime.fromtimestamp(number, UTC)
    return now + timedelta(seconds=min(number, 1e8))


def _date(text: str) -> datetime | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text)
        except (ValueError, TypeError, LookupError, OverflowError):
            continue
        return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)
    return None


def find_fault(
    status: int,
    *,
    name: str,
    headers: Mapping[str, str],
    body: object = None,
    now: datetime,
    said: str = "",
) -> CollectorError | None:
    """The contract's error for a status, ``None`` for a success. ``name`` is what people call it.

    ``said`` is what the server explained, already without secrets; it is cut short and stripped of
    markup.
    """
    if status < 400:
        return None
    words = _TAGS.sub(" ", said).strip()[:160]
    answered = f"{name} answered {status}" + (f" ({words})" if words else "")
    if status == 401:
        return Unauthorised(f"An administrator must renew the credentials: {answered}.")
    if status == 402:
        return Unauthorised(f"An administrator must top up the balance or plan: {answered}.")
    if status in {404, 410}:
        return Gone(f"An administrator must correct or remove the source: {answered}.")
    if status in {403, 451}:
        return Forbidden(f"An administrator must check access to this source: {answered}.")
    if status in {420, 429}:
        return RateLimited(find_retry_at(headers, body, now), f"{name} asked us to slow down")
    if status in {408, 425} or status >= 500:
        return Unavailable(answered, find_retry_at(headers, body, now))
    return Misconfigured(f"An administrator must correct the source's query: {answered}.")


def find_words(body: object) -> str:
    """What a JSON error explains, from the places where networks put it; empty if nowhere."""
    if isinstance(body, str):
        return body
    if not isinstance(body, Mapping):
        return ""
    for key in ("error_message", "detail", "message", "error_description", "error", "errors"):
        found = _first_words(body.get(key))
        if found:
            return found
    return ""


def _first_words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return find_words(value)
    if isinstance(value, list) and value:
        return _first_words(value[0])
    return ""


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without any of the secrets in it; short ones are no secrets but coincidences."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= 4:
            text = text.replace(secret, "***")
    return text
