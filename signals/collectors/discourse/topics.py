"""Replies to and likes of a post, and whether it still stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from signals.collectors.contract import (
    Budget,
    Engagement,
    Malformed,
    Page,
    Query,
    Recheck,
    Ref,
    Target,
)
from signals.collectors.discourse.posts import to_engagement, to_likes
from signals.collectors.guards import Purse
from signals.collectors.http import HttpClient
from signals.collectors.stored import Standing, changed, page_about, recheck_each

_GONE: Final = frozenset({404, 410})
_REFUSED: Final = frozenset({401, 403})
_NAME: Final = re.compile(r"/t/(\d+)/(\d+)$")
_CHUNK: Final = 20  # posts of a topic in one answer
_PAGES: Final = 50


class Topics:
    """Asks one forum about single posts, by topic and number."""

    def __init__(self, client: HttpClient, *, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock

    def read(self, target: Target, query: Query, limit: int) -> Page:
        """Everything about one target as one page; a missing topic is a deletion."""
        found: dict[Ref, Engagement] = {}
        malformed: list[Malformed] = []
        deletions: tuple[Ref, ...] = ()
        place = self._place(target.ref)
        post = None if place is None else self._post(place[1], place[2])
        if post is not None and post.get("gone"):
            deletions = (target.ref,)
        elif place is not None and post is not None:
            replies = (
                self._topic(place[1], limit) if place[2] == "1" else self._replies(post, limit)
            )
            for reply in replies:
                try:
                    outcome = to_engagement(reply, site=self._client.base_url)
                except Malformed as error:
                    malformed.append(error)
                    continue
                if (
                    isinstance(outcome, Engagement)
                    and outcome.external_id != target.ref.external_id
                ):
                    found[outcome.ref] = outcome
            for like in self._likes(post, target.ref.external_id):
                found[like.ref] = like
        fresh = tuple(one for one in found.values() if query.wants(one))
        return page_about(
            target, fresh, client=self._client, deletions=deletions, malformed=malformed,
            seen=len(found) + len(malformed),
        )  # fmt: skip

    def recheck(self, refs: Sequence[Ref], budget: Budget) -> Iterator[Recheck]:
        """Whether each post still stands; an edited one comes back with its new words.

        One of a forum that the source named before is not asked for: its numbers are others' here.
        """
        return recheck_each(
            refs, self._ask_again, client=self._client, purse=Purse(budget),
            is_ours=lambda ref: self._place(ref) is not None,
        )  # fmt: skip

    def _ask_again(self, ref: Ref) -> Standing | None:
        place = self._place(ref)
        post = None if place is None else self._post(place[1], place[2])
        if post is None:
            return None
        if post.get("gone"):
            return Standing(is_gone=True)
        try:
            outcome = to_engagement(post, site=self._client.base_url)
        except Malformed:
            return Standing()
        if isinstance(outcome, Ref):
            return Standing(is_gone=True)
        return Standing(edited=changed(outcome))

    def _place(self, ref: Ref) -> re.Match[str] | None:
        """Topic and place of a post of this forum."""
        is_here = ref.external_id.startswith(f"{self._client.base_url}/t/")
        return _NAME.search(ref.external_id) if is_here else None

    def _post(self, topic: str, number: str) -> Mapping[str, Any] | None:
        """A post, ``{"gone": True}``, or ``None`` where the forum does not say.

        A forum says so in JSON; a web page comes from what stands before it, or in its place.
        """
        answer = self._client.get_json(
            f"/posts/by_number/{topic}/{number}.json", accept=_GONE | _REFUSED
        )
        if answer.status in _GONE:
            return {"gone": True} if isinstance(answer.data, Mapping) else None
        usable = answer.status not in _REFUSED and isinstance(answer.data, Mapping)
        return answer.data if usable else None

    def _topic(self, topic: str, limit: int) -> Iterator[Any]:
        answer = self._client.get_json(f"/t/{topic}.json", accept=_GONE | _REFUSED).data
        stream = answer.get("post_stream") if isinstance(answer, Mapping) else None
        if not isinstance(stream, Mapping):
            return
        shown = [post for post in stream.get("posts") or () if isinstance(post, Mapping)]
        yield from shown
        known = {post.get("id") for post in shown}
        # the newest first: an old topic's beginning was read long ago
        rest = [number for number in reversed(stream.get("stream") or ()) if number not in known]
        for start in range(0, min(len(rest), limit), _CHUNK):
            more = self._client.get_json(
                f"/t/{topic}/posts.json",
                {"post_ids[]": rest[start : start + _CHUNK]},
                accept=_GONE | _REFUSED,
            ).data
            inner = more.get("post_stream") if isinstance(more, Mapping) else None
            yield from (inner.get("posts") or ()) if isinstance(inner, Mapping) else ()

    def _replies(self, post: Mapping[str, Any], limit: int) -> Iterator[Any]:
        after = 1
        while limit > 0:
            answer = self._client.get_json(
                f"/posts/{post.get('id')}/replies.json",
                {"after": after},
                accept=_GONE | _REFUSED,
            ).data
            replies = answer if isinstance(answer, list) else []
            yield from replies
            limit -= len(replies)
            numbers = [reply.get("post_number") for reply in replies if isinstance(reply, Mapping)]
            last = max((number for number in numbers if isinstance(number, int)), default=0)
            if len(replies) < _CHUNK or last <= after:
                return
            after = last

    def _likes(self, post: Mapping[str, Any], target: str) -> Iterator[Engagement]:
        seen_at = datetime.fromtimestamp(self._clock(), UTC)
        for page in range(1, _PAGES):
            answer = self._client.get_json(
                "/post_action_users.json",
                {
                    "id": post.get("id"),
                    "post_action_type_id": 2,
                    "page": page if page > 1 else None,
                },
                accept=_GONE | _REFUSED,
            )
            try:
                likes = to_likes(
                    answer.data, site=self._client.base_url, target=target, seen_at=seen_at
                )
            except Malformed:
                return  # the forum does not say who liked
            yield from likes
            if not likes or not answer.data.get("load_more_post_action_users"):
                return
