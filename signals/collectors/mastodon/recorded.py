"""Recorded answers of the Mastodon API, read for the check of payloads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from signals.collectors.contract import Engagement, Kind
from signals.collectors.instants import read_optional_iso
from signals.collectors.mastodon.statuses import (
    Mapped,
    name_status,
    to_engagements,
    to_reactions,
)
from signals.collectors.recorded import Reading, Recorded
from signals.collectors.trees import find_items, find_site

_REACTION: Final = re.compile(r"statuses[/_]+([\w-]+)[/_]+(favourited_by|reblogged_by)")
_KINDS: Final[Mapping[str, Kind]] = {
    "favourited_by": Kind.LIKE,
    "reblogged_by": Kind.REPOST,
    "favourite": Kind.LIKE,
    "reblog": Kind.REPOST,
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_mastodon(recorded: Recorded) -> Reading:
    """Statuses, boosts and favourites of one answer."""
    reading = Reading()
    site = find_site(recorded.url, default="https://mastodon.invalid")
    received = recorded.received_at
    seen_at = _EPOCH if received is None else datetime.fromtimestamp(received, UTC)
    named = _REACTION.search(recorded.path)
    if named is not None and isinstance(recorded.body, list):
        target, kind = name_status(site, named[1]), _KINDS[named[2]]
        mapped = to_reactions(recorded.body, site=site, kind=kind, target=target, seen_at=seen_at)
        _take(reading, mapped)
        return reading
    statuses = list(find_items(recorded.body, _is_status))
    statuses += [inner for status in statuses for inner in _quoted(status)]
    _take(reading, to_engagements(statuses, site=site))
    for notification in find_items(recorded.body, _is_reaction):
        status = to_engagements([notification["status"]], site=site).engagements
        if status and isinstance(status[0], Engagement):
            _take(
                reading,
                to_reactions(
                    [notification["account"]],
                    site=site,
                    kind=_KINDS[notification["type"]],
                    target=status[0].external_id,
                    seen_at=read_optional_iso(notification.get("created_at")) or seen_at,
                ),
            )
    return reading


def _take(reading: Reading, mapped: Mapped) -> None:
    reading.take_all(mapped.engagements, mapped.malformed)


def _is_status(node: Mapping[str, Any]) -> bool:
    return bool(node.get("account")) and ("content" in node or "text" in node)


def _is_reaction(node: Mapping[str, Any]) -> bool:
    return (
        isinstance(kind := node.get("type"), str)
        and kind in _KINDS
        and isinstance(node.get("account"), Mapping)
        and isinstance(node.get("status"), Mapping)
    )


def _quoted(status: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from find_items(status.get("quote"), _is_status)
    reblog = status.get("reblog")
    if isinstance(reblog, Mapping):
        yield from _quoted(reblog)
