"""What stands in an answer of Reddit: things within listings within things. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from signals.collectors.contract import Engagement, Malformed, Ref
from signals.collectors.reddit.things import to_engagement

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


def map_things(answer: object) -> tuple[list[Engagement | Ref], list[Malformed]]:
    """The submissions and comments of an answer, mapped from raw data; each once."""
    found: dict[str, Engagement | Ref] = {}
    malformed: list[Malformed] = []
    for thing in find_things(answer):
        if thing.kind in PUBLIC_KINDS:
            try:
                one = to_engagement(thing.data)
            except Malformed as error:
                malformed.append(error)
            else:
                found.setdefault(one.external_id, one)
    return list(found.values()), malformed


def times_of(answer: object) -> list[float]:
    """When the children of a listing were created, in its order."""
    times = []
    for child in _children(answer):
        created = child.get("created_utc")
        if isinstance(created, int | float) and not isinstance(created, bool):
            times.append(float(created))
    return times


def names_of(answer: object) -> set[str]:
    """The fullnames of the children of a listing, of whatever kind."""
    return {str(child.get("name")) for child in _children(answer)}


def after_of(answer: object) -> str | None:
    """Where the next page of a listing begins."""
    data = answer.get("data") if isinstance(answer, Mapping) else None
    after = data.get("after") if isinstance(data, Mapping) else None
    return after if isinstance(after, str) and after else None


def stubs_of(answer: object) -> list[str]:
    """The ids of comments that a thread only counts ("load more comments")."""
    ids: list[str] = []
    for thing in find_things(answer):
        children = thing.data.get("children")
        if thing.kind == "more" and isinstance(children, list):
            ids.extend(str(child) for child in children)
    return ids


def _children(answer: object) -> list[Mapping[str, Any]]:
    data = answer.get("data") if isinstance(answer, Mapping) else None
    children = data.get("children") if isinstance(data, Mapping) else None
    inner = [
        child.get("data")
        for child in (children if isinstance(children, list) else [])
        if isinstance(child, Mapping)
    ]
    return [one for one in inner if isinstance(one, Mapping)]


def _thing(value: Mapping[str, Any]) -> Thing | None:
    kind, data = value.get("kind"), value.get("data")
    if isinstance(kind, str) and isinstance(data, dict):
        if kind in {"Listing", "UserList", "wikipagelisting"}:
            return None
        # a kind nobody knows, of something that says by its name what it is
        named = _bare(data) if kind not in PUBLIC_KINDS else None
        return named if named is not None and named.data.get("name") else Thing(kind, data)
    return _bare(value)


def _bare(value: Mapping[str, Any]) -> Thing | None:
    """A thing that stands without its kind."""
    if "author" not in value or not {"id", "name"} & value.keys():
        return None
    if isinstance(value["author"], Mapping):  # moderators' mail names people at length
        return Thing("t4", value) if {"body", "bodyMarkdown"} & value.keys() else None
    name = value.get("name")
    prefix = name[:3] if isinstance(name, str) else ""
    if "body" in value and prefix in {"t1_", ""}:
        return Thing("t1", value)
    if "title" in value and prefix in {"t3_", ""}:
        return Thing("t3", value)
    return Thing("t4", value) if prefix == "t4_" else None
