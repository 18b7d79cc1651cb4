"""Bluesky from the Jetstream: every public post live, and who liked, reposted or answered ours.

``events`` maps what the server sends, ``stream`` reads it page by page. Both speak version 1 of the
protocol (``/subscribe?wantedCollections=…&cursor=…``), which needs no key.
Source: github.com/bluesky-social/jetstream, docs/README.md section 5; NETWORKS.md section 1.4.
"""

from signals.collectors.bluesky.events import Event, decode_event, to_engagement
from signals.collectors.bluesky.stream import JetstreamCollector

__all__ = ["Event", "JetstreamCollector", "decode_event", "to_engagement"]
