"""Recorded answers of Reddit, read for the check of payloads."""

from __future__ import annotations

from typing import Final

from signals.collectors.contract import Malformed
from signals.collectors.recorded import Reading, Recorded
from signals.collectors.reddit.listing import PUBLIC_KINDS, find_things
from signals.collectors.reddit.things import to_engagement

_OTHER: Final = {
    "t2": "an account",
    "t5": "a community",
    "t6": "an award",
    "more": "a stub for more comments",
}


def read_reddit(recorded: Recorded) -> Reading:
    """Submissions and comments of one answer."""
    reading = Reading()
    for thing in find_things(recorded.body):
        if thing.kind in PUBLIC_KINDS:
            try:
                reading.take(to_engagement(thing.data))
            except Malformed as error:
                reading.take(error)
        elif thing.kind == "t4":
            reading.refuse("a private message")
        elif thing.kind == "LiveUpdate":
            reading.refuse("an update of a live thread, neither submission nor comment")
        else:
            reading.refuse_other(_OTHER.get(thing.kind, "profiles, settings, counts"))
    return reading
