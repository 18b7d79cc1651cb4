"""Recorded answers of Stack Exchange, read for the check of payloads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from signals.collectors.contract import Malformed
from signals.collectors.recorded import Reading, Recorded
from signals.collectors.stackexchange.posts import site_of, to_engagement

_IDS: Final = ("question_id", "answer_id", "comment_id", "post_id")
_WORDS: Final = ("title", "body", "body_markdown", "excerpt")


def read_stackexchange(recorded: Recorded) -> Reading:
    """Questions, answers and comments of one answer, those within others included."""
    reading = Reading()
    named = parse_qs(urlsplit(recorded.url or "").query).get("site")
    site = site_of(named[0]) if named else None
    for item, is_post in _items(recorded.body):
        if not is_post:
            reading.refuse_other("profiles, settings, counts")
            continue
        try:
            reading.take(to_engagement(item, site=site))
        except Malformed as error:
            reading.take(error)
    return reading


def _items(body: object) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Every item with whether somebody wrote it; a question may hold its answers and comments."""
    waiting: list[object] = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, Mapping):
            if isinstance(value.get("items"), list):
                waiting.append(value["items"])
                continue
            # A timeline, a revision or a suggested edit names a post too, but is none.
            is_post = any(key in value for key in _IDS) and (
                "owner" in value or any(key in value for key in _WORDS)
            )
            if "error_id" not in value and value:
                yield value, is_post
            waiting.extend(value[key] for key in ("answers", "comments") if key in value)
