"""Hacker News on 127.0.0.1: Algolia's search with its cap of 1,000 hits, and Firebase's items."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.web_server import Asked, Reply


def hit(number: int, at: int, text: str, **over: Any) -> dict[str, Any]:
    """A comment as Algolia gives it."""
    return {
        "objectID": str(number), "author": f"user{number % 7}", "created_at_i": at,
        "comment_text": text, "story_id": 1, "parent_id": 1, "_tags": ["comment"],
        "_highlightResult": {}, "children": None,
    } | over  # fmt: skip


@dataclass
class HackerNews:
    """Speaks both hosts' paths; ``gone`` are items that Firebase marks, or answers null for."""

    hits: Sequence[Mapping[str, Any]]
    trees: Mapping[str, Any] = field(default_factory=dict)
    gone: Mapping[str, Any] = field(default_factory=dict)
    cap: int = 1_000

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/api/v1/search_by_date":
            return self._search(asked)
        name = asked.path.rpartition("/")[2]
        if asked.path.startswith("/api/v1/items/"):
            tree = self.trees.get(name)
            return Reply(document=tree) if tree else Reply(404, {"error": "Not Found"})
        number = name.removesuffix(".json")
        if number in self.gone:
            return Reply(body=b"null") if self.gone[number] is None else Reply(
                document={"id": int(number), **self.gone[number]}
            )  # fmt: skip
        return Reply(document={"id": int(number), "type": "comment", "by": "a", "time": 1})

    def _search(self, asked: Asked) -> Reply:
        filters = asked.one("numericFilters") or ""
        lower = int(re.findall(r"created_at_i>(\d+)", filters)[0])
        upper = int(re.findall(r"created_at_i<(\d+)", filters)[0])
        words = (asked.one("query") or "").strip('"').lower()
        count = int(asked.one("hitsPerPage") or 20)
        assert count <= self.cap
        found = [
            one
            for one in sorted(self.hits, key=lambda one: -one["created_at_i"])
            if lower < one["created_at_i"] < upper
            and words in str(one.get("comment_text") or one.get("title")).lower()
        ]
        page = int(asked.one("page") or 0)
        shown = found[: self.cap][page * count : (page + 1) * count]
        return Reply(document={"hits": shown, "nbHits": len(found), "page": page})
