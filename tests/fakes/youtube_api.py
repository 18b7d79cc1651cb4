"""The YouTube Data API v3 on 127.0.0.1: search, uploads, threads, replies, look-ups, its errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.web_server import Asked, Reply

CHANNEL = "UC" + "c" * 22


def stamp(seconds: float) -> str:
    """An instant as the API writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_video(number: int, *, at: float, channel: str = CHANNEL) -> dict[str, Any]:
    """A video's id, title and time, as this fake keeps them."""
    return {
        "id": f"v{number}",
        "title": f"Pension plan &#39;{number}",
        "at": at,
        "channel": channel,
    }


def make_comment(name: str, *, at: float, video: str = "v1", **fields: Any) -> dict[str, Any]:
    """A comment; with ``parentId`` a reply."""
    return {
        "kind": "youtube#comment",
        "id": name,
        "snippet": {
            "authorDisplayName": f"@ana{len(name)}", "authorChannelId": {"value": "UC-" + name},
            "textDisplay": f"Which pension plan, {name}?", "videoId": video, "likeCount": 1,
            "channelId": CHANNEL, "publishedAt": stamp(at), "updatedAt": stamp(at),
        } | fields,
    }  # fmt: skip


@dataclass
class YouTubeFake:
    """What YouTube holds. ``shown_replies`` is how many a thread carries itself."""

    videos: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    shown_replies: int = 5
    repeat_token: bool = False
    forgotten_tokens: set[str] = field(default_factory=set)

    def __call__(self, asked: Asked) -> Reply:
        if not asked.one("key"):
            return fault(403, "forbidden")
        what = asked.path.removeprefix("/youtube/v3/")
        if what == "search":
            after = datetime.fromisoformat(asked.one("publishedAfter") or "1970-01-01T00:00:00Z")
            found = [v for v in self.videos if v["at"] >= after.timestamp()]
            return self._page(asked, [_result(v) for v in _newest(found)])
        if what == "playlistItems":
            channel = "UC" + (asked.one("playlistId") or "")[2:]
            found = [v for v in self.videos if v["channel"] == channel]
            return self._page(asked, [_upload(v) for v in _newest(found)])
        if what == "commentThreads":
            return self._threads(asked)
        if what == "comments" and asked.one("parentId"):
            parent = asked.one("parentId")
            found = [c for c in self.comments if c["snippet"].get("parentId") == parent]
            # Replies of a list do not name the video.
            bare = [c | {"snippet": {k: v for k, v in c["snippet"].items() if k != "videoId"}}
                    for c in found]  # fmt: skip
            return self._page(asked, bare)
        wanted = (asked.one("id") or "").split(",")
        if what == "videos":
            return self._page(asked, [_video(v) for v in self.videos if v["id"] in wanted])
        if what == "comments":
            return self._page(asked, [c for c in self.comments if c["id"] in wanted])
        return fault(404, "notFound")

    def _threads(self, asked: Asked) -> Reply:
        video = asked.one("videoId")
        if video in self.closed:
            return fault(403, "commentsDisabled")
        if video is not None and video not in {v["id"] for v in self.videos}:
            return fault(404, "videoNotFound")
        tops = [
            comment
            for comment in self.comments
            if "parentId" not in comment["snippet"]
            and (video is None or comment["snippet"]["videoId"] == video)
        ]
        tops.sort(key=lambda comment: comment["snippet"]["publishedAt"], reverse=True)
        return self._page(asked, [self._thread(top) for top in tops])

    def _thread(self, top: dict[str, Any]) -> dict[str, Any]:
        replies = [c for c in self.comments if c["snippet"].get("parentId") == top["id"]]
        thread: dict[str, Any] = {
            "kind": "youtube#commentThread",
            "id": top["id"],
            "snippet": {
                "videoId": top["snippet"]["videoId"],
                "topLevelComment": top,
                "totalReplyCount": len(replies),
            },
        }
        if replies:
            thread["replies"] = {"comments": replies[: self.shown_replies]}
        return thread

    def _page(self, asked: Asked, items: list[dict[str, Any]]) -> Reply:
        token = asked.one("pageToken")
        if token in self.forgotten_tokens:
            return fault(400, "invalidPageToken")
        begin = int((token or "p0")[1:])
        size = int(asked.one("maxResults") or "5")
        page: dict[str, Any] = {"items": items[begin : begin + size]}
        if begin + size < len(items):
            page["nextPageToken"] = f"p{begin + size}"
        if self.repeat_token:
            page["nextPageToken"] = "p0"
        return Reply(200, page)


def fault(status: int, reason: str) -> Reply:
    """An error as the API says it."""
    errors = [{"domain": "youtube", "reason": reason, "message": "A sentence."}]
    return Reply(status, {"error": {"code": status, "errors": errors, "message": "A sentence."}})


def _newest(videos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(videos, key=lambda video: float(video["at"]), reverse=True)


def _snippet(video: dict[str, Any]) -> dict[str, Any]:
    return {
        "publishedAt": stamp(video["at"]), "channelId": video["channel"], "title": video["title"],
        "description": "About it", "channelTitle": "Ana's channel",
    }  # fmt: skip


def _result(video: dict[str, Any]) -> dict[str, Any]:
    named = {"kind": "youtube#video", "videoId": video["id"]}
    return {"kind": "youtube#searchResult", "id": named, "snippet": _snippet(video)}


def _upload(video: dict[str, Any]) -> dict[str, Any]:
    snippet = _snippet(video) | {
        "resourceId": {"kind": "youtube#video", "videoId": video["id"]},
        "videoOwnerChannelId": video["channel"],
    }
    return {"kind": "youtube#playlistItem", "id": "UU" + video["id"], "snippet": snippet}


def _video(video: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "youtube#video", "id": video["id"], "snippet": _snippet(video)}
