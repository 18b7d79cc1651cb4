"""How far back a sweep may begin so that it fits into what is left of the budget. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def fit_start(counts: Mapping[str, Any], posts: float | None) -> datetime | None:
    """The beginning of the newest buckets that hold at most ``posts``; ``None``: all of them do.

    ``counts`` is an answer of ``counts/recent``. The newest bucket is always begun: what is not
    finished today goes on tomorrow. Buckets that cannot be read count as empty.
    """
    if posts is None:
        return None
    data = counts.get("data")
    buckets = [
        (start, bucket["tweet_count"])
        for bucket in (data if isinstance(data, list) else [])
        if isinstance(bucket, Mapping)
        and isinstance(bucket.get("tweet_count"), int)
        and (start := _instant(bucket.get("start"))) is not None
    ]
    buckets.sort(reverse=True)
    total = 0
    begun: datetime | None = None
    for start, count in buckets:
        if begun is not None and total + count > posts:
            return begun
        total += count
        begun = start
    return None


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
