"""Recorded answers of the YouTube Data API v3, read for the check of payloads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from signals.collectors.contract import Engagement, Malformed, Ref
from signals.collectors.recorded import Reading, Recorded
from signals.collectors.youtube.resources import (
    to_activity,
    to_comment,
    to_follow,
    to_upload,
    to_video,
)

_PREFIX: Final = "youtube#"
#: What tells a comment and a thread that stand without their envelope.
_COMMENT_WORDS: Final = frozenset({"textDisplay", "textOriginal"})
_THREAD_WORDS: Final = frozenset({"topLevelComment"})


def read_youtube(recorded: Recorded) -> Reading:
    """Videos, comments, likes and subscriptions of one answer."""
    reading = Reading()
    for resource, video_id in _resources(recorded.body):
        try:
            outcome = _map(resource, video_id)
        except Malformed as error:
            reading.take(error)
            continue
        if outcome is None and "liveChatMessage" in str(resource.get("kind")):
            reading.refuse("a message of a live chat, which is gone with it")
        elif outcome is None:
            reading.refuse_other("profiles, settings, counts")
        else:
            reading.take(outcome)
    return reading


def _map(resource: Mapping[str, Any], video_id: str | None) -> Engagement | Ref | None:
    kind = str(resource.get("kind", "")).removeprefix(_PREFIX)
    if kind == "comment":
        return to_comment(resource, video_id=video_id)
    if kind == "video":
        return to_video(resource)
    if kind == "searchResult":
        found = resource.get("id")
        is_video = isinstance(found, Mapping) and "videoId" in found
        return to_video(resource) if is_video else None
    if kind == "playlistItem":
        snippet = resource.get("snippet")
        playlist = snippet.get("playlistId") if isinstance(snippet, Mapping) else None
        # Only a channel's list of uploads says that somebody published the video.
        return to_upload(resource) if str(playlist).startswith("UU") else None
    if kind == "subscription":
        return to_follow(resource)
    return to_activity(resource) if kind == "activity" else None


def _resources(body: object) -> Iterator[tuple[Mapping[str, Any], str | None]]:
    """Every resource of an answer with the video it stands under; a thread gives its comments."""
    waiting: list[tuple[object, str | None]] = [(body, None)]
    while waiting:
        value, video_id = waiting.pop()
        if isinstance(value, list):
            waiting.extend((item, video_id) for item in reversed(value))
        elif isinstance(value, Mapping):
            kind = value.get("kind")
            if isinstance(kind, str) and kind.endswith("ListResponse"):
                waiting.append((value.get("items"), video_id))
            elif kind == "youtube#commentThread" or _holds(value, _THREAD_WORDS):
                waiting.extend(reversed(_comments_of(value)))
            elif _COMMENT_WORDS & value.keys():
                yield {"kind": "youtube#comment", "snippet": value}, video_id
            elif _holds(value, _COMMENT_WORDS):  # whatever it is called
                yield {**value, "kind": "youtube#comment"}, video_id
            elif isinstance(kind, str) and kind.startswith(_PREFIX) and "snippet" in value:
                yield value, video_id
            elif isinstance(value.get("items"), list):
                waiting.append((value["items"], video_id))
            elif isinstance(value.get("comments"), list):
                waiting.append((value["comments"], video_id))


def _holds(value: Mapping[str, Any], words: frozenset[str]) -> bool:
    """Whether one of these stands in an object or in its snippet."""
    snippet = value.get("snippet")
    return bool(words & value.keys()) or (
        isinstance(snippet, Mapping) and bool(words & snippet.keys())
    )


def _comments_of(thread: Mapping[str, Any]) -> list[tuple[object, str | None]]:
    snippet = thread.get("snippet", thread)
    snippet = snippet if isinstance(snippet, Mapping) else {}
    video_id = snippet.get("videoId")
    video_id = video_id if isinstance(video_id, str) else None
    replies = thread.get("replies")
    listed = replies.get("comments") if isinstance(replies, Mapping) else None
    comments = [snippet.get("topLevelComment"), *(listed if isinstance(listed, list) else [])]
    return [(comment, video_id) for comment in comments if comment is not None]
