"""A Lemmy server on 127.0.0.1 that speaks version 3, version 4, or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.web_server import Asked, Reply


def view(
    number: int, at: float, *, site: str, what: str = "post", text: str = "pension", **over: Any
) -> dict[str, Any]:
    """A post or comment as either version gives it (the fields of both)."""
    when = datetime.fromtimestamp(at, UTC).isoformat()
    name = f"u{number % 5}"
    person = {"id": number % 5, "name": name, "actor_id": f"{site}/u/{name}"}
    post = {
        "id": number if what == "post" else 1, "name": text, "ap_id": f"{site}/post/{number}",
        "published": when, "published_at": when, "deleted": False, "removed": False,
    }  # fmt: skip
    found: dict[str, Any] = {"creator": person, "post": post, "community": {"name": "money"}}
    if what == "comment":
        post["ap_id"] = f"{site}/post/1"
        found["comment"] = {
            "id": number, "content": text, "ap_id": f"{site}/comment/{number}", "path": "0.9",
            "published": when, "published_at": when, "deleted": False, "removed": False,
        }  # fmt: skip
    found[what] |= over
    return found


@dataclass
class Lemmy:
    """``posts`` and ``comments`` newest first; ``pinned`` stands before the posts."""

    posts: Sequence[Mapping[str, Any]] = ()
    comments: Sequence[Mapping[str, Any]] = ()
    pinned: Sequence[Mapping[str, Any]] = ()
    versions: tuple[int, ...] = (3,)
    missing: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Reply:
        parts = asked.path.strip("/").split("/")
        version = int(parts[1].removeprefix("v"))
        if version not in self.versions:
            return Reply(404, body=b"")
        if parts[2:] == ["site"]:
            return Reply(document={"site_view": {}})
        if parts[3:] == ["list"]:
            what = f"{parts[2]}s"
            return self._list(asked, what, self._of(what), version)
        if parts[2:] == ["search"]:
            what = (asked.one("type_") or "").lower()
            words = asked.one("q") or ""
            found = [each for each in self._of(what) if words in str(each)]
            return self._list(asked, what, found, version)
        return self._one(asked, parts[2], version)

    def _of(self, what: str) -> list[Mapping[str, Any]]:
        return [*self.pinned, *self.posts] if what == "posts" else list(self.comments)

    def _list(
        self, asked: Asked, what: str, found: Sequence[Mapping[str, Any]], version: int
    ) -> Reply:
        assert asked.one("sort") == ("new" if version == 4 else "New")
        limit = int(asked.one("limit") or 10)
        if version == 4:
            at = int((asked.one("page_cursor") or "P0").removeprefix("P"))
            more = f"P{at + limit}" if at + limit < len(found) else None
            return Reply(document={"items": found[at : at + limit], "next_page": more})
        at = (int(asked.one("page") or 1) - 1) * limit
        return Reply(document={what: found[at : at + limit]})

    def _one(self, asked: Asked, what: str, version: int) -> Reply:
        number = int(asked.one("id") or 0)
        if f"{what}/{number}" in self.missing:
            return Reply(404 if version == 4 else 400, {"error": f"couldnt_find_{what}"})
        found = [each for each in self._of(f"{what}s") if each[what]["id"] == number]
        return Reply(document={f"{what}_view": found[0]}) if found else Reply(
            400, {"error": f"couldnt_find_{what}"}
        )  # fmt: skip
