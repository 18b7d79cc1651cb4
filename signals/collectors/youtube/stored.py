"""Stored videos and comments of YouTube: what was said below them since, and which are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from signals.collectors.contract import (
    Cost,
    Cursor,
    Engagement,
    Gone,
    Kind,
    Malformed,
    Page,
    Recheck,
    Ref,
    Target,
    Unavailable,
)
from signals.collectors.guards import Purse
from signals.collectors.youtube.api import CommentsDisabled, YouTubeApi
from signals.collectors.youtube.place import LATE
from signals.collectors.youtube.resources import to_comment
from signals.collectors.youtube.threads import (
    COMMENTS,
    Found,
    read_replies,
    read_threads,
    token_of,
)

_LOOKED_UP: Final = 50
#: Pages of comments read for one stored video at a time.
_MAX_THREAD_PAGES: Final = 5
_IGNORED: Final = Cursor("")


def read_below(
    api: YouTubeApi, targets: Sequence[Target], purse: Purse, *, limit: int
) -> Iterator[Page]:
    """Comments below stored videos, replies to stored comments."""
    read = 0
    for target in targets:
        is_video = target.ref.kind is Kind.POST
        pages = _below_video(api, target, purse) if is_video else _below(api, target, purse)
        try:
            for found in pages:
                read += found.seen
                yield found.page(_IGNORED)
        except CommentsDisabled:
            yield Page((), _IGNORED, reread=(target.ref,))
        except Gone:
            yield Page((), _IGNORED, deletions=(target.ref,), reread=(target.ref,))
        else:
            yield Page((), _IGNORED, reread=(target.ref,))
        if read >= limit:
            return


def recheck_ids(api: YouTubeApi, refs: Sequence[Ref], purse: Purse) -> Iterator[Recheck]:
    """What a list by ids leaves out is missing; fifty to a unit.

    Raises ``Unavailable`` where an answer is no list, or holds what has no name.
    """
    for what, kind in (("videos", Kind.POST), ("comments", Kind.COMMENT)):
        chosen = [ref for ref in refs if ref.kind is kind]
        for begin in range(0, len(chosen), _LOOKED_UP):
            batch = {ref.external_id: ref for ref in chosen[begin : begin + _LOOKED_UP]}
            items, cost = _look_up(api, what, list(batch), purse)
            there = {str(item.get("id")) for item in items}
            gone: set[str] = set()
            edited: list[Engagement] = []
            for item in items if what == "comments" else ():
                try:
                    one = to_comment(item)
                except Malformed:
                    continue
                if isinstance(one, Ref):
                    gone.add(one.external_id)
                elif one.edited_at is not None:
                    edited.append(one)
            yield Recheck(
                checked=tuple(ref for id_, ref in batch.items() if id_ in there),
                deletions=tuple(ref for id_, ref in batch.items() if id_ in gone),
                missing=tuple(ref for id_, ref in batch.items() if id_ not in there),
                edited=tuple(edited),
                cost=cost,
            )


def _look_up(
    api: YouTubeApi, what: str, ids: Sequence[str], purse: Purse
) -> tuple[list[Mapping[str, Any]], Cost]:
    text = {"textFormat": "plainText"} if what == "comments" else {}
    answer, cost = api.ask(
        what, purse, part="snippet", id=",".join(ids), maxResults=_LOOKED_UP, **text
    )
    items = answer.get("items")
    if not isinstance(items, list):
        raise Unavailable("YouTube answered something that is no list")
    if not all(isinstance(item, Mapping) and isinstance(item.get("id"), str) for item in items):
        raise Unavailable("YouTube answered with something that has no name")
    return list(items), cost


def _below_video(api: YouTubeApi, target: Target, purse: Purse) -> Iterator[Found]:
    token: str | None = None
    for _ in range(_MAX_THREAD_PAGES):
        answer, cost = api.ask(
            "commentThreads",
            purse,
            videoId=target.ref.external_id,
            pageToken=token,
            **COMMENTS,
        )
        found = read_threads(api, answer, purse)
        found.cost += cost
        yield found
        read_at = target.read_at.timestamp() if target.read_at else 0.0
        token = token_of(answer)
        if token is None or (found.times and found.times[-1] < read_at - LATE):
            return


def _below(api: YouTubeApi, target: Target, purse: Purse) -> Iterator[Found]:
    # A reply's replies stand below the comment that began the thread.
    parent = target.ref.external_id.partition(".")[0]
    for page in read_replies(api, parent, purse):
        found = Found(cost=page.cost)
        for comment in page.comments:
            found.take(comment, target.parent_external_id)
        yield found
