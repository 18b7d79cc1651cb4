"""What stands in an answer of Reddit: things within listings within things. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

#: The kinds of thing that somebody wrote for others to read.
PUBLIC_KINDS: Final = frozenset({"t1", "t3"})


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing; its kind is t1 comment, t2 account, t3 submission, t4 message, t5 community."""

    kind: str
    data: Mapping[str, Any]


def find_things(body: object) -> Iterator[Thing]:
    """Every thing of an answer in its order: children, replies, and originals of crossposts.

    Also those that stand without their kind, as in dumps and in ``crosspost_parent_list``. No
    recursion: a thread may be as deep as it likes.
    """
    waiting: list[object] = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            thing = _thing(value)
            if thing is not None:
                yield thing
            inner = thing.data if thing is not None else value
            waiting.extend(
                item for item in reversed([*inner.values()]) if isinstance(item, list | dict)
            )


def _thing(value: Mapping[str, Any]) -> Thing | None:
    kind, data = value.get("kind"), value.get("data")
    if isinstance(kind, str) and isinstance(data, dict):
        return None if kind in {"Listing", "UserList", "wikipagelisting"} else Thing(kind, data)
    if "author" not in value or not {"id", "name"} & value.keys():
        return None
    name = value.get("name")
    prefix = name[:3] if isinstance(name, str) else ""
    if "body" in value and prefix in {"t1_", ""}:
        return Thing("t1", value)
    if "title" in value and prefix in {"t3_", ""}:
        return Thing("t3", value)
    return Thing("t4", value) if prefix == "t4_" else None
