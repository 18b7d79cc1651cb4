"""Bluesky: every public post live from the Jetstream, and stored posts again from the AppView.

``events`` and ``frames`` map what a stream sends, in versions 1 and 2 of its protocol, ``stream``
reads it page by page; ``views`` maps what the AppView answers, ``reads`` asks it for
posts, ``profiles`` for their authors. No key is needed.
Source: github.com/bluesky-social/jetstream, docs/README.md section 5; docs.bsky.app; NETWORKS.md
section 1.4.
"""

from signals.collectors.bluesky.collector import BlueskyCollector
from signals.collectors.bluesky.events import Event, decode_event, to_engagement
from signals.collectors.bluesky.profiles import ProfileReads
from signals.collectors.bluesky.reads import AppViewReads
from signals.collectors.bluesky.stream import JetstreamCollector

__all__ = [
    "AppViewReads",
    "BlueskyCollector",
    "Event",
    "JetstreamCollector",
    "ProfileReads",
    "decode_event",
    "to_engagement",
]
