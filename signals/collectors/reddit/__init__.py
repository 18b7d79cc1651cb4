"""Reddit: ``things`` maps, ``recorded`` reads what was kept."""

from signals.collectors.reddit.things import KEPT_PAYLOAD, NETWORK, decode_reddit, to_engagement

__all__ = ["KEPT_PAYLOAD", "NETWORK", "decode_reddit", "to_engagement"]
