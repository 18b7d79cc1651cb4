"""Counts the posts, comments, likes and reposts of any payload by their shape alone.

It knows no network's mapper, so that the check of recorded payloads can hold the mappers to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

#: What holds somebody's words, in one network or another.
_WORDS: Final = (
    "text", "full_text", "body", "selftext", "content", "cooked", "textDisplay", "textOriginal",
    "comment_text", "story_text", "body_markdown",
)  # fmt: skip
#: What names whoever wrote them.
_WRITER: Final = (
    "author", "author_id", "user", "user_id", "account", "by", "owner", "creator", "creator_id",
    "username", "authorChannelId", "authorDisplayName",
)  # fmt: skip
_ID: Final = (
    "id", "id_str", "uri", "objectID", "question_id", "answer_id", "comment_id", "post_id",
)  # fmt: skip
#: Where some networks put the words inside the item.
_INNER: Final = ("snippet", "record", "value")
#: Answers that list the people who liked or reposted one thing.
_ENGAGED: Final = re.compile(
    r"liking_users|retweeted_by|favourited_by|reblogged_by|\.getLikes\b|\.getRepostedBy\b"
)
#: The lists of people, or of what they did, that say what they are by themselves.
_LISTS: Final = (
    "post_action_users", "post_likes", "comment_likes", "likes", "repostedBy", "favorite_events",
)  # fmt: skip
#: Records of a stream that are nobody's words.
_RECORDS: Final = frozenset({"app.bsky.feed.like", "app.bsky.feed.repost"})
#: What stands between these in a feed is quoted, or not there.
_QUOTED: Final = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->", re.DOTALL)
_ENTRY: Final = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(?:item|entry)(?=[\s/>])")
#: Words that are not said in public, or by nobody: messages, rules, forms.
_NOT_PUBLIC: Final = frozenset({"event_type", "dm_conversation_id", "first_message_name"})


def count_engagements(body: Any, path: str = "") -> int:
    """How many things somebody wrote, liked or reposted stand in a decoded body.

    ``path`` is that of the request: whether a list of people are likes is only said there.
    """
    count = sum(1 for item in _objects(body) if _is_writing(item))
    if _ENGAGED.search(path):
        return count + sum(1 for item in _objects(body) if _is_person(item))
    return count + sum(_count_reactions(item) for item in _objects(body))


def count_entries(document: bytes) -> int:
    """How many entries a feed has, by its tags."""
    return len(_ENTRY.findall(_QUOTED.sub(b"", document)))


def _count_reactions(item: Mapping[str, Any]) -> int:
    """Of an object: the likes and reposts that it lists, or the one that it is."""
    commit = item.get("commit")
    if isinstance(commit, dict):
        made = commit.get("operation") == "create" and _is_name(item.get("did"))
        return int(made and str(commit.get("collection")) in _RECORDS)
    lists = [item[key] for key in _LISTS if isinstance(item.get(key), list)]
    return sum(1 for listed in lists for one in listed if _names_somebody(one))


def _names_somebody(one: Any) -> bool:
    if not isinstance(one, dict):
        return False
    places = [one, *(one[key] for key in ("actor", "creator", "user") if key in one)]
    return any(isinstance(place, dict) and _is_person(place) for place in places)


def _objects(body: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of a body, outermost first; no recursion, however deep it is."""
    waiting = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _is_writing(item: Mapping[str, Any]) -> bool:
    if _NOT_PUBLIC & item.keys() or not any(_is_name(item.get(key)) for key in _ID):
        return False
    places = [item, *(item[key] for key in _INNER if isinstance(item.get(key), dict))]
    has_words = any(isinstance(place.get(key), str) for place in places for key in _WORDS)
    return has_words and any(place.get(key) for place in places for key in _WRITER)


def _is_person(item: Mapping[str, Any]) -> bool:
    names = ("username", "acct", "handle", "screen_name", "actor_id")
    has_handle = any(isinstance(item.get(key), str) for key in names)
    return has_handle and any(_is_name(item.get(key)) for key in ("id", "did"))


def _is_name(value: Any) -> bool:
    return (isinstance(value, str) and bool(value)) or (
        isinstance(value, int) and not isinstance(value, bool)
    )
