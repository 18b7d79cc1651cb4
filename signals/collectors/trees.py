"""Walks answers whose items stand anywhere in them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit


def find_items(
    node: Any, is_item: Callable[[Mapping[str, Any]], bool]
) -> Iterator[Mapping[str, Any]]:
    """The outermost objects of which ``is_item`` is true, in document order; no recursion."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, Mapping):
            if is_item(one):
                yield one
            else:
                waiting.extend(reversed(list(one.values())))


def find_site(url: str | None, *, default: str) -> str:
    """The server of an address, ``https://host``; ``default`` where there is none."""
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else default
