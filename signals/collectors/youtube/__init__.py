"""YouTube by its Data API v3: ``resources`` maps, ``recorded`` reads what was kept."""

from signals.collectors.youtube.resources import NETWORK, to_comment, to_follow, to_video

__all__ = ["NETWORK", "to_comment", "to_follow", "to_video"]
