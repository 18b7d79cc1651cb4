"""Reddit's API on 127.0.0.1: tokens, listings that end after a cap, threads and look-ups."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.web_server import Asked, Reply

_LISTING = re.compile(r"/r/(\w+)/(new|comments|search)/?")
_LIMITS = {"x-ratelimit-remaining": "600.0", "x-ratelimit-used": "0", "x-ratelimit-reset": "1"}


def make_submission(number: int, *, at: float, **fields: Any) -> dict[str, Any]:
    """A submission of that second."""
    return {
        "name": f"t3_s{number}", "id": f"s{number}", "title": f"Which pension plan, take {number}?",
        "selftext": "", "author": f"ada{number % 5}", "author_fullname": f"t2_a{number % 5}",
        "created_utc": at, "subreddit": "pensions", "score": 3, "num_comments": 0, "edited": False,
        "permalink": f"/r/pensions/comments/s{number}/which/",
    } | fields  # fmt: skip


def make_comment(number: int, *, at: float, link: str = "t3_s1", **fields: Any) -> dict[str, Any]:
    """A comment of that second."""
    return {
        "name": f"t1_c{number}", "id": f"c{number}", "body": f"A pension plan helps {number}",
        "author": f"bob{number % 5}", "author_fullname": f"t2_b{number % 5}", "created_utc": at,
        "subreddit": "pensions", "link_id": link, "parent_id": link, "score": 1, "edited": False,
    } | fields  # fmt: skip


@dataclass
class RedditApi:
    """What Reddit holds. ``cap`` is how many items a listing shows at most."""

    submissions: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    duplicates: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    communities: list[str] = field(default_factory=lambda: ["t5_6"])
    cap: int = 1000
    shown_in_thread: int = 500
    repeat_after: bool = False
    limits: dict[str, str] = field(default_factory=lambda: dict(_LIMITS))

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/api/v1/access_token":
            token = {"access_token": "T", "token_type": "bearer", "expires_in": 86400, "scope": "*"}
            return Reply(200, token, headers={"Connection": "close"})  # as the client asks
        if match := _LISTING.fullmatch(asked.path):
            return self._listing(asked, match[1], match[2])
        if asked.path == "/api/info":
            wanted = (asked.one("id") or "").split(",")
            things = {thing["name"]: thing for thing in (*self.submissions, *self.comments)}
            things |= {name: {"name": name, "id": name[3:]} for name in self.communities}
            return self._reply(_page([things[name] for name in wanted if name in things], None))
        if asked.path == "/api/morechildren":
            wanted = (asked.one("children") or "").split(",")
            found = [_child(c) for c in self.comments if c["id"] in wanted]
            return self._reply({"json": {"errors": [], "data": {"things": found}}})
        if asked.path.startswith("/comments/"):
            return self._thread(asked, asked.path.split("/")[2])
        if asked.path.startswith("/duplicates/"):
            name = asked.path.split("/")[2]
            original = [s for s in self.submissions if s["id"] == name]
            return self._reply([_page(original, None), _page(self.duplicates.get(name, []), None)])
        return Reply(404, {"message": "Not Found", "error": 404})

    def _listing(self, asked: Asked, community: str, what: str) -> Reply:
        if community == "nowhere":
            return Reply(302, headers={"Location": "/subreddits/search?q=nowhere"})
        items = self.comments if what == "comments" else self.submissions
        if community != "all":
            items = [item for item in items if item["subreddit"] == community]
        if what == "search":
            words = re.findall(r'"([^"]+)"|(\w+)', asked.one("q") or "")
            terms = [a or b for a, b in words if (a or b) != "OR"]
            items = [i for i in items if any(t in i["title"] for t in terms)]
        ordered = sorted(items, key=lambda item: float(item["created_utc"]), reverse=True)
        ordered = ordered[: self.cap]
        names = [item["name"] for item in ordered]
        after = asked.one("after")
        begin = names.index(after) + 1 if after in names else 0
        size = int(asked.one("limit") or "25")
        shown = ordered[begin : begin + size]
        more = shown[-1]["name"] if shown and begin + size < len(ordered) else None
        if self.repeat_after and shown:
            more = names[0]
        return self._reply(_page(shown, more))

    def _thread(self, asked: Asked, link: str) -> Reply:
        found = [s for s in self.submissions if s["id"] == link]
        if not found:
            return Reply(404, {"message": "Not Found", "error": 404})
        answers = [c for c in self.comments if c["link_id"] == f"t3_{link}"]
        if comment := asked.one("comment"):
            answers = [c for c in answers if comment in {c["id"], c["parent_id"][3:]}]
        listing = _page(answers[: self.shown_in_thread], None)
        hidden = [c["id"] for c in answers[self.shown_in_thread :]]
        if hidden:
            more = {"kind": "more", "data": {"id": hidden[0], "children": hidden}}
            listing["data"]["children"].append(more)
        return self._reply([_page(found, None), listing])

    def _reply(self, document: Any) -> Reply:
        return Reply(200, document, headers=self.limits)


def _child(item: dict[str, Any]) -> dict[str, Any]:
    return {"kind": item["name"][:2], "data": item}


def _page(items: list[dict[str, Any]], after: str | None) -> dict[str, Any]:
    children = [_child(item) for item in items]
    return {"kind": "Listing", "data": {"children": children, "after": after, "before": None}}
