"""Comments below videos of YouTube, with the replies that a page leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from signals.collectors.contract import Cost, Cursor, Engagement, Gap, Malformed, Page, Ref
from signals.collectors.guards import Purse
from signals.collectors.youtube.api import YouTubeApi
from signals.collectors.youtube.resources import to_comment

PAGE: Final = 100
#: Pages of replies of one thread; the newest come first.
_MAX_REPLY_PAGES: Final = 3


@dataclass(slots=True)
class Found:
    """What a page held; ``times`` are those of its top-level items, in order."""

    engagements: list[Engagement] = field(default_factory=list)
    deletions: list[Ref] = field(default_factory=list)
    malformed: list[Malformed] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)

    def take(self, comment: object, video_id: str | None) -> Engagement | None:
        """Map one comment; the engagement, if it is one."""
        try:
            one = to_comment(comment, video_id=video_id)
        except Malformed as error:
            self.malformed.append(error)
            return None
        if isinstance(one, Ref):
            self.deletions.append(one)
            return None
        self.engagements.append(one)
        return one

    def page(
        self, cursor: Cursor, *, keywords: tuple[str, ...] = (), gap: Gap | None = None,
        exhausted: bool = False,
    ) -> Page:  # fmt: skip
        """As a page of the contract."""
        return Page(
            engagements=tuple(self.engagements),
            cursor=cursor,
            deletions=tuple(self.deletions),
            exhausted=exhausted,
            gap=gap,
            cost=self.cost,
            malformed=tuple(self.malformed),
            seen=self.seen,
            keywords=keywords,
        )

    def leave_out_before(self, seconds: float) -> None:
        """Without what was written before then: it has been read, new replies to it have not."""
        self.engagements = [
            one for one in self.engagements if one.occurred_at.timestamp() >= seconds
        ]

    @property
    def seen(self) -> int:
        """How many items were read."""
        return len(self.engagements) + len(self.deletions) + len(self.malformed)


#: How comments are asked for: newest first, plain.
COMMENTS: Final[Mapping[str, Any]] = {
    "part": "snippet,replies", "order": "time", "maxResults": PAGE, "textFormat": "plainText",
}  # fmt: skip


def read_threads(api: YouTubeApi, answer: Mapping[str, Any], purse: Purse) -> Found:
    """The comments of a page of ``commentThreads`` and all their replies."""
    found = Found()
    for thread in items_of(answer):
        snippet = thread.get("snippet")
        snippet = snippet if isinstance(snippet, Mapping) else {}
        video_id = snippet.get("videoId")
        video_id = video_id if isinstance(video_id, str) else None
        top = found.take(snippet.get("topLevelComment"), video_id)
        if top is not None:
            found.times.append(top.occurred_at.timestamp())
        replies = thread.get("replies")
        listed = replies.get("comments") if isinstance(replies, Mapping) else None
        listed = listed if isinstance(listed, list) else []
        total = snippet.get("totalReplyCount")
        if isinstance(total, int) and total > len(listed) and isinstance(thread.get("id"), str):
            for page in read_replies(api, thread["id"], purse):
                found.cost += page.cost
                for comment in page.comments:
                    found.take(comment, video_id)
        else:
            for comment in listed:
                found.take(comment, video_id)
    return found


@dataclass(frozen=True, slots=True)
class Replies:
    """One page of replies, unmapped."""

    comments: list[Mapping[str, Any]]
    cost: Cost


def read_replies(api: YouTubeApi, parent_id: str, purse: Purse) -> Iterator[Replies]:
    """The replies to a comment, page by page within a bound."""
    token: str | None = None
    for _ in range(_MAX_REPLY_PAGES):
        answer, cost = api.ask(
            "comments", purse, part="snippet", parentId=parent_id, maxResults=PAGE,
            textFormat="plainText", pageToken=token,
        )  # fmt: skip
        yield Replies(items_of(answer), cost)
        following = token_of(answer)
        if following is None or following == token:
            return
        token = following


def items_of(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The items of a list."""
    items = answer.get("items")
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def token_of(answer: Mapping[str, Any]) -> str | None:
    """The token of the next page."""
    token = answer.get("nextPageToken")
    return token if isinstance(token, str) and token else None
