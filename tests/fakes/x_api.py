"""X's API v2 on 127.0.0.1: search, counts, lookups and the people behind engagements.

Ids carry their time as real ones do. Pages are handed out newest first; a token is an offset.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from signals.collectors.x.posts import id_of_time
from tests.fakes.web_server import Asked, Reply

_TERM = re.compile(r'"([^"]+)"|([#@$]?\w+)')
_USERS = re.compile(r"/2/users/(\d+)/(mentions|tweets)")
_PEOPLE = re.compile(r"/2/tweets/(\d+)/(liking_users|retweeted_by|quote_tweets)")
_PROBLEM = "https://api.x.com/2/problems/"


def make_post(
    number: int,
    *,
    at: datetime,
    text: str = "Who can help with a pension plan?",
    author: str | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """A post of that moment; ``number`` keeps posts of one millisecond apart."""
    post_id = str(int(id_of_time(at)) + number)
    return {
        "id": post_id,
        "text": text,
        "author_id": author or str(1000 + number % 7),
        "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "conversation_id": post_id,
        "edit_history_tweet_ids": [post_id],
        "lang": "en",
        "public_metrics": {
            "like_count": 0, "retweet_count": 0, "reply_count": 0, "quote_count": 0,
        },
    } | fields  # fmt: skip


@dataclass
class XApi:
    """What X knows; ``now`` bounds how far back search looks. Fields may change at any time."""

    now: datetime
    posts: list[dict[str, Any]] = field(default_factory=list)
    likes: dict[str, Sequence[str]] = field(default_factory=dict)
    reposts: dict[str, Sequence[str]] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    repeat_token: bool = False
    empty_pages: int = 0
    forgotten_tokens: set[str] = field(default_factory=set)
    user_token: str = "user"

    def __call__(self, asked: Asked) -> Reply:
        if not asked.headers.get("authorization"):
            return Reply(401, {"title": "Unauthorized", "type": "about:blank"})
        if asked.path == "/2/tweets/search/recent":
            return self._search(asked)
        if asked.path == "/2/tweets/counts/recent":
            return self._count(asked)
        if asked.path == "/2/tweets":
            return self._lookup(asked)
        if match := _PEOPLE.fullmatch(asked.path):
            return self._people(asked, match[1], match[2])
        if match := _USERS.fullmatch(asked.path):
            return self._account(asked, match[1], match[2])
        if asked.path.startswith("/2/users/by/username/"):
            name = asked.path.rpartition("/")[2]
            found = next((u for u in self._everybody() if u["username"] == name), None)
            return Reply(200, {"data": found} if found else {"errors": [{"type": "x"}]})
        return Reply(404, {"title": "Not Found"})

    def _search(self, asked: Asked) -> Reply:
        query = asked.one("query") or ""
        if len(query) > 512:
            return _bad("query")
        edge = self.now - timedelta(days=7)
        since_id, start = asked.one("since_id"), asked.one("start_time")
        if since_id is not None and int(since_id) < int(id_of_time(edge)):
            return _bad("since_id")
        if start is not None and datetime.fromisoformat(start) < edge:
            return _bad("start_time")
        if since_id is not None and start is not None:
            return _bad("since_id", "start_time")
        found = [post for post in self._found(query) if self._is_newer(post, asked)]
        return self._page(asked, found, "next_token")

    def _found(self, query: str) -> list[dict[str, Any]]:
        if query.startswith("conversation_id:"):
            wanted = query.partition(":")[2].split()[0]
            return [
                post
                for post in self.posts
                if post["conversation_id"] == wanted and post["id"] != wanted
            ]
        head = query.partition(" -is:")[0]
        terms = [(a or b).casefold() for a, b in _TERM.findall(head) if (a or b) != "OR"]
        return [post for post in self.posts if any(t in post["text"].casefold() for t in terms)]

    def _is_newer(self, post: dict[str, Any], asked: Asked) -> bool:
        since_id, start = asked.one("since_id"), asked.one("start_time")
        if since_id is not None:
            return int(post["id"]) > int(since_id)
        return start is None or datetime.fromisoformat(post["created_at"]) >= (
            datetime.fromisoformat(start)
        )

    def _count(self, asked: Asked) -> Reply:
        found = [p for p in self._found(asked.one("query") or "") if self._is_newer(p, asked)]
        hours: dict[datetime, int] = {}
        for post in found:
            hour = datetime.fromisoformat(post["created_at"]).replace(minute=0, second=0)
            hours[hour] = hours.get(hour, 0) + 1
        data = [
            {
                "start": hour.isoformat(),
                "end": (hour + timedelta(hours=1)).isoformat(),
                "tweet_count": count,
            }
            for hour, count in sorted(hours.items())
        ]
        return Reply(200, {"data": data, "meta": {"total_tweet_count": len(found)}})

    def _lookup(self, asked: Asked) -> Reply:
        ids = (asked.one("ids") or "").split(",")
        known = {id_: post for post in self.posts for id_ in post["edit_history_tweet_ids"]}
        data = [known[id_] | {"id": id_} for id_ in ids if id_ in known and id_ not in self.gone]
        errors = [
            {
                "resource_id": id_, "value": id_, "parameter": "ids", "resource_type": "tweet",
                "title": "Not Found Error", "detail": f"no post {id_}",
                "type": _PROBLEM + self.gone.get(id_, "resource-not-found"),
            }
            for id_ in ids if id_ not in known or id_ in self.gone
        ]  # fmt: skip
        return self._answer(asked, data, {}, errors)

    def _people(self, asked: Asked, post_id: str, what: str) -> Reply:
        if what == "quote_tweets":
            quoting = [
                post
                for post in self.posts
                if {"type": "quoted", "id": post_id} in post.get("referenced_tweets", ())
            ]
            return self._page(asked, quoting, "pagination_token")
        if what == "liking_users" and asked.headers["authorization"] != f"Bearer {self.user_token}":
            return Reply(403, {"title": "Unsupported Authentication"})
        names = (self.likes if what == "liking_users" else self.reposts).get(post_id, ())
        return self._page(asked, [_user(name) for name in names], "pagination_token")

    def _account(self, asked: Asked, user_id: str, what: str) -> Reply:
        name = f"@user{user_id}"
        posts = [
            post
            for post in self.posts
            if (post["author_id"] == user_id if what == "tweets" else name in post["text"])
        ]
        return self._page(asked, [p for p in posts if self._is_newer(p, asked)], "pagination_token")

    def _page(self, asked: Asked, items: list[dict[str, Any]], token_name: str) -> Reply:
        token = asked.one(token_name)
        if token is not None and token in self.forgotten_tokens:
            return _bad(token_name)
        begin = int((token or "t0")[1:])
        size = int(asked.one("max_results") or "10")
        ordered = sorted(items, key=lambda item: int(item["id"]), reverse=True)
        shown = ordered[begin : begin + size]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if shown:
            meta |= {"newest_id": shown[0]["id"], "oldest_id": shown[-1]["id"]}
        if begin + size < len(ordered):
            meta["next_token"] = f"t{begin + size}"
        if self.repeat_token:
            meta["next_token"] = token or "t0"
        if self.empty_pages:
            self.empty_pages -= 1
            return Reply(200, {"meta": {"result_count": 0, "next_token": f"t{begin}"}})
        return self._answer(asked, shown, meta, [])

    def _answer(
        self, asked: Asked, data: list[dict[str, Any]], meta: dict[str, Any], errors: list[Any]
    ) -> Reply:
        document: dict[str, Any] = {"data": data} if data else {}
        if meta:
            document["meta"] = meta
        if errors:
            document["errors"] = errors
        if "author_id" in (asked.one("expansions") or "") and data:
            authors = {item["author_id"] for item in data if "author_id" in item}
            document["includes"] = {"users": [_user(name) for name in sorted(authors)]}
        return Reply(200, document)

    def _everybody(self) -> list[dict[str, Any]]:
        return [_user(name) for name in sorted({post["author_id"] for post in self.posts})]


def _user(user_id: str) -> dict[str, Any]:
    return {"id": user_id, "username": f"user{user_id}", "name": f"User {user_id}"}


def _bad(*parameters: str) -> Reply:
    return Reply(
        400,
        {
            "errors": [{"parameters": {name: ["?"]}, "message": "Invalid"} for name in parameters],
            "title": "Invalid Request",
            "type": _PROBLEM + "invalid-request",
        },
    )


NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
