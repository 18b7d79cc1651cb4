"""Recorded answers of Lemmy, read for the check of payloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from signals.collectors.contract import Malformed
from signals.collectors.lemmy.views import to_engagement
from signals.collectors.recorded import Reading, Recorded
from signals.collectors.trees import find_items, find_site

_VOTES: Final = ("post_likes", "comment_likes")


def read_lemmy(recorded: Recorded) -> Reading:
    """Posts and comments of one answer of either version; votes are for administrators alone."""
    reading = Reading()
    for listed in find_items(recorded.body, _has_votes):
        votes = sum(len(listed[key]) for key in _VOTES if isinstance(listed.get(key), list))
        reading.refuse("votes: a server shows them to its administrators alone", votes)
    site = find_site(recorded.url, default="https://lemmy.invalid")
    for view in find_items(recorded.body, _is_view):
        try:
            reading.take(to_engagement(view, site=site))
        except Malformed as error:
            reading.take(error)
    return reading


def _has_votes(node: Mapping[str, Any]) -> bool:
    return any(isinstance(node.get(key), list) for key in _VOTES)


def _is_view(node: Mapping[str, Any]) -> bool:
    return isinstance(node.get("creator"), Mapping) and isinstance(node.get("post"), Mapping)
