"""X by its API v2: ``posts`` and ``people`` map, ``recorded`` reads what was kept."""

from signals.collectors.x.people import to_follows, to_likes, to_reposts
from signals.collectors.x.posts import KEPT_PAYLOAD, NETWORK, to_engagements

__all__ = ["KEPT_PAYLOAD", "NETWORK", "to_engagements", "to_follows", "to_likes", "to_reposts"]
