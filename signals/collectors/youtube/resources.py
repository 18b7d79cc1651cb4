"""Videos, comments and subscriptions of the YouTube Data API v3 as engagements. Pure mapping.

Source: developers.google.com/youtube/v3/docs (comments, videos, search, subscriptions);
NETWORKS.md section 1.8.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from signals.collectors.contract import Author, Engagement, Kind, Malformed, Ref

NETWORK: Final = "youtube"
SITE: Final = "https://www.youtube.com"
#: How much of a malformed resource is kept for inspection, in characters.
KEPT_PAYLOAD: Final = 2_000


def to_comment(resource: object, *, video_id: str | None = None) -> Engagement | Ref:
    """A comment or a reply as a COMMENT, or a ``Ref`` when its author is gone.

    ``parent_external_id`` is the video, ``target_external_id`` the comment answered, or the video.
    Replies of ``comments.list`` do not name the video: give it as ``video_id``. Text is plain where
    the request asked for ``textFormat=plainText``. Raises ``Malformed``.
    """
    item, snippet = _open(resource, "a comment")
    comment_id = _required(item, "id", "comment")
    author = _commenter(snippet)
    if author is None:
        return Ref(NETWORK, Kind.COMMENT, comment_id)
    text = snippet.get("textOriginal", snippet.get("textDisplay"))
    if not isinstance(text, str):
        raise _malformed("the comment has no text", resource)
    video_id = _text(snippet, "videoId") or video_id
    written_at = _instant(snippet.get("publishedAt"), resource)
    updated_at = _text(snippet, "updatedAt")
    edited_at = _instant(updated_at, resource) if updated_at else None
    place = f"watch?v={video_id}&lc={comment_id}" if video_id else None
    return Engagement(
        network=NETWORK,
        external_id=comment_id,
        kind=Kind.COMMENT,
        author=author,
        text=text,
        url=f"{SITE}/{place}" if place else None,
        occurred_at=written_at,
        target_external_id=_text(snippet, "parentId") or video_id,
        parent_external_id=video_id,
        community=_community(snippet),
        edited_at=edited_at if edited_at != written_at else None,
        metrics=MappingProxyType({"likes": _count(snippet.get("likeCount"))}),
    )


def to_video(resource: object) -> Engagement:
    """A video of ``videos.list``, or the video of a search result, as a POST of its channel.

    The title stands on the first line. Raises ``Malformed``.
    """
    item, snippet = _open(resource, "a video")
    named = item.get("id")
    video_id = named.get("videoId") if isinstance(named, Mapping) else named
    if not isinstance(video_id, str) or not video_id:
        raise _malformed("the video has no id", resource)
    channel_id = _required(snippet, "channelId", "video")
    title = _required(snippet, "title", "video")
    is_found = isinstance(named, Mapping)  # search escapes what it shows
    words = [html.unescape(part) if is_found else part for part in _words(title, snippet)]
    counts = item.get("statistics")
    counts = counts if isinstance(counts, Mapping) else {}
    language = _text(snippet, "defaultAudioLanguage") or _text(snippet, "defaultLanguage")
    return Engagement(
        network=NETWORK,
        external_id=video_id,
        kind=Kind.POST,
        author=_channel(channel_id, _text(snippet, "channelTitle")),
        text="\n\n".join(words),
        url=f"{SITE}/watch?v={video_id}",
        occurred_at=_instant(snippet.get("publishedAt"), resource),
        community=_community(snippet),
        language=language.partition("-")[0].lower() if language else None,
        metrics=MappingProxyType(
            {
                "likes": _count(counts.get("likeCount")),
                "comments": _count(counts.get("commentCount")),
                "impressions": _count(counts.get("viewCount")),
            }
        ),
    )


def to_upload(resource: object) -> Engagement:
    """A place in a channel's list of uploads as the POST of its video. Raises ``Malformed``."""
    item, snippet = _open(resource, "an upload")
    named = snippet.get("resourceId")
    video_id = named.get("videoId") if isinstance(named, Mapping) else None
    owner = _text(snippet, "videoOwnerChannelId") or _text(snippet, "channelId")
    name = _text(snippet, "videoOwnerChannelTitle") or _text(snippet, "channelTitle")
    return to_video(
        {**item, "id": video_id, "snippet": {**snippet, "channelId": owner, "channelTitle": name}}
    )


def to_follow(resource: object) -> Engagement:
    """A public subscription as a FOLLOW of one channel by another. Raises ``Malformed``."""
    _, snippet = _open(resource, "a subscription")
    target = snippet.get("resourceId")
    target_id = target.get("channelId") if isinstance(target, Mapping) else None
    if not isinstance(target_id, str) or not target_id:
        raise _malformed("the subscription names no channel", resource)
    subscriber_id = _required(snippet, "channelId", "subscription")
    return Engagement(
        network=NETWORK,
        external_id=f"{target_id}:{subscriber_id}",
        kind=Kind.FOLLOW,
        author=_channel(subscriber_id, _text(snippet, "channelTitle")),
        text=None,
        url=f"{SITE}/channel/{target_id}",
        occurred_at=_instant(snippet.get("publishedAt"), resource),
        target_external_id=target_id,
    )


def to_activity(resource: object) -> Engagement | None:
    """What a channel did: an upload as a POST, a like as a LIKE, a subscription as a FOLLOW.

    ``None`` for what only points at something: playlists, recommendations, comments without their
    words. Raises ``Malformed``.
    """
    item, snippet = _open(resource, "an activity")
    what = _text(snippet, "type")
    details = item.get("contentDetails")
    if what not in {"upload", "like", "favorite", "subscription"}:
        return None
    detail = details.get(what) if isinstance(details, Mapping) else None
    if not isinstance(detail, Mapping):
        raise _malformed(f"the {what} does not say of what: ask for part=contentDetails", resource)
    if what == "upload":
        return to_video({**item, "id": detail.get("videoId")})
    if what == "subscription":
        return to_follow({"snippet": {**snippet, "resourceId": detail.get("resourceId")}})
    target = detail.get("resourceId")
    video_id = target.get("videoId") if isinstance(target, Mapping) else None
    if not isinstance(video_id, str) or not video_id:
        raise _malformed(f"the {what} names no video", resource)
    channel_id = _required(snippet, "channelId", what)
    return Engagement(
        network=NETWORK,
        external_id=f"{video_id}:{channel_id}",
        kind=Kind.LIKE,
        author=_channel(channel_id, _text(snippet, "channelTitle")),
        text=None,
        url=f"{SITE}/watch?v={video_id}",
        occurred_at=_instant(snippet.get("publishedAt"), resource),
        target_external_id=video_id,
    )


def _open(resource: object, what: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if not isinstance(resource, Mapping):
        raise _malformed(f"not {what}", resource)
    snippet = resource.get("snippet")
    if not isinstance(snippet, Mapping):
        raise _malformed("it has no snippet: ask for part=snippet", resource)
    return resource, snippet


def _commenter(snippet: Mapping[str, Any]) -> Author | None:
    """Whoever commented; ``None`` when the account is gone, which leaves neither id nor name."""
    channel = snippet.get("authorChannelId")
    channel_id = channel.get("value") if isinstance(channel, Mapping) else channel
    name = _text(snippet, "authorDisplayName")
    if isinstance(channel_id, str) and channel_id:
        return _channel(channel_id, name)
    return Author(external_id=f"name:{name}", display_name=name) if name else None


def _channel(channel_id: str, name: str | None) -> Author:
    is_handle = name is not None and name.startswith("@")
    return Author(
        external_id=channel_id,
        handle=name if is_handle else None,
        display_name=name,
        url=f"{SITE}/channel/{channel_id}",
    )


def _community(snippet: Mapping[str, Any]) -> str | None:
    """The channel where it was said."""
    return _text(snippet, "channelId")


def _words(title: str, snippet: Mapping[str, Any]) -> list[str]:
    description = _text(snippet, "description")
    return [title, description] if description else [title]


def _instant(value: object, resource: object) -> datetime:
    if not isinstance(value, str):
        raise _malformed("it has no publishedAt", resource)
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise _malformed("publishedAt has no time zone", resource)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _malformed(f"publishedAt {value[:40]!r} is no time", resource) from None


def _text(item: Mapping[str, Any], key: str) -> str | None:
    value = item.get(key)
    return value if isinstance(value, str) and value else None


def _required(item: Mapping[str, Any], key: str, what: str) -> str:
    value = _text(item, key)
    if value is None:
        raise _malformed(f"the {what} has no {key}", item)
    return value


def _count(value: object) -> int | None:
    """A count, which the API writes as a number here and as digits there; hidden: ``None``."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def _malformed(reason: str, payload: object) -> Malformed:
    return Malformed(f"not of YouTube: {reason}", repr(payload)[:KEPT_PAYLOAD])
