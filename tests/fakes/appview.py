"""Bluesky's AppView on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.web_server import Asked, Reply


@dataclass
class AppView:
    """``posts`` by at-uri; ``lists`` by (key, at-uri), two a page; ``threads`` by at-uri.

    ``profiles`` by did; ``closed`` says why one that is not there is not, by did.
    """

    posts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lists: Mapping[tuple[str, str], Sequence[Any]] = field(default_factory=dict)
    threads: Mapping[str, Any] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    closed: Mapping[str, str] = field(default_factory=dict)
    page: int = 2

    def __call__(self, asked: Asked) -> Reply:
        method = asked.path.rpartition(".")[2]
        if method == "getPosts":
            uris = asked.query["uris"]
            assert len(uris) <= 25
            return Reply(document={"posts": [self.posts[u] for u in uris if u in self.posts]})
        if method == "getProfiles":
            actors = asked.query["actors"]
            assert len(actors) <= 25
            shown = [self.profiles[did] for did in actors if did in self.profiles]
            return Reply(document={"profiles": shown})
        if method == "getProfile":
            return self._alone(asked.one("actor") or "")
        uri = asked.one("uri") or ""
        if method == "getPostThread":
            if uri not in self.threads:
                return Reply(400, {"error": "NotFound", "message": "Post not found"})
            return Reply(document={"thread": self.threads[uri]})
        key = {"getLikes": "likes", "getRepostedBy": "repostedBy", "getQuotes": "posts"}[method]
        listed = self.lists.get((key, uri), [])
        at = int(asked.one("cursor") or 0)
        more = {"cursor": str(at + self.page)} if at + self.page < len(listed) else {}
        return Reply(document={"uri": uri, key: listed[at : at + self.page], **more})

    def _alone(self, did: str) -> Reply:
        if did in self.profiles:
            return Reply(document=self.profiles[did])
        message = {"error": "InvalidRequest", "message": "Profile not found"}
        if did in self.closed:
            message = {"error": self.closed[did], "message": "Account is not there"}
        return Reply(400, message)
