"""Reads stored posts again at Bluesky's AppView: who liked, reposted, quoted or answered them.

Keyless, and for single posts only: its search is for people (atproto#3423). Source: docs.bsky.app,
``app.bsky.feed.getLikes`` and its neighbours; NETWORKS.md section 1.4.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from signals.collectors.bluesky.events import NETWORK, POST
from signals.collectors.bluesky.views import Views, to_labels, to_views
from signals.collectors.contract import (
    Budget,
    Cost,
    Cursor,
    Engagement,
    Flag,
    Kind,
    Page,
    Query,
    Recheck,
    Ref,
    Target,
    Unavailable,
    Whole,
)
from signals.collectors.guards import Guards, Purse
from signals.collectors.http import HttpClient

_POSTS: Final = 25  # uris of one getPosts
_ONE: Final = Cost(requests=1)
_LIMIT: Final = 100
_PAGES: Final = 50
_DEPTH: Final = 10
_LISTS: Final = (
    ("app.bsky.feed.getLikes", "likes", "likeCount"),
    ("app.bsky.feed.getRepostedBy", "repostedBy", "repostCount"),
    ("app.bsky.feed.getQuotes", "posts", "quoteCount"),
)
#: What is taken back without a word where only polled, by the count of it, with our name for it.
_WITHDRAWABLE: Final = {
    "likeCount": ("likes", Kind.LIKE), "repostCount": ("reposts", Kind.REPOST),
}  # fmt: skip
_READ_AGAIN: Final = 1000  # of more, the whole list is not read for what was taken back
_BAD_REQUEST: Final = frozenset({400})
_KEPT_OUT: Final = frozenset({Flag.NO_UNAUTHENTICATED, Flag.NO_BOT, Flag.NO_INDEX, Flag.BOT})
#: What a 400 says where the post or its author is no more.
_GONE: Final = frozenset({"NotFound", "AccountTakedown", "AccountDeactivated"})


class AppViewReads:
    """Asks about posts by their at-uri. The lists have no "since": they are read until known."""

    def __init__(self, client: HttpClient, *, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock

    def reread(self, targets: Sequence[Target], query: Query, *, limit: int) -> Iterator[Page]:
        """One page for each target, the post itself first. What is missing is a deletion.

        An author whose profile asks not to be shown to strangers (``!no-unauthenticated``) or not
        to be indexed, or calls itself a bot, is a deletion of everything by that account: the
        stream does not say so.
        """
        purse = Purse(query.budget)
        posts = [target for target in targets if f"/{POST}/" in target.ref.external_id]
        for start in range(0, len(posts), _POSTS):
            asked = posts[start : start + _POSTS]
            shown, gone = self._look_up([target.ref.external_id for target in asked], purse)
            looked_up = self._client.take_cost()
            for target in asked:
                if limit <= 0:
                    return
                if target.ref.external_id not in shown.keys() | gone:
                    continue  # neither there nor gone: it comes again
                page = self._read(target, shown.get(target.ref.external_id), query, limit)
                purse.pay(page.cost)
                limit -= len(page.engagements)
                yield replace(page, cost=page.cost + looked_up)
                looked_up = Cost()

    def recheck(self, refs: Sequence[Ref], *, budget: Budget) -> Iterator[Recheck]:
        """Which posts still stand, 25 at a time, and whose authors have opted out meanwhile."""
        purse = Purse(budget)
        posts = [ref for ref in refs if not ref.account and _is_post(ref)]
        for start in range(0, len(posts), _POSTS):
            asked = posts[start : start + _POSTS]
            shown, lost = self._look_up([ref.external_id for ref in asked], purse)
            cost = self._client.take_cost()
            answered = [ref for ref in asked if ref.external_id in shown.keys() | lost]
            gone = [ref for ref in answered if ref.external_id in lost]
            gone += [
                Ref(NETWORK, None, did, account=True, opted_out=True)
                for did in dict.fromkeys(
                    view["author"]["did"] for view in shown.values() if _has_opted_out(view)
                )
            ]
            yield Recheck(tuple(answered), tuple(gone), cost=cost)

    def _look_up(
        self, uris: Sequence[str], purse: Purse
    ) -> tuple[dict[str, Mapping[str, Any]], frozenset[str]]:
        """The posts there are, and which are gone. Raises ``Unavailable`` for another shape.

        What an answer leaves out is asked for alone, and gone where that is said; what is neither
        said to be gone nor shown is in neither. Where the first that was left out is shown, and
        nothing else was, the list is at fault: the rest is left for another time.
        """
        purse.ask(_ONE)
        answer = self._client.get_json("/xrpc/app.bsky.feed.getPosts", {"uris": list(uris)}).data
        purse.pay(_ONE)
        posts = answer.get("posts") if isinstance(answer, Mapping) else None
        if not isinstance(posts, list):
            raise Unavailable("Bluesky answered something that is no list")
        shown: dict[str, Mapping[str, Any]] = {}
        for post in posts:
            if not isinstance(post, Mapping) or not isinstance(post.get("uri"), str):
                raise Unavailable("Bluesky answered with something that has no name")
            shown[post["uri"]] = post
        gone: set[str] = set()
        for uri in [uri for uri in uris if uri not in shown]:
            alone = self._look_up_alone(uri, purse)
            if alone is None:
                gone.add(uri)
            elif alone:
                is_faulty = shown.keys().isdisjoint(uris)
                shown[uri] = alone
                if is_faulty:
                    break
        return shown, frozenset(gone)

    def _look_up_alone(self, uri: str, purse: Purse) -> Mapping[str, Any] | None:
        """The post, ``None`` where it is said to be gone, or nothing where neither is said."""
        purse.ask(_ONE)
        answer = self._client.get_json(
            "/xrpc/app.bsky.feed.getPostThread",
            {"uri": uri, "depth": 0, "parentHeight": 0},
            accept=_BAD_REQUEST,
        )
        purse.pay(_ONE)
        said = answer.data if isinstance(answer.data, Mapping) else {}
        if answer.status in _BAD_REQUEST:
            return None if said.get("error") in _GONE else {}
        thread = said.get("thread")
        if not isinstance(thread, Mapping):
            return {}
        if thread.get("notFound") is True:
            return None
        post = thread.get("post")
        return post if isinstance(post, Mapping) and post.get("uri") == uri else {}

    def _read(
        self, target: Target, post: Mapping[str, Any] | None, query: Query, limit: int
    ) -> Page:
        uri = target.ref.external_id
        views = Views()
        read: set[str] = set()
        if post is None:
            views.deletions.append(target.ref)
        elif _has_opted_out(post):
            did = post["author"]["did"]
            views.deletions.append(Ref(NETWORK, None, did, account=True, opted_out=True))
        else:
            for method, key, count in _LISTS:
                _, kind = _WITHDRAWABLE.get(count, ("", None))
                if post.get(count, 1) or kind in target.stored_kinds:
                    more = _more(post, target, count)
                    if self._read_list(views, method, key, uri, query, limit, more):
                        read.add(count)
            if post.get("replyCount", 1):
                self._read_thread(views, uri)
        whole = _find_whole(post, views, target, read) if post is not None else ()
        found = [
            one
            for one in {one.ref: one for one in views.engagements}.values()
            if one.external_id != uri and query.wants(one) and _is_about(one, uri)
        ]
        if post is not None and not views.deletions:
            # The stream carries no names: the post itself brings its author's.
            own = to_views({"posts": [post]}, seen_at=self._now()).engagements
            found = [one for one in own if one.external_id == uri and one.author.handle] + found
        return Page(
            engagements=tuple(found),
            cursor=Cursor(""),
            deletions=tuple(views.deletions),
            cost=self._client.take_cost(),
            malformed=tuple(views.malformed),
            seen=len(found) + len(views.malformed),
            reread=(target.ref,),
            whole=() if views.deletions else whole,
        )

    def _read_list(
        self,
        views: Views,
        method: str,
        key: str,
        uri: str,
        query: Query,
        limit: int,
        more: int | None,
    ) -> bool:
        """Whether there was a list. ``more`` came since it was read; if others did, all is read."""
        fresh = 0
        cursor: str | None = None
        guards = Guards(clock=self._clock, max_seconds=60, max_pages=_PAGES)
        while limit > 0:
            answer = self._client.get_json(
                f"/xrpc/{method}", {"uri": uri, "limit": _LIMIT, "cursor": cursor},
                accept=_BAD_REQUEST,
            )  # fmt: skip
            if not isinstance(answer.data, Mapping) or answer.status in _BAD_REQUEST:
                self._note_gone(views, answer.data, uri)
                return False
            page = to_views({"uri": uri, **answer.data}, seen_at=self._now())
            _add(views, page)
            items = answer.data.get(key)
            count = len(items) if isinstance(items, list) else 0
            limit -= count
            known = [one for one in page.engagements if one.ref in query.known]
            fresh += len(page.engagements) - len(known)
            if page.engagements and len(known) == len(page.engagements) and more in {None, fresh}:
                break  # newest first: what follows was read before
            cursor = answer.data.get("cursor")
            if not isinstance(cursor, str) or guards.turn(cursor, items=count):
                break
        return True

    def _read_thread(self, views: Views, uri: str) -> None:
        answer = self._client.get_json(
            "/xrpc/app.bsky.feed.getPostThread",
            {"uri": uri, "depth": _DEPTH, "parentHeight": 0},
            accept=_BAD_REQUEST,
        )
        if answer.status in _BAD_REQUEST:
            self._note_gone(views, answer.data, uri)
            return
        _add(views, to_views(answer.data, seen_at=self._now()))

    def _note_gone(self, views: Views, answer: Any, uri: str) -> None:
        if isinstance(answer, Mapping) and answer.get("error") in _GONE:
            views.deletions.append(Ref(NETWORK, None, uri))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _more(post: Mapping[str, Any], target: Target, count: str) -> int | None:
    """How many more it has than when it was last read; ``None`` where that is not to be told."""
    name, _ = _WITHDRAWABLE.get(count, ("", None))
    now, before = post.get(count), target.metrics.get(name)
    if not isinstance(now, int) or before is None or now > _READ_AGAIN:
        return None
    return now - int(before)


def _find_whole(
    post: Mapping[str, Any], views: Views, target: Target, read: Collection[str]
) -> tuple[Whole, ...]:
    """Of which kinds all were read: as many different ones as the network counts.

    ``read``: the counts whose lists were. A count of zero alone says nothing.
    """
    found = []
    for count, (_, kind) in _WITHDRAWABLE.items():
        names = frozenset(
            one.external_id
            for one in views.engagements
            if one.kind is kind and one.target_external_id == target.ref.external_id
        )
        if count in read and post.get(count) == len(names):
            found.append(Whole(target.ref, kind, names))
    return tuple(found)


def _add(views: Views, other: Views) -> None:
    views.engagements += other.engagements
    views.deletions += other.deletions
    views.malformed += other.malformed


def _is_post(ref: Ref) -> bool:
    return (
        ref.kind in {Kind.POST, Kind.COMMENT, Kind.QUOTE, None} and f"/{POST}/" in ref.external_id
    )


def _is_about(one: Engagement, uri: str) -> bool:
    """Whether it answers, quotes or likes the post, or belongs to its thread."""
    return uri in {one.target_external_id, one.parent_external_id} or one.kind is Kind.COMMENT


def _has_opted_out(view: Mapping[str, Any]) -> bool:
    author = view.get("author")
    if not isinstance(author, Mapping) or not isinstance(author.get("did"), str):
        return False
    return not _KEPT_OUT.isdisjoint(to_labels(author))
