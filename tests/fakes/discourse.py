"""A Discourse forum on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.web_server import Asked, Reply


def post(number: int, at: float, *, topic: int = 1, place: int = 2, **over: Any) -> dict[str, Any]:
    """The post with id ``number``, ``place`` in its topic."""
    return {
        "id": number, "username": f"u{number % 5}", "user_id": number % 5, "topic_id": topic,
        "post_number": place, "cooked": f"<p>pension {number}</p>", "post_type": 1,
        "created_at": datetime.fromtimestamp(at, UTC).isoformat(), "version": 1, "hidden": False,
        "reply_to_post_number": None, "topic_title": f"Topic {topic}",
    } | over  # fmt: skip


@dataclass
class Discourse:
    """``windowed``: as older versions do, an answer reaches 50 ids down and no further."""

    posts: Sequence[Mapping[str, Any]]
    windowed: bool = False
    likes: Mapping[int, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    gone: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Reply:
        parts = asked.path.strip("/").removesuffix(".json").split("/")
        if parts == ["posts"]:
            return self._latest(asked)
        if parts == ["search"]:
            return self._search(asked)
        if parts == ["post_action_users"]:
            return self._likes(asked)
        if parts[:2] == ["posts", "by_number"]:
            name = "/".join(parts[2:])
            if name in self.gone:
                return Reply(self.gone[name], {"errors": ["not here"]})
            found = [p for p in self.posts if f"{p['topic_id']}/{p['post_number']}" == name]
            return Reply(document=found[0]) if found else Reply(404, {"errors": ["not here"]})
        if parts[0] == "posts" and parts[-1] == "replies":
            return self._replies(asked, int(parts[1]))
        if parts[0] == "posts":
            found = [p for p in self.posts if p["id"] == int(parts[1])]
            return Reply(document=found[0]) if found else Reply(404, {"errors": ["not here"]})
        topic = [p for p in self.posts if p["topic_id"] == int(parts[1])]
        if len(parts) == 3:
            wanted = {int(one) for one in asked.query["post_ids[]"]}
            shown = [p for p in topic if p["id"] in wanted]
            return Reply(document={"post_stream": {"posts": shown}})
        stream = {"posts": topic[:20], "stream": [p["id"] for p in topic]}
        return Reply(document={"post_stream": stream, "title": f"Topic {parts[1]}"})

    def _latest(self, asked: Asked) -> Reply:
        ordered = sorted(self.posts, key=lambda p: -p["id"])
        before = int(asked.one("before") or ordered[0]["id"])
        shown = [p for p in ordered if p["id"] <= before]
        if self.windowed:
            shown = [p for p in shown if p["id"] > before - 50]
        return Reply(document={"latest_posts": shown[:50]})

    def _search(self, asked: Asked) -> Reply:
        words = (asked.one("q") or "").split('"')[1]
        page = int(asked.one("page") or 1)
        found = [p for p in self.posts if words in p["cooked"]]
        found.sort(key=lambda p: -p["id"])
        shown = found[(page - 1) * 50 : page * 50]
        keys = ("id", "username", "created_at", "topic_id", "post_number")
        posts = [{key: p[key] for key in keys} | {"blurb": "…"} for p in shown]
        topics = [{"id": p["topic_id"], "title": p["topic_title"]} for p in shown]
        more = {"more_full_page_results": len(found) > page * 50 or None}
        return Reply(document={"posts": posts, "topics": topics, "grouped_search_result": more})

    def _replies(self, asked: Asked, number: int) -> Reply:
        of = next(p for p in self.posts if p["id"] == number)
        after = int(asked.one("after") or 1)
        found = [
            p for p in self.posts
            if p["topic_id"] == of["topic_id"] and p["reply_to_post_number"] == of["post_number"]
            and p["post_number"] > after
        ]  # fmt: skip
        return Reply(document=found[:20])

    def _likes(self, asked: Asked) -> Reply:
        listed = self.likes.get(int(asked.one("id") or 0), [])
        page = int(asked.one("page") or 1)
        shown = listed[(page - 1) * 2 : page * 2]
        more = {"load_more_post_action_users": "/x"} if len(listed) > page * 2 else {}
        return Reply(document={"post_action_users": shown} | more)
