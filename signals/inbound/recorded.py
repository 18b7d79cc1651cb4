"""Recorded deliveries of LinkedIn and Meta, read for the check of payloads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from signals.collectors.contract import Malformed
from signals.collectors.recorded import Reading, Recorded
from signals.inbound import linkedin, meta
from signals.inbound.delivery import Delivery


def read_linkedin(recorded: Recorded) -> Reading:
    """Comments, likes and shares of a webhook's delivery."""
    return _read(recorded, linkedin.read_body, "notifications")


def read_meta(recorded: Recorded) -> Reading:
    """Comments, posts and likes of a delivery about pages or accounts.

    What comes without a name is counted as left out: the person gave no permission.
    """
    return _read(recorded, meta.read_body, "entry")


def _read(recorded: Recorded, read_body: Callable[[bytes], Delivery], key: str) -> Reading:
    reading = Reading()
    bodies = recorded.body if isinstance(recorded.body, list) else [recorded.body]
    for body in bodies:
        before = reading.items
        if not isinstance(body, Mapping) or key not in body:
            reading.refuse_other("no delivery of a webhook")
            continue
        try:
            found = read_body(json.dumps(body).encode())
        except Malformed as error:
            reading.take(error)
            continue
        except RecursionError:
            reading.refuse("malformed: nested too deeply")
            continue
        reading.take_all(found.engagements, found.deletions, found.malformed)
        unnamed = _count_changes(body) - (reading.items - before)
        if unnamed > 0:
            reading.refuse("nobody is named: they gave no permission", unnamed)
    return reading


def _count_changes(body: Mapping[str, Any]) -> int:
    """How many changes Meta's delivery tells of; none of another's."""
    entries = body.get("entry")
    listed = [
        entry.get("changes")
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, Mapping)
    ]
    return sum(len(changes) for changes in listed if isinstance(changes, list))
