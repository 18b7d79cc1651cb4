"""A server of the fediverse on 127.0.0.1: tag timelines, contexts, favourites and boosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.web_server import Asked, Reply


def account(name: str, host: str, **over: Any) -> dict[str, Any]:
    return {
        "id": f"a-{name}", "acct": f"{name}@{host}", "username": name, "bot": False, "note": "",
        "url": f"https://{host}/@{name}", "uri": f"https://{host}/users/{name}",
        "display_name": name, "indexable": True, "discoverable": True,
    } | over  # fmt: skip


def status(
    number: int, at: float, *, tags: Sequence[str] = ("pension",), shape: str = "{:018d}",
    host: str = "far.example", **over: Any,
) -> dict[str, Any]:  # fmt: skip
    """A status whose id sorts by ``number`` in the shape a server gives it."""
    return {
        "id": shape.format(number), "created_at": datetime.fromtimestamp(at, UTC).isoformat(),
        "uri": f"https://{host}/users/u{number % 5}/statuses/{number}", "visibility": "public",
        "url": f"https://{host}/@u{number % 5}/{number}", "content": f"<p>number {number}</p>",
        "account": account(f"u{number % 5}", host), "tags": [{"name": tag} for tag in tags],
        "in_reply_to_id": None, "reblog": None, "edited_at": None, "sensitive": False,
        "favourites_count": 0, "reblogs_count": 0, "replies_count": 0,
    } | over  # fmt: skip


@dataclass
class Mastodon:
    """``statuses`` oldest first. ``lists`` are accounts by ``id/favourited_by``; two a page."""

    statuses: list[dict[str, Any]] = field(default_factory=list)
    contexts: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    gone: Mapping[str, int] = field(default_factory=dict)
    hashtag_feeds: str = "public"
    members_only: int = 0

    def __call__(self, asked: Asked) -> Reply:
        parts = asked.path.strip("/").split("/")[2:]
        if parts[:2] == ["timelines", "tag"]:
            return self._timeline(asked, parts[2])
        if parts[:1] == ["instance"]:
            feeds = {"local": self.hashtag_feeds, "remote": self.hashtag_feeds}
            access = {"timelines_access": {"hashtag_feeds": feeds}}
            return Reply(document={"configuration": access})
        if parts[:1] != ["statuses"]:
            return Reply(404, {"error": "Record not found"})
        name = parts[1]
        if name in self.gone:
            return Reply(self.gone[name], {"error": "Record not found"})
        if len(parts) == 2:
            found = [one for one in self.statuses if one["uri"].endswith(f"/{name}")]
            return Reply(document=found[0]) if found else Reply(404, {"error": "Record not found"})
        if parts[2] == "context":
            empty = {"ancestors": [], "descendants": []}
            return Reply(document=self.contexts.get(name, empty))
        return self._accounts(asked, f"{name}/{parts[2]}")

    def _timeline(self, asked: Asked, tag: str) -> Reply:
        if self.members_only:
            return Reply(self.members_only, {"error": "This method requires an authenticated user"})
        if self.hashtag_feeds == "disabled":
            return Reply(document=[])
        tags = {tag, *asked.query.get("any[]", [])[:3]}
        found = [one for one in self.statuses if tags & {each["name"] for each in one["tags"]}]
        limit = min(40, int(asked.one("limit") or 20))
        after, before = asked.one("min_id"), asked.one("max_id")
        if after is not None:
            shown = [one for one in found if one["id"] > after][:limit]
        else:
            shown = [one for one in found if before is None or one["id"] < before][-limit:]
        shown = shown[::-1]
        if not shown:
            return Reply(document=[])
        base = f"http://{asked.headers['host']}{asked.path}?limit={limit}"
        link = (
            f'<{base}&max_id={shown[-1]["id"]}>; rel="next", '
            f'<{base}&min_id={shown[0]["id"]}>; rel="prev"'
        )
        return Reply(document=shown, headers={"Link": link})

    def _accounts(self, asked: Asked, name: str) -> Reply:
        listed = self.lists.get(name, [])
        at = int(asked.one("max_id") or 0)
        headers = {}
        if at + 2 < len(listed):
            base = f"http://{asked.headers['host']}{asked.path}?limit=80"
            headers["Link"] = f'<{base}&max_id={at + 2}>; rel="next"'
        return Reply(document=listed[at : at + 2], headers=headers)
