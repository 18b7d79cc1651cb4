"""The two versions of Lemmy's API, in one shape. Pure but for asking.

Version 3 counts pages, and hands out a cursor for posts since 0.19; version 4 (Lemmy 1.0) hands out
``next_page`` everywhere and calls every list ``items``. A server may speak both. Source:
github.com/LemmyNet/lemmy, crates/api/routes and crates/api/routes_v3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from signals.collectors.contract import Misconfigured, RateLimited
from signals.collectors.http import HttpClient

_LIMIT: Final = 50
_MISSING: Final = frozenset({404, 405})


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: its items, and where the next one begins (``None``: this was the last)."""

    items: list[Any]
    next_page: str | None


class Api:
    """Asks one server in the version it speaks; finds out which at the first question."""

    def __init__(self, client: HttpClient, version: int | None = None) -> None:
        self._client = client
        self.version = version

    def list(self, what: str, page: str | None, **filters: Any) -> Listed:
        """Posts or comments (``what``), newest first; ``page`` is what the page before named.

        ``filters``: ``community_name``, ``post_id``, ``parent_id``, ``search_term``.
        """
        words = filters.pop("search_term", None)
        if self._find_version() == 4:
            path = "search" if words else f"{what.removesuffix('s')}/list"
            params = {"type_": what if words else "all", "sort": "new", "page_cursor": page}
            params |= {"search_term": words, "q": words} if words else {}
        else:
            path = "search" if words else f"{what.removesuffix('s')}/list"
            params = {"type_": what.capitalize() if words else "All", "sort": "New", "q": words}
            counted = page is None or page.isdecimal()
            params |= {"page": page or "1"} if counted else {"page_cursor": page}
        answer = self._client.get_json(
            f"/api/v{self.version}/{path}",
            {**params, "limit": _LIMIT, **filters},
            accept=frozenset({400}),
        )
        if answer.status == 400:
            self._refuse(answer.data)
        return self._listed(answer.data, what, page)

    def _refuse(self, document: Any) -> NoReturn:
        """Say what a 400 means: older servers answer their rate limit with it too."""
        said = str(document.get("error")) if isinstance(document, Mapping) else "400"
        if "rate_limit" in said:
            raise RateLimited(None, f"{self._client.name} asked us to slow down")
        raise Misconfigured(
            f"An administrator must correct the Lemmy source: {self._client.base_url} answered "
            f"{said[:100]!r}."
        )

    def _find_version(self) -> int:
        if self.version is None:
            answer = self._client.get_json("/api/v4/site", accept=_MISSING)
            self.version = 3 if answer.status in _MISSING else 4
        return self.version

    def _listed(self, answer: Any, what: str, page: str | None) -> Listed:
        if not isinstance(answer, Mapping):
            return Listed([], None)
        keys = (what, "items", "search", "results")
        lists = [answer[key] for key in keys if isinstance(answer.get(key), list)]
        items: list[Any] = lists[0] if lists else []
        given = answer.get("next_page")
        if isinstance(given, str) and given:
            return Listed(items, given if items else None)
        if self.version == 4 or not items:
            return Listed(items, None)
        return Listed(items, str(int(page or "1") + 1) if (page or "1").isdecimal() else None)
