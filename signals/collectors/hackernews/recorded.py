"""Recorded answers of Hacker News, read for the check of payloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from signals.collectors.contract import Malformed
from signals.collectors.hackernews.items import to_engagement
from signals.collectors.recorded import Reading, Recorded
from signals.collectors.trees import find_items

_MARKS: Final = frozenset({"by", "author", "deleted", "dead", "type"})


def read_hackernews(recorded: Recorded) -> Reading:
    """Stories and comments of one answer, those below an item too."""
    reading = Reading()
    waiting: list[Any] = [recorded.body]
    while waiting:
        for item in find_items(waiting.pop(), _is_item):
            waiting.append(item.get("children"))
            if item.get("type") == "pollopt":
                reading.refuse_other("options of polls")
                continue
            try:
                reading.take(to_engagement(item))
            except Malformed as error:
                reading.take(error)
    return reading


def _is_item(node: Mapping[str, Any]) -> bool:
    return ("id" in node or "objectID" in node) and bool(_MARKS & node.keys())
